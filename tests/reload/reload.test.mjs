// The shipped plugin is exchanged while the host runs: users ask without pause, both calendars
// change, and no user notices. RELOADS: how many exchanges; RELOAD_JUDGED: their times count.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { shortWorld } from '../e2e/crash/short_story.mjs';
import { PLUGIN, PLUGINS, REPOSITORY } from '../e2e/support/paths.mjs';
import { Stage, today } from '../e2e/support/stage.mjs';
import { until } from '../e2e/support/until.mjs';
import { plus } from '../e2e/world/days.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT } from '../e2e/world/people.mjs';

const RELOADS = Number(process.env.RELOADS ?? 100);
const ZONE = 'Europe/Berlin';
const KEY_TOOL = join(REPOSITORY, 'host_api/tools/plugin_key');

const theOnly = async (admin) => (await admin.plugins()).find(({ id }) => id === PLUGIN);
const reload = (admin) => admin.call('POST', `/api/plugins/${PLUGIN}/reload`, {});

/** Resident memory in MiB, threads, descriptors and mappings of the plugin's library. */
function footprint(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]);
  const libraries = readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .filter((line) => line.includes('libgoogle_calendar.so'))
    .map((line) => line.trim().split(/\s+/)[4]);
  return {
    memory: Math.round(field('VmRSS') / 1024),
    threads: field('Threads'),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    libraries: new Set(libraries).size,
  };
}

/** Calls `act(n)` without pause until `end` is called, which returns how often it succeeded. */
function restless(act) {
  const failures = [];
  let ending = false;
  let times = 0;
  const done = (async () => {
    while (!ending) {
      try {
        await act(times);
        times += 1;
      } catch (error) {
        failures.push(error.message);
      }
    }
  })();
  return {
    failures,
    end: async () => {
      ending = true;
      await done;
      return times;
    },
  };
}

