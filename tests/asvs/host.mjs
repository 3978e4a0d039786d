// A host of its own for one row of the standard, and a client that shows everything of an answer.

import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { join } from 'node:path';
import { after } from 'node:test';

import { HOST, PLUGINS } from '../e2e/support/paths.mjs';
import { freePorts, Program } from '../e2e/support/program.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { until } from '../e2e/support/until.mjs';

export const PASSWORD = 'Vertrieb-2026';
export const SELLER = { email: 'anna@crm.example', name: 'Anna', password: PASSWORD };
export const OTHER = { email: 'bert@crm.example', name: 'Bert', password: PASSWORD };
export const ADMIN = {
  email: 'chief@crm.example',
  name: 'Chief',
  password: PASSWORD,
  role: 'admin',
};
export const PLUGIN = 'com.example.google_calendar';

/** A browser: keeps its cookies and the CSRF token. */
export class Browser {
  constructor(host) {
    this.host = host;
    this.cookies = new Map();
    this.csrf = '';
  }

  /** {status, headers, text, json}. `headers` replace those that a browser sends. */
  async send(method, path, body, headers = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.host.send(method, path, body, {
      ...(cookie ? { Cookie: cookie } : {}),
      ...(this.csrf ? { 'X-CSRF-Token': this.csrf } : {}),
      ...headers,
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.cookies.set(name, value);
    }
    return answer;
  }

  async logIn({ email, password = PASSWORD }) {
    const answer = await this.send('POST', '/api/session', { email, password });
    if (answer.status === 200) this.csrf = answer.json.csrf;
    return answer;
  }
}

const opened = [];
// A host that a failed test left running would keep this process, too.
after(() => Promise.all(opened.map((host) => host.program?.kill())));

export class TestHost {
  /** `tls`: serves https. `args`, `wrap`: of the program. */
  static async open({ tls = false, args = [], env = {}, wrap = [] } = {}) {
    const host = new TestHost();
    opened.push(host);
    host.folder = scratch('crm-asvs-');
    host.data = join(host.folder, 'data');
    const seed = join(host.folder, 'seed.json');
    writeFileSync(seed, JSON.stringify({ users: [SELLER, OTHER, ADMIN] }));
    host.tls = tls;
    host.args = ['--seed', seed, '--plugins', PLUGINS, '--dev-unsigned', ...args];
    if (tls) host.args.push(...host.#certificate());
    await host.start({ env, wrap });
    return host;
  }

  #certificate() {
    const certificate = join(this.folder, 'certificate.pem');
    const key = join(this.folder, 'key.pem');
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    made.push('-subj', '/CN=127.0.0.1', '-keyout', key, '-out', certificate);
    execFileSync('openssl', made, { stdio: 'ignore' });
    return ['--tls-cert', certificate, '--tls-key', key];
  }

  async start({ env = {}, wrap = [] } = {}) {
    [this.port] = await freePorts(1);
    this.origin = `${this.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
    const listen = ['--data', this.data, '--listen', `127.0.0.1:${this.port}`];
    this.program = new Program('crm_host', HOST, [...listen, ...this.args], { env, wrap });
    await this.program.ready(async () => {
      const { status } = await this.send('GET', '/api/strings/de');
      return status === 200;
    });
  }

  async stop() {
    this.program.child.kill('SIGTERM');
    await this.program.ended;
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  send(method, path, body, headers = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const options = {
      method,
      rejectUnauthorized: false,
      headers: {
        ...(text === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) }),
        ...headers,
      },
    };
    return new Promise((resolve, reject) => {
      const call = (this.tls ? secure : plain)(this.origin + path, options, (answer) => {
        let received = '';
        answer.setEncoding('utf8');
        answer.on('data', (part) => (received += part));
        answer.on('end', () => {
          let json;
          try {
            json = JSON.parse(received);
          } catch {
            json = undefined;
          }
          resolve({ status: answer.statusCode, headers: answer.headers, text: received, json });
        });
      });
      call.on('error', reject);
      call.end(text);
    });
  }

  browser() {
    return new Browser(this);
  }

  /** A browser in which the user has logged in. */
  async loggedIn(user) {
    const browser = this.browser();
    const answer = await browser.logIn(user);
    if (answer.status !== 200) throw new Error(`log-in: ${answer.status} ${answer.text}`);
    return browser;
  }

  /** Waits until the log, which another process writes, shows it. */
  logged(pattern) {
    return until(
      `${pattern} in the log`,
      () => pattern.test(this.program.log()) && this.program.log(),
      { unless: () => !this.program.alive && this.program.tail() },
    );
  }

  /** crm_host with a command, beside the running one: {status, output}. */
  command(args, input = '') {
    const done = spawnSync(HOST, ['--data', this.data, ...args], { input, encoding: 'utf8' });
    return { status: done.status, output: done.stdout + done.stderr };
  }

  /** Changes the database while no host runs. */
  sql(statement) {
    const script =
      'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2])';
    execFileSync('python3', ['-c', script, join(this.data, 'crm.sqlite'), statement]);
  }

  /** The lines of the audit log with this action, once the log shows as many. */
  audit(action, count = 1) {
    const lines = () =>
      this.program
        .log()
        .split('\n')
        .filter((line) => / audit \{/.test(line) && line.includes(`"action":"${action}"`));
    return until(`${count} audit lines of ${action}`, () => lines().length >= count && lines());
  }
}
