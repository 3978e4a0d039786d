// A short message at the lower edge, with an undo button where a change can be undone. One at a
// time: a newer message replaces an older one, whose undo stays on Ctrl+Z. A message with an action
// stays longer, and as long as the pointer or the focus is on it.
import { html, useEffect, useRef, useState } from '../html.js';
import { t } from '../i18n.js';
import { createStore, useStore } from '../store.js';
import { Icon, IconButton } from './basics.js';

const toasts = createStore([]);
let nextId = 0;
const undos = []; // of the last changes, oldest first: {action, until}

const COUNT_DOWN_MS = 250;
const UNDO_MS = 60000; // as long as the host keeps it

// `hold`: {until, during(seconds), after}, what follows the text until a time and from then on.
export function showToast(text, { kind = 'good', action, label, ms, hold } = {}) {
  const id = ++nextId;
  toasts.set(() => [
    {
      ...{ id, text, kind, action, label, hold },
      ms: ms ?? (action ? 12000 : kind === 'bad' ? 9000 : 5000),
    },
  ]);
  return id;
}

// A message about a change, with a way to take it back once.
export function showUndo(text, undo, hold) {
  const entry = { until: Date.now() + UNDO_MS };
  entry.action = () => {
    const at = undos.indexOf(entry);
    if (at < 0) return;
    undos.splice(at, 1);
    undo();
  };
  undos.push(entry);
  if (undos.length > 50) undos.shift();
  const ms = Math.max(12000, hold ? hold.until - Date.now() + 4000 : 0);
  showToast(text, { action: entry.action, label: t('action.undo'), ms, hold });
}

// Takes back the last change that is not taken back yet.
export function undoLast() {
  while (undos.length && undos[undos.length - 1].until < Date.now()) undos.pop();
  undos[undos.length - 1]?.action();
}

export const dismissToast = (id) => toasts.set((list) => list.filter((item) => item.id !== id));

// What the message says about its consequence. The seconds are not read out.
function Hold({ hold }) {
  const seconds = () => Math.ceil((hold.until - Date.now()) / 1000);
  const [left, setLeft] = useState(seconds);
  const first = useRef(left);
  useEffect(() => {
    const timer = setInterval(() => setLeft(seconds()), COUNT_DOWN_MS);
    return () => clearInterval(timer);
  }, []);
  if (left <= 0) return html` ${hold.after}`;
  return html`
    <span class="num" aria-hidden="true">${hold.during(left)}</span>
    <span class="sr">${hold.during(first.current)}</span>
  `;
}

function Toast({ item }) {
  const timer = useRef(0);
  const wait = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => dismissToast(item.id), item.ms);
  };
  useEffect(() => {
    wait();
    return () => clearTimeout(timer.current);
  }, []);
  return html`<div
    class=${`toast ${item.kind}`}
    onPointerEnter=${() => clearTimeout(timer.current)}
    onPointerLeave=${wait}
    onFocusIn=${() => clearTimeout(timer.current)}
  >
    <${Icon} name=${item.kind === 'bad' ? 'circle-alert' : 'circle-check'} />
    <span>${item.text} ${item.hold && html`<${Hold} hold=${item.hold} />`}</span>
    ${
      item.action &&
      html`<button
        type="button"
        class="toast-action"
        onClick=${() => {
          dismissToast(item.id);
          item.action();
        }}
      >
        ${item.label}
      </button>`
    }
    <${IconButton} icon="x" label=${t('action.close')} onClick=${() => dismissToast(item.id)} />
  </div>`;
}

export function Toasts() {
  const list = useStore(toasts);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${list.map((item) => html`<${Toast} key=${item.id} item=${item} />`)}
  </div>`;
}
