// The keyboard on the appointments of the calendar view: the arrow keys up and down go to the one
// before and after, Alt with an arrow key moves the focused one, Alt and Shift change its end. It
// is saved when Alt is released; Escape puts it back.

const MINUTES = 15;
const DAYS = { ArrowLeft: -1, ArrowRight: 1 };
const SIGN = { ArrowUp: -1, ArrowDown: 1 };

// By how much an arrow key moves, in the terms of FullCalendar; null: not at all.
function stepOf(key, { isMonth, allDay }) {
  if (key in DAYS) return { days: DAYS[key] };
  if (!(key in SIGN)) return null;
  if (isMonth) return { days: 7 * SIGN[key] };
  return allDay ? null : { minutes: MINUTES * SIGN[key] };
}

const elementsIn = (box) => [...box.querySelectorAll('.ev[data-key]')];

function find(box, key) {
  return elementsIn(box).find((element) => element.dataset.key === key);
}

// The entries in the order of their start; those that begin together as they stand.
function inOrder(calendar, box) {
  const seen = new Set();
  return elementsIn(box)
    .filter(({ dataset }) => !seen.has(dataset.key) && seen.add(dataset.key))
    .map((element, at) => ({ element, at, event: calendar.getEventById(element.dataset.key) }))
    .filter(({ event }) => event)
    .sort((a, b) => a.event.start - b.event.start || a.at - b.at);
}

function focusNext(calendar, box, key, step) {
  const entries = inOrder(calendar, box);
  const at = entries.findIndex(({ element }) => element.dataset.key === key);
  const next = entries[at + step];
  next?.element.focus();
  next?.element.scrollIntoView({ block: 'nearest' });
}

const sameTimes = (event, { start, end }) =>
  event.start.getTime() === start.getTime() && event.end?.getTime() === end?.getTime();

// `onMove({event, revert})` as after a drag; `say(event)` tells assistive technology the new times;
// `refuse()` that it cannot be moved. Answers a function that ends it.
export function listenToEntryKeys({ calendar, box, onMove, say, refuse }) {
  let moving = null; // {key, before: {start, end, allDay}}

  const restore = (event, { start, end, allDay }) => event.setDates(start, end, { allDay });

  const settle = (isSaved) => {
    if (!moving) return;
    const { key, before } = moving;
    moving = null;
    const event = calendar.getEventById(key);
    if (!event || sameTimes(event, before)) return;
    if (!isSaved) return void restore(event, before);
    onMove({ event, revert: () => restore(event, before) });
  };

  const move = (key, arrow, isEnd) => {
    const event = calendar.getEventById(key);
    const { occurrence } = event.extendedProps;
    const isMonth = calendar.view.type === 'dayGridMonth';
    const step = stepOf(arrow, { isMonth, allDay: event.allDay });
    if (!step) return;
    if (!occurrence.editable || occurrence.pending) return void refuse();
    const { start, end, allDay } = event;
    moving ??= { key, before: { start, end, allDay } };
    if (isEnd) {
      event.moveEnd(step);
      if (event.end <= event.start) event.setEnd(end);
    } else event.moveDates(step);
    say(event);
    const focusAgain = () => {
      const element = find(box, key);
      element?.focus();
      element?.scrollIntoView({ block: 'nearest' });
    };
    focusAgain();
    requestAnimationFrame(focusAgain);
  };

  const onKeyDown = (event) => {
    const key = event.target.closest?.('.ev[data-key]')?.dataset.key;
    if (!key || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape' && moving) {
      event.preventDefault();
      settle(false);
    } else if (event.altKey && (event.key in DAYS || event.key in SIGN)) {
      event.preventDefault();
      move(key, event.key, event.shiftKey);
    } else if (event.key in SIGN && !event.shiftKey) {
      event.preventDefault();
      focusNext(calendar, box, key, SIGN[event.key]);
    }
  };
  const onKeyUp = (event) => event.key === 'Alt' && settle(true);
  const onBlur = () => settle(true);
  box.addEventListener('keydown', onKeyDown);
  addEventListener('keyup', onKeyUp);
  addEventListener('blur', onBlur);
  return () => {
    box.removeEventListener('keydown', onKeyDown);
    removeEventListener('keyup', onKeyUp);
    removeEventListener('blur', onBlur);
  };
}
