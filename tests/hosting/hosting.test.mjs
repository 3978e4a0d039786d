// What a plugin that breaks the contract costs: itself. The built host loads plugins that throw,
// hang, crash, end the process or lack functions (bad_plugin.cpp), beside one that keeps the
// contract. A hang lasts longer than every wait of these tests.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Crm } from '../e2e/support/crm.mjs';
import { BUILD, HOST } from '../e2e/support/paths.mjs';
import { freePorts, Program } from '../e2e/support/program.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { until } from '../e2e/support/until.mjs';

const LIBRARIES = process.env.BAD_PLUGINS ?? join(BUILD, 'tests/hosting/plugins');
const ADMIN = { email: 'admin@crm.example', password: 'Verwaltung-2026' };
const GOOD = 'keeps_the_contract';
const END_MS = 10_000;

const idOf = (behaviour) => `com.example.${behaviour}`;
const digest = (file) => `sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`;

function layPackage(folder, behaviour, services = []) {
  const at = join(folder, behaviour);
  mkdirSync(join(at, 'strings'), { recursive: true });
  copyFileSync(join(LIBRARIES, `${behaviour}.so`), join(at, 'plugin.so'));
  writeFileSync(join(at, 'strings/en.json'), JSON.stringify({ 'plugin.name': behaviour }));
  const manifest = {
    manifest_version: 1,
    id: idOf(behaviour),
    version: '1.0.0',
    abi: { major: 0, minor: 4 },
    name_key: 'plugin.name',
    add_key: 'plugin.name',
    library: 'plugin.so',
    requires: ['crm.log/0', 'crm.tasks/0'],
    optional: ['crm.options/0', ...services],
    provides: ['crm.settings/0', 'crm.hooks/0', 'crm.http/0', 'crm.run/0'],
    routes: [{ path: 'hello', methods: ['GET'], auth: 'none', max_body: 0 }],
    hooks: ['record_changed'],
    files: Object.fromEntries(
      ['plugin.so', 'strings/en.json'].map((name) => [name, digest(join(at, name))]),
    ),
  };
  writeFileSync(join(at, `${behaviour}.json`), JSON.stringify(manifest));
}

const hosts = [];
after(() => Promise.all(hosts.map((one) => one.program?.kill())));

// A log-in is made to be expensive: there is one, and each world begins with a copy of its data.
const template = scratch('crm-hosting-');
const session = await (async () => {
  mkdirSync(join(template, 'plugins'));
  const seed = join(template, 'seed.json');
  writeFileSync(seed, JSON.stringify({ users: [{ ...ADMIN, name: 'Admin', role: 'admin' }] }));
  const [port] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  const program = new Program('crm_host', HOST, [
    ...['--data', join(template, 'data'), '--seed', seed, '--listen', `127.0.0.1:${port}`],
  ]);
  await program.ready(async () => (await fetch(`${origin}/`)).ok);
  const answer = await fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: ADMIN.email, password: ADMIN.password }),
  });
  const cookie = answer.headers.get('set-cookie').split(';')[0];
  const { csrf } = await answer.json();
  await program.stop();
  return { cookie, csrf };
})();

class World {
  constructor(behaviours) {
    hosts.push(this);
    this.folder = scratch('crm-hosting-');
    mkdirSync(join(this.folder, 'plugins'));
    behaviours.forEach((behaviour) => layPackage(join(this.folder, 'plugins'), behaviour));
    cpSync(join(template, 'data'), join(this.folder, 'data'), { recursive: true });
  }

  // Returns when the page answers.
  async start(...args) {
    const [port] = await freePorts(1);
    this.origin = `http://127.0.0.1:${port}`;
    this.program = new Program('crm_host', HOST, [
      ...['--data', join(this.folder, 'data')],
      ...['--plugins', join(this.folder, 'plugins'), '--dev-unsigned'],
      ...['--listen', `127.0.0.1:${port}`, ...args],
    ]);
    await this.program.ready(async () => (await this.get('/')).ok);
    return this;
  }

  // Starts a host that its plugin ends.
  async startAndCrash() {
    try {
      await this.start();
    } catch {
      // it ended before the page was asked for
    }
  }

  get = (path, timeout = 5000) =>
    fetch(this.origin + path, { signal: AbortSignal.timeout(timeout) });
  hello = (behaviour, timeout) => this.get(`/plugins/${idOf(behaviour)}/hello`, timeout);

  admin() {
    this.crm = Object.assign(new Crm(this.origin), session);
    return this.crm;
  }

  async plugin(behaviour) {
    const all = await this.crm.plugins();
    return all.find((plugin) => plugin.id === idOf(behaviour));
  }

  // Waits until the plugin has another state than "starting".
  started = (behaviour) =>
    until(`the start of ${behaviour}`, async () => {
      const found = await this.plugin(behaviour);
      return found.state === 'starting' ? null : found;
    });

  says = (text) => until(`"${text}"`, () => this.program.log().includes(text));

