// ./dev bench host [COUNT...]: what an import costs through the real host and set-up flow, at
// several sizes. BENCH_ROUNDS: rounds of each size (default 1); figures are medians. Fails when a
// figure is above its limit.

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { scratch } from '../../e2e/support/scratch.mjs';
import { startGoogle } from './google.mjs';
import { medians } from './measure.mjs';
import { product } from './product.mjs';
import { writeWorld } from './world.mjs';

const counts = process.argv.slice(2).map(Number);
const sizes = counts.length > 0 ? counts : [1000, 10_000, 50_000];
const rounds = Number(process.env.BENCH_ROUNDS ?? 1);
process.env.E2E_TMP ??= '/tmp'; // a disk, not memory: commits are durable

// What holds at every size, and how much more an appointment may cost than at 10,000.
const LIMITS = {
  'peak memory, MiB': 64,
  'written, KB per appointment': 30,
  'look that finds nothing, CPU ms': 2,
};
const GROWTH = 1.5;

async function measure(count) {
  const folder = scratch('bench-import-');
  try {
    const files = writeWorld(count, folder);
    const results = [];
    for (let round = 0; round < rounds; ++round) {
      const { google, program } = await startGoogle(files.google);
      try {
        results.push(await product(google, files, join(folder, `data${round}`), count));
      } finally {
        await program.stop();
        rmSync(join(folder, `data${round}`), { recursive: true, force: true });
      }
    }
    return medians(results);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const show = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const results = [];
for (const count of sizes) results.push({ count, figures: await measure(count) });
const width = 34;
console.log(`${'appointments'.padEnd(width)}${sizes.map((n) => String(n).padStart(10)).join('')}`);
let missed = 0;
for (const name of Object.keys(results[0].figures)) {
  const values = results.map(({ figures }) => figures[name]);
  const limit = LIMITS[name];
  const over = limit !== undefined && values.some((value) => value > limit);
  missed += over ? 1 : 0;
  const note = limit === undefined ? '' : `  at most ${limit}${over ? '  MISSED' : ''}`;
  console.log(name.padEnd(width) + values.map((one) => show(one).padStart(10)).join('') + note);
}
const cost = (count) =>
  results.find((one) => one.count === count)?.figures['import, CPU us per appointment'];
const largest = Math.max(...sizes);
if (cost(10_000) && largest > 10_000) {
  const growth = cost(largest) / cost(10_000);
  missed += growth > GROWTH ? 1 : 0;
  const verdict = growth > GROWTH ? '  MISSED' : '';
  console.log(
    `an appointment at ${largest} costs ${growth.toFixed(2)} times that at 10000` +
      `  at most ${GROWTH}${verdict}`,
  );
}
process.exitCode = missed > 0 ? 1 : 0;
