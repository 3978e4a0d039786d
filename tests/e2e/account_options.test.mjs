// Options of an account: whose value stays in a conflict, which calendars are edited in the CRM,
// and one default calendar for each user, whichever page sets it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { initialValues, inputOf } from '../../src/host/web/ui/settings/options_from.js';
import { shortWorld } from './crash/short_story.mjs';
import { connect, openSettings, PLUGIN, storeClient } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT } from './world/people.mjs';

const TEAM = 'team@group.calendar.google.com';
const TASKS = 'tasks@group.calendar.google.com';
const OTHER = 'other@gmail.example';
const ZONE = 'Europe/Berlin';

let stage;
let crm;
let account;
let person;

before(async () => {
  const world = shortWorld(today());
  const team = { id: TEAM, summary: 'Team', access_role: 'owner', time_zone: ZONE };
  const tasks = { id: TASKS, summary: 'Base Tasks', access_role: 'owner', time_zone: ZONE };
  world.google.accounts[0].calendars.push(team, tasks);
  world.google.accounts.push({ email: OTHER, name: 'Other' });
  stage = await Stage.open({ world });
  await storeClient(await stage.login(ADMINISTRATOR));
  crm = await stage.login();
  const visible = [GOOGLE_ACCOUNT.email, TEAM];
  ({ account } = await connect(crm, GOOGLE_ACCOUNT.email, { name: 'Nord', visible }));
  person = await stage.google.person(GOOGLE_ACCOUNT.email);
});
after(() => stage?.close());

const act = (what) => crm.call('POST', `/api/accounts/${account.id}/${what}`, {});
const calendar = async (name) => (await crm.calendars()).find((one) => one.name === name);
const day = plus(today(), 20);
const time = (hour) => ({ date_time: `${day}T${hour}:00:00Z`, time_zone: ZONE });
const range = [`${day}T00:00:00Z`, `${plus(day, 1)}T00:00:00Z`];
const shown = async (event) => (await crm.occurrences(...range)).find((one) => one.event === event);

async function saveOptions(changes) {
  const { flow } = await crm.startFlow(PLUGIN, 'options', account.id);
  const { step } = await crm.answer(flow, 'calendars', {});
  const values = { ...initialValues(step.schema, step.values), ...changes };
  const { step: done } = await crm.answer(flow, 'calendars', inputOf(step.schema, values));
  assert.equal(done.type, 'finish', JSON.stringify(done));
}

// An appointment whose title both sides changed while the account was paused.
async function conflict(title) {
  const { id } = await crm.create({ summary: title, start: time('09'), end: time('10') });
  const [there] = await until(`"${title}" at Google`, async () => {
    const found = await person.find(title);
    return found.length === 1 && found;
  });
  await act('pause');
  await crm.change(id, { summary: `${title} (CRM)` });
  await person.patch(there.id, { summary: `${title} (Google)` });
  await act('resume');
  await crm.syncNow(account.id);
  const both = async () => ({
    crm: (await shown(id)).summary,
    google: (await person.get(there.id)).summary,
  });
  return { id, both };
}
const settled = (what, both, title) =>
  until(what, async () => {
    const now = await both();
    return now.crm === title && now.google === title;
  });

// PD-08
test("Google's value stays unless the account says otherwise", async () => {
  const { both } = await conflict('Eins');
  await settled("Google's title on both sides", both, 'Eins (Google)');
});

// PD-08
test("the CRM's value stays when the account says so", async () => {
  await saveOptions({ conflicts: 'crm' });
  const { both } = await conflict('Zwei');
  await settled("the CRM's title on both sides", both, 'Zwei (CRM)');
});

// PD-08
test('an account that asks keeps both values until the user decides', async () => {
  await saveOptions({ conflicts: 'ask' });
  const { both } = await conflict('Drei');
  const waiting = async () =>
    (await crm.accounts())[0].health.attention.find(({ key }) => key === 'health.conflicts');
  assert.equal((await until('the question', waiting)).args.count, 1);
  assert.deepEqual(await both(), { crm: 'Drei (CRM)', google: 'Drei (Google)' });

  const { flow, step: menu } = await crm.startFlow(PLUGIN, 'options', account.id);
  assert.ok(menu.options.some(({ step }) => step === 'conflicts'));
  const { step } = await crm.answer(flow, 'conflicts', {});
  assert.equal(step.args.count, 1);
  assert.equal(step.args.title, 'Drei');
  assert.deepEqual(step.notes, [
    { key: 'options.conflict_summary', args: { crm: 'Drei (CRM)', google: 'Drei (Google)' } },
  ]);
  const { step: done } = await crm.answer(flow, 'conflicts', { decision: 'crm' });
  assert.equal(done.type, 'finish', JSON.stringify(done));
  await settled("the CRM's title on both sides", both, 'Drei (CRM)');
  await until('no question', async () => !(await waiting()));
  await saveOptions({ conflicts: 'google' });
});

