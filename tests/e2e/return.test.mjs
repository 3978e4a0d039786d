// What becomes of appointments when the account around them changes: another default calendar and
// back, disconnecting and connecting again, a calendar in two accounts of one user, a new address
// of the Google account. Each test connects a user of its own.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { connect, openSettings, PLUGIN, storeClient, toPreview } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { ADMINISTRATOR, USERS } from './world/people.mjs';

const ZONE = 'Europe/Berlin';
const day = plus(today(), 10);
const range = [`${plus(today(), 5)}T00:00:00Z`, `${plus(today(), 20)}T00:00:00Z`];
const EVENTS = '/calendar/v3/calendars/{calendarId}/events';
const GUEST = 'guest@client.example';

const atGoogle = (summary, hour, more = {}) => ({
  summary,
  start: { dateTime: `${day}T${hour}:00:00`, timeZone: ZONE },
  end: { dateTime: `${day}T${hour}:30:00`, timeZone: ZONE },
  ...more,
});
const inCrm = (summary, hour) => ({
  summary,
  start: { date_time: `${day}T${hour}:00:00Z`, time_zone: ZONE },
  end: { date_time: `${day}T${hour}:30:00Z`, time_zone: ZONE },
});
const account = (name, more = []) => ({
  email: `${name}@example.com`,
  name,
  calendars: [
    { primary: true, summary: `${name}@example.com`, access_role: 'owner', time_zone: ZONE },
    ...more,
  ],
});
const calendar = (id, access_role = 'owner') => ({
  id: `${id}@group.calendar.google.com`,
  summary: id,
  access_role,
  time_zone: ZONE,
});
const group = (id) => calendar(id).id;

let stage;
before(async () => {
  stage = await Stage.open({
    world: {
      today: today(),
      holidays: '',
      google: {
        accounts: [
          account('there', [calendar('second')]),
          account('tidy'),
          account('owner', [calendar('shared')]),
          account('partner', [calendar('shared', 'writer')]),
          account('maiden'),
          account('host'),
        ],
      },
      crm: { users: USERS, leads: [], contacts: [], appointments: [] },
    },
  });
  await storeClient(await stage.login(ADMINISTRATOR));
});
after(() => stage?.close());

