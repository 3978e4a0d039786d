// Chromium, and a page of the CRM in it for a logged-in user. An error in the page's script or on
// its console fails the test.

import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

export const launch = () =>
  chromium.launch({
    executablePath: process.env.E2E_CHROMIUM ?? '/usr/bin/chromium',
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
  await page.addInitScript(() => localStorage.setItem('crm.calendar.view', 'timeGridWeek'));
  await page.goto(`${origin}/${hash}`);
  return page;
}

export const button = (page, name) => page.getByRole('button', { name, exact: true });
