// One emulator and the users who access it through Google's own client. Every answer that they
// receive is checked against the client's definitions.

import { Google } from '../support/google.mjs';
import { startEmulator } from '../support/emulator.mjs';
import { readDefinitions } from './definitions.mjs';
import { Ledger, watched } from './ledger.mjs';
import { printedApi, printedAuth } from './printed_settings.mjs';

export const CLIENT = {
  clientId: 'client-test.apps.googleusercontent.com',
  clientSecret: 'GOCSPX-client-test',
  redirectUri: 'http://127.0.0.1:20100/back',
};
export const ANNA = 'anna@example.com',
  BEN = 'ben@example.com',
  CARLA = 'carla@example.com',
  DORA = 'dora@example.com';

export class World {
  ledger = new Ledger(readDefinitions());

  async open() {
    const { program, origin } = await startEmulator();
    this.program = program;
    this.origin = origin;
    this.google = new Google(origin);
    for (const [email, name] of [
      [ANNA, 'Anna Arndt'],
      [BEN, 'Ben Brandt'],
      [CARLA, 'Carla Cramer'],
      [DORA, 'Dora Dietz'],
    ])
      await this.google.control('POST', '/accounts', { email, name, time_zone: 'Europe/Berlin' });
    await this.google.control('POST', '/clients', {
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      name: 'Client test',
      redirect_uris: [CLIENT.redirectUri],
    });
  }

  close = () => this.program?.stop();

  /** Google's client with the manual's settings and a token for `email`, as it is. */
  async plain(email, scopes = ['calendar']) {
    const { access_token } = await this.google.control('POST', '/tokens', {
      email,
      scopes,
      client_id: CLIENT.clientId,
    });
    const auth = printedAuth(this.origin, CLIENT);
    auth.setCredentials({ access_token });
    return printedApi(this.origin, auth);
  }

  /** The same with every answer checked. `about`: {masked} when the user sees only free/busy. */
  as = async (email, about = {}) => watched(await this.plain(email), this.ledger, about);

  /** How often a request was made since the last reset of the statistics. */
  requests = async (template) => (await this.google.stats()).requests[template] ?? 0;
}

/** What the client throws when Google refuses: {status, reason, domain, message, error}. */
export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    const first = error.response?.data?.error?.errors?.[0];
    return {
      status: error.status,
      code: error.code,
      reason: first?.reason,
      domain: first?.domain,
      message: error.message,
      error,
    };
  }
  throw new Error('it was not refused');
}

/** Every page of a list: {items, pages, last}. `call` takes the page token. */
export async function allPages(call) {
  const pages = [];
  let pageToken;
  do {
    pages.push((await call(pageToken)).data);
    pageToken = pages.at(-1).nextPageToken;
  } while (pageToken);
  return { items: pages.flatMap((page) => page.items), pages, last: pages.at(-1) };
}
