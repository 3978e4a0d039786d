// Dates and times of appointments as text, by Intl in the user's locale and zone.
import { locale, t } from '../i18n.js';
import { addDays, offsetMinutes, sameClock, wallOf } from './times.js';
import { cityOf } from './zones.js';

// A format costs far more to make than to use, and a month uses one for each appointment.
const formats = new Map();

function formatOf(options) {
  const key = `${locale()} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), options));
  return formats.get(key);
}

const DATE_FORMAT = { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' };
const utc = (day) => Date.parse(`${day}T00:00:00Z`);

export const formatDay = (day, options = DATE_FORMAT) =>
  formatOf({ ...options, timeZone: 'UTC' }).format(utc(day));
export const formatTime = (ms, zone) => formatOf({ timeStyle: 'short', timeZone: zone }).format(ms);

export const formatWeekday = (ms, zone) =>
  formatOf({ weekday: 'short', timeZone: zone }).format(ms).replace(/\.$/, '');

// "9", "9:30", "9a", "9:30p": for the narrow days of a month.
export function formatShortTime(ms, zone) {
  const format = formatOf({ hour: 'numeric', minute: '2-digit', timeZone: zone });
  const parts = format.formatToParts(ms);
  const part = (type) => parts.find((found) => found.type === type)?.value || '';
  const minute = part('minute');
  const half = part('dayPeriod').slice(0, 1).toLowerCase();
  return `${Number(part('hour'))}${minute === '00' ? '' : `:${minute}`}${half}`;
}

// "14:30", "2:30 PM" of the time "14:30".
export const formatClock = (time) => formatTime(Date.parse(`1970-01-01T${time}:00Z`), 'UTC');

// "30 Min.", "1,5 Std."
export function formatLength(minutes) {
  const [value, unit] = minutes < 60 ? [minutes, 'minute'] : [minutes / 60, 'hour'];
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'short' }).format(
    value,
  );
}

const NAMED_GUESTS = 2;

// "Petra Schulz, a@x.example +3"
export function guestsText(guests) {
  const names = guests.slice(0, NAMED_GUESTS).map((guest) => guest.name || guest.email);
  const more = guests.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` +${more}` : ''}`;
}

export function formatWhen(occurrence, zone) {
  const format = formatOf(
    occurrence.all_day
      ? { ...DATE_FORMAT, timeZone: 'UTC' }
      : { ...DATE_FORMAT, hour: 'numeric', minute: '2-digit', timeZone: zone },
  );
  if (occurrence.all_day) {
    const last = addDays(occurrence.end, -1);
    return last <= occurrence.start
      ? format.format(utc(occurrence.start))
      : format.formatRange(utc(occurrence.start), utc(last));
  }
  const start = Date.parse(occurrence.start);
  const end = Date.parse(occurrence.end);
  return end <= start ? format.format(start) : format.formatRange(start, end);
}

// "10:00–11:00 (New York)" when the appointment's own zone shows another clock time; else ''.
export function formatOwnZone(occurrence, zone) {
  const own = occurrence.time_zone;
  const start = Date.parse(occurrence.start);
  if (occurrence.all_day || !own || own === 'UTC' || sameClock(start, own, zone)) return '';
  const otherDay = wallOf(start, own).day !== wallOf(start, zone).day;
  const format = formatOf({
    ...(otherDay ? { weekday: 'short', day: 'numeric', month: 'short' } : {}),
    hour: 'numeric',
    minute: '2-digit',
    timeZone: own,
  });
  return t('appointment.own_zone', {
    time: format.formatRange(start, Math.max(start, Date.parse(occurrence.end))),
    zone: cityOf(own),
  });
}

export function formatOffset(ms, zone) {
  const minutes = offsetMinutes(ms, zone);
  const size = Math.abs(minutes);
  const rest = size % 60 ? `:${String(size % 60).padStart(2, '0')}` : '';
  return `UTC${minutes < 0 ? '−' : '+'}${Math.floor(size / 60)}${rest}`;
}

function relative(seconds, sign) {
  const format = new Intl.RelativeTimeFormat(locale(), { style: 'short', numeric: 'auto' });
  if (seconds < 60) return format.format(sign * seconds, 'second');
  if (seconds < 3600) return format.format(sign * Math.round(seconds / 60), 'minute');
  if (seconds < 86400) return format.format(sign * Math.round(seconds / 3600), 'hour');
  return format.format(sign * Math.round(seconds / 86400), 'day');
}

const secondsBetween = (from, to) => Math.max(0, Math.round((to - from) / 1000));

export const formatAgo = (ms, now = Date.now()) => relative(secondsBetween(ms, now), -1);
export const formatIn = (ms, now = Date.now()) => relative(secondsBetween(now, ms), 1);

const MAX_TITLE = 60;

// The title as messages name it.
export function shortTitle(shown) {
  const title = titleOf(shown);
  return title.length > MAX_TITLE ? `${title.slice(0, MAX_TITLE - 1).trimEnd()}…` : title;
}

// Of a private appointment that cannot be edited here, a plugin may have been given the times only.
export function titleOf({ masked, summary, visibility, editable }) {
  if (!masked && summary) return summary;
  const busy = masked || (['private', 'confidential'].includes(visibility) && !editable);
  return t(busy ? 'appointment.busy' : 'appointment.untitled');
}
