// The database of the host when E2E_DATABASE=postgresql: a PostgreSQL of the test process's own,
// started with its first use by tests/support/postgres_server and ended with the process, however
// that ends. Each stage has a database in it.

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

import { REPOSITORY } from './paths.mjs';

export const usesPostgres = process.env.E2E_DATABASE === 'postgresql';

let server;
let databases = 0;

async function start() {
  const child = spawn(join(REPOSITORY, 'tests/support/postgres_server'), {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // It must not keep this process alive: its standard input ends with the process.
  for (const part of [child, child.stdin, child.stdout]) part.unref();
  const lines = createInterface({ input: child.stdout });
  child.ref();
  child.stdout.ref();
  const folder = await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (code) => reject(new Error(`no database server: it ended with ${code}`)));
  });
  child.unref();
  child.stdout.unref();
  return { folder, child };
}

export class PostgresDatabase {
  static async create() {
    server ??= start();
    const database = new PostgresDatabase();
    ({ folder: database.folder } = await server);
    database.name = `e2e${++databases}`;
    database.copy('template0', database.name);
    return database;
  }

  /** What --database gets. */
  get url() {
    return `postgresql:///${this.name}?host=${this.folder}&user=crm`;
  }

  run(sql, database = 'postgres') {
    const options = ['-qAtX', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-h', this.folder];
    return execFileSync(join(this.folder, 'psql'), [...options, '-d', database, '-c', sql], {
      encoding: 'utf8',
    }).trimEnd();
  }

  copy(from, to) {
    this.run(`CREATE DATABASE ${to} OWNER crm TEMPLATE ${from}`);
  }

  /** Keeps the rows of now; no program may be connected. */
  remember() {
    this.copy(this.name, `${this.name}_kept`);
  }

  rewind() {
    this.run(`DROP DATABASE ${this.name} WITH (FORCE)`);
    this.copy(`${this.name}_kept`, this.name);
  }

  /** Processor time of the server's processes so far, in milliseconds; ended ones included. */
  async cpuMs() {
    const { child } = await server;
    const [postmaster] = children(child.pid).filter((pid) => nameOf(pid) === 'postgres');
    return [postmaster, ...children(postmaster)].reduce((sum, pid) => sum + cpuMs(pid), 0);
  }
}

const statOf = (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8');
const nameOf = (pid) => /\((.*)\)/.exec(statOf(pid))?.[1];
const fieldsOf = (pid) =>
  statOf(pid)
    .replace(/^.*\) /, '')
    .split(' ');

function children(parent) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return Number(fieldsOf(pid)[1]) === Number(parent);
      } catch {
        return false; // it has ended
      }
    });
}

function cpuMs(pid) {
  try {
    // utime, stime, and those of children that were waited for
    return fieldsOf(pid)
      .slice(11, 15)
      .reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
  } catch {
    return 0; // it ended, and is counted with its parent
  }
}
