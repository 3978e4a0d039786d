// Uses the CRM and the emulator that fresh_install.mjs started from the packages, on the addresses
// of src/docs/installation.md. `use_installed.mjs PART`, where PART is
//   plugin  logs in and connects an account with the plugin; one appointment goes each way
//   update  the Debian package was installed again: the host has exchanged the plugin
//   hello   the plugin that was built there is running

import assert from 'node:assert/strict';

import { Crm } from '../e2e/support/crm.mjs';
import { connect, PLUGIN, storeClient } from '../e2e/support/setup.mjs';
import { until } from '../e2e/support/until.mjs';

const GOOGLE = 'http://127.0.0.1:8081';
const EMAIL = 'zoe@example.com';
const PERSON = { email: 'you@example.com', password: 'a long horse of the office' };

const crm = new Crm('http://localhost:8080');
await crm.login(PERSON);
const say = (text) => console.log(`   ${text}`);

async function google(path, body, token) {
  const answer = await fetch(GOOGLE + path, {
    ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
    headers: {
      'Content-Type': 'application/json',
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
  });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

const running = (id) =>
  until(`${id} runs`, async () => {
    const plugin = (await crm.plugins()).find((one) => one.id === id);
    return plugin?.state === 'running' && plugin;
  });

async function usePlugin() {
  const { version, origin, signed_by: signer } = await running(PLUGIN);
  assert.deepEqual({ origin, signer }, { origin: 'valid', signer: 'The vendor' });
  say(`${PLUGIN} ${version} runs, signed by ${signer}`);

  await google('/_emulator/accounts', { email: EMAIL, name: 'Zoe' });
  await storeClient(crm);
  const { account } = await connect(crm, EMAIL);
  say(`logged in as ${PERSON.email}, ${account.identity} is connected`);

  const calendar = await until('the default calendar', async () =>
    (await crm.calendars()).find((one) => one.is_default && one.account === account.id),
  );
  const { access_token: token } = await google('/_emulator/tokens', { email: EMAIL });
  const events = '/calendar/v3/calendars/primary/events';
  const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const next = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const times = { start: { date: day }, end: { date: next } };
  await crm.create({ summary: 'From the CRM', ...times }, calendar.id);
  await google(events, { summary: 'From Google', ...times }, token);
  const both = { CRM: '', Google: '' };
  await until(
    'one appointment each way',
    async () => {
      await crm.syncNow(account.id);
      const { items } = await google(events, null, token);
      const shown = await crm.occurrences(`${day}T00:00:00Z`, `${next}T00:00:00Z`);
      both.Google = items.map(({ summary }) => summary).sort();
      both.CRM = shown.map(({ summary }) => summary).sort();
      const wanted = ['From Google', 'From the CRM'].join();
      return both.CRM.join() === wanted && both.Google.join() === wanted;
    },
    { timeout: 60_000, every: 200 },
  ).catch(async (error) => {
    const { health } = (await crm.accounts())[0];
    throw new Error(`${error.message}: ${JSON.stringify({ both, health })}`);
  });
  say('one appointment went each way');
}

async function useUpdate() {
  const { last_reload: last } = await until('the host exchanges the plugin', async () => {
    const plugin = await running(PLUGIN);
    return plugin.last_reload?.result === 'exchanged' && plugin;
  });
  assert.equal(last.origin, 'valid');
  const [account] = await crm.accounts();
  assert.equal(account.state, 'active');
  say(`the host exchanged the plugin, requests waited ${last.closed_ms} ms`);
}

async function useHello() {
  const { version, origin, signed_by: signer } = await running('com.example.hello');
  assert.deepEqual({ origin, signer }, { origin: 'valid', signer: 'The author of hello' });
  say(`com.example.hello ${version} runs, signed by ${signer}`);
}

await { plugin: usePlugin, update: useUpdate, hello: useHello }[process.argv[2]]();
