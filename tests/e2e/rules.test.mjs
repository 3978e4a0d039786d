// Rules at their edges, each on a small world of its own: more events than a page, lost answers, repeated messages, expired tokens, a revoked grant.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { assertEqualSides, crmOccurrences } from './story/compare.mjs';
import { consent } from './support/consent.mjs';
import { comeBack, kPlugin } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { pause, until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { kGoogleAccount, kOtherGoogleAccount } from './world/people.mjs';
import { Random } from './world/random.mjs';

const kEvents = '/calendar/v3/calendars/{calendarId}/events';
const day = today();
const healthy = async (crm) =>
  until('the account to be in step', async () => (await crm.accounts())[0].health?.state === 'ok', {
    timeout: 30_000,
  });

test('S20_GivenTwelveYearsAndEmptyPages_WhenConnected_ThenEveryOccurrenceOnItsDay', async (t) => {
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
    match: { method: 'GET', path: kEvents, query_contains: 'pageToken' },
    times: 1,
    effect: { empty_page: true },
  }); // an empty page in the middle
  const { crm, preview, account } = await stage.connected();
  await healthy(crm);
  assert.equal(preview.args.appointments, 2600);
  const person = await stage.google.person(kGoogleAccount.email);
  const crmCalendar = (await crm.calendars()).find((one) => one.account === account.id).id;
  const count = await assertEqualSides({
    crm,
    crmCalendar,
    person,
    range: { from: plus(from, -20), to: plus(to, 100) },
  });
  const { requests } = await stage.google.product();
  assert.ok(
    requests[`GET ${kEvents}`] <= 4,
    `two pages and an empty one: ${requests[`GET ${kEvents}`]} lists`,
  );
  t.diagnostic(
    `2600 appointments over 12 years are ${count} occurrences; ${requests[`GET ${kEvents}`]} list calls`,
  );
});

test('GivenAConnectedAccount', async (t) => {
  const world = shortWorld(day);
  world.crm.contacts.push({
    name: 'Zweite Petra',
    company: '',
    emails: ['PETRA.SCHULZ@hansa-verpackung.example '],
    phone: '',
    title: '',
  });
  world.google.accounts.push({
    email: kOtherGoogleAccount.email,
    name: kOtherGoogleAccount.name,
    calendars: [
      {
        primary: true,
        summary: kOtherGoogleAccount.email,
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
  const person = await google.person(kGoogleAccount.email);
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

  await t.test('S26_WhenTheAnswerToAnInsertIsLost_ThenExactlyOne', async () => {
    await google.addFault({
      match: { method: 'POST', path: kEvents },
      times: 1,
      effect: { drop: true, when: 'after' },
    });
    await google.addFault({
      match: { method: 'POST', path: kEvents },
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

  await t.test('S26_WhenGoogleAnswersSlowly_ThenSavingDoesNotWaitForIt', async () => {
    await google.addFault({ match: { path: kEvents }, times: 2, effect: { delay_ms: 2000 } });
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

  await t.test('S26_WhenGoogleNotifiesAgainAndAgain_ThenExactlyOneAndFewCalls', async () => {
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
    assert.ok((requests[`GET ${kEvents}`] ?? 0) <= 33, JSON.stringify(requests));
    assert.equal((await shown('oft gemeldet')).length, 1);
  });

  await t.test('S26_WhenQuicklyEditedInTheCrm_ThenTheLastContentStandsAtGoogleOnce', async () => {
    const { id } = await crm.create({ summary: 'schnell 0', ...at });
    for (let i = 1; i <= 10; ++i) await crm.change(id, { summary: `schnell ${i}` });
    await until('the last one at Google', async () => (await there('schnell 10')).length === 1);
    await healthy(crm);
    assert.equal(
      (await person.list()).filter((event) => event.summary?.startsWith('schnell')).length,
      1,
    );
  });

  await t.test('S29_WhenDeletedOnBothSides_ThenGoneAndNoError', async () => {
    const { id } = await crm.create({ summary: 'doppelt gelöscht', ...at });
    await until('it at Google', async () => (await there('doppelt gelöscht')).length === 1);
    const [event] = await there('doppelt gelöscht');
    const unlessGone = (error) => {
      // the other one's deletion has arrived already
      if (![404, 410].includes(Number(error.status ?? error.code))) throw error;
    };
    await Promise.all([person.erase(event.id).catch(unlessGone), crm.erase(id).catch(unlessGone)]);
    await until(
      'it gone',
      async () => (await shown('doppelt gelöscht')).length === 0 && !(await person.maybe(event.id)),
    );
    await healthy(crm);
  });

  await t.test(
    'S28_WhenTheSyncTokenExpires_ThenReadAnewWithoutWritesAndWithoutDoubles',
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
      assert.ok(requests[`GET ${kEvents}`] <= 4, JSON.stringify(requests));
    },
  );

  await t.test('S29_WhenAnIncompleteListingLacksEvents_ThenNothingIsDeleted', async () => {
    const before = (await crmOccurrences(crm, range, calendar)).sort();
    await google.expireSyncTokens();
    await google.addFault({
      match: { method: 'GET', path: kEvents },
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

  await t.test(
    'S22_S23_WhenTwoRecordsShareAnAddressOrOneIsCreatedLater_ThenEachCardShowsTheAppointment',
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

  await t.test(
    'S27_WhenSomebodyElsesMeetingIsEditedInTheCrm_ThenRefusedWithTheReason',
    async () => {
      const other = await google.person(kOtherGoogleAccount.email);
      await other.insert({
        summary: 'Einladung von anderen',
        ...at,
        attendees: [{ email: kGoogleAccount.email }],
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
    },
  );

  await t.test(
    'WhenTheGrantIsRevoked_ThenNeedsReconnectionWithoutLossAndGoesOnAfterIt',
    async () => {
      const before = (await crmOccurrences(crm, range, calendar)).sort();
      await google.revoke(kGoogleAccount.email);
      const person2 = await google.person(kGoogleAccount.email);
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
        const opened = await crm.startFlow(kPlugin, 'reauth', account.id);
        const { back } = await consent(opened.step.url, email);
        await comeBack(crm, back);
        return (await crm.flow(opened.flow)).step;
      };
      assert.equal((await reauth(kOtherGoogleAccount.email)).reason, 'abort.wrong_account');
      assert.equal((await reauth(kGoogleAccount.email)).type, 'finish');
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

  await t.test('WhenTheHostRestarts_ThenNothingIsReadOrWrittenAnew', async () => {
    await google.resetStats();
    await stage.host.stop();
    await stage.startHost();
    await healthy(crm);
    await crm.syncNow(account.id);
    await healthy(crm);
    const { writes, requests } = await google.product();
    assert.equal(writes, 0);
    assert.ok((requests[`GET ${kEvents}`] ?? 0) <= 3, JSON.stringify(requests));
  });
});
