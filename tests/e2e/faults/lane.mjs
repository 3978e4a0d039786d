// A user whose account has a Google calendar of its own as default, so that a fault for its address
// meets no other user: several lanes play faults side by side.

import assert from 'node:assert/strict';

import { connect } from '../support/setup.mjs';
import { until } from '../support/until.mjs';
import { plus } from '../world/days.mjs';

const ZONE = 'Europe/Berlin';
const EVENTS = '/calendar/v3/calendars/{calendarId}/events';

const emailOf = (name) => `${name}@example.com`;
export const calendarOf = (name) => `${name}@group.calendar.google.com`;

/** The world of the lanes: what Google and the CRM hold before they are connected. */
export const laneWorld = (today, names, administrator) => ({
  today,
  holidays: '',
  google: {
    accounts: names.map((name) => ({
      email: emailOf(name),
      name,
      calendars: [
        { primary: true, summary: emailOf(name), access_role: 'owner', time_zone: ZONE },
        { id: calendarOf(name), summary: name, access_role: 'owner', time_zone: ZONE },
      ],
    })),
  },
  crm: {
    users: [
      administrator,
      ...names.map((name) => ({
        email: `${name}@crm.example`,
        name,
        password: 'Vertrieb-2026',
        role: 'sales',
        locale: 'en',
        time_zone: ZONE,
      })),
    ],
    leads: [],
    contacts: [],
    appointments: [],
  },
});

export class Lane {
  static async open(stage, name) {
    const lane = new Lane();
    lane.stage = stage;
    lane.name = name;
    lane.email = emailOf(name);
    lane.calendar = calendarOf(name);
    lane.crm = await stage.login({ email: `${name}@crm.example`, password: 'Vertrieb-2026' });
    lane.rows = 0;
    lane.room = '';
    lane.invited = [];
    lane.made = []; // by the last row: {google or crm: id, shown}
    await lane.renewPerson();
    await lane.insert('pencil');
    const { account } = await connect(lane.crm, lane.email, {
      name,
      visible: [lane.calendar],
      default: lane.calendar,
    });
    lane.account = account.id;
    await until('the import', async () => (await lane.inCrm()).length === 1);
    return lane;
  }

  /** The day of the appointments of row number `row`: no two rows share one. */
  day = (row) => plus(this.stage.world.today, 20 + row);

  insert(summary, more = {}) {
    const day = this.day(this.rows);
    return this.person.insert(
      {
        summary,
        start: { dateTime: `${day}T10:00:00Z`, timeZone: ZONE },
        end: { dateTime: `${day}T11:00:00Z`, timeZone: ZONE },
        ...more,
      },
      this.calendar,
    );
  }

  create(summary, more = {}) {
    const day = this.day(this.rows);
    return this.crm.create({
      summary,
      start: { date_time: `${day}T12:00:00Z`, time_zone: ZONE },
      end: { date_time: `${day}T13:00:00Z`, time_zone: ZONE },
      ...more,
    });
  }

  sync = () => this.crm.syncNow(this.account).catch((error) => error);
  health = async () => (await this.crm.accounts()).find(({ id }) => id === this.account).health;
  async shown() {
    const { state, reason } = await this.health();
    return `${state} ${reason}`;
  }
  status = () => this.crm.call('GET', `/api/accounts/${this.account}/status`);

  occurrences = () =>
    this.crm.occurrences(
      `${this.stage.world.today}T00:00:00Z`,
      `${plus(this.stage.world.today, 400)}T00:00:00Z`,
    );
  async inCrm() {
    return (await this.occurrences())
      .map(({ start, summary, location }) => [Date.parse(start), summary, location ?? ''].join(' '))
      .sort();
  }
  async atGoogle() {
    return (await this.person.list(this.calendar))
      .map(({ start, summary, location }) =>
        [Date.parse(start.dateTime), summary, location ?? ''].join(' '),
      )
      .sort();
  }
  async inStep() {
    const expected = this.expected();
    assert.deepEqual(await this.inCrm(), expected, 'in the CRM');
    assert.deepEqual(await this.atGoogle(), expected, 'at Google');
    assert.equal(await this.shown(), 'ok health.ok');
    assert.deepEqual((await this.status()).held ?? [], []);
    return true;
  }

  /**
   * The rule of a row of FAULTS.md, for requests about this lane's calendar only. It lasts until it
   * is removed, unless `once`, `times` or the row says how often it hits. Returns what removes it,
   * once it has hit.
   */
  async inject(rule, { once = false, times = rule.times ?? (once ? 1 : 0), more, brief } = {}) {
    const { google } = this.stage;
    const path = (rule.match?.path ?? EVENTS).replace(
      '{calendarId}',
      encodeURIComponent(this.calendar),
    );
    const { id } = await google.addFault({
      ...rule,
      match: { ...rule.match, path },
      times,
      effect: { ...rule.effect, ...more, ...brief },
    });
    return async () => {
      const { faults } = await google.control('GET', '/faults');
      const mine = faults.find((one) => one.id === id);
      if (!mine) return; // it has hit as often as it may
      assert.ok(mine.hits > 0, `no request met ${JSON.stringify(mine)}`);
      await google.control('DELETE', `/faults/${id}`);
    };
  }

  /** Google's user again, whose token may have ended. */
  async renewPerson() {
    this.person = await this.stage.google.person(this.email, { apart: true });
  }

  /** Each kind of write in both directions. What is deleted is what the rows before made. */
  async act() {
    const row = ++this.rows;
    for (const { google, crm } of this.made)
      await (google ? this.person.erase(google, this.calendar) : this.crm.erase(crm));
    this.made = [];
    const guest = { email: `guest-${row}@${this.name}.example` };
    this.invited.push(guest.email);
    const { id } = await this.create(`${row} from the CRM`, { attendees: [guest] });
    this.made.push({ crm: id, shown: this.line('12', `${row} from the CRM`) });
    const pencil = (await this.occurrences()).find(({ summary }) => summary === 'pencil');
    this.room = `room ${row}`;
    await this.crm.change(pencil.event, { location: this.room });
    await this.insertAnother();
  }

  async insertAnother() {
    const summary = `${this.rows} from Google`;
    const { id } = await this.insert(summary);
    this.made.push({ google: id, shown: this.line('10', summary) });
  }

  line = (hour, summary, location = '', row = this.rows) =>
    [Date.parse(`${this.day(row)}T${hour}:00:00Z`), summary, location].join(' ');

  /** What both sides hold once they are in step. */
  expected() {
    return [this.line('10', 'pencil', this.room, 0), ...this.made.map(({ shown }) => shown)].sort();
  }
}
