// The instances of random series, asked of the emulator over HTTP, against what an independent implementation says: rrule. A difference has to be of a kind that
// expansion/differences.mjs explains, and the emulator's answer exactly what is right there.
//
//     EXPANSION_SEED=7 EXPANSION_SERIES=100000 node --test tests/e2e/expansion.test.mjs

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { differenceOf, DIFFERENCES } from './expansion/differences.mjs';
import { EmulatorSide } from './expansion/emulator_side.mjs';
import { byRrule, expected } from './expansion/independent.mjs';
import { ZONES, randomFrom, randomSeries } from './expansion/random_series.mjs';
import { isoInstant, isoWall } from './expansion/zones.mjs';
import { startEmulator } from './support/emulator.mjs';
import { Google } from './support/google.mjs';

const SEED = Number(process.env.EXPANSION_SEED ?? 5545),
  SERIES = Number(process.env.EXPANSION_SERIES ?? 10_000);

let emulator, side;
before(async () => {
  emulator = await startEmulator();
  side = new EmulatorSide(new Google(emulator.origin));
});
after(() => {
  side?.close();
  return emulator?.program.stop();
});

const told = (series) =>
  `${isoWall(series.wall)} ${series.zone}${series.allDay ? ' all day' : ''} ${series.lines.join(' ')}`;
const first = (mine, theirs) => {
  const at = mine.findIndex((instant, index) => instant !== theirs[index]);
  const show = (list) =>
    `${list.length} instances, from the ${(at < 0 ? mine.length : at) + 1}th: ${
      list
        .slice(at < 0 ? mine.length : at)
        .slice(0, 3)
        .map(isoInstant)
        .join(' ') || 'none'
    }`;
  return `  emulator: ${show(mine)}\n  expected: ${show(theirs)}`;
};

test(`${SERIES} random series in ${ZONES.length} zones (seed ${SEED})`, async (context) => {
  const random = randomFrom(SEED);
  const all = Array.from({ length: SERIES }, () => randomSeries(random));
  await side.load(all);
  const unexplained = [],
    counts = new Map();
  let next = 0,
    instants = 0;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < all.length) {
        const series = all[next++];
        const answer = side.starts(series);
        answer.catch(() => {}); // awaited below; until then this one's own computation runs
        const theirs = expected(series, byRrule);
        const mine = await answer;
        instants += mine.length;
        const same = (list) =>
          list.length === mine.length && list.every((instant, at) => instant === mine[at]);
        if (same(theirs)) continue;
        const kind = differenceOf(series, same);
        if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
        else unexplained.push(`${told(series)}\n${first(mine, theirs)}`);
      }
    }),
  );
  context.diagnostic(
    `${instants} instances; explained differences: ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'none'}`,
  );
  assert.equal(
    unexplained.length,
    0,
    `${unexplained.length} unexplained differences (seed ${SEED}):\n${unexplained.slice(0, Number(process.env.EXPANSION_SHOW ?? 5)).join('\n')}`,
  );
  assert.ok(instants > SERIES * 5, 'the series were worth the while');
  if (SEED === 5545 && SERIES === 10_000)
    assert.deepEqual(
      [...counts.keys()].sort(),
      DIFFERENCES.map(({ kind }) => kind).sort(),
      'each kind of difference occurs',
    );
});
