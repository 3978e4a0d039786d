// Which appointments of a month are worth rendering: a day shows a few and how many more there are.
// What is not seen is not given to FullCalendar, which would measure and sort all of it. Pure.
import { titleOf } from './format.js';
import { addDays, daysBetween, instantOf } from './times.js';

// Whole weeks, and at least four of them: no other view has such a range.
export const isMonth = ({ start, end }) => {
  const days = daysBetween(start, end);
  return days >= 28 && days % 7 === 0;
};

// The days of {start, end}, and the instants at which they begin, in pairs.
function beginnings({ start, end }, zone) {
  const days = [];
  for (let day = start; day <= end; day = addDays(day, 1))
    days.push({ day, at: instantOf(day, '00:00', zone) });
  return days;
}

// The last of `days` that has begun at `ms`, -1 before the first.
function indexAt(days, ms) {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[middle].at <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

// As FullCalendar orders the appointments of a day: earlier first, then longer, then by title.
const inOrder = (a, b) =>
  a.from - b.from || b.to - a.to || titleOf(a.row).localeCompare(titleOf(b.row));

// `rows` without those of a day that come after its first `most`; a day of the set `whole` keeps
// all. What lasts longer than a day, or beyond midnight, is always kept. `left`: how many are
// missing, by day.
export function seenInMonth(rows, range, { zone, most, whole }) {
  const days = beginnings(range, zone);
  const kept = [];
  const timed = days.map(() => []);
  for (const row of rows) {
    const from = Date.parse(row.start);
    const to = Date.parse(row.end);
    const at = row.all_day ? -1 : indexAt(days, from);
    if (at < 0 || at + 1 >= days.length || to > days[at + 1].at) kept.push(row);
    else timed[at].push({ row, from, to });
  }
  const left = new Map();
  for (const [at, list] of timed.entries()) {
    const { day } = days[at];
    if (list.length > most && !whole.has(day)) {
      left.set(day, list.length - most);
      list.sort(inOrder).length = most;
    }
    for (const { row } of list) kept.push(row);
  }
  return { rows: kept, left };
}
