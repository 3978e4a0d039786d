// The emulator in place of Google's servers: TLS with a certificate for Google's names, and clients
// whose configuration names no other address.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { GOOGLE_HOSTS, makeAuthority, makeCertificate } from './support/certificates.mjs';
import { startEmulator } from './support/emulator.mjs';
import { EMULATOR } from './support/paths.mjs';
import { Program } from './support/program.mjs';
import { scratch } from './support/scratch.mjs';

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = scratch('crm-tls-');
const authority = makeAuthority(folder);
const server = makeCertificate(folder, authority);
const ANNA = 'anna@example.com';

/**
 * curl as a user types it; `connect-to` replaces DNS. Returns {status, body}, or {error: curl's
 * exit code}.
 */
async function curl(...args) {
  const to = [...GOOGLE_HOSTS, 'wrong.example.com'].flatMap((host) => [
    '--connect-to',
    `${host}:443:127.0.0.1:${port}`,
  ]);
  try {
    const { stdout } = await run('curl', [
      '-s',
      '-w',
      '\n%{http_code}',
      '--noproxy',
      '*',
      ...to,
      ...args,
    ]);
    const cut = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, cut) };
  } catch (error) {
    return { error: error.code };
  }
}
const trusting = ['--cacert', authority.certificate];
const json = async (...args) => JSON.parse((await curl(...trusting, ...args)).body);

/** The end of an attempt to start: {code, text}. */
async function refusedStart(...args) {
  const program = new Program('google_emulator', EMULATOR, args);
  const { code } = await program.ended;
  return { code, text: program.log() };
}

let emulator, port;

before(async () => {
  emulator = await startEmulator(['--tls', server.certificate, server.key]);
  port = new URL(emulator.origin).port;
  await json(
    'https://www.googleapis.com/_emulator/accounts',
    '-d',
    JSON.stringify({ email: ANNA, name: 'Anna' }),
  );
});
after(async () => {
  await emulator?.program.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("curl reaches each of Google's names with a certificate for them", async () => {
  assert.match(emulator.origin, /^https:\/\/127\.0\.0\.1:\d+$/);
  for (const host of GOOGLE_HOSTS)
    assert.equal(
      (await curl(...trusting, `https://${host}/.well-known/openid-configuration`)).status,
      200,
      host,
    );
  const metadata = await json('https://accounts.google.com/.well-known/openid-configuration');
  const { authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri } = metadata;
  assert.deepEqual(
    [authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri],
    [
      'https://accounts.google.com/o/oauth2/v2/auth',
      'https://oauth2.googleapis.com/token',
      'https://openidconnect.googleapis.com/v1/userinfo',
      'https://www.googleapis.com/oauth2/v3/certs',
    ],
  );
  const { access_token: token } = await json(
    'https://www.googleapis.com/_emulator/tokens',
    '-d',
    JSON.stringify({ email: ANNA, scopes: 'calendar' }),
  );
  const made = await json(
    'https://www.googleapis.com/calendar/v3/calendars/primary/events',
    '-H',
    `Authorization: Bearer ${token}`,
    '-H',
    'content-type: application/json',
    '-d',
    '{"summary":"By curl","start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"}}',
  );
  assert.equal(made.summary, 'By curl');
});

test('curl refuses an untrusted authority and a wrong name', async () => {
  assert.deepEqual(await curl('https://www.googleapis.com/_emulator/stats'), { error: 60 });
  assert.deepEqual(await curl(...trusting, 'https://wrong.example.com/_emulator/stats'), {
    error: 60,
  });
});

test("Google's unmodified client signs in and works", async () => {
  const { stdout } = await run(
    process.execPath,
    ['--require', here('tls/google_is_here.cjs'), here('tls/unpatched_client.mjs'), ANNA],
    {
      env: {
        ...process.env,
        GOOGLE_IS_AT: `127.0.0.1:${port}`,
        NODE_EXTRA_CA_CERTS: authority.certificate,
      },
    },
  );
  const seen = JSON.parse(stdout);
  assert.equal(seen.origin, 'https://accounts.google.com');
  assert.ok(seen.asked.startsWith('https://www.googleapis.com/calendar/v3/'), seen.asked);
  assert.equal(seen.identity, ANNA);
  assert.equal(seen.informed, ANNA);
  assert.ok(seen.summaries.includes('Over TLS'));
  assert.equal(seen.after, 'Over TLS');
  assert.equal(seen.renewed, true);
  assert.equal(seen.refused, 401);
});

test('the product connects over TLS and synchronises both ways', async () => {
  const { stdout } = await run(
    process.execPath,
    [here('tls/product.mjs'), server.certificate, server.key, authority.certificate],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: authority.certificate } },
  );
  assert.deepEqual(JSON.parse(stdout), {
    base: 'https:',
    fromGoogle: ['Made at Google'],
    atGoogle: ['Made in the CRM'],
  });
});

