// 6.2.5: a password may consist of any characters; 6.2.8: it is compared as it was typed; 6.2.9:
// 64 characters and more are allowed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PASSWORD, SELLER, TestHost } from './host.mjs';

test('a password of any characters is kept as it was typed', async () => {
  const host = await TestHost.open();
  let present = PASSWORD;
  for (const wanted of [
    'only small letters',
    '8264019375',
    ' Ünïcödé 日本語 🐎 ',
    `${'a long one '.repeat(12)}END`,
  ]) {
    const seller = await host.loggedIn({ ...SELLER, password: present });
    const { status, text } = await seller.send('POST', '/api/me/password', { present, wanted });
    assert.ok(status < 300, `${wanted}: ${status} ${text}`);
    present = wanted;
  }
  // Neither cut, nor trimmed, nor in other letters.
  for (const near of [present.slice(0, -3), present.slice(0, 72), present.toLowerCase()])
    assert.equal((await host.browser().logIn({ ...SELLER, password: near })).status, 401, near);
  assert.equal((await host.browser().logIn({ ...SELLER, password: present })).status, 200);
  await host.stop();
});
