// The emulator's side: one account for each zone with its series, whose instances are asked for
// over HTTP as by any client.

import { Agent, get } from 'node:http';

import { isoDate, isoInstant, isoWall, instantOf } from './zones.mjs';

const HALF_HOUR = 1_800_000,
  DAY = 86_400_000;

export class EmulatorSide {
  agent = new Agent({ keepAlive: true, maxSockets: 16 });
  tokens = new Map();

  constructor(google) {
    this.google = google;
  }

  /** Gives every zone an account with the series of that zone; each gets its `id`. */
  async load(all) {
    const zones = new Map();
    for (const [at, one] of all.entries()) {
      const { zone, allDay, wall, lines } = one;
      one.id = `series${String(at).padStart(6, '0')}`;
      const times = allDay
        ? { start: { date: isoDate(wall) }, end: { date: isoDate(wall + DAY) } }
        : {
            start: { dateTime: isoWall(wall), timeZone: zone },
            end: { dateTime: isoInstant(instantOf(wall, zone) + HALF_HOUR), timeZone: zone },
          };
      zones.set(zone, [...(zones.get(zone) ?? []), { id: one.id, ...times, recurrence: lines }]);
    }
    for (const [zone, events] of zones) {
      const email = `${zone.replace(/\W/g, '-').toLowerCase()}@example.com`;
      const { problems } = await this.google.control('POST', '/load', {
        accounts: [
          { email, name: zone, calendars: [{ id: email, primary: true, time_zone: zone, events }] },
        ],
      });
      if (problems?.length > 0)
        throw new Error(`the emulator refuses series: ${problems.slice(0, 5).join('; ')}`);
      this.tokens.set(
        zone,
        (await this.google.control('POST', '/tokens', { email, scopes: ['calendar'] }))
          .access_token,
      );
    }
  }

  close = () => this.agent.destroy();

  /** Starts within the window, as instants, in order. */
  async starts({ id, zone, from, to }) {
    const timeMin = from === undefined ? '' : `&timeMin=${isoInstant(from)}`;
    const query = `timeMax=${isoInstant(to)}${timeMin}&maxResults=2500&fields=items(start)`;
    const { items } = await this.get(
      zone,
      `/calendar/v3/calendars/primary/events/${id}/instances?${query}`,
    );
    return items.map(({ start }) =>
      start.date ? instantOf(Date.parse(start.date), zone) : Date.parse(start.dateTime),
    );
  }

  get(zone, path) {
    return new Promise((resolve, reject) => {
      get(
        this.google.origin + path,
        { agent: this.agent, headers: { Authorization: `Bearer ${this.tokens.get(zone)}` } },
        (answer) => {
          const parts = [];
          answer.on('data', (part) => parts.push(part));
          answer.on('end', () => {
            const text = Buffer.concat(parts).toString();
            if (answer.statusCode === 200) resolve(JSON.parse(text));
            else reject(new Error(`${path}: ${answer.statusCode} ${text}`));
          });
        },
      ).on('error', reject);
    });
  }
}
