// 13.4.1, 13.4.3, 13.4.4, 13.4.5: no version control, no listing of folders, no TRACE, no addresses
// for operators or authors that any visitor could ask.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

test('nothing but the pages and the API is served', async () => {
  const host = await TestHost.open();
  const seller = await host.loggedIn(SELLER);
  for (const path of [
    '/.git/config',
    '/.git/HEAD',
    '/ui/.git/config',
    '/ui',
    '/ui/',
    '/plugins',
    '/plugins/',
    '/npm/',
    '/api',
    '/api/',
    '/metrics',
    '/healthz',
    '/server-status',
    '/debug',
    '/openapi.json',
    '/api/openapi.json',
    '/docs',
    '/crm.sqlite',
    '/master.key',
  ]) {
    const { status } = await seller.send('GET', path);
    assert.equal(status, 404, path);
  }
  const traced = await seller.send('TRACE', '/api/session', undefined, { 'X-Probe': 'echo-me' });
  assert.ok(traced.status >= 400, `TRACE: ${traced.status}`);
  assert.ok(!traced.text.includes('echo-me'));
  await host.stop();
});
