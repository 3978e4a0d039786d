// A folder with a fresh Debian 12, for the tests that run what is shipped without any other file of
// this machine. They need root.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../e2e/support/until.mjs';

const MIRROR = process.env.DEBIAN_MIRROR ?? 'http://deb.debian.org/debian';

export const log = (text) => process.stdout.write(`${text}\n`);
export const run = (program, args) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Makes it with mmdebstrap; with `given`, the path of such a tree, as a copy of that. */
export function makeTree(tree, given) {
  if (given) run('cp', ['-a', given, tree]);
  else {
    log(`== mmdebstrap --variant=minbase bookworm (${MIRROR})`);
    run('mmdebstrap', ['--quiet', '--variant=minbase', 'bookworm', tree, MIRROR]);
  }
  cpSync('/etc/resolv.conf', join(tree, 'etc/resolv.conf'), { dereference: true });
  log(`   Debian ${readFileSync(join(tree, 'etc/debian_version'), 'utf8').trim()}`);
}

/** A shell of root in the tree, to which one line after the other is typed. */
export class TreeShell {
  /** `isolated`: with processes and a network of its own, in which only the loopback is. */
  constructor(tree, folder, { isolated }) {
    const environment = [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ...['HOME=/root', 'LC_ALL=C.UTF-8', 'DEBIAN_FRONTEND=noninteractive'],
    ];
    const shell = ['chroot', tree, '/usr/bin/env', '-i', ...environment, 'bash', '-s'];
    const inside = `mount -t proc proc ${tree}/proc && ip link set lo up && exec "$@"`;
    const command = isolated
      ? ['unshare', '--mount', '--pid', '--net', '--fork', 'sh', '-c', inside, 'sh', ...shell]
      : shell;
    this.output = '';
    this.count = 0;
    this.child = spawn(command[0], command.slice(1));
    this.ended = new Promise((end) => this.child.on('close', end));
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.output += text));
    this.child.stdin.write(`set -m\ncd ${folder}\n`);
  }

  /** What runs a program in the network of an isolated shell: [program, arguments...]. */
  inNetwork = () => ['nsenter', `--net=/proc/${this.child.pid}/ns/net`];

  /** The output of a line; an error if it fails. A line with & at its end goes on beside it. */
  async type(line, { timeout = 600_000 } = {}) {
    const begin = this.output.length;
    const end = new RegExp(`line ${++this.count} ended with (\\d+)\\n`);
    this.child.stdin.write(`${line}\necho "line ${this.count} ended with $?"\n`);
    const gone = () => this.child.exitCode !== null && `the shell ended:\n${this.output}`;
    await until(line, () => end.test(this.output.slice(begin)), { timeout, unless: gone });
    const output = this.output.slice(begin);
    const status = Number(end.exec(output)[1]);
    if (status !== 0) throw new Error(`${line}\nended with ${status}:\n${output}`);
    return output.replace(end, '');
  }

  /** Ends the shell, and with it, if it is isolated, all that it started. */
  async close() {
    this.child.stdin.end();
    await this.ended;
  }
}
