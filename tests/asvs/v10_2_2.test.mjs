// 10.2.2: the answer of another authorization server is not taken for that of the right one.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { callback, currentStep, openConsent, provider } from './consent.mjs';
import { ADMIN, TestHost } from './host.mjs';

test('a redirect that names another issuer ends the consent without a request', async () => {
  const google = await provider(() => ({ status: 503, body: {} }));
  const host = await TestHost.open({ args: ['--google-base', google.origin] });
  const admin = await host.loggedIn(ADMIN);
  const { flow, state } = await openConsent(admin);
  await callback(admin, { state, code: 'x', iss: 'https://accounts.evil.example' });
  const step = await currentStep(admin, flow);
  assert.equal(step.reason, 'abort.consent_failed', JSON.stringify(step));
  assert.equal(google.requests.length, 0, 'the code goes nowhere');
  await host.stop();
  google.close();
});
