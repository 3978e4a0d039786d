// Random series from a seed: every part of a rule that names days, in twenty zones, with bounds,
// added and excluded days. A rule that can name no day at all is not made: the implementations
// would search without end.

import { basic, instantOf, isoDate, isoInstant, isoWall } from './zones.mjs';

const DAY = 86_400_000;
// Zones whose rules have been the same for years: the tables of Node and of the system may differ
// in age.
export const ZONES = [
  'Europe/Berlin',
  'Europe/London',
  'Europe/Moscow',
  'America/New_York',
  'America/Chicago',
  'America/Los_Angeles',
  'America/Halifax',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Africa/Johannesburg',
  'Asia/Tokyo',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Dubai',
  'Australia/Sydney',
  'Australia/Adelaide',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Apia',
];
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** mulberry32, a small generator that gives the same numbers everywhere. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least, most) => least + Math.floor(next() * (most - least + 1));
  const chance = (percent) => next() * 100 < percent;
  const pick = (list) => list[between(0, list.length - 1)];
  const some = (list, most) => {
    const left = [...list],
      out = [];
    for (let wanted = between(1, most); wanted > 0 && left.length > 0; --wanted)
      out.push(...left.splice(between(0, left.length - 1), 1));
    return out;
  };
  return { between, chance, pick, some };
}

const setPositions = (random, size) =>
  random.some(Array.from({ length: size }, (_, at) => [at + 1, -at - 1]).flat(), 3);

function parts(random) {
  const FREQ = random.pick(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']);
  const rule = { FREQ };
  if (random.chance(50)) rule.INTERVAL = random.between(2, 6);
  if (random.chance(40)) rule.WKST = random.pick(WEEKDAYS);
  const months = () =>
    random.some([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 4).sort((a, b) => a - b);
  const weekdays = (most = 4) => random.some(WEEKDAYS, most);
  switch (FREQ) {
    case 'DAILY':
      if (random.chance(25)) rule.BYDAY = weekdays();
      if (random.chance(20)) rule.BYMONTH = months();
      if (random.chance(15))
        rule.BYMONTHDAY = random.some([1, 2, 5, 10, 15, 20, 28, -1, -2, -10], 4);
      break;
    case 'WEEKLY':
      if (random.chance(75)) rule.BYDAY = weekdays();
      if (random.chance(15)) rule.BYMONTH = months();
      if (rule.BYDAY && random.chance(15)) rule.BYSETPOS = setPositions(random, rule.BYDAY.length);
      break;
    case 'MONTHLY':
      if (!rule.INTERVAL && random.chance(20)) rule.BYMONTH = months();
      if (random.chance(30))
        rule.BYDAY = random.some(
          [1, 2, 3, 4, -1, -2, -3].flatMap((ordinal) => WEEKDAYS.map((day) => ordinal + day)),
          3,
        );
      else if (random.chance(50))
        rule.BYMONTHDAY = rule.BYMONTH
          ? random.some([1, 5, 15, 28, -1, -5, -28], 3)
          : random.some([1, 5, 15, 28, 29, 30, 31, -1, -5, -29, -30, -31], 3);
      else if (random.chance(50)) {
        rule.BYDAY = weekdays();
        if (random.chance(60)) rule.BYSETPOS = setPositions(random, 4 * rule.BYDAY.length);
        else if (random.chance(40))
          rule.BYMONTHDAY = [...Array(28).keys()]
            .map((day) => day + 1)
            .filter(() => random.chance(60));
      }
      if (rule.BYMONTHDAY?.length === 0) delete rule.BYMONTHDAY;
      break;
    case 'YEARLY':
      switch (random.between(0, 6)) {
        case 0:
          rule.BYMONTH = months();
          break;
        case 1:
          rule.BYMONTH = months();
          rule.BYMONTHDAY = random.some([1, 5, 15, 28, -1, -5, -28], 3);
          break;
        case 2:
          rule.BYMONTH = months();
          rule.BYDAY = random.some(
            [1, 2, 3, -1, -2].flatMap((ordinal) => WEEKDAYS.map((day) => ordinal + day)),
            3,
          );
          break;
        case 3:
          rule.BYMONTH = months();
          rule.BYDAY = weekdays();
          if (random.chance(60)) rule.BYSETPOS = setPositions(random, 4 * rule.BYDAY.length);
          break;
        case 4:
          rule.BYYEARDAY = random.some(
            [1, 2, 59, 60, 61, 100, 200, 300, 364, 365, -1, -2, -100, -306, -307, -365],
            3,
          );
          break;
        case 5:
          rule.BYWEEKNO = random.some([1, 2, 10, 20, 40, 51, 52, -1, -2, -20], 2);
          rule.BYDAY = weekdays();
          break;
        default:
          if (random.chance(50))
            rule.BYDAY = random.some(
              [1, 2, 10, 20, 50, -1, -2, -30].flatMap((ordinal) =>
                WEEKDAYS.map((day) => ordinal + day),
              ),
              2,
            );
      }
  }
  return rule;
}

/**
 * {zone, allDay, wall: the start, rule: its parts, lines, until: an instant or for whole days a
 * wall clock, added, leftOut: wall clocks, from, to: instants of the window; from may be absent}
 */
export function randomSeries(random) {
  const zone = random.pick(ZONES);
  const allDay = random.chance(25);
  const day = Date.UTC(2024, 0, 1) + random.between(0, 1200) * DAY;
  const clock = allDay
    ? 0
    : (random.chance(15) ? random.between(1, 3) : random.between(0, 23)) * 3_600_000 +
      random.pick([0, 15, 30, 45]) * 60_000;
  const wall = day + clock;
  const rule = parts(random);
  const bound = random.between(0, 3);
  let until;
  if (bound === 1) rule.COUNT = random.between(1, 40);
  if (bound === 2) {
    const last =
      day +
      random.between(1, 500) * DAY +
      (random.chance(50) ? clock : allDay ? 0 : random.between(0, 86_399) * 1000);
    until = allDay ? last : instantOf(last, zone) - (random.chance(30) ? 1000 : 0);
    rule.UNTIL = allDay ? basic(isoDate(until)) : basic(isoInstant(until));
  }
  const lines = [
    'RRULE:' +
      Object.entries(rule)
        .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : value}`)
        .join(';'),
  ];
  const near = () => day + random.between(0, 200) * DAY + clock;
  const added = random.chance(15)
    ? Array.from(
        { length: random.between(1, 3) },
        () => near() + (allDay || random.chance(50) ? 0 : 900_000),
      )
    : [];
  const leftOut = random.chance(20)
    ? [...(random.chance(30) ? [wall] : []), near(), near(), day + 7 * DAY + clock]
    : [];
  for (const [name, walls] of [
    ['RDATE', added],
    ['EXDATE', leftOut],
  ])
    if (walls.length > 0)
      lines.push(
        allDay
          ? `${name};VALUE=DATE:${walls.map((one) => basic(isoDate(one))).join(',')}`
          : `${name};TZID=${zone}:${walls.map((one) => basic(isoWall(one))).join(',')}`,
      );
  const days = rule.FREQ === 'YEARLY' ? 6 * 366 : rule.FREQ === 'MONTHLY' ? 800 : 400;
  const to = instantOf(day + days * DAY, zone);
  const from =
    !allDay && random.chance(30)
      ? instantOf(day + random.between(0, days) * DAY + clock, zone)
      : undefined;
  return { zone, allDay, wall, rule, lines, until, added, leftOut, from, to };
}
