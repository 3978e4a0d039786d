// People who go on working while the CRM's program dies under their hands: each act is repeated until it is done, as a person would who looks whether
// her change was saved. Afterwards both calendars must hold exactly what a run without a crash leaves behind.

import assert from 'node:assert/strict';

import { until } from '../support/until.mjs';

export class Play {
  constructor(stage) {
    this.stage = stage;
    this.deaths = 0;
  }

  /** An end that was ordered: by the crash switch or by kill -9. Everything else is a defect. */
  assertOrdered() {
    const { code, signal } = this.stage.host.end;
    assert.ok(
      code === 137 || signal === 'SIGKILL',
      `${this.stage.host.why()} by itself:\n${this.stage.host.tail()}`,
    );
  }

  /** Starts it again, as often as it dies while it starts. */
  async revive() {
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

  /** act: {name, done, act, settled}; `done`: is it saved where it was made? `settled`: is it on the other side too? */
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
        if (!(await this.isDead()))
          throw new Error(`${name}: ${error.message}\n${this.stage.host.tail(12)}`, {
            cause: error,
          });
        await this.revive();
      }
    }
    throw new Error(`${name} was not done after 8 attempts`);
  }

  async performAll(acts) {
    for (const act of acts) await this.perform(act);
  }
}
