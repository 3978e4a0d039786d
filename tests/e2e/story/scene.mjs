// What the chapters of the story share: both programs, the users, and results of earlier chapters
// that later ones need.

import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';

import { ADMINISTRATOR, GOOGLE_ACCOUNT, SALESPERSON } from '../world/people.mjs';
import { until } from '../support/until.mjs';

export class Scene {
  /** `say(english, german)` takes one line that describes what was seen. */
  constructor(stage, say = () => {}) {
    this.stage = stage;
    this.google = stage.google;
    this.world = stage.world;
    this.say = say;
    this.latencies = [];
    this.mails = 0; // Google's mails that the story itself requested
  }

  async begin() {
    this.admin = await this.stage.login(ADMINISTRATOR);
    this.lena = await this.google.person(GOOGLE_ACCOUNT.email); // at Google
    this.crm = await this.stage.login(SALESPERSON); // the same user in the CRM
  }

  /**
   * Other work keeps this machine busy: wall-clock times then say nothing about the product.
   * Processor time still does.
   */
  get busy() {
    return loadavg()[0] > cpus().length + 1;
  }

  /** Processor time of both programs. */
  cpuMs() {
    return this.stage.host.cpuMs() + this.stage.emulator.cpuMs();
  }

  /** The CRM's calendar of a Google calendar. */
  async calendar(name) {
    const calendars = await this.crm.calendars();
    const found = calendars.find((calendar) => calendar.name === name || calendar.id === name);
    assert.ok(
      found,
      `the CRM has no calendar ${name}, only ${calendars.map((one) => one.name).join(', ')}`,
    );
    return found;
  }

  /**
   * Waits for `probe` and records how long it took. The last chapter judges all latencies together,
   * since a single one may be due to a busy machine.
   */
  async within(what, probe) {
    const start = performance.now();
    const value = await until(what, probe, { timeout: 8000, every: 4 });
    const ms = Math.round(performance.now() - start);
    this.latencies.push(ms);
    return { value, ms };
  }

  /** Occurrences of a summary in the CRM, on the days of the world. */
  async inCrm(summary, { from = this.world.range.from, to = this.world.range.to } = {}, calendar) {
    return (await this.crm.occurrences(`${from}T00:00:00Z`, `${to}T00:00:00Z`, calendar)).filter(
      (one) => one.summary === summary,
    );
  }

  /** Google's events of a summary, masters and single ones. */
  inGoogle = (summary, calendar = 'primary') => this.lena.find(summary, calendar);

  /**
   * Requests a run, which is answered when it ended; then waits until Google receives no further
   * request.
   */
  async quiet() {
    await this.crm.syncNow(this.account.id);
    let before = -1;
    await until(
      'both sides to be in step',
      async () => {
        const { health } = (await this.crm.accounts()).find((one) => one.id === this.account.id);
        const { total } = await this.google.product();
        const still = total === before;
        before = total;
        return still && health.state === 'ok';
      },
      { timeout: 20_000, every: 60 },
    );
  }
}
