// 3.3.1: cookies have the attribute Secure, and without the prefix __Host- at least __Secure-.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

test('cookies over https are Secure and HttpOnly', async () => {
  const host = await TestHost.open({ tls: true });
  const answer = await host.browser().logIn(SELLER);
  const cookies = answer.headers['set-cookie'];
  assert.equal(cookies.length, 2, 'session and device');
  for (const cookie of cookies) {
    assert.match(cookie, /; Secure(;|$)/);
    assert.match(cookie, /; HttpOnly(;|$)/);
    assert.match(cookie, /; SameSite=(Lax|Strict)(;|$)/);
  }
  await host.stop();
});
