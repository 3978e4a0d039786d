// The starts of a series by an implementation that shares nothing with ours: rrule. It names wall
// clocks only; zones, RDATE and EXDATE are done here.

import rrule from 'rrule';

import { instantOf, wallOf } from './zones.mjs';

const { RRule } = rrule;
const DAY = 86_400_000;

/** The text of a rule without UNTIL, from its parts; a text stays as it is. */
export const ruleText = (rule) =>
  typeof rule === 'string'
    ? rule
    : Object.entries(rule)
        .filter(([name]) => name !== 'UNTIL')
        .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : value}`)
        .join(';');

/** UNTIL as the wall clock of the series. */
export const untilWall = ({ until, allDay, zone }) =>
  until === undefined ? undefined : allDay ? until : wallOf(until, zone);

/** Wall clocks of the rule up to `end`, in order, at most `most`. */
export function byRrule(series, end, most = Infinity) {
  const until = untilWall(series);
  const options = {
    ...RRule.parseString(ruleText(series.rule)),
    dtstart: new Date(series.wall),
    ...(until === undefined ? {} : { until: new Date(until) }),
  };
  const out = [];
  new RRule(options, true).all(
    (date) => out.length < most && date.getTime() <= end && out.push(date.getTime()) > 0,
  );
  return out;
}

/**
 * What Google shows of the series within its window: instants in order. `implementation` names the
 * days of the rule; the start always belongs to them.
 */
export function expected(series, implementation) {
  const { zone, allDay, from, to } = series;
  const end = wallOf(to, zone) + 2 * DAY;
  const instants = new Set(
    [series.wall, ...implementation(series, end), ...series.added].map((wall) =>
      instantOf(wall, zone),
    ),
  );
  for (const wall of series.leftOut) instants.delete(instantOf(wall, zone));
  const length = allDay ? DAY : 1_800_000;
  return [...instants]
    .filter((instant) => instant < to && (from === undefined || instant + length > from))
    .sort((a, b) => a - b);
}
