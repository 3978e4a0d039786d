// node tests/sim/tested_mutants.mjs PROGRAM... [-- NAME...]: starts each mutant that no random
// history finds in the test programs (of the preset mutants) until a test fails. Exits with 1
// unless each is found and all tests pass without one.
import { execFile } from 'node:child_process';

import { listedMutants } from './listed_mutants.mjs';

const split = process.argv.indexOf('--');
const programs = process.argv.slice(2, split < 0 ? undefined : split);
const wanted = split < 0 ? [] : process.argv.slice(split + 1);
if (!programs.length) {
  console.error('usage: tested_mutants.mjs PROGRAM... [-- NAME...]');
  process.exit(2);
}

/** The first test of a program that fails; null: all pass. Throws when the program does not run. */
function failing(program, mutant) {
  const env = { ...process.env, ...(mutant && { MUTANT: mutant }) };
  const options = ['--gtest_fail_fast', '--gtest_brief=1'];
  return new Promise((resolve, reject) => {
    execFile(program, options, { env, maxBuffer: 1 << 28 }, (error, output) => {
      const failed = /^\[ {2}FAILED {2}\] ([\w./]+)/m.exec(output);
      if (failed) return resolve(failed[1]);
      if (error) return reject(new Error(`${program} ends without a result:\n${output}`));
      resolve(null);
    });
  });
}

async function firstFailing(mutant) {
  for (const program of programs) {
    const test = await failing(program, mutant);
    if (test) return test;
  }
  return null;
}

const without = await firstFailing();
if (without) {
  console.log(`${without} fails without a mutant`);
  process.exit(1);
}
const mutants = listedMutants('tests', wanted);
let found = 0;
for (const { name, fault } of mutants) {
  const test = await firstFailing(name);
  if (test) found += 1;
  console.log(`${test ? ' found' : 'MISSED'}  ${name}: ${fault}${test ? `\n        ${test}` : ''}`);
}
console.log(`${mutants.length} mutants, ${found} found by tests`);
process.exitCode = mutants.length && found === mutants.length ? 0 : 1;
