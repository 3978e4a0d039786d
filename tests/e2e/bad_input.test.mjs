// Input that is wrong or hostile: damaged packages, wrong command lines, ids of other accounts,
// malformed answers from Google, a full disk. Each leads to a clear message, never to a crash or to
// lost data.

import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { CLIENT, PLUGIN } from './support/setup.mjs';
import { HOST, PLUGINS } from './support/paths.mjs';
import { Program } from './support/program.mjs';
import { scratch } from './support/scratch.mjs';
import { SmallDisk } from './support/small_disk.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT } from './world/people.mjs';

const world = shortWorld(today());
const folder = scratch('crm-bad-');
after(() => rmSync(folder, { recursive: true, force: true }));

const edited = (path, change) => writeFileSync(path, change(readFileSync(path, 'utf8')));

test('each damaged package is refused with its reason and the CRM works without it', async (t) => {
  const plugins = join(folder, 'plugins');
  // a package's manifest has the name of its folder
  const manifest = (at) => join(at, `${basename(at)}.json`);
  const damages = {
    manifest_cut: (at) => truncateSync(manifest(at), 100),
    manifest_missing: (at) => rmSync(manifest(at)),
    manifest_no_object: (at) => writeFileSync(manifest(at), '[]'),
    manifest_deep: (at) =>
      writeFileSync(manifest(at), `${'['.repeat(200_000)}${']'.repeat(200_000)}`),
    library_missing: (at) => rmSync(join(at, 'libgoogle_calendar.so')),
    library_changed: (at) =>
      writeFileSync(join(at, 'libgoogle_calendar.so'), 'no library', { flag: 'a' }),
    library_empty: (at) => truncateSync(join(at, 'libgoogle_calendar.so'), 0),
    texts_changed: (at) => edited(join(at, 'strings/de.json'), (text) => `${text} `),
    unlisted_file: (at) => writeFileSync(join(at, 'more.so'), ''),
    link_outside: (at) => {
      rmSync(join(at, 'strings/de.json'));
      symlinkSync('/etc/passwd', join(at, 'strings/de.json'));
    },
    other_abi: (at) => edited(manifest(at), (text) => text.replace('"major": 0', '"major": 9')),
    unknown_service: (at) =>
      edited(manifest(at), (text) => text.replace('"crm.clock/0"', '"crm.time_machine/7"')),
    path_outside: (at) =>
      edited(manifest(at), (text) =>
        text.replace(
          '"library": "libgoogle_calendar.so"',
          '"library": "../google_calendar/libgoogle_calendar.so"',
        ),
      ),
    empty: (at) => {
      rmSync(at, { recursive: true });
      mkdirSync(at);
    },
  };
  for (const [name, damage] of Object.entries(damages)) {
    const at = join(plugins, name);
    cpSync(join(PLUGINS, 'google_calendar'), at, { recursive: true });
    renameSync(join(at, 'google_calendar.json'), manifest(at));
    damage(at);
  }
  const stage = await Stage.open({ world, host: { plugins } });
  t.after(() => stage.close());
  const administrator = await stage.login(ADMINISTRATOR);
  const listed = await administrator.plugins();
  assert.equal(listed.length, Object.keys(damages).length, JSON.stringify(listed));
  for (const plugin of listed) {
    assert.equal(plugin.state, 'refused', `${plugin.id}: ${plugin.state}`);
    assert.ok(
      plugin.reason.length > 15 && /[a-z]{3,}/.test(plugin.reason),
      `${plugin.id} says why: ${plugin.reason}`,
    );
  }
  t.diagnostic(listed.map((plugin) => `${plugin.id}: ${plugin.reason}`).join('\n'));
  const crm = await stage.login();
  assert.deepEqual(await crm.connectors(), []);
  await crm.create({
    summary: 'trotzdem',
    start: { date: world.today },
    end: { date: plus(world.today, 1) },
  });
  assert.equal(
    (
      await crm.occurrences(
        `${plus(world.today, -1)}T00:00:00Z`,
        `${plus(world.today, 2)}T00:00:00Z`,
      )
    ).filter((one) => one.summary === 'trotzdem').length,
    1,
  );
});

