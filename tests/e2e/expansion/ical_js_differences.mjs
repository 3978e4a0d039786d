// Where ical.js names other days of a rule than host, emulator and rrule do. Each kind says to
// which series it applies; the comparison with rrule shows that ours are right there. `unasked`:
// ical.js is not asked at all; `rare`: the default seed may have none.

import { byRrule } from './independent.mjs';
import { isOdd } from './zones.mjs';

const RULE_PARTS = 'RFC 5545 section 3.3.10';

/** Does the rule itself name the start? */
const namesStart = (series) =>
  byRrule({ ...series, until: undefined }, series.wall, 1)[0] === series.wall;

const hasNegative = (list = []) => list.some((one) => one < 0);
const hasOrdinal = (list = []) => list.some((day) => /\d/.test(day));

export const ICAL_JS_DIFFERENCES = [
  {
    kind: 'BYSETPOS',
    why: 'observed: ical.js ignores it in a week, and counts in half a month or year',
    source: RULE_PARTS,
    applies: ({ rule }) => rule.BYSETPOS !== undefined,
  },
  {
    kind: 'BYWEEKNO',
    why: 'observed: ical.js names other weeks',
    source: RULE_PARTS,
    applies: ({ rule }) => rule.BYWEEKNO !== undefined,
  },
  {
    kind: 'negative BYMONTHDAY in FREQ=DAILY',
    why: 'not asked: ical.js knows no such day and may search without end',
    source: RULE_PARTS,
    unasked: true,
    applies: ({ rule }) => rule.FREQ === 'DAILY' && hasNegative(rule.BYMONTHDAY),
  },
  {
    kind: 'negative BYMONTHDAY',
    why: 'observed: counted from the end of another month',
    source: RULE_PARTS,
    applies: ({ rule }) => hasNegative(rule.BYMONTHDAY),
  },
  {
    kind: 'an ordinal of BYDAY in FREQ=YEARLY',
    why: 'observed: every such weekday comes, or an instance in the last years is lost',
    source: RULE_PARTS,
    applies: ({ rule }) => rule.FREQ === 'YEARLY' && hasOrdinal(rule.BYDAY),
  },
  {
    kind: 'a start that the rule does not name',
    why:
      'ical.js counts it against COUNT and goes on from it. We show it and do not count it, as ' +
      'rrule does and as Google was observed to do (tests/google_contract)',
    source: 'RFC 5545 section 3.8.5.3: the result is undefined',
    applies: (series) => !namesStart(series),
  },
  {
    kind: 'BYMONTH in FREQ=MONTHLY or FREQ=YEARLY',
    why: 'observed: a month of the second year is lost, or the day of a shorter month is kept',
    source: RULE_PARTS,
    rare: true, // about one series in 2,500
    applies: ({ rule }) => rule.BYMONTH !== undefined && /MONTHLY|YEARLY/.test(rule.FREQ),
  },
  {
    kind: 'a start that its zone leaves out',
    why: 'as for rrule (differences.mjs): ours repeat the moved start',
    source: 'RFC 5545 section 3.3.5 says how to read such a start, not how to repeat it',
    applies: ({ allDay, wall, zone }) => !allDay && isOdd(wall, zone),
  },
];
