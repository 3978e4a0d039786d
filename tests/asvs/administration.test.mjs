// The page for administrators does what it prints: its commands run in one shell, in their order.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { BUILD, PLUGINS, REPOSITORY } from '../e2e/support/paths.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { until } from '../e2e/support/until.mjs';

const page = readFileSync(join(REPOSITORY, 'src/docs/administration.md'), 'utf8');
const lines = page.split('\n').filter((line) => line.startsWith('    '));
/**
 * Of the blocks that are commands: the one of the service manager is not, and those for PostgreSQL
 * need a server of the name that they print.
 */
const commands = lines
  .map((line) => line.slice(4))
  .filter((line) => /^(crm_host|kill) /.test(line) && !line.includes('postgresql://'));

/** A shell to which one line after the other is typed. */
class Shell {
  constructor(folder) {
    this.output = '';
    const path = `${join(BUILD, 'bin')}:${process.env.PATH}`;
    this.child = spawn('bash', ['-s'], { cwd: folder, env: { ...process.env, PATH: path } });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.output += text));
    this.child.stdin.write('set -m\n');
  }

  /** {status, output} of a line; a job in the background has status 0. */
  async type(line, number) {
    const begin = this.output.length;
    this.child.stdin.write(`${line}\necho "line ${number}: $?"\n`);
    const end = new RegExp(`line ${number}: (\\d+)\\n`);
    await until(line, () => end.test(this.output.slice(begin)), { timeout: 60_000 });
    const output = this.output.slice(begin);
    return { status: Number(end.exec(output)[1]), output };
  }
}

test('every command of the page runs as it is printed', async () => {
  const folder = scratch('crm-administration-');
  cpSync(PLUGINS, join(folder, 'plugins'), { recursive: true });
  writeFileSync(join(folder, 'password.txt'), 'a long horse of the office\n', { mode: 0o600 });
  const shell = new Shell(folder);
  try {
    for (const [number, line] of commands.entries()) {
      const { status, output } = await shell.type(line, number);
      assert.equal(status, 0, `${line}\n${output}`);
      if (line.endsWith('&'))
        await until('the host', () => shell.output.includes('listening on unix:crm.sock'), {
          timeout: 60_000,
        });
    }
  } finally {
    shell.child.stdin.write('kill -KILL $(jobs -p)\n');
    shell.child.stdin.end();
  }
  assert.ok(commands.length >= 15, `${commands.length} commands were found`);
  assert.match(shell.output, /secrets: \d+ whole, 0 lost, 0 altered/);
});
