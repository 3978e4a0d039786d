// Days as texts ("2026-03-29") and their arithmetic, without zones: the world is written in local
// times, each with its zone.

const DAY_MS = 86_400_000;
export const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

const at = (day) => new Date(`${day}T00:00:00Z`);
const text = (date) => date.toISOString().slice(0, 10);

export const plus = (day, days) => text(new Date(at(day).getTime() + days * DAY_MS));
export const weekday = (day) => WEEKDAYS[at(day).getUTCDay()];
export const year = (day) => Number(day.slice(0, 4));
export const compact = (day) => day.replaceAll('-', '');

/** The first day on or after `day` that is a `name` ("MO"). */
export function next(day, name) {
  while (weekday(day) !== name) day = plus(day, 1);
  return day;
}

export function* range(from, to) {
  for (let day = from; day < to; day = plus(day, 1)) yield day;
}

/** The n-th `name` of a month, n from 1; -1 for the last. */
export function nth(yearNumber, month, name, n) {
  const first = `${yearNumber}-${String(month).padStart(2, '0')}-01`;
  if (n > 0) return plus(next(first, name), 7 * (n - 1));
  const following =
    month === 12
      ? `${yearNumber + 1}-01-01`
      : `${yearNumber}-${String(month + 1).padStart(2, '0')}-01`;
  return next(plus(following, -7), name);
}

/** The Sundays on which the European Union changes its clocks, between two days. */
export function clockChanges(from, to) {
  const found = [];
  for (let y = year(from); y <= year(to); ++y) {
    found.push(
      { day: nth(y, 3, 'SU', -1), spring: true },
      { day: nth(y, 10, 'SU', -1), spring: false },
    );
  }
  return found.filter(({ day }) => day >= from && day < to);
}

/** "09:30" plus minutes, with the days that pass. */
export function later(day, time, minutes) {
  const [hour, minute] = time.split(':').map(Number);
  const total = hour * 60 + minute + minutes;
  const clock = ((total % 1440) + 1440) % 1440;
  const two = (number) => String(number).padStart(2, '0');
  return {
    day: plus(day, Math.floor(total / 1440)),
    time: `${two(Math.floor(clock / 60))}:${two(clock % 60)}`,
  };
}
