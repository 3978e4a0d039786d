// Chromium without a window, and a page of the CRM in it for a logged-in user. An error in the
// page's script or on its console fails the test.

import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

export const launch = () =>
  chromium.launch({
    executablePath: process.env.E2E_CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });

/**
 * A page of `person` (as Stage.login returns) at `origin`/`hash`, closed when the test ends.
 * `allowed`: HTTP statuses about which the browser may log an error; null allows all errors.
 */
export async function openPage(
  t,
  browser,
  { origin, person, hash, allowed = [], timeout = 10_000, ...options },
) {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const [name, value] = person.cookie.split('=');
  await context.addCookies([{ name, value, url: origin }]);
  context.setDefaultTimeout(timeout);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on(
    'console',
    (message) =>
      message.type() === 'error' &&
      !allowed?.some((status) => message.text().includes(String(status))) &&
      complaints.push(message.text()),
  );
  t.after(async () => {
    await context.close();
    if (allowed) assert.deepEqual(complaints, []);
  });
  // A sandboxed frame has no storage.
  await page.addInitScript(
    () => origin !== 'null' && localStorage.setItem('crm.calendar.view', 'timeGridWeek'),
  );
  await page.goto(`${origin}/${hash}`);
  return page;
}

export const button = (page, name) => page.getByRole('button', { name, exact: true });

/**
 * What the page asks for from now on, as it goes over the wire: {requests: [{path, status, bytes}],
 * bytes, open}. What the browser has in its cache is not counted, nor is the live stream's body.
 */
export async function countTraffic(page) {
  const session = await page.context().newCDPSession(page);
  const running = new Map();
  const traffic = {
    requests: [],
    bytes: 0,
    get open() {
      return [...running.values()].filter(({ path }) => path !== '/api/live').length;
    },
  };
  const statuses = new Map(); // as received: a 304 is a 200 elsewhere
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
    if (!/^https?:/.test(request.url)) return;
    const { pathname } = new URL(request.url);
    // What the page before still waited for is not always reported as failed.
    if (type === 'Document') running.clear();
    running.set(requestId, { path: pathname, status: 0, bytes: 0 });
  });
  session.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) =>
    statuses.set(requestId, statusCode),
  );
  session.on('Network.requestServedFromCache', ({ requestId }) => {
    if (running.has(requestId)) running.get(requestId).isCached = true;
  });
  session.on('Network.responseReceived', ({ requestId, response }) => {
    const one = running.get(requestId);
    if (!one) return;
    one.status = statuses.get(requestId) ?? response.status;
    if (response.fromDiskCache || response.fromPrefetchCache) one.isCached = true;
    if (one.path !== '/api/live') return;
    traffic.requests.push(one);
    traffic.bytes += response.encodedDataLength;
  });
  const end = ({ requestId, encodedDataLength }) => {
    const one = running.get(requestId);
    if (!one || one.path === '/api/live') return;
    // Chromium reports a preload and its use as two requests, but one end.
    for (const [id, { path }] of running) if (path === one.path) running.delete(id);
    if (one.isCached) return;
    one.status = statuses.get(requestId) ?? one.status;
    one.bytes = encodedDataLength ?? 0;
    traffic.requests.push(one);
    traffic.bytes += one.bytes;
  };
  session.on('Network.loadingFinished', end);
  session.on('Network.loadingFailed', end);
  return traffic;
}
