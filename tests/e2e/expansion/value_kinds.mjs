// Series with each kind of value that EXDATE, RDATE and UNTIL can have, what host and emulator make
// of it, and where ical.js differs, with the sources. Whole days are compared as wall clocks.

import { basic, instantOf, isoDate, isoInstant, isoWall, wallOf } from './zones.mjs';

const DAY = 86_400_000,
  HOUR = 3_600_000,
  COUNT = 10;

const EXDATE = 'RFC 5545 section 3.8.5.1',
  RDATE = 'RFC 5545 section 3.8.5.2',
  UNTIL = 'RFC 5545 section 3.3.10: UNTIL must have the type of DTSTART, in UTC for a zone';

// A line of a property for an instant (for whole days: a wall clock), as each kind of value.
const VALUES = {
  'DATE': ({ wall }) => `;VALUE=DATE:${basic(isoDate(wall))}`,
  'local DATE-TIME': ({ wall }) => `:${basic(isoWall(wall))}`,
  'TZID': ({ wall, zone }) => `;TZID=${zone}:${basic(isoWall(wall))}`,
  'TZID of another zone': ({ instant, other }) =>
    `;TZID=${other}:${basic(isoWall(wallOf(instant, other)))}`,
  'UTC': ({ instant }) => `:${basic(isoInstant(instant))}`,
  'PERIOD with an end': ({ instant }) =>
    `;VALUE=PERIOD:${basic(isoInstant(instant))}/${basic(isoInstant(instant + HOUR))}`,
  'PERIOD with a duration': ({ instant }) => `;VALUE=PERIOD:${basic(isoInstant(instant))}/PT1H`,
  'PERIOD with TZID': ({ wall, zone }) => `;VALUE=PERIOD;TZID=${zone}:${basic(isoWall(wall))}/PT1H`,
};

const with_ = (list, one) => [...new Set([...list, one])].sort((a, b) => a - b);
const without = (list, one) => list.filter((each) => each !== one);

/** The case of RDATE or EXDATE: a value on the day of one start, or on a day of its own. */
function dateCase(random, zone, other, allDay, property, kind) {
  const day = Date.UTC(2024, random.between(0, 38), random.between(1, 28));
  const clock = allDay ? 0 : random.between(8, 15) * HOUR;
  const wall = day + clock;
  const home = allDay ? 'UTC' : zone;
  const base = Array.from({ length: COUNT }, (_, at) => instantOf(wall + at * DAY, home));
  const days = property === 'EXDATE' ? random.between(1, COUNT - 1) : random.between(20, 40);
  const named = wall + days * DAY;
  // In whole days, a time at noon; in times, the instant itself or one of no start.
  const valueWall = allDay ? named + 12 * HOUR : property === 'EXDATE' ? named : named + HOUR;
  const valueZone = allDay && kind === 'UTC' ? 'UTC' : zone;
  const value = { wall: valueWall, instant: instantOf(valueWall, valueZone), zone, other };
  const isDate = kind === 'DATE';
  const written = VALUES[kind](value);
  // The day that the value shows, for whole days.
  const shown = written
    .match(/:(\d{4})(\d\d)(\d\d)/)
    .slice(1)
    .map(Number);
  const instant = allDay
    ? Date.UTC(shown[0], shown[1] - 1, shown[2])
    : isDate
      ? instantOf(named, zone)
      : value.instant;
  const applied = property === 'EXDATE' ? without(base, instant) : with_(base, instant);
  return {
    kind: `${kind} in ${property} of a series of ${allDay ? 'days' : 'times'}`,
    source: property === 'EXDATE' ? EXDATE : RDATE,
    zone: home,
    zones: [...new Set([zone, other])],
    allDay,
    wall,
    dtstart: allDay
      ? `;VALUE=DATE:${basic(isoDate(wall))}`
      : `;TZID=${zone}:${basic(isoWall(wall))}`,
    lines: [`RRULE:FREQ=DAILY;COUNT=${COUNT}`, `${property}${written}`],
    to: wall + 60 * DAY,
    host: applied,
    emulator: isDate === allDay ? applied : base,
  };
}

