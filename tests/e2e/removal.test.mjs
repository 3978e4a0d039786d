// What a user may remove when disconnecting an account: the CRM's copies of Google's events, or the
// events at Google that the CRM created. It is counted before, ends also if the host is killed in
// the middle, and guests are mailed only on an explicit yes. Each test connects a user of its own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { connect, PLUGIN, storeClient } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { ADMINISTRATOR, USERS } from './world/people.mjs';

const ZONE = 'Europe/Berlin';
const day = plus(today(), 10);
const range = [`${plus(today(), 5)}T00:00:00Z`, `${plus(today(), 20)}T00:00:00Z`];
const EVENT = '/calendar/v3/calendars/{calendarId}/events/{eventId}';
const GUEST = 'guest@client.example';
const NAMES = ['copies', 'quiet', 'killed', 'mailed'];

const atGoogle = (summary, hour) => ({
  summary,
  start: { dateTime: `${day}T${hour}:00:00`, timeZone: ZONE },
  end: { dateTime: `${day}T${hour}:30:00`, timeZone: ZONE },
});
const inCrm = (summary, hour, attendees = []) => ({
  summary,
  start: { date_time: `${day}T${hour}:00:00Z`, time_zone: ZONE },
  end: { date_time: `${day}T${hour}:30:00Z`, time_zone: ZONE },
  attendees,
});

let stage;
before(async () => {
  const accounts = NAMES.map((name) => ({
    email: `${name}@example.com`,
    name,
    calendars: [
      { primary: true, summary: `${name}@example.com`, access_role: 'owner', time_zone: ZONE },
    ],
  }));
  stage = await Stage.open({
    world: {
      today: today(),
      holidays: '',
      google: { accounts },
      crm: { users: USERS, leads: [], contacts: [], appointments: [] },
    },
  });
  await storeClient(await stage.login(ADMINISTRATOR));
});
after(() => stage?.close());

/** A connected account: two events of Google, two of the CRM, one of these with a guest. */
async function actor(name) {
  const email = `${name}@example.com`;
  const person = await stage.google.person(email);
  await person.insert(atGoogle('theirs', '09'));
  await person.insert(atGoogle('edited', '10'));
  const crm = await stage.login(USERS[1]);
  const self = {
    crm,
    person,
    email,
    connect: async () => {
      const connected = await connect(crm, email, { name, visible: [email] });
      self.id = connected.account.id;
      // The first run adds it.
      const added = async () => (await crm.calendars()).find((one) => one.account === self.id);
      self.calendar = (await until('the calendar in the CRM', added)).id;
    },
    shown: async () =>
      (await self.crm.occurrences(...range, self.calendar)).map((one) => one.summary).sort(),
    listed: async () => (await person.list()).map((one) => one.summary).sort(),
  };
  await self.connect();
  await crm.create(inCrm('alone', '12'));
  await crm.create(inCrm('with guest', '13', [{ email: GUEST }]));
  const all = ['alone', 'edited', 'theirs', 'with guest'];
  await same('both sides', async () => [await self.shown(), await self.listed()], [all, all]);
  await stage.google.resetStats();
  return self;
}
const same = (what, probe, wanted) =>
  until(what, async () => {
    const seen = await probe();
    try {
      assert.deepEqual(seen, wanted);
      return true;
    } catch {
      throw new Error(`${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
    }
  });

async function disconnectForm(self) {
  const { flow } = await self.crm.startFlow(PLUGIN, 'options', self.id);
  const { step } = await self.crm.answer(flow, 'disconnect', {});
  return { flow, step };
}
async function disconnect(self, choice) {
  const { flow, step } = await disconnectForm(self);
  const answer = { ...step.values, confirm: true, ...choice };
  const { step: done } = await self.crm.answer(flow, 'disconnect', answer);
  assert.equal(done.type, 'finish', JSON.stringify(done));
}
const revoked = () =>
  until('the revoked grant', async () =>
    Object.keys((await stage.google.product()).requests).includes('POST /revoke'),
  );

// PD-14
test('the form counts what could be removed and starts with keeping it', async () => {
  const self = await actor('copies');
  const { flow, step } = await disconnectForm(self);
  assert.deepEqual(step.args, { email: self.email, copies: 2, events: 2, guests: 1 });
  assert.deepEqual(step.values, { copies: 'keep', events: 'keep', confirm: false });
  for (const language of ['de', 'en']) {
    const texts = await self.crm.strings(language);
    for (const { title, 'x-labels': labels = {} } of Object.values(step.schema.properties))
      for (const key of [title, ...Object.values(labels)])
        assert.match(texts[key] ?? '', /\w/, key);
  }
  await self.crm.dropFlow(flow);

  // A copy with an edit that Google does not have yet is the only place of that edit.
  await stage.google.addFault({
    match: { method: 'PATCH', path: EVENT },
    times: 0,
    effect: { status: 503 },
  });
  const edited = (await self.crm.occurrences(...range, self.calendar)).find(
    (one) => one.summary === 'edited',
  );
  await self.crm.change(edited.event, { summary: 'edited in the CRM' });
  await self.crm.syncNow(self.id).catch(() => {});
  await disconnect(self, { copies: 'remove' });
  await same('the rest', self.shown, ['alone', 'edited in the CRM', 'with guest']);
  await stage.google.clearFaults();
  await revoked();
  assert.deepEqual(await self.listed(), ['alone', 'edited', 'theirs', 'with guest']);
});

// PD-14
test("the CRM's events are removed at Google without a mail, and come back once", async () => {
  const self = await actor('quiet');
  await disconnect(self, { events: 'remove' });
  await same('the rest at Google', self.listed, ['edited', 'theirs']);
  await revoked();
  assert.deepEqual(await self.shown(), ['alone', 'edited', 'theirs', 'with guest']);
  assert.deepEqual((await stage.google.product()).mails, []);
  await self.connect();
  const all = ['alone', 'edited', 'theirs', 'with guest'];
  await same('both sides', async () => [await self.shown(), await self.listed()], [all, all]);
  await disconnect(self, {});
});

// PD-14
test('guests are mailed if the user says so', async () => {
  const self = await actor('mailed');
  await disconnect(self, { events: 'remove_and_mail' });
  await same('the rest at Google', self.listed, ['edited', 'theirs']);
  await until('the mail', async () => (await stage.google.product()).mails.length > 0);
  await revoked();
});

// PD-14
test('a removal ends after the host was killed in the middle', async () => {
  const self = await actor('killed');
  const extra = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'];
  for (const summary of extra) await self.crm.create(inCrm(summary, '15', [{ email: GUEST }]));
  await until('their export', async () => (await self.listed()).length === 4 + extra.length);
  await stage.google.resetStats();
  await stage.google.addFault({
    match: { method: 'DELETE', path: EVENT },
    times: 0,
    effect: { delay_ms: 400 },
  });
  await disconnect(self, { copies: 'remove', events: 'remove' });
  const removed = async () => 4 + extra.length - (await self.listed()).length;
  await until('some are removed', async () => (await removed()) >= 2);
  await stage.restartHost();
  assert.ok((await removed()) < 2 + extra.length, 'it is killed in the middle');
  await stage.google.clearFaults();
  await same('the rest at Google', self.listed, ['edited', 'theirs']);
  self.crm = await stage.login(USERS[1]);
  await same('the rest in the CRM', self.shown, ['alone', ...extra, 'with guest']);
  await revoked();
  assert.deepEqual((await stage.google.product()).mails, []);
});