const handshake = (options) =>
  new Promise((resolve) => {
    const socket = connect(
      {
        host: '127.0.0.1',
        port,
        servername: 'www.googleapis.com',
        rejectUnauthorized: false,
        ...options,
      },
      () => {
        resolve(socket.getProtocol());
        socket.destroy();
      },
    );
    socket.on('error', () => resolve('refused'));
  });

test('TLS 1.2 and 1.3 are served, older versions are refused', async () => {
  const only = (version) =>
    handshake({ minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' });
  assert.deepEqual(await Promise.all(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'].map(only)), [
    'refused',
    'refused',
    'TLSv1.2',
    'TLSv1.3',
  ]);
});

test('of the ports with faulty certificates a client accepts only the right one', async () => {
  const pem = join(folder, 'emulator.pem');
  writeFileSync(
    pem,
    (await curl(...trusting, 'https://www.googleapis.com/_emulator/authority')).body,
  );
  const outcomes = {};
  for (const trouble of [
    'none',
    'expired',
    'not_yet_valid',
    'wrong_host',
    'self_signed',
    'unknown_authority',
    'old_tls',
  ]) {
    const { url } = await json(
      'https://www.googleapis.com/_emulator/doors',
      '-d',
      JSON.stringify({ trouble }),
    );
    const door = new URL(url).port;
    // What the client reports, in the words of OpenSSL; a served request returns the document's
    // kind.
    outcomes[trouble] = await new Promise((resolve) => {
      const request = get(
        {
          host: '127.0.0.1',
          port: door,
          servername: 'www.googleapis.com',
          ca: readFileSync(pem),
          path: '/calendar/v3/colors',
          headers: { Host: 'www.googleapis.com' },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        },
      );
      request.on('error', (error) => resolve(error.code));
    });
  }
  assert.match(outcomes.old_tls, /PROTOCOL|EPROTO|ECONNRESET/);
  assert.deepEqual(
    { ...outcomes, old_tls: '' },
    {
      none: 403,
      expired: 'CERT_HAS_EXPIRED',
      not_yet_valid: 'CERT_NOT_YET_VALID',
      wrong_host: 'ERR_TLS_CERT_ALTNAME_INVALID',
      self_signed: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      unknown_authority: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      old_tls: '',
    },
  );
  const old = await json(
    'https://www.googleapis.com/_emulator/doors',
    '-d',
    '{"trouble":"old_tls"}',
  );
  const versions = await Promise.all(
    ['TLSv1.1', 'TLSv1.2'].map((version) =>
      handshake({
        port: Number(new URL(old.url).port),
        minVersion: version,
        maxVersion: version,
        ciphers: 'ALL:@SECLEVEL=0',
      }),
    ),
  );
  assert.deepEqual(versions, ['TLSv1.1', 'refused']);
  await json('https://www.googleapis.com/_emulator/doors', '-X', 'DELETE');
  assert.equal(await handshake({ port: Number(new URL(old.url).port) }), 'refused');
});

test('faults on the bytes look the same over TLS', async () => {
  const colors = 'https://www.googleapis.com/calendar/v3/colors';
  // curl's exit codes: 18 partial file, 52 empty reply, 56 receive error, 0 a status.
  for (const [effect, outcomes] of [
    [{ cut: 'middle' }, [18, 56]],
    [{ cut: 0, end: 'reset' }, [35, 52, 56]],
    [{ drop: true }, [52, 56]],
    [{ content_length_add: 9 }, [18, 56]],
    [{ chunked: 'not_hex' }, [56]],
    [{ stall: 'middle', stall_ms: 50 }, [403]],
    [{ chunked: 'right' }, [403]],
    [{ before_answer: 'HTTP/1.1 103 Early Hints\r\n\r\n' }, [403]],
  ]) {
    await json(
      'https://www.googleapis.com/_emulator/faults',
      '-d',
      JSON.stringify({ match: { path: '/calendar/v3/colors' }, effect }),
    );
    const { status, error } = await curl(...trusting, colors);
    assert.ok(outcomes.includes(error ?? status), `${JSON.stringify(effect)}: ${error ?? status}`);
    assert.equal((await curl(...trusting, colors)).status, 403, 'the next one is served');
  }
});

test('plain HTTP at the TLS port: the connection closes and nothing is served', async () => {
  const before = await json('https://www.googleapis.com/_emulator/stats');
  const answer = await new Promise((resolve) => {
    let text = '';
    const socket = connectPlain({ host: '127.0.0.1', port }, () =>
      socket.write('GET /calendar/v3/colors HTTP/1.1\r\nHost: www.googleapis.com\r\n\r\n'),
    );
    socket.on('data', (data) => {
      text += data.toString('latin1');
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => {});
  });
  assert.doesNotMatch(answer, /HTTP/); // at most a TLS alert
  assert.equal((await json('https://www.googleapis.com/_emulator/stats')).total, before.total);
});

test('IPv6 loopback is served, or the program says why not', async (t) => {
  const probe = connectPlain({ host: '::1', port: 1 });
  const unavailable = await new Promise((resolve) =>
    probe.on('error', (error) => resolve(error.code !== 'ECONNREFUSED')),
  );
  if (unavailable) {
    const { code, text } = await refusedStart('--listen', '[::1]:0');
    t.diagnostic('no IPv6 on this machine');
    assert.equal(code, 1);
    assert.match(text, /cannot listen on \[::1\]:0: ./);
    return;
  }
  const six = await startEmulator(['--tls', server.certificate, server.key], '[::1]:0');
  try {
    assert.match(six.origin, /^https:\/\/\[::1\]:\d+$/);
    const { stdout } = await run('curl', [
      '-s',
      '--noproxy',
      '*',
      ...trusting,
      `${six.origin}/_emulator/stats`,
    ]);
    assert.equal(JSON.parse(stdout).total, 0);
  } finally {
    await six.program.stop();
  }
});

test('an impossible command line prints one sentence and exits with 2', async () => {
  for (const [listen, why] of [
    ['127.0.0.1', /port is missing/],
    ['127.0.0.1:', /no number/],
    ['127.0.0.1:65536', /no number/],
    ['127.0.0.1:8o', /no number/],
    ['localhost:0', /no IP address/],
    ['::1:0', /brackets/],
    ['[::1:0', /no IP address/],
    ['[127.0.0.1]:0', /no IPv6/],
    [':0', /no IP address/],
  ]) {
    const { code, text } = await refusedStart('--listen', listen);
    assert.equal(code, 2, listen);
    assert.match(text, why, listen);
    assert.match(text, /for example 127\.0\.0\.1:8081/);
  }
  const broken = join(folder, 'broken.pem');
  writeFileSync(broken, 'no certificate');
  for (const [certificate, key, named] of [
    [join(folder, 'absent.pem'), server.key, 'certificate'],
    [broken, server.key, 'certificate'],
    [server.certificate, join(folder, 'absent.key'), 'key'],
    [server.certificate, broken, 'key'],
    [server.certificate, authority.key, 'key'],
  ]) {
    const { code, text } = await refusedStart('--listen', '127.0.0.1:0', '--tls', certificate, key);
    assert.equal(code, 2, text);
    assert.match(text, new RegExp(`the TLS ${named} \\S+ cannot be used: .`));
  }
  const { code, text } = await refusedStart('--listen', `127.0.0.1:${port}`);
  assert.equal(code, 1);
  assert.match(text, /cannot listen on 127\.0\.0\.1:\d+: ./);
});
