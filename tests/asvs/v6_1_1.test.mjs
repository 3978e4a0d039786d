// 6.1.1: limits of the rate of log-ins do not let a stranger lock a user out.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from '../e2e/support/until.mjs';
import { SELLER, TestHost } from './host.mjs';

test('a stranger who guesses does not keep the user out', async () => {
  const host = await TestHost.open({ args: ['--trusted-proxy', '127.0.0.0/8'] });
  const from = (address) => ({ 'X-Forwarded-For': address });
  const user = host.browser();
  const body = { email: SELLER.email, password: SELLER.password };
  assert.equal((await user.send('POST', '/api/session', body, from('198.51.100.7'))).status, 200);
  const guess = { email: SELLER.email, password: 'wrongwrong' };
  const asStranger = () => host.send('POST', '/api/session', guess, from('203.0.113.9'));
  // Each wrong password doubles the pause: until it is longer than what follows takes.
  let pause = 0;
  await until(
    'the stranger is slowed down for a while',
    async () => {
      const answer = await asStranger();
      pause = answer.status === 429 ? Number(answer.headers['retry-after']) : 0;
      return pause > 5;
    },
    { timeout: 60_000, every: 200 },
  );
  const elsewhere = await host.send('POST', '/api/session', body, from('192.0.2.1'));
  assert.equal(elsewhere.status, 200, 'the user from a third network');
  const beside = await user.send('POST', '/api/session', body, from('203.0.113.9'));
  assert.equal(beside.status, 200, 'the user behind the same address as the stranger');
  assert.equal((await asStranger()).status, 429, 'who is still slowed down');
  await host.stop();
});
