// Ending what users connected, without them: an administrator disconnects the account of another
// user, a removed user is forgotten, and `crm_host plugin remove --purge` revokes first. While
// Google does not answer, nothing that is needed to revoke is lost. Each test connects a user of
// its own.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { HOST, PLUGIN, PLUGINS } from './support/paths.mjs';
import { connect, storeClient } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { ADMINISTRATOR, USERS } from './world/people.mjs';

const EMAIL = 'leaver@example.com';
const CLOSED = { match: { method: 'POST', path: '/revoke' }, times: 0, effect: { status: 503 } };

let stage;
let administrator;
before(async () => {
  stage = await Stage.open({
    world: {
      today: today(),
      holidays: '',
      google: {
        accounts: [
          {
            email: EMAIL,
            name: 'Leaver',
            calendars: [
              { primary: true, summary: EMAIL, access_role: 'owner', time_zone: 'Europe/Berlin' },
            ],
          },
        ],
      },
      crm: { users: USERS, leads: [], contacts: [], appointments: [] },
    },
  });
  administrator = await stage.login(ADMINISTRATOR);
  await storeClient(administrator);
});
after(() => stage?.close());

const attempts = async () => (await stage.google.product()).requests['POST /revoke'] ?? 0;
const connected = () => administrator.call('GET', `/api/plugins/${PLUGIN}/accounts`);

async function connectLeaver() {
  const crm = await stage.login(USERS[1]);
  const { account } = await connect(crm, EMAIL, { name: 'leaver', visible: [EMAIL] });
  await until('the calendar', async () =>
    (await crm.calendars()).some((one) => one.account === account.id),
  );
  return { crm, id: account.id };
}
const remove = (...options) =>
  spawnSync(
    HOST,
    [
      ...['--data', stage.data, '--plugins', PLUGINS, '--dev-unsigned'],
      ...['--google-base', stage.google.origin, '--public-url', stage.crmOrigin],
      ...['plugin', 'remove', PLUGIN, ...options],
    ],
    { encoding: 'utf8' },
  );

test('an administrator disconnects another user, revoked when Google answers', async () => {
  const { crm, id } = await connectLeaver();
  const seen = await connected();
  assert.deepEqual(
    seen.map((one) => [one.id, one.user.email]),
    [[id, USERS[1].email]],
  );
  await stage.google.addFault(CLOSED);
  const before = await attempts();
  await administrator.call('DELETE', `/api/accounts/${id}`);
  assert.deepEqual(await crm.accounts(), []);
  assert.deepEqual(await connected(), []);
  await until('an attempt to revoke', async () => (await attempts()) > before);
  await stage.google.clearFaults();
  const failed = await attempts();
  await stage.restartHost();
  await until('the revocation', async () => (await attempts()) > failed);
  administrator = await stage.login(ADMINISTRATOR);
});

test('a removed user is forgotten by the plugin, also if Google answers later', async () => {
  const { id } = await connectLeaver();
  const users = await administrator.call('GET', '/api/users');
  const leaver = users.find((one) => one.email === USERS[1].email);
  await assert.rejects(administrator.call('DELETE', `/api/users/${leaver.id}`), { status: 409 });
  await stage.google.addFault(CLOSED);
  const before = await attempts();
  await administrator.call('DELETE', `/api/accounts/${id}`);
  await administrator.call('DELETE', `/api/users/${leaver.id}`);
  await until('an attempt to revoke', async () => (await attempts()) > before);
  await stage.google.clearFaults();
  await until('the plugin has forgotten the user', () =>
    stage.host.output.join('').includes('user_forgotten'),
  );
});

test('the command revokes before it removes, and keeps all while Google is silent', async () => {
  const crm = await stage.login(ADMINISTRATOR);
  const { account } = await connect(crm, EMAIL, { name: 'own', visible: [EMAIL] });
  await until('the calendar', async () =>
    (await crm.calendars()).some((one) => one.account === account.id),
  );
  await stage.host.kill();
  await stage.google.addFault(CLOSED);
  const before = await attempts();
  const refused = remove('--purge', '--wait', '3');
  assert.equal(refused.status, 1, refused.stdout);
  assert.match(refused.stderr, /did not confirm in time that the access of 1 accounts is revoked/);
  assert.ok((await attempts()) > before, 'it was tried');
  const database = join(stage.data, 'plugins', `${PLUGIN}.sqlite`);
  assert.ok(existsSync(database), 'nothing was erased');

  await stage.google.clearFaults();
  const failed = await attempts();
  const removed = remove('--purge');
  assert.equal(removed.status, 0, removed.stderr);
  assert.match(removed.stdout, /accounts removed, nothing is kept of it/);
  assert.doesNotMatch(removed.stdout, /was not revoked/);
  assert.ok((await attempts()) > failed, 'it was revoked first');
  assert.ok(!existsSync(database));
});
