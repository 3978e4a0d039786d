// A program that a test or the demonstration runs: started, watched, ended. It ends with the
// process that started it, however that one ends.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

import { pause } from './until.mjs';

const running = new Set();
const killAll = () => running.forEach((program) => program.child.kill('SIGKILL'));
process.on('exit', killAll);
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
])
  process.on(signal, () => {
    // no other handler ends this process
    if (process.listenerCount(signal) === 1) process.exit(128 + number);
  });

export class Program {
  /**
   * Starts it at once. `echo`: a stream that also gets its output. `wrap`: a command line to run it
   * with, such as ['prlimit', '--fsize=...'].
   */
  constructor(name, path, args, { env = {}, echo = null, wrap = [] } = {}) {
    this.name = name;
    this.output = [];
    const [command, ...rest] = [...wrap, path, ...args];
    // In a process group of its own: Ctrl-C on the terminal reaches only this process, which ends
    // it.
    this.child = spawn(command, rest, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.add(this);
    this.started = performance.now();
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        this.output.push(text);
        if (this.output.length > 4000) this.output.splice(0, 1000);
        echo?.write(text);
      });
    }
    /** {code, signal} or {error}, once it ended. */
    this.ended = new Promise((resolve) => {
      const end = (how) => {
        running.delete(this);
        this.end = how;
        resolve(how);
      };
      this.child.on('error', (error) => end({ error }));
      this.child.on('close', (code, signal) => end({ code, signal }));
    });
  }

  get alive() {
    return !this.end;
  }

  /** Processor time that it used so far, in milliseconds. */
  cpuMs() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  log() {
    return this.output.join('');
  }

  /** The end of its output, for a message. */
  tail(lines = 25) {
    return this.log().trimEnd().split('\n').slice(-lines).join('\n');
  }

  why() {
    if (!this.end) return `${this.name} is running`;
    const { code, signal, error } = this.end;
    return error
      ? `${this.name} could not be started: ${error.message}`
      : `${this.name} ended with ${signal ?? `code ${code}`}`;
  }

  /** Waits until `probe` returns true; if the program ends first, throws with its last output. */
  async ready(probe, timeout = 60_000) {
    const end = performance.now() + timeout;
    for (;;) {
      if (!this.alive) throw new Error(`${this.why()} before it was ready:\n${this.tail()}`);
      try {
        if (await probe()) return;
      } catch {
        // not yet: it does not listen
      }
      if (performance.now() > end)
        throw new Error(`${this.name} did not answer within ${timeout / 1000} s:\n${this.tail()}`);
      await pause(10);
    }
  }

  kill(signal = 'SIGKILL') {
    if (this.alive) this.child.kill(signal);
    return this.ended;
  }

  /** Asks it to end; after `grace` it is killed, which is reported as an error. */
  async stop(grace = 15_000) {
    if (!this.alive) return this.end;
    this.child.kill('SIGTERM');
    let timer;
    await Promise.race([
      this.ended,
      new Promise((resolve) => {
        timer = setTimeout(resolve, grace);
      }),
    ]);
    clearTimeout(timer);
    if (this.alive) {
      await this.kill();
      throw new Error(
        `${this.name} did not end within ${grace / 1000} s of SIGTERM:\n${this.tail()}`,
      );
    }
    return this.end;
  }
}

/** Is the port free on this machine? */
export function portIsFree(port, address = '127.0.0.1') {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}

/** Unused ports, chosen by the system. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
