// Programs for Python that read the discovery document before their first call, from Debian's
// packages and unchanged: Google's client and gcalcli. Only DNS, port 443 and the authority that
// they trust are the test's.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { makeAuthority, makeCertificate } from './support/certificates.mjs';
import { startEmulator } from './support/emulator.mjs';
import { Google } from './support/google.mjs';
import { scratch } from './support/scratch.mjs';

const PYTHON = '/usr/bin/python3'; // which has Debian's packages
const here = fileURLToPath(new URL('google_client/python', import.meta.url));
const folder = scratch('crm-python-');
const authority = makeAuthority(folder);
const server = makeCertificate(folder, authority);
const ANNA = 'anna@example.com';
const CLIENT = { client_id: 'python.apps.googleusercontent.com', client_secret: 'secret' };

let emulator, refreshToken;

/** A control of the emulator. */
function control(method, path, body) {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${emulator.origin}/_emulator${path}`,
      { method, ca: readFileSync(authority.certificate) },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (more) => (text += more));
        answer.on('end', () => resolve(JSON.parse(text)));
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The environment in which connections to Google's names end at the emulator. */
const atGoogle = () => ({
  PYTHONPATH: here,
  GOOGLE_IS_AT: new URL(emulator.origin).host,
  HTTPLIB2_CA_CERTS: authority.certificate,
});

/** A program for Python. Its error output is in the message when it fails. */
function python(args, input = '', environment = atGoogle()) {
  return new Promise((resolve, reject) => {
    const child = execFile(
      PYTHON,
      args,
      {
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          LANG: 'C.UTF-8',
          TZ: 'Europe/Berlin',
          PYTHONDONTWRITEBYTECODE: '1',
          ...environment,
        },
        timeout: 60_000,
      },
      (error, stdout, stderr) =>
        error ? reject(new Error(`${args.join(' ')}\n${stdout}\n${stderr}`)) : resolve(stdout),
    );
    child.stdin.end(input);
  });
}

before(async () => {
  emulator = await startEmulator(['--tls', server.certificate, server.key]);
  await control('POST', '/accounts', { email: ANNA, name: 'Anna', time_zone: 'Europe/Berlin' });
  await control('POST', '/clients', { ...CLIENT, redirect_uris: [] });
  const tokens = await control('POST', '/tokens', {
    email: ANNA,
    scopes: ['calendar'],
    client_id: CLIENT.client_id,
  });
  refreshToken = tokens.refresh_token;
});
after(async () => {
  await emulator?.program.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("Google's client builds itself from the document and calls every kind of method", async () => {
  const seen = JSON.parse(
    await python(
      [join(here, 'calendar_client.py')],
      JSON.stringify({ ...CLIENT, refresh_token: refreshToken }),
    ),
  );
  assert.deepEqual(seen.patched, ['First', 'Here']);
  assert.deepEqual(seen.updated, ['Moved', null]);
  assert.deepEqual(seen.batched, {
    'insert-3': 'Batch 3',
    'insert-4': 'Batch 4',
    'insert-5': 'Batch 5',
    'insert-6': 'Batch 6',
    'insert-7': 'Batch 7',
    'unknown': 404,
  });
  assert.deepEqual(seen.pages, [
    ['Moved', 'Batch 3', 'Batch 4', 'Batch 5'],
    ['Batch 6', 'Batch 7'],
  ]);
  assert.ok(seen.long_url > 2048, `${seen.long_url}`);
  assert.deepEqual(seen.long, ['Tagged']);
  assert.equal(seen.after_long, 7);
  assert.equal(seen.quick, '-06-03T10:00:00');
  assert.equal(seen.busy, 1);
  assert.deepEqual(seen.calendars, [ANNA]);
  assert.equal(seen.deleted_twice, 410);
  assert.equal(seen.colors, 11);
  const { requests } = await control('GET', '/stats');
  assert.equal(requests['GET /discovery/v1/apis/calendar/v3/rest'], 1);
  assert.equal(requests['POST /token'], 1);
  assert.equal(requests['POST /batch/calendar/v3'], 1);
});

test("Google's client works with the settings that the manual prints", async () => {
  const { program, origin } = await startEmulator();
  try {
    const google = new Google(origin);
    await google.control('POST', '/accounts', { email: ANNA, name: 'Anna' });
    const { refresh_token } = await google.control('POST', '/tokens', {
      email: ANNA,
      scopes: ['calendar'],
      client_id: 'any',
    });
    const seen = await python([join(here, 'printed_settings.py'), origin, refresh_token], '', {});
    assert.deepEqual(JSON.parse(seen), {
      batch: ['confirmed', 'confirmed'],
      listed: ['Plain', 'Plain'],
    });
  } finally {
    await program.stop();
  }
});

describe('gcalcli', () => {
  const settings = join(folder, 'gcalcli');
  const gcalcli = (...args) =>
    python(['/usr/bin/gcalcli', '--config-folder', settings, '--nocolor', ...args]);
  const FROM = '2026-11-30',
    UNTIL = '2026-12-20';

  // The credentials as gcalcli stores them after its consent page.
  before(() => {
    mkdirSync(settings);
    writeFileSync(
      join(settings, 'oauth'),
      JSON.stringify({
        access_token: 'expired',
        token_expiry: '2020-01-01T00:00:00Z',
        refresh_token: refreshToken,
        ...CLIENT,
        token_uri: 'https://oauth2.googleapis.com/token',
        revoke_uri: 'https://oauth2.googleapis.com/revoke',
        user_agent: 'gcalcli/v4.3.0',
        id_token: null,
        id_token_jwt: null,
        token_response: null,
        token_info_uri: null,
        scopes: ['https://www.googleapis.com/auth/calendar'],
        invalid: false,
        _class: 'OAuth2Credentials',
        _module: 'oauth2client.client',
      }),
    );
  });

  test('list names the calendars', async () => {
    assert.match(await gcalcli('list'), /owner\s+anna@example\.com/);
  });

  test('add, agenda, calw and search show an event, delete removes it', async () => {
    await gcalcli(
      '--calendar',
      ANNA,
      'add',
      '--title',
      'By gcalcli',
      '--where',
      'Berlin',
      '--when',
      '2026-12-15 14:00',
      '--duration',
      '45',
      '--noprompt',
    );
    const agenda = await gcalcli('agenda', FROM, UNTIL);
    assert.match(agenda, /Tue Dec 15\s+(2:00pm|14:00)\s+By gcalcli/);
    assert.match(agenda, /Batch 3/);
    assert.match(await gcalcli('calw', '2026-12-14', '3'), /14:00 By[^]*gcalcli/);
    assert.match(await gcalcli('search', 'gcalcli', FROM, UNTIL), /By gcalcli/);
    await gcalcli('delete', 'By gcalcli', FROM, UNTIL, '--iamaexpert');
    assert.doesNotMatch(await gcalcli('agenda', FROM, UNTIL), /By gcalcli/);
  });

  test('quick makes an event of a text', async () => {
    await gcalcli('--calendar', ANNA, 'quick', 'Dinner with Eric 7pm tomorrow');
    assert.match(await gcalcli('agenda'), /(7:00pm|19:00)\s+Dinner with Eric/);
  });
});
