// The plugin in C of host_api/examples, as its author has it: the folder host_api copied away from
// this repository, a C compiler and the tool that makes packages. The built host loads the package,
// and each feature of the plugin is used.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Crm } from '../e2e/support/crm.mjs';
import { HOST, REPOSITORY } from '../e2e/support/paths.mjs';
import { freePorts, Program } from '../e2e/support/program.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { until } from '../e2e/support/until.mjs';

const PLUGIN = 'com.example.duty_day';
const USER = { email: 'vera@crm.example', password: 'Vertrieb-2026' };
const WARNINGS = ['-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];

const folder = scratch('crm-example-');
const HOST_API = join(folder, 'host_api');
const SOURCES = join(HOST_API, 'examples/duty_day');
const LIBRARY = join(folder, 'libduty_day.so');
const packages = join(folder, 'plugins');
let program, crm, account, calendar;

function compile(compiler, library) {
  const parts = ['-O2', '-fPIC', '-shared', '-fvisibility=hidden', '-pthread', '-I', folder];
  execFileSync(compiler, [...WARNINGS, ...parts, '-o', library, join(SOURCES, 'duty_day.c')]);
}

function makePackage() {
  const tool = join(HOST_API, 'tools/plugin_package');
  const parts = [join(SOURCES, 'duty_day.json'), LIBRARY, join(SOURCES, 'strings'), packages];
  return spawnSync(tool, parts, { encoding: 'utf8' });
}

async function start() {
  const [port] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  program = new Program('crm_host', HOST, [
    ...['--data', join(folder, 'data'), '--seed', join(folder, 'seed.json')],
    ...['--plugins', packages, '--dev-unsigned', '--listen', `127.0.0.1:${port}`],
  ]);
  await program.ready(async () => (await fetch(`${origin}/`)).ok);
  crm = new Crm(origin);
  await crm.login(USER);
  await until('the plugin runs', async () => (await crm.connectors()).length === 1);
}

const series = async () => {
  const rows = await crm.occurrences('2026-02-02T00:00:00Z', '2026-02-16T00:00:00Z', calendar.id);
  return rows.map(({ summary, start, all_day }) => ({ summary, start, all_day }));
};
const summary = () => crm.call('GET', `/plugins/${PLUGIN}/summary`);

before(() => {
  cpSync(join(REPOSITORY, 'host_api'), HOST_API, { recursive: true });
  const users = [{ ...USER, name: 'Vera', role: 'sales' }];
  writeFileSync(join(folder, 'seed.json'), JSON.stringify({ users }));
});
after(async () => {
  await program?.kill();
  rmSync(folder, { recursive: true, force: true });
});

test('a copy of host_api is enough to build it without a warning, by both compilers', () => {
  for (const compiler of ['clang', 'gcc']) {
    compile(compiler, LIBRARY);
    const symbols = execFileSync('nm', ['-D', '--defined-only', LIBRARY], { encoding: 'utf8' });
    assert.match(symbols, /^\S+ [DR] crm_entry\n$/, compiler);
  }
});

test('the tool of host_api makes its package and names what is missing', () => {
  const german = join(SOURCES, 'strings/de.json');
  const complete = readFileSync(german, 'utf8');
  const { 'health.ok': left, ...rest } = JSON.parse(complete);
  assert.ok(left);
  writeFileSync(german, JSON.stringify(rest));
  const refused = makePackage();
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /de\.json: no text for health\.ok/);
  writeFileSync(german, complete);

  const made = makePackage();
  assert.equal(made.status, 0, made.stderr);
  const manifest = JSON.parse(readFileSync(join(packages, 'duty_day/duty_day.json'), 'utf8'));
  assert.deepEqual(Object.keys(manifest.files).sort(), [
    'libduty_day.so',
    'strings/de.json',
    'strings/en.json',
  ]);

  mkdirSync(join(packages, 'duty_day/notes'));
  writeFileSync(join(packages, 'duty_day/notes/todo'), '');
  assert.match(makePackage().stderr, /a host refuses unlisted files/);
  rmSync(join(packages, 'duty_day/notes'), { recursive: true });
});

