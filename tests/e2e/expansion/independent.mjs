// The starts of a series by an implementation that has nothing to do with the emulator's: rrule. It only knows wall clocks here; zones, and what RDATE and EXDATE do,
// are done by this file.

import rrule from 'rrule';

import { instantOf, wallOf } from './zones.mjs';

const { RRule } = rrule;
const DAY = 86_400_000;

const ruleText = (rule) =>
  Object.entries(rule)
    .filter(([name]) => name !== 'UNTIL')
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : value}`)
    .join(';');
/** UNTIL as the wall clock of the series. */
export const untilWall = ({ until, allDay, zone }) =>
  until === undefined ? undefined : allDay ? until : wallOf(until, zone);

/** Wall clocks of the rule up to `end`, in order. */
export function byRrule(series, end) {
  const until = untilWall(series);
  const options = {
    ...RRule.parseString(ruleText(series.rule)),
    dtstart: new Date(series.wall),
    ...(until === undefined ? {} : { until: new Date(until) }),
  };
  const out = [];
  new RRule(options, true).all((date) => date.getTime() <= end && out.push(date.getTime()) > 0);
  return out;
}

/** What Google shows of the series within its window: instants in order. `implementation` names the days of the rule; the start always belongs to them. */
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
