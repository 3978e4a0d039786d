// What takes several requests at Google: a series with exceptions under a new rule, "this and
// following" (decision 0031). Under every value of what is only guessed about Google.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { next, plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';

const ZONE = 'Europe/Berlin';
const GUEST = 'contact@client.example';
const EVENTS = '/calendar/v3/calendars/{calendarId}/events';
const first = next(plus(today(), 3), 'MO');
const range = [`${plus(first, -2)}T00:00:00Z`, `${plus(first, 80)}T00:00:00Z`];
const week = (n) => plus(first, 7 * n);

const wall = (instant) =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: ZONE,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(new Date(instant));
// The instant of a wall-clock time in ZONE.
function instantOf(day, clock) {
  const guess = new Date(`${day}T${clock}:00Z`);
  const off = new Date(`${wall(guess).replace(' ', 'T')}:00Z`) - guess;
  return new Date(guess - off).toISOString().replace('.000', '');
}
const at = (day, clock) => ({ date_time: instantOf(day, clock), time_zone: ZONE });

let stage;
let crm;
let account;
let person;
let names = 0;

test.before(async () => {
  stage = await Stage.open({ world: shortWorld(today()) });
  ({ crm, account } = await stage.connected({ existing: 'none' }));
  person = await stage.google.person(GOOGLE_ACCOUNT.email);
});
test.after(() => stage?.close());
test.afterEach(() => stage.google.clearFaults());

const act = (what) => crm.call('POST', `/api/accounts/${account.id}/${what}`, {});
const health = async () =>
  (await crm.accounts()).find(({ id }) => id === account.id).health?.state ?? 'busy';
const assume = (switches) => stage.google.control('POST', '/behaviour', switches);
const mails = async () => (await stage.google.stats()).mails;

// What each side shows of the appointments at `place`: "day time title", sorted.
const inCrm = async (place) =>
  (await crm.occurrences(...range))
    .filter((one) => one.location === place)
    .map((one) => `${one.all_day ? one.start.slice(0, 10) : wall(one.start)} ${one.summary}`)
    .sort();
const atGoogle = async (place) =>
  (await person.list('primary', { singleEvents: true, timeMin: range[0], timeMax: range[1] }))
    .filter((one) => one.location === place)
    .map((one) => `${one.start.date ?? wall(one.start.dateTime)} ${one.summary}`)
    .sort();

async function shown(place, expected) {
  const wanted = [...expected].sort();
  let last;
  await until(
    `${place} on both sides`,
    async () => {
      last = { crm: await inCrm(place), google: await atGoogle(place) };
      return [last.crm, last.google].every(
        (side) => JSON.stringify(side) === JSON.stringify(wanted),
      );
    },
    { timeout: 8_000 },
  ).catch(() => {});
  assert.deepEqual(last.google, wanted, `${place} at Google`);
  assert.deepEqual(last.crm, wanted, `${place} in the CRM`);
}

// A series made in the CRM at 10:00, on both sides. Returns its place and its id in the CRM.
async function series(recurrence, { guests = [], days = [first] } = {}) {
  const place = `room ${++names}`;
  const { id } = await crm.create({
    summary: 'plain',
    location: place,
    start: at(days[0], '10:00'),
    end: at(days[0], '11:00'),
    recurrence,
    ...(guests.length > 0 ? { attendees: guests.map((email) => ({ email })) } : {}),
  });
  await until(`${place} at Google`, async () => (await atGoogle(place)).length > 0);
  const date = async (day) => {
    const found = (await crm.occurrences(...range)).find(
      (one) => one.event === id && wall(one.start).startsWith(day),
    );
    assert.ok(found, `${place} has ${day}`);
    return { scope: 'this', original_start: found.original_start };
  };
  return {
    place,
    id,
    rename: async (day, summary = 'special') => {
      await crm.change(id, { summary }, await date(day));
    },
    cancel: async (day) => crm.erase(id, await date(day)),
    all: async (changes, day) =>
      crm.change(id, changes, day ? { ...(await date(day)), scope: 'all' } : {}),
    following: async (day, changes) =>
      crm.change(id, changes, { ...(await date(day)), scope: 'following' }),
    endBefore: async (day) => crm.erase(id, { ...(await date(day)), scope: 'following' }),
  };
}

const weekly = (count) => [`RRULE:FREQ=WEEKLY;COUNT=${count}`];
const daily = (count) => [`RRULE:FREQ=DAILY;COUNT=${count}`];

