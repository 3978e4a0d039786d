// 16.2.1, 16.3.1, 16.3.2: who did what when from where is logged: log-ins, failures, pauses,
// changes of users; 16.2.5: without passwords and tokens.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ADMIN, OTHER, PASSWORD, SELLER, TestHost } from './host.mjs';

test('what concerns security is in the log, with user, client and time', async () => {
  const host = await TestHost.open();
  const admin = await host.loggedIn(ADMIN);
  for (let i = 0; i < 7; ++i)
    await host.browser().logIn({ ...SELLER, password: `guess-${i}-guess` });
  const users = (await admin.send('GET', '/api/users')).json;
  const other = users.find(({ email }) => email === OTHER.email);
  await admin.send('PATCH', `/api/users/${other.id}`, { locked: true });
  await admin.send('PATCH', `/api/users/${other.id}`, { locked: false, role: 'admin' });
  await admin.send('DELETE', '/api/session');
  for (const action of ['log_in', 'log_out', 'user_lock', 'user_unlock', 'user_role_admin']) {
    const [line] = await host.audit(action);
    assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d /, action);
    assert.match(line, /"user":"[^"]+"/, action);
    assert.match(line, /"client":"127\.0\.0\.1"/, action);
  }
  const failures = await host.audit('log_in_failed', 5);
  assert.ok(
    failures.some((line) => line.includes('"paused":true')),
    'the pause is named',
  );
  const log = host.program.log();
  for (const hidden of [PASSWORD, 'guess-0-guess', SELLER.email, ...admin.cookies.values()])
    assert.ok(hidden === '' || !log.includes(hidden), hidden);

  const added = host.command(['user', 'add', 'new@crm.example', 'admin'], 'a long new horse\n');
  assert.match(added.output, /audit \{"action":"user_add"/, 'by a command too');
  await host.stop();
});
