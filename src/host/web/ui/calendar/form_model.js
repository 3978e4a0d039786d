// The appointment form as values, and the changes they make to the document. Pure functions.
// Members that the form does not show are never sent, so they stay untouched.

import { guestKey, parseAddresses } from '../addresses.js';
import { plainText } from './plain_text.js';
import {
  buildRecurrence,
  checkRecurrence,
  followStart,
  none,
  parseRecurrence,
} from './recurrence.js';
import {
  addDays,
  daysBetween,
  instantOf,
  isDay,
  isTime,
  isZone,
  rfc3339,
  wallOf,
} from './times.js';

const isTimed = (time) => Boolean(time?.date_time);

// A time of a document on the wall clock of `zone`.
function wallTime(time, zone) {
  return isTimed(time) ? wallOf(Date.parse(time.date_time), zone) : { day: time.date, time: '' };
}

export function newValues({ startMs, endMs, startDay, endDay, zone, calendar }) {
  const allDay = Boolean(startDay);
  const start = allDay ? { day: startDay, time: '09:00' } : wallOf(startMs, zone);
  const end = allDay ? { day: addDays(endDay, -1), time: '10:00' } : wallOf(endMs, zone);
  return {
    calendar,
    summary: '',
    all_day: allDay,
    start_day: start.day,
    start_time: start.time,
    end_day: end.day,
    end_time: end.time,
    zone,
    end_zone: zone,
    location: '',
    description: '',
    visibility: 'default',
    transparency: 'opaque',
    color: '',
    guests: [],
    recurrence: none(),
  };
}

// The content of one occurrence: its exception where it has one, else the series.
export function contentOf(event, originalStart) {
  if (!originalStart) return event;
  const key = originalStart.length === 10 ? originalStart : Date.parse(originalStart);
  const own = (event.occurrences || []).find(
    (item) =>
      !item.cancelled &&
      (item.original_start.date || Date.parse(item.original_start.date_time)) === key,
  );
  return own ? own.event : event;
}

// `occurrence` as answered by GET /api/occurrences; the values show its own times.
export function valuesOf(page, occurrence, userZone) {
  const content = contentOf(page.event, occurrence.original_start);
  const zone = occurrence.all_day
    ? userZone
    : isZone(content.start.time_zone)
      ? content.start.time_zone
      : userZone;
  const start = occurrence.all_day
    ? { day: occurrence.start, time: '09:00' }
    : wallOf(Date.parse(occurrence.start), zone);
  const end = occurrence.all_day
    ? { day: addDays(occurrence.end, -1), time: '10:00' }
    : wallOf(Date.parse(occurrence.end), zone);
  const seriesStart = wallTime(page.event.start, zone).day;
  return {
    calendar: page.calendar,
    summary: content.summary || '',
    all_day: occurrence.all_day,
    start_day: start.day,
    start_time: start.time,
    end_day: end.day,
    end_time: end.time,
    zone,
    end_zone: isZone(content.end?.time_zone) ? content.end.time_zone : zone,
    location: content.location || '',
    // The form edits plain text. The HTML is kept as long as the text is not edited, because an
    // unchanged member is not sent.
    description: plainText(content.description || ''),
    formatted: plainText(content.description || '') !== (content.description || ''),
    visibility: content.visibility || 'default',
    transparency: content.transparency || 'opaque',
    color: content.color || '',
    guests: content.attendees || [],
    recurrence: parseRecurrence(page.event.recurrence, seriesStart, zone, occurrence.all_day),
    series_start: seriesStart,
  };
}

export function startMs(values) {
  return instantOf(values.start_day, values.all_day ? '00:00' : values.start_time, values.zone);
}

export function endMs(values) {
  return values.all_day
    ? instantOf(addDays(values.end_day, 1), '00:00', values.zone)
    : instantOf(values.end_day, values.end_time, values.zone);
}

export function timesOf(values) {
  if (values.all_day)
    return { start: { date: values.start_day }, end: { date: addDays(values.end_day, 1) } };
  return {
    start: { date_time: rfc3339(startMs(values), values.zone), time_zone: values.zone },
    end: { date_time: rfc3339(endMs(values), values.end_zone), time_zone: values.end_zone },
  };
}

