// Live changes by server-sent events. A message only says "fetch again"; after a gap every listener is told, since messages were missed.
import { createStore } from './store.js';

// Whether changes of others arrive right now.
export const live = createStore({ lost: false });

const kTypes = ['events', 'accounts', 'records', 'flow', 'calendars'];
const listeners = new Map(kTypes.map((type) => [type, new Set()]));
let source = null;
let retry = 0;
let delay = 1000;
let silence = 0;

function tell(type, data) {
  for (const listener of [...listeners.get(type)]) listener(data);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function closeSource() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

// `onRefused` is called when the host refuses the stream, as it does after a session ended.
export function connectLive(onRefused) {
  closeSource();
  let opened = false;
  source = new EventSource('/api/live');
  for (const type of kTypes)
    source.addEventListener(type, (event) => tell(type, parsed(event.data)));
  source.onopen = () => {
    clearTimeout(silence);
    silence = 0;
    live.set({ lost: false });
    if (opened || delay > 1000) for (const type of kTypes) tell(type, {});
    opened = true;
    delay = 1000;
  };
  source.onerror = () => {
    // A gap of a moment is nobody's business.
    silence ||= setTimeout(() => live.set({ lost: true }), 5000);
    // The browser tries again by itself unless it was refused; then we do, ever more slowly.
    if (source?.readyState !== EventSource.CLOSED) return;
    clearTimeout(retry);
    delay = Math.min(delay * 2, 60000);
    retry = setTimeout(() => connectLive(onRefused), delay);
    onRefused();
  };
}

export function closeLive() {
  closeSource();
  clearTimeout(silence);
  silence = 0;
  delay = 1000;
  live.set({ lost: false });
}

// Calls `listener` for messages of `type`; the answer ends it.
export function onLive(type, listener) {
  listeners.get(type).add(listener);
  return () => listeners.get(type).delete(listener);
}