test('its settings page refuses what is missing and ends in an account', async () => {
  await start();
  const { flow, step } = await crm.startFlow(PLUGIN, 'setup');
  assert.equal(step.type, 'form');
  assert.deepEqual(Object.keys(step.schema.properties), ['name', 'weekday']);
  const again = await crm.answer(flow, 'duty', { name: '', weekday: 'TU' });
  assert.equal(again.step.errors.name, 'error.required');
  const end = await crm.answer(flow, 'duty', { name: 'Telefon "früh" \\ 📞', weekday: 'TU' });
  assert.equal(end.step.type, 'finish');
  [account] = await crm.accounts();
  assert.equal(account.title, 'Telefon "früh" \\ 📞');
});

test('the hook about the new account fills a calendar that users cannot edit', async () => {
  await until('the health', async () => {
    [account] = await crm.accounts();
    return account.health.reason === 'health.ok';
  });
  calendar = (await crm.calendars()).find((one) => one.account === account.id);
  assert.equal(calendar.name, 'Telefon "früh" \\ 📞');
  assert.equal(calendar.mode, 'view_only');
  const duty = { summary: 'Telefon "früh" \\ 📞', all_day: true };
  assert.deepEqual(await series(), [
    { ...duty, start: '2026-02-03' },
    { ...duty, start: '2026-02-10' },
  ]);
  const [row] = await crm.occurrences('2026-02-02T00:00:00Z', '2026-02-09T00:00:00Z', calendar.id);
  assert.equal(row.editable, false);
  await assert.rejects(crm.change(row.event, { summary: 'Mine' }), { status: 403 });
  await assert.rejects(crm.makeDefault(calendar.id), (error) => error.status >= 400);
});

test('the hook about appointments counts in the feed, and the route shows it', async () => {
  await until('the first count', async () => (await summary()).accounts === 1);
  const { changed_appointments: counted } = await summary();
  const times = {
    start: { date_time: '2026-02-03T09:00:00Z' },
    end: { date_time: '2026-02-03T10:00:00Z' },
  };
  await crm.create({ summary: 'Visit', ...times });
  await until('one more', async () => (await summary()).changed_appointments === counted + 1);
  const anonymous = await new Crm(crm.origin).send('GET', `/plugins/${PLUGIN}/summary`);
  assert.equal(anonymous.status, 401);
});

test('its options replace the series, and its count survives the end of the host', async () => {
  const { changed_appointments: counted } = await summary();
  const { flow, step } = await crm.startFlow(PLUGIN, 'options', account.id);
  assert.deepEqual(step.values, { name: 'Telefon "früh" \\ 📞', weekday: 'TU' });
  await crm.answer(flow, 'duty', { name: 'Chat', weekday: 'WE' });
  await until('the new day', async () => (await series())[0]?.start === '2026-02-04');
  assert.equal((await series())[0].summary, 'Chat');

  await program.kill(); // without quiesce: only what is durable is left
  await start();
  assert.equal((await summary()).changed_appointments, counted);
  assert.equal((await series()).length, 2);
});

test('its task runs again in a process that begins after a kill', async () => {
  const begun = Date.now();
  await program.kill();
  await start();
  await until('a run of the new process', async () => {
    [account] = await crm.accounts();
    return account.health.synced_at >= begun;
  });
});

test('its options remove the account: nothing of it is shown any more', async () => {
  const { flow } = await crm.startFlow(PLUGIN, 'options', account.id);
  const { step } = await crm.answer(flow, 'duty', { name: 'Chat', weekday: 'WE', remove: true });
  assert.equal(step.reason, 'setup.removed');
  assert.deepEqual(await crm.accounts(), []);
  const left = (await crm.calendars()).filter((one) => one.account === account.id);
  assert.ok(
    left.every((one) => one.state === 'hidden'),
    JSON.stringify(left),
  );
  assert.equal((await program.stop()).code, 0);
});
