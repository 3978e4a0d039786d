// 16.4.1: what a client sends cannot begin a line of the log; 16.2.4: each line can be read by a
// program.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TestHost } from './host.mjs';

const FORGED = '2026-01-01T00:00:00.000+00:00 warning audit {"action":"forged"}';

test('a line break of a client makes no line of the log', async () => {
  const host = await TestHost.open();
  const browser = host.browser();
  await browser.send(
    'POST',
    '/api/session',
    { email: `x@crm.example\n${FORGED}\r\n`, password: `guess\n${FORGED}` },
    { 'User-Agent': `agent "x" ${FORGED}` },
  );
  await host.audit('log_in_failed');
  await host.stop();
  const lines = host.program.log().split('\n').filter(Boolean);
  for (const line of lines) {
    assert.ok(!line.startsWith(FORGED), line);
    assert.ok(
      [...line].every((c) => c >= ' '),
      'a control character',
    );
  }
  const audit = lines.filter((line) => / audit \{/.test(line));
  assert.ok(audit.length > 0);
  for (const line of audit) JSON.parse(line.slice(line.indexOf(' audit ') + 7));
});
