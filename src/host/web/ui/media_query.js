// Media queries for components that render differently on a narrow screen.
import { useEffect, useState } from './html.js';

// The same width as in styles/*.css.
export const NARROW = '(max-width: 719px)';

// Whether `query` matches; renders again when that changes, as it does when a phone is rotated.
export function useMediaQuery(query) {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const update = () => setMatches(list.matches);
    update();
    list.addEventListener('change', update);
    return () => list.removeEventListener('change', update);
  }, [query]);
  return matches;
}
