// Occurrences that were fetched and are kept, so that the months beside the visible one appear
// without a request. Pure. A span is {from, to} in milliseconds; `kept` is a span with its rows.
import { keyOf } from './occurrences.js';
import { instantOf } from './times.js';

const DAY = 86_400_000;
// An all-day occurrence is dates, which the host and this module may place up to a day apart.
const SLACK = DAY;
// A month may begin six weeks before the one that follows it.
const WIDEST_MONTH = 42 * DAY;
// More than this is not kept.
const MOST = 300 * DAY;

// A visible range as the host takes it: days of the user's zone, or instants.
const msOf = (bound, zone) =>
  bound.length === 10 ? instantOf(bound, '00:00', zone) : Date.parse(bound);
export const spanOf = ({ start, end }, zone) => ({ from: msOf(start, zone), to: msOf(end, zone) });

const isTouched = ({ start, end }, { from, to }) =>
  Date.parse(start) < to + SLACK && Date.parse(end) >= from - SLACK;

export const covers = (kept, span) => Boolean(kept) && kept.from <= span.from && kept.to >= span.to;

export const rowsIn = (kept, span) => kept.rows.filter((row) => isTouched(row, span));

// Both together. Where they do not touch, or would be too much, only `added` and what is near it.
export function joined(kept, added) {
  if (!kept || added.to < kept.from || added.from > kept.to) return added;
  const limits = { from: added.from - MOST / 2, to: added.to + MOST / 2 };
  const span = {
    from: Math.max(limits.from, Math.min(kept.from, added.from)),
    to: Math.min(limits.to, Math.max(kept.to, added.to)),
  };
  const rows = new Map();
  for (const row of [...kept.rows, ...added.rows])
    if (isTouched(row, span)) rows.set(keyOf(row), row);
  return { ...span, rows: [...rows.values()] };
}

// What is missing beside `span` until the ranges on both sides are kept, as one fetch or null:
// {span, query}, the query a day wider on each side than what it counts for.
export function missingBeside(kept, { from, to }) {
  const length = to - from;
  const width = length > 20 * DAY ? Math.max(length, WIDEST_MONTH) : length;
  const isBefore = from - width < kept.from;
  const isAfter = to + width > kept.to;
  if (!isBefore && !isAfter) return null;
  const span = {
    from: isBefore ? from - width : kept.to,
    to: isAfter ? to + width : kept.from,
  };
  return {
    span,
    query: {
      start: new Date(span.from - SLACK).toISOString(),
      end: new Date(span.to + SLACK).toISOString(),
    },
  };
}
