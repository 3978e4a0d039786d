// Google's side: the emulator's controls, and a Google user who works with Google's official client
// for Node.

import { calendar as calendarApi } from '@googleapis/calendar';
import { OAuth2Client } from 'google-auth-library';

const EVENTS = '/calendar/v3/calendars/{calendarId}/events';

export class Google {
  constructor(origin) {
    this.origin = origin;
    // requests of users, by template: the rest of the statistics is the product's
    this.persons = {};
    this.before = { requests: {}, mails: [] }; // the product's, before the last reset
  }

  async control(method, path, body) {
    const answer = await fetch(`${this.origin}/_emulator${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /_emulator${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : {};
  }

  stats = () => this.control('GET', '/stats');
  async resetStats() {
    this.before = await this.productEver();
    // the users hold this object
    for (const template of Object.keys(this.persons)) delete this.persons[template];
    await this.control('POST', '/stats/reset');
  }

  /** Requests by template and mails since the emulator started. */
  async productEver() {
    const { requests, mails } = await this.product();
    const all = { ...this.before.requests };
    for (const [template, times] of Object.entries(requests))
      all[template] = (all[template] ?? 0) + times;
    return { requests: all, mails: [...this.before.mails, ...mails] };
  }

  /**
   * What the product requested since the last reset: {requests by template, total, writes, mails}.
   */
  async product() {
    const { requests, mails } = await this.stats();
    const own = {};
    for (const [template, times] of Object.entries(requests))
      if (times - (this.persons[template] ?? 0) > 0)
        own[template] = times - (this.persons[template] ?? 0);
    const sum = (keep) =>
      Object.entries(own)
        .filter(([template]) => keep(template))
        .reduce((all, [, times]) => all + times, 0);
    return {
      requests: own,
      total: sum(() => true),
      writes: sum(
        (template) =>
          /^(POST|PUT|PATCH|DELETE) /.test(template) && /\/events(\/\{eventId\})?$/.test(template),
      ),
      mails,
    };
  }
  addFault = (rule) => this.control('POST', '/faults', rule);
  clearFaults = () => this.control('DELETE', '/faults');
  expireSyncTokens = (calendar) =>
    this.control('POST', '/sync_tokens/expire', calendar ? { calendar } : {});
  revoke = (email) => this.control('POST', '/tokens/revoke', { email });
  channels = () => this.control('GET', '/channels');
  advance = (seconds) => this.control('POST', '/clock', { advance: seconds });

  /**
   * A user with an account, through the official client. The client is unrelated to the product: it
   * has its own token and makes its own requests. `apart`: the emulator treats the requests as
   * those of its own page, so that neither fault rules nor statistics count them.
   */
  async person(email, { apart = false } = {}) {
    const { access_token } = await this.control('POST', '/tokens', {
      email,
      scopes: ['calendar'],
      client_id: 'person',
    });
    const auth = new OAuth2Client();
    auth.setCredentials({ access_token });
    return new Person(
      calendarApi({
        version: 'v3',
        rootUrl: `${this.origin}/`,
        auth,
        retry: false,
        ...(apart ? { headers: { 'X-Emulator-Page': 'a person' } } : {}),
      }),
      email,
      this.persons,
    );
  }
}

class Person {
  constructor(api, email, persons) {
    this.api = api;
    this.email = email;
    this.persons = persons;
  }

  async call(template, request) {
    this.persons[template] = (this.persons[template] ?? 0) + 1;
    return (await request()).data;
  }

  insert = (requestBody, calendarId = 'primary', options = {}) =>
    this.call(`POST ${EVENTS}`, () =>
      this.api.events.insert({ calendarId, requestBody, ...options }),
    );
  get = (eventId, calendarId = 'primary') =>
    this.call(`GET ${EVENTS}/{eventId}`, () => this.api.events.get({ calendarId, eventId }));
  patch = (eventId, requestBody, calendarId = 'primary', options = {}) =>
    this.call(`PATCH ${EVENTS}/{eventId}`, () =>
      this.api.events.patch({ calendarId, eventId, requestBody, ...options }),
    );
  erase = (eventId, calendarId = 'primary') =>
    this.call(`DELETE ${EVENTS}/{eventId}`, () => this.api.events.delete({ calendarId, eventId }));
  calendars = async () =>
    (await this.call('GET /calendar/v3/users/me/calendarList', () => this.api.calendarList.list()))
      .items;
  deleteCalendar = (calendarId) =>
    this.call('DELETE /calendar/v3/calendars/{calendarId}', () =>
      this.api.calendars.delete({ calendarId }),
    );
  clearCalendar = (calendarId = 'primary') =>
    this.call('POST /calendar/v3/calendars/{calendarId}/clear', () =>
      this.api.calendars.clear({ calendarId }),
    );

  /** Every event of a calendar, page by page; series not expanded unless asked. */
  async list(calendarId = 'primary', options = {}) {
    const items = [];
    let pageToken;
    do {
      const page = await this.call(`GET ${EVENTS}`, () =>
        this.api.events.list({ calendarId, maxResults: 2500, pageToken, ...options }),
      );
      items.push(...(page.items ?? []));
      pageToken = page.nextPageToken ?? undefined;
    } while (pageToken);
    return items;
  }

  /** The occurrences of a series between two instants, moved ones at their new times. */
  instances = async (eventId, calendarId = 'primary', options = {}) =>
    (
      await this.call(`GET ${EVENTS}/{eventId}/instances`, () =>
        this.api.events.instances({ calendarId, eventId, maxResults: 2500, ...options }),
      )
    ).items ?? [];

  find = async (summary, calendarId = 'primary', options = {}) =>
    (await this.list(calendarId, options)).filter((event) => event.summary === summary);

  /** The event, or undefined when Google no longer has it. */
  async maybe(eventId, calendarId = 'primary') {
    try {
      const event = await this.get(eventId, calendarId);
      return event.status === 'cancelled' ? undefined : event;
    } catch (error) {
      if ([404, 410].includes(Number(error.status ?? error.code))) return undefined;
      throw error;
    }
  }
}
