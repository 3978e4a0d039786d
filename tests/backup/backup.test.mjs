// crm_host backup beside users who ask without pause: every request is answered, and each backup
// holds what was acknowledged before it began. What it costs is measured beside a copy of the same
// files with cp and sync, which stores each file and folder on the disk, in turns, so that both
// meet the same load and the same mood of the disk; and what users wait meanwhile beside what they
// wait without a backup. BACKUP_JUDGED: the figures count, on larger data folders.
//
// The users are a process of their own. What it waits itself for the processor is printed, and is
// part of what counts: it can make a figure worse, never better.
//
// Data and backups are on a disk: in a folder in memory, storing a file costs nothing. The data is
// made in memory, where the many commits of the seed are quick, and is moved before the host runs
// beside backups; the emulator stays there.

import assert from 'node:assert/strict';
import { execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Crm } from '../e2e/support/crm.mjs';
import { BUILD, HOST, PLUGIN } from '../e2e/support/paths.mjs';
import { freePorts, Program } from '../e2e/support/program.mjs';
import { Stage, today } from '../e2e/support/stage.mjs';
import { until } from '../e2e/support/until.mjs';
import { plus } from '../e2e/world/days.mjs';
import { manyWorld } from '../e2e/world/many.mjs';
import { SALESPERSON, USERS } from '../e2e/world/people.mjs';

const JUDGED = Boolean(process.env.BACKUP_JUDGED);
// Folders: how many appointments, how long each description is, how many backups. Beside the small
// one the disk hardly matters, so that it shows what a backup itself costs; the copy of the large
// one lasts so long that a backup which kept writers out would be noticed.
const SCENES = JUDGED
  ? [
      { appointments: 60_000, letters: 0, times: 9 },
      { appointments: 60_000, letters: 5_000, times: 5 },
    ]
  : [{ appointments: 2_000, letters: 500, times: 2 }];
const ROUNDS = JUDGED ? 40 : 10;
const MAX_RATIO = 3;
const MAX_STALL_MS = 100;

const IN_MEMORY = [0x01021994, 0x858458f6]; // tmpfs, ramfs: statfs(2)
const isOnDisk = (folder) => !IN_MEMORY.includes(statfsSync(folder).type);
const disk = [process.env.BACKUP_DISK, tmpdir(), '/var/tmp', BUILD].filter(Boolean).find(isOnDisk);

const now = () => performance.timeOrigin + performance.now();

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};
const ms = (value) => `${value.toFixed(0)} ms`;
const list = (values) => values.map((value) => value.toFixed(0)).join(' ');

/** Runs a program to its end; {begin, end} of the wall clock. */
async function run(program, ...args) {
  const begin = now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, `${program} ${args.join(' ')}: ${output}`);
  return { begin, end: now() };
}

/** The users of users.mjs, at work until `end`. */
async function startUsers(origin, day) {
  const child = fork(fileURLToPath(new URL('users.mjs', import.meta.url)), { stdio: 'inherit' });
  const ended = once(child, 'exit').then(() => assert.fail('the users ended by themselves'));
  ended.catch(() => {});
  const ask = async (message) => {
    const answer = once(child, 'message');
    child.send(message);
    return (await Promise.race([answer, ended]))[0];
  };
  await ask({ origin, users: USERS, day });
  return {
    rounds: (count) => ask({ rounds: count }),
    end: async () => {
      const all = await ask({ end: true });
      child.kill();
      return all;
    },
    kill: () => child.kill(),
  };
}

const range = () => [plus(today(), -1800), plus(today(), 1800)];
const idsOf = async (crm) => new Set((await crm.occurrences(...range())).map(({ event }) => event));

/** The names in a backup's list, and the bytes of all its files. */
function contentOf(backup) {
  const { files } = JSON.parse(readFileSync(join(backup, 'backup.json'), 'utf8'));
  return {
    names: files.map(({ name }) => name).sort(),
    bytes: files.reduce((all, one) => all + one.bytes, 0),
  };
}

/** The ids of all appointments of the users in a CRM that is restored from the backup. */
async function restored(backup, key, data) {
  mkdirSync(data, { mode: 0o700 });
  copyFileSync(key, join(data, 'master.key'));
  execFileSync(HOST, ['--data', data, 'restore', backup], { stdio: 'pipe' });
  execFileSync(HOST, ['--data', data, 'check'], { stdio: 'pipe' });
  const [port] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  const host = new Program('crm_host', HOST, ['--data', data, '--listen', `127.0.0.1:${port}`]);
  try {
    await host.ready(async () => (await fetch(`${origin}/api/connectors`)).status === 401);
    return await everyonesIds(origin);
  } finally {
    await host.stop();
    rmSync(data, { recursive: true });
  }
}

async function everyonesIds(origin) {
  const all = new Map();
  for (const user of USERS) {
    const crm = new Crm(origin);
    await crm.login(user);
    all.set(user.email, await idsOf(crm));
  }
  return all;
}

/** What the longest of the intervals that touch the window took. */
const longest = (intervals, { begin, end }) =>
  intervals.reduce(
    (most, one) =>
      one.begin < end && one.end > begin ? Math.max(most, one.end - one.begin) : most,
    0,
  );