  // SIGTERM; how long the end took, and how.
  async end() {
    const begun = performance.now();
    const how = await this.program.stop(2 * END_MS);
    return { ms: performance.now() - begun, how };
  }
}

async function works(world) {
  const answer = await world.hello(GOOD);
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), 'well');
}

test('plugins that throw or lack a function are refused, and the others run', async () => {
  const reasons = {
    throws_in_create: 'its create threw an exception: not today',
    throws_in_prepare: 'its prepare threw an exception: not today',
    throws_in_self_check: 'its self_check threw an exception: not today',
    throws_in_capability: 'its capability threw an exception: not today',
    throws_in_start: 'its start threw an exception: not today',
    lacks_self_check: 'the plugin has no function self_check',
    lacks_destroy: 'the plugin has no function destroy',
    lacks_handle: 'its table crm.http/0 has no function handle',
  };
  const world = await new World([...Object.keys(reasons), GOOD]).start();
  world.admin();
  for (const [behaviour, reason] of Object.entries(reasons)) {
    const found = await world.started(behaviour);
    assert.equal(found.state, 'refused', behaviour);
    assert.ok(found.reason.includes(reason), `${behaviour}: ${found.reason}`);
  }
  await works(world);
  assert.equal((await world.end()).how.code, 0);
});

test('a throw in a request, a run, a hook or the end is an error of that call', async () => {
  const throwing = ['handle', 'step', 'run', 'record_changed', 'quiesce', 'destroy'];
  const world = await new World([...throwing.map((call) => `throws_in_${call}`), GOOD]).start();
  const crm = world.admin();
  for (const call of throwing)
    assert.equal((await world.started(`throws_in_${call}`)).state, 'running', call);

  const answer = await world.hello('throws_in_handle');
  assert.equal(answer.status, 503);
  assert.match(
    (await answer.json()).error.message,
    /^the plugin com\.example\.throws_in_handle failed in its handle$/,
  );
  await world.says('"call":"handle","error":"threw an exception: not today"');
  await assert.rejects(
    crm.call('POST', '/api/flows', { plugin: idOf('throws_in_step'), kind: 'setup' }),
    /the plugin com\.example\.throws_in_step failed in its step/,
  );
  await world.says('"plugin":"com.example.throws_in_run","call":"run"');
  await crm.call('POST', '/api/leads', { name: 'Lead', emails: ['lead@customers.example'] });
  await world.says('"plugin":"com.example.throws_in_record_changed","call":"record_changed"');
  await works(world);
  const { ms, how } = await world.end();
  assert.ok(ms < END_MS, `${ms} ms`);
  assert.equal(how.code, 1); // those that did not stop are named, and the process ends
});

test('the page answers while plugins hang in their start, and SIGTERM ends the host', async () => {
  const hanging = ['hangs_in_prepare', 'hangs_in_capability', 'hangs_in_start'];
  const world = await new World([...hanging, GOOD]).start();
  world.admin();
  await world.started(GOOD);
  await works(world);
  for (const behaviour of hanging)
    assert.equal((await world.plugin(behaviour)).state, 'starting', behaviour);
  assert.equal((await world.hello('hangs_in_start')).status, 503); // its sender repeats it
  const { ms } = await world.end();
  assert.ok(ms < END_MS, `${ms} ms`);
});

test('calls that hang or are not answered cost no page, no other plugin and no end', async () => {
  const calls = ['handle', 'run', 'record_changed', 'quiesce', 'destroy'];
  const hanging = calls.map((call) => `hangs_in_${call}`);
  const world = await new World([...hanging, 'never_answers', GOOD]).start();
  const crm = world.admin();
  for (const behaviour of hanging) await world.started(behaviour);
  const requests = [];
  for (let i = 0; i < 8; ++i)
    for (const behaviour of ['hangs_in_handle', 'never_answers'])
      requests.push(world.hello(behaviour, 60_000).catch(() => null));
  await crm.call('POST', '/api/leads', { name: 'Lead', emails: ['lead@customers.example'] });
  await world.says('bad.hook');
  await world.says('bad.run');
  for (let i = 0; i < 3; ++i) {
    assert.ok((await world.get('/')).ok);
    await works(world);
  }
  // A call promises to return at once: after ten seconds no other request waits for it.
  const refusal = await until(
    'a refusal',
    async () => {
      const found = await world.plugin('hangs_in_handle');
      return found.state === 'stuck' ? world.hello('hangs_in_handle') : null;
    },
    { timeout: 30_000 },
  );
  assert.equal(refusal.status, 503);
  assert.match(
    (await refusal.json()).error.message,
    /com\.example\.hangs_in_handle does not answer: its handle has not returned/,
  );
  const { ms, how } = await world.end();
  assert.ok(ms < END_MS, `${ms} ms`);
  assert.equal(how.code, 1);
  await Promise.all(requests);
});

