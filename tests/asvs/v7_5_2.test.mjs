// 7.5.2: users see their sessions and end each of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

test('a user lists sessions and ends one or all others', async () => {
  const host = await TestHost.open();
  const [one, two, three] = [
    await host.loggedIn(SELLER),
    await host.loggedIn(SELLER),
    await host.loggedIn(SELLER),
  ];
  const status = async (browser) => (await browser.send('GET', '/api/session')).status;
  const [{ id }] = (await two.send('GET', '/api/sessions')).json.filter(({ current }) => current);
  const list = (await one.send('GET', '/api/sessions')).json;
  assert.equal(list.length, 3);
  assert.ok((await one.send('DELETE', `/api/sessions/${id}`)).status < 300);
  assert.deepEqual([await status(one), await status(two), await status(three)], [200, 401, 200]);
  assert.ok((await one.send('DELETE', '/api/sessions')).status < 300);
  assert.deepEqual([await status(one), await status(three)], [200, 401]);
  await host.stop();
});
