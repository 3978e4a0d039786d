// ./dev bench engines [COUNT]: what an import costs on PostgreSQL, host and server together, beside
// SQLite. Fails when it needs more than LIMIT times the processor time. The server is the bench's
// own and writes through (fsync), as it would in use.

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { PostgresDatabase } from '../../e2e/support/postgres.mjs';
import { scratch } from '../../e2e/support/scratch.mjs';
import { startGoogle } from './google.mjs';
import { medians } from './measure.mjs';
import { product } from './product.mjs';
import { writeWorld } from './world.mjs';

const LIMIT = 2.5;
const count = Number(process.argv[2] ?? 5000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);

process.env.E2E_TMP ??= '/tmp'; // a disk, not memory: commits are durable
process.env.POSTGRES_SETTINGS ??= 'fsync=on';

const folder = scratch('bench-engines-');
const engines = {
  SQLite: async () => null,
  PostgreSQL: () => PostgresDatabase.create(),
};
const figures = {};
try {
  const files = writeWorld(count, folder);
  for (const [name, create] of Object.entries(engines)) {
    const results = [];
    for (let round = 0; round < rounds; ++round) {
      const data = join(folder, `${name}${round}`);
      const { google, program } = await startGoogle(files.google);
      try {
        results.push(await product(google, files, data, count, { database: await create() }));
      } finally {
        await program.stop();
        rmSync(data, { recursive: true, force: true });
      }
    }
    figures[name] = medians(results);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const show = (value) =>
  value === undefined ? '-' : value >= 100 ? value.toFixed(0) : value.toPrecision(3);
console.log(`${`${count} appointments`.padEnd(34)}${Object.keys(engines).join('   ')}`);
for (const name of Object.keys(figures.PostgreSQL))
  console.log(
    name.padEnd(34) +
      Object.keys(engines)
        .map((engine) => show(figures[engine][name]).padStart(10))
        .join(''),
  );
const total = 'import, CPU us per appointment';
const ratio = figures.PostgreSQL[total] / figures.SQLite[total];
const missed = ratio > LIMIT ? '  MISSED' : '';
console.log(`PostgreSQL to SQLite: ${ratio.toFixed(2)}  at most ${LIMIT}${missed}`);
process.exitCode = missed ? 1 : 0;
