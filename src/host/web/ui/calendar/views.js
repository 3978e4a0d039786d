// The views of the calendar page: which ones there are on a screen of a width, which one is shown
// first, and the days that each of them shows.
import { addDays, weekday } from './times.js';

const WIDE_VIEWS = ['dayGridMonth', 'timeGridWeek', 'timeGridDay', 'listRolling'];
// Seven columns of hours are unreadable on a phone, so three days replace the week there.
const NARROW_VIEWS = ['dayGridMonth', 'timeGridThree', 'timeGridDay', 'listRolling'];
export const viewsOf = (isNarrow) => (isNarrow ? NARROW_VIEWS : WIDE_VIEWS);
export const VIEW_KEY = 'crm.calendar.view';
const DAYS = { timeGridWeek: 7, timeGridThree: 3, timeGridDay: 1, listRolling: 31 };

// The view on a screen of this width: three days and the week stand for each other.
export function fitting(view, isNarrow) {
  if (view === 'timeGridWeek' && isNarrow) return 'timeGridThree';
  if (view === 'timeGridThree' && !isNarrow) return 'timeGridWeek';
  return view;
}

// `wanted`: by the address.
export function firstView(wanted, isNarrow) {
  const view = fitting(wanted || localStorage.getItem(VIEW_KEY), isNarrow);
  if (viewsOf(isNarrow).includes(view)) return view;
  return isNarrow ? 'listRolling' : 'timeGridWeek';
}

const daysInto = (day, firstDay) => (weekday(day) - firstDay + 7) % 7;

// The days {start, end} that a view shows around `day`, where weeks begin on `firstDay`.
export function rangeOf(view, day, firstDay) {
  if (view !== 'dayGridMonth') {
    const start = view === 'timeGridWeek' ? addDays(day, -daysInto(day, firstDay)) : day;
    return { start, end: addDays(start, DAYS[view]) };
  }
  const first = `${day.slice(0, 8)}01`;
  const next = `${addDays(first, 31).slice(0, 8)}01`;
  return {
    start: addDays(first, -daysInto(first, firstDay)),
    end: addDays(next, (7 - daysInto(next, firstDay)) % 7),
  };
}
