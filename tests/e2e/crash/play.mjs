// Users who continue while the CRM's program is ended again and again: each act is repeated until
// it is done, as a user would who checks whether a change was saved. Afterwards both calendars must
// equal those of a run without a crash.

import assert from 'node:assert/strict';

import { until } from '../support/until.mjs';
import { ADMINISTRATOR } from '../world/people.mjs';

export class Play {
  constructor(stage) {
    this.stage = stage;
    this.deaths = 0;
  }

  /**
   * The end must be one that the test caused: the crash switch or kill -9. Any other is a defect.
   */
  assertOrdered() {
    const { code, signal } = this.stage.host.end;
    assert.ok(
      code === 137 || signal === 'SIGKILL',
      `${this.stage.host.why()} by itself:\n${this.stage.host.tail()}`,
    );
  }

  /** Starts the host again, as often as it dies during the start. */
  async restart() {
    for (;;) {
      this.assertOrdered();
      ++this.deaths;
      try {
        return await this.stage.startHost();
      } catch (error) {
        if (this.stage.host.alive) throw error;
      }
    }
  }

  async isDead() {
    let timer;
    await Promise.race([
      this.stage.host.ended,
      new Promise((resolve) => {
        timer = setTimeout(resolve, 300);
      }),
    ]);
    clearTimeout(timer);
    return !this.stage.host.alive;
  }

  /**
   * Two kills that both meet the plugin's start look as if it ended the host: it is refused then,
   * until an administrator allows it again. Was that the case?
   */
  async allowed() {
    const administrator = await this.stage.login(ADMINISTRATOR);
    const refused = (await administrator.plugins()).filter(
      ({ state, crash }) => state === 'refused' && crash?.how === 'was killed twice',
    );
    for (const { id } of refused) await administrator.call('POST', `/api/plugins/${id}/allow`);
    return refused.length > 0;
  }

  /**
   * act: {name, done, act, settled}; `done`: is it saved on the side where it was made? `settled`:
   * is it on the other side too?
   */
  async perform({ name, done, act, settled }) {
    for (let attempt = 0; attempt < 8; ++attempt) {
      try {
        if (!(await done())) await act();
        await until(`${name}: settled`, settled, {
          timeout: 15_000,
          every: 6,
          unless: () => (this.stage.host.alive ? '' : this.stage.host.why()),
        });
        return;
      } catch (error) {
        if (!(await this.isDead())) {
          const allowed = await this.allowed().catch(async (failure) => {
            if (!(await this.isDead())) throw failure;
            return true; // killed meanwhile
          });
          if (allowed) continue;
          throw new Error(`${name}: ${error.message}\n${this.stage.host.tail(12)}`, {
            cause: error,
          });
        }
        await this.restart();
      }
    }
    throw new Error(`${name} was not done after 8 attempts`);
  }

  async performAll(acts) {
    for (const act of acts) await this.perform(act);
  }
}
