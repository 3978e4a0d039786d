// Days and times as users type them: "16.12.", "12/16/2026", "16 dez", "morgen"; "14", "1430",
// "2pm". Pure functions; the order of day and month, and all names, are those of the locale.
import { addDays, daysBetween, isDay, isTime } from './times.js';

const two = (n) => String(n).padStart(2, '0');
const plain = (text) => text.toLocaleLowerCase().replace(/\.$/, '');

const localeData = new Map();

// {order: ['day', 'month', 'year'], months: [names of the first month, ...]}
function dataOf(locale) {
  if (localeData.has(locale)) return localeData.get(locale);
  const utc = { timeZone: 'UTC' };
  const order = new Intl.DateTimeFormat(locale, { ...utc, dateStyle: 'short' })
    .formatToParts(0)
    .map(({ type }) => type)
    .filter((type) => ['day', 'month', 'year'].includes(type));
  const months = Array.from({ length: 12 }, (_, i) =>
    ['long', 'short'].flatMap((month) =>
      [{ month }, { month, day: 'numeric' }].map((options) =>
        plain(
          new Intl.DateTimeFormat(locale, { ...utc, ...options })
            .formatToParts(Date.UTC(2026, i, 1))
            .find(({ type }) => type === 'month').value,
        ),
      ),
    ),
  );
  const data = { order, months };
  localeData.set(locale, data);
  return data;
}

function relativeDay(text, locale, today) {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const found = [0, 1, 2, -1, -2].find((days) => plain(format.format(days, 'day')) === text);
  return found === undefined ? '' : addDays(today, found);
}

const day = (y, m, d) => {
  const text = `${String(y).padStart(4, '0')}-${two(m)}-${two(d)}`;
  return isDay(text) ? text : '';
};

// Without a year the one that is nearest to `near`.
function nearest(m, d, near) {
  const year = Number(near.slice(0, 4));
  return [year, year + 1, year - 1]
    .map((y) => day(y, m, d))
    .filter(Boolean)
    .sort((a, b) => Math.abs(daysBetween(near, a)) - Math.abs(daysBetween(near, b)))[0];
}

// NaN, which is no day, of three digits: the fourth is still to be typed.
const fullYear = (text) =>
  text.length === 4 ? Number(text) : text.length <= 2 ? 2000 + Number(text) : NaN;

// "1612", "161226", "16122026" as separate numbers.
function split(digits, order) {
  if (![4, 6, 8].includes(digits.length)) return [digits];
  const sizes = order
    .filter((type) => digits.length > 4 || type !== 'year')
    .map((type) => (type === 'year' ? digits.length - 4 : 2));
  let at = 0;
  return sizes.map((size) => digits.slice(at, (at += size)));
}

function fromNumbers(numbers, order, near) {
  const parts = numbers.length === 1 ? split(numbers[0], order) : numbers;
  if (parts.length > 3) return '';
  if (parts.length === 1)
    return parts[0].length > 2 ? '' : day(near.slice(0, 4), Number(near.slice(5, 7)), parts[0]);
  const named = {};
  const types = parts.length === 3 ? order : order.filter((type) => type !== 'year');
  types.forEach((type, i) => (named[type] = parts[i]));
  return named.year
    ? day(fullYear(named.year), named.month, named.day)
    : nearest(named.month, named.day, near) || '';
}

// The day that the text names, "" if it names none. `near`: what is meant where a part is missing;
// `today`: for "tomorrow".
export function parseDay(text, locale, near, today = near) {
  const typed = plain(text.trim());
  if (/^\d{4}-\d{1,2}-\d{1,2}$/.test(typed)) return day(...typed.split('-').map(Number));
  const relative = relativeDay(typed, locale, today);
  if (relative) return relative;
  const { order, months } = dataOf(locale);
  const numbers = typed.match(/\d+/g) || [];
  if (!numbers.length || /-\s*\d/.test(typed)) return '';
  // A word that is no month is a day of the week.
  const words = (typed.match(/\p{L}+/gu) || []).filter((word) => word.length > 2);
  const month = words
    .map((word) => months.findIndex((names) => names.some((name) => name.startsWith(word))))
    .find((i) => i >= 0);
  if (month === undefined) return fromNumbers(numbers, order, near);
  const [first, second] = numbers;
  const isYear = (number) => number?.length === 4;
  const [d, year] = isYear(first) ? [second, first] : [first, second];
  if (!d || d.length > 2 || numbers.length > 2) return '';
  return year ? day(fullYear(year), month + 1, d) : nearest(month + 1, d, near) || '';
}

// The time that the text names, as "09:30"; "" if it names none.
export function parseTime(text) {
  const typed = text.trim().toLowerCase();
  const found = /^(\d{1,2})(?:\s*[:.h]\s*|\s)?(\d{2})?\s*(uhr|h)?\s*([ap])?(?:\.?m\.?)?$/.exec(
    typed,
  );
  if (!found) return '';
  const [, hours, minutes = '00', , half] = found;
  let hour = Number(hours);
  if (half && (hour < 1 || hour > 12)) return '';
  if (half) hour = (hour % 12) + (half === 'p' ? 12 : 0);
  const time = `${two(hour)}:${minutes}`;
  return isTime(time) ? time : '';
}

const MINUTE = 60000;

// The quarters of an hour of a day from `from` on: "09:30".
export function quarters(from = '00:00') {
  const [hour, minute] = from.split(':').map(Number);
  const times = [];
  for (let at = Math.ceil((hour * 60 + minute) / 15) * 15; at < 1440; at += 15)
    times.push(`${two(Math.floor(at / 60))}:${two(at % 60)}`);
  return times;
}

export const minutesBetween = (from, to) =>
  (Date.parse(`1970-01-01T${to}:00Z`) - Date.parse(`1970-01-01T${from}:00Z`)) / MINUTE;
