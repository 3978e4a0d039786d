// What the emulator starts with and comes back to: worlds and .ics files, a saved state, a seed.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { startEmulator } from './support/emulator.mjs';
import { EMULATOR } from './support/paths.mjs';
import { Program } from './support/program.mjs';
import { scratch } from './support/scratch.mjs';

const EVENTS = '/calendar/v3/calendars/primary/events';
const folder = scratch('crm-worlds-');
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, typeof text === 'string' ? text : JSON.stringify(text));
  return path;
}

const allDay = (date, rest) => ({
  start: { date },
  end: { date: `${date.slice(0, 8)}28` },
  ...rest,
});
const WORLD = {
  accounts: [
    {
      email: 'anna@example.com',
      tokens: [{ access_token: 'anna-access', refresh_token: 'anna-refresh' }],
      calendars: [{ primary: true, events: [allDay('2026-03-01', { summary: 'Fair' })] }],
    },
  ],
};
const ICS = `BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:a@x
DTSTART;VALUE=DATE:20261225
SUMMARY:Holiday
END:VEVENT
END:VCALENDAR
`;

/** An emulator and what a client with Anna's token of the world sees of it. */
async function started(...args) {
  const { program, origin } = await startEmulator(args);
  const headers = { 'Authorization': 'Bearer anna-access', 'Content-Type': 'application/json' };
  const call = async (path, body) => {
    const method = body === undefined ? 'GET' : 'POST';
    const answer = await fetch(origin + path, { method, headers, body: JSON.stringify(body) });
    return { status: answer.status, body: await answer.json() };
  };
  const seen = async () => [
    (await call(`${EVENTS}?showDeleted=true`)).body,
    (await call('/calendar/v3/users/me/calendarList')).body,
    (await call('/_emulator/accounts')).body,
    (await call('/_emulator/channels')).body,
  ];
  return { program, call, seen, reset: () => call('/_emulator/reset', { to: 'world' }) };
}

test('a world and an .ics file come back with their ids, the seed repeats them', async () => {
  const args = ['--load', file('a.json', WORLD), '--load', file('a.ics', ICS), '--seed', '7'];
  const one = await started(...args);
  try {
    const before = await one.seen();
    assert.equal(before[1].items.length, 2);
    const created = (await one.call(EVENTS, allDay('2026-04-01'))).body.id;
    for (let i = 0; i < 3; ++i) {
      await one.call('/_emulator/clock', { advance: 90_000 });
      assert.deepEqual((await one.reset()).body, { ok: true, events: 2, problems: [] });
      assert.deepEqual(await one.seen(), before);
      assert.equal((await one.call(EVENTS, allDay('2026-04-01'))).body.id, created);
    }
    const ids = (items) => items.map(({ id }) => id);
    const other = await started(...args);
    try {
      const again = await other.seen();
      assert.deepEqual(ids(again[0].items), ids(before[0].items));
      assert.deepEqual(ids(again[1].items), ids(before[1].items));
      assert.deepEqual(again[2], before[2]);
    } finally {
      await other.program.stop();
    }
  } finally {
    await one.program.stop();
  }
});

test('a reset that cannot read its files says so and changes nothing', async () => {
  const path = file('b.json', WORLD);
  const google = await started('--load', path);
  try {
    const before = await google.seen();
    await google.call(EVENTS, allDay('2026-04-01'));
    const changed = await google.seen();
    rmSync(path);
    let answer = await google.reset();
    assert.equal(answer.status, 500);
    assert.match(answer.body.error, /b\.json: cannot be read$/);
    file('b.json', '{"accounts": [');
    answer = await google.reset();
    assert.equal(answer.status, 500);
    assert.match(answer.body.error, /b\.json: JSON, byte \d+/);
    assert.deepEqual(await google.seen(), changed);
    file('b.json', WORLD);
    assert.equal((await google.reset()).status, 200);
    assert.deepEqual(await google.seen(), before);
  } finally {
    await google.program.stop();
  }
});

test('a saved state is what the next process starts with and comes back to', async () => {
  const args = ['--state', join(folder, 'state'), '--load', file('c.json', WORLD)];
  const first = await started(...args);
  await first.call(EVENTS, allDay('2026-04-01', { summary: 'Saved' }));
  const saved = await first.seen();
  await first.program.stop();
  const second = await started(...args);
  try {
    assert.deepEqual(await second.seen(), saved, 'with the token of the world');
    await second.call(EVENTS, allDay('2026-05-01'));
    await second.call('/_emulator/load', { accounts: [{ email: 'more@example.com' }] });
    assert.equal((await second.reset()).status, 200);
    assert.deepEqual(await second.seen(), saved);
  } finally {
    await second.program.stop();
  }
});

test('problems of a world are named by file and place, without its tokens', async () => {
  const world = structuredClone(WORLD);
  world.accounts[0].tokens.push({ access_token: 'SECRET', scope: 'calendar' });
  world.accounts[0].tokens.push({ access_token: 'SECRET' });
  const google = await started('--load', file('d.json', world));
  try {
    const log = google.program.log();
    assert.match(log, /d\.json: accounts\[0\]\.tokens\[1\]: unknown member scope\n/);
    assert.match(log, /d\.json: accounts\[0\]\.tokens\[2\]\.access_token: an earlier token /);
    assert.doesNotMatch(log, /SECRET/);
    assert.equal((await google.reset()).body.problems.length, 2, 'as at the start');
  } finally {
    await google.program.stop();
  }
});

test('a seed is refused beside a state, whose ids it would repeat', async () => {
  const program = new Program('google_emulator', EMULATOR, ['--seed', '1', '--state', folder]);
  const { code } = await program.ended;
  assert.notEqual(code, 0);
  assert.match(program.log(), /--state excludes --seed/);
});
