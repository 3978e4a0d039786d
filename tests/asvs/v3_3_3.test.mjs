// 3.3.3: cookies have the prefix __Host-, so that no other host of the domain sets them.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OTHER, SELLER, TestHost } from './host.mjs';

test('cookies over https belong to this host, and two of a name to none', async () => {
  const host = await TestHost.open({ tls: true });
  const seller = await host.loggedIn(SELLER);
  assert.deepEqual([...seller.cookies.keys()].sort(), ['__Host-crm_device', '__Host-crm_session']);
  const [pushed, own] = [await host.loggedIn(OTHER), seller].map(
    (browser) => `__Host-crm_session=${browser.cookies.get('__Host-crm_session')}`,
  );
  const tossed = await host.send('GET', '/api/session', undefined, { Cookie: `${pushed}; ${own}` });
  assert.equal(tossed.status, 400);
  const plain = own.replace('__Host-', '');
  const without = await host.send('GET', '/api/session', undefined, { Cookie: plain });
  assert.equal(without.status, 401, 'the cookie without the prefix is none');
  await host.stop();
});
