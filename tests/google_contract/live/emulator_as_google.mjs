// An emulator in the place of Google for the tests of ./dev live: users with data of their own, and
// runs of the program with consent in the browser. One emulator for each test file; it ends with
// the file. Only this file and the tests use the emulator's controls, the program never does.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

import { consent } from '../../e2e/support/consent.mjs';
import { BUILD, EMULATOR } from '../../e2e/support/paths.mjs';
import { Program } from '../../e2e/support/program.mjs';
import { until } from '../../e2e/support/until.mjs';

export const LIVE = join(BUILD, 'bin/contract_live');
const SECRET = 'GOCSPX-a-secret-of-the-client';
export const MARK = '[contract test, may be deleted]';
export const EVENTS = '/calendar/v3/calendars/{calendarId}/events';

export const scratch = mkdtempSync(join(tmpdir(), 'contract-live-'));
const client = join(scratch, 'client.json');
writeFileSync(
  client,
  JSON.stringify({
    installed: {
      client_id: 'live.apps.example',
      client_secret: SECRET,
      redirect_uris: ['http://localhost'],
    },
  }),
);

const emulator = new Program('google_emulator', EMULATOR, ['--listen', '127.0.0.1:0']);
await emulator.ready(() => /http:\S+/.test(emulator.log()));
export const google = emulator.log().match(/http:\S+/)[0];

after(async () => {
  await emulator.stop();
  rmSync(scratch, { recursive: true, force: true });
});

export async function control(method, path, body) {
  const answer = await fetch(`${google}/_emulator${path}`, {
    method,
    body: body && JSON.stringify(body),
  });
  assert.equal(answer.status, 200, `${method} ${path}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : {};
}

/**
 * A user at Google who had data before the run: an event in the primary calendar and a second
 * calendar with one.
 */
export async function newUser(email) {
  await control('POST', '/load', {
    accounts: [
      {
        email,
        name: 'A Person',
        calendars: [
          {
            primary: true,
            events: [
              {
                summary: 'Dentist',
                start: { dateTime: '2026-12-01T10:00:00+01:00' },
                end: { dateTime: '2026-12-01T11:00:00+01:00' },
              },
            ],
          },
          {
            id: `family-${email.split('@')[0]}@group.calendar.google.com`,
            summary: 'Family',
            events: [
              { summary: 'Trip', start: { date: '2026-12-24' }, end: { date: '2026-12-25' } },
            ],
          },
        ],
      },
    ],
  });
  const { access_token } = await control('POST', '/tokens', {
    email,
    scopes: 'calendar',
    client_id: 'observer',
  });
  const get = async (path) =>
    (
      await fetch(`${google}/calendar/v3${path}`, {
        headers: { 'Authorization': `Bearer ${access_token}`, 'X-Emulator-Page': '1' },
      })
    ).json();
  const calendars = async () =>
    (await get('/users/me/calendarList?showHidden=true')).items.map(({ id, summary, etag }) => ({
      id,
      summary,
      etag,
    }));
  return {
    email,
    calendars,
    /** What the user sees: calendars, living events, rules. */
    async seen() {
      const { list, events, rules } = await this.own();
      const living = events.map(({ items }) =>
        items.filter(({ status }) => status !== 'cancelled'),
      );
      return { list, living, rules };
    },
    /** The deleted events in the primary calendar. */
    async deleted() {
      return (await get('/calendars/primary/events?showDeleted=true')).items.filter(
        ({ status }) => status === 'cancelled',
      );
    },
    /** All of the user's own data: calendars, their events (deleted ones too), their rules. */
    async own() {
      const list = await calendars();
      const events = await Promise.all(
        list.map(({ id }) => get(`/calendars/${encodeURIComponent(id)}/events?showDeleted=true`)),
      );
      const rules = await Promise.all(
        list.map(({ id }) => get(`/calendars/${encodeURIComponent(id)}/acl`)),
      );
      return {
        list,
        events: events.map(({ etag, updated, items }) => ({ etag, updated, items })),
        rules: rules.map(({ items }) => items),
      };
    },
  };
}

let runs = 0;
/** Starts ./dev live. `accounts` are chosen, in this order, on the consent pages it asks for. */
export function live(
  args,
  { state = join(scratch, `state-${++runs}`), accounts = [], env = {} } = {},
) {
  const program = new Program(
    'contract_live',
    LIVE,
    [
      '--google',
      google,
      '--client',
      client,
      '--state',
      state,
      '--per-minute',
      '0',
      '--settle',
      '0',
      ...args,
    ],
    { env: { XDG_CONFIG_HOME: scratch, ...env } },
  );
  const allowed = (async () => {
    for (const [index, account] of accounts.entries()) {
      let addresses;
      await until(
        'the address of the consent page',
        () =>
          (addresses = program.log().match(/http:\S+\/auth\?\S+/g) ?? []).length > index ||
          !program.alive,
        { timeout: 20_000 },
      );
      assert.ok(addresses.length > index, `no address to open:\n${program.log()}`);
      const { back } = await consent(addresses[index], account.email, account.how ?? {});
      const page = await fetch(back);
      assert.equal(page.status, account.status ?? 200);
      assert.match(await page.text(), /close this page/);
    }
  })();
  return {
    program,
    state,
    ended: allowed
      .then(() => program.ended)
      .then(({ code, signal }) => ({ code, signal, output: program.log(), report: report(state) })),
  };
}

function report(state) {
  const file = join(state, 'differences.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** Neither the output nor the report holds a token, the client's secret or the user's address. */
export function assertRedacted({ state, output, report: document }, email) {
  const kept = JSON.parse(readFileSync(join(state, 'account.json'), 'utf8'));
  assert.ok(kept.refresh_token.length > 10);
  for (const text of [output, JSON.stringify(document)]) {
    for (const secret of [kept.refresh_token, SECRET, 'ya29.'])
      assert.ok(!text.includes(secret), `a secret in the output: ${secret.slice(0, 6)}...`);
    assert.ok(
      !text.replace(/login_hint=\S+/, '').includes(email),
      `the address ${email} is in the output`,
    );
  }
}

export const rows = (output) =>
  Object.fromEntries(
    [...output.matchAll(/^([\w.]+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$/gm)].map(
      ([, name, ...cells]) => [name, cells.map(Number)],
    ),
  );