test('a wrong command line ends the host with a clear message and without a crash', async (t) => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const occupied = new Program('crm_host', HOST, [
    '--data',
    join(folder, 'one'),
    '--listen',
    '127.0.0.1:0',
  ]);
  t.after(() => occupied.stop());
  await until('the first host', () =>
    /listening on http:\/\/127\.0\.0\.1:\d+/.test(occupied.log()),
  );
  const port = occupied.log().match(/listening on http:\/\/127\.0\.0\.1:(\d+)/)[1];
  const cases = [
    [['--data', file, '--listen', '127.0.0.1:0'], /a-file/],
    [['--data', join(folder, 'two'), '--listen', `127.0.0.1:${port}`], /address|port|use/i],
    [['--data', join(folder, 'one'), '--listen', '127.0.0.1:0'], /data|another|use/i],
    [['--data', join(folder, 'two'), '--listen', 'nowhere'], /--listen/],
    [['--data', join(folder, 'two'), '--database', 'postgresql://127.0.0.1:1/x'], /be reached/],
    [['--data', join(folder, 'two'), '--google-base', 'ftp://x'], /--google-base/],
    [
      [
        '--data',
        join(folder, 'two'),
        '--seed',
        join(folder, 'missing.json'),
        '--listen',
        '127.0.0.1:0',
      ],
      /missing\.json/,
    ],
    [
      [
        '--data',
        join(folder, 'three'),
        '--plugins',
        join(folder, 'nowhere'),
        '--listen',
        '127.0.0.1:0',
      ],
      /nowhere/,
    ],
    [['--frobnicate'], /frobnicate|--data/],
  ];
  for (const [args, expected] of cases) {
    const program = new Program('crm_host', HOST, args);
    const timer = setTimeout(() => program.kill(), 10_000);
    const { code, signal } = await program.ended;
    clearTimeout(timer);
    assert.ok(
      code > 0 && signal === null,
      `${args.join(' ')}: ${program.why()}\n${program.tail()}`,
    );
    assert.match(program.log(), expected, args.join(' '));
  }
});

