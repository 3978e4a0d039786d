// Keyboard focus and keys: an open layer keeps the focus, and what was focused before gets it back.
import { useLayoutEffect, useRef } from './html.js';

const FIELDS = 'input:not(:disabled), select:not(:disabled), textarea:not(:disabled)';
const FOCUSABLE = `a[href], button:not(:disabled), ${FIELDS}, [tabindex]:not([tabindex="-1"])`;

export function focusables(element) {
  return [...element.querySelectorAll(FOCUSABLE)].filter(
    (item) => item.offsetParent !== null || item === document.activeElement,
  );
}

// Keeps the focus within the element of the answered ref. Initially focuses [data-autofocus], else
// the first field, else the element; at the end restores the focus.
export function useFocusTrap() {
  const ref = useRef(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = ref.current;
    const first =
      element.querySelector('[data-autofocus]') || element.querySelector(FIELDS) || element;
    first.focus({ preventScroll: true });
    const onKey = (event) => {
      if (event.key !== 'Tab') return;
      const items = focusables(element);
      if (!items.length) return;
      const edge = event.shiftKey ? items[0] : items[items.length - 1];
      if (document.activeElement !== edge && element.contains(document.activeElement)) return;
      event.preventDefault();
      (event.shiftKey ? items[items.length - 1] : items[0]).focus();
    };
    element.addEventListener('keydown', onKey);
    return () => {
      element.removeEventListener('keydown', onKey);
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return ref;
}

const layers = [];

// Escape closes the layer that opened last, and only that one.
export function useEscape(close) {
  const latest = useRef(close);
  latest.current = close;
  useLayoutEffect(() => {
    // Registered before paint: a key pressed right away must not reach the page behind.
    const layer = () => latest.current();
    layers.push(layer);
    return () => layers.splice(layers.indexOf(layer), 1);
  }, []);
}

addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented || !layers.length) return;
  event.preventDefault();
  layers[layers.length - 1]();
});

// Shortcuts of a page, such as {c: create}. Ignored while the user types, a layer is open, or a
// modifier key is held.
export function useKeys(keys) {
  const latest = useRef(keys);
  latest.current = keys;
  useLayoutEffect(() => {
    const onKey = (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || layers.length)
        return;
      if (event.target.closest?.('input, textarea, select, [contenteditable], [role="menu"]'))
        return;
      const action = latest.current[event.key];
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

// Ctrl+Z or Cmd+Z outside of fields, where it belongs to what was typed.
export function useUndoKey(undo) {
  useLayoutEffect(() => {
    const onKey = (event) => {
      const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
      if (!isUndo || event.key.toLowerCase() !== 'z' || layers.length) return;
      if (event.target.closest?.('input, textarea, select, [contenteditable]')) return;
      event.preventDefault();
      undo();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

let isPressed = false;
addEventListener('pointerdown', () => (isPressed = true), true);
for (const type of ['pointerup', 'pointercancel'])
  addEventListener(type, () => (isPressed = false), true);

// Runs `action` at once, or while a pointer is pressed when it is released and before the click:
// what `action` changes must not move the button that is being clicked.
export function afterPress(action) {
  if (!isPressed) return void action();
  const end = () => {
    removeEventListener('pointerup', end, true);
    removeEventListener('pointercancel', end, true);
    action();
  };
  addEventListener('pointerup', end, true);
  addEventListener('pointercancel', end, true);
}
