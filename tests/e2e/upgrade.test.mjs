// A data folder of the first version (tests/fixtures/162bd67) under today's programs: it is opened
// and migrated, every appointment is there, what waited still waits with its reason, and Google is
// not written to.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { holdCauses } from '../fixtures/162bd67/acts.mjs';
import {
  EMMA,
  FAIR,
  JONAS,
  JONAS_PRIVATE,
  KATHARINA,
  LENA,
  PROJECTS,
  RANGE,
  TEAM,
  TODAY,
} from '../fixtures/162bd67/world.mjs';
import { crmOccurrences, differences, googleOccurrences } from './story/compare.mjs';
import { REPOSITORY } from './support/paths.mjs';
import { scratch } from './support/scratch.mjs';
import { openSettings, PLUGIN, toPreview } from './support/setup.mjs';
import { Stage } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { USERS } from './world/people.mjs';

const [ADMIN, LENA_USER, JONAS_USER, EMMA_USER] = USERS;
const range = [`${RANGE.from}T00:00:00Z`, `${RANGE.to}T00:00:00Z`];
// Watching and stopping a push channel change no calendar.
const isWrite = ({ method, path }) =>
  method !== 'GET' && path.startsWith('/calendar/') && !/\/(watch|stop)$/.test(path);
const calendars = [
  [LENA, 'primary'],
  [LENA, FAIR],
  [LENA, TEAM],
  [JONAS, 'primary'],
  [JONAS_PRIVATE, 'primary'],
  [EMMA, 'primary'],
  [EMMA, PROJECTS],
  [KATHARINA, 'primary'],
];

const folder = scratch('upgrade-');
const persons = {};
let stage, expected, googleBefore;

/** The etag of every event at Google, deleted ones too: each write would change one. */
async function etags() {
  const found = {};
  for (const [email, calendar] of calendars)
    for (const { id, etag } of await persons[email].list(calendar, { showDeleted: true }))
      found[`${calendar} of ${email}: ${id}`] = etag;
  return found;
}

before(async () => {
  const archive = join(REPOSITORY, 'tests/fixtures/162bd67/data.tar.gz');
  execFileSync('tar', ['-C', folder, '-xzf', archive]);
  expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
  stage = await Stage.open({
    world: {
      today: TODAY,
      holidays: '',
      google: { accounts: [] },
      crm: { users: [], leads: [], contacts: [], appointments: [] },
    },
    data: join(folder, 'data'),
    state: join(folder, 'google.state'),
    prepare: async ({ google }) => {
      for (const email of new Set(calendars.map(([one]) => one)))
        persons[email] = await google.person(email, { apart: true });
      googleBefore = await etags();
      await holdCauses(google); // Google still refuses what it refused then
    },
  });
});
after(async () => {
  await stage?.close();
  if (!process.env.E2E_KEEP) rmSync(folder, { recursive: true, force: true });
});

async function actor(user, email) {
  const crm = await stage.login(user);
  const account = async () => (await crm.accounts()).find(({ identity }) => identity === email);
  const status = async () => crm.call('GET', `/api/accounts/${(await account()).id}/status`);
  const sync = async () => crm.syncNow((await account()).id).catch(() => {});
  const calendarOf = async (remote) =>
    (await crm.calendars()).find(({ name }) => name === remote)?.id;
  return { crm, account, status, sync, calendarOf, person: persons[email] };
}

/** Waits until the product requests nothing more. */
async function quiet() {
  let before = -1;
  await until(
    'no more requests',
    async () => {
      const { total } = await stage.google.product();
      const still = total === before;
      before = total;
      return still;
    },
    { timeout: 60_000, every: 700 },
  );
}

/** The newest requests of the product that write to a calendar. */
const writes = async () =>
  (await stage.google.control('GET', '/requests')).requests.filter(isWrite);

/** Asserts that Google is as the first version left it, and that only refused writes came. */
async function assertNothingWritten() {
  for (const { method, path, status } of await writes())
    assert.ok(status >= 400, `${method} ${path} was answered ${status}`);
  assert.deepEqual(await etags(), googleBefore);
  assert.deepEqual((await stage.google.product()).mails, []);
}

/** Asserts which occurrences only the CRM, and which only Google shows; the rest is equal. */
async function assertSides(self, calendar, remote, { crm = [], google = [] } = {}) {
  const here = await crmOccurrences(self.crm, RANGE, await self.calendarOf(calendar));
  const there = await googleOccurrences(self.person, RANGE, remote);
  const { onlyLeft, onlyRight } = differences(here, there);
  const titles = (list) => list.map((one) => one.split('  ')[1]).sort();
  assert.deepEqual(
    { crm: titles(onlyLeft), google: titles(onlyRight) },
    { crm: crm.sort(), google: google.sort() },
  );
  return here.length;
}

