// Google's side: the emulator's controls, and a person there who uses Google's official client for Node.

import {calendar as calendarApi} from '@googleapis/calendar';
import {OAuth2Client} from 'google-auth-library';

export class Google {
  constructor(origin) {
    this.origin = origin;
  }

  async control(method, path, body) {
    const answer = await fetch(`${this.origin}/_emulator${path}`, {method, ...(body === undefined ? {} : {body: JSON.stringify(body), headers: {'Content-Type': 'application/json'}})});
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /_emulator${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : {};
  }

  stats = () => this.control('GET', '/stats');
  resetStats = () => this.control('POST', '/stats/reset');
  addFault = (rule) => this.control('POST', '/faults', rule);
  clearFaults = () => this.control('DELETE', '/faults');
  expireSyncTokens = (calendar) => this.control('POST', '/sync_tokens/expire', calendar ? {calendar} : {});
  revoke = (email) => this.control('POST', '/tokens/revoke', {email});
  channels = () => this.control('GET', '/channels');
  advance = (seconds) => this.control('POST', '/clock', {advance: seconds});

  /** A person with an account, through the official client. The client is a foreign one to the product: its own token, its own requests. */
  async person(email) {
    const {access_token} = await this.control('POST', '/tokens', {email, scopes: ['calendar'], client_id: 'person'});
    const auth = new OAuth2Client();
    auth.setCredentials({access_token});
    return new Person(calendarApi({version: 'v3', rootUrl: `${this.origin}/`, auth, retry: false}), email);
  }
}

class Person {
  constructor(api, email) {
    this.api = api;
    this.email = email;
  }

  insert = async (requestBody, calendarId = 'primary', options = {}) => (await this.api.events.insert({calendarId, requestBody, ...options})).data;
  get = async (eventId, calendarId = 'primary') => (await this.api.events.get({calendarId, eventId})).data;
  patch = async (eventId, requestBody, calendarId = 'primary', options = {}) => (await this.api.events.patch({calendarId, eventId, requestBody, ...options})).data;
  erase = async (eventId, calendarId = 'primary') => (await this.api.events.delete({calendarId, eventId})).data;

  /** Every event of a calendar, page by page; series not expanded unless asked. */
  async list(calendarId = 'primary', options = {}) {
    const items = [];
    let pageToken;
    do {
      const {data} = await this.api.events.list({calendarId, maxResults: 2500, pageToken, ...options});
      items.push(...(data.items ?? []));
      pageToken = data.nextPageToken ?? undefined;
    } while (pageToken);
    return items;
  }

  /** The occurrences of a series between two instants, moved ones in their new places. */
  async instances(eventId, calendarId = 'primary', options = {}) {
    const {data} = await this.api.events.instances({calendarId, eventId, maxResults: 2500, ...options});
    return data.items ?? [];
  }

  find = async (summary, calendarId = 'primary', options = {}) => (await this.list(calendarId, options)).filter((event) => event.summary === summary);
  /** The event, or undefined when Google has it no more. */
  async maybe(eventId, calendarId = 'primary') {
    try {
      const event = await this.get(eventId, calendarId);
      return event.status === 'cancelled' ? undefined : event;
    } catch (error) {
      if (error.status === 404 || error.code === 404 || error.status === 410 || error.code === 410) return undefined;
      throw error;
    }
  }
}
