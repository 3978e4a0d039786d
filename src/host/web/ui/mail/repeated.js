// Mails leave in the background: what is shown of one that waits is fetched again and again.
import { useEffect, useRef } from '../html.js';

const AGAIN_MS = 2000;

// Calls `load` at intervals while `isWaiting`, and not while the page is hidden.
export function useRepeated(isWaiting, load) {
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    if (!isWaiting) return () => {};
    const timer = setInterval(() => document.hidden || latest.current(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [isWaiting]);
}
