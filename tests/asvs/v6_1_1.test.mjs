// 6.1.1: limits of the rate of log-ins do not let a stranger lock a user out.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

test('a stranger who guesses does not keep the user out', async () => {
  const host = await TestHost.open({ args: ['--trusted-proxy', '127.0.0.0/8'] });
  const from = (address) => ({ 'X-Forwarded-For': address });
  const user = host.browser();
  const body = { email: SELLER.email, password: SELLER.password };
  assert.equal((await user.send('POST', '/api/session', body, from('198.51.100.7'))).status, 200);
  const guess = { email: SELLER.email, password: 'wrongwrong' };
  const answers = [];
  for (let i = 0; i < 8; ++i)
    answers.push((await host.send('POST', '/api/session', guess, from('203.0.113.9'))).status);
  assert.ok(answers.includes(429), `the stranger is slowed down: ${answers}`);
  const elsewhere = await host.send('POST', '/api/session', body, from('192.0.2.1'));
  assert.equal(elsewhere.status, 200, 'the user from a third network');
  const beside = await user.send('POST', '/api/session', body, from('203.0.113.9'));
  assert.equal(beside.status, 200, 'the user behind the same address as the stranger');
  await host.stop();
});
