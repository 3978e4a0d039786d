// Wall-clock arithmetic. A time is a wall-clock time of the account's zone, as the milliseconds of
// the same clock time in UTC. The API answers in that zone, so only wallClock() converts.
import { language } from './texts.js';

export const minute = 60_000;
export const day = 1_440 * minute;

export const parse = (text) =>
  Date.parse(`${text.slice(0, 10)}T${text.length > 10 ? text.slice(11, 16) : '00:00'}:00Z`);
export const dateText = (at) => new Date(at).toISOString().slice(0, 10);
export const timeText = (at) => new Date(at).toISOString().slice(11, 16);
export const midnight = (at) => Math.floor(at / day) * day;
export const monday = (at) => midnight(at) - ((new Date(at).getUTCDay() + 6) % 7) * day;

// The wall clock of `instant` (real milliseconds) in `zone`.
export function wallClock(instant, zone) {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(instant);
  return parse(parts.replace(' ', 'T'));
}

const format = (options) => {
  const made = new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', {
    timeZone: 'UTC',
    ...options,
  });
  return (at) => made.format(at);
};
export const clock = format({ hour: '2-digit', minute: '2-digit' });
export const weekday = format({ weekday: 'short' });
export const weekdayLong = format({ weekday: 'long' });
export const dayMonth = format({ day: 'numeric', month: 'long' });
export const dayNumber = format({ day: 'numeric' });
export const longDay = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
export const spanText = (from, to) =>
  new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: innerWidth < 720 ? 'short' : 'long',
    year: 'numeric',
  }).formatRange(from, to);
export const stamp = (text) =>
  new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', { timeStyle: 'medium' }).format(
    new Date(text),
  );

export function weekNumber(at) {
  const thursday = monday(at) + 3 * day;
  const first = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return Math.floor((thursday - first) / (7 * day)) + 1;
}
