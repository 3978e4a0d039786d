// The product's import, as a user starts it: crm_host with the plugin, its set-up flow, the
// emulator as Google. Notifications are lost, so that every look is one that was asked for.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { Crm } from '../../e2e/support/crm.mjs';
import { HOST, PLUGINS } from '../../e2e/support/paths.mjs';
import { freePorts, Program } from '../../e2e/support/program.mjs';
import { openSettings, storeClient } from '../../e2e/support/setup.mjs';
import { until } from '../../e2e/support/until.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT, SALESPERSON } from '../../e2e/world/people.mjs';
import { change, EVENTS_LIST } from './google.mjs';
import { cpuMs, forgetPeak, peakMiB, quiet, writtenBytes } from './measure.mjs';

const LONG = { timeout: 1_800_000, every: 200 };
const WARM = 5;

const stepOf = (answer) => (answer.step?.type ? answer.step : answer);

async function startHost(google, files, data, database) {
  const [port] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  const options = { '--data': data, '--plugins': PLUGINS, '--listen': `127.0.0.1:${port}` };
  Object.assign(options, { '--google-base': google.origin, '--public-url': origin });
  if (database) options['--database'] = database.url;
  const args = [...Object.entries(options).flat(), '--seed', files.crm, '--dev-unsigned'];
  const host = new Program('crm_host', HOST, args);
  await host.ready(async () => (await fetch(`${origin}/api/connectors`)).status === 401);
  return { host, origin };
}

/** From the answered account form to "in step": {preview, finish} in milliseconds of processor. */
async function importAll(crm, pid) {
  const { flow, step } = await openSettings(crm, GOOGLE_ACCOUNT.email);
  const start = cpuMs(pid);
  const input = {
    name: 'Vertrieb Nord',
    visible: step.values.visible,
    default_calendar: GOOGLE_ACCOUNT.email,
  };
  let now = stepOf(await crm.answer(flow, 'account', input));
  await until(
    'the preview',
    async () => {
      if (now.type === 'progress') now = stepOf(await crm.answer(flow, now.step, {}));
      return now.type !== 'progress';
    },
    LONG,
  );
  const previewed = cpuMs(pid);
  const finish = stepOf(await crm.answer(flow, 'preview', { existing: 'none' }));
  if (finish.type !== 'finish') throw new Error(`no finish: ${JSON.stringify(finish)}`);
  await until(
    'the end of the import',
    async () => {
      const [account] = await crm.accounts();
      return account?.health?.state === 'ok' && account.health.synced_at > 0;
    },
    LONG,
  );
  const end = await quiet(pid);
  return { preview: previewed - start, total: end - start };
}

/** One look at Google; returns the processor time that it used. */
async function look(crm, account, google, pid) {
  const lists = async () => (await google.stats()).requests[EVENTS_LIST] ?? 0;
  const before = await lists();
  const start = cpuMs(pid);
  await crm.syncNow(account);
  await until('the look', async () => (await lists()) > before, LONG);
  return (await quiet(pid)) - start;
}

function bytesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((all, entry) => all + statSync(join(entry.path, entry.name)).size, 0);
}

/**
 * The figures of one import of `count` appointments and of what follows it. `started` and
 * `imported` are called with the process id before and after the import, for a profiler.
 */
export async function product(
  google,
  files,
  data,
  count,
  { looks = 30, started = () => {}, imported = () => {}, database = null } = {},
) {
  const { host, origin } = await startHost(google, files, data, database);
  try {
    const pid = host.child.pid;
    await google.control('POST', '/push', { lose: 1 });
    const administrator = new Crm(origin);
    await administrator.login(ADMINISTRATOR);
    await storeClient(administrator);
    const crm = new Crm(origin);
    await crm.login(SALESPERSON);
    await quiet(pid);

    forgetPeak(pid); // of hashing the passwords of both users
    const writtenBefore = writtenBytes(pid);
    const began = performance.now();
    const serverBefore = (await database?.cpuMs()) ?? 0;
    await started(pid);
    const cpu = await importAll(crm, pid);
    const server = ((await database?.cpuMs()) ?? 0) - serverBefore;
    const wall = performance.now() - began;
    const written = writtenBytes(pid) - writtenBefore;
    await imported(pid);
    const [account] = await crm.accounts();
    const status = await crm.call('GET', `/api/accounts/${account.id}/status`).catch(() => null);
    const stored = status?.calendars?.reduce((all, one) => all + one.appointments, 0);
    if (stored !== undefined && stored !== count)
      throw new Error(`${stored} of ${count} appointments were imported`);

    const echo = await look(crm, account.id, google, pid);
    for (let i = 0; i < WARM; ++i) await look(crm, account.id, google, pid);
    let idle = 0;
    for (let i = 0; i < looks; ++i) idle += await look(crm, account.id, google, pid);

    const mark = await change(google, 100);
    const hundred = await look(crm, account.id, google, pid);
    await mark.seenBy(crm);
    return {
      'import, CPU us per appointment': ((cpu.total + server) * 1000) / count,
      'of it the preview': (cpu.preview * 1000) / count,
      ...(database ? { 'of it the server': (server * 1000) / count } : {}),
      'import, wall s': wall / 1000,
      'peak memory, MiB': peakMiB(pid),
      'written, KB per appointment': written / 1000 / count,
      'on disk, bytes per appointment': bytesOf(data) / count,
      'first look, CPU ms': echo,
      'look that finds nothing, CPU ms': idle / looks,
      '100 changes, CPU ms': hundred,
    };
  } finally {
    await host.stop();
  }
}
