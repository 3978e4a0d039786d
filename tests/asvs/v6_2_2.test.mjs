// 6.2.2, 6.2.3: users change their password, with the present one.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PASSWORD, SELLER, TestHost } from './host.mjs';

const WANTED = 'another long horse';

test('a user changes the password with the present one', async () => {
  const host = await TestHost.open();
  const seller = await host.loggedIn(SELLER);
  const change = (present) => seller.send('POST', '/api/me/password', { present, wanted: WANTED });
  assert.equal((await change('a guess')).status, 403);
  assert.ok((await change(PASSWORD)).status < 300);
  assert.equal((await host.browser().logIn(SELLER)).status, 401);
  assert.equal((await host.browser().logIn({ ...SELLER, password: WANTED })).status, 200);
  await host.stop();
});
