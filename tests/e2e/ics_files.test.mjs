// iCalendar files, loaded by the emulator, against two independent readers: recurring_ical_events
// for Python and ical.js. Each instance of 2027 and 2028 has the same start, end and title, or the
// difference is in ics/differences.mjs with its source. What the load report names is not compared.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { byEmulator } from './ics/by_emulator.mjs';
import { byIcalJs } from './ics/by_ical_js.mjs';
import { DIFFERENCES } from './ics/differences.mjs';
import { FROM, INPUTS, UNTIL } from './ics/inputs.mjs';
import { scratch } from './support/scratch.mjs';

// Debian's packages are for Debian's Python, whatever is first in the path.
const DEBIANS_PYTHON = '/usr/bin/python3';
const PYTHON = fileURLToPath(new URL('ics/by_python.py', import.meta.url));
const LEAST_COMPARABLE = 250,
  MOST_EXPLAINED = 12;

function byPython(inputs) {
  const asked = inputs.map(({ name, text, zone }) => ({
    name,
    zone,
    text: Buffer.from(text).toString('base64'),
  }));
  const run = spawnSync(DEBIANS_PYTHON, [PYTHON], {
    input: JSON.stringify(asked),
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  assert.equal(run.status, 0, `python3 with recurring_ical_events: ${run.stderr ?? run.error}`);
  return JSON.parse(run.stdout);
}

const startOf = ({ start }) => (typeof start === 'string' ? Date.parse(start) : start * 1000);

/** Texts to compare: the instances that start in the time, in order. */
const shown = (instances) =>
  instances
    .filter((one) => startOf(one) >= FROM && startOf(one) < UNTIL)
    .map(({ start, end, title }) => {
      const time = (at) => (typeof at === 'string' ? at : new Date(at * 1000).toISOString());
      return `${time(start)} to ${time(end)} "${title}"`;
    })
    .sort();

function firstDifference(mine, theirs) {
  const only = (list, other) => list.filter((one) => !other.includes(one)).slice(0, 2);
  return (
    `${mine.length} and ${theirs.length} instances; ` +
    `ours alone: ${only(mine, theirs).join('; ') || 'none'}; ` +
    `theirs alone: ${only(theirs, mine).join('; ') || 'none'}`
  );
}

/** What a reference makes of each input: sorted texts, or {error}. */
const byReference = {
  'python': (inputs) => {
    const answers = byPython(inputs);
    return inputs.map(({ name }) => (answers[name].error ? answers[name] : shown(answers[name])));
  },
  'ical.js': (inputs) =>
    inputs.map(({ text, zone }) => {
      try {
        return shown(byIcalJs(Buffer.from(text).toString('utf8'), UNTIL, zone));
      } catch (error) {
        return { error: error.message };
      }
    }),
};

const directory = scratch('ics-files-');
const answers = await byEmulator(INPUTS, directory, FROM, UNTIL).finally(() =>
  rmSync(directory, { recursive: true }),
);

test('a file that cannot be read as it is written is named in the load report', () => {
  const silent = INPUTS.filter(
    ({ reported, tells = reported }, at) =>
      tells && !answers[at].problems.some((problem) => problem.includes(tells)),
  );
  assert.deepEqual(
    silent.map(({ name }) => name),
    [],
  );
});

test('a file that RFC 5545 allows has no problems', () => {
  const noise = INPUTS.flatMap(({ name, reported, tells }, at) =>
    reported || tells ? [] : answers[at].problems.map((problem) => `${name}: ${problem}`),
  );
  assert.deepEqual(noise, []);
});

test(`${INPUTS.length} files have the instances that Python and ical.js find`, (context) => {
  const defects = [],
    explained = new Set();
  const comparable = new Set(),
    counts = {};
  for (const [reference, expand] of Object.entries(byReference)) {
    const theirs = expand(INPUTS);
    counts[reference] = { same: 0, differ: 0, unread: 0 };
    for (const [at, { name, reported }] of INPUTS.entries()) {
      if (reported) continue;
      if (theirs[at].error !== undefined) {
        counts[reference].unread += 1;
        if (process.env.ICS_UNREAD)
          context.diagnostic(`${reference}: ${name}: ${theirs[at].error}`);
        continue;
      }
      comparable.add(name);
      const mine = shown(answers[at].instances);
      if (mine.join('\n') === theirs[at].join('\n')) {
        counts[reference].same += 1;
        continue;
      }
      counts[reference].differ += 1;
      const known = DIFFERENCES.find(
        (one) => one.input === name && one.references.includes(reference),
      );
      if (known) explained.add(known);
      else defects.push(`${reference}: ${name}: ${firstDifference(mine, theirs[at])}`);
    }
  }
  const perReference = Object.entries(counts).map(
    ([reference, { same, differ, unread }]) =>
      `${reference} ${same} same, ${differ} differ, ${unread} not read`,
  );
  context.diagnostic(
    `${INPUTS.length} inputs, ${comparable.size} comparable, ` +
      `${explained.size} differences explained; ${perReference.join('; ')}`,
  );
  assert.deepEqual(defects, []);
  assert.deepEqual(
    DIFFERENCES.filter((one) => !explained.has(one)).map(({ input }) => input),
    [],
    'each row of differences.mjs is a difference',
  );
  assert.ok(comparable.size >= LEAST_COMPARABLE, `${comparable.size} comparable`);
  assert.ok(explained.size <= MOST_EXPLAINED, `${explained.size} explained`);
});
