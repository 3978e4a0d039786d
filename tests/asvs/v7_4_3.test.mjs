// 7.4.3: a change of the password ends all other sessions of the user.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PASSWORD, SELLER, TestHost } from './host.mjs';

test('a changed password ends the other sessions', async () => {
  const host = await TestHost.open();
  const [here, elsewhere] = [await host.loggedIn(SELLER), await host.loggedIn(SELLER)];
  const wanted = 'another long horse';
  const changed = await here.send('POST', '/api/me/password', { present: PASSWORD, wanted });
  assert.ok(changed.status < 300, changed.text);
  assert.equal((await elsewhere.send('GET', '/api/session')).status, 401);
  assert.equal((await here.send('GET', '/api/session')).status, 200);
  await host.stop();
});
