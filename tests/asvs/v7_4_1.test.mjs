// 7.4.1, 7.4.2: a session that was ended is of no use; a user who is locked or removed has none.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OTHER, SELLER, TestHost } from './host.mjs';

test('log-out, lock and removal end sessions at once', async () => {
  const host = await TestHost.open();
  const token = (browser) => ({ Cookie: `crm_session=${browser.cookies.get('crm_session')}` });
  const status = async (cookie) =>
    (await host.send('GET', '/api/session', undefined, cookie)).status;

  const seller = await host.loggedIn(SELLER);
  const cookie = token(seller);
  assert.equal(await status(cookie), 200);
  await seller.send('DELETE', '/api/session');
  assert.equal(await status(cookie), 401, 'after the log-out');

  for (const action of ['lock', 'remove']) {
    const other = token(await host.loggedIn(OTHER));
    assert.equal(host.command(['user', action, OTHER.email]).status, 0);
    assert.equal(await status(other), 401, action);
    assert.equal((await host.browser().logIn(OTHER)).status, 401, action);
    if (action === 'lock') host.command(['user', 'unlock', OTHER.email]);
  }
  await host.stop();
});
