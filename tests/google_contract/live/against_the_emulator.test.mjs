// ./dev live with an emulator in the place of Google: consent in the browser, a whole run, reported
// differences, and calendars that are deleted whatever happens in between.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { makeAuthority, makeCertificate } from '../../e2e/support/certificates.mjs';
import { BUILD, EMULATOR } from '../../e2e/support/paths.mjs';
import { Program } from '../../e2e/support/program.mjs';
import { until } from '../../e2e/support/until.mjs';
import {
  assertRedacted,
  control,
  EVENTS,
  google,
  live,
  LIVE,
  MARK,
  newUser,
  rows,
  scratch,
} from './emulator_as_google.mjs';

test('without a client it explains itself and ends with 2', async () => {
  const program = new Program('contract_live', LIVE, [], {
    env: {
      XDG_CONFIG_HOME: scratch,
      XDG_STATE_HOME: scratch,
      GCAL_LIVE_CLIENT: '',
      GCAL_LIVE_CLIENT_ID: '',
    },
  });
  const { code } = await program.ended;
  assert.equal(code, 2);
  for (const part of [
    'Desktop app',
    'GCAL_LIVE_CLIENT_ID',
    '--clean',
    '--forget',
    'sendUpdates=none',
    'secondary calendars',
  ])
    assert.ok(program.log().includes(part), part);
});

