// The options of an account and disconnecting it while the product waits for Google: what the user
// stores is not undone, and nothing is written afterwards.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { initialValues, inputOf, withValue } from '../../src/host/web/ui/settings/options_from.js';
import { shortWorld } from './crash/short_story.mjs';
import { connect, PLUGIN, storeClient } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT } from './world/people.mjs';

const TEAM = 'team@group.calendar.google.com';
const LIST = '/calendar/v3/users/me/calendarList';
const DAY = 24 * 3600;

let stage;
let crm;
let account;
let person;

before(async () => {
  const world = shortWorld(today());
  world.google.accounts[0].calendars.push({
    id: TEAM,
    summary: 'Team',
    access_role: 'owner',
    time_zone: 'Europe/Berlin',
  });
  stage = await Stage.open({ world });
  await storeClient(await stage.login(ADMINISTRATOR));
  crm = await stage.login();
  const visible = [GOOGLE_ACCOUNT.email, TEAM];
  ({ account } = await connect(crm, GOOGLE_ACCOUNT.email, { visible }));
  person = await stage.google.person(GOOGLE_ACCOUNT.email);
});
after(() => stage?.close());

// The options form as the browser fills it. `change` gets its values and returns the changed ones.
async function openOptions() {
  const { flow } = await crm.startFlow(PLUGIN, 'options', account.id);
  const { step } = await crm.answer(flow, 'calendars', {});
  const save = async (change) => {
    const values = change(initialValues(step.schema, step.values), step.schema);
    const { step: next } = await crm.answer(flow, 'calendars', inputOf(step.schema, values));
    return next.step === 'default'
      ? (await crm.answer(flow, 'default', { with_guests: false })).step
      : next;
  };
  return { step, save };
}

async function disconnect() {
  const { flow } = await crm.startFlow(PLUGIN, 'options', account.id);
  await crm.answer(flow, 'disconnect', {});
  const { step } = await crm.answer(flow, 'disconnect', { confirm: true });
  assert.equal(step.type, 'finish', JSON.stringify(step));
}

const requests = async (template) => (await stage.google.product()).requests[template] ?? 0;
const calendar = async (name) => (await crm.calendars()).find((one) => one.name === name);

// S-13, S-14
test('options saved while a run waits for the calendar list are kept', async () => {
  await until('the first run', () => calendar('Vertrieb Nord'));
  await person.deleteCalendar(TEAM); // a missing calendar makes each requested run read the list
  await crm.syncNow(account.id);
  await until('the missing calendar', async () => (await calendar('Team')).state === 'gone');
  // What the run learns makes it store the config too.
  await person.api.calendarList.patch({
    calendarId: GOOGLE_ACCOUNT.email,
    requestBody: { colorId: '7' },
  });
  const { save } = await openOptions();
  const before = await requests(`GET ${LIST}`);
  await stage.google.addFault({
    match: { method: 'GET', path: LIST },
    times: 1,
    effect: { delay_ms: 1500 },
  });
  const run = crm.syncNow(account.id);
  await until('the run that waits', async () => (await requests(`GET ${LIST}`)) > before);
  const saved = await save((values) => ({ ...values, name: 'Vertrieb Süd' }));
  assert.equal(saved.type, 'finish', JSON.stringify(saved));
  await run;
  await until('the new name of the calendar', () => calendar('Vertrieb Süd'));
  await crm.syncNow(account.id);
  assert.ok(await calendar('Vertrieb Süd'), 'a later run keeps it');
  assert.equal((await crm.accounts())[0].title, 'Vertrieb Süd');
});

// S-14, S-30, PD-03
test('options can be saved after a visible calendar vanished', async () => {
  const { step, save } = await openOptions();
  assert.ok(!step.values.visible.includes(TEAM), 'what is not listed has no box');
  const unchanged = await save((values) => values);
  assert.equal(unchanged.type, 'finish', JSON.stringify(unchanged));
  const other = await (
    await openOptions()
  ).save((values, schema) => withValue(schema, values, 'default_calendar', 'crm'));
  assert.equal(other.type, 'finish', JSON.stringify(other));
  await until('the CRM calendar as default', async () =>
    (await crm.calendars()).some((one) => one.own && one.is_default),
  );
  const back = await (
    await openOptions()
  ).save((values, schema) => withValue(schema, values, 'default_calendar', GOOGLE_ACCOUNT.email));
  assert.equal(back.type, 'finish', JSON.stringify(back));
  await until('the Google calendar as default', async () =>
    (await crm.calendars()).some((one) => !one.own && one.is_default),
  );
  assert.equal((await calendar('Team')).state, 'gone', 'it stays chosen');
});

// PD-14
test('a run under way stops at a disconnect, and the grant is revoked in the end', async () => {
  const list = 'GET /calendar/v3/calendars/{calendarId}/events';
  await crm.syncNow(account.id);
  const before = await requests(list);
  await stage.google.addFault({
    match: { method: 'GET', path: '/calendar/v3/calendars/{calendarId}/events' },
    times: 1,
    effect: { delay_ms: 2000 },
  });
  await stage.google.addFault({
    match: { method: 'POST', path: '/revoke' },
    times: 0,
    effect: { status: 503 },
  });
  const day = new Date(Date.now() + DAY * 3000).toISOString().slice(0, 10);
  const time = (hour) => ({ date_time: `${day}T${hour}:00:00Z`, time_zone: 'Europe/Berlin' });
  const run = crm.syncNow(account.id).catch(() => {}); // ends with the account
  await until('the run that waits', async () => (await requests(list)) > before);
  await crm.create({ summary: 'Zu spät', start: time('09'), end: time('10') });
  const { writes } = await stage.google.product();
  await disconnect();
  await run;
  await until('an attempt to revoke', async () => (await requests('POST /revoke')) > 0);
  assert.equal((await stage.google.product()).writes, writes, 'nothing was written any more');
  assert.deepEqual((await person.find('Zu spät')).length, 0);
  const open = async () => (await stage.google.channels()).channels ?? [];
  assert.deepEqual(await open(), [], 'no channel is open');

  // While the host is down: an attempt between the two would be the last one, and not be counted.
  await stage.host.kill();
  await stage.google.clearFaults();
  const attempts = await requests('POST /revoke');
  await stage.startHost();
  await until('the revocation', async () => (await requests('POST /revoke')) > attempts);
});