/** The case of UNTIL: at a start, or a second before it where the value has a time. */
function untilCase(random, zone, other, allDay, kind) {
  const day = Date.UTC(2024, random.between(0, 38), random.between(1, 28));
  const wall = day + (allDay ? 0 : random.between(8, 15) * HOUR);
  const home = allDay ? 'UTC' : zone;
  const last = random.between(1, 20);
  const early = kind !== 'DATE' && !allDay && random.chance(50);
  const until = wall + last * DAY - (early ? 1000 : 0);
  const text = {
    'DATE': basic(isoDate(until)),
    'local DATE-TIME': basic(isoWall(until)),
    'UTC': basic(isoInstant(allDay ? until : instantOf(until, zone))),
  }[kind];
  const starts = Array.from({ length: last + (early ? 0 : 1) }, (_, at) =>
    instantOf(wall + at * DAY, home),
  );
  return {
    kind: `${kind} in UNTIL of a series of ${allDay ? 'days' : 'times'}`,
    source: UNTIL,
    zone: home,
    zones: [zone],
    allDay,
    wall,
    dtstart: allDay
      ? `;VALUE=DATE:${basic(isoDate(wall))}`
      : `;TZID=${zone}:${basic(isoWall(wall))}`,
    lines: [`RRULE:FREQ=DAILY;UNTIL=${text}`],
    to: wall + 60 * DAY,
    host: starts,
    emulator: starts,
  };
}

/** Every property with every kind of value, in series of times and of days. */
export function valueCases(random, zones, each) {
  const out = [];
  for (const allDay of [false, true])
    for (let at = 0; at < each; ++at) {
      const zone = random.pick(zones),
        other = random.pick(zones);
      for (const property of ['EXDATE', 'RDATE'])
        for (const kind of Object.keys(VALUES))
          out.push(dateCase(random, zone, other, allDay, property, kind));
      for (const kind of ['DATE', 'local DATE-TIME', 'UTC'])
        out.push(untilCase(random, zone, other, allDay, kind));
    }
  return out;
}

// A time that excludes nothing in a series of days: ical.js compares it with midnight.
const timeAmongDays = `${EXDATE} does not say what a time excludes; ours: the day that it shows`;
// ical.js reads no PERIOD: it throws, or names a start without a time.
const period = `${RDATE} allows PERIOD; ours: its start`;

/** Where ical.js differs from the host, by the kind of the case: what it does, and the source. */
export const ICAL_JS_VALUES = {
  'local DATE-TIME in EXDATE of a series of times':
    'RFC 5545 section 3.3.5: a local time is that of its reader; ours: of the zone of DTSTART',
  'local DATE-TIME in UNTIL of a series of times': `${UNTIL}; ours: of the zone of DTSTART`,
  'DATE in RDATE of a series of times': `${RDATE}: midnight; ours: the time of DTSTART`,
  'DATE in UNTIL of a series of times': `${UNTIL}; ical.js: its midnight; ours: the whole day`,
  'PERIOD with an end in RDATE of a series of times': period,
  'PERIOD with a duration in RDATE of a series of times': period,
  'PERIOD with TZID in RDATE of a series of times': period,
  'PERIOD with an end in RDATE of a series of days': period,
  'PERIOD with a duration in RDATE of a series of days': period,
  'PERIOD with TZID in RDATE of a series of days': period,
  'local DATE-TIME in EXDATE of a series of days': timeAmongDays,
  'TZID in EXDATE of a series of days': timeAmongDays,
  'TZID of another zone in EXDATE of a series of days': timeAmongDays,
  'UTC in EXDATE of a series of days': timeAmongDays,
  'PERIOD with an end in EXDATE of a series of days': timeAmongDays,
  'PERIOD with a duration in EXDATE of a series of days': timeAmongDays,
  'PERIOD with TZID in EXDATE of a series of days': timeAmongDays,
};