/** A user with their Google account, and what both show. */
async function actor(user, name, visible, choice = {}) {
  const crm = await stage.login(user);
  const email = `${name}@example.com`;
  const { account: connected, preview } = await connect(crm, email, {
    name,
    visible: visible ?? [email],
    ...choice,
  });
  const person = await stage.google.person(email);
  const self = {
    crm,
    email,
    person,
    preview,
    id: connected.id,
    sync: () => crm.syncNow(connected.id).catch(() => {}),
    shown: async () => (await crm.occurrences(...range)).map((one) => one.summary).sort(),
    event: async (summary) =>
      (await crm.occurrences(...range)).find((one) => one.summary === summary)?.event,
    listed: async (id = 'primary') => (await person.list(id)).map((one) => one.summary).sort(),
  };
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

async function options(self, step, inputs) {
  const opened = await self.crm.startFlow(PLUGIN, 'options', self.id);
  let { step: now } = await self.crm.answer(opened.flow, step, {});
  for (const input of inputs) {
    assert.equal(now.type, 'form', JSON.stringify(now));
    ({ step: now } = await self.crm.answer(opened.flow, now.step, { ...now.values, ...input }));
  }
  while (now.type === 'form')
    ({ step: now } = await self.crm.answer(opened.flow, now.step, now.values));
  assert.equal(now.type, 'finish', JSON.stringify(now));
}
const chooseDefault = (self, id) => options(self, 'calendars', [{ default_calendar: id }]);
const disconnect = (self) => options(self, 'disconnect', [{ confirm: true }]);

test('appointments follow the default calendar there and back', async () => {
  const self = await actor(USERS[1], 'there', ['there@example.com', group('second')]);
  await self.crm.create(inCrm('call', '10'));
  await same('the export', () => self.listed(), ['call']);
  await chooseDefault(self, group('second'));
  await same('the copy', () => self.listed(group('second')), ['call']);
  await chooseDefault(self, self.email);
  await self.sync();
  await same('one appointment', self.shown, ['call']);

  await self.crm.change(await self.event('call'), { summary: 'renamed' });
  await same('the new title at Google', () => self.listed(), ['renamed']);
  const [event] = await self.person.find('renamed');
  await self.person.patch(event.id, { summary: 'renamed again' });
  await same('the new title in the CRM', self.shown, ['renamed again']);
  await self.crm.erase(await self.event('renamed again'));
  await same('the deletion at Google', () => self.listed(), []);
  assert.deepEqual(await self.listed(group('second')), ['call'], 'nothing is removed there');

  // A new appointment that Google did not take, and a deletion that it did not take.
  await self.crm.create(inCrm('kept', '11'));
  await same('the export', () => self.listed(), ['kept']);
  for (const [method, path] of [
    ['POST', EVENTS],
    ['DELETE', `${EVENTS}/{eventId}`],
  ])
    await stage.google.addFault({ match: { method, path }, times: 0, effect: { status: 503 } });
  await self.crm.create(inCrm('new', '12'));
  await self.crm.erase(await self.event('kept'));
  await self.sync();
  await chooseDefault(self, group('second'));
  await self.sync();
  await stage.google.clearFaults();
  await self.sync();
  await same('the new one in the new default', () => self.listed(group('second')), ['call', 'new']);
  // What waited is written to the previous default first, so it is there too.
  await same('the deletion at Google', () => self.listed(), ['new']);
  assert.deepEqual(await self.shown(), ['new']);
  await self.crm.erase(await self.event('new'));
  await same('its deletion', () => self.listed(group('second')), ['call']);
  await disconnect(self);
});

test('what was done to copies while disconnected is not carried over', async () => {
  const self = await actor(USERS[1], 'tidy');
  const attendees = [{ email: GUEST }];
  await self.person.insert(atGoogle('meeting', '09', { attendees }));
  await self.person.insert(atGoogle('changed', '10', { attendees }));
  await self.person.insert(atGoogle('moved', '11', { attendees }));
  const all = ['changed', 'meeting', 'moved'];
  await self.sync();
  await same('the import', self.shown, all);
  await disconnect(self);
  await stage.google.resetStats();
  await self.crm.erase(await self.event('meeting'));
  await self.crm.erase(await self.event('moved'));
  await self.crm.change(await self.event('changed'), { summary: 'mine' });

  const { flow, step } = await openSettings(self.crm, self.email);
  const preview = await toPreview(self.crm, flow, {
    ...step.values,
    default_calendar: self.email,
  });
  const changed = /restored|set_aside/;
  assert.deepEqual(
    preview.notes.filter(({ key }) => changed.test(key)),
    [
      { key: 'setup.preview.restored_many', args: { count: 2 } },
      { key: 'setup.preview.set_aside_one', args: { count: 1 } },
    ],
  );
  for (const language of ['de', 'en']) {
    const texts = await self.crm.strings(language);
    for (const note of preview.notes) assert.match(texts[note.key], /\w/);
  }
  await self.crm.answer(flow, 'preview', { existing: 'none' });
  await same('the copies', self.shown, all);
  await self.sync();
  assert.deepEqual(await self.listed(), all);
  const { writes, mails } = await stage.google.product();
  assert.equal(writes, 0, 'requests that write');
  assert.deepEqual(mails, [], 'mails');
  await self.crm.erase(await self.event('meeting'));
  await same('a deletion after the return', () => self.listed(), ['changed', 'moved']);
  await disconnect(self);
});

test('one calendar reached through two accounts is one calendar', async () => {
  const owner = await actor(USERS[2], 'owner', ['owner@example.com', group('shared')], {
    default: group('shared'),
  });
  const partner = await actor(USERS[2], 'partner', ['partner@example.com', group('shared')], {
    default: 'present',
  });
  await owner.crm.create(inCrm('call', '10'));
  await same('the export', () => owner.listed(group('shared')), ['call']);
  await partner.sync();
  assert.deepEqual(await owner.shown(), ['call']);
  await disconnect(owner);
  await same('one appointment', partner.shown, ['call']);
  await partner.person.insert(atGoogle('later', '12'), group('shared'));
  await same('a new appointment through the other account', partner.shown, ['call', 'later']);
  await disconnect(partner);
});

test('an account keeps its primary calendar when its address changes', async () => {
  const self = await actor(USERS[3], 'maiden');
  await self.person.insert(atGoogle('old', '09'));
  await self.sync();
  await same('the import', self.shown, ['old']);
  await stage.emulator.stop();
  const renamed = readFileSync(stage.state, 'utf8').replaceAll('maiden@', 'married@');
  writeFileSync(stage.state, renamed);
  await stage.startGoogle();
  const person = await stage.google.person('married@example.com');
  await person.insert(atGoogle('new', '10'));
  await self.crm.create(inCrm('call', '11'));
  await self.sync();
  await same('the appointments', self.shown, ['call', 'new', 'old']);
  const listed = async () => (await person.list()).map((one) => one.summary).sort();
  await same('the export', listed, ['call', 'new', 'old']);
  const [state] = await self.crm.accounts();
  assert.equal(state.health.state, 'ok', JSON.stringify(state.health));
  self.email = 'married@example.com';
  await disconnect(self);
  await connect(self.crm, self.email, { name: 'married' });
  await self.sync();
  await same('each appointment once', self.shown, ['call', 'new', 'old']);
});

test('deleting an invitation cannot be undone, and says why', async () => {
  const self = await actor(USERS[0], 'host');
  const other = await stage.google.person('tidy@example.com');
  await other.insert(
    atGoogle('invitation', '14', { attendees: [{ email: self.email }] }),
    'primary',
    { sendUpdates: 'all' },
  );
  // Not by push: the first run may still be about to open the channel.
  await self.sync();
  await same('the invitation', self.shown, ['invitation']);
  const { undo } = await self.crm.erase(await self.event('invitation'));
  await assert.rejects(self.crm.undo(undo), (error) => {
    assert.equal(error.status, 403);
    assert.equal(error.key, 'event.read_only.declined');
    return true;
  });
  await self.sync();
  assert.deepEqual(await self.shown(), []);
  const status = await self.crm.call('GET', `/api/accounts/${self.id}/status`);
  assert.deepEqual(status.held ?? [], []);
});
