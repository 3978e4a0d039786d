// The CRM's program is ended at the requests and at every sixth commit of a short story, and 50
// times at random moments; the users repeat what was interrupted. Afterwards nothing is lost and
// nothing is duplicated: both calendars, the cards and Google's mails equal those of a run without
// a crash. The seed says which commits these are. E2E_VERIFY=1 plays a longer story, meets every
// commit, and ends the program at random ten times as often.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Phase } from './crash/phase.mjs';
import { acts, moreActs, setUpAct, shortWorld } from './crash/short_story.mjs';
import { CRASH_HOST } from './support/paths.mjs';
import { today } from './support/stage.mjs';
import { pause, until } from './support/until.mjs';
import { Random } from './world/random.mjs';

const world = shortWorld(today());
const KILLS = process.env.E2E_VERIFY ? 500 : 50;
const SEED = process.env.E2E_SEED ?? String(Date.now() % 1_000_000);
const COMMIT_STEP = process.env.E2E_VERIFY ? 1 : 6;

for (const { name, setUp, actsOf } of [
  { name: 'the set-up', setUp: false, actsOf: (scene) => [setUpAct(scene.crm)] },
  {
    name: 'changes on both sides',
    setUp: true,
    actsOf: process.env.E2E_VERIFY ? (scene) => [...acts(scene), ...moreActs(scene)] : acts,
  },
])
  test(`nothing is lost or doubled when the host dies during ${name}`, async (t) => {
    const phase = await Phase.open(t, { world, setUp, actsOf });

    for (const [moment, suffix] of [
      ['Before', ''],
      ['After', ':after'],
    ])
      await t.test(`right ${moment.toLowerCase()} commits`, async (inner) => {
        const from = new Random(`${SEED} ${name} ${moment}`).integer(1, COMMIT_STEP);
        const commits = await phase.everyPoint(
          `CRM_HOST_CRASH_AT_WRITE (${moment.toLowerCase()}, seed ${SEED})`,
          (n) => ({
            host: { program: CRASH_HOST, env: { CRM_HOST_CRASH_AT_WRITE: `${n}${suffix}` } },
          }),
          { from, step: COMMIT_STEP },
        );
        assert.ok(commits * COMMIT_STEP >= 40, `the host died at only ${commits} commits`);
        inner.diagnostic(
          `${name}: died ${moment.toLowerCase()} ${commits} commits, ` +
            `from ${from} in steps of ${COMMIT_STEP}, seed ${SEED}`,
        );
      });

    for (const when of ['before', 'after'])
      await t.test(`${when} each request to Google takes effect`, async (inner) => {
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
      });
  });

test(`nothing is lost or doubled by ${KILLS} kills at random (seed ${SEED})`, async (t) => {
  const phase = await Phase.open(t, { world, setUp: true, actsOf: acts, rings: 2 });
  let kills = 0,
    runs = 0;
  await Promise.all(
    phase.rings.map(async (ring, index) => {
      const random = new Random(`${SEED}/${index}`);
      const beside = async (story, play) => {
        while (!story.over && kills < KILLS && play.deaths < 6) {
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
      while (kills < KILLS) {
        ++runs;
        await ring.run(phase.actsOf, phase.expected, { beside }).catch((error) => {
          throw new Error(`seed ${SEED}, ring ${index}, kill ${kills}: ${error.message}`, {
            cause: error,
          });
        });
      }
    }),
  );
  t.diagnostic(`${kills} kills in ${runs} stories, seed ${SEED}`);
});
