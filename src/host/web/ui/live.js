// Live changes by server-sent events. A message only says "fetch again". After a reconnection every
// listener is notified, because messages may have been missed.
import { createStore } from './store.js';

// `lost`: changes made elsewhere do not arrive at the moment.
export const live = createStore({ lost: false });

const MESSAGE_TYPES = ['events', 'accounts', 'records', 'flow', 'calendars', 'mail'];
const listeners = new Map(MESSAGE_TYPES.map((type) => [type, new Set()]));
let source = null;
let retry = 0;
let delay = 1000;
let silence = 0;

function notify(type, data) {
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

// `onRefused` is called when the host refuses the stream, as it does after the session has ended.
// `again`: messages may have been missed before.
export function connectLive(onRefused, { again = false } = {}) {
  closeSource();
  let opened = again;
  source = new EventSource('/api/live');
  for (const type of MESSAGE_TYPES)
    source.addEventListener(type, (event) => notify(type, parsed(event.data)));
  source.onopen = () => {
    clearTimeout(silence);
    silence = 0;
    live.set({ lost: false });
    if (opened || delay > 1000) for (const type of MESSAGE_TYPES) notify(type, {});
    opened = true;
    delay = 1000;
  };
  source.onerror = () => {
    // Report a lost connection only after 5 s.
    silence ||= setTimeout(() => live.set({ lost: true }), 5000);
    // The browser reconnects by itself unless the stream was refused. In that case reconnect here,
    // with a growing delay.
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

// Calls `listener` for messages of `type`. Answers a function that unsubscribes.
export function onLive(type, listener) {
  listeners.get(type).add(listener);
  return () => listeners.get(type).delete(listener);
}
