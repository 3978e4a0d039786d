// Compares both calendars: every occurrence on its day, as Google's own expansion has it and as the
// CRM shows it.

import assert from 'node:assert/strict';

import { plus } from '../world/days.mjs';

const MOST_DAYS = 3000; // the CRM shows at most ten years at once
const HIDDEN = new Set(['workingLocation', 'birthday']); // shown in no CRM calendar by default

const key = ({ start, end, summary }) => `${start} .. ${end}  ${summary}`;
const instant = (text) => new Date(text).toISOString().replace('.000Z', 'Z');

/**
 * Occurrences that start in [from, to), as sorted texts: "2026-11-24T08:00:00Z ..
 * 2026-11-24T08:15:00Z  Standup". `from` and `to` are days.
 */
export async function crmOccurrences(crm, { from, to }, calendar) {
  const next = plus(from, MOST_DAYS);
  if (next < to)
    return [
      ...(await crmOccurrences(crm, { from, to: next }, calendar)),
      ...(await crmOccurrences(crm, { from: next, to }, calendar)),
    ];
  const found = await crm.occurrences(
    `${plus(from, -32)}T00:00:00Z`,
    `${plus(to, 2)}T00:00:00Z`,
    calendar,
  );
  return found
    .filter((one) => starts(one.start, from, to))
    .map((one) =>
      key({
        start: one.all_day ? one.start : instant(one.start),
        end: one.all_day ? one.end : instant(one.end),
        summary: one.summary ?? '',
      }),
    );
}

export async function googleOccurrences(person, { from, to }, calendar = 'primary') {
  const items = await person.list(calendar, {
    singleEvents: true,
    timeMin: `${plus(from, -32)}T00:00:00Z`,
    timeMax: `${plus(to, 2)}T00:00:00Z`,
  });
  const time = (moment) => moment.date ?? instant(moment.dateTime);
  return items
    .filter((item) => !HIDDEN.has(item.eventType) && starts(time(item.start), from, to))
    .map((item) =>
      key({ start: time(item.start), end: time(item.end), summary: item.summary ?? '' }),
    );
}

const starts = (time, from, to) =>
  time.length === 10
    ? time >= from && time < to
    : Date.parse(time) >= Date.parse(from) && Date.parse(time) < Date.parse(to);

/** What each side has that the other lacks; as multisets, so that a duplicate shows. */
export function differences(left, right) {
  const count = new Map();
  for (const one of left) count.set(one, (count.get(one) ?? 0) + 1);
  for (const one of right) count.set(one, (count.get(one) ?? 0) - 1);
  const only = (sign) =>
    [...count].flatMap(([one, times]) => Array(Math.max(0, sign * times)).fill(one)).sort();
  return { onlyLeft: only(1), onlyRight: only(-1) };
}

/**
 * Asserts that a CRM calendar and a Google calendar show the same; returns the number of
 * occurrences.
 */
export async function assertEqualSides({
  crm,
  crmCalendar,
  person,
  googleCalendar = 'primary',
  range,
}) {
  const [here, there] = await Promise.all([
    crmOccurrences(crm, range, crmCalendar),
    googleOccurrences(person, range, googleCalendar),
  ]);
  const { onlyLeft, onlyRight } = differences(here, there);
  const some = (list) =>
    list
      .slice(0, 8)
      .map((one) => `\n    ${one}`)
      .join('') + (list.length > 8 ? `\n    and ${list.length - 8} more` : '');
  assert.ok(
    onlyLeft.length + onlyRight.length === 0,
    `both calendars differ\n  only in the CRM (${onlyLeft.length}):${some(onlyLeft)}\n` +
      `  only in Google (${onlyRight.length}):${some(onlyRight)}`,
  );
  return here.length;
}

export const daysAround = (today, before, after) => ({
  from: plus(today, -before),
  to: plus(today, after),
});