// P-19
test('private events are shown as the account says', async () => {
  const there = await person.insert({
    summary: 'Arzt',
    location: 'Praxis',
    visibility: 'private',
    start: { dateTime: `${day}T06:00:00Z` },
    end: { dateTime: `${day}T06:30:00Z` },
  });
  await crm.syncNow(account.id);
  const starts = new Date(`${day}T06:00:00Z`).getTime();
  const titles = async () =>
    (await crm.occurrences(...range))
      .filter(({ start }) => new Date(start).getTime() === starts)
      .map(({ summary }) => summary ?? '');
  const seen = (what, wanted) =>
    until(what, async () => {
      const now = await titles();
      if (JSON.stringify(now) === JSON.stringify(wanted)) return true;
      throw new Error(JSON.stringify(now));
    });
  await seen('the appointment', ['Arzt']);
  await saveOptions({ private_events: 'busy' });
  await seen('a busy time', ['']);
  const [busy] = (await crm.occurrences(...range)).filter(({ summary }) => !summary);
  assert.deepEqual([busy.editable, busy.location], [false, ''], JSON.stringify(busy));
  await saveOptions({ private_events: 'hide' });
  await seen('nothing', []);
  await saveOptions({ private_events: 'keep' });
  await seen('the appointment again', ['Arzt']);
  assert.equal((await person.get(there.id)).location, 'Praxis');
});

// D-08
test('tasks that the CRM shows itself are not doubled by their Google calendar', async () => {
  const own = (await crm.calendars()).find((one) => one.own).id;
  await crm.create({ summary: 'Müller anrufen', start: time('07'), end: time('08') }, own);
  const task = (summary) => ({
    summary,
    start: { dateTime: `${day}T07:00:00Z` },
    end: { dateTime: `${day}T08:00:00Z` },
  });
  await person.insert(task('Müller anrufen'), TASKS);
  await person.insert(task('Nur bei Google'), TASKS);
  await saveOptions({ visible: [GOOGLE_ACCOUNT.email, TEAM, TASKS] });
  const times = async (title) =>
    (await crm.occurrences(...range)).filter(({ summary }) => summary === title).length;
  await until('the other one', async () => (await times('Nur bei Google')) === 1);
  assert.equal(await times('Müller anrufen'), 1);
});

// PD-02
test('a secondary calendar is edited in the CRM when the user raises it', async () => {
  assert.equal((await calendar('Team')).mode, 'view_only');
  await saveOptions({ two_way: [TEAM] });
  await until('the editable calendar', async () => (await calendar('Team')).mode === 'two_way');
  const { id } = await crm.create(
    { summary: 'Im Team', start: time('12'), end: time('13') },
    (await calendar('Team')).id,
  );
  const [there] = await until('it at Google', async () => {
    const found = await person.find('Im Team', TEAM);
    return found.length === 1 && found;
  });
  await crm.change(id, { location: 'Raum 7' });
  await until('the place at Google', async () => {
    return (await person.get(there.id, TEAM)).location === 'Raum 7';
  });
  assert.ok((await calendar('Nord')).is_default, 'the default is the same');
});

// S-17, S-21
test('a default that the calendar page sets is followed by the account', async () => {
  await crm.makeDefault((await calendar('Team')).id);
  const options = async () => {
    const { flow } = await crm.startFlow(PLUGIN, 'options', account.id);
    return (await crm.answer(flow, 'calendars', {})).step;
  };
  await until('the new default in the options', async () => {
    return (await options()).values.default_calendar === TEAM;
  });
  await crm.makeDefault('');
  await until('the CRM calendar in the options', async () => {
    return (await options()).values.default_calendar === 'crm';
  });
  await until('the view-only calendar', async () => {
    return (await calendar('Nord')).mode === 'view_only';
  });
  await crm.create({ summary: 'Nur im CRM', start: time('15'), end: time('16') });
  await crm.syncNow(account.id);
  assert.equal((await person.find('Nur im CRM')).length, 0);
  await saveOptions({ default_calendar: GOOGLE_ACCOUNT.email });
  await until('the default', async () => (await calendar('Nord')).is_default);
});

// PD-11
test("a second account's set-up starts with the user's present default", async () => {
  const { flow, step } = await openSettings(crm, OTHER);
  assert.equal(step.values.default_calendar, 'present');
  assert.equal(step.args.present_name, 'Nord');
  await crm.dropFlow(flow);
});

// PD-11: an account that is set up with the CRM's own calendar as default takes it from the others.
test("the CRM's own calendar can be made the default in a second account's set-up", async () => {
  await connect(crm, OTHER, { name: 'Other', default: 'crm' });
  await until("the CRM's own default", async () => !(await calendar('Nord')).is_default);
  await crm.syncNow(account.id);
  await saveOptions({ default_calendar: GOOGLE_ACCOUNT.email });
  await until('the default in the first account', async () => (await calendar('Nord')).is_default);
});
