// The instances of random series, asked of the emulator over HTTP, against an independent
// implementation, rrule. A difference has to be of a kind that expansion/differences.mjs explains,
// and the emulator's answer exactly what is right there.
//
//     EXPANSION_SEED=7 EXPANSION_SERIES=100000 node --test tests/e2e/expansion.test.mjs

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Comparison, firstDifference, sameList } from './expansion/comparison.mjs';
import { differenceOf, DIFFERENCES } from './expansion/differences.mjs';
import { EmulatorSide } from './expansion/emulator_side.mjs';
import { byRrule, expected } from './expansion/independent.mjs';
import { ZONES, randomFrom, randomSeries } from './expansion/random_series.mjs';
import { isoWall } from './expansion/zones.mjs';
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

const shown = (series) =>
  `${isoWall(series.wall)} ${series.zone}${series.allDay ? ' all day' : ''} ` +
  series.lines.join(' ');

test(`${SERIES} random series in ${ZONES.length} zones (seed ${SEED})`, async (context) => {
  const random = randomFrom(SEED);
  const all = Array.from({ length: SERIES }, () => randomSeries(random));
  await side.load(all);
  const comparison = new Comparison();
  let next = 0,
    instants = 0;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (next < all.length) {
        const series = all[next++];
        const answer = side.starts(series);
        answer.catch(() => {}); // awaited below, after this process has computed its own answer
        const theirs = expected(series, byRrule);
        const mine = await answer;
        instants += mine.length;
        const same = (list) => sameList(list, mine);
        const kind = same(theirs) ? undefined : differenceOf(series, same);
        if (kind || same(theirs)) comparison.note(kind);
        else comparison.fail(`${shown(series)}\n  ${firstDifference(mine, theirs)}`);
      }
    }),
  );
  context.diagnostic(`${instants} instances; ${comparison.summary()}`);
  assert.equal(comparison.unexplained.length, 0, `seed ${SEED}: ${comparison.message()}`);
  assert.ok(instants > SERIES * 5, 'the series have enough instances to compare');
  if (SEED === 5545 && SERIES === 10_000)
    assert.deepEqual(
      [...comparison.counts.keys()].sort(),
      DIFFERENCES.map(({ kind }) => kind).sort(),
      'each kind of difference occurs',
    );
});
