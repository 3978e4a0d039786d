// The emulator's manual does what it prints: its command blocks run as a shell script, and every
// curl line in its sentences and tables is executed. Only ports and the folders of the build and of
// the sources differ from the print.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { BUILD, REPOSITORY } from './support/paths.mjs';
import { freePorts } from './support/program.mjs';
import { scratch } from './support/scratch.mjs';

const folder = scratch('crm-manual-');
const read = (name) => readFileSync(join(REPOSITORY, 'src/emulator', name), 'utf8');
const manual = read('README.md'),
  behaviour = read('BEHAVIOUR.md'),
  faults = read('FAULTS.md');

/** Blocks of indented lines that are commands; blocks that show data begin with a bracket. */
function blocks(text) {
  const found = text
    .split(/\n(?! {4})/)
    .map((part) =>
      part
        .split('\n')
        .filter((line) => line.startsWith('    '))
        .map((line) => line.slice(4))
        .join('\n'),
    )
    .filter(Boolean);
  return found.filter(
    (block) => !/^[[{<]/.test(block) && !/^(\.\/dev|cmake|npm|docker) /m.test(block),
  );
}

const inline = (text) =>
  [...text.matchAll(/`(curl -s [^`]*)`/g)].map(([, line]) => line.replaceAll('\\|', '|'));

// What a terminal shows of a command: its exit code, and what each curl of it received.
class Shell {
  constructor() {
    this.count = 0;
    this.child = spawn('bash', ['-s'], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
    this.output = '';
    this.errors = '';
    this.child.stdout.setEncoding('utf8').on('data', (text) => {
      this.output += text;
      this.onOutput?.();
    });
    this.child.stderr.setEncoding('utf8').on('data', (text) => {
      this.errors += text;
    });
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
    // Each answer also goes to a file of its own, and a status of 400 or more fails the command.
    this.child.stdin.write(
      `set -o pipefail\ncurl() { command curl --fail-with-body --noproxy '*' "$@" | ` +
        `tee "$(mktemp "$ANSWERS/XXXXXXXX")"; }\n`,
    );
  }

  run(command) {
    const answers = join(folder, `answers${++this.count}`),
      mark = `done-${this.count}-`;
    mkdirSync(answers);
    this.child.stdin.write(`ANSWERS='${answers}'\n${command}\necho "${mark}$?"\n`);
    return new Promise((resolve, reject) => {
      this.onOutput = () => {
        const end = this.output.match(new RegExp(`${mark}(\\d+)\n`));
        if (end)
          resolve({
            code: Number(end[1]),
            answers: readdirSync(answers).map((name) => readFileSync(join(answers, name), 'utf8')),
          });
      };
      this.ended.then(() =>
        reject(new Error(`the shell ended within: ${command}\n${this.errors}`)),
      );
    });
  }
}

let shell, hook, googles;

before(async () => {
  const [main, world, assuming, tls] = await freePorts(4);
  googles = {
    '127.0.0.1:8081': `127.0.0.1:${main}`,
    '127.0.0.1:8082': `127.0.0.1:${world}`,
    '127.0.0.1:8083': `127.0.0.1:${assuming}`,
    '127.0.0.1:8443': `127.0.0.1:${tls}`,
  };
  shell = new Shell();
  hook = createServer((request, response) => response.writeHead(204).end());
  await new Promise((resolve) => hook.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  shell.child.stdin.end('kill $(jobs -p); wait\n');
  await shell.ended;
  hook.closeAllConnections?.();
  hook.close();
  rmSync(folder, { recursive: true, force: true });
});

/** As printed, except for ports and the folders of the build and of the sources. */
function placed(text) {
  for (const [printed, real] of Object.entries(googles)) text = text.replaceAll(printed, real);
  return text
    .replaceAll('build/release/', `${BUILD}/`)
    .replaceAll(' src/emulator/', ` ${REPOSITORY}/src/emulator/`);
}

async function succeeds(command) {
  const { code, answers } = await shell.run(command);
  assert.equal(code, 0, `${command}\n${answers.join('\n')}\n${shell.errors.slice(-2000)}`);
  for (const answer of answers)
    if (answer !== '' && !answer.startsWith('-----BEGIN'))
      assert.doesNotThrow(() => JSON.parse(answer), `${command}\n${answer}`);
  return answers;
}

test('the commands of the manual succeed in their order', async () => {
  const commands = blocks(manual).flatMap((block) => block.replaceAll('\\\n', '').split('\n'));
  assert.ok(commands.length >= 12, commands.join('\n'));
  for (const command of commands) {
    const started = command.match(/google_emulator --listen (\S+)/);
    if (!started) {
      await succeeds(placed(command));
      continue;
    }
    // Runs in the background, as in another terminal; it is ready once its first line is printed.
    const output = join(folder, `started${shell.count}`);
    await shell
      .run(
        `${placed(command)} >${output} & until grep -q 'listens on' ${output} || ! kill -0 $!; ` +
          `do sleep 0.02; done; kill -0 $!`,
      )
      .then(({ code }) => assert.equal(code, 0, `${command}\n${shell.errors}`));
  }
  assert.match(shell.output, /"summary": "First"/);
  assert.match(shell.output, /"summary": "Weekly meeting"/);
});

test('the commands of BEHAVIOUR.md set what they name', async () => {
  const [command, ...rest] = blocks(behaviour).join('\n').split('\n');
  const output = join(folder, 'assuming');
  await succeeds(
    `${placed(command)} >${output} & until grep -q 'listens on' ${output} || ! kill -0 $!; ` +
      `do sleep 0.02; done; kill -0 $!; MANUALS_B=$B`,
  );
  for (const line of rest) await succeeds(placed(line));
  const [answer] = await succeeds('curl -s $B/_emulator/behaviour; B=$MANUALS_B');
  const values = JSON.parse(answer).behaviour;
  assert.equal(values.exceptions_after_master_change, 'reset');
  assert.equal(values.occurrence_in_gap, 'skipped');
  assert.equal(values.reminders_patch, 'merged');
  const rows = [...behaviour.matchAll(/^\| `(\w+)` \| (`[^|]*) \| (?:`(\w+)`)? ?\|/gm)].map(
    ([, name, list, strict]) => ({
      name,
      values: list.split(', ').map((value) => value.replaceAll('`', '')),
      strict,
    }),
  );
  assert.deepEqual(
    rows,
    JSON.parse(answer).switches.map(({ name, values: list, default: first, strict }) => ({
      name,
      values: list,
      strict: strict === first ? undefined : strict,
    })),
  );
});

