// One phase of the short story, played repeatedly from the same start; several stages run at once,
// since most of the time is waiting.

import assert from 'node:assert/strict';

import { Stage } from '../support/stage.mjs';
import { storeClient } from '../support/setup.mjs';
import { until } from '../support/until.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT } from '../world/people.mjs';
import { Play } from './play.mjs';
import { outcome, setUpAct } from './short_story.mjs';

/** A pair of programs whose initial data is kept, so that each run starts from it. */
class Ring {
  static async open(world, setUp) {
    const ring = new Ring();
    ring.world = world;
    ring.stage = await Stage.open({ world, googleArgs: ['--allow-kill'] });
    await storeClient(await ring.stage.login(ADMINISTRATOR));
    ring.crm = await ring.stage.login();
    if (setUp) await new Play(ring.stage).perform(setUpAct(ring.crm));
    await ring.stage.remember();
    return ring;
  }

  /**
   * One run. `host`: options of its start; `arm(scene)`: preparation once it runs; `beside(story,
   * play)`: runs next to the story until story.over. Returns how often the host died. `expected`:
   * what both sides must hold afterwards; null for the run that determines it.
   */
  async run(actsOf, expected, { host = {}, arm = async () => {}, beside = async () => {} }) {
    const play = new Play(this.stage);
    try {
      await this.stage.rewind(host);
    } catch (error) {
      // the host may end at a write of its own start
      if (this.stage.host?.end?.code !== 137) throw error;
      await play.restart();
    }
    const scene = {
      crm: this.crm,
      world: this.world,
      google: this.stage.google,
      stage: this.stage,
      person: await this.stage.google.person(GOOGLE_ACCOUNT.email, { apart: true }),
    };
    await arm(scene);
    const story = { over: false };
    const other = beside(story, play);
    try {
      await play.performAll(actsOf(scene));
    } finally {
      story.over = true;
      await other;
    }
    return { deaths: play.deaths, outcome: await this.compared(scene, play, expected) };
  }

  async compared(scene, play, expected) {
    let last;
    try {
      await until(
        'both sides to hold what they should',
        async () => {
          // the host may die at the last write, after all acts
          if (!this.stage.host.alive) await play.restart();
          last = await outcome(scene);
          return expected
            ? JSON.stringify(last) === JSON.stringify(expected)
            : JSON.stringify(last.here) === JSON.stringify(last.there);
        },
        { timeout: 20_000, every: 20 },
      );
    } catch (error) {
      if (expected && last) assert.deepEqual(last, expected);
      throw error;
    }
    return last;
  }
}

export class Phase {
  /** `actsOf(scene)` returns the acts; `setUp`: is the account connected at the start? */
  static async open(t, { world, setUp, actsOf, rings = 3 }) {
    const phase = new Phase();
    phase.actsOf = actsOf;
    phase.rings = [];
    t.after(() => Promise.all(phase.rings.map((ring) => ring.stage.close())));
    await Promise.all(
      Array.from({ length: rings }, async () => {
        phase.rings.push(await Ring.open(world, setUp));
      }),
    );
    phase.expected = (await phase.rings[0].run(actsOf, null, {})).outcome;
    assert.ok(phase.expected.here.length > 0);
    return phase;
  }

  /**
   * Plays with the points of failure `from`, `from + step` ... until a run survives, and returns at
   * how many of them the host died. `at(n, ring)` returns how to end the host at point n.
   */
  async everyPoint(what, at, { from = 1, step = 1 } = {}) {
    let next = from,
      end = Infinity,
      died = 0;
    await Promise.all(
      this.rings.map(async (ring) => {
        while (next < end) {
          const n = next;
          next += step;
          let deaths;
          try {
            ({ deaths } = await ring.run(this.actsOf, this.expected, at(n, ring)));
          } catch (error) {
            end = 0;
            throw new Error(`${what} ${n}: ${error.message}`, { cause: error });
          }
          if (deaths === 0) end = Math.min(end, n);
          else ++died;
        }
      }),
    );
    return died;
  }
}
