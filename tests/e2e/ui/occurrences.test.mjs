// Occurrences on the calendar: how an unsaved change looks, which parts of a series a change can
// cover, what a drag changes; and which dialog is open.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLOSED, dialogReducer } from '../../../src/host/web/ui/calendar/dialog_state.js';
import { newValues } from '../../../src/host/web/ui/calendar/form_model.js';
import { partsOfEvent, partsOfView, placeOf } from '../../../src/host/web/ui/calendar/address.js';
import {
  draggedTo,
  foldSeries,
  keyOf,
  occurrenceOf,
  pendingOccurrence,
  scopesOf,
} from '../../../src/host/web/ui/calendar/occurrences.js';

const ZONE = 'Europe/Berlin';
const START = Date.parse('2026-11-24T09:00:00Z');
const values = newValues({ startMs: START, endMs: START + 3600000, zone: ZONE, calendar: 'c1' });
const page = { event: { start: { date_time: '2026-11-24T10:00:00+01:00', time_zone: ZONE } } };
const series = (original_start) => ({ event: 'e1', original_start, recurring: true });

test('an unsaved new appointment has a key of its own and is marked as pending', () => {
  const first = pendingOccurrence({ ...values, summary: 'A' });
  const second = pendingOccurrence(values);
  assert.notEqual(keyOf(first), keyOf(second));
  assert.deepEqual(
    [first.summary, first.start, first.end, first.pending, first.isNew],
    ['A', '2026-11-24T09:00:00Z', '2026-11-24T10:00:00Z', true, true],
  );
});

test('the address of a view, a day and an appointment is read back', () => {
  const place = (parts, query = {}) => placeOf({ parts, query });
  assert.deepEqual(place(partsOfView('timeGridWeek', '2026-12-14')), {
    view: 'timeGridWeek',
    day: '2026-12-14',
  });
  assert.deepEqual(place(partsOfEvent({ event: 'e/1', original_start: '2026-12-14' })), {
    event: 'e/1',
    start: '2026-12-14',
  });
  assert.deepEqual(place(['calendar'], { date: '2026-12-14' }), { day: '2026-12-14' });
  assert.deepEqual(place(['calendar', 'decade', '2026-13-40']), {});
  assert.deepEqual(place(['leads', 'week', '2026-12-14']), {});
});

test('an occurrence is found in its appointment by its original start', () => {
  const timed = (day, hour) => ({ date_time: `${day}T${hour}:00:00+01:00`, time_zone: ZONE });
  const event = {
    summary: 'Row',
    start: timed('2026-11-24', '10'),
    end: timed('2026-11-24', '11'),
    recurrence: ['RRULE:FREQ=DAILY'],
    occurrences: [
      {
        original_start: timed('2026-11-26', '10'),
        event: {
          summary: 'Moved',
          start: timed('2026-11-26', '14'),
          end: timed('2026-11-26', '15'),
        },
      },
    ],
  };
  const found = (start) => occurrenceOf({ id: 'e1', calendar: 'c', event, editable: true }, start);
  const times = ({ start, end, summary }) => [start, end, summary];
  assert.deepEqual(times(found('2026-11-25T09:00:00Z')), [
    '2026-11-25T09:00:00Z',
    '2026-11-25T10:00:00Z',
    'Row',
  ]);
  assert.deepEqual(times(found('2026-11-26T09:00:00Z')), [
    '2026-11-26T13:00:00Z',
    '2026-11-26T14:00:00Z',
    'Moved',
  ]);
  assert.equal(found('').original_start, '2026-11-24T09:00:00Z', 'the first one');
  const days = occurrenceOf(
    {
      id: 'e2',
      event: {
        start: { date: '2026-11-24' },
        end: { date: '2026-11-26' },
        recurrence: ['RRULE:FREQ=WEEKLY'],
      },
    },
    '2026-12-01',
  );
  assert.deepEqual([days.start, days.end, days.all_day], ['2026-12-01', '2026-12-03', true]);
});

test('a series is one row that says how many follow and until when', () => {
  const one = (event, day, recurring) => ({ event, original_start: day, start: day, recurring });
  const rows = foldSeries([
    one('s', '2026-12-01', true),
    one('x', '2026-12-02', false),
    one('s', '2026-12-03', true),
    one('s', '2026-12-05', true),
  ]);
  assert.deepEqual(
    rows.map(({ event, start, more, last }) => [event, start, more, last]),
    [
      ['s', '2026-12-01', 2, '2026-12-05'],
      ['x', '2026-12-02', 0, ''],
    ],
  );
});

test('an unsaved change keeps the key of its occurrence', () => {
  const occurrence = series('2026-11-24T09:00:00Z');
  const pending = pendingOccurrence({ ...values, all_day: true }, occurrence);
  assert.equal(keyOf(pending), keyOf(occurrence));
  assert.deepEqual([pending.start, pending.end], ['2026-11-24', '2026-11-25']);
  assert.ok(!pending.isNew);
});

test('the scopes of a change depend on the occurrence and on the rule', () => {
  const first = series('2026-11-24T09:00:00Z');
  const later = series('2026-12-01T09:00:00Z');
  const rule = { recurrence: [] };
  assert.deepEqual(scopesOf(page, { ...first, recurring: false }), ['all']);
  assert.deepEqual(scopesOf(page, first), ['this', 'all']);
  assert.deepEqual(scopesOf(page, later), ['this', 'following', 'all']);
  assert.deepEqual(scopesOf(page, first, rule), ['all']);
  assert.deepEqual(scopesOf(page, later, rule), ['following', 'all']);
});

test('a drag changes start and end in the zone of the appointment', () => {
  const moved = draggedTo(values, { allDay: false, start: START + 900000, end: START + 1800000 });
  assert.deepEqual(moved.changes, {
    start: { date_time: '2026-11-24T10:15:00+01:00', time_zone: ZONE },
    end: { date_time: '2026-11-24T10:30:00+01:00', time_zone: ZONE },
  });
  assert.deepEqual([moved.values.start_time, moved.values.end_time], ['10:15', '10:30']);
});

test('a drag to the all-day row ends on the day before the exclusive end', () => {
  const moved = draggedTo(values, { allDay: true, start: '2026-11-25', end: '2026-11-27' });
  assert.deepEqual(moved.changes, { start: { date: '2026-11-25' }, end: { date: '2026-11-27' } });
  assert.deepEqual([moved.values.start_day, moved.values.end_day], ['2026-11-25', '2026-11-26']);
});

test('each opened form is a new one, and closing keeps the count', () => {
  const form = { type: 'form', draft: {} };
  const opened = dialogReducer(dialogReducer(CLOSED, form), form);
  assert.deepEqual(opened, { dialog: form, forms: 2 });
  assert.deepEqual(dialogReducer(opened, { type: 'close' }), { dialog: null, forms: 2 });
  const confirm = { type: 'confirm', question: {} };
  assert.deepEqual(dialogReducer(opened, confirm), { dialog: confirm, forms: 2 });
  assert.throws(() => dialogReducer(opened, { type: 'other' }));
});
