// A CRM of another vendor, in 250 lines, on the public headers of crm_hosting: the shipped plugin
// is set up in it over the settings API, and one appointment goes each way.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Crm } from '../e2e/support/crm.mjs';
import { Google } from '../e2e/support/google.mjs';
import { BUILD, EMULATOR, PLUGIN, PLUGINS, REPOSITORY } from '../e2e/support/paths.mjs';
import { freePorts, Program } from '../e2e/support/program.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { connect, storeClient } from '../e2e/support/setup.mjs';
import { until } from '../e2e/support/until.mjs';
import { today } from '../e2e/support/stage.mjs';
import { GOOGLE_ACCOUNT } from '../e2e/world/people.mjs';
import { makeWorld, writeWorld } from '../e2e/world/world.mjs';

const SOURCES = join(REPOSITORY, 'src/hosting/example_host');
const PROGRAM = process.env.EXAMPLE_HOST ?? join(BUILD, 'bin/example_host');
const folder = scratch('crm-example-');

/** Its user, who is always logged in; the header shows that no page of another site asks. */
class Page extends Crm {
  send = (method, path, body, headers = {}) =>
    super.send(method, path, body, { 'X-Example-Host': '1', ...headers });
  appointments = () => this.call('GET', '/appointments');
}

let host, emulator, google, page, origin;

async function startHost(plugins = PLUGINS) {
  host = new Program('example_host', PROGRAM, [
    ...[join(folder, 'data'), plugins, new URL(origin).port, google.origin],
  ]);
  await host.ready(async () => {
    const found = await page.plugins();
    return (
      plugins !== PLUGINS || found.some(({ id, state }) => id === PLUGIN && state === 'running')
    );
  });
}

before(async () => {
  const [port, googlePort] = await freePorts(2);
  origin = `http://127.0.0.1:${port}`;
  google = new Google(`http://127.0.0.1:${googlePort}`);
  page = new Page(origin);
  const world = writeWorld(makeWorld({ today: today() }), join(folder, 'world'));
  emulator = new Program('google_emulator', EMULATOR, [
    ...['--listen', `127.0.0.1:${googlePort}`, '--load', world.google],
  ]);
  await emulator.ready(async () => (await fetch(`${google.origin}/_emulator/stats`)).ok);
  await startHost();
});
after(() => Promise.all([host?.kill(), emulator?.kill()]));

test('it has at most 250 lines of 100 columns and includes no header of src', () => {
  const files = readdirSync(SOURCES).map((name) => readFileSync(join(SOURCES, name), 'utf8'));
  const lines = files.flatMap((text) => text.trimEnd().split('\n'));
  assert.ok(lines.length <= 250, `${lines.length} lines`);
  assert.deepEqual(
    lines.filter((line) => line.length > 100 || /#include\s+["<]src\//.test(line)),
    [],
  );
});

test('a request that may come from another site changes nothing', async () => {
  const { status, text } = await new Crm(origin).send('POST', '/api/flows', {
    plugin: PLUGIN,
    kind: 'setup',
  });
  assert.equal(status, 403, text);
  assert.equal(JSON.parse(text).error.key, 'error.csrf');
});

test('one appointment goes each way, and is there after a restart', async () => {
  await storeClient(page);
  const { account } = await connect(page, GOOGLE_ACCOUNT.email);
  assert.equal(account.state, 'active');

  const person = await google.person(GOOGLE_ACCOUNT.email);
  const start = `${today()}T10:00:00Z`;
  const end = `${today()}T11:00:00Z`;
  await person.insert({
    summary: 'Made at Google',
    start: { dateTime: start },
    end: { dateTime: end },
  });
  await page.syncNow(account.id);
  await until('the appointment of Google', async () =>
    (await page.appointments()).some(({ summary }) => summary === 'Made at Google'),
  );

  await page.call('POST', '/appointments', {
    summary: 'Made in the CRM',
    start: { date_time: start },
    end: { date_time: end },
  });
  await until(
    'the appointment of the CRM at Google',
    async () => (await person.find('Made in the CRM')).length === 1,
  );

  const ended = await host.stop();
  assert.deepEqual(ended, { code: 0, signal: null });
  await startHost();
  assert.deepEqual(
    (await page.accounts()).map(({ id, state }) => ({ id, state })),
    [{ id: account.id, state: 'active' }],
  );
  await page.syncNow(account.id);
  const made = (await page.appointments()).filter(({ summary }) => /^Made /.test(summary));
  assert.deepEqual(made.map(({ summary }) => summary).sort(), [
    'Made at Google',
    'Made in the CRM',
  ]);
  assert.equal((await person.find('Made in the CRM')).length, 1, 'it was written twice');
});

// The CRM counts its changes a second time: the plugin, which was away meanwhile, must not take the
// new ones for those that it has read.
test('the database of the CRM is restored alone: no later appointment is skipped', async () => {
  const file = join(folder, 'data/diary.sqlite'),
    backup = join(folder, 'diary.backup'),
    none = join(folder, 'no-plugins');
  const person = await google.person(GOOGLE_ACCOUNT.email);
  const add = (summary) =>
    page.call('POST', '/appointments', {
      summary,
      start: { date_time: `${today()}T12:00:00Z` },
      end: { date_time: `${today()}T13:00:00Z` },
    });
  const arrives = (summary) =>
    until(`${summary} at Google`, async () => (await person.find(summary)).length === 1);
  await host.stop();
  copyFileSync(file, backup);
  await startHost();
  for (const summary of ['Lost 1', 'Lost 2', 'Lost 3']) await add(summary);
  await arrives('Lost 3');
  await host.stop();
  copyFileSync(backup, file);
  mkdirSync(none);
  await startHost(none);
  const made = Array.from({ length: 12 }, (_, i) => `After the restore ${i + 1}`);
  for (const summary of made) await add(summary);
  await host.stop();
  await startHost();
  for (const summary of made) await arrives(summary);
});
