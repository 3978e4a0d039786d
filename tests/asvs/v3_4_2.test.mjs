// 3.4.2: no page of another site may read an answer: no origin is allowed, asked before or not.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

const FOREIGN = 'https://elsewhere.example';

test('no other site is allowed to read answers', async () => {
  const host = await TestHost.open();
  const seller = await host.loggedIn(SELLER);
  for (const path of ['/', '/api/session', '/api/calendars', '/api/strings/de', '/plugins/x/y'])
    for (const method of ['GET', 'OPTIONS']) {
      const { headers } = await seller.send(method, path, undefined, {
        'Origin': FOREIGN,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'X-CSRF-Token',
      });
      const named = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
      assert.deepEqual(named, [], `${method} ${path}`);
    }
  const changed = await seller.send('PATCH', '/api/me', { locale: 'en' }, { Origin: FOREIGN });
  assert.equal(changed.status, 403);
  await host.stop();
});
