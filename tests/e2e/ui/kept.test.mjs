// What the calendar page keeps of the occurrences that it fetched.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  covers,
  joined,
  missingBeside,
  rowsIn,
  spanOf,
} from '../../../src/host/web/ui/calendar/kept.js';

const ZONE = 'Europe/Berlin';
const december = spanOf({ start: '2026-11-30', end: '2027-01-04' }, ZONE);
const row = (event, start, end = start) => ({ event, original_start: '', start, end });

test('days begin at midnight of the user, and instants are taken as they are', () => {
  assert.equal(december.from, Date.parse('2026-11-29T23:00:00Z'));
  const week = spanOf({ start: '2026-11-29T23:00:00Z', end: '2026-12-06T23:00:00Z' }, ZONE);
  assert.ok(covers({ ...december, rows: [] }, week));
  assert.ok(!covers(null, week));
});

test('both months beside are kept with one fetch, the next one with another', () => {
  let kept = { ...december, rows: [] };
  const both = missingBeside(kept, december);
  // The query is wider than what it counts for: an all-day row is placed a day apart at most.
  assert.equal(Date.parse(both.query.start), both.span.from - 864e5);
  kept = joined(kept, { ...both.span, rows: [] });
  const january = spanOf({ start: '2026-12-28', end: '2027-02-01' }, ZONE);
  assert.ok(covers(kept, spanOf({ start: '2026-10-26', end: '2026-12-07' }, ZONE)));
  assert.ok(covers(kept, january));
  assert.equal(missingBeside(kept, december), null);
  const after = missingBeside(kept, january);
  assert.equal(after.span.from, kept.to, 'only what is not kept yet');
  kept = joined(kept, { ...after.span, rows: [] });
  assert.ok(covers(kept, spanOf({ start: '2027-02-01', end: '2027-03-01' }, ZONE)));
});

test('rows of both parts are there once, newer ones win, near ones are shown', () => {
  const before = { from: december.from - 864e5 * 42, to: december.from };
  const kept = joined(
    { ...december, rows: [row('a', '2026-12-01', '2026-12-02'), row('b', '2026-12-31')] },
    { ...before, rows: [{ ...row('a', '2026-12-01', '2026-12-02'), summary: 'new' }] },
  );
  assert.deepEqual(kept.rows.map(({ event, summary }) => [event, summary]).sort(), [
    ['a', 'new'],
    ['b', undefined],
  ]);
  const november = spanOf({ start: '2026-10-26', end: '2026-12-02' }, ZONE);
  assert.deepEqual(
    rowsIn(kept, november).map(({ event }) => event),
    ['a'],
  );
});

test('what is far from the visible range is forgotten', () => {
  const day = 864e5;
  const year = {
    from: december.from - 400 * day,
    to: december.to,
    rows: [row('old', '2026-01-01')],
  };
  const kept = joined(year, { from: december.to, to: december.to + 35 * day, rows: [] });
  assert.deepEqual(kept.rows, []);
  assert.ok(kept.from > year.from);
  const far = { from: december.to + 90 * day, to: december.to + 120 * day, rows: [] };
  assert.equal(joined({ ...december, rows: [] }, far), far);
});
