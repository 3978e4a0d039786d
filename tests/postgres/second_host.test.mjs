// Two hosts on one database, each with a data folder of its own: the second one is refused, a host
// that was killed starts again at once, and one whose database server restarts goes on.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { HOST } from '../e2e/support/paths.mjs';
import { PostgresDatabase } from '../e2e/support/postgres.mjs';
import { freePorts, Program } from '../e2e/support/program.mjs';
import { scratch } from '../e2e/support/scratch.mjs';
import { until } from '../e2e/support/until.mjs';

const folder = scratch('crm-second-');
const programs = [];
let database;

/** The process of the database server that has the lock; '': none. */
const holder = () =>
  database.run(
    `SELECT pid FROM pg_locks JOIN pg_database d ON d.oid=database
      WHERE locktype='advisory' AND objsubid=1 AND d.datname='${database.name}'`,
  );

async function start(name, more = []) {
  const [port] = await freePorts(1);
  const program = new Program('crm_host', HOST, [
    ...['--data', join(folder, name), '--database', database.url],
    ...['--listen', `127.0.0.1:${port}`, ...more],
  ]);
  programs.push(program);
  const ready = async () => (await fetch(`http://127.0.0.1:${port}/api/connectors`)).status === 401;
  return { program, ready: () => program.ready(ready) };
}

before(async () => {
  database = await PostgresDatabase.create();
});
after(() => Promise.all(programs.map((one) => one.kill())));

test('a second host on the database is refused, and a killed one starts again', async () => {
  const first = await start('first');
  await first.ready();
  const second = await start('second');
  await assert.rejects(second.ready(), /another host works on the schema "crm" of this database/);
  assert.ok(first.program.alive);

  await first.program.kill('SIGKILL');
  const begin = Date.now();
  const again = await start('first');
  await again.ready();
  assert.ok(Date.now() - begin < 8000, `${Date.now() - begin} ms`);
});

test('a host whose sessions the server ended keeps the database', async () => {
  const [host] = programs.filter((one) => one.alive);
  const before = holder();
  database.run(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='${database.name}'`,
  );
  await until('the lock is taken again', async () => !['', before].includes(holder()));
  const second = await start('second');
  await assert.rejects(second.ready(), /another host works on the schema/);
  assert.ok(host.alive);
});

test('a host whose database another one took ends, and says so', async () => {
  const [host] = programs.filter((one) => one.alive);
  host.child.kill('SIGSTOP');
  database.run(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='${database.name}'`,
  );
  const second = await start('second');
  await second.ready();
  host.child.kill('SIGCONT');
  await until('the first one ends', async () => !host.alive);
  assert.match(host.log(), /another host has taken over this database/);
  assert.ok(second.program.alive);
});
