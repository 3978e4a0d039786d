// The CRM's program dies at every write and at every request of a short story, and 50 times somewhere; people go on as soon as it is back. Afterwards nothing is
// lost and nothing doubled: both calendars, the cards and Google's mails are those of a run without a crash. E2E_VERIFY=1 plays more of it.

import assert from 'node:assert/strict';
import {test} from 'node:test';

import {acts, outcome, setUpAct, shortWorld} from './crash/short_story.mjs';
import {Play} from './crash/play.mjs';
import {Stage, today} from './support/stage.mjs';
import {storeClient} from './support/setup.mjs';
import {pause, until} from './support/until.mjs';
import {kAdministrator, kGoogleAccount} from './world/people.mjs';
import {Random} from './world/random.mjs';

const world = shortWorld(today());
const kKills = process.env.E2E_VERIFY ? 500 : 50;
const kSeed = process.env.E2E_SEED ?? String(Date.now() % 1_000_000);

/** A stage of its own per phase, its start remembered, so that each run begins alike. */
async function prepared(setUp) {
  const stage = await Stage.open({world, googleArgs: ['--allow-kill']});
  await storeClient(await stage.login(kAdministrator));
  const crm = await stage.login();
  if (setUp) await new Play(stage).perform(setUpAct(crm));
  await stage.remember();
  return {stage, crm};
}

class Phase {
  /** `playOf(scene)` answers the acts. */
  constructor(name, setUp, playOf) {
    Object.assign(this, {name, setUp, playOf});
  }

  async open() {
    ({stage: this.stage, crm: this.crm} = await prepared(this.setUp));
    this.expected = (await this.run({})).outcome;
    assert.deepEqual(this.expected.here, this.expected.there, 'without a crash both sides are equal');
  }

  /** One run from the remembered start. `host`: how it is started; `arm`: what to prepare once it runs; `during` runs beside the story. */
  async run({host = {}, arm = async () => {}, during = async () => {}}) {
    await this.stage.rewind(host).catch(async (error) => {
      // The write that kills it may be one of its start.
      if (!this.stage.host || this.stage.host.end?.code !== 137) throw error;
      this.diedAtStart = true;
      await this.stage.startHost();
    });
    const scene = {crm: this.crm, world, google: this.stage.google, person: await this.stage.google.person(kGoogleAccount.email, {apart: true})};
    const play = new Play(this.stage);
    if (this.diedAtStart) play.deaths = 1;
    this.diedAtStart = false;
    await arm(scene);
    const story = {over: false};
    const beside = during(story, play);
    try {
      await play.performAll(this.playOf(scene));
    } finally {
      story.over = true;
      await beside;
    }
    if (await this.settles(play)) return {deaths: play.deaths, outcome: await this.compared(scene)};
    throw new Error('never settled');
  }

  /** The death may come with the last write, when nobody waits any more. */
  async settles(play) {
    if (!this.stage.host.alive) await play.revive();
    return true;
  }

  async compared(scene) {
    let last;
    try {
      await until('both sides to hold what they should', async () => {
        last = await outcome(scene);
        return this.expected ? JSON.stringify(last) === JSON.stringify(this.expected) : JSON.stringify(last.here) === JSON.stringify(last.there);
      }, {timeout: 15_000, every: 20});
    } catch (error) {
      if (this.expected) assert.deepEqual(last, this.expected);
      throw error;
    }
    return last;
  }

  close() {
    return this.stage?.close();
  }
}

const phases = [
  new Phase('set-up', false, (scene) => [setUpAct(scene.crm)]),
  new Phase('both ways', true, acts),
];

for (const phase of phases) {
  test(`crash during ${phase.name}`, async (t) => {
    t.after(() => phase.close());
    await phase.open();

    for (const side of ['', ':after'])
      await t.test(`Given${side ? 'AfterCommit' : 'BeforeCommit'}_WhenTheHostDiesAtEveryWriteOf_${phase.name.replace(' ', '')}_ThenNothingIsLostOrDoubled`, async (inner) => {
        let writes = 0;
        for (let n = 1; ; ++n) {
          const {deaths} = await phase.run({host: {env: {CRM_HOST_CRASH_AT_WRITE: `${n}${side}`}}}).catch((error) => {
            throw new Error(`CRM_HOST_CRASH_AT_WRITE=${n}${side}: ${error.message}`, {cause: error});
          });
          if (deaths === 0) break;
          writes = n;
        }
        assert.ok(writes >= 10, `the story has only ${writes} writes`);
        inner.diagnostic(`${phase.name}: died at each of ${writes} writes${side}`);
      });

    for (const when of ['before', 'after'])
      await t.test(`Given${when === 'after' ? 'Answered' : 'Unanswered'}_WhenTheHostDiesAtEveryRequestOf_${phase.name.replace(' ', '')}_ThenNothingIsLostOrDoubled`, async (inner) => {
        let requests = 0;
        for (let n = 0; ; ++n) {
          const arm = (scene) => scene.google.addFault({skip: n, times: 1, effect: {kill_pid: phase.stage.host.child.pid, when}});
          const {deaths} = await phase.run({arm}).catch((error) => {
            throw new Error(`killed at request ${n + 1}, ${when} it took effect: ${error.message}`, {cause: error});
          });
          if (deaths === 0) break;
          requests = n + 1;
        }
        assert.ok(requests >= 3, `the story has only ${requests} requests`);
        inner.diagnostic(`${phase.name}: died at each of ${requests} requests, ${when} their effect`);
      });
  });
}

test(`GivenAnyMoment_WhenKilled${kKills}Times_ThenNothingIsLostOrDoubled (seed ${kSeed})`, async (t) => {
  const phase = new Phase('kills', true, acts);
  t.after(() => phase.close());
  await phase.open();
  const random = new Random(kSeed);
  let kills = 0, runs = 0;
  while (kills < kKills) {
    ++runs;
    await phase.run({during: async (story, play) => {
      while (!story.over && kills < kKills) {
        await pause(random.integer(1, 250));
        if (story.over || !phase.stage.host.alive) continue;
        const host = phase.stage.host;
        host.kill();
        ++kills;
        await until('the next start', () => phase.stage.host !== host || story.over, {timeout: 20_000, every: 5});
        if (play.deaths > 20) return;
      }
    }}).catch((error) => {
      throw new Error(`seed ${kSeed}, run ${runs}, kill ${kills}: ${error.message}`, {cause: error});
    });
  }
  t.diagnostic(`${kills} kills in ${runs} stories, seed ${kSeed}`);
});

