// 7.3.1, 7.3.2: a session ends when it is not used, and after its longest life however it is used.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

const DAY = 24 * 3600 * 1000;

test('a session ends 30 days after the log-in and 14 days after its last use', async () => {
  const host = await TestHost.open();
  for (const [column, days, status] of [
    ['created_at', 29, 200],
    ['created_at', 31, 401],
    ['used_at', 13, 200],
    ['used_at', 15, 401],
  ]) {
    const browser = await host.loggedIn(SELLER);
    await host.stop();
    host.sql(`UPDATE sessions SET ${column}=${column}-${days * DAY}`);
    await host.start();
    assert.equal((await browser.send('GET', '/api/session')).status, status, `${column} ${days}`);
  }
  await host.stop();
});