/** What the CRM shows, in the words of the fixture. */
async function shown(crm) {
  const names = new Map((await crm.calendars()).map(({ id, name }) => [id, name]));
  return (await crm.occurrences(...range)).map(
    (one) => `${names.get(one.calendar)}|${one.start}|${one.end}|${one.summary}`,
  );
}

const fields = (event) => ({
  summary: event.summary,
  description: event.description,
  location: event.location,
  visibility: event.visibility ?? 'default',
  transparency: event.transparency ?? 'opaque',
  color: event.color ?? event.colorId,
  recurrence: event.recurrence ?? [],
  guests: (event.attendees ?? [])
    .map(({ email, partstat, responseStatus }) =>
      `${email} ${partstat ?? responseStatus ?? 'needs_action'}`.replace('needsA', 'needs_a'),
    )
    .sort(),
});

test('the first version left at least 500 appointments', () => {
  assert.ok(expected.lena.events >= 500, `${expected.lena.events}`);
});

// S-20, S-28
test('every appointment is there, and what waited for an answer has it', async () => {
  await quiet();
  const lost = {
    katharina: [['Geändert, Antwort verloren'], ['Katharina 1']],
    lena: [['Neu, Antwort verloren'], []],
  };
  const users = { katharina: ADMIN, lena: LENA_USER, jonas: JONAS_USER, emma: EMMA_USER };
  for (const [name, user] of Object.entries(users)) {
    const now = await shown(await stage.login(user));
    const { onlyLeft, onlyRight } = differences(now, expected[name].occurrences);
    const titles = (list) => list.map((one) => one.split('|')[3]);
    assert.deepEqual([titles(onlyLeft), titles(onlyRight)], lost[name] ?? [[], []], name);
  }
});

// S-28, P-04
test('Google is not written to; each refused edit is tried once after the update', async () => {
  await assertNothingWritten();
  assert.deepEqual(
    (await writes()).map(({ method, path }) => `${method} ${path.split('/').at(-1)}`).sort(),
    ['DELETE single0042', 'PATCH single0040', 'PATCH single0041', 'POST events'],
  );
});

// S-28
test('each appointment equals its event at Google in every field', async () => {
  const lena = await actor(LENA_USER, LENA);
  const calendar = await lena.calendarOf('Lena');
  const ids = new Set(
    (await lena.crm.occurrences(...range))
      .filter((one) => one.calendar === calendar)
      .map(({ event }) => event),
  );
  const byUid = new Map();
  for (const id of ids) {
    const { event } = await lena.crm.event(id);
    if (event.facts?.ical_uid) byUid.set(event.facts.ical_uid, event);
  }
  const waiting = ['single0040', 'single0041', 'single0042', 'single0043'];
  let compared = 0;
  for (const event of await lena.person.list()) {
    if (event.recurringEventId || waiting.includes(event.id)) continue;
    assert.deepEqual(fields(byUid.get(event.iCalUID)), fields(event), event.summary);
    compared += 1;
  }
  assert.ok(compared >= 400, `${compared}`);
});

// S-23, P-06
test('held appointments are named as before, with their reasons', async () => {
  const lena = await actor(LENA_USER, LENA);
  const { held } = await lena.status();
  const named = (list) => list.map(({ event, key }) => `${event} ${key}`).sort();
  assert.deepEqual(named(held), named(expected.held));
  for (const one of held.filter(({ key }) => /invalid|denied|unreadable/.test(key)))
    assert.ok(one.detail && one.attempts === 2 && one.next_try > Date.now(), JSON.stringify(one));
  for (const language of ['de', 'en']) {
    const texts = await lena.crm.strings(language);
    for (const { key } of held) assert.match(texts[key] ?? '', /\w/, key);
  }
  const { state, attention } = (await lena.account()).health;
  const counts = Object.fromEntries(attention.map(({ key, args }) => [key, args.count]));
  assert.equal(state, 'attention');
  assert.deepEqual(counts, {
    'health.held': 30,
    'health.quarantined': 4,
    'health.unreadable': 1,
    'health.foreign': 1,
  });
  await assertSides(lena, 'Lena', 'primary', {
    crm: ['unmöglicher Inhalt', 'nicht erlaubt', 'unmöglicher Termin', 'Einladung'],
    google: ['Termin 40', 'Termin 41', 'Termin 42'],
  });
  await assertSides(lena, 'Messen', FAIR, {
    crm: Array.from({ length: 30 }, (_, index) => `Messe ${index}`),
  });
  assert.equal(await assertSides(lena, 'Team', TEAM), 20);
});

