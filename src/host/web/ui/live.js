// Live changes by server-sent events. A message only says "fetch again"; after a gap every listener is told, since messages were missed.

const kTypes = ['events', 'accounts', 'records', 'flow', 'calendars'];
const listeners = new Map(kTypes.map((type) => [type, new Set()]));
let source = null;
let retry = 0;
let delay = 1000;

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

export function connectLive() {
  closeLive();
  let opened = false;
  source = new EventSource('/api/live');
  for (const type of kTypes) source.addEventListener(type, (event) => tell(type, parsed(event.data)));
  source.onopen = () => {
    if (opened || delay > 1000) for (const type of kTypes) tell(type, {});
    opened = true;
    delay = 1000;
  };
  source.onerror = () => {
    // The browser tries again by itself unless it was refused; then we do, ever more slowly.
    if (source?.readyState !== EventSource.CLOSED) return;
    clearTimeout(retry);
    delay = Math.min(delay * 2, 60000);
    retry = setTimeout(connectLive, delay);
  };
}

export function closeLive() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

// Calls `listener` for messages of `type`; the answer ends it.
export function onLive(type, listener) {
  listeners.get(type).add(listener);
  return () => listeners.get(type).delete(listener);
}
