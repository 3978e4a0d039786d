// 6.2.4: new passwords are compared with the most frequent ones; 6.2.1: they have eight characters.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PASSWORD, SELLER, TestHost } from './host.mjs';

test('frequent and short passwords are refused on the page and by the command', async () => {
  const host = await TestHost.open();
  const seller = await host.loggedIn(SELLER);
  for (const wanted of ['password', 'Passwort', '12345678', 'qwertyuiop', 'short']) {
    const answer = await seller.send('POST', '/api/me/password', { present: PASSWORD, wanted });
    assert.equal(answer.status, 400, wanted);
    assert.equal(answer.json.error.field, 'password', wanted);
    assert.equal(host.command(['user', 'add', 'new@crm.example'], `${wanted}\n`).status, 1, wanted);
  }
  await host.stop();
});