test('bad input for a connected account', async (t) => {
  const stage = await Stage.open({ world });
  t.after(() => stage.close());
  const { crm, account } = await stage.connected({ existing: 'none' });
  const { google } = stage;
  const lena = await google.person(GOOGLE_ACCOUNT.email);
  const range = [`${plus(world.today, -5)}T00:00:00Z`, `${plus(world.today, 40)}T00:00:00Z`];
  const shown = async () =>
    (await crm.occurrences(...range)).map((one) => `${one.start} ${one.summary}`).sort();
  await until('the first import', async () => (await crm.accounts())[0].health?.state === 'ok');

  await t.test('unknown ids and ids of another user are refused alike', async () => {
    const stranger = await stage.login(ADMINISTRATOR);
    const [event] = await crm.occurrences(...range);
    for (const [who, method, path, body] of [
      [crm, 'POST', '/api/accounts/unknown/sync', {}],
      [stranger, 'POST', `/api/accounts/${account.id}/sync`, {}],
      [stranger, 'POST', `/api/accounts/${account.id}/pause`, {}],
      [stranger, 'POST', '/api/flows', { plugin: PLUGIN, kind: 'options', account: account.id }],
      [crm, 'POST', '/api/flows', { plugin: 'com.example.unknown', kind: 'setup' }],
      [crm, 'GET', '/api/events/unknown'],
      [crm, 'GET', '/api/leads/unknown'],
      [crm, 'GET', '/api/flows/unknown'],
      [crm, 'PUT', '/api/calendars/default', { calendar: 'unknown' }],
    ]) {
      const answer = await who.send(method, path, body);
      assert.equal(answer.status, 404, `${method} ${path}: ${answer.status} ${answer.text}`);
      assert.ok(JSON.parse(answer.text).error.key, 'a text for people');
    }
    const refused = await stranger.change(event.event, { summary: 'fremd' }).then(
      () => null,
      (error) => error,
    );
    assert.ok(
      [403, 404].includes(refused?.status),
      `another user's appointment: ${refused?.status}`,
    );
    // Of a colleague's calendar only busy times are shown, beside what is on a lead or contact.
    const own = await crm.occurrences(...range);
    const seen = [];
    for (const calendar of new Set(own.map((one) => one.calendar)))
      seen.push(...(await stranger.occurrences(...range, calendar)));
    assert.equal(seen.length, own.length);
    assert.ok(
      seen.some((one) => one.masked),
      'busy times',
    );
    for (const one of seen) {
      assert.equal(one.calendar, '', 'a foreign id');
      assert.ok(!one.masked || (one.summary === '' && one.guests.length === 0), one.summary);
      const page = await stranger.event(one.event);
      assert.equal(page.calendar, '');
      assert.ok(!one.masked || !page.event.summary, page.event.summary);
    }
    for (const body of [
      '{',
      '[]',
      'null',
      '{"event": 5}',
      `{"event": ${'['.repeat(5000)}${']'.repeat(5000)}}`,
      '{"event": {"summary": "x", "start": {"date": "2026-02-30"}, "end": {"date": "2026-03-01"}}}',
      '{"event": {"summary": "x", "start": {"date": "2026-03-02"}, "end": {"date": "2026-03-01"}}}',
      '{"event": {"start": {"date": "2026-03-01"}, "end": {"date": "2026-03-02"}, ' +
        '"recurrence": ["RRULE:FREQ=SECONDLY\\nX:1"]}}',
    ]) {
      const answer = await fetch(`${stage.crmOrigin}/api/events`, {
        method: 'POST',
        body,
        headers: {
          'Cookie': crm.cookie,
          'X-CSRF-Token': crm.csrf,
          'Content-Type': 'application/json',
        },
      });
      assert.equal(answer.status, 400, body.slice(0, 80));
    }
  });

  await t.test('a forged notification causes no read and no write', async () => {
    const before = await google.product();
    const hook = (headers, body = '') =>
      fetch(`${stage.crmOrigin}/plugins/${PLUGIN}/webhook`, { method: 'POST', body, headers });
    for (const headers of [
      {},
      { 'X-Goog-Channel-ID': 'x', 'X-Goog-Resource-State': 'exists' },
      {
        'X-Goog-Channel-ID': "' OR 1=1 --",
        'X-Goog-Channel-Token': 'x',
        'X-Goog-Resource-State': 'exists',
        'X-Goog-Message-Number': '-1',
      },
      { 'X-Goog-Channel-ID': 'a'.repeat(4000), 'X-Goog-Resource-State': 'exists' },
    ])
      assert.ok((await hook(headers)).status >= 400);
    const [channel] = (await google.channels()).channels ?? (await google.channels());
    assert.ok(channel?.id, 'a push channel is open');
    assert.ok(
      (
        await hook({
          'X-Goog-Channel-ID': channel.id,
          'X-Goog-Channel-Token': 'wrong',
          'X-Goog-Resource-State': 'exists',
          'X-Goog-Message-Number': '7',
          'X-Goog-Resource-ID': channel.resourceId ?? 'x',
        })
      ).status >= 400,
    );
    assert.ok((await hook({ 'X-Goog-Channel-ID': channel.id }, 'x'.repeat(100_000))).status >= 400);
    assert.equal((await google.product()).total, before.total);
  });

  await t.test('malformed answers from Google lose nothing and the account recovers', async () => {
    const before = await shown();
    const effects = [
      { garbage: true },
      { truncate: true },
      { drop: true },
      { status: 500 },
      { status: 503, headers: { 'Retry-After': '1' } },
      { status: 429 },
      {
        status: 200,
        body: '<html>captive portal</html>',
        headers: { 'Content-Type': 'text/html' },
      },
      { status: 200, body: '[]' },
      { status: 200, body: '{"items": {}}' },
      { status: 200, body: 'null' },
      { status: 200, body: `{"items": ${'['.repeat(3000)}${']'.repeat(3000)}}` },
      { status: 200, body: '{"items": [0.00000000001e-2147483639]}' },
      { status: 204, body: '' },
      { status: 302, body: '', headers: { Location: 'http://127.0.0.1:1/' } },
      { status: 404 },
      { status: 403, reason: 'forbidden' },
      { empty_page: true },
    ];
    for (const [index, effect] of effects.entries()) {
      await google.addFault({
        match: { method: 'GET', path: '/calendar/v3/calendars/{calendarId}/events' },
        times: 1,
        effect,
      });
      const refused = await crm.syncNow(account.id).then(
        () => null,
        (error) => error,
      );
      if (refused)
        assert.ok(
          [403, 404, 409, 503].includes(refused.status) && refused.key,
          `${JSON.stringify(effect)}: ${refused.message}`,
        );
      await until(`the fault ${JSON.stringify(effect)} to be met`, async () => {
        const faults = await google.control('GET', '/faults');
        return (faults.faults ?? faults.rules ?? faults).every(
          (fault) => (fault.hits ?? 0) > 0 || fault.times === 0,
        );
      });
      await google.clearFaults();
      assert.ok(stage.host.alive, stage.host.why());
      assert.deepEqual(await shown(), before, `${JSON.stringify(effect)} removed something`);
      const summary = `nach Störung ${index}`;
      await lena.insert({
        summary,
        start: { date: plus(world.today, 20) },
        end: { date: plus(world.today, 21) },
      });
      await crm
        .syncNow(account.id)
        .catch((error) => assert.ok(error.status >= 400 && error.key, error.message));
      await until(
        `the next appointment after ${JSON.stringify(effect)}`,
        async () => (await shown()).some((one) => one.endsWith(summary)),
        { timeout: 20_000 },
      );
      const [made] = await lena.find(summary);
      await lena.erase(made.id);
      await until('its deletion', async () => (await shown()).length === before.length, {
        timeout: 20_000,
      });
    }
    assert.equal((await google.product()).mails.length, 0);
  });

  await t.test('one malformed item is reported and does not stop the others', async () => {
    const good = {
      kind: 'calendar#event',
      id: 'heil00000',
      status: 'confirmed',
      etag: '"1"',
      iCalUID: 'heil@x',
      summary: 'heil geblieben',
      start: { date: plus(world.today, 22) },
      end: { date: plus(world.today, 23) },
    };
    const bad = [
      { ...good, id: 'kaputt1', start: { date: '2026-13-45' } },
      { ...good, id: 'kaputt2', start: undefined },
      { ...good, id: 'kaputt3', summary: 7 },
      { ...good, id: 'kaputt4', attendees: {} },
      5,
      null,
      { ...good, id: 'kaputt5', recurrence: ['RRULE:FREQ=NEVER'] },
      { ...good, id: 'kaputt6', start: { dateTime: 'gestern' } },
    ];
    const { accounts } = JSON.parse(readFileSync(stage.files.google, 'utf8'));
    assert.equal(accounts[0].calendars.length, 1);
    await google.addFault({
      match: { method: 'GET', path: '/calendar/v3/calendars/{calendarId}/events' },
      times: 1,
      effect: {
        status: 200,
        body: {
          kind: 'calendar#events',
          items: [bad[0], bad[1], good, ...bad.slice(2)],
          nextSyncToken: 'after-garbage',
        },
      },
    });
    await crm
      .syncNow(account.id)
      .catch((error) => assert.ok(error.status >= 400 && error.key, error.message));
    await until('the healthy one', async () =>
      (await shown()).some((one) => one.endsWith('heil geblieben')),
    );
    assert.ok(stage.host.alive);
    assert.ok((await shown()).length >= 10, 'nothing else went');
  });

  await t.test('neither storage nor log holds a secret', async () => {
    const files = (at) =>
      readdirSync(at, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? files(join(at, entry.name)) : [join(at, entry.name)],
      );
    const texts = [
      ...files(stage.data)
        .filter((path) => statSync(path).isFile())
        .map((path) => [path, readFileSync(path, 'latin1')]),
      ['the log', stage.host.log()],
    ];
    for (const [where, text] of texts)
      for (const secret of [
        CLIENT.client_secret,
        'ya29.',
        '1//0',
        Buffer.from(CLIENT.client_secret).toString('base64'),
      ])
        assert.ok(!text.includes(secret), `${where} holds ${secret.slice(0, 6)}...`);
  });
});

