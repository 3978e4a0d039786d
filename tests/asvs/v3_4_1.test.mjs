// 3.4.1: every answer over https has Strict-Transport-Security for a year, subdomains included.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TestHost } from './host.mjs';

test('every answer over https asks for https', async () => {
  const host = await TestHost.open({ tls: true });
  for (const path of ['/', '/api/session', '/api/strings/de', '/nowhere', '/plugins/x/callback']) {
    const { headers } = await host.send('GET', path);
    const [, age] = /max-age=(\d+)/.exec(headers['strict-transport-security'] ?? '') ?? [];
    assert.ok(Number(age) >= 365 * 24 * 3600, path);
    assert.match(headers['strict-transport-security'], /includeSubDomains/, path);
  }
  await host.stop();
});
