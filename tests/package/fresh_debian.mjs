// The archive of the emulator in a fresh Debian 12: mmdebstrap makes a minimal tree, the steps of
// the archive's Containerfile are executed in it, and its entry point is started there and used
// through HTTP. `fresh_debian.mjs ARCHIVE [TREE]`, as root: with TREE, a copy of that tree is taken
// in place of a new one. Ends with 1 at the first thing that is not as it should be.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build, inTree, read } from './containerfile.mjs';
import { log, makeTree, run } from './debian_tree.mjs';

const BASE = 'debian:12-slim'; // what the tree is made for

const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));

const [archive, given] = process.argv.slice(2);
assert.ok(archive, 'usage: fresh_debian.mjs ARCHIVE [TREE]');
assert.equal(process.getuid(), 0, 'chroot and mmdebstrap need root');

const work = mkdtempSync(join(tmpdir(), 'fresh-debian-'));
const tree = join(work, 'tree');
let entry = null;

/** The emulator as its container would run it: processes, network and /proc of its own. */
function start(image) {
  const command = inTree(tree, [...image.entry, ...image.arguments], image);
  const inside = `mount -t proc proc ${tree}/proc && ip link set lo up && exec "$@"`;
  const child = spawn(
    'unshare',
    ['--mount', '--pid', '--net', '--fork', 'sh', '-c', inside, 'sh', ...command],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const started = { child, output: '', ended: new Promise((end) => child.on('close', end)) };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      started.output += text;
    });
  return started;
}

const network = () => `--net=/proc/${entry.child.pid}/ns/net`;

/** One request from inside the container's network: {status, body}. */
function request(path, options = []) {
  const address = path.startsWith('http') ? path : `http://127.0.0.1:8081${path}`;
  const args = [network(), 'curl', '-s', '-m', '10', '-w', '\n%{http_code}', ...options, address];
  const text = run('nsenter', args);
  const end = text.lastIndexOf('\n');
  return { status: Number(text.slice(end + 1)), body: text.slice(0, end) };
}

function ask(path, options = []) {
  const { status, body } = request(path, options);
  assert.equal(status, 200, `${path}: ${status} ${body}`);
  return JSON.parse(body);
}

async function use(image) {
  const check = (text) => log(`   ${text}`);
  for (let i = 0; !/listens on/.test(entry.output); ++i) {
    assert.ok(i < 300 && entry.child.exitCode === null, `it did not start:\n${entry.output}`);
    await pause(100);
  }
  log(entry.output.trimEnd());
  assert.match(entry.output, /0\.0\.0\.0:8081 is open to other machines/);
  assert.deepEqual(image.ports, [8081]);

  const [program, ...rest] = inTree(tree, image.health, image);
  run('nsenter', [network(), program, ...rest]);
  check(`health: ${JSON.stringify(ask('/_emulator/version'))}`);

  const process1 = readFileSync(`/proc/${emulatorProcess()}/status`, 'utf8');
  const user = /^Uid:\s+(\d+)/m.exec(process1)[1];
  assert.notEqual(user, '0', 'it runs as root');
  check(`user id ${user}`);

  const events = '/calendar/v3/calendars/primary/events';
  const bearer = (token) => ['-H', `Authorization: Bearer ${token}`];
  const sample = ask(`${events}?singleEvents=true`, bearer('anna-access')).items;
  assert.equal(sample.length, 10);
  assert.equal(sample[1].start.dateTime, '2026-12-08T14:00:00+01:00', 'zones are known');
  check(`the sample world: ${sample.length} occurrences, ${sample[1].start.dateTime}`);

  const account = ['-d', '{"email":"zoe@example.com","name":"Zoe"}'];
  check(`account: ${JSON.stringify(ask('/_emulator/accounts', account))}`);
  const issued = ask('/_emulator/tokens', ['-d', '{"email":"zoe@example.com"}']);
  const token = bearer(issued.access_token);
  const body = '{"summary":"First","start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"}}';
  ask(events, [...token, '-H', 'Content-Type: application/json', '-d', body]);
  const listed = ask(events, token).items.map((event) => event.summary);
  assert.deepEqual(listed, ['First']);
  check(`an event inserted and listed: ${listed}`);

  const page = request('/');
  assert.equal(page.status, 200);
  assert.match(page.body, /<script type="module"/);
  assert.equal(request('/page/page.js').status, 200);
  check(`the page: ${page.body.length} bytes`);

  ask('/_emulator/reset', ['-d', '{"to":"world"}']);
  assert.deepEqual(
    ask('/_emulator/accounts').accounts.map(({ email }) => email),
    ['anna@example.com', 'ben@example.com'],
  );
  check('reset to the sample world');
}

const emulatorProcess = () => {
  const { pid } = entry.child;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
};

async function main() {
  run('tar', ['-xzf', archive, '-C', work]);
  const context = join(work, run('tar', ['-tzf', archive]).split('/')[0]);
  const image = read(readFileSync(join(context, 'Containerfile'), 'utf8'), context);
  assert.equal(image.base, BASE);

  makeTree(tree, given);

  log('== the steps of the Containerfile');
  build(image, tree, (text) => log(text.replace(/^/gm, '   ')));

  log(`== ${[...image.entry, ...image.arguments].join(' ')}`);
  entry = start(image);
  await use(image);
  process.kill(emulatorProcess(), 'SIGTERM');
  assert.equal(await entry.ended, 0, `it ends at SIGTERM\n${entry.output}`);
  log('   ended by SIGTERM with 0');
}

try {
  await main();
  log('the archive runs in a fresh Debian 12');
} catch (error) {
  log(`FAILED: ${error.stack}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  process.exitCode = 1;
} finally {
  // The first process of the container: all others end with it.
  if (entry && entry.child.exitCode === null) process.kill(emulatorProcess(), 'SIGKILL');
  await entry?.ended;
  rmSync(work, { recursive: true, force: true });
}