/** A host with the scene's data on the disk, and with what its users have. */
async function openScene(t, { appointments, letters }) {
  const atGoogle = appointments / 10;
  const world = manyWorld({ today: today(), appointments, letters, atGoogle });
  const stage = await Stage.open({ world });
  t.after(() => stage.close());
  const { crm } = await stage.connected();
  await until(
    'the import',
    async () => {
      const [{ health }] = await crm.accounts();
      return health?.state === 'ok' && health.synced_at > 0;
    },
    { timeout: 120_000 },
  );
  await stage.host.stop();
  const folder = mkdtempSync(join(disk ?? tmpdir(), 'crm-backup-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(stage.data, join(folder, 'data'), { recursive: true });
  stage.data = join(folder, 'data');
  await stage.startHost();
  const before = await everyonesIds(stage.crmOrigin);
  assert.ok(before.get(SALESPERSON.email).size >= appointments + atGoogle);
  return { stage, folder, before };
}

/** Copies the files of the backup to the disk, as an administrator would. */
function copyTo(copy, backup, folder) {
  const files = [...contentOf(backup).names, 'backup.json', 'plugins', ''];
  const stored = [...files.map((name) => join(copy, name)), folder];
  const script = 'cp -r -- "$1" "$2" && shift 2 && sync -- "$@"';
  return run('sh', '-c', script, 'sh', backup, copy, ...stored);
}

/** Backups, copies and neither in turns; each a window {begin, end} of the users' time. */
async function takeTurns(users, data, folder, times) {
  const backups = [];
  const copies = [];
  const quiet = [];
  await users.rounds(ROUNDS);
  for (let i = 0; i < times; ++i) {
    const begin = now();
    await users.rounds(ROUNDS);
    quiet.push({ begin, end: now() });

    const target = join(folder, `backup-${i}`);
    const backup = await run(HOST, '--data', data, 'backup', target);
    // Its end is not yet that of its effects: what was written meanwhile is still in the log.
    await users.rounds(ROUNDS / 2);
    backups.push({ target, took: backup.end - backup.begin, begin: backup.begin, end: now() });

    const copy = join(folder, `copy-${i}`);
    const copied = await copyTo(copy, target, folder);
    await users.rounds(ROUNDS / 2);
    copies.push({ took: copied.end - copied.begin, begin: copied.begin, end: now() });
    rmSync(copy, { recursive: true });
  }
  return { backups, copies, quiet };
}

/** What a restored backup that began at `begin` has to hold. */
function checkContent(after, before, made, begin) {
  for (const { email } of USERS) {
    const own = made.filter(({ user }) => user === email);
    const acknowledged = own.filter(({ at }) => at < begin);
    assert.ok(acknowledged.length > 0, `${email} wrote before it`);
    const wanted = [...before.get(email), ...acknowledged.map(({ id }) => id)];
    const lost = wanted.filter((id) => !after.get(email).has(id));
    assert.deepEqual(lost, [], `of ${wanted.length} appointments of ${email}`);
    // Of one moment: a user made them one after the other, so none is without those before it.
    const later = own.map(({ id }) => after.get(email).has(id)).lastIndexOf(true);
    assert.ok(
      own.slice(0, later).every(({ id }) => after.get(email).has(id)),
      'of one moment',
    );
  }
}

/** Prints the figures; {ratio, stall}. */
function report(t, { backups, copies, quiet }, { requests, made, delays }) {
  const took = (windows) => windows.map((window) => window.took);
  const waits = (windows) => windows.map((window) => longest(requests, window));
  const own = (windows) => windows.map((window) => longest(delays, window));
  const ratio = median(took(backups)) / median(took(copies));
  const usual = median(waits(quiet));
  const stall = Math.max(...waits(backups)) - usual;
  const size = contentOf(backups.at(-1).target).bytes / 2 ** 20;
  const seconds = (quiet.at(-1).end - quiet[0].begin) / 1000;
  t.diagnostic(
    `${size.toFixed(1)} MiB${disk ? '' : ' in memory'}, ${requests.length} requests, ` +
      `${(requests.length / seconds).toFixed(0)} a second, ${made.length} appointments made`,
  );
  t.diagnostic(`backup: ${list(took(backups))} ms`);
  t.diagnostic(`cp and sync: ${list(took(copies))} ms; ratio ${ratio.toFixed(2)}`);
  t.diagnostic(`longest request: beside backups ${list(waits(backups))} ms`);
  t.diagnostic(`beside copies ${list(waits(copies))} ms, beside neither ${list(waits(quiet))} ms`);
  t.diagnostic(
    `the users' own process waited ${list(own(backups))} ms, ${list(own(copies))} ms, ` +
      `${list(own(quiet))} ms`,
  );
  return { ratio, stall };
}

for (const scene of SCENES) {
  const size = `${scene.appointments} appointments of ${scene.letters} letters`;
  test(`a backup of ${size} is whole, and users at work do not notice it`, async (t) => {
    assert.ok(disk || !JUDGED, 'figures need a folder on a disk: name one in BACKUP_DISK');
    const { stage, folder, before } = await openScene(t, scene);
    const users = await startUsers(stage.crmOrigin, today());
    t.after(() => users.kill());
    const turns = await takeTurns(users, stage.data, folder, scene.times);
    const work = await users.end();
    await stage.host.stop();

    const { ratio, stall } = report(t, turns, work);
    assert.deepEqual(work.failures, [], `of ${work.requests.length} requests`);
    for (const { target, begin } of turns.backups) {
      assert.deepEqual(contentOf(target).names, ['crm.sqlite', `plugins/${PLUGIN}.sqlite`]);
      const key = join(stage.data, 'master.key');
      const after = await restored(target, key, join(folder, 'restored'));
      checkContent(after, before, work.made, begin);
    }
    if (!JUDGED) return;
    assert.ok(ratio <= MAX_RATIO, `a backup costs ${ratio.toFixed(2)} times a copy`);
    assert.ok(stall <= MAX_STALL_MS, `a request waits ${ms(stall)} longer than without a backup`);
  });
}
