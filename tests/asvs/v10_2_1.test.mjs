// 10.2.1: the way back from the provider ends a step only in the session that opened it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { callback, openConsent } from './consent.mjs';
import { ADMIN, TestHost } from './host.mjs';

test('another session of the same user does not end the step', async () => {
  const host = await TestHost.open();
  const admin = await host.loggedIn(ADMIN);
  const { flow, state } = await openConsent(admin);
  const elsewhere = await host.loggedIn(ADMIN);
  const refused = await callback(elsewhere, { state, code: 'x' });
  assert.match(refused.headers.location, /error=flow.link_used/);
  const fresh = await elsewhere.send('GET', `/api/flows/${flow}`);
  assert.notEqual(
    new URL(fresh.json.step.url).searchParams.get('state'),
    state,
    'a link of its own',
  );
  const again = await openConsent(admin);
  const ended = await callback(admin, { state: again.state, error: 'access_denied' });
  assert.match(ended.headers.location, /\/flow\//, 'the first session ends it');
  assert.doesNotMatch(ended.headers.location, /error=/);
  await host.stop();
});