// Rules are relative to the first day of the series, or to the shown day while there is no series
// yet.
const ruleStart = (values) => values.series_start || values.start_day;

function membersOf(values) {
  return {
    summary: values.summary.trim(),
    ...timesOf(values),
    location: values.location.trim(),
    description: values.description,
    visibility: values.visibility,
    transparency: values.transparency,
    color: values.color,
    attendees: values.guests,
    recurrence: buildRecurrence(values.recurrence, ruleStart(values), values.zone, values.all_day),
  };
}

const DEFAULT_MEMBERS = {
  summary: '',
  location: '',
  description: '',
  visibility: 'default',
  transparency: 'opaque',
  color: '',
};
const isEmpty = (name, value) =>
  Array.isArray(value) ? !value.length : name in DEFAULT_MEMBERS && value === DEFAULT_MEMBERS[name];

export function eventOf(values) {
  return Object.fromEntries(
    Object.entries(membersOf(values)).filter(([name, value]) => !isEmpty(name, value)),
  );
}

// Only the members that the user changed; null removes one. Start and end are sent together.
export function changesOf(before, after) {
  const old = membersOf(before);
  const now = membersOf(after);
  const changes = {};
  for (const [name, value] of Object.entries(now)) {
    if (JSON.stringify(value) === JSON.stringify(old[name])) continue;
    changes[name] = isEmpty(name, value) ? null : value;
  }
  // An untouched rule keeps its original text, whatever the editor would write.
  if (
    JSON.stringify(before.recurrence) === JSON.stringify(after.recurrence) &&
    before.all_day === after.all_day
  )
    delete changes.recurrence;
  if (changes.start || changes.end) Object.assign(changes, { start: now.start, end: now.end });
  return changes;
}

// A new start keeps the duration, unless the end is before the start: then the end is what the user
// still has to correct, or what the new start has corrected. A rule that depends on its first day
// follows.
export function withStart(values, change) {
  const next = { ...values, ...change };
  if (!isDay(next.start_day) || (!next.all_day && !isTime(next.start_time))) return next;
  const moved = next.start_day !== values.start_day;
  if (
    isDay(values.start_day) &&
    isDay(values.end_day) &&
    (values.all_day || (isTime(values.start_time) && isTime(values.end_time)))
  ) {
    if (next.all_day) {
      const length = daysBetween(values.start_day, values.end_day);
      if (length >= 0) next.end_day = addDays(next.start_day, length);
    } else {
      const wall = (day, time) => Date.parse(`${day}T${time}:00Z`);
      const length =
        wall(values.end_day, values.end_time) - wall(values.start_day, values.start_time);
      if (length >= 0) {
        const end = wallOf(wall(next.start_day, next.start_time) + length, 'UTC');
        Object.assign(next, { end_day: end.day, end_time: end.time });
      }
    }
  }
  if (
    moved &&
    isDay(values.start_day) &&
    (!values.series_start || values.series_start === values.start_day)
  ) {
    next.recurrence = followStart(values.recurrence, values.start_day, next.start_day);
    if (values.series_start) next.series_start = next.start_day;
  }
  return next;
}

export function withZone(values, zone) {
  return { ...values, zone, end_zone: values.end_zone === values.zone ? zone : values.end_zone };
}

// Answers {field: text key}.
export function checkValues(values) {
  const errors = {};
  if (!isDay(values.start_day)) errors.start_day = 'appointment.error.day';
  if (!isDay(values.end_day)) errors.end_day = 'appointment.error.day';
  if (!values.all_day && !isTime(values.start_time)) errors.start_time = 'appointment.error.time';
  if (!values.all_day && !isTime(values.end_time)) errors.end_time = 'appointment.error.time';
  if (
    !Object.keys(errors).length &&
    (values.all_day ? values.end_day < values.start_day : endMs(values) < startMs(values))
  )
    errors[!values.all_day && values.end_day >= values.start_day ? 'end_time' : 'end_day'] =
      'appointment.error.order';
  if (new TextEncoder().encode(values.summary).length > 8192)
    errors.summary = 'appointment.error.long';
  return { ...errors, ...checkRecurrence(values.recurrence, ruleStart(values)) };
}

