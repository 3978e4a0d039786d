// Suites that run at once get different ports for their programs, although each program takes its
// port later than it was chosen.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const MODULE = new URL('./support/program.mjs', import.meta.url).href;
const SUITES = 4,
  PORTS = 500;
// Keeps what it chose until its input ends.
const SUITE = `
  const { freePorts } = await import(${JSON.stringify(MODULE)});
  process.stdout.write(JSON.stringify(await freePorts(${PORTS})) + '\\n');
  process.stdin.resume();`;

test('no two suites get the same port, and none that the system gives away', async () => {
  const suites = Array.from({ length: SUITES }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', SUITE], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const chosen = await Promise.all(suites.map(line));
  for (const suite of suites) suite.stdin.end();
  await Promise.all(suites.map((suite) => suite.exitCode ?? once(suite, 'exit')));

  const ports = chosen.flat();
  assert.equal(ports.length, SUITES * PORTS);
  assert.equal(new Set(ports).size, ports.length);
  const first = Number.parseInt(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8'), 10);
  assert.ok(Math.max(...ports) < first, String(Math.max(...ports)));
});

async function line({ stdout }) {
  let text = '';
  for await (const part of stdout.setEncoding('utf8')) {
    text += part;
    if (text.endsWith('\n')) return JSON.parse(text);
  }
  throw new Error(`a suite ended before it had its ports: ${text}`);
}
