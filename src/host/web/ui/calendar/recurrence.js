// Converts RFC 5545 recurrence lines to the choices of the editor and back. Pure functions. A rule
// that the editor cannot express is `custom` and kept literally.

import { addDays, instantOf, isDay, weekday, wallOf } from './times.js';

export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const WEEKDAY_BY_NUMBER = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

export const weekdayCode = (day) => WEEKDAY_BY_NUMBER[weekday(day)];

export const none = () => ({
  kind: 'none',
  interval: 1,
  days: [],
  monthly: 'date',
  end: { type: 'never', until: '', count: 10 },
  rule: '',
  rest: [],
});

// "FREQ=WEEKLY;BYDAY=MO" -> Map, names in upper case; null when a part is malformed or repeated.
export function partsOf(rule) {
  const parts = new Map();
  for (const text of rule.split(';')) {
    const at = text.indexOf('=');
    const name = text.slice(0, at).trim().toUpperCase();
    if (at < 1 || parts.has(name)) return null;
    parts.set(
      name,
      text
        .slice(at + 1)
        .trim()
        .toUpperCase(),
    );
  }
  return parts;
}

// The ordinal of a day's weekday in its month: 1 to 4, or -1 (last) in a fifth week.
export function ordinalOf(day) {
  const nth = Math.ceil(Number(day.slice(8)) / 7);
  return nth === 5 ? -1 : nth;
}

export function isLastOfMonth(day) {
  return addDays(day, 7).slice(5, 7) !== day.slice(5, 7);
}

function endOf(parts, zone, allDay) {
  if (parts.has('COUNT') && parts.has('UNTIL')) return null;
  if (parts.has('COUNT')) {
    const count = Number(parts.get('COUNT'));
    return Number.isInteger(count) && count > 0 ? { type: 'count', until: '', count } : null;
  }
  if (!parts.has('UNTIL')) return { type: 'never', until: '', count: 10 };
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/.exec(parts.get('UNTIL'));
  if (!match) return null;
  let until = `${match[1]}-${match[2]}-${match[3]}`;
  if (!isDay(until)) return null;
  if (match[7] === 'Z' && !allDay)
    until = wallOf(Date.parse(`${until}T${match[4]}:${match[5]}:${match[6]}Z`), zone).day;
  return { type: 'until', until, count: 10 };
}

// The choice for `lines` of a series that starts on the day `start` in `zone`.
export function parseRecurrence(lines, start, zone, allDay) {
  const rules = [];
  const rest = [];
  for (const line of lines || []) (/^RRULE[:;]/i.test(line) ? rules : rest).push(line);
  if (!rules.length && !rest.length) return none();
  const custom = { ...none(), kind: 'custom', rule: rules.join('\n'), rest };
  if (rules.length !== 1 || rest.some((line) => /^EXRULE/i.test(line))) return custom;
  const value = rules[0].slice(rules[0].indexOf(':') + 1);
  const parts = partsOf(value);
  if (!parts || !FREQUENCIES.includes(parts.get('FREQ'))) return custom;
  const end = endOf(parts, zone, allDay);
  const interval = parts.has('INTERVAL') ? Number(parts.get('INTERVAL')) : 1;
  if (!end || !Number.isInteger(interval) || interval < 1) return custom;
  const result = { ...none(), interval, end, rule: value, rest };
  const others = [...parts.keys()].filter(
    (name) => !['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST'].includes(name),
  );
  const only = (...names) =>
    others.length === names.length && names.every((name) => others.includes(name));
  const byDay = parts.get('BYDAY');
  switch (parts.get('FREQ')) {
    case 'DAILY':
      return others.length ? custom : { ...result, kind: 'daily' };
    case 'WEEKLY': {
      if (!others.length) return { ...result, kind: 'weekly', days: [weekdayCode(start)] };
      const days = (byDay || '').split(',');
      if (!only('BYDAY') || !days.every((day) => WEEKDAYS.includes(day))) return custom;
      // With an interval above one, WKST changes the result. The editor always uses Monday.
      if (interval > 1 && parts.has('WKST') && parts.get('WKST') !== 'MO') return custom;
      return { ...result, kind: 'weekly', days: WEEKDAYS.filter((day) => days.includes(day)) };
    }
    case 'MONTHLY': {
      if (
        !others.length ||
        (only('BYMONTHDAY') && Number(parts.get('BYMONTHDAY')) === Number(start.slice(8)))
      )
        return { ...result, kind: 'monthly', monthly: 'date' };
      const match = /^(-?\d)([A-Z]{2})$/.exec(byDay || '');
      if (!only('BYDAY') || !match || match[2] !== weekdayCode(start)) return custom;
      const nth = Number(match[1]);
      if (nth === -1 ? !isLastOfMonth(start) : nth !== Math.ceil(Number(start.slice(8)) / 7))
        return custom;
      return { ...result, kind: 'monthly', monthly: nth === -1 ? 'last' : 'weekday' };
    }
    default: {
      const month = Number(start.slice(5, 7));
      const fits =
        !others.length ||
        (only('BYMONTH') && Number(parts.get('BYMONTH')) === month) ||
        (only('BYMONTH', 'BYMONTHDAY') &&
          Number(parts.get('BYMONTH')) === month &&
          Number(parts.get('BYMONTHDAY')) === Number(start.slice(8)));
      return fits ? { ...result, kind: 'yearly' } : custom;
    }
  }
}

