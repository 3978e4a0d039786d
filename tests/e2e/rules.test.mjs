// Requirements at their limits, each on a small world of its own: more events than a page, lost
// answers, repeated notifications, expired tokens, a revoked grant.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { assertEqualSides, crmOccurrences } from './story/compare.mjs';
import { consent } from './support/consent.mjs';
import { comeBack, PLUGIN } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { pause, until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT, OTHER_GOOGLE_ACCOUNT } from './world/people.mjs';
import { Random } from './world/random.mjs';

const EVENTS = '/calendar/v3/calendars/{calendarId}/events';
const day = today();
const healthy = async (crm) =>
  until('the account to be in step', async () => (await crm.accounts())[0].health?.state === 'ok', {
    timeout: 30_000,
  });

// S-20
test('twelve years of events with an empty page: every occurrence on its day', async (t) => {
  const random = new Random('twelve years');
  const world = shortWorld(day);
  const [calendar] = world.google.accounts[0].calendars;
  const from = plus(day, -9 * 365),
    to = plus(day, 3 * 365);
  calendar.events = Array.from({ length: 2600 }, (_, index) => {
    const start = plus(from, Math.floor((index * 12 * 365) / 2600));
    const base = { id: random.eventId(), summary: `Termin ${index}` };
    if (index % 13 === 0)
      return { ...base, start: { date: start }, end: { date: plus(start, random.integer(1, 9)) } };
    const hour = String(random.integer(0, 22)).padStart(2, '0');
    const zone = random.pick([
      'Europe/Berlin',
      'America/New_York',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Pacific/Apia',
    ]);
    return {
      ...base,
      start: { dateTime: `${start}T${hour}:15:00`, timeZone: zone },
      end: { dateTime: `${start}T${hour}:55:00`, timeZone: zone },
      ...(index % 40 === 0 ? { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=6'] } : {}),
    };
  });
  for (const series of calendar.events
    .filter((event) => event.recurrence && event.start.dateTime)
    .slice(0, 20)) {
    const shifted = (moment, days) => ({
      ...moment,
      dateTime: plus(moment.dateTime.slice(0, 10), days) + moment.dateTime.slice(10),
    });
    calendar.events.push({
      recurringEventId: series.id,
      originalStartTime: shifted(series.start, 7),
      status: 'cancelled',
    });
    calendar.events.push({
      recurringEventId: series.id,
      originalStartTime: shifted(series.start, 14),
      start: shifted(series.start, 15),
      end: shifted(series.end, 15),
    });
  }
  const stage = await Stage.open({ world });
  t.after(() => stage.close());
  await stage.google.addFault({
    match: { method: 'GET', path: EVENTS, query_contains: 'pageToken' },
    times: 1,
    effect: { empty_page: true },
  }); // an empty page in the middle
  const { crm, preview, account } = await stage.connected();
  await healthy(crm);
  assert.equal(preview.args.appointments, 2600);
  const person = await stage.google.person(GOOGLE_ACCOUNT.email);
  const crmCalendar = (await crm.calendars()).find((one) => one.account === account.id).id;
  const count = await assertEqualSides({
    crm,
    crmCalendar,
    person,
    range: { from: plus(from, -20), to: plus(to, 100) },
  });
  const { requests } = await stage.google.product();
  assert.ok(
    requests[`GET ${EVENTS}`] <= 4,
    `two pages and an empty one: ${requests[`GET ${EVENTS}`]} lists`,
  );
  t.diagnostic(
    `2600 appointments over 12 years are ${count} occurrences; ` +
      `${requests[`GET ${EVENTS}`]} list calls`,
  );
});

test('synchronisation of a connected account', async (t) => {
  const world = shortWorld(day);
  world.crm.contacts.push({
    name: 'Zweite Petra',
    company: '',
    emails: ['PETRA.SCHULZ@hansa-verpackung.example '],
    phone: '',
    title: '',
  });
  world.google.accounts.push({
    email: OTHER_GOOGLE_ACCOUNT.email,
    name: OTHER_GOOGLE_ACCOUNT.name,
    calendars: [
      {
        primary: true,
        summary: OTHER_GOOGLE_ACCOUNT.email,
        access_role: 'owner',
        time_zone: 'Europe/Berlin',
        events: [],
      },
    ],
  });
  const stage = await Stage.open({ world });
  t.after(() => stage.close());
  const { google } = stage;
  const { crm, account } = await stage.connected({ existing: 'none' });
  const person = await google.person(GOOGLE_ACCOUNT.email);
  await healthy(crm);
  const calendar = (await crm.calendars()).find((one) => one.account === account.id).id;
  const range = { from: plus(day, -5), to: plus(day, 40) };
  const shown = (summary) =>
    crmOccurrences(crm, range, calendar).then((list) =>
      list.filter((one) => one.endsWith(`  ${summary}`)),
    );
  const there = async (summary) =>
    (await person.list()).filter((event) => event.summary === summary);
  const at = { start: { date: plus(day, 6) }, end: { date: plus(day, 7) } };

  // S-26
  await t.test('a lost answer to an insert leads to exactly one event', async () => {
    await google.addFault({
      match: { method: 'POST', path: EVENTS },
      times: 1,
      effect: { drop: true, when: 'after' },
    });
    await google.addFault({
      match: { method: 'POST', path: EVENTS },
      skip: 1,
      times: 1,
      effect: { status: 503 },
    });
    await crm.create({ summary: 'einmal', ...at });
    await until('the appointment at Google', async () => (await there('einmal')).length > 0, {
      timeout: 60_000,
    });
    await google.clearFaults();
    await crm.syncNow(account.id);
    await healthy(crm);
    assert.equal((await there('einmal')).length, 1);
    assert.equal((await shown('einmal')).length, 1);
  });

  // S-26
  await t.test('saving does not wait for a slow Google', async () => {
    await google.addFault({ match: { path: EVENTS }, times: 2, effect: { delay_ms: 2000 } });
    const from = performance.now();
    const { id } = await crm.create({ summary: 'gleich gespeichert', ...at });
    await crm.change(id, { location: 'sofort' });
    assert.ok(
      performance.now() - from < 1500,
      'two saves end before the first answer of Google can have come',
    );
    await until(
      'the appointment at Google',
      async () => (await there('gleich gespeichert'))[0]?.location === 'sofort',
      { timeout: 30_000 },
    );
    await google.clearFaults();
    assert.equal((await there('gleich gespeichert')).length, 1);
  });

  // S-26
  await t.test('repeated notifications lead to exactly one event and few calls', async () => {
    await google.resetStats();
    await person.insert({ summary: 'oft gemeldet', ...at });
    await until('it in the CRM', async () => (await shown('oft gemeldet')).length === 1);
    for (let i = 0; i < 30; ++i)
      await person.patch((await there('oft gemeldet'))[0].id, { location: `Raum ${i}` });
    await until(
      'the last one',
      async () =>
        (await crm.occurrences(`${range.from}T00:00:00Z`, `${range.to}T00:00:00Z`)).find(
          (one) => one.summary === 'oft gemeldet',
        )?.location === 'Raum 29',
    );
    await healthy(crm);
    const { requests, writes } = await google.product();
    assert.equal(writes, 0);
    assert.ok((requests[`GET ${EVENTS}`] ?? 0) <= 33, JSON.stringify(requests));
    assert.equal((await shown('oft gemeldet')).length, 1);
  });

  // S-26
  await t.test('quick edits in the CRM: Google holds the last content, once', async () => {
    const { id } = await crm.create({ summary: 'schnell 0', ...at });
    for (let i = 1; i <= 10; ++i) await crm.change(id, { summary: `schnell ${i}` });
    await until('the last one at Google', async () => (await there('schnell 10')).length === 1);
    await healthy(crm);
    assert.equal(
      (await person.list()).filter((event) => event.summary?.startsWith('schnell')).length,
      1,
    );
  });

  // S-29
  await t.test('deleted on both sides: gone without an error', async () => {
    const { id } = await crm.create({ summary: 'doppelt gelöscht', ...at });
    await until('it at Google', async () => (await there('doppelt gelöscht')).length === 1);
    const [event] = await there('doppelt gelöscht');
    const unlessGone = (error) => {
      // the other side's deletion has arrived already
      if (![404, 410].includes(Number(error.status ?? error.code))) throw error;
    };
    await Promise.all([person.erase(event.id).catch(unlessGone), crm.erase(id).catch(unlessGone)]);
    await until(
      'it gone',
      async () => (await shown('doppelt gelöscht')).length === 0 && !(await person.maybe(event.id)),
    );
    await healthy(crm);
  });

  // S-28
  await t.test(
    'an expired sync token leads to a full read without writes or duplicates',
    async () => {
      const before = (await crmOccurrences(crm, range, calendar)).sort();
      await google.expireSyncTokens();
      await google.resetStats();
      await person.insert({ summary: 'nach dem Verfall', ...at });
      await until('the new one', async () => (await shown('nach dem Verfall')).length === 1, {
        timeout: 30_000,
      });
      await healthy(crm);
      const { writes, requests } = await google.product();
      assert.equal(writes, 0);
      assert.deepEqual(
        (await crmOccurrences(crm, range, calendar))
          .filter((one) => !one.endsWith('nach dem Verfall'))
          .sort(),
        before,
      );
      assert.ok(requests[`GET ${EVENTS}`] <= 4, JSON.stringify(requests));
    },
  );

  // S-29
  await t.test('events missing from an incomplete listing are not deleted', async () => {
    const before = (await crmOccurrences(crm, range, calendar)).sort();
    await google.expireSyncTokens();
    await google.addFault({
      match: { method: 'GET', path: EVENTS },
      skip: 1,
      times: 1,
      effect: { status: 200, body: { kind: 'calendar#events', items: [], nextSyncToken: 'empty' } },
    });
    await crm.syncNow(account.id);
    await pause(500); // nothing may happen: there is no condition to wait for
    await google.clearFaults();
    assert.deepEqual(
      (await crmOccurrences(crm, range, calendar)).sort(),
      before,
      'an empty answer empties nothing',
    );
    await google.expireSyncTokens();
    await crm.syncNow(account.id);
    await until('in step again', async () => (await crm.accounts())[0].health?.state === 'ok', {
      timeout: 30_000,
    });
    assert.deepEqual((await crmOccurrences(crm, range, calendar)).sort(), before);
  });

  // S-22, S-23
  await t.test(
    'records that share an address or are created later all show the appointment',
    async () => {
      await person.insert({
        summary: 'zwei Karten',
        ...at,
        attendees: [
          { email: 'Petra.Schulz@Hansa-Verpackung.example' },
          { email: 'spaeter@neu.example' },
        ],
      });
      const onCard = async (kind, name) => {
        const card = await crm.card(kind, (await crm.record(kind, name)).id);
        return card.upcoming.filter((one) => one.summary === 'zwei Karten').length;
      };
      await until(
        'both cards',
        async () =>
          (await onCard('contacts', 'Petra Schulz')) === 1 &&
          (await onCard('contacts', 'Zweite Petra')) === 1,
      );
      const total = (await crm.records('leads')).total;
      await crm.call('POST', '/api/leads', {
        name: 'Später Angelegt',
        company: '',
        emails: ['spaeter@neu.example'],
        phone: '',
        title: '',
      });
      await until(
        'the card of the new lead',
        async () => (await onCard('leads', 'Später Angelegt')) === 1,
      );
      assert.equal((await crm.records('leads')).total, total + 1);
    },
  );

  // S-27
  await t.test("an edit of another organiser's meeting is refused with the reason", async () => {
    const other = await google.person(OTHER_GOOGLE_ACCOUNT.email);
    await other.insert({
      summary: 'Einladung von anderen',
      ...at,
      attendees: [{ email: GOOGLE_ACCOUNT.email }],
    });
    const event = await until('the invitation', async () =>
      (await crm.occurrences(`${range.from}T00:00:00Z`, `${range.to}T00:00:00Z`)).find(
        (one) => one.summary === 'Einladung von anderen',
      ),
    );
    assert.equal(event.editable, false);
    const refused = await crm.change(event.event, { summary: 'umbenannt' }).then(
      () => null,
      (error) => error,
    );
    assert.ok([400, 403].includes(refused?.status), refused?.message);
  });

  await t.test(
    'a revoked grant asks to reconnect, loses nothing and resumes afterwards',
    async () => {
      const before = (await crmOccurrences(crm, range, calendar)).sort();
      await google.revoke(GOOGLE_ACCOUNT.email);
      const person2 = await google.person(GOOGLE_ACCOUNT.email);
      assert.equal(
        (
          await crm.syncNow(account.id).then(
            () => null,
            (error) => error,
          )
        )?.key,
        'error.needs_auth',
      );
      await until(
        'the account to say so',
        async () => (await crm.accounts())[0].health?.state === 'needs_auth',
        { timeout: 20_000 },
      );
      assert.deepEqual(
        (await crmOccurrences(crm, range, calendar)).sort(),
        before,
        'the appointments stay',
      );
      await crm.create({ summary: 'während der Trennung', ...at });
      await google.resetStats();
      await crm.syncNow(account.id).catch(() => {});
      const reauth = async (email) => {
        const opened = await crm.startFlow(PLUGIN, 'reauth', account.id);
        const { back } = await consent(opened.step.url, email);
        await comeBack(crm, back);
        return (await crm.flow(opened.flow)).step;
      };
      assert.equal((await reauth(OTHER_GOOGLE_ACCOUNT.email)).reason, 'abort.wrong_account');
      assert.equal((await reauth(GOOGLE_ACCOUNT.email)).type, 'finish');
      await healthy(crm);
      await until(
        'the edit made meanwhile',
        async () => (await person2.find('während der Trennung')).length === 1,
        { timeout: 20_000 },
      );
      assert.deepEqual(
        (await crmOccurrences(crm, range, calendar))
          .filter((one) => !one.includes('während der Trennung'))
          .sort(),
        before,
        'no double, no loss',
      );
      assert.equal((await crm.accounts()).length, 1);
    },
  );

  await t.test('a restart of the host reads and writes nothing again', async () => {
    await google.resetStats();
    await stage.host.stop();
    await stage.startHost();
    await healthy(crm);
    await crm.syncNow(account.id);
    await healthy(crm);
    const { writes, requests } = await google.product();
    assert.equal(writes, 0);
    assert.ok((requests[`GET ${EVENTS}`] ?? 0) <= 3, JSON.stringify(requests));
  });
});
