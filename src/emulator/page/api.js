// The emulator's own controls, and the Calendar API with a token of the chosen account. Requests
// carry X-Emulator-Page, so that they are neither counted nor hit by fault rules.
const tokens = new Map();

export class Refused extends Error {
  constructor(status, body) {
    super(
      body?.error?.message ?? (typeof body?.error === 'string' ? body.error : `HTTP ${status}`),
    );
    this.status = status;
  }
}

async function send(method, path, body, headers = {}) {
  const answer = await fetch(path, {
    method,
    cache: 'no-store',
    headers: {
      'X-Emulator-Page': '1',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  let parsed;
  try {
    parsed = text === '' ? {} : JSON.parse(text);
  } catch {
    parsed = {};
  }
  if (!answer.ok) throw new Refused(answer.status, parsed);
  return parsed;
}

export const control = (method, path, body) => send(method, `/_emulator${path}`, body);

async function token(email, fresh) {
  if (fresh || !tokens.has(email)) {
    const made = await control('POST', '/tokens', {
      email,
      scopes: ['calendar'],
      client_id: 'emulator-page',
    });
    tokens.set(email, made.access_token);
  }
  return tokens.get(email);
}

export async function google(email, method, path, body) {
  try {
    return await send(method, `/calendar/v3${path}`, body, {
      Authorization: `Bearer ${await token(email, false)}`,
    });
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    return send(method, `/calendar/v3${path}`, body, {
      Authorization: `Bearer ${await token(email, true)}`,
    });
  }
}

export const calendarPath = (id) => `/calendars/${encodeURIComponent(id)}`;
export const eventPath = (calendar, id) =>
  `${calendarPath(calendar)}/events/${encodeURIComponent(id)}`;

export async function allPages(email, path, parameters) {
  const items = [];
  let pageToken;
  do {
    const query = new URLSearchParams({ ...parameters, ...(pageToken ? { pageToken } : {}) });
    const page = await google(email, 'GET', `${path}?${query}`);
    items.push(...(page.items ?? []));
    pageToken = page.nextPageToken;
  } while (pageToken);
  return items;
}
