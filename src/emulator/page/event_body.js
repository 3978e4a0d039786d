// The values of the event form as a body for the Calendar API.
import { state } from './state.js';
import { dateText, timeText } from './time.js';

// A start or end in the account's zone. The other form is null, so that a PATCH removes it.
export const apiTime = (at, allDay) =>
  allDay
    ? { date: dateText(at), dateTime: null, timeZone: null }
    : { dateTime: `${dateText(at)}T${timeText(at)}:00`, timeZone: state.zone, date: null };

const rulesOf = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

// What `values` change; null removes a member. Without `before`: everything that is not empty.
export function changedBody(values, before) {
  const body = {};
  const put = (name, value, old) => {
    if (JSON.stringify(value) !== JSON.stringify(old)) body[name] = value === '' ? null : value;
  };
  for (const name of ['summary', 'location', 'description', 'colorId'])
    put(name, values[name], before?.[name] ?? '');
  const visibility = (form) => (form?.private ? 'private' : 'default');
  put('visibility', visibility(values), visibility(before));
  const transparency = (form) => (form?.free ? 'transparent' : 'opaque');
  put('transparency', transparency(values), transparency(before));
  if (!before || ['start', 'end', 'allDay'].some((name) => values[name] !== before[name])) {
    body.start = apiTime(values.start, values.allDay);
    body.end = apiTime(values.end, values.allDay);
  }
  const old = (before?.attendees ?? []).map((guest) => guest.email);
  const guests = values.guests.map((address) => address.toLowerCase());
  if (JSON.stringify([...guests].sort()) !== JSON.stringify([...old].sort()))
    body.attendees = guests.map(
      (email) => before?.attendees?.find((guest) => guest.email === email) ?? { email },
    );
  if (values.rule !== (before?.rule ?? ''))
    body.recurrence = values.rule === '' ? null : rulesOf(values.rule);
  return body;
}

const withoutNull = (object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

// The body of a new event.
export function newBody(values) {
  const body = withoutNull(changedBody(values));
  return { ...body, start: withoutNull(body.start), end: withoutNull(body.end) };
}
