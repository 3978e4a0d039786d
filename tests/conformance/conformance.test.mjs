// The conformance suite for hosts against the built crm_host, as another vendor runs it: the tool
// of host_api makes both packages, a user connects an account of each on the settings page, and
// host_conformance does the rest. The host is killed in between: what survives is durable.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { Crm } from '../e2e/support/crm.mjs';
import { BUILD, HOST, REPOSITORY } from '../e2e/support/paths.mjs';
import { freePorts, Program } from '../e2e/support/program.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { until } from '../e2e/support/until.mjs';

const HOST_API = join(REPOSITORY, 'host_api');
const SUITE = join(HOST_API, 'conformance');
const LIBRARIES = process.env.CONFORMANCE_LIBRARIES ?? join(BUILD, 'tests/conformance');
const USER = { email: 'vera@crm.example', password: 'Vertrieb-2026' };
const PROBE = 'com.example.conformance_probe';
const NEIGHBOUR = 'com.example.conformance_neighbour';

const folder = scratch('crm-conformance-');
const [port] = await freePorts(1);
const origin = `http://127.0.0.1:${port}`;
let program;

function makePackage(name) {
  const made = spawnSync(join(HOST_API, 'tools/plugin_package'), [
    join(SUITE, `${name}.json`),
    join(LIBRARIES, `lib${name}.so`),
    join(SUITE, 'strings'),
    join(folder, 'plugins'),
  ]);
  assert.equal(made.status, 0, String(made.stderr));
}

async function start() {
  program = new Program('crm_host', HOST, [
    ...['--data', join(folder, 'data'), '--seed', join(folder, 'seed.json')],
    ...['--plugins', join(folder, 'plugins'), '--dev-unsigned'],
    ...['--listen', `127.0.0.1:${port}`, '--public-url', origin],
  ]);
  await program.ready(async () => (await fetch(`${origin}/`)).ok);
}

// host_conformance restarts the host by a request to this server.
const restarts = createServer(async (_, response) => {
  await program.kill();
  await start();
  response.end();
});
await new Promise((resolve) => restarts.listen(0, '127.0.0.1', resolve));
after(async () => {
  restarts.close();
  await program?.kill();
  rmSync(folder, { recursive: true, force: true });
});

const checks = (...parts) =>
  new Promise((resolve) => {
    const child = spawn(join(SUITE, 'host_conformance'), parts);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });

test('crm_host keeps every sentence of host_api that can be checked from outside', async () => {
  ['conformance_probe', 'conformance_neighbour'].forEach(makePackage);
  const seed = { users: [{ ...USER, name: 'Vera', role: 'sales' }] };
  writeFileSync(join(folder, 'seed.json'), JSON.stringify(seed));
  mkdirSync(join(folder, 'data'), { recursive: true });
  await start();
  const crm = new Crm(origin);
  await crm.login(USER);
  await crm.call('POST', '/api/leads', { name: 'Kim', emails: ['kim@customers.example'] });
  await until('both plugins', async () => (await crm.connectors()).length === 2);
  for (const plugin of [PROBE, NEIGHBOUR]) {
    const { flow, step } = await crm.startFlow(plugin, 'setup');
    assert.equal(step.type, 'form', JSON.stringify(step));
    const end = await crm.answer(flow, 'probe', { sure: true });
    assert.equal(end.step.type, 'finish', JSON.stringify(end.step));
  }

  const again = `curl -sf http://127.0.0.1:${restarts.address().port}/`;
  const { status, stdout, stderr } = await checks(
    ...['--probe', `${origin}/plugins/${PROBE}`, '--neighbour', `${origin}/plugins/${NEIGHBOUR}`],
    ...['--restart', again, '--record', 'kim@customers.example'],
  );
  const broken = stdout.split('\n').filter((line) => line.startsWith('not ok'));
  assert.equal(status, 0, `${stderr}\n${broken.join('\n')}\n${stdout}`);
  assert.match(stdout, /^# \d+ kept, 0 broken, 0 skipped$/m);
});

test('host_conformance says why it cannot begin', async () => {
  const { status, stderr } = await checks('--probe', `${origin}/plugins/com.example.nothing`);
  assert.equal(status, 2);
  assert.match(stderr, /com\.example\.nothing\/start answered 404/);
});
