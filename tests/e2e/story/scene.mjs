// What the chapters of the story share: both programs, the people, and what earlier chapters left for later ones.

import assert from 'node:assert/strict';
import { cpus, loadavg } from 'node:os';

import { kAdministrator, kGoogleAccount, kSalesperson } from '../world/people.mjs';
import { until } from '../support/until.mjs';

export class Scene {
  /** `say(english, german)` takes one line of what was seen. */
  constructor(stage, say = () => {}) {
    this.stage = stage;
    this.google = stage.google;
    this.world = stage.world;
    this.say = say;
    this.latencies = [];
    this.mails = 0; // Google's mails that the story itself asked for
  }

  async begin() {
    this.admin = await this.stage.login(kAdministrator);
    this.lena = await this.google.person(kGoogleAccount.email); // at Google
    this.crm = await this.stage.login(kSalesperson); // the same person in the CRM
  }

  /** Others keep this machine busy: times by the clock then say nothing about the product. Processor time still does. */
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

  /** Waits for `probe` and remembers how long it took: the last chapter judges all of them together, since one alone may have met a busy machine. */
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

  /** Asks for a look at both sides, which is answered when it ended; then waits until Google is asked nothing more. */
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
