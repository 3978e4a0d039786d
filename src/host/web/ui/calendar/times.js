// Days, wall-clock times and instants without a library: a day is "2026-11-24", a time "09:30", an
// instant milliseconds since 1970. Pure functions. The zone is always an argument; the browser's
// own zone is never used.

const wallFormats = new Map();

function wallFormat(zone) {
  let format = wallFormats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    wallFormats.set(zone, format);
  }
  return format;
}

const two = (n) => String(n).padStart(2, '0');

export function isZone(zone) {
  if (!zone) return false;
  try {
    wallFormat(zone);
    return true;
  } catch {
    return false;
  }
}

// `first` and all zones that the browser knows.
export function knownZones(...first) {
  const all =
    typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  return [...new Set([...first.filter(Boolean), 'UTC', ...all])];
}

// The wall clock of `zone` at an instant, as the milliseconds of the same clock time in UTC.
function wallMs(ms, zone) {
  const parts = {};
  for (const { type, value } of wallFormat(zone).formatToParts(ms)) parts[type] = value;
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year);
  const wall = Date.UTC(
    2000,
    Number(parts.month) - 1,
    Number(parts.day),
    Number(parts.hour),
    Number(parts.minute),
    Number(parts.second),
  );
  const date = new Date(wall);
  date.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day));
  return date.getTime();
}

export function offsetMinutes(ms, zone) {
  return Math.round((wallMs(ms, zone) - Math.floor(ms / 1000) * 1000) / 60000);
}

export function wallOf(ms, zone) {
  const date = new Date(wallMs(ms, zone));
  return {
    day: date.toISOString().slice(0, 10),
    time: `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`,
  };
}

// A time skipped by a clock change is shifted by the length of the gap; of a repeated time the
// first one is meant (RFC 5545, 3.3.5).
export function instantOf(day, time, zone) {
  const [hour, minute] = (time || '00:00').split(':').map(Number);
  const wall = Date.parse(`${day}T00:00:00Z`) + (hour * 60 + minute) * 60000;
  const before = offsetMinutes(wall - 24 * 3600000, zone);
  const after = offsetMinutes(wall + 24 * 3600000, zone);
  const fits = [...new Set([before, after])]
    .map((offset) => wall - offset * 60000)
    .filter((ms) => wallMs(ms, zone) === wall);
  return fits.length ? Math.min(...fits) : wall - before * 60000;
}

export function rfc3339(ms, zone) {
  const { day, time } = wallOf(ms, zone);
  const offset = offsetMinutes(ms, zone);
  const seconds = two(new Date(ms).getUTCSeconds());
  if (offset === 0) return `${day}T${time}:${seconds}Z`;
  const sign = offset < 0 ? '-' : '+';
  const size = Math.abs(offset);
  return `${day}T${time}:${seconds}${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

// The `original_start` of an occurrence, as the host writes it.
export function utcKey(ms) {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function addDays(day, count) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86400000).toISOString().slice(0, 10);
}

export function daysBetween(from, to) {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86400000);
}

// 0 Sunday ... 6 Saturday
export function weekday(day) {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

export function isDay(text) {
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
    addDays(text, 0) === text
  );
}

export function isTime(text) {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

// The first day of the week in a locale, 0 Sunday ... 6 Saturday.
export function weekStart(locale) {
  const info = new Intl.Locale(locale);
  const week = info.getWeekInfo?.() || info.weekInfo;
  return (week?.firstDay ?? 1) % 7;
}

// The next full half hour, for a new appointment.
export function nextHalfHour(ms) {
  return Math.ceil((ms + 1) / 1800000) * 1800000;
}

// "Europe/Berlin" -> "Berlin"; "America/Argentina/Buenos_Aires" -> "Buenos Aires"
export function zoneCity(zone) {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}

// Whether two zones show the same clock time at this instant.
export function sameClock(ms, a, b) {
  return a === b || offsetMinutes(ms, a) === offsetMinutes(ms, b);
}
