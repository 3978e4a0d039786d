// A user of the CRM, over the JSON API of src/host/web/README.md: a cookie, a CSRF token, one
// method for each action of a user.

import { PLUGIN } from './paths.mjs';

export class CrmError extends Error {
  constructor(status, body, what) {
    const { key, code, message } = body?.error ?? {};
    super(`${what}: ${status} ${key ?? code ?? ''} ${message ?? ''}`.trim());
    this.status = status;
    this.key = body?.error?.key;
    this.code = body?.error?.code;
    this.field = body?.error?.field;
  }
}

export class Crm {
  constructor(origin, { language = 'en' } = {}) {
    this.origin = origin;
    this.language = language;
    this.cookie = '';
    this.csrf = '';
  }

  /** The raw answer: {status, headers, text}. Redirects are not followed. */
  async send(method, path, body, headers = {}) {
    const answer = await fetch(path.startsWith('http') ? path : this.origin + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
      headers: {
        'Accept-Language': this.language,
        ...(this.cookie ? { Cookie: this.cookie } : {}),
        ...(this.csrf && method !== 'GET' ? { 'X-CSRF-Token': this.csrf } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // Not getSetCookie: Debian 12's Node 18 has none. The session's cookie is the first one.
    const cookie = answer.headers.get('set-cookie') ?? '';
    if (cookie.startsWith('crm_session=')) this.cookie = cookie.split(';')[0];
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  call = async (method, path, body) => (await this.answered(method, path, body)).json;

  /** The answer as {json, headers}; a CrmError if it is an error. */
  async answered(method, path, body) {
    const answer = await this.send(method, path, body);
    let json;
    try {
      json = answer.text === '' ? undefined : JSON.parse(answer.text);
    } catch {
      throw new Error(
        `${method} ${path}: ${answer.status}, not JSON: ${answer.text.slice(0, 200)}`,
      );
    }
    if (answer.status >= 400) throw new CrmError(answer.status, json, `${method} ${path}`);
    return { json, headers: answer.headers };
  }

  /** A list, however many parts it has: each names the next one in a Link header. */
  async list(path) {
    const all = [];
    for (let next = path; next;) {
      const { json, headers } = await this.answered('GET', next);
      all.push(...json);
      next = /^<([^>]*)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1];
    }
    return all;
  }

  async login({ email, password }) {
    const session = await this.call('POST', '/api/session', { email, password });
    this.csrf = session.csrf;
    this.user = session.user;
    return session;
  }

  calendars = () => this.call('GET', '/api/calendars');
  accounts = () => this.call('GET', '/api/accounts');
  connectors = () => this.call('GET', '/api/connectors');
  /** The texts of the Google plugin. */
  strings = async (language) =>
    (await this.call('GET', `/api/strings/${language}?by=plugin`))[PLUGIN] ?? {};
  plugins = () => this.call('GET', '/api/plugins');
  show = (calendar, visible) =>
    this.call('PATCH', `/api/calendars/${encodeURIComponent(calendar)}`, { visible });
  makeDefault = (calendar) => this.call('PUT', '/api/calendars/default', { calendar });

  occurrences(start, end, calendar) {
    const query = new URLSearchParams({ start, end, ...(calendar ? { calendar } : {}) });
    return this.list(`/api/occurrences?${query}`);
  }

  event = (id) => this.call('GET', `/api/events/${encodeURIComponent(id)}`);
  create = (event, calendar) =>
    this.call('POST', '/api/events', { event, ...(calendar ? { calendar } : {}) });

  /**
   * Calls with the revision that the event has now. After a conflict it reads the event again and
   * repeats the call.
   */
  async withRevision(id, act) {
    for (let attempt = 1; ; ++attempt) {
      const { revision } = await this.event(id);
      try {
        return await act(revision);
      } catch (error) {
        if (error.status !== 409 || error.code !== 'conflict' || attempt === 5) throw error;
      }
    }
  }

  /** Changes an event as the page does. */
  change(id, changes, { scope = 'all', original_start } = {}) {
    return this.withRevision(id, (revision) =>
      this.call('PATCH', `/api/events/${encodeURIComponent(id)}`, {
        if_revision: revision,
        scope,
        ...(original_start ? { original_start } : {}),
        changes,
      }),
    );
  }

  erase(id, { scope = 'all', original_start } = {}) {
    return this.withRevision(id, (revision) => {
      const query = new URLSearchParams({
        if_revision: revision,
        scope,
        ...(original_start ? { original_start } : {}),
      });
      return this.call('DELETE', `/api/events/${encodeURIComponent(id)}?${query}`);
    });
  }

  undo = (token) => this.call('POST', `/api/undo/${encodeURIComponent(token)}`);

  records = (kind, search = '', limit = 100) =>
    this.call('GET', `/api/${kind}?${new URLSearchParams({ search, limit: String(limit) })}`);
  card = (kind, id) => this.call('GET', `/api/${kind}/${encodeURIComponent(id)}`);
  async record(kind, name) {
    const found = (await this.records(kind, name)).items.find((item) => item.name === name);
    if (!found) throw new Error(`no ${kind} is called ${name}`);
    return found;
  }

  startFlow = (plugin, kind, account) =>
    this.call('POST', '/api/flows', { plugin, kind, ...(account ? { account } : {}) });
  flow = (id) => this.call('GET', `/api/flows/${encodeURIComponent(id)}`);
  flows = () => this.call('GET', '/api/flows');
  answer = (id, step, input) =>
    this.call('POST', `/api/flows/${encodeURIComponent(id)}`, { step, input });
  dropFlow = (id) => this.call('DELETE', `/api/flows/${encodeURIComponent(id)}`);

  syncNow = (account) => this.call('POST', `/api/accounts/${encodeURIComponent(account)}/sync`, {});
}
