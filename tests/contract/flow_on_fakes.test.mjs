// The shipped plugin's own set-up on the host in memory of host_api/testing, with the emulated
// Google: what a vendor tries first. It reads the user's own calendar before there is an account.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { spawn } from 'node:child_process';

import { consent } from '../e2e/support/consent.mjs';
import { startEmulator } from '../e2e/support/emulator.mjs';
import { Google } from '../e2e/support/google.mjs';
import { BUILD, PLUGINS } from '../e2e/support/paths.mjs';
import { CLIENT } from '../e2e/support/setup.mjs';

const EMAIL = 'ben@gmail.example';
let emulator, host, lines;

before(async () => {
  emulator = await startEmulator();
  const google = new Google(emulator.origin);
  await google.control('POST', '/accounts', { email: EMAIL, name: 'Ben' });
  const { access_token } = await google.control('POST', '/tokens', { email: EMAIL });
  const made = await fetch(`${emulator.origin}/calendar/v3/calendars/primary/events`, {
    method: 'POST',
    headers: { 'Authorization': `Bearer ${access_token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({
      summary: 'From Google',
      start: { date: '2027-02-03' },
      end: { date: '2027-02-04' },
    }),
  });
  assert.equal(made.status, 200);
  host = spawn(
    join(BUILD, 'bin/flow_on_fakes'),
    [
      join(PLUGINS, 'google_calendar/libgoogle_calendar.so'),
      `google_base=${emulator.origin}`,
      `client_id=${CLIENT.client_id}`,
      `client_secret=${CLIENT.client_secret}`,
      'public_url=http://127.0.0.1:9',
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  lines = createInterface({ input: host.stdout })[Symbol.asyncIterator]();
});
after(async () => {
  host?.kill();
  await emulator?.program.kill();
});

async function say(line) {
  host.stdin.write(`${JSON.stringify(line)}\n`);
  const { value, done } = await lines.next();
  assert.ok(!done, 'flow_on_fakes ended');
  return JSON.parse(value);
}

test('its set-up, first import and end work on the fakes', async () => {
  const external = await say({ step: '', input: null });
  assert.equal(external.type, 'external', JSON.stringify(external));
  const { back } = await consent(external.url, EMAIL);
  const query = Object.fromEntries(new URL(back).searchParams);
  let step = await say({ step: external.step, input: query });
  assert.equal(step.step, 'account', JSON.stringify(step));

  const input = { name: 'Work', visible: step.values.visible, default_calendar: EMAIL };
  step = await say({ step: 'account', input });
  while (step.type === 'progress') step = await say({ step: step.step, input: {} });
  assert.equal(step.step, 'preview', JSON.stringify(step));
  step = await say({ step: 'preview', input: { existing: 'none' } });
  assert.equal(step.type, 'finish', JSON.stringify(step));

  const { summaries } = await say({ wait: 'From Google' });
  assert.deepEqual(summaries.sort(), ['From Google', 'In the CRM']);
  assert.deepEqual((await say({})).violations, []);
});