for (const exceptions of ['orphan', 'reset', 'page'])
  for (const removal of exceptions === 'orphan' ? ['orphan', 'reset'] : ['reset'])
    // P-09
    test(`a new rule leaves nothing behind: ${exceptions}, ${removal}`, async (t) => {
      await assume({
        exceptions_after_master_change: exceptions,
        exceptions_after_rule_removal: removal,
      });

      await t.test('a series with changed dates moves by an hour', async () => {
        const one = await series(daily(6));
        for (const n of [1, 2, 3, 4]) await one.rename(plus(first, n));
        await shown(
          one.place,
          [0, 1, 2, 3, 4, 5].map(
            (n) => `${plus(first, n)} 10:00 ${n % 5 === 0 ? 'plain' : 'special'}`,
          ),
        );
        await one.all({ start: at(first, '11:00'), end: at(first, '12:00') }, first);
        await shown(
          one.place,
          [0, 1, 2, 3, 4, 5].map(
            (n) => `${plus(first, n)} 11:00 ${n % 5 === 0 ? 'plain' : 'special'}`,
          ),
        );
      });

      await t.test('a series with a date changed at Google moves', async () => {
        const one = await series(weekly(4));
        const master = (await person.list('primary')).find(
          (event) => event.location === one.place && event.recurrence,
        );
        const instance = (await person.instances(master.id)).find((each) =>
          each.start.dateTime.startsWith(week(2)),
        );
        await person.patch(instance.id, { summary: 'special' });
        await shown(one.place, [
          `${week(0)} 10:00 plain`,
          `${week(1)} 10:00 plain`,
          `${week(2)} 10:00 special`,
          `${week(3)} 10:00 plain`,
        ]);
        await one.all({ start: at(week(1), '11:00'), end: at(week(1), '12:00') }, week(1));
        await shown(one.place, [
          `${week(0)} 11:00 plain`,
          `${week(1)} 11:00 plain`,
          `${week(2)} 11:00 special`,
          `${week(3)} 11:00 plain`,
        ]);
      });

      await t.test('every second week, and every week again', async () => {
        const one = await series(weekly(6));
        await one.rename(week(1));
        await one.rename(week(2));
        await shown(one.place, [
          ...[0, 3, 4, 5].map((n) => `${week(n)} 10:00 plain`),
          ...[1, 2].map((n) => `${week(n)} 10:00 special`),
        ]);
        await one.all({ recurrence: ['RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3'] });
        await shown(
          one.place,
          [0, 2, 4].map((n) => `${week(n)} 10:00 ${n === 2 ? 'special' : 'plain'}`),
        );
        await one.all({ recurrence: weekly(6) });
        await shown(
          one.place,
          [0, 1, 2, 3, 4, 5].map((n) => `${week(n)} 10:00 ${n === 2 ? 'special' : 'plain'}`),
        );
      });

      await t.test('a series that ends earlier, and later again', async () => {
        const one = await series(weekly(6));
        await one.rename(week(1));
        await one.rename(week(4));
        await one.all({ recurrence: weekly(3) });
        await shown(one.place, [
          ...[0, 2].map((n) => `${week(n)} 10:00 plain`),
          `${week(1)} 10:00 special`,
        ]);
        await one.all({ recurrence: weekly(6) });
        await shown(one.place, [
          ...[0, 2, 3, 4, 5].map((n) => `${week(n)} 10:00 plain`),
          `${week(1)} 10:00 special`,
        ]);
      });

      await t.test('a series with a cancelled date moves by a day', async () => {
        const one = await series(daily(5));
        await one.cancel(plus(first, 2));
        await shown(
          one.place,
          [0, 1, 3, 4].map((n) => `${plus(first, n)} 10:00 plain`),
        );
        const tuesday = plus(first, 1);
        await one.all({ start: at(tuesday, '10:00'), end: at(tuesday, '11:00') }, first);
        await shown(
          one.place,
          [1, 2, 4, 5].map((n) => `${plus(first, n)} 10:00 plain`),
        );
      });

      await t.test('times become days', async () => {
        const one = await series(daily(4));
        await one.rename(plus(first, 1));
        await shown(
          one.place,
          [0, 1, 2, 3].map((n) => `${plus(first, n)} 10:00 ${n === 1 ? 'special' : 'plain'}`),
        );
        await one.all({ start: { date: first }, end: { date: plus(first, 1) } }, first);
        await shown(
          one.place,
          [0, 1, 2, 3].map((n) => `${plus(first, n)} ${n === 1 ? 'special' : 'plain'}`),
        );
      });

      await t.test('a series becomes a single appointment', async () => {
        const one = await series(daily(4));
        await one.rename(plus(first, 1));
        await shown(
          one.place,
          [0, 1, 2, 3].map((n) => `${plus(first, n)} 10:00 ${n === 1 ? 'special' : 'plain'}`),
        );
        await one.all({ recurrence: null });
        await shown(one.place, [`${first} 10:00 plain`]);
      });

      await t.test('single dates of a series that ends before one of them', async () => {
        const one = await series([
          `RDATE:${[2, 4].map((n) => instantOf(week(n), '10:00').replace(/[-:]/g, '')).join(',')}`,
        ]);
        await one.rename(week(4));
        await shown(one.place, [
          `${week(0)} 10:00 plain`,
          `${week(2)} 10:00 plain`,
          `${week(4)} 10:00 special`,
        ]);
        await one.endBefore(week(2));
        await shown(one.place, [`${week(0)} 10:00 plain`]);
      });
    });

