// The CRM's program dies at every write and at every request of a short story, and 50 times somewhere; people go on as soon as it is back. Afterwards nothing is
// lost and nothing doubled: both calendars, the cards and Google's mails are those of a run without a crash. E2E_VERIFY=1 plays a longer
// story and kills ten times as often.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Phase } from './crash/phase.mjs';
import { acts, moreActs, setUpAct, shortWorld } from './crash/short_story.mjs';
import { today } from './support/stage.mjs';
import { pause, until } from './support/until.mjs';
import { Random } from './world/random.mjs';

const world = shortWorld(today());
const kKills = process.env.E2E_VERIFY ? 500 : 50;
const kSeed = process.env.E2E_SEED ?? String(Date.now() % 1_000_000);

for (const { name, setUp, actsOf } of [
  { name: 'TheSetUp', setUp: false, actsOf: (scene) => [setUpAct(scene.crm)] },
  {
    name: 'ChangesOnBothSides',
    setUp: true,
    actsOf: process.env.E2E_VERIFY ? (scene) => [...acts(scene), ...moreActs(scene)] : acts,
  },
])
  test(`GivenAHostThatDiesDuring${name}`, async (t) => {
    const phase = await Phase.open(t, { world, setUp, actsOf });

    for (const [moment, suffix] of [
      ['Before', ''],
      ['After', ':after'],
    ])
      await t.test(`WhenRight${moment}EachCommit_ThenNothingIsLostOrDoubled`, async (inner) => {
        const writes = await phase.everyPoint(
          `CRM_HOST_CRASH_AT_WRITE (${moment.toLowerCase()})`,
          (n) => ({ host: { env: { CRM_HOST_CRASH_AT_WRITE: `${n}${suffix}` } } }),
        );
        assert.ok(writes >= 10, `the story has only ${writes} writes`);
        inner.diagnostic(`${name}: died ${moment.toLowerCase()} each of ${writes} commits`);
      });

    for (const when of ['before', 'after'])
      await t.test(
        `WhenEachRequestToGoogleIsHit${when === 'before' ? 'Before' : 'After'}ItTakesEffect_ThenNothingIsLostOrDoubled`,
        async (inner) => {
          const requests = await phase.everyPoint(
            `killed ${when} the effect of request`,
            (n, ring) => ({
              arm: (scene) =>
                scene.google.addFault({
                  skip: n - 1,
                  times: 1,
                  effect: { kill_pid: ring.stage.host.child.pid, when },
                }),
            }),
          );
          assert.ok(requests >= 3, `the story has only ${requests} requests`);
          inner.diagnostic(`${name}: killed ${when} the effect of each of ${requests} requests`);
        },
      );
  });

test(`GivenAnyMoment_WhenKilled${kKills}Times_ThenNothingIsLostOrDoubled (seed ${kSeed})`, async (t) => {
  const phase = await Phase.open(t, { world, setUp: true, actsOf: acts, rings: 2 });
  let kills = 0,
    runs = 0;
  await Promise.all(
    phase.rings.map(async (ring, index) => {
      const random = new Random(`${kSeed}/${index}`);
      const beside = async (story, play) => {
        while (!story.over && kills < kKills && play.deaths < 6) {
          await pause(random.integer(1, 250));
          const { host } = ring.stage;
          if (story.over || !host.alive) continue;
          ++kills;
          host.kill();
          await until('the next start', () => ring.stage.host !== host || story.over, {
            timeout: 60_000,
            every: 5,
          });
        }
      };
      while (kills < kKills) {
        ++runs;
        await ring.run(phase.actsOf, phase.expected, { beside }).catch((error) => {
          throw new Error(`seed ${kSeed}, ring ${index}, kill ${kills}: ${error.message}`, {
            cause: error,
          });
        });
      }
    }),
  );
  t.diagnostic(`${kills} kills in ${runs} stories, seed ${kSeed}`);
});