for (const [behaviour, call, how] of [
  ['crashes_in_start', 'start', 'SIGSEGV'],
  ['aborts_in_start', 'start', 'SIGABRT'],
  ['exits_in_start', 'start', 'exit'],
])
  test(`after ${behaviour} the next start serves pages and leaves that version out`, async () => {
    const world = new World([behaviour, GOOD]);
    await world.startAndCrash();
    await world.program.ended;
    await world.start();
    world.admin();
    const found = await world.started(behaviour);
    assert.equal(found.state, 'refused');
    assert.match(found.reason, new RegExp(`version 1\\.0\\.0 ended the host: ${how} in ${call}`));
    assert.deepEqual(found.crash, { call, how });
    await works(world);
    // A process that begins once more forgets nothing.
    await world.end();
    await world.start();
    world.admin();
    assert.equal((await world.started(behaviour)).state, 'refused');
    await world.end();
  });

for (const [behaviour, call, how] of [
  ['crashes_in_handle', 'handle', 'SIGSEGV'],
  ['aborts_in_handle', 'handle', 'SIGABRT'],
  ['crashes_in_thread', 'a thread of its own', 'SIGSEGV'],
])
  test(`after ${behaviour} the version is left out until an administrator allows it`, async () => {
    const world = await new World([behaviour, GOOD]).start();
    world.admin();
    await world.started(behaviour);
    await world.hello(behaviour).catch(() => null);
    const { signal } = await world.program.ended;
    assert.equal(signal, how);
    await world.start();
    const crm = world.admin();
    const found = await world.started(behaviour);
    assert.equal(found.state, 'refused');
    assert.deepEqual(found.crash, { call, how });
    const refused = await world.hello(behaviour);
    assert.equal(refused.status, 503);
    assert.equal(
      (await refused.json()).error.message,
      `the plugin ${idOf(behaviour)} is not running`,
    );
    await works(world);
    await crm.call('POST', `/api/plugins/${idOf(behaviour)}/allow`);
    await until('the plugin runs', async () => (await world.plugin(behaviour)).state === 'running');
    await world.end();
  });

test('a start that no handler sees the end of is given up after two of them', async () => {
  const world = new World(['leaves_in_start', GOOD]);
  for (let i = 0; i < 2; ++i) {
    await world.startAndCrash();
    await world.program.ended;
  }
  await world.start();
  world.admin();
  const found = await world.started('leaves_in_start');
  assert.equal(found.state, 'refused');
  assert.deepEqual(found.crash, { call: 'start', how: 'was killed twice' });
  await works(world);
  await world.end();
});

test('an account of a plugin that is gone is shown and can be removed', async () => {
  const world = new World([]);
  layPackage(join(world.folder, 'plugins'), GOOD, ['crm.secrets/0']);
  await world.start();
  let crm = world.admin();
  await world.started(GOOD);
  const connect = () => crm.call('POST', '/api/flows', { plugin: idOf(GOOD), kind: 'setup' });
  await connect();
  assert.equal((await crm.accounts())[0].plugin_state, 'running');
  await assert.rejects(
    crm.call('DELETE', `/api/accounts/${(await crm.accounts())[0].id}`),
    /the plugin runs/,
  );
  await world.end();

  const packages = join(world.folder, 'plugins');
  renameSync(join(packages, GOOD), join(world.folder, 'kept'));
  await world.start();
  crm = world.admin();
  const [account] = await crm.accounts();
  assert.equal(account.plugin_state, 'missing');
  await crm.call('DELETE', `/api/accounts/${account.id}`);
  assert.deepEqual(await crm.accounts(), []);
  await world.end();

  const command = ['--data', join(world.folder, 'data'), '--plugins', packages, '--dev-unsigned'];
  const removed = spawnSync(HOST, [...command, 'plugin', 'remove', idOf(GOOD), '--purge']);
  const said = String(removed.stdout);
  assert.match(said, /Mine: its access was not revoked \(it is not installed\); remove it at/);
  assert.match(said, /com\.example\.keeps_the_contract: 1 accounts removed, nothing is kept of it/);
  assert.equal(removed.status, 0);
  const again = spawnSync(HOST, [...command, 'plugin', 'remove', idOf(GOOD)]);
  assert.equal(again.status, 1);
  assert.match(String(again.stderr), /nothing is kept of a plugin com\.example\.keeps_the_con/);
});

test('a plugin gets the services of its manifest, and its own options and texts', async () => {
  const options = [
    ...['--plugin-option', `${idOf('asks_for_more')}:own=1`],
    ...['--plugin-option', `${idOf(GOOD)}:foreign=2`],
  ];
  const world = await new World(['asks_for_more', GOOD]).start(...options);
  world.admin();
  await world.started('asks_for_more');
  await world.says('"services":""');
  await world.says('"key":"own","value":"1"');
  await world.says('"key":"foreign","value":"none"');
  const texts = await (await world.get('/api/strings/en?by=plugin')).json();
  assert.equal(texts[idOf(GOOD)]['plugin.name'], GOOD);
  assert.equal(texts[idOf('asks_for_more')]['plugin.name'], 'asks_for_more');
  await world.end();
});