function untilText(day, zone, allDay) {
  if (allDay) return day.replaceAll('-', '');
  const ms = instantOf(addDays(day, 1), '00:00', zone) - 1000;
  return new Date(ms)
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
}

// The lines of a choice. EXDATE and RDATE lines are kept; a `custom` rule is returned literally.
export function buildRecurrence(choice, start, zone, allDay) {
  if (choice.kind === 'none') return [];
  if (choice.kind === 'custom') return [...choice.rule.split('\n').filter(Boolean), ...choice.rest];
  const parts = [`FREQ=${choice.kind.toUpperCase()}`];
  if (choice.interval > 1) parts.push(`INTERVAL=${choice.interval}`);
  if (choice.kind === 'weekly')
    parts.push(`BYDAY=${WEEKDAYS.filter((day) => choice.days.includes(day)).join(',')}`);
  if (choice.kind === 'monthly' && choice.monthly === 'date')
    parts.push(`BYMONTHDAY=${Number(start.slice(8))}`);
  if (choice.kind === 'monthly' && choice.monthly === 'weekday')
    parts.push(`BYDAY=${Math.ceil(Number(start.slice(8)) / 7)}${weekdayCode(start)}`);
  if (choice.kind === 'monthly' && choice.monthly === 'last')
    parts.push(`BYDAY=-1${weekdayCode(start)}`);
  if (choice.end.type === 'until') parts.push(`UNTIL=${untilText(choice.end.until, zone, allDay)}`);
  if (choice.end.type === 'count') parts.push(`COUNT=${choice.end.count}`);
  return [`RRULE:${parts.join(';')}`, ...choice.rest];
}

// Validation, as {field: text key}.
export function checkRecurrence(choice, start) {
  if (choice.kind === 'none' || choice.kind === 'custom') return {};
  const errors = {};
  if (!Number.isInteger(choice.interval) || choice.interval < 1 || choice.interval > 999)
    errors.interval = 'recurrence.error.interval';
  if (choice.kind === 'weekly' && !choice.days.length) errors.days = 'recurrence.error.days';
  if (choice.end.type === 'until' && (!isDay(choice.end.until) || choice.end.until < start))
    errors.until = 'recurrence.error.until';
  if (
    choice.end.type === 'count' &&
    (!Number.isInteger(choice.end.count) || choice.end.count < 1 || choice.end.count > 9999)
  )
    errors.count = 'recurrence.error.count';
  return errors;
}

// Adapts a rule to a new first day: "on Tuesdays" becomes "on Wednesdays" when Tuesday was its only
// day.
export function followStart(choice, oldStart, newStart) {
  if (
    choice.kind === 'weekly' &&
    choice.days.length === 1 &&
    choice.days[0] === weekdayCode(oldStart)
  )
    return { ...choice, days: [weekdayCode(newStart)] };
  if (choice.kind === 'monthly' && choice.monthly === 'last' && !isLastOfMonth(newStart))
    return { ...choice, monthly: 'weekday' };
  if (choice.kind === 'monthly' && choice.monthly === 'weekday' && ordinalOf(newStart) === -1)
    return { ...choice, monthly: 'last' };
  return choice;
}
