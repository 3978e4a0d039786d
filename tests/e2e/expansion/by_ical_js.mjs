// The starts of a series by ical.js: its rules on floating wall clocks, or a whole VEVENT with
// zones, which come from JavaScript's own tables.

import ICAL from 'ical.js';

import { ruleText } from './independent.mjs';
import { basic, instantOf, isoWall, transitions, wallOf } from './zones.mjs';

const MAX_STARTS = 20_000;

const timeOf = (wall) => {
  const at = new Date(wall);
  return ICAL.Time.fromData({
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  });
};
const wallOfTime = (time) =>
  Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);

/** Wall clocks of the rule up to `end`, in order, at most `most`, as byRrule names them. */
export function byIcalJs({ rule, wall, until, allDay, zone }, end, most = MAX_STARTS) {
  const recur = ICAL.Recur.fromString(ruleText(rule));
  const last = until === undefined ? end : Math.min(end, allDay ? until : wallOf(until, zone));
  const iterator = recur.iterator(timeOf(wall));
  const out = [];
  for (let next; out.length < most && (next = iterator.next());) {
    const at = wallOfTime(next);
    if (at > last) break;
    out.push(at);
  }
  return out;
}

const sign = (minutes) => (minutes < 0 ? '-' : '+');
const offsetText = (milliseconds) => {
  const minutes = Math.round(milliseconds / 60_000);
  const absolute = Math.abs(minutes);
  const two = (number) => String(number).padStart(2, '0');
  return sign(minutes) + two(Math.floor(absolute / 60)) + two(absolute % 60);
};

const timezones = new Map();

/** A VTIMEZONE that lists each clock change from 2023 to 2045; made once for each zone. */
function vtimezone(zone) {
  const known = timezones.get(zone);
  if (known) return known;
  const begin = Date.UTC(2023, 0, 1);
  const lines = ['BEGIN:VTIMEZONE', `TZID:${zone}`];
  const add = (at, before, after) =>
    lines.push(
      after > before ? 'BEGIN:DAYLIGHT' : 'BEGIN:STANDARD',
      `DTSTART:${basic(isoWall(at + before))}`,
      `TZOFFSETFROM:${offsetText(before)}`,
      `TZOFFSETTO:${offsetText(after)}`,
      after > before ? 'END:DAYLIGHT' : 'END:STANDARD',
    );
  const first = wallOf(begin, zone) - begin;
  add(begin, first, first);
  for (const { at, before, after } of transitions(zone, 2023, 2045)) add(at, before, after);
  lines.push('END:VTIMEZONE');
  timezones.set(zone, lines);
  return lines;
}

/**
 * Starts of the series {zone, allDay, dtstart: text after DTSTART, lines} as instants, at most
 * `limit` and none after `to`; for whole days, midnights in UTC. Throws what ical.js throws.
 */
export function byIcalJsEvent({ zone, allDay, dtstart, lines, to, limit = 100 }, zones = [zone]) {
  const text = ['BEGIN:VCALENDAR', 'VERSION:2.0'];
  for (const one of zones) if (one !== 'UTC') text.push(...vtimezone(one));
  text.push('BEGIN:VEVENT', 'UID:1', `DTSTART${dtstart}`, ...lines, 'END:VEVENT', 'END:VCALENDAR');
  const calendar = new ICAL.Component(ICAL.parse(text.join('\r\n')));
  ICAL.TimezoneService.reset();
  for (const one of calendar.getAllSubcomponents('vtimezone'))
    ICAL.TimezoneService.register(new ICAL.Timezone(one));
  const iterator = new ICAL.Event(calendar.getFirstSubcomponent('vevent')).iterator();
  const instant = (time) => {
    if (allDay || time.isDate) return Date.UTC(time.year, time.month - 1, time.day);
    return time.zone && time.zone.tzid !== 'floating'
      ? time.toUnixTime() * 1000
      : instantOf(wallOfTime(time), zone);
  };
  const out = [];
  for (let next; out.length < limit && (next = iterator.next());) {
    const at = instant(next);
    if (at > to) break;
    out.push(at);
  }
  return [...new Set(out)].sort((a, b) => a - b);
}