// The guests with those that are still typed in the field, and the text that names none.
export function withTyped(guests, text) {
  const typed = parseAddresses(text);
  const result = [...guests];
  for (const guest of typed.guests)
    if (!result.some((other) => guestKey(other) === guestKey(guest)))
      result.push({ ...guest, partstat: 'needs_action' });
  return { guests: result, rest: typed.rest };
}

// A deleted appointment that is saved again is an appointment of the user's own: its guests have
// not answered it yet.
export const asNew = (values) => ({
  ...values,
  guests: values.guests
    .filter((guest) => !guest.self && !guest.organizer)
    .map(({ email, name }) => ({ email, ...(name ? { name } : {}), partstat: 'needs_action' })),
});

const NOTIFYING_MEMBERS = [
  'summary',
  'start',
  'end',
  'location',
  'description',
  'attendees',
  'recurrence',
];

// Who is emailed when this is saved: guests before and after the change, without the user and
// rooms, and only from a calendar that is synchronised both ways.
export function mailedGuests(calendar, before, after, changes) {
  if (!calendar || calendar.own || calendar.state === 'gone' || calendar.mode !== 'two_way')
    return [];
  if (changes && !NOTIFYING_MEMBERS.some((name) => name in changes)) return [];
  const people = new Map();
  for (const guest of [...before, ...after])
    if (!guest.self && !guest.resource && guest.email) people.set(guestKey(guest), guest);
  return [...people.values()];
}

// Those of them whom the CRM mails: none of what is over, and where only the guest list has
// changed, none who is on it before and after.
function mailedByCrm(people, before, after, changes, over) {
  if (over) return [];
  if (!changes || NOTIFYING_MEMBERS.some((name) => name !== 'attendees' && name in changes))
    return people;
  const keys = [before, after].map((guests) => new Set(guests.map(guestKey)));
  return people.filter((guest) => !keys.every((set) => set.has(guestKey(guest))));
}

export const NO_MAILS = { by: 'google', from: '', waitMs: 0, guests: [] };

/**
 * What saving mails: {by, from, waitMs, guests}. `policy` is what mailPolicy answers for the
 * calendar; `over`: the appointment has ended and does not repeat. Where the account is set to mail
 * no guests, `by` says so.
 */
export function mailsOf(policy, calendar, before, after, changes, over = false) {
  const people = mailedGuests(calendar, before, after, changes);
  if (!people.length) return NO_MAILS;
  if (policy.by !== 'crm') return { ...policy, guests: policy.by === 'nobody' ? [] : people };
  return { ...policy, guests: mailedByCrm(people, before, after, changes, over) };
}

export const isOver = (values, now = Date.now()) =>
  (values.recurrence?.kind || 'none') === 'none' && endMs(values) < now;

const FIELD_GROUPS = [
  ['summary'],
  ['location'],
  ['description'],
  ['visibility'],
  ['transparency'],
  ['color'],
  ['recurrence'],
  ['calendar'],
  ['all_day', 'start_day', 'start_time', 'end_day', 'end_time', 'zone', 'end_zone'],
];
// Three-way merge after a conflict: `before` is what the form opened with, `mine` what it holds
// now, `theirs` what was saved meanwhile. The user's changes win over `theirs`. Guests are merged
// one by one, so that an answer that arrived meanwhile is kept.
export function rebase(before, mine, theirs) {
  const result = { ...theirs };
  for (const group of FIELD_GROUPS) {
    if (group.some((name) => JSON.stringify(mine[name]) !== JSON.stringify(before[name])))
      for (const name of group) result[name] = mine[name];
  }
  const old = new Set(before.guests.map(guestKey));
  const kept = new Set(mine.guests.map(guestKey));
  const there = new Set(theirs.guests.map(guestKey));
  result.guests = [
    ...theirs.guests.filter((guest) => kept.has(guestKey(guest)) || !old.has(guestKey(guest))),
    ...mine.guests.filter((guest) => !old.has(guestKey(guest)) && !there.has(guestKey(guest))),
  ];
  return result;
}
