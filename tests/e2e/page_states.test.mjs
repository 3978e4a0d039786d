// States of the pages that users meet at other moments than the set-up: the host away, Google away,
// a narrow screen; and accessibility, by axe-core. One host with a connected account serves all
// tests.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { openBrowserStage } from './support/browser_stage.mjs';
import { button, openPage } from './support/page.mjs';
import { today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';
import { CALENDARS } from './world/world.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let opened;
let stage;
let browser;
let crm;
let monday;

before(async () => {
  opened = await openBrowserStage({
    visible: [GOOGLE_ACCOUNT.email, CALENDARS.team, CALENDARS.travel],
  });
  ({ stage, browser, crm, monday } = opened);
});
after(() => opened?.close());

const open = (t, hash, options = {}) =>
  openPage(t, browser, { origin: stage.crmOrigin, person: crm, hash, timeout: 20_000, ...options });
/** What axe finds on the page as it is. No rule is left out. */
async function violations(page) {
  // Not as a script element: the page's policy forbids one.
  await page.evaluate(AXE);
  const { violations: found } = await page.evaluate(() =>
    globalThis.axe.run(document, { resultTypes: ['violations'] }),
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)} (${nodes.length})`);
}

test('axe finds nothing on the week, the form, its question and the details', async (t) => {
  const page = await open(t, `#/calendar/week/${monday}`, { bypassCSP: true, locale: 'de-DE' });
  const check = async (what) => assert.deepEqual(await violations(page), [], what);
  await page.locator('.ev').first().waitFor();
  await check('week');
  await page.keyboard.press('c');
  await page.getByRole('dialog').waitFor();
  await page.getByRole('dialog').locator('#guest-input').fill('kein');
  await page.keyboard.press('Tab');
  await check('form with an error');
  await page.keyboard.press('Escape');
  await page.getByText('Ihre Eingaben verwerfen?').waitFor();
  await check('question before leaving');
  await button(page, 'Verwerfen').click();
  await page.locator('.ev').first().click();
  await page.locator('.details').waitFor();
  await check('details');
});

test('on 360 px nothing of the accounts page is cut off, however long the names are', async (t) => {
  const page = await open(t, '#/settings/calendars', { viewport: { width: 360, height: 740 } });
  await page.locator('.account-calendars').waitFor();
  await page.evaluate(() => {
    for (const name of document.querySelectorAll('.account-calendars .clip'))
      name.textContent = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(3);
  });
  const card = await page.locator('.account').first().boundingBox();
  for (const box of await page.getByRole('switch').all()) {
    const { x, width } = await box.boundingBox();
    assert.ok(x + width <= card.x + card.width - 12, `${x + width} in ${card.x + card.width}`);
  }
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360));
});

test('the hours of the axis and the days of the week are written as in the entries', async (t) => {
  const page = await open(t, `#/calendar/week/${monday}`, { locale: 'en-US' });
  await page
    .locator('.cal-slot')
    .getByText(/^8:00\sAM$/)
    .waitFor();
  await page
    .locator('.cal-head')
    .getByText(/^Mon \d+$/)
    .waitFor();
  const german = await open(t, `#/calendar/week/${monday}`, { locale: 'de-DE' });
  await german.locator('.cal-slot').getByText('08:00', { exact: true }).waitFor();
  await german
    .locator('.cal-head')
    .getByText(/^Mo \d+$/)
    .waitFor();
});

test('the heading of a day in the list stays above the rows that scroll below it', async (t) => {
  const page = await open(t, `#/calendar/list/${monday}`, {
    viewport: { width: 360, height: 740 },
  });
  const row = page.locator('.ev-row').nth(6);
  await row.waitFor();
  await row.evaluate((element) => element.scrollIntoView({ block: 'start' }));
  const covered = await page.evaluate(() => {
    const box = document.querySelector('.fc-box').getBoundingClientRect();
    const points = [12, 60, 120].map((x) => document.elementFromPoint(box.x + x, box.y + 14));
    return points.every((element) => element.closest('.cal-list-head'));
  });
  assert.ok(covered);
});

test('a calendar that is view only by choice says where to choose', async (t) => {
  const travel = (await crm.calendars()).find(
    ({ mode, role }) => mode === 'view_only' && role === 'owner',
  );
  assert.ok(travel, 'a calendar of her own that is only shown');
  const [one] = await crm.occurrences(
    `${plus(today(), -60)}T00:00:00Z`,
    `${plus(today(), 200)}T00:00:00Z`,
    travel.id,
  );
  const page = await open(t, `#/calendar/event/${one.event}/${one.original_start}`);
  await page.getByText('This calendar is only shown in the CRM.').waitFor();
});

test('"synchronise now" shows that it runs while Google does not answer', async (t) => {
  const page = await open(t, '#/settings/calendars');
  await button(page, 'Synchronise now').waitFor();
  stage.emulator.child.kill('SIGSTOP');
  try {
    await button(page, 'Synchronise now').click();
    await page.getByText('Google has not answered yet. Still trying.').waitFor();
    assert.ok(await page.locator('.account .button[aria-busy=true]').count());
  } finally {
    stage.emulator.child.kill('SIGCONT');
  }
  await until('it over', async () => (await page.locator('[aria-busy=true]').count()) === 0, {
    timeout: 30_000,
  });
});

test('without the host: icons are there, words fit, an unknown week is not empty', async (t) => {
  const page = await open(t, `#/calendar/week/${monday}`, { allowed: null });
  await page.locator('.ev').first().waitFor();
  await page.keyboard.press('c');
  await page.keyboard.press('Escape');
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await stage.host.kill();
  await page.keyboard.press('ArrowRight');
  await page.getByText('This period has not been loaded yet.').waitFor();
  assert.equal(await page.getByText('What you entered is still here.').count(), 0);
  await page.getByText('The connection to the CRM is interrupted.').waitFor();
  await until('one message', async () => (await page.locator('.calendar-error').count()) === 0);
  await page.keyboard.press('c');
  await page.getByLabel('Title', { exact: true }).fill('Offline');
  await button(page, 'Save').click();
  await page.getByText('What you entered is still here.').waitFor();
  assert.ok(await page.locator('.dialog .icon-x').isVisible());
  assert.deepEqual(
    asked.filter((path) => /icons/.test(path)),
    [],
    'no icon is fetched when it is first needed',
  );
  await stage.startHost();
});