test('a full disk refuses saves clearly, and nothing is lost once space returns', async (t) => {
  const disk = new SmallDisk(join(folder, 'disk'));
  let stage;
  t.after(async () => {
    await stage?.close();
    disk.close();
  });
  stage = await Stage.open({
    world,
    data: join(disk.at, 'data'),
    host: { wrap: disk.mounted ? [] : ['env', '--ignore-signal=XFSZ'] },
  });
  const { crm, account } = await stage.connected({ existing: 'all' });
  const lena = await stage.google.person(GOOGLE_ACCOUNT.email);
  await until('the first import', async () => (await crm.accounts())[0].health?.state === 'ok');
  const range = [`${plus(world.today, -5)}T00:00:00Z`, `${plus(world.today, 40)}T00:00:00Z`];
  const summaries = async () => (await crm.occurrences(...range)).map((one) => one.summary).sort();
  const before = await summaries();

  disk.fill(stage.host);
  const saved = [];
  let refusal;
  for (let i = 0; i < 200 && !refusal; ++i) {
    const summary = `bei voller Platte ${i}`;
    try {
      await crm.create({
        summary,
        description: 'x'.repeat(20_000),
        start: { date: plus(world.today, 8) },
        end: { date: plus(world.today, 9) },
      });
      saved.push(summary);
    } catch (error) {
      refusal = error;
    }
  }
  assert.ok(
    refusal && [500, 503, 507].includes(refusal.status),
    `a full disk refuses: ${refusal?.message}`,
  );
  assert.match(refusal.message, /full|disk|space|storage|try again/i);
  assert.deepEqual(await summaries(), [...before, ...saved].sort(), 'reading goes on');
  await lena.insert({
    id: 'vollgoogle',
    summary: 'Google bei voller Platte',
    start: { date: plus(world.today, 8) },
    end: { date: plus(world.today, 9) },
  });
  await crm.syncNow(account.id).catch(() => {});
  assert.ok(stage.host.alive, stage.host.why());

  disk.free(stage.host);
  await until('saving to work again', () =>
    crm.create({
      summary: 'wieder Platz',
      start: { date: plus(world.today, 8) },
      end: { date: plus(world.today, 9) },
    }),
  );
  await crm
    .syncNow(account.id)
    .catch((error) => assert.ok(error.status >= 400 && error.key, error.message));
  const wanted = [...before, ...saved, 'Google bei voller Platte', 'wieder Platz'].sort();
  await until(
    'everything on both sides',
    async () => {
      const there = (
        await lena.list('primary', { singleEvents: true, timeMin: range[0], timeMax: range[1] })
      )
        .map((event) => event.summary)
        .sort();
      return (
        JSON.stringify(await summaries()) === JSON.stringify(wanted) &&
        JSON.stringify(there) === JSON.stringify(wanted)
      );
    },
    { timeout: 60_000, every: 100 },
  );
  t.diagnostic(
    `${disk.mounted ? 'tmpfs' : 'file size limit'}; ` +
      `${saved.length} saved before "${refusal.message}"`,
  );
});
