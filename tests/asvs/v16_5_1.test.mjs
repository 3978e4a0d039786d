// 16.5.1: an answer says what went wrong without paths, statements and messages of the database.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SELLER, TestHost } from './host.mjs';

test('errors of the storage do not say what is inside', async () => {
  const host = await TestHost.open();
  const seller = await host.loggedIn(SELLER);
  await host.stop();
  // Whatever is written to records fails inside the database.
  host.sql(
    `CREATE TRIGGER broken BEFORE INSERT ON records
     BEGIN SELECT RAISE(ABORT, 'a-cause-within'); END`,
  );
  await host.start();
  const lead = { name: 'A', emails: [] };
  const { status, text } = await seller.send('POST', '/api/leads', lead);
  assert.ok(status >= 500, `${status} ${text}`);
  for (const inside of ['a-cause-within', host.folder, 'sqlite', 'INSERT', 'constraint', 'records'])
    assert.ok(!text.includes(inside), `${inside} is in ${text}`);
  await host.logged(/a-cause-within/);
  for (const path of ['/api/%00', '/api/events/%ff', '/plugins/../x', '/api/sessions/none']) {
    const answer = await seller.send('GET', path);
    assert.ok(answer.status >= 400 && answer.status < 500, `${path} ${answer.status}`);
    assert.ok(!answer.text.includes(host.folder), path);
  }
  await host.stop();
});
