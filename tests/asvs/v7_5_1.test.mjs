// 7.5.1: what is sensitive asks for the password once more.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ADMIN, OTHER, PASSWORD, TestHost } from './host.mjs';

const MINUTE = 60 * 1000;

test('changes of users ask for a password that was given lately', async () => {
  const host = await TestHost.open();
  const admin = await host.loggedIn(ADMIN);
  await host.stop();
  host.sql(`UPDATE sessions SET confirmed_at=confirmed_at-${16 * MINUTE}`);
  await host.start();
  const users = (await admin.send('GET', '/api/users')).json;
  const other = users.find(({ email }) => email === OTHER.email);
  const lock = () => admin.send('PATCH', `/api/users/${other.id}`, { locked: true });
  const refused = await lock();
  assert.equal(refused.status, 403);
  assert.equal(refused.json.error.key, 'error.confirm');
  assert.equal((await admin.send('POST', '/api/session/confirm', { password: 'no' })).status, 403);
  assert.equal((await lock()).status, 403);
  const confirmed = await admin.send('POST', '/api/session/confirm', { password: PASSWORD });
  assert.ok(confirmed.status < 300, confirmed.text);
  assert.ok((await lock()).status < 300);
  await host.stop();
});
