// Chromium, and a page of the CRM in it for a person who is logged in. A page watches itself: an error in its script or on its console fails the test.

import assert from 'node:assert/strict';

import { chromium } from 'playwright-core';

export const launch = () =>
  chromium.launch({
    executablePath: process.env.E2E_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });

/** A page of `person` (as Stage.login answers) at `origin`/`hash`, closed when the test ends. `allowed`: HTTP statuses that the browser may complain of; null for any complaint. */
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
