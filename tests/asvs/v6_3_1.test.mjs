// 6.3.1: guessing is made useless, for one account and over many.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

test('guesses are refused after a few, of one account and over many', async () => {
  const host = await TestHost.open({ args: ['--trusted-proxy', '127.0.0.0/8'] });
  const guess = async (email, address) => {
    const body = { email, password: 'wrongwrong' };
    return host.send('POST', '/api/session', body, { 'X-Forwarded-For': address });
  };
  const one = [];
  for (let i = 0; i < 7; ++i) one.push((await guess(SELLER.email, '203.0.113.1')).status);
  assert.equal(one[0], 401);
  assert.equal(one.at(-1), 429, `of one account: ${one}`);
  const many = [];
  for (let i = 0; i < 40; ++i) many.push((await guess(`u${i}@crm.example`, '203.0.113.2')).status);
  assert.equal(many[0], 401);
  assert.equal(many.at(-1), 429, `over many: ${many}`);
  await host.stop();
});
