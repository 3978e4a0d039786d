// 7.2.4: a log-in begins a new session, and the one that came along ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

test('a log-in gives a new token and ends the old session', async () => {
  const host = await TestHost.open();
  const browser = await host.loggedIn(SELLER);
  const old = browser.cookies.get('crm_session');
  assert.equal((await browser.logIn(SELLER)).status, 200);
  assert.notEqual(browser.cookies.get('crm_session'), old);
  const stolen = await host.send('GET', '/api/session', undefined, {
    Cookie: `crm_session=${old}`,
  });
  assert.equal(stolen.status, 401);
  await host.stop();
});
