// Rows of FAULTS.md that meet every request to Google, or all of one account: played one after the
// other. Each: {begin(lane, body), seen, end(lane)}; `begin` gets what the page's command sends.

import assert from 'node:assert/strict';

import { consent } from '../support/consent.mjs';
import { comeBack, PLUGIN } from '../support/setup.mjs';

const control = (path, body) => (lane) => lane.stage.google.control('POST', path, body);
const HOUR = 3600;

const WAITING = 'waiting health.waiting';
const OK = 'ok health.ok';

export async function reconnect(lane) {
  const opened = await lane.crm.startFlow(PLUGIN, 'reauth', lane.account);
  const { back } = await consent(opened.step.url, lane.email);
  await comeBack(lane.crm, back);
  const { step } = await lane.crm.flow(opened.flow);
  assert.equal(step.type, 'finish', JSON.stringify(step));
  lane.person = await lane.stage.google.person(lane.email, { apart: true });
}

/** A fault of every request, until the end of the row. */
const rule = (seen, { more = {}, before = async () => {}, after = async () => {} } = {}) => ({
  seen,
  async begin(lane, body) {
    await before(lane);
    const times = body.times ?? 0;
    const effect = { ...body.effect, ...more };
    await lane.stage.google.addFault({ ...body, times, effect });
  },
  async end(lane) {
    const missed = async () =>
      (await lane.stage.google.control('GET', '/faults')).faults.filter(({ hits }) => hits === 0);
    for (let i = 0; i < 100 && (await missed()).length > 0; ++i) await lane.sync();
    const unmet = await missed();
    await lane.stage.google.clearFaults();
    assert.deepEqual(unmet, [], 'faults that no request met');
    await after(lane);
  },
});

/** The same for the token endpoint: the access token ends first, so that it is asked. */
const token = (seen, options = {}) =>
  rule(seen, { before: control('/clock', { advance: HOUR + 1 }), ...options });

const setting = (path, seen, neutral, { change = (body) => body, before, after } = {}) => ({
  seen,
  async begin(lane, body) {
    await lane.stage.google.control('POST', path, change(body));
    await before?.(lane);
  },
  async end(lane) {
    await lane.stage.google.control('POST', path, neutral);
    await after?.(lane);
  },
});

const push = setting('/push', OK, {});

/** A message that Google would not send, for the channel of the lane. */
const message = {
  seen: OK,
  async begin(lane, body) {
    const { channels } = await lane.stage.google.channels();
    assert.ok(channels.length > 0, 'a push channel is open');
    for (const { id } of channels.slice(0, 1))
      await lane.stage.google.control('POST', '/push/send', { ...body, channel: id });
  },
  async end() {},
};

const once = (path, seen, { change = (body) => body, end = async () => {} } = {}) => ({
  seen,
  begin: (lane, body) => lane.stage.google.control('POST', path, change(body, lane)),
  end,
});

/**
 * Google asks for a pause of more than a day: the account says until when it waits, a day and a
 * little at most. A host that starts again tries at once.
 */
const paused = (lane) => ({
  ...rule('waiting refusal.pace'),
  lane,
  async end({ stage, health, sync }) {
    await stage.google.clearFaults();
    const outcome = await sync();
    assert.equal(outcome.status, 503, `the user is answered at once: ${outcome.message}`);
    const hours = ((await health()).until - Date.now()) / 3_600_000;
    assert.ok(hours > 20 && hours < 27, `waits ${hours} hours`);
    await stage.restartHost();
  },
});

const expireAccess = control('/clock', { advance: HOUR + 1 });

export const SOLO = {
  'Errors of the API': {
    '401: the token has expired': once('/clock', OK),
    '401: access was withdrawn': once('/tokens/revoke', 'needs_auth health.needs_auth', {
      change: (body, lane) => ({ email: lane.email }),
      end: reconnect,
    }),
    '410: the sync token is too old': once('/sync_tokens/expire', OK),
    // The answer to a deletion that is repeated: the event is deleted.
    '410: the event is deleted': rule(OK, { more: { when: 'after' } }),
    '412': rule('waiting health.failing'),
    // The product asks no faster than that by itself.
    'quotas of a minute': setting('/quotas', OK, {
      per_user_per_minute: 0,
      per_project_per_minute: 0,
    }),
    '429 with a date': paused(1),
    '429 with an absurd time': paused(2),
    'one request in ten fails, the same ones in every run': rule(''),
  },
  'Push': {
    'half of the messages are lost': push,
    'watch answers 200 and never fires': push,
    'twice': push,
    'in another order': push,
    'late, up to 5 s, overtaking each other': push,
    "an hour late by the emulator's clock": push,
    'no faults': push,
    'after stop, after expiry, for an old channel': message,
    'with a wrong token': message,
    'for another resource': message,
    'a number that goes back': message,
    'very many messages': message,
  },
  'Sign-in': {
    'refresh tokens rotate': setting(
      '/oauth',
      OK,
      { rotate_refresh_tokens: false },
      { before: expireAccess },
    ),
    '… and the answer with the new one is lost': token(WAITING),
    'the grant ends after seven days': setting(
      '/oauth',
      'needs_auth health.needs_auth',
      { grant_seconds: 0 },
      {
        before: async (lane) => {
          await reconnect(lane);
          await control('/clock', { advance: 7 * 24 * HOUR + 1 })(lane);
        },
        after: reconnect,
      },
    ),
    'the token endpoint answers 503': token(WAITING),
    'it is slow': token(OK, { more: process.env.E2E_VERIFY ? {} : { delay_ms: 300 } }),
    'it answers no JSON': token(WAITING),
    '`invalid_grant` in the middle of work': token('needs_auth health.needs_auth', {
      after: reconnect,
    }),
    '`invalid_client` after the secret was changed': token('attention refusal.oauth_client'),
    '`expires_in` 0, negative, huge': token(OK),
    'tokens that have expired at once': {
      seen: WAITING,
      keepsPerson: true, // whose token would have expired too
      async begin(lane, body) {
        await expireAccess(lane);
        await lane.renewPerson();
        await control('/oauth', body)(lane);
      },
      end: control('/oauth', { access_seconds: HOUR }),
    },
    "Google's clock is an hour behind": once('/clock', OK, {
      end: control('/clock', { advance: HOUR }),
    }),
    'a wrong Date header': token(OK),
  },
};