test('a whole run finds no difference and leaves both accounts as they were', async () => {
  const anna = await newUser('anna@example.com'),
    berta = await newUser('berta@example.com');
  const before = [await anna.own(), await berta.seen()];
  await control('POST', '/stats/reset');
  const run = live(['--second'], { accounts: [anna, berta] });
  const result = await run.ended;
  assert.equal(result.code, 0, result.output);
  const { all } = rows(result.output);
  assert.ok(all[0] > 300, result.output);
  assert.deepEqual(all.slice(1, 3), [0, 0]);
  assert.match(result.output, /not live: needs the emulator's controls/);
  assert.deepEqual([await anna.own(), await berta.seen()], before);
  const copies = await berta.deleted();
  assert.ok(copies.length > 30, 'the second account was not invited');
  for (const { organizer } of copies.filter((copy) => copy.organizer))
    assert.match(organizer.email, /@group\.calendar\.google\.com$/, 'an event of its own');
  assert.equal(readFileSync(join(run.state, 'invitations.json'), 'utf8').trim(), '{}');
  for (const section of ['guests.series', 'guests.answers', 'guests.rights'])
    assert.ok(rows(result.output)[section][0] >= 5, `${section}: ${result.output}`);
  const { mails, requests } = await control('GET', '/stats');
  assert.deepEqual(mails, [], 'Google would have sent mails');
  assert.deepEqual(
    Object.keys(requests).filter(
      (template) => template.includes('_emulator') && !template.includes('stats'),
    ),
    [],
  );
  assertRedacted({ ...run, ...result }, anna.email);
  assertRedacted({ ...run, ...result }, berta.email);
  for (const name of ['account.json', 'second.json', 'differences.json', 'calendars.json'])
    assert.equal(statSync(join(run.state, name)).mode & 0o777, 0o600, name);
  assert.equal(statSync(run.state).mode & 0o777, 0o700);
  assert.equal(result.report.differences, 0);
  assert.equal(result.report.calendars_left, 0);

  // The grant is kept: the second run asks for no page. --forget revokes it.
  const again = await live(['fields'], { state: run.state }).ended;
  assert.equal(again.code, 0, again.output);
  const forgotten = await live(['--forget'], { state: run.state }).ended;
  assert.equal(forgotten.code, 0, forgotten.output);
  assert.ok(
    !existsSync(join(run.state, 'account.json')) && !existsSync(join(run.state, 'second.json')),
  );
});

test('a wrong response is reported with its fact, its request, expected and actual', async () => {
  const carla = await newUser('carla@example.com');
  const { id } = await control('POST', '/faults', {
    match: { method: 'POST', path: EVENTS, body_contains: '"colorId":"12"' },
    times: 0,
    effect: {
      status: 400,
      domain: 'calendar',
      reason: 'unknownColour',
      message: 'No such colour.',
    },
  });
  const run = live(['events.refused'], { accounts: [carla] });
  const result = await run.ended;
  await control('DELETE', `/faults/${id}`);
  assert.equal(result.code, 1, result.output);
  assert.equal(result.report.differences, 1);
  const [difference] = result.report.findings.filter(({ verdict }) => verdict === 'differs');
  assert.equal(difference.section, 'events.refused');
  assert.match(difference.fact, /unknown colorId/);
  assert.equal(difference.evidence, 'documented');
  assert.deepEqual(
    difference.statements.map(({ expected, got }) => ({ expected, got })),
    [{ expected: '"invalid"', got: '"unknownColour"' }],
  );
  const asked = difference.exchanges.find(({ request }) => request.startsWith('POST'));
  assert.equal(asked.request, 'POST /calendar/v3/calendars/TEST-CALENDAR/events?sendUpdates=none');
  assert.match(asked.body, /"colorId":"12"/);
  assert.equal(asked.status, 400);
  assert.match(result.output, /Differences: 1\n\n1\. events\.refused: refused: an unknown colorId/);
  assertRedacted({ ...run, ...result }, carla.email);
  assert.deepEqual(
    (await carla.calendars()).filter(({ summary }) => summary.startsWith(MARK)),
    [],
  );
});

test('probes find the values that Google has, in the form that the emulator takes', async () => {
  const paula = await newUser('paula@example.com');
  const { behaviour: defaults, switches } = await control('GET', '/behaviour');
  const others = Object.fromEntries(switches.map(({ name, values }) => [name, values.at(-1)]));
  await control('POST', '/behaviour', others);
  const run = live(['guesses'], { accounts: [paula] });
  const result = await run.ended;
  await control('POST', '/behaviour', defaults);
  assert.equal(result.code, 0, result.output);
  assert.deepEqual(result.report.behaviour, others);
  for (const [name, value] of Object.entries(others)) {
    assert.ok(result.output.includes(`google: ${name} = ${value}\n`), name);
    assert.ok(result.output.includes(` --assume ${name}=${value}`), name);
  }
  const again = await live(['guesses'], { state: run.state }).ended;
  assert.deepEqual(again.report.behaviour, defaults);

  const listed = new Program('contract_live', LIVE, ['--list', 'guesses']);
  assert.equal((await listed.ended).code, 0);
  for (const { name } of switches) assert.match(listed.log(), new RegExp(`guessed +\\? ${name}: `));
});

test('a difference from a guess ends a run with 1 only with --strict', async () => {
  const quentin = await newUser('quentin@example.com');
  const { id } = await control('POST', '/faults', {
    match: { method: 'POST', path: EVENTS, body_contains: 'SECONDLY' },
    times: 0,
    effect: { status: 400, reason: 'unknownRule' },
  });
  const run = live(['events.refused'], { accounts: [quentin] });
  const lenient = await run.ended;
  const strict = await live(['--strict', 'events.refused'], { state: run.state }).ended;
  const contract = (...options) =>
    new Program('emulator_contract', join(BUILD, 'bin/emulator_contract'), [
      '--base',
      google,
      'events.refused',
      ...options,
    ]).ended;
  const codes = [(await contract()).code, (await contract('--strict')).code];
  await control('DELETE', `/faults/${id}`);
  assert.deepEqual([lenient.code, strict.code], [0, 1], strict.output);
  assert.deepEqual(codes, [0, 1]);
  assert.match(lenient.output, /Differences: 1, 1 of them from a guess\n/);
  assert.equal(lenient.report.guessed_differences, 1);
});

test('what Google shows late is waited for and reported as late', async () => {
  const doris = await newUser('doris@example.com');
  // Once, an event that was just written is not found.
  await control('POST', '/faults', {
    match: { method: 'GET', path: `${EVENTS}/{eventId}` },
    times: 1,
    effect: { status: 404 },
  });
  const result = await live(['--settle', '0,1', 'events.shown'], { accounts: [doris] }).ended;
  assert.equal(result.code, 0, result.output);
  assert.deepEqual(rows(result.output)['events.shown'].slice(1, 3), [1, 0], result.output);
});

test('refusals for too many requests are waited out', async () => {
  const emil = await newUser('emil@example.com');
  await control('POST', '/faults', {
    match: { method: 'POST', path: EVENTS },
    times: 2,
    effect: { status: 403, reason: 'userRateLimitExceeded' },
  });
  await control('POST', '/faults', {
    match: { method: 'GET', path: EVENTS },
    times: 1,
    effect: { status: 429, headers: { 'Retry-After': '1' } },
  });
  // And one within a batch, whose other calls took effect: the fact is asked again.
  await control('POST', '/faults', {
    match: { method: 'POST', body_contains: 'mana10020' },
    effect: { status: 403, reason: 'rateLimitExceeded' },
  });
  const begun = Date.now();
  const result = await live(['--settle', '0,0', 'fields', 'batch'], { accounts: [emil] }).ended;
  assert.equal(result.code, 0, result.output);
  assert.match(result.output, /asked 3 times to slow down/);
  assert.deepEqual(rows(result.output).batch.slice(1, 3), [0, 0]);
  assert.doesNotMatch(result.output, /within a batch/);
  assert.ok(Date.now() - begun >= 1000, 'Retry-After was not waited for');
});

test('interrupted, it deletes its calendars and says so; killed, --clean does', async () => {
  const frida = await newUser('frida@example.com');
  const before = await frida.own();
  const marked = async () =>
    (await frida.calendars()).filter(({ summary }) => summary.startsWith(MARK));
  const state = join(scratch, 'state-frida');
  const middle = async (run) => {
    await until(
      'the middle of the run',
      async () => /^events\.shown - /m.test(run.program.log()) && (await marked()).length > 0,
      { timeout: 60_000 },
    );
  };
  const stopped = live([], { state, accounts: [frida] });
  await middle(stopped);
  stopped.program.child.kill('SIGTERM');
  const result = await stopped.ended;
  assert.equal(result.code, 2, result.output);
  assert.match(result.output, /ended early: interrupted/);
  assert.equal(result.report.stopped, 'interrupted');
  assert.deepEqual(await frida.own(), before);

  const killed = live([], { state });
  await middle(killed);
  killed.program.child.kill('SIGKILL');
  await killed.ended;
  assert.ok((await marked()).length > 0, 'no calendar was left: the test proves nothing');
  const refused = await live([], { state }).ended;
  assert.equal(refused.code, 2);
  assert.match(refused.output, /--clean first/);
  const cleaned = await live(['--clean'], { state }).ended;
  assert.equal(cleaned.code, 0, cleaned.output);
  assert.deepEqual(await frida.own(), before);
});

const invites = (email) => ({ method: 'POST', path: EVENTS, body_contains: email });

test('killed before the response to an invitation, --clean deletes the copy', async () => {
  const karl = await newUser('karl@example.com'),
    lena = await newUser('lena@example.com');
  const before = [await karl.own(), await lena.seen()];
  const state = join(scratch, 'state-karl');
  await control('POST', '/faults', {
    match: invites('lena@example.com'),
    effect: { delay_ms: 60_000, when: 'after' },
  });
  const killed = live(['--second', 'guests.answers'], { state, accounts: [karl, lena] });
  const living = async () => (await lena.seen()).living.flat().length;
  const own = before[1].living.flat().length;
  await until('a copy', async () => (await living()) > own, { timeout: 60_000, every: 2 });
  killed.program.child.kill('SIGKILL');
  await killed.ended;
  const recorded = existsSync(join(state, 'invitations.json'));
  assert.ok(!recorded, 'it was recorded: the test proves nothing');
  const cleaned = await live(['--clean'], { state }).ended;
  assert.equal(cleaned.code, 0, cleaned.output);
  assert.deepEqual([await karl.own(), await lena.seen()], before);
});

test('a lost response to an invitation leaves no copy', async () => {
  const mona = await newUser('mona@example.com'),
    nora = await newUser('nora@example.com');
  const before = [await mona.own(), await nora.seen()];
  await control('POST', '/faults', {
    match: invites('nora@example.com'),
    effect: { drop: true, when: 'after' },
  });
  const hits = async () => (await control('GET', '/stats')).fault_hits;
  const earlier = await hits();
  const lost = await live(['--second', 'guests.answers'], { accounts: [mona, nora] }).ended;
  assert.equal(lost.code, 0, lost.output);
  assert.equal(await hits(), earlier + 1);
  assert.deepEqual([await mona.own(), await nora.seen()], before);
});

test('a lost response to a new calendar leaves none, nor does a limit of one', async () => {
  const ida = await newUser('ida@example.com');
  const before = await ida.own();
  await control('POST', '/faults', {
    match: { method: 'POST', path: '/calendar/v3/calendars' },
    skip: 1,
    effect: { drop: true, when: 'after' },
  });
  const hits = async () => (await control('GET', '/stats')).fault_hits;
  const earlier = await hits();
  const lost = await live(['events.ids'], { accounts: [ida] }).ended;
  assert.equal(lost.code, 0, lost.output);
  assert.match(lost.output, /1 {2}no response: /);
  assert.equal(await hits(), earlier + 1);
  assert.deepEqual(await ida.own(), before);
  const few = await live(['--calendars', '1', 'calendars', 'events.ids'], { accounts: [ida] })
    .ended;
  assert.equal(few.code, 0, few.output);
  assert.match(few.output, /this run has made enough calendars/);
  assert.match(few.output, / 1 calendars made, 0 left/);
  assert.deepEqual(await ida.own(), before);
});

test('over TLS it accepts only a certificate of a trusted authority', async () => {
  const folder = join(scratch, 'tls');
  mkdirSync(folder);
  const authority = makeAuthority(folder);
  const { certificate, key } = makeCertificate(folder, authority, ['localhost']);
  const secure = new Program('google_emulator', EMULATOR, [
    '--listen',
    '127.0.0.1:0',
    '--tls',
    certificate,
    key,
  ]);
  await secure.ready(() => /https:\S+:\d+/.test(secure.log()));
  const origin = `https://localhost:${secure.log().match(/https:\S+:(\d+)/)[1]}`;
  const state = join(scratch, 'state-tls');
  mkdirSync(state);
  const grant = JSON.stringify({
    client_id: 'live.apps.example',
    token_endpoint: `${origin}/token`,
    email: 'jan@example.com',
    scope: '',
    refresh_token: '1//nothing',
  });
  try {
    writeFileSync(join(state, 'account.json'), grant);
    const refused = await live(['--google', origin, 'fields'], {
      state,
      env: { NO_PROXY: 'localhost' },
    }).ended;
    assert.equal(refused.code, 2);
    assert.match(refused.output, /certificate/i);
    // With a trusted certificate it learns that the grant is unknown, and asks for a new one.
    const trusted = live(['--google', origin, '--ca', authority.certificate, 'fields'], {
      state,
      env: { NO_PROXY: 'localhost' },
    });
    await until(
      'its request for access',
      () => /has expired[^]*Open this address/.test(trusted.program.log()),
      { unless: () => (trusted.program.alive ? '' : trusted.program.log()) },
    );
    assert.equal((await trusted.program.stop()).code, 2);
  } finally {
    await secure.stop();
  }
});

test('refused access ends the run; a refused scope skips only the facts that need it', async () => {
  const gerd = await newUser('gerd@example.com');
  const refused = await live(['fields'], { accounts: [{ ...gerd, how: { allow: false } }] }).ended;
  assert.equal(refused.code, 2);
  assert.match(refused.output, /access_denied/);
  const state = join(scratch, 'state-gerd');
  const less = await live(['acl', 'fields'], {
    state,
    accounts: [{ ...gerd, how: { untick: ['calendar.acls'] } }],
  }).ended;
  assert.equal(less.code, 0, less.output);
  assert.match(less.output, /not allowed: calendar\.acls/);
  assert.match(less.output, /needs a scope that was not allowed/);
  // With --whole-calendar the wider scope is asked for, and then "move" is among the facts.
  const moves = await live(['events.write'], { state }).ended;
  assert.match(moves.output, /needs a scope that was not allowed/);
  const whole = await live(['--whole-calendar', 'events.write'], { state, accounts: [gerd] }).ended;
  assert.equal(whole.code, 0, whole.output);
  assert.doesNotMatch(whole.output, /needs a scope that was not allowed/);
});

test('access revoked during a run ends it with 2', async () => {
  const hanna = await newUser('hanna@example.com');
  const run = live([], { accounts: [hanna] });
  await until('the middle of the run', () => /^events\.shown - /m.test(run.program.log()), {
    timeout: 60_000,
  });
  await control('POST', '/tokens/revoke', { email: hanna.email });
  const result = await run.ended;
  assert.equal(result.code, 2, result.output);
  assert.match(result.output, /the access to the account is gone/);
  assert.match(result.output, /could not be deleted: \.\/dev live --clean/);
});
