// The form of an appointment: values from a document, and the changes that are sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asNew,
  changesOf,
  checkValues,
  contentOf,
  eventOf,
  mailedGuests,
  newValues,
  rebase,
  timesOf,
  valuesOf,
  withStart,
  withTyped,
  withZone,
} from '../../../src/host/web/ui/calendar/form_model.js';

const ZONE = 'Europe/Berlin';
const EVENT = {
  summary: 'Angebot',
  location: 'Berlin',
  description: '<b>x</b>',
  start: { date_time: '2026-11-24T09:00:00+01:00', time_zone: ZONE },
  end: { date_time: '2026-11-24T10:30:00+01:00', time_zone: ZONE },
  attendees: [
    { email: 'me@example.com', self: true, partstat: 'accepted' },
    { email: 'A@example.com', partstat: 'needs_action', comment: 'kept' },
  ],
  x_unknown: { kept: true },
};
const OCCURRENCE = {
  event: 'e1',
  original_start: '',
  start: '2026-11-24T08:00:00Z',
  end: '2026-11-24T09:30:00Z',
  all_day: false,
  time_zone: ZONE,
  recurring: false,
};
const page = (event = EVENT) => ({ id: 'e1', calendar: 'c1', revision: '1', event, guests: [] });
const values = (event = EVENT, occurrence = OCCURRENCE, zone = ZONE) =>
  valuesOf(page(event), occurrence, zone);

test('an unchanged form sends nothing', () => assert.deepEqual(changesOf(values(), values()), {}));

test('only changed members are sent, an emptied one as null', () => {
  assert.deepEqual(changesOf(values(), { ...values(), summary: ' Neu ' }), { summary: 'Neu' });
  assert.deepEqual(changesOf(values(), { ...values(), location: '', guests: [] }), {
    location: null,
    attendees: null,
  });
});

test("start and end are sent together, in the appointment's own zone", () => {
  const before = values();
  const after = withStart(before, { start_time: '11:00' });
  assert.equal(after.end_time, '12:30');
  assert.deepEqual(changesOf(before, after), {
    start: { date_time: '2026-11-24T11:00:00+01:00', time_zone: ZONE },
    end: { date_time: '2026-11-24T12:30:00+01:00', time_zone: ZONE },
  });
});

test('an appointment of another zone is edited in that zone', () => {
  const start = { date_time: '2026-11-24T10:00:00-05:00', time_zone: 'America/New_York' };
  const end = { date_time: '2026-11-24T11:00:00-05:00', time_zone: 'America/New_York' };
  const own = values(
    { ...EVENT, start, end },
    {
      ...OCCURRENCE,
      start: '2026-11-24T15:00:00Z',
      end: '2026-11-24T16:00:00Z',
      time_zone: 'America/New_York',
    },
  );
  assert.equal(own.start_time, '10:00');
  assert.deepEqual(timesOf(own), { start, end });
  assert.equal(timesOf(withZone(own, ZONE)).start.date_time, '2026-11-24T10:00:00+01:00');
});

test('all-day appointments show the last day, documents hold the day after it', () => {
  const event = { summary: 'Messe', start: { date: '2026-11-24' }, end: { date: '2026-11-27' } };
  const shown = values(event, {
    ...OCCURRENCE,
    start: '2026-11-24',
    end: '2026-11-27',
    all_day: true,
    time_zone: '',
  });
  assert.equal(shown.end_day, '2026-11-26');
  assert.deepEqual(changesOf(shown, shown), {});
  assert.deepEqual(timesOf(withStart(shown, { start_day: '2026-12-01' })), {
    start: { date: '2026-12-01' },
    end: { date: '2026-12-04' },
  });
  assert.deepEqual(Object.keys(changesOf(shown, { ...shown, all_day: false })).sort(), [
    'end',
    'start',
  ]);
});

test('a new start keeps the wall-clock duration across a clock change', () => {
  const before = {
    ...values(),
    start_day: '2026-03-28',
    end_day: '2026-03-29',
    start_time: '23:00',
    end_time: '01:00',
  };
  const after = withStart(before, { start_time: '23:30' });
  assert.deepEqual([after.end_day, after.end_time], ['2026-03-29', '01:30']);
});

test('an exception shows its own content', () => {
  const series = {
    ...EVENT,
    recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=TU'],
    occurrences: [
      {
        original_start: { date_time: '2026-12-01T08:00:00Z' },
        event: { ...EVENT, summary: 'Anders' },
      },
      { original_start: { date_time: '2026-12-08T08:00:00Z' }, cancelled: true },
    ],
  };
  assert.equal(contentOf(series, '2026-12-01T08:00:00Z').summary, 'Anders');
  assert.equal(contentOf(series, '2026-12-15T08:00:00Z').summary, 'Angebot');
  const shown = valuesOf(
    page(series),
    {
      ...OCCURRENCE,
      original_start: '2026-12-15T08:00:00Z',
      start: '2026-12-15T08:00:00Z',
      end: '2026-12-15T09:30:00Z',
      recurring: true,
    },
    ZONE,
  );
  assert.equal(shown.start_day, '2026-12-15');
  assert.equal(shown.series_start, '2026-11-24');
  assert.deepEqual(changesOf(shown, shown), {});
  assert.deepEqual(changesOf(shown, { ...shown, summary: 'Neu' }), { summary: 'Neu' });
});

