// Expands an iCalendar file with ical.js. What it has no answer for throws: a TZID without
// VTIMEZONE, for it has no zones of its own; two versions of an event, of which it does not choose;
// a RECURRENCE-ID of another kind than the start (RFC 5545 section 3.8.4.4 forbids it), which it
// does not look up.

import ICAL from 'ical.js';

import { instantOf } from '../expansion/zones.mjs';

const MOST = 3_000;

const day = (time) =>
  [time.year, time.month, time.day].map((part) => String(part).padStart(2, '0')).join('-');

function valueOf(time, zone) {
  if (time.isDate) return day(time);
  if (time.zone && time.zone.tzid !== 'floating') return time.toUnixTime();
  const { year, month, hour, minute, second } = time;
  return instantOf(Date.UTC(year, month - 1, time.day, hour, minute, second), zone) / 1000;
}

/** Without an end a day lasts a day (RFC 5545 section 3.6.1); one that ends on itself as well. */
function instance(item, start, end, zone) {
  const last = end.clone();
  if (start.isDate && last.compare(start) <= 0) last.adjust(1, 0, 0, 0);
  return { start: valueOf(start, zone), end: valueOf(last, zone), title: item.summary ?? '' };
}

function checkZones(calendar) {
  for (const event of calendar.getAllSubcomponents('vevent'))
    for (const property of event.getAllProperties()) {
      const tzid = property.getParameter('tzid');
      if (tzid && !ICAL.TimezoneService.has(tzid)) throw new Error(`no VTIMEZONE for ${tzid}`);
    }
}

const cancelled = (event) => event.component.getFirstPropertyValue('status') === 'CANCELLED';

/** Instances of one series up to `until`, its exceptions at their new times. */
function ofSeries(event, until, zone) {
  const out = [];
  if (!event.isRecurring()) return [instance(event, event.startDate, event.endDate, zone)];
  const iterator = event.iterator();
  for (let next, steps = 0; steps < MOST && (next = iterator.next()); ++steps) {
    if (next.toUnixTime() * 1000 > until) break;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    if (!cancelled(item)) out.push(instance(item, startDate, endDate, zone));
  }
  return out;
}

/** Series, single events, and exceptions without their series; ICAL.Event finds the exceptions. */
function seriesOf(calendar) {
  const events = calendar.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
  const seen = new Set();
  for (const event of events) {
    const key = `${event.uid} ${event.recurrenceId ?? ''}`;
    if (event.uid && seen.has(key)) throw new Error('two versions of an event');
    seen.add(key);
  }
  const masters = new Map(
    events.filter((event) => !event.isRecurrenceException()).map((event) => [event.uid, event]),
  );
  return events.filter((event) => {
    const master = event.isRecurrenceException() ? masters.get(event.uid) : undefined;
    if (master && event.recurrenceId.isDate !== master.startDate.isDate)
      throw new Error('a RECURRENCE-ID of another kind than the start');
    return !master;
  });
}

export function byIcalJs(text, until, zone) {
  const parsed = ICAL.parse(text);
  const out = [];
  for (const jcal of Array.isArray(parsed[0]) ? parsed : [parsed]) {
    const calendar = new ICAL.Component(jcal);
    ICAL.TimezoneService.reset();
    for (const one of calendar.getAllSubcomponents('vtimezone'))
      ICAL.TimezoneService.register(new ICAL.Timezone(one));
    checkZones(calendar);
    for (const event of seriesOf(calendar))
      if (!cancelled(event)) out.push(...ofSeries(event, until, zone));
  }
  // A start that two lines name is one instance (RFC 5545 section 3.8.5.3).
  return [...new Map(out.map((one) => [JSON.stringify(one), one])).values()];
}
