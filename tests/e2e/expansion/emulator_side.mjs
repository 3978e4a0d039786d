// The emulator's side, over HTTP as any client: one account for each zone, a series inserted, its instances asked for.

import {Agent, request} from 'node:http';

import {isoDate, isoInstant, isoWall, instantOf} from './zones.mjs';

const kHalfHour = 1_800_000, kDay = 86_400_000;

export class EmulatorSide {
  agent = new Agent({keepAlive: true, maxSockets: 16});
  tokens = new Map();

  constructor(google) {
    this.google = google;
  }

  async account(zone) {
    const email = `${zone.replace(/\W/g, '-').toLowerCase()}@example.com`;
    await this.google.control('POST', '/accounts', {email, name: zone, time_zone: zone});
    this.tokens.set(zone, (await this.google.control('POST', '/tokens', {email, scopes: ['calendar']})).access_token);
  }

  close = () => this.agent.destroy();

  send(zone, method, path, body) {
    return new Promise((resolve, reject) => {
      const text = body && JSON.stringify(body);
      const asked = request(`${this.google.origin}/calendar/v3/calendars/primary/events${path}`, {
        agent: this.agent, method, headers: {Authorization: `Bearer ${this.tokens.get(zone)}`, ...(text ? {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text)} : {})},
      }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => {
          const answered = Buffer.concat(parts).toString();
          if (answer.statusCode === 200) resolve(JSON.parse(answered));
          else reject(new Error(`${method} ${path} ${text ?? ''}: ${answer.statusCode} ${answered}`));
        });
      });
      asked.on('error', reject);
      asked.end(text);
    });
  }

  /** Starts within the window, as instants, in order. */
  async starts({zone, allDay, wall, lines, from, to}) {
    const times = allDay ? {start: {date: isoDate(wall)}, end: {date: isoDate(wall + kDay)}}
        : {start: {dateTime: isoWall(wall), timeZone: zone}, end: {dateTime: isoInstant(instantOf(wall, zone) + kHalfHour), timeZone: zone}};
    const {id} = await this.send(zone, 'POST', '?fields=id', {...times, recurrence: lines});
    const query = `timeMax=${isoInstant(to)}${from === undefined ? '' : `&timeMin=${isoInstant(from)}`}&maxResults=2500&fields=items(start)`;
    const {items} = await this.send(zone, 'GET', `/${id}/instances?${query}`);
    return items.map(({start}) => start.date ? instantOf(Date.parse(start.date), zone) : Date.parse(start.dateTime));
  }
}