test('exchanges under changes: no request fails, nothing is lost or doubled', async (t) => {
  const stage = await Stage.open({ world: shortWorld(today()) });
  t.after(() => stage.close());
  const { crm, account } = await stage.connected({ existing: 'none' });
  const admin = await stage.login(ADMINISTRATOR);
  const person = await stage.google.person(GOOGLE_ACCOUNT.email);
  const day = plus(today(), 5);
  const range = [`${day}T00:00:00Z`, `${day}T23:00:00Z`];
  const at = (hour) => `${day}T${hour}:00:00`;

  const made = { crm: 0, google: 0 };
  const makeBoth = async () => {
    await crm.create({
      summary: `CRM ${(made.crm += 1)}`,
      start: { date_time: `${at(10)}Z`, time_zone: ZONE },
      end: { date_time: `${at(11)}Z`, time_zone: ZONE },
    });
    for (let i = 0; i < 2; ++i)
      await person.insert({
        summary: `Google ${(made.google += 1)}`,
        start: { dateTime: at(14), timeZone: ZONE },
        end: { dateTime: at(15), timeZone: ZONE },
      });
  };

  const results = [];
  const asked = [
    restless(() => crm.call('GET', `/api/accounts/${account.id}/status`)),
    restless(() => crm.call('GET', `/api/accounts/${account.id}/status`)),
    restless(() => crm.strings('de').then((texts) => assert.ok(texts['plugin.name']))),
  ];
  for (let i = 0; i < 3; ++i) results.push((await reload(admin)).last_reload);
  const before = footprint(stage.host.child.pid);
  while (results.length < RELOADS) {
    const changes = makeBoth();
    results.push((await reload(admin)).last_reload);
    await changes;
  }
  const counts = await Promise.all(asked.map(({ end }) => end()));
  const after = footprint(stage.host.child.pid);

  const unlike = results.filter(({ result }) => result !== 'exchanged');
  assert.deepEqual(unlike, []);
  const failures = asked.flatMap((one) => one.failures);
  assert.deepEqual(failures, [], `of ${counts} requests`);
  assert.ok(counts[0] + counts[1] > RELOADS, `${counts} requests`);

  // CRM and Google show each appointment once.
  const titles = (list) =>
    list.map(({ summary }) => summary).filter((one) => /^(CRM|Google) /.test(one));
  const wanted = [
    ...Array.from({ length: made.crm }, (_, i) => `CRM ${i + 1}`),
    ...Array.from({ length: made.google }, (_, i) => `Google ${i + 1}`),
  ].sort();
  await until(
    'both sides to be equal',
    async () => {
      await crm.syncNow(account.id).catch(() => {});
      const here = titles(await crm.occurrences(...range));
      const there = titles(await person.list());
      return here.length >= wanted.length && there.length >= wanted.length;
    },
    { timeout: 120_000, every: 300 },
  );
  assert.deepEqual(titles(await crm.occurrences(...range)).sort(), wanted);
  assert.deepEqual(titles(await person.list()).sort(), wanted);

  const closed = results.map(({ closed_ms }) => closed_ms).sort((a, b) => a - b);
  const median = closed[Math.floor(closed.length / 2)];
  const worst = closed.at(-1);
  const mappings = results.map(({ mapping }) => mapping);
  t.diagnostic(
    `${results.length} exchanges, ${counts[0] + counts[1]} requests to the plugin: closed for ` +
      `${median} ms (median), ${worst} ms (worst); ` +
      `${mappings.filter((one) => one === 'unmapped').length} unmapped`,
  );
  t.diagnostic(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
  assert.ok(mappings.every((one) => one === 'unmapped' || one === 'pinned'));
  assert.ok(after.threads <= before.threads + 2, 'threads stay');
  assert.ok(after.descriptors <= before.descriptors + 10, 'descriptors stay');
  assert.equal(after.libraries, 1, 'one library is mapped');
  if (!process.env.RELOAD_JUDGED) return;
  assert.ok(median <= 50, `median ${median} ms`);
  assert.ok(worst <= 100, `worst ${worst} ms`);
});

test('packages are believed by their signature, at the start and later', async (t) => {
  let keys, folder, packaged;
  const tool = (...args) => execFileSync(KEY_TOOL, args, { stdio: 'pipe', encoding: 'utf8' });
  const stage = await Stage.open({
    world: shortWorld(today()),
    prepare: async ({ folder: home }) => {
      folder = join(home, 'plugins');
      keys = join(home, 'package_keys');
      cpSync(PLUGINS, folder, { recursive: true });
      packaged = join(folder, 'google_calendar');
      for (const name of ['own', 'foreign']) tool('make', join(home, `${name}.pem`));
      writeFileSync(keys, tool('show', join(home, 'own.pem'), 'Example Ltd'));
      tool('sign', packaged, join(home, 'own.pem'));
    },
    host: {
      get plugins() {
        return folder;
      },
      get args() {
        return ['--package-keys', keys];
      },
    },
  });
  t.after(() => stage.close());
  const admin = await stage.login(ADMINISTRATOR);
  const key = (name) => join(stage.folder, `${name}.pem`);
  const plugin = await until('the plugin', async () => {
    const one = await theOnly(admin);
    return one?.state === 'running' && one;
  });
  assert.deepEqual([plugin.origin, plugin.signed_by], ['valid', 'Example Ltd']);

  // An installation: the other files first, the signature renamed into place last.
  const manifest = join(packaged, 'google_calendar.json');
  const edited = { ...JSON.parse(readFileSync(manifest, 'utf8')), vendor: 'Example Ltd' };
  writeFileSync(join(stage.folder, 'draft'), JSON.stringify(edited));
  renameSync(join(stage.folder, 'draft'), manifest);
  tool('sign', packaged, key('own'));
  const exchanged = await until('the exchange', async () => (await theOnly(admin)).last_reload);
  assert.equal(exchanged.result, 'exchanged', JSON.stringify(exchanged));

  // A changed file, and a foreign key: what runs goes on, and the page says why.
  const texts = join(packaged, 'strings/en.json');
  const original = readFileSync(texts);
  writeFileSync(texts, original.toString().replace('"', ' "'));
  const altered = (await reload(admin)).last_reload;
  assert.deepEqual([altered.result, altered.origin], ['kept', 'altered']);
  assert.match(altered.reason, /strings\/en.json/);
  writeFileSync(texts, original);
  tool('sign', packaged, key('foreign'));
  const refused = await until('the refusal', async () => {
    const { last_reload } = await theOnly(admin);
    return last_reload.origin === 'refused' && last_reload;
  });
  assert.equal(refused.result, 'kept');
  assert.match(refused.reason, /does not trust/);
  assert.equal((await theOnly(admin)).state, 'running');
  assert.equal((await theOnly(admin)).origin, 'valid');

  // The other key is trusted now; SIGHUP looks once more and does not end the host.
  writeFileSync(
    keys,
    tool('show', key('own'), 'Example Ltd').replace('trusted', 'revoked') +
      tool('show', key('foreign'), 'Example 2027'),
  );
  stage.host.child.kill('SIGHUP');
  await until('the look', () => stage.host.log().includes('host.looks_for_packages'));
  const taken = await reload(admin);
  assert.deepEqual([taken.last_reload.result, taken.signed_by], ['exchanged', 'Example 2027']);
  tool('sign', packaged, key('own'));
  const revoked = await until('the revoked key', async () => {
    const { last_reload } = await theOnly(admin);
    return last_reload.result === 'kept' && last_reload;
  });
  assert.match(revoked.reason, /was revoked/);
});

test('only administrators may exchange a plugin', async (t) => {
  const stage = await Stage.open({ world: shortWorld(today()) });
  t.after(() => stage.close());
  const sales = await stage.login();
  await assert.rejects(reload(sales), { status: 403 });
  const admin = await stage.login(ADMINISTRATOR);
  await assert.rejects(admin.call('POST', '/api/plugins/com.example.none/reload', {}), {
    status: 404,
  });
});
