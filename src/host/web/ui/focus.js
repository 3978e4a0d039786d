// Where the keyboard is: what was focused before something opened gets the focus back, and what is open keeps it.
import { useLayoutEffect, useRef } from './html.js';

const kFocusable =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]:not([tabindex="-1"])';

export function focusables(element) {
  return [...element.querySelectorAll(kFocusable)].filter(
    (item) => item.offsetParent !== null || item === document.activeElement,
  );
}

// Keeps the focus within the element of the answered ref, first on [data-autofocus], the first field, or itself, and gives it back at the end.
export function useFocusTrap() {
  const ref = useRef(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    const element = ref.current;
    const first =
      element.querySelector('[data-autofocus]') ||
      element.querySelector(
        'input:not(:disabled), select:not(:disabled), textarea:not(:disabled)',
      ) ||
      element;
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
    // before anything is painted: a quick key must not reach the page behind
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

// Keys of a page, such as {c: create}. Silent while something is typed, a dialog is open, or a modifier is held.
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
