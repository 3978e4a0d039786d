// node tests/sim/plugin_mutants.mjs PROGRAM [NAME...]: looks for the mutants of the plugin with the
// account histories (tests/unit/plugin/account_histories_test.cpp). PROGRAM is unit_plugin of the
// preset mutants. Each mutant meets fresh seeds until a history fails that succeeds without it.
// Exits with 1 unless each is found within 5,000 and the median is at most 500.
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';

import { listedMutants } from './listed_mutants.mjs';

const MOST_SEEDS = 5000;
const MOST_MEDIAN = 500;
const SEEDS_OF_A_RUN = 20;

const [program, ...wanted] = process.argv.slice(2);
if (!program) {
  console.error('usage: plugin_mutants.mjs PROGRAM [NAME...]');
  process.exit(2);
}

// The first history of the range that fails: its seed and what is wrong; null if there is none.
// Throws when the program does not run or dies.
function firstFailure(first, last, mutant) {
  const env = { ...process.env, ACCOUNT_HISTORIES: `${first}..${last}` };
  if (mutant) env.MUTANT = mutant;
  const options = ['--gtest_filter=*AccountHistories*', '--gtest_fail_fast'];
  return new Promise((resolve, reject) => {
    execFile(program, options, { env, maxBuffer: 1 << 28 }, (error, output) => {
      const failed = /^seed (\d+): (.*)$/m.exec(output);
      if (failed) return resolve({ seed: Number(failed[1]), what: failed[2] });
      if (error) return reject(new Error(`${program} fails with no seed:\n${output.slice(-2000)}`));
      if (!/\[ {2}PASSED {2}\] [1-9]/.test(output))
        return reject(new Error('no history was played'));
      resolve(null);
    });
  });
}

// How many seeds it takes to find the mutant; undefined: more than the limit.
async function seedsToFind({ name, fault }, begin) {
  for (let first = begin; first < begin + MOST_SEEDS;) {
    const last = Math.min(first + SEEDS_OF_A_RUN, begin + MOST_SEEDS) - 1;
    const failure = await firstFailure(first, last, name);
    first = failure ? failure.seed + 1 : last + 1;
    if (!failure) continue;
    const without = await firstFailure(failure.seed, failure.seed);
    if (without) {
      console.log(`        plugin ${failure.seed} fails without a mutant: ${without.what}`);
      continue;
    }
    const count = failure.seed - begin + 1;
    console.log(`${String(count).padStart(6)}  ${name}: ${fault}`);
    console.log(`        plugin ${failure.seed}: ${failure.what}`);
    return count;
  }
  console.log(`MISSED  ${name}: ${fault}`);
}

const mutants = listedMutants('plugin', wanted);
const begin = randomInt(1_000_000, 1_000_000_000);
console.log(`fresh seeds from ${begin} on`);
const counts = [];
for (const mutant of mutants) {
  const count = await seedsToFind(mutant, begin);
  if (count !== undefined) counts.push(count);
}
counts.sort((a, b) => a - b);
const median = counts[Math.floor(counts.length / 2)] ?? Infinity;
console.log(`${mutants.length} mutants, ${counts.length} found, median ${median} seeds`);
process.exitCode =
  mutants.length && counts.length === mutants.length && median <= MOST_MEDIAN ? 0 : 1;
