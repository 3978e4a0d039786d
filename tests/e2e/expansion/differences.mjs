// Where rrule is wrong, or RFC 5545 leaves it open. Each kind says to which series it applies and
// what is right there; a difference is explained only when our answer is exactly that.

import { byRrule, expected, untilWall } from './independent.mjs';
import { instantOf, isOdd, wallOf } from './zones.mjs';

const DAY = 86_400_000;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

const weekOf = (wall, { rule }) =>
  Math.floor(wall / DAY) -
  ((new Date(wall).getUTCDay() - WEEKDAYS.indexOf(rule.WKST ?? 'MO') + 7) % 7);

/** The whole period that a wall clock lies in, as something to compare by, and its first moment. */
function periodOf(wall, series) {
  const day = new Date(wall);
  switch (series.rule.FREQ) {
    case 'DAILY':
      return Math.floor(wall / DAY) * DAY;
    case 'WEEKLY':
      return weekOf(wall, series) * DAY;
    case 'MONTHLY':
      return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
    default:
      return Date.UTC(day.getUTCFullYear(), 0, 1);
  }
}

const counted = (series, walls) => {
  const left = walls.filter((wall) => wall >= series.wall);
  return series.rule.COUNT ? left.slice(0, series.rule.COUNT) : left;
};

/** BYSETPOS, from the days that rrule names in whole periods, the first of which has the start. */
function byPositions(series, end) {
  const { COUNT, BYSETPOS, ...rule } = series.rule;
  const sets = new Map();
  for (const wall of byRrule(
    {
      ...series,
      rule,
      until: undefined,
      wall: periodOf(series.wall, series) + (series.wall % DAY),
    },
    end + 400 * DAY,
  )) {
    const period = periodOf(wall, series);
    sets.set(period, [...(sets.get(period) ?? []), wall]);
  }
  return counted(
    series,
    [...sets.values()].flatMap((set) =>
      set.filter((_, at) => BYSETPOS.includes(at + 1) || BYSETPOS.includes(at - set.length)),
    ),
  ).filter((wall) => wall <= Math.min(end, untilWall(series) ?? end));
}

/** BYWEEKNO: a week belongs to the year of its fourth day; rrule names years and weekdays. */
function byWeekNumbers(series, end) {
  const { COUNT, BYWEEKNO, ...rule } = series.rule;
  const inWeeks = (wall) => {
    const fourth = new Date((weekOf(wall, series) + 3) * DAY),
      year = fourth.getUTCFullYear();
    const at = (fourth.getTime() - Date.UTC(year, 0, 1)) / DAY,
      length = (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / DAY;
    const number = Math.floor(at / 7) + 1,
      all = number + Math.floor((length - 1 - at) / 7);
    return BYWEEKNO.includes(number) || BYWEEKNO.includes(number - all - 1);
  };
  return counted(series, byRrule({ ...series, rule }, end).filter(inWeeks));
}

export const DIFFERENCES = [
  {
    kind: 'BYSETPOS',
    why:
      'rrule counts a day that two positions name twice against COUNT, takes the first day for a ' +
      'negative position before it, and in the week of the start counts positions from the start ' +
      "instead of from the first day of the week; months and years it counts whole, as the RFC's " +
      'examples do',
    applies: ({ rule }) => rule.BYSETPOS !== undefined,
    right: (series) => expected(series, byPositions),
  },
  {
    kind: 'BYWEEKNO at the turn of the year',
    why:
      'rrule computes the weeks of the year before with the length of this one, and so loses ' +
      'days of January that belong to its last week',
    applies: ({ rule }) => rule.BYWEEKNO !== undefined,
    right: (series) => expected(series, byWeekNumbers),
  },
  {
    kind: 'a start that its zone leaves out',
    why:
      'the RFC says how to read such a wall clock, not whether the rest of the series keeps it. ' +
      'Host and emulator store instants, as Google does, and repeat the moved start (guessed)',
    applies: ({ allDay, wall, zone }) => !allDay && isOdd(wall, zone),
    right: (series) =>
      expected(
        { ...series, wall: wallOf(instantOf(series.wall, series.zone), series.zone) },
        byRrule,
      ),
  },
];

/** The kind that explains the emulator's answer, or nothing. */
export const differenceOf = (series, same) =>
  DIFFERENCES.find((one) => one.applies(series) && same(one.right(series)))?.kind;
