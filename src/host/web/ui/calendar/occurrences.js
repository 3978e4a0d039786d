// Occurrences of appointments: their identity, how an unsaved change looks, and which parts of a
// series a change can cover. Pure, except that new appointments are numbered.
import { contentOf, endMs, startMs } from './form_model.js';
import { addDays, rfc3339, utcKey, wallOf } from './times.js';

export const keyOf = (occurrence) => `${occurrence.event}|${occurrence.original_start || ''}`;

// The members that a brief answer of the host leaves out.
const USUAL = {
  original_start: '',
  all_day: false,
  time_zone: '',
  location: '',
  status: 'confirmed',
  transparency: 'opaque',
  visibility: 'default',
  color: '',
  recurring: false,
  exception: false,
  editable: true,
  masked: false,
  guests: [],
  type: 'default',
};

export const occurrencesOf = (rows) => rows.map((row) => ({ ...USUAL, ...row }));

const COPIED_FIELDS = [
  'summary',
  'all_day',
  'location',
  'visibility',
  'transparency',
  'color',
  'guests',
  'calendar',
];

let newAppointments = 0;

const newOccurrence = (values) => ({
  event: `new-${++newAppointments}`,
  original_start: '',
  recurring: values.recurrence.kind !== 'none',
  editable: true,
  isNew: true,
});

// The occurrence as the calendar shows it until the host has answered.
export function pendingOccurrence(values, occurrence = newOccurrence(values)) {
  const times = values.all_day
    ? { start: values.start_day, end: addDays(values.end_day, 1) }
    : { start: utcKey(startMs(values)), end: utcKey(endMs(values)) };
  const copied = Object.fromEntries(COPIED_FIELDS.map((name) => [name, values[name]]));
  return { ...occurrence, ...times, ...copied, time_zone: values.zone, pending: true };
}

// The same occurrence, with the times that it has in a newer document.
export function occurrenceIn(page, occurrence) {
  const content = contentOf(page.event, occurrence.original_start);
  if (occurrence.original_start && content === page.event) return occurrence;
  const allDay = Boolean(content.start.date);
  return {
    ...occurrence,
    all_day: allDay,
    start: allDay ? content.start.date : utcKey(Date.parse(content.start.date_time)),
    end: allDay ? content.end.date : utcKey(Date.parse(content.end.date_time)),
  };
}

// An occurrence of a loaded appointment, as GET /api/occurrences answers it. `start`: its original
// start, "" of a single appointment; of a series without it the first one.
export function occurrenceOf(page, start = '') {
  const { event } = page;
  const recurring = Boolean(event.recurrence?.length);
  const key = start || (recurring ? event.start.date || event.start.date_time : '');
  const content = contentOf(event, key);
  const isOwn = content !== event;
  const allDay = Boolean(content.start.date);
  const timed = (time) => (allDay ? time.date : utcKey(Date.parse(time.date_time)));
  const shown = { start: timed(content.start), end: timed(content.end) };
  if (recurring && key && !isOwn) {
    const length = Date.parse(shown.end) - Date.parse(shown.start);
    const ends = Date.parse(key) + length;
    shown.start = allDay ? key : utcKey(Date.parse(key));
    shown.end = allDay ? new Date(ends).toISOString().slice(0, 10) : utcKey(ends);
  }
  return {
    ...{ event: page.id, calendar: page.calendar, editable: page.editable, ...shown },
    original_start: recurring ? (allDay ? key : utcKey(Date.parse(key))) : '',
    all_day: allDay,
    time_zone: content.start.time_zone || '',
    ...{ recurring, exception: isOwn, masked: Boolean(page.masked) },
    summary: content.summary || '',
    status: content.status || 'confirmed',
    transparency: content.transparency || 'opaque',
    visibility: content.visibility || 'default',
    color: content.color || '',
    location: content.location || '',
    guests: content.attendees || [],
  };
}

// Upcoming occurrences with those of a series in one row: `more` further ones, the last of which
// begins at `last`.
export function foldSeries(occurrences) {
  const rows = new Map();
  for (const occurrence of occurrences) {
    const key = occurrence.recurring ? occurrence.event : keyOf(occurrence);
    const row = rows.get(key);
    if (row) {
      row.more += 1;
      row.last = occurrence.start;
    } else rows.set(key, { ...occurrence, more: 0, last: '' });
  }
  return [...rows.values()];
}

function isFirst(page, occurrence) {
  const start = page.event.start;
  return (
    occurrence.original_start === start.date ||
    Date.parse(occurrence.original_start) === Date.parse(start.date_time)
  );
}

// Which parts of a series a change can cover.
export function scopesOf(page, occurrence, changes) {
  if (!occurrence.recurring) return ['all'];
  const first = isFirst(page, occurrence);
  if (changes && 'recurrence' in changes) return first ? ['all'] : ['following', 'all'];
  return first ? ['this', 'all'] : ['this', 'following', 'all'];
}

// What a drag or a resize changes. `times`: {allDay, start, end}, as days or as instants.
export function draggedTo(before, times) {
  if (times.allDay) {
    return {
      changes: { start: { date: times.start }, end: { date: times.end } },
      values: {
        ...before,
        all_day: true,
        start_day: times.start,
        end_day: addDays(times.end, -1),
      },
    };
  }
  const start = wallOf(times.start, before.zone);
  const end = wallOf(times.end, before.zone);
  return {
    changes: {
      start: { date_time: rfc3339(times.start, before.zone), time_zone: before.zone },
      end: { date_time: rfc3339(times.end, before.end_zone), time_zone: before.end_zone },
    },
    values: {
      ...before,
      all_day: false,
      start_day: start.day,
      start_time: start.time,
      end_day: end.day,
      end_time: end.time,
    },
  };
}
