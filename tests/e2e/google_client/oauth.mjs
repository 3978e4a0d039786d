// The OAuth 2.0 authorisation code flow with google-auth-library, through the emulator's real
// pages.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { consent } from '../support/consent.mjs';
import { printedApi, printedAuth } from './printed_settings.mjs';
import { ANNA, CLIENT, refusal } from './world.mjs';

const CALENDAR = 'https://www.googleapis.com/auth/calendar';
const SCOPES = ['openid', 'email', 'profile', CALENDAR];

/** Signs Anna in: {auth, tokens, state}. */
async function signIn(world, { scopes = SCOPES, untick = [], nonce, client = {} } = {}) {
  const auth = printedAuth(world.origin, CLIENT);
  Object.assign(auth, client);
  const { codeVerifier, codeChallenge } = await auth.generateCodeVerifierAsync();
  const state = 'state with spaces & ümlaut';
  const address = auth.generateAuthUrl({
    access_type: 'offline',
    prompt: 'select_account consent',
    scope: scopes,
    state,
    login_hint: ANNA,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    ...(nonce ? { nonce } : {}),
  });
  const { back } = await consent(address, ANNA, { untick, language: 'en' });
  const returned = new URL(back);
  const { tokens } = await auth.getToken({ code: returned.searchParams.get('code'), codeVerifier });
  auth.setCredentials(tokens);
  return { auth, tokens, returned, state, codeVerifier, address };
}

