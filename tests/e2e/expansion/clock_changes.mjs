// Both clock changes of twenty zones: instants and wall clocks around them, and series that cross
// them. The zones of JavaScript say when the clocks change.

import { sameList } from './comparison.mjs';
import { basic, instantOf, isoInstant, isoWall, transitions } from './zones.mjs';

const DAY = 86_400_000,
  HOUR = 3_600_000,
  MINUTE = 60_000,
  COUNT = 6;

/** Zones whose clocks change twice a year, at different times of day and by different lengths. */
export const CHANGING_ZONES = [
  'Europe/Berlin',
  'Europe/London',
  'Europe/Lisbon',
  'Europe/Athens',
  'Atlantic/Azores',
  'America/New_York',
  'America/Chicago',
  'America/Denver',
  'America/Los_Angeles',
  'America/Anchorage',
  'America/Halifax',
  'America/St_Johns',
  'America/Havana',
  'America/Santiago',
  'Asia/Jerusalem',
  'Asia/Beirut',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
];

/** {zone, at, before, after}: the changes of the next years, and of years after the zone files. */
export const changes = () =>
  CHANGING_ZONES.flatMap((zone) =>
    [...transitions(zone, 2025, 2027), ...transitions(zone, 2039, 2041)].map((change) => ({
      zone,
      ...change,
    })),
  );

/** Instants around a change, and the wall clocks around those that it skips or repeats. */
export function momentsAround({ at, before, after }) {
  const instants = [-2 * HOUR, -1800_000, -1000, 0, 1000, 1800_000, 2 * HOUR].map((by) => at + by);
  const low = at + Math.min(before, after),
    high = at + Math.max(before, after);
  const walls = [low - 1000, low, low + 1000, (low + high) / 2, high - 1000, high, high + 1000];
  return { instants, walls: [...walls, low - DAY, high + DAY] };
}

/**
 * Series of six days around a change, at a wall clock that it skips or repeats, with lines that
 * name that wall clock: {name, zone, wall, lines, starts: the decided instants, oddInstant: that of
 * the wall clock, otherInstant: by its other reading, forward}.
 */
export function seriesAcross({ zone, at, before, after }) {
  const middle = at + (before + after) / 2;
  const odd = middle - (middle % MINUTE);
  const wall = odd - 3 * DAY;
  const walls = Array.from({ length: COUNT }, (_, day) => wall + day * DAY);
  const starts = walls.map((one) => instantOf(one, zone));
  const oddInstant = starts[3];
  const rule = `RRULE:FREQ=DAILY;COUNT=${COUNT}`;
  const until = (instant) => `RRULE:FREQ=DAILY;UNTIL=${basic(isoInstant(instant))}`;
  const without = starts.filter((start) => start !== oddInstant);
  const later = walls.map((one) => one + 5 * HOUR).map((one) => instantOf(one, zone));
  const one = (name, lines, list, first = wall) => ({
    name,
    zone,
    allDay: false,
    wall: first,
    dtstart: `;TZID=${zone}:${basic(isoWall(first))}`,
    zones: [zone],
    lines,
    starts: [...list].sort((a, b) => a - b),
    oddInstant,
    otherInstant: odd - after,
    forward: after > before,
    to: odd + 20 * DAY,
  });
  const repeated = after < before;
  return [
    one('daily', [rule], starts),
    one(
      'weekly',
      ['RRULE:FREQ=WEEKLY;COUNT=2'],
      [odd - 7 * DAY, odd].map((each) => instantOf(each, zone)),
      odd - 7 * DAY,
    ),
    one('EXDATE with TZID', [rule, `EXDATE;TZID=${zone}:${basic(isoWall(odd))}`], without),
    one('EXDATE in UTC', [rule, `EXDATE:${basic(isoInstant(oddInstant))}`], without),
    one(
      'RDATE with TZID',
      [`RRULE:FREQ=DAILY;COUNT=${COUNT}`, `RDATE;TZID=${zone}:${basic(isoWall(odd))}`],
      [...later, oddInstant],
      wall + 5 * HOUR,
    ),
    one('UNTIL at the start', [until(oddInstant)], starts.slice(0, 4)),
    one('UNTIL a second before the start', [until(oddInstant - 1000)], starts.slice(0, 3)),
    ...(repeated
      ? [
          one(
            'UNTIL in the repeated hour, after the start',
            [until(at + MINUTE)],
            starts.slice(0, 4),
          ),
          one(
            'EXDATE at the second of two times',
            [rule, `EXDATE:${basic(isoInstant(oddInstant + before - after))}`],
            starts,
          ),
        ]
      : []),
  ];
}

const READING =
  'RFC 5545 section 3.3.5: it has the offset before the gap, and is the first of two; ical.js ' +
  'takes the offset after the change';

/** Where ical.js differs: in the instants of the skipped or repeated wall clock alone. */
export const ICAL_JS_CLOCKS = {
  'a time that the clocks skip': READING,
  'a time that comes twice': READING,
};

/** The kind that explains the starts of ical.js, or nothing. */
export function clockDifference(one, theirs) {
  const others = (list) =>
    list.filter((start) => start !== one.oddInstant && start !== one.otherInstant);
  if (!sameList(others(theirs), others(one.starts))) return undefined;
  return one.forward ? 'a time that the clocks skip' : 'a time that comes twice';
}
