// A program that a test or the demonstration runs: started, watched, ended. It ends with the
// process that started it, however that one ends.

import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
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

// From here to the first port that the system gives to clients and to servers that ask for any.
const FIRST_PORT = 10_240;
const claims = [];

/**
 * Ports that no other program of this machine takes before the one they are meant for: the system
 * gives none of them away, and a UDP socket of the same number claims each for this process, since
 * another suite that is about to take it cannot bind that socket. The claim ends with the process.
 */
export async function freePorts(count) {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  const end = Number.parseInt(range, 10);
  if (end - FIRST_PORT < 1_000) throw new Error(`too few ports before those of clients: ${range}`);
  const ports = [];
  for (let tries = 0; ports.length < count && tries < 1_000; ++tries) {
    const port = randomInt(FIRST_PORT, end);
    if ((await claim(port)) && (await portIsFree(port))) ports.push(port);
  }
  if (ports.length < count) throw new Error('no free port');
  return ports;
}

function claim(port) {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').unref();
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      claims.push(socket);
      resolve(true);
    });
  });
}