test('a rule in an unusual spelling is not rewritten by another change', () => {
  const series = { ...EVENT, recurrence: ['RRULE:WKST=MO;BYDAY=TU;FREQ=WEEKLY'] };
  const shown = values(series, {
    ...OCCURRENCE,
    original_start: '2026-11-24T08:00:00Z',
    recurring: true,
  });
  assert.deepEqual(changesOf(shown, { ...shown, location: 'Wien' }), { location: 'Wien' });
});

test('a formatted description is edited as text and keeps its format until edited', () => {
  const before = values({ ...EVENT, description: '<b>Agenda</b><br>Eins &amp; zwei' });
  assert.equal(before.description, 'Agenda\nEins & zwei');
  assert.ok(before.formatted);
  assert.deepEqual(changesOf(before, { ...before, location: '' }), { location: null });
  assert.deepEqual(changesOf(before, { ...before, description: 'Neu' }), { description: 'Neu' });
});

test('a new appointment has what was typed and no default values', () => {
  const fresh = {
    ...newValues({
      startMs: Date.UTC(2026, 10, 24, 8),
      endMs: Date.UTC(2026, 10, 24, 9),
      zone: ZONE,
      calendar: 'c1',
    }),
    summary: '<b>x</b>',
  };
  assert.deepEqual(eventOf(fresh), {
    summary: '<b>x</b>',
    start: { date_time: '2026-11-24T09:00:00+01:00', time_zone: ZONE },
    end: { date_time: '2026-11-24T10:00:00+01:00', time_zone: ZONE },
  });
});

test('invalid values are reported by field', () => {
  // The field that is wrong: the time on the same day, else the day.
  assert.deepEqual(checkValues({ ...values(), end_time: '08:00' }), {
    end_time: 'appointment.error.order',
  });
  assert.deepEqual(checkValues({ ...values(), end_day: '2020-01-01' }), {
    end_day: 'appointment.error.order',
  });
  assert.deepEqual(checkValues({ ...values(), start_day: '' }), {
    start_day: 'appointment.error.day',
  });
  assert.deepEqual(checkValues(values()), {});
});

test('a new start moves a valid end and leaves one that is before the start', () => {
  const wrong = { ...values(), start_time: '14:00', end_time: '08:00' };
  const mended = withStart(wrong, { start_time: '06:00' });
  assert.deepEqual([mended.start_time, mended.end_time], ['06:00', '08:00']);
  assert.deepEqual(checkValues(mended), {});
  assert.equal(
    withStart(
      { ...values(), start_time: '09:00', end_time: '10:30' },
      {
        start_time: '23:00',
      },
    ).end_time,
    '00:30',
  );
});

test('guests that are still typed are added, what is no address stays text', () => {
  const guests = [{ email: 'a@x.example' }];
  const typed = withTyped(
    guests,
    ' A@x.example; "Schulz, Petra" <p@x.example>\nb@x.example c@x.example',
  );
  assert.deepEqual(
    typed.guests.map(({ email }) => email),
    ['a@x.example', 'p@x.example', 'b@x.example', 'c@x.example'],
  );
  assert.deepEqual([typed.guests[1].name, typed.rest], ['Schulz, Petra', '']);
  assert.deepEqual(withTyped([], 'Petra, b@x.example').rest, 'Petra');
  assert.deepEqual(withTyped([], '').guests, []);
});

test('a deleted appointment that is saved again invites its guests again', () => {
  const { guests } = asNew({
    guests: [
      { email: 'me@x.example', self: true, organizer: true, partstat: 'accepted' },
      { email: 'a@x.example', name: 'A', partstat: 'declined', comment: 'no' },
    ],
  });
  assert.deepEqual(guests, [{ email: 'a@x.example', name: 'A', partstat: 'needs_action' }]);
});

test('Google emails other guests, but not for a colour or a CRM calendar', () => {
  const google = { own: false, state: 'live', mode: 'two_way' };
  const guests = [
    { email: 'me@x.y', self: true },
    { email: 'A@x.y' },
    { email: 'room@x.y', resource: true },
  ];
  assert.equal(
    mailedGuests(google, guests, [{ email: ' a@X.Y ' }, { email: 'b@x.y' }], { summary: 'x' })
      .length,
    2,
  );
  assert.equal(mailedGuests(google, guests, [], { color: '3' }).length, 0);
  assert.equal(mailedGuests({ own: true }, guests, [], null).length, 0);
  assert.equal(mailedGuests({ ...google, state: 'gone' }, guests, [], null).length, 0);
});

test("after a conflict the user's changes are kept on top of the saved version", () => {
  const before = values();
  const mine = {
    ...before,
    summary: 'Mein Titel',
    guests: [...before.guests, { email: 'new@example.com', partstat: 'needs_action' }],
  };
  const theirs = {
    ...before,
    summary: 'Ihr Titel',
    location: 'Raum 4',
    guests: [before.guests[0], { ...before.guests[1], partstat: 'accepted' }],
  };
  const merged = rebase(before, mine, theirs);
  assert.equal(merged.summary, 'Mein Titel');
  assert.equal(merged.location, 'Raum 4');
  assert.deepEqual(
    merged.guests.map((guest) => [guest.email, guest.partstat]),
    [
      ['me@example.com', 'accepted'],
      ['A@example.com', 'accepted'],
      ['new@example.com', 'needs_action'],
    ],
  );
  assert.deepEqual(Object.keys(changesOf(theirs, merged)).sort(), ['attendees', 'summary']);
});
