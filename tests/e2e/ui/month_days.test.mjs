// Which appointments of a month are rendered, and which days a view shows.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMonth, seenInMonth } from '../../../src/host/web/ui/calendar/month_days.js';
import { rangeOf } from '../../../src/host/web/ui/calendar/views.js';

const ZONE = 'Europe/Berlin';
const RANGE = { start: '2026-11-30', end: '2027-01-04' };
const timed = (summary, start, end) => ({ summary, start, end, all_day: false, editable: true });
const seen = (rows, most, whole = []) =>
  seenInMonth(rows, RANGE, { zone: ZONE, most, whole: new Set(whole) });
const summaries = ({ rows }) => rows.map(({ summary }) => summary).sort();

test('a day keeps what FullCalendar shows first, and counts the rest', () => {
  const rows = [
    timed('late', '2026-12-01T15:00:00Z', '2026-12-01T16:00:00Z'),
    timed('b', '2026-12-01T09:00:00Z', '2026-12-01T09:30:00Z'),
    timed('a', '2026-12-01T09:00:00Z', '2026-12-01T09:30:00Z'),
    timed('long', '2026-12-01T09:00:00Z', '2026-12-01T12:00:00Z'),
    timed('other day', '2026-12-01T23:00:00Z', '2026-12-01T23:30:00Z'), // midnight in Berlin
  ];
  const two = seen(rows, 2);
  assert.deepEqual(summaries(two), ['a', 'long', 'other day']);
  assert.deepEqual([...two.left], [['2026-12-01', 2]]);
  const all = seen(rows, 2, ['2026-12-01']);
  assert.equal(all.rows.length, rows.length);
  assert.equal(all.left.size, 0);
  assert.equal(seen(rows, 4).left.size, 0);
});

test('what is longer than a day or passes midnight is always kept', () => {
  const rows = [
    timed('early', '2026-12-01T05:00:00Z', '2026-12-01T06:00:00Z'),
    timed('night', '2026-12-01T21:00:00Z', '2026-12-02T01:00:00Z'),
    { summary: 'day', start: '2026-12-01', end: '2026-12-02', all_day: true, editable: true },
    timed('before', '2026-11-29T10:00:00Z', '2026-12-01T10:00:00Z'),
    timed('after', '2027-01-03T22:00:00Z', '2027-01-03T23:30:00Z'),
    timed('until midnight', '2026-12-01T22:00:00Z', '2026-12-01T23:00:00Z'),
  ];
  const { left } = seen(rows, 1);
  assert.deepEqual([...left], [['2026-12-01', 1]]);
  assert.ok(!summaries(seen(rows, 1)).includes('until midnight'));
  assert.equal(summaries(seen(rows, 1)).length, 5);
});

test('a day of 23 or 25 hours begins and ends at midnight', () => {
  const range = { start: '2026-10-19', end: '2026-11-16' };
  const rows = [
    timed('last hour', '2026-10-25T22:30:00Z', '2026-10-25T23:00:00Z'),
    timed('next day', '2026-10-25T23:00:00Z', '2026-10-25T23:30:00Z'),
    timed('next day, later', '2026-10-26T08:00:00Z', '2026-10-26T09:00:00Z'),
  ];
  const { left } = seenInMonth(rows, range, { zone: ZONE, most: 1, whole: new Set() });
  assert.deepEqual([...left], [['2026-10-26', 1]]);
});

test('a view shows whole weeks, whole days, or 31 days', () => {
  const day = '2026-12-09'; // a Wednesday
  assert.deepEqual(rangeOf('dayGridMonth', day, 1), RANGE);
  assert.deepEqual(rangeOf('dayGridMonth', day, 0), { start: '2026-11-29', end: '2027-01-03' });
  assert.deepEqual(rangeOf('timeGridWeek', day, 1), { start: '2026-12-07', end: '2026-12-14' });
  assert.deepEqual(rangeOf('timeGridThree', day, 1), { start: day, end: '2026-12-12' });
  assert.deepEqual(rangeOf('timeGridDay', day, 1), { start: day, end: '2026-12-10' });
  assert.deepEqual(rangeOf('listRolling', day, 1), { start: day, end: '2027-01-09' });
  // Four weeks exactly, and the last day of a long month.
  const february = { start: '2027-02-01', end: '2027-03-01' };
  assert.deepEqual(rangeOf('dayGridMonth', '2027-02-28', 1), february);
  assert.deepEqual(rangeOf('dayGridMonth', '2027-01-31', 1).start, '2026-12-28');
  for (const view of ['timeGridWeek', 'timeGridDay', 'listRolling'])
    assert.equal(isMonth(rangeOf(view, day, 1)), false, view);
  for (const month of [day, '2027-02-28', '2026-08-31'])
    assert.equal(isMonth(rangeOf('dayGridMonth', month, 1)), true, month);
});