// P-09
test('"following" at a date outside the rule leaves the rule in its weeks', async () => {
  const extra = instantOf(plus(week(3), 1), '10:00').replace(/[-:]/g, '');
  const one = await series(['RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=6', `RDATE:${extra}`]);
  const day = plus(week(3), 1);
  await one.following(day, { summary: 'later' });
  await shown(one.place, [
    ...[0, 2].map((n) => `${week(n)} 10:00 plain`),
    `${day} 10:00 later`,
    ...[4, 6, 8, 10].map((n) => `${week(n)} 10:00 later`),
  ]);
});

// P-09: a split is one operation, and its second half never takes place alone.
for (const [what, effect] of [
  ['for lack of quota', { status: 403, reason: 'quotaExceeded' }],
  ['as invalid', { status: 400, reason: 'invalid' }],
])
  test(`a split refused ${what} takes no date away and mails no guest`, async () => {
    const one = await series(weekly(6), { guests: [GUEST] });
    const all = [0, 1, 2, 3, 4, 5].map((n) => `${week(n)} 10:00 plain`);
    await shown(one.place, all);
    const before = (await mails()).length;
    await stage.google.addFault({ match: { method: 'POST', path: EVENTS }, times: 0, effect });
    await one.following(week(3), { summary: 'later' });
    await until('the refusal', async () => (await stage.google.stats()).fault_hits > 0);
    await crm.syncNow(account.id);
    await until('the end of the run', async () => (await health()) !== 'busy');
    assert.deepEqual(await atGoogle(one.place), all, 'Google keeps every date');
    assert.deepEqual((await mails()).slice(before), [], 'no guest is mailed');

    await stage.google.clearFaults();
    const later = (await crm.occurrences(...range)).find(
      (each) => each.location === one.place && each.summary === 'later',
    );
    await crm.change(later.event, { description: 'again' });
    // A quota stops creations for hours, but not after the account was paused.
    await act('pause');
    await until('the pause', async () => (await health()) === 'off');
    await act('resume');
    await crm.syncNow(account.id);
    await shown(one.place, [
      ...[0, 1, 2].map((n) => `${week(n)} 10:00 plain`),
      ...[3, 4, 5].map((n) => `${week(n)} 10:00 later`),
    ]);
  });

// P-13
test('an act of several requests mails once, whichever of them fails', async () => {
  const one = await series(weekly(6), { guests: [GUEST] });
  await shown(
    one.place,
    [0, 1, 2, 3, 4, 5].map((n) => `${week(n)} 10:00 plain`),
  );
  for (let failing = 1; failing <= 4; ++failing) {
    const before = (await mails()).length;
    await act('pause');
    await one.all({ summary: `series ${failing}` });
    for (const n of [1, 2, 3]) await one.rename(week(n), `date ${failing}`);
    await stage.google.addFault({
      match: { method: 'PATCH', path: `${EVENTS}/{eventId}` },
      skip: failing - 1,
      effect: { status: 500, when: 'after' },
    });
    await act('resume');
    await until('the failure', async () => (await stage.google.stats()).fault_hits > 0);
    await stage.google.clearFaults();
    await crm.syncNow(account.id);
    await shown(
      one.place,
      [0, 1, 2, 3, 4, 5].map(
        (n) => `${week(n)} 10:00 ${[1, 2, 3].includes(n) ? 'date' : 'series'} ${failing}`,
      ),
    );
    const sent = (await mails()).slice(before);
    assert.deepEqual(
      sent.map(({ kind, recipients }) => `${kind} ${recipients}`),
      [`update ${GUEST}`],
      `request ${failing} failed`,
    );
  }
});

// P-01
test('invited to one date, then to the series, then to one date again', async () => {
  const place = `room ${++names}`;
  await stage.google.control('POST', '/accounts', { email: 'host@partner.example', name: 'Host' });
  const host = await stage.google.person('host@partner.example');
  const { id } = await host.insert({
    summary: 'invitation',
    location: place,
    start: { dateTime: `${first}T10:00:00`, timeZone: ZONE },
    end: { dateTime: `${first}T11:00:00`, timeZone: ZONE },
    recurrence: weekly(3),
  });
  const guest = { email: GOOGLE_ACCOUNT.email };
  const second = (await host.instances(id)).find((one) => one.start.dateTime.startsWith(week(1)));
  await host.patch(second.id, { attendees: [guest] });
  await crm.syncNow(account.id);
  await shown(place, [`${week(1)} 10:00 invitation`]);
  await host.patch(id, { attendees: [guest] });
  await crm.syncNow(account.id);
  await shown(
    place,
    [0, 1, 2].map((n) => `${week(n)} 10:00 invitation`),
  );
});