test('the emulator accepts each fault rule of the manual', async (t) => {
  const lines = [...new Set([...inline(manual), ...inline(faults)])];
  assert.ok(lines.length > 100, `${lines.length} lines`);
  const { address, port } = hook.address();
  const watch = JSON.stringify({
    id: 'CHANNEL',
    type: 'web_hook',
    address: `http://${address}:${port}/hook`,
  });
  await succeeds(
    `curl -s -H "Authorization: Bearer $TOKEN" -H 'content-type: application/json' ` +
      `$B/calendar/v3/calendars/primary/events/watch -d '${watch}'`,
  );
  for (const line of lines) {
    const answers = await succeeds(line);
    assert.equal(answers.length, 1, line);
    if (line.includes('/doors -d'))
      assert.match(JSON.parse(answers[0]).url, /^https?:\/\/127\.0\.0\.1:\d+$/, line);
  }
  t.diagnostic(`${lines.length} lines`);
});

test('the options of the manual are those of --help', async () => {
  const printed = new Set(
    [...manual.matchAll(/^\| `--[^|]*/gm)].flatMap(([cell]) => cell.match(/--[a-z-]+/g)),
  );
  const { code } = await shell.run(`${BUILD}/bin/google_emulator --help >help`);
  assert.equal(code, 0);
  const known = new Set(
    [...readFileSync(join(folder, 'help'), 'utf8').matchAll(/^ +(?:-h,)?(--[a-z-]+)/gm)].map(
      ([, option]) => option,
    ),
  );
  known.delete('--help');
  assert.deepEqual(printed, known);
});
