// The JSON API: one function per verb. Answers data or throws ApiError. The message shown to the
// user is chosen by `messageOf` in i18n.js.

export class ApiError extends Error {
  constructor(status, error, body) {
    super(error.message || `HTTP ${status}`);
    Object.assign(this, {
      status,
      code: error.code || 'internal',
      key: error.key || '',
      args: error.args || {},
      field: error.field || '',
      current: body?.current || null,
    });
  }
}

let csrf = '';
let onSessionEnd = () => {};

export function setCsrf(token) {
  csrf = token;
}

export function whenSessionEnds(listener) {
  onSessionEnd = listener;
}

async function call(method, path, body, options = {}) {
  const headers = {
    Accept: 'application/json',
    ...(document.documentElement.lang ? { 'Accept-Language': document.documentElement.lang } : {}),
  };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      signal: options.signal,
      keepalive: options.keepalive,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (cause) {
    if (cause.name === 'AbortError') throw cause;
    throw new ApiError(0, { code: 'offline', key: 'error.offline' });
  }
  let answer = null;
  if (response.headers.get('Content-Type')?.startsWith('application/json')) {
    try {
      answer = await response.json();
    } catch (cause) {
      if (cause.name === 'AbortError') throw cause;
      throw new ApiError(response.status, { code: 'internal', key: 'error.internal' });
    }
  }
  if (response.ok) {
    options.received?.(response);
    return answer;
  }
  const error = new ApiError(
    response.status,
    answer?.error || { code: 'internal', key: 'error.internal' },
    answer,
  );
  if (response.status === 401 && !options.quiet) onSessionEnd();
  throw error;
}

export function query(path, parameters) {
  const entries = Object.entries(parameters).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return entries.length ? `${path}?${new URLSearchParams(entries)}` : path;
}

// A list, however many parts it has: each names the next one in a Link header.
export async function getList(path) {
  const list = [];
  for (let next = path; next;) {
    let following = null;
    const received = ({ headers }) => {
      following = /^<([^>]*)>; rel="next"$/.exec(headers.get('Link') || '');
    };
    list.push(...(await call('GET', next, undefined, { received })));
    next = following?.[1];
  }
  return list;
}

export const get = (path, options) => call('GET', path, undefined, options);
export const post = (path, body = {}, options) => call('POST', path, body, options);
export const patch = (path, body, options) => call('PATCH', path, body, options);
export const put = (path, body) => call('PUT', path, body);
export const del = (path) => call('DELETE', path);
export const segment = encodeURIComponent;