test('an account without held appointments is in step', async () => {
  const katharina = await actor(ADMIN, KATHARINA);
  assert.equal((await katharina.account()).health.reason, 'health.ok');
  assert.deepEqual((await katharina.account()).health.attention, []);
  assert.ok((await katharina.account()).health.synced_at > Date.now() - 600_000);
  assert.equal(await assertSides(katharina, 'Katharina', 'primary'), 5);
});

// S-12, S-18
test('both unfinished set-ups can be finished', async () => {
  const jonas = await actor(JONAS_USER, JONAS);
  const drafts = (await jonas.crm.flows()).filter(({ kind }) => kind === 'setup');
  assert.equal(drafts.length, 2);
  for (const { flow } of drafts) {
    let { step } = await jonas.crm.flow(flow);
    const atForm = step.step === 'account';
    if (atForm) {
      const values = { ...step.values, name: 'Jonas', default_calendar: JONAS };
      step = await toPreview(jonas.crm, flow, values);
    }
    assert.equal(step.step, 'preview', JSON.stringify(step));
    assert.equal(step.args.appointments, atForm ? 12 : 7);
    ({ step } = await jonas.crm.answer(flow, 'preview', { existing: 'none' }));
    assert.equal(step.type, 'finish', JSON.stringify(step));
  }
  await quiet();
  const accounts = await jonas.crm.accounts();
  assert.deepEqual(accounts.map(({ identity }) => identity).sort(), [JONAS, JONAS_PRIVATE]);
  // One default for each user: the account whose set-up ended last has it.
  const reasons = accounts.map(({ health }) => health.reason).sort();
  assert.deepEqual(reasons, ['health.not_synchronised', 'health.ok']);
  assert.equal(await assertSides(jonas, 'Jonas', 'primary'), 12);
  const privately = { ...jonas, person: persons[JONAS_PRIVATE] };
  assert.equal(await assertSides(privately, 'Jonas privat', 'primary'), 7);
  await assertNothingWritten();
});

// S-28, P-04
test('a disconnected account returns without doubles and without a write', async () => {
  const emma = await actor(EMMA_USER, EMMA);
  assert.equal(await emma.account(), undefined); // not listed while it is disconnected
  const { flow, step } = await openSettings(emma.crm, EMMA);
  const preview = await toPreview(emma.crm, flow, { ...step.values, default_calendar: EMMA });
  const changed = /restored|set_aside/;
  assert.deepEqual(
    preview.notes.filter(({ key }) => changed.test(key)),
    [
      { key: 'setup.preview.restored_many', args: { count: 2 } },
      { key: 'setup.preview.set_aside_one', args: { count: 1 } },
    ],
  );
  await emma.crm.answer(flow, 'preview', { existing: 'none' });
  await quiet();
  await emma.sync();
  const { state, health } = await emma.account();
  assert.equal(state, 'active');
  assert.equal(health.reason, 'health.ok', JSON.stringify(health));
  await assertSides(emma, 'Emma', 'primary');
  await assertNothingWritten();
});

// S-27, S-29, P-06
test('when the causes are gone, everything held is decided and both sides are equal', async () => {
  const lena = await actor(LENA_USER, LENA);
  await stage.google.clearFaults();
  await lena.sync();
  await quiet();
  const { held } = await lena.status();
  const left = new Set(held.map(({ key }) => key));
  assert.deepEqual([...left].sort(), ['held.foreign', 'held.inferred_deletion']);
  await assertSides(lena, 'Lena', 'primary', { crm: ['Einladung'] });

  const { flow } = await lena.crm.startFlow(PLUGIN, 'options', (await lena.account()).id);
  const { step } = await lena.crm.answer(flow, 'held', {});
  await lena.crm.answer(flow, step.step, { ...step.values, decision: 'apply' });
  const invitation = held.find(({ key }) => key === 'held.foreign');
  await lena.crm.erase(invitation.event);
  await lena.sync();
  await quiet();
  assert.deepEqual((await lena.status()).held, []);
  assert.equal((await lena.account()).health.reason, 'health.ok');
  await assertSides(lena, 'Lena', 'primary');
  await assertSides(lena, 'Messen', FAIR);
  assert.deepEqual((await stage.google.product()).mails, []);
});