export function oauthTests(world) {
  test('a user signs in with PKCE: code, tokens, identity', async () => {
    const { auth, tokens, returned, state } = await signIn(world, { nonce: 'n-1' });
    assert.equal(returned.origin + returned.pathname, CLIENT.redirectUri);
    assert.equal(returned.searchParams.get('state'), state);
    assert.match(tokens.refresh_token, /^1\/\//);
    assert.match(tokens.access_token, /^ya29\./);
    assert.equal(tokens.token_type, 'Bearer');
    assert.ok(
      tokens.expiry_date > Date.now() + 3_000_000 && tokens.expiry_date < Date.now() + 3_700_000,
    );
    assert.ok(tokens.scope.split(' ').includes(CALENDAR));

    const ticket = await auth.verifyIdToken({
      idToken: tokens.id_token,
      audience: CLIENT.clientId,
    });
    const { sub, email, email_verified, name, nonce, iss, azp } = ticket.getPayload();
    assert.deepEqual(
      { email, email_verified, name, nonce, iss, azp },
      {
        email: ANNA,
        email_verified: true,
        name: 'Anna Arndt',
        nonce: 'n-1',
        iss: 'https://accounts.google.com',
        azp: CLIENT.clientId,
      },
    );
    assert.equal(ticket.getUserId(), sub);

    const information = await auth.getTokenInfo(tokens.access_token);
    assert.equal(information.aud, CLIENT.clientId);
    assert.equal(information.email, ANNA);
    assert.equal(information.sub, sub);
    assert.ok(information.scopes.includes(CALENDAR));
    assert.ok(information.expiry_date > Date.now());

    const { data } = await printedApi(world.origin, auth).calendars.get({ calendarId: 'primary' });
    assert.equal(data.id, ANNA);
  });

  test('an ID token for another audience or with a changed payload is not accepted', async () => {
    const { auth, tokens } = await signIn(world);
    await assert.rejects(
      auth.verifyIdToken({ idToken: tokens.id_token, audience: 'another-client' }),
      /Wrong recipient/,
    );
    const [head, payload, signature] = tokens.id_token.split('.');
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url')), email: 'eve@example.com' };
    const forged = [
      head,
      Buffer.from(JSON.stringify(claims)).toString('base64url'),
      signature,
    ].join('.');
    await assert.rejects(
      auth.verifyIdToken({ idToken: forged, audience: CLIENT.clientId }),
      /Invalid token signature/,
    );
  });

  test('an unticked box is a scope that the token lacks', async () => {
    const { auth, tokens } = await signIn(world, {
      scopes: ['openid', 'email', `${CALENDAR}.events`, `${CALENDAR}.calendarlist.readonly`],
      untick: ['calendarlist.readonly'],
    });
    assert.ok(!tokens.scope.includes('calendarlist'));
    const api = printedApi(world.origin, auth);
    assert.equal((await api.events.list({ calendarId: 'primary' })).status, 200);
    const { status, reason } = await refusal(api.calendarList.list());
    assert.deepEqual({ status, reason }, { status: 403, reason: 'insufficientPermissions' });
  });

  test('a code works once, and only with its verifier', async () => {
    const auth = printedAuth(world.origin, CLIENT);
    const { codeVerifier, codeChallenge } = await auth.generateCodeVerifierAsync();
    const ask = async () =>
      new URL(
        (
          await consent(
            auth.generateAuthUrl({
              access_type: 'offline',
              prompt: 'select_account consent',
              scope: SCOPES,
              code_challenge: codeChallenge,
              code_challenge_method: 'S256',
              login_hint: ANNA,
            }),
            ANNA,
          )
        ).back,
      ).searchParams.get('code');
    const wrong = await refusal(auth.getToken({ code: await ask(), codeVerifier: 'x'.repeat(64) }));
    assert.equal(wrong.error.response.data.error, 'invalid_grant');
    const code = await ask();
    assert.ok((await auth.getToken({ code, codeVerifier })).tokens.access_token);
    assert.equal(
      (await refusal(auth.getToken({ code, codeVerifier }))).error.response.data.error,
      'invalid_grant',
    );
  });

  test('cancelling sends the browser back with access_denied', async () => {
    const auth = printedAuth(world.origin, CLIENT);
    const { back } = await consent(
      auth.generateAuthUrl({
        access_type: 'offline',
        prompt: 'consent',
        scope: SCOPES,
        state: 's',
      }),
      ANNA,
      { allow: false },
    );
    const query = new URL(back).searchParams;
    assert.deepEqual(
      [query.get('error'), query.get('state'), query.get('code')],
      ['access_denied', 's', null],
    );
  });

  test('an expired token is refreshed before the next call, and reported', async () => {
    const { auth, tokens } = await signIn(world);
    const refreshed = [];
    auth.on('tokens', (fresh) => refreshed.push(fresh));
    auth.setCredentials({ ...tokens, expiry_date: Date.now() - 1000 });
    await printedApi(world.origin, auth).events.list({ calendarId: 'primary' });
    assert.equal(refreshed.length, 1);
    assert.notEqual(refreshed[0].access_token, tokens.access_token);
    assert.equal(auth.credentials.access_token, refreshed[0].access_token);
    assert.equal(
      auth.credentials.refresh_token,
      tokens.refresh_token,
      'Google sends no new refresh token: the old one stays',
    );
  });

  test('a token that Google considers expired: 401, refreshed once, repeated', async () => {
    const { auth, tokens } = await signIn(world, { client: { forceRefreshOnFailure: true } });
    await world.google.advance(3700); // the client's own clock does not move
    await world.google.resetStats();
    const answer = await printedApi(world.origin, auth).events.list({ calendarId: 'primary' });
    assert.equal(answer.status, 200);
    assert.notEqual(auth.credentials.access_token, tokens.access_token);
    assert.equal(await world.requests('POST /token'), 1);
    assert.equal(await world.requests('GET /calendar/v3/calendars/{calendarId}/events'), 2);
  });

  test('after revocation: the access token is refused, refreshing is invalid_grant', async () => {
    const { auth, tokens } = await signIn(world);
    const api = printedApi(world.origin, auth);
    assert.equal((await api.events.list({ calendarId: 'primary' })).status, 200);
    assert.equal((await auth.revokeToken(tokens.access_token)).status, 200);
    const dead = printedAuth(world.origin, CLIENT);
    dead.setCredentials({ access_token: tokens.access_token });
    assert.equal(
      (await refusal(printedApi(world.origin, dead).events.list({ calendarId: 'primary' }))).status,
      401,
    );
    await assert.rejects(
      auth.getTokenInfo(tokens.access_token),
      (error) => error.response.data.error === 'invalid_token',
    );
    dead.setCredentials({ refresh_token: tokens.refresh_token });
    const { status, error } = await refusal(dead.getAccessToken());
    assert.deepEqual(
      [status, error.response.data.error, error.message],
      [400, 'invalid_grant', 'invalid_grant'],
    );
    assert.equal(
      (await refusal(auth.revokeToken(tokens.access_token))).status,
      400,
      'a second time there is nothing to revoke',
    );
  });

  test('the wrong secret: invalid_client', async () => {
    const { tokens } = await signIn(world);
    const auth = printedAuth(world.origin, { ...CLIENT, clientSecret: 'GOCSPX-wrong' });
    auth.setCredentials({ refresh_token: tokens.refresh_token });
    const { status, error } = await refusal(auth.getAccessToken());
    assert.deepEqual([status, error.response.data.error], [401, 'invalid_client']);
  });
}
