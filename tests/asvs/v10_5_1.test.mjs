// 10.5.1: an id_token of another consent, for another client, or one that is over is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { callback, currentStep, openConsent, provider } from './consent.mjs';
import { ADMIN, TestHost } from './host.mjs';

const now = () => Math.floor(Date.now() / 1000);

/** The reason why the consent ended. `claims`: of the id_token, besides the right ones. */
async function consent(claims) {
  let nonce;
  const google = await provider(({ url }) => {
    if (url !== '/token') return { status: 503, body: {} };
    const all = {
      iss: 'https://accounts.google.com',
      aud: 'client-1',
      sub: '1',
      email: 'a@gmail.com',
      nonce,
      exp: now() + 3600,
      ...claims,
    };
    const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    return {
      status: 200,
      body: {
        access_token: 'a',
        refresh_token: 'r',
        expires_in: 3600,
        scope: 'openid email',
        id_token: `${part({})}.${part(all)}.x`,
      },
    };
  });
  const host = await TestHost.open({ args: ['--google-base', google.origin] });
  const admin = await host.loggedIn(ADMIN);
  const opened = await openConsent(admin);
  ({ nonce } = opened);
  assert.ok(nonce.length >= 22, 'the request has a nonce');
  await callback(admin, { state: opened.state, code: 'x' });
  const step = await currentStep(admin, opened.flow);
  await host.stop();
  google.close();
  return step.reason;
}

test('an id_token is of this consent, for this client, of Google and not over', async () => {
  // It is right, and then the scopes are missing.
  assert.equal(await consent({}), 'abort.scope_missing');
  for (const wrong of [
    { nonce: 'of another consent' },
    { nonce: undefined },
    { aud: 'client-2' },
    { iss: 'https://accounts.evil.example' },
    { exp: now() - 3600 },
  ])
    assert.equal(await consent(wrong), 'abort.google_refused', JSON.stringify(wrong));
});
