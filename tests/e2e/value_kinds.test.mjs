// Values of a kind that RFC 5545 does not have in their place: dates that are left out of or added
// to a series of the other kind, zones of a file that no table knows. The CRM and Google show the
// same, before and after both sides edited the series (src/docs/limits.md).

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { assertEqualSides, crmOccurrences } from './story/compare.mjs';
import { scratch } from './support/scratch.mjs';
import { Stage, today } from './support/stage.mjs';
import { next, plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';

const ZONE = 'Europe/Berlin';
const first = next(plus(today(), 3), 'MO');
const week = (n) => plus(first, 7 * n);
const basic = (day) => day.replaceAll('-', '');
const range = { from: plus(first, -2), to: plus(first, 60) };

const timed = {
  start: { dateTime: `${first}T10:00:00`, timeZone: ZONE },
  end: { dateTime: `${first}T11:00:00`, timeZone: ZONE },
};
const wholeDays = { start: { date: first }, end: { date: plus(first, 1) } };
const WEEKLY = 'RRULE:FREQ=WEEKLY;COUNT=5';

// Each leaves out the third date.
const LEFT_OUT = [0, 1, 3, 4];
const KINDS = [
  ['a day among times', timed, `EXDATE;VALUE=DATE:${basic(week(2))}`],
  ['a time among days', wholeDays, `EXDATE:${basic(week(2))}T000000`],
  ['a time in UTC among days', wholeDays, `EXDATE:${basic(week(2))}T000000Z`],
  ['a time in a zone among days', wholeDays, `EXDATE;TZID=${ZONE}:${basic(week(2))}T000000`],
];

// A file whose zones only it defines, read by a program that knows another zone of the calendar.
const FILE = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//test//EN',
  'X-WR-CALNAME:File',
  'X-WR-TIMEZONE:Asia/Tokyo',
  ...[
    'Customized Time Zone',
    '(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna',
  ].flatMap((name, i) => [
    'BEGIN:VTIMEZONE',
    `TZID:${name}`,
    'BEGIN:STANDARD',
    'DTSTART:19700101T000000',
    'TZOFFSETFROM:+0100',
    'TZOFFSETTO:+0100',
    'END:STANDARD',
    'END:VTIMEZONE',
    'BEGIN:VEVENT',
    `UID:zone${i}@file`,
    'DTSTAMP:20260101T000000Z',
    `SUMMARY:zone ${i}`,
    `DTSTART;TZID="${name}":${basic(first)}T090000`,
    `DTEND;TZID="${name}":${basic(first)}T100000`,
    'END:VEVENT',
  ]),
  'END:VCALENDAR',
  '',
].join('\r\n');

let stage;
let crm;
let account;
let person;
let fileCalendar;

test.before(async () => {
  const file = join(scratch('value-kinds-'), 'zones.ics');
  writeFileSync(file, FILE);
  stage = await Stage.open({
    world: shortWorld(today()),
    googleArgs: ['--load', `${GOOGLE_ACCOUNT.email}=${file}`],
  });
  person = await stage.google.person(GOOGLE_ACCOUNT.email);
  fileCalendar = (await person.calendars()).find(({ summary }) => summary === 'File').id;
  ({ crm, account } = await stage.connected({
    existing: 'none',
    visible: [GOOGLE_ACCOUNT.email, fileCalendar],
  }));
});
test.after(() => stage?.close());

// The CRM's calendars of the account: the default one and that of the file.
const crmCalendar = async ({ isDefault }) =>
  (await crm.calendars()).find((one) => one.account === account.id && one.is_default === isDefault)
    .id;

// What Google makes of such a line is not known. The CRM leaves the date out in any case; the line
// goes back to Google as it came, and no edit of another date touches this one.
for (const reading of ['excludes', 'ignored'])
  for (const [kind, times, line] of KINDS)
    test(`${kind} is left out, where Google ${reading}: edits of other dates arrive`, async () => {
      await stage.google.control('POST', '/behaviour', { exdate_of_other_kind: reading });
      const name = `${kind}, ${reading}`;
      const { id } = await person.insert({ summary: name, ...times, recurrence: [WEEKLY, line] });
      await crm.syncNow(account.id);
      const inCrm = async () =>
        (await crm.occurrences(`${range.from}T00:00:00Z`, `${range.to}T00:00:00Z`)).filter((one) =>
          one.summary.includes(name),
        );
      const dates = (list) => list.map(({ start }) => start.slice(0, 10));
      const atGoogle = async () =>
        (await person.list('primary', { singleEvents: true, timeMin: `${range.from}T00:00:00Z` }))
          .filter((one) => one.summary.includes(name))
          .map(({ start }) => (start.date ?? start.dateTime).slice(0, 10))
          .sort();
      const google = (reading === 'excludes' ? LEFT_OUT : [0, 1, 2, 3, 4]).map(week);
      assert.deepEqual(dates(await inCrm()), LEFT_OUT.map(week));
      assert.deepEqual(await atGoogle(), google);

      const [, second, , last] = await inCrm();
      const date = { scope: 'this', original_start: second.original_start };
      await crm.change(second.event, { summary: `renamed ${name}` }, date);
      await crm.syncNow(account.id);
      const [changed] = (await person.instances(id)).filter(
        (one) => (one.start.date ?? one.start.dateTime).slice(0, 10) === last.start.slice(0, 10),
      );
      await person.patch(changed.id, { location: 'room' });
      await crm.change(second.event, { description: 'of all dates' });
      await crm.syncNow(account.id);
      await crm.syncNow(account.id);
      const found = await inCrm();
      assert.deepEqual(dates(found), LEFT_OUT.map(week));
      assert.deepEqual(await atGoogle(), google);
      assert.equal(found[1].summary, `renamed ${name}`);
      assert.equal(found.at(-1).location, 'room');
      const master = await person.get(id);
      assert.ok(master.recurrence.includes(line), `${line} in ${master.recurrence}`);
      assert.equal(master.description, 'of all dates');
      const { held } = await crm.call('GET', `/api/accounts/${account.id}/status`);
      assert.deepEqual(held, []);
      await stage.google.resetStats();
      await crm.syncNow(account.id);
      assert.equal((await stage.google.product()).writes, 0, 'nothing is written back');
    });

test('times in zones that only their file defines are those instants on both sides', async () => {
  await crm.syncNow(account.id);
  const calendar = await crmCalendar({ isDefault: false });
  const shown = { crm, crmCalendar: calendar, person, googleCalendar: fileCalendar, range };
  await assertEqualSides(shown);
  const found = await crmOccurrences(crm, range, calendar);
  assert.deepEqual(
    found.sort(),
    [0, 1].map((i) => `${first}T08:00:00Z .. ${first}T09:00:00Z  zone ${i}`),
  );
});
