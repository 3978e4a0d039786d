// The demo world itself, read through Google's own client: it has the promised content, and is the
// same on every machine.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { Google } from './support/google.mjs';
import { EMULATOR } from './support/paths.mjs';
import { freePorts, Program } from './support/program.mjs';
import { scratch } from './support/scratch.mjs';
import { clockChanges } from './world/days.mjs';
import { count, matches } from './world/expect.mjs';
import { publicHolidays } from './world/holidays.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';
import { CALENDARS, HOLIDAY_NAME, makeWorld, writeWorld } from './world/world.mjs';

const world = makeWorld({ today: '2026-11-24' });
const folder = scratch('crm-world-');
let emulator, google, lena;

before(async () => {
  const files = writeWorld(world, folder);
  const [port] = await freePorts(1);
  emulator = new Program('google_emulator', EMULATOR, [
    '--listen',
    `127.0.0.1:${port}`,
    '--load',
    files.google,
    '--load',
    `${GOOGLE_ACCOUNT.email}=${files.holidays}`,
  ]);
  google = new Google(`http://127.0.0.1:${port}`);
  await emulator.ready(async () => (await fetch(`${google.origin}/_emulator/stats`)).ok);
  lena = await google.person(GOOGLE_ACCOUNT.email);
});

after(async () => {
  await emulator?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the same seed and day give the same bytes', () => {
  assert.equal(JSON.stringify(makeWorld({ today: '2026-11-24' })), JSON.stringify(world));
  assert.notEqual(
    JSON.stringify(makeWorld({ today: '2026-11-24', seed: 'another' }).google),
    JSON.stringify(world.google),
  );
});

test('any day gives about 800 appointments of every kind', () => {
  for (const today of [
    '2026-11-24',
    '2026-03-29',
    '2027-02-28',
    '2028-02-29',
    '2026-12-31',
    '2027-01-01',
    '2027-10-31',
  ]) {
    const numbers = count(makeWorld({ today }), 'primary');
    assert.equal(numbers.items + count(makeWorld({ today }), CALENDARS.travel).items, 800, today);
    for (const kind of ['series', 'moved', 'cancelled'])
      assert.ok(numbers[kind] >= 15, `${today}: ${kind} ${numbers[kind]}`);
    for (const kind of ['allDay', 'private', 'withGuests'])
      assert.ok(numbers[kind] >= 40, `${today}: ${kind} ${numbers[kind]}`);
  }
});

test('customers match leads, contacts, both and neither', () => {
  assert.equal(world.crm.leads.length, 40);
  assert.equal(world.crm.contacts.length, 60);
  const found = matches(world, ['primary', CALENDARS.travel]);
  assert.ok(found.leads.size > 30 && found.contacts.size > 45 && !found.leads.has('Sandra Vogel'));
  const both = found.perRecord.get('leads/Dieter Krüger'),
    contact = found.perRecord.get('contacts/Bernd Wagner');
  assert.ok(
    both.size > 0 && [...both].every((event) => contact.has(event)),
    'one address, a lead and a contact',
  );
});

test('Google holds every item of the loaded world', async () => {
  const items = await lena.list('primary', { showDeleted: true });
  const numbers = count(world, 'primary');
  const masters = items.filter((item) => !item.recurringEventId);
  assert.equal(masters.length, numbers.appointments + numbers.hidden);
  assert.equal(
    items.filter((item) => item.recurringEventId && item.status === 'cancelled').length,
    numbers.cancelled,
  );
  assert.equal(
    items.filter((item) => item.recurringEventId && item.status !== 'cancelled').length,
    numbers.moved,
  );
  const calendars = await lena.calendars();
  assert.deepEqual(
    new Set(calendars.map((one) => one.accessRole)),
    new Set(['owner', 'writer', 'reader']),
  );
  assert.equal(calendars.length, 5);
  assert.equal(calendars.find((one) => one.summary === HOLIDAY_NAME).accessRole, 'reader');
  const { total, writes, mails } = await google.product();
  assert.deepEqual({ total, writes, mails }, { total: 0, writes: 0, mails: [] });
});

test('a series across a clock change keeps local times and its exceptions', async () => {
  const [jour] = await lena.find('Jour fixe Hansa Verpackung');
  for (const { day } of clockChanges(world.range.from, world.range.to)) {
    const around = await lena.instances(jour.id, 'primary', {
      timeMin: new Date(Date.parse(day) - 20 * 86_400_000).toISOString(),
      timeMax: new Date(Date.parse(day) + 30 * 86_400_000).toISOString(),
    });
    const moved = around.filter((one) => one.summary.endsWith('(vorgezogen)'));
    if (
      Date.parse(day) - Date.parse(world.range.from) > 30 * 86_400_000 &&
      Date.parse(world.range.to) - Date.parse(day) > 30 * 86_400_000
    )
      assert.ok(
        moved.some((one) => one.start.dateTime < day && one.originalStartTime.dateTime > day),
        `${day}: an instance jumps over the change`,
      );
    for (const one of around.filter(
      (instance) => !moved.includes(instance) && instance.summary === jour.summary,
    ))
      assert.equal(one.start.dateTime.slice(11, 16), '14:00', one.start.dateTime);
  }
});

test('the holidays are those of Germany', async () => {
  const known = publicHolidays(2026, 2026);
  const national = known
    .filter((holiday) => holiday.states.length === 0)
    .map(({ day, name }) => `${day} ${name}`);
  for (const day of [
    '2026-01-01',
    '2026-04-03',
    '2026-04-06',
    '2026-05-01',
    '2026-05-14',
    '2026-05-25',
    '2026-10-03',
    '2026-12-25',
    '2026-12-26',
  ])
    assert.ok(
      national.some((holiday) => holiday.startsWith(day)),
      `${day} is kept everywhere`,
    );
  assert.equal(national.length, 9, national.join(', '));
  const reformation = known.find((holiday) => holiday.day === '2026-10-31');
  assert.ok(reformation.states.includes('Sachsen') && !reformation.states.includes('Bayern'));
  const holidays = (await lena.calendars()).find((one) => one.summary === HOLIDAY_NAME);
  const items = await lena.list(holidays.id, {
    timeMin: '2026-12-20T00:00:00Z',
    timeMax: '2026-12-31T00:00:00Z',
  });
  assert.deepEqual(items.map((item) => item.start.date).sort(), ['2026-12-25', '2026-12-26']);
});
