// The page "Calendar accounts" of a connected account in a browser, and what a Google calendar
// changes on the calendar page: switches, pause, options, a revoked grant, guests who will receive
// mail, and read-only appointments. The tests run in order on one account.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowserStage } from './support/browser_stage.mjs';
import { button, openPage } from './support/page.mjs';
import { today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';
import { CALENDARS } from './world/world.mjs';

let opened;
let stage;
let browser;
let crm;
let lena;
let monday;

before(async () => {
  opened = await openBrowserStage({
    visible: [GOOGLE_ACCOUNT.email, CALENDARS.team],
  });
  ({ stage, browser, crm, lena, monday } = opened);
});
after(() => opened?.close());

const open = (t, hash) =>
  openPage(t, browser, { origin: stage.crmOrigin, person: crm, hash, timeout: 15_000 });
const PAGE = '#/settings/calendars';
const account = async () => (await crm.accounts())[0];
const menu = async (page, item) => {
  await page
    .getByRole('button', { name: /^Menu for/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: item }).click();
};

// S-05, S-09, S-19
test('the card of a connected account shows its name, address, default and state', async (t) => {
  const page = await open(t, PAGE);
  await page.getByRole('heading', { name: 'Vertrieb Nord' }).waitFor();
  await page.getByText(GOOGLE_ACCOUNT.email).first().waitFor();
  await page.getByText('Connected', { exact: true }).waitFor();
  await page.getByText('Default', { exact: true }).waitFor();
  await page.getByText('view only').waitFor();
  await page
    .getByText(/ago|now/)
    .first()
    .waitFor();
  assert.ok(await button(page, '+ Add Google Calendar').isVisible());
  await page.getByText('Tasks and contacts are integrations of their own.').waitFor();
});

// S-14
test('a calendar switched off leaves the calendar page and returns when switched on', async (t) => {
  const page = await open(t, PAGE);
  const shown = async () =>
    (await crm.calendars()).find((one) => one.name === 'Team Vertrieb').visible;
  await page.getByRole('switch', { name: 'Show Team Vertrieb' }).click();
  await until('it off', async () => !(await shown()));
  await page.getByRole('switch', { name: 'Show Team Vertrieb', checked: false }).click();
  await until('it on', shown);
});

test('a paused account is shown as paused and resumes', async (t) => {
  const page = await open(t, PAGE);
  await menu(page, 'Pause');
  await page.getByRole('dialog').getByRole('button', { name: 'Pause', exact: true }).click();
  await page.locator('.state').getByText('Paused').waitFor();
  assert.equal((await account()).state, 'paused');
  await menu(page, 'Resume');
  await page.locator('.state').getByText('Connected', { exact: true }).waitFor();
});

// S-13
test("a changed account name is shown in the CRM and does not change Google's", async (t) => {
  const page = await open(t, PAGE);
  await menu(page, 'Calendar account settings');
  await page.getByLabel('Calendar name').fill('');
  await button(page, 'Save').click();
  await page.locator('.field-error').first().waitFor();
  await page.getByLabel('Calendar name').fill('Sales North <b>');
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: 'Sales North <b>' }).waitFor();
  assert.ok((await lena.calendars()).every((one) => one.summary !== 'Sales North <b>'));
});

test('before an appointment with guests is saved, the page says whom Google mails', async (t) => {
  const page = await open(t, `#/calendar?date=${monday}`);
  await page.locator('.ev').first().waitFor();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'New appointment' });
  await dialog.getByLabel('Title', { exact: true }).fill('Mailed');
  await dialog.getByLabel('Start date').fill(monday);
  await dialog.getByLabel('Start time').fill('07:00');
  await dialog.getByLabel('Guests').fill('guest.one@elsewhere.example');
  await page.keyboard.press('Enter');
  await dialog.getByText('Google will email an invitation to 1 guest').waitFor();
  await dialog.getByLabel('Calendar', { exact: true }).selectOption({ label: 'CRM calendar' });
  await until(
    'no note for the CRM calendar',
    async () => (await dialog.getByText('Google will email').count()) === 0,
  );
  const [standard] = await crm.calendars();
  await dialog.getByLabel('Calendar', { exact: true }).selectOption(standard.id);
  await button(page, 'Save').click();
  await until('it at Google', async () => (await lena.find('Mailed')).length === 1);
  await page.locator('.fc-box').getByText('Mailed', { exact: true }).click();
  await button(page, 'Delete').click();
  await page.getByText('Google will email a cancellation to 1 guest.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await until('it gone at Google', async () => (await lena.find('Mailed')).length === 0);
});

// D-03
test('an appointment of a view-only calendar says why it is read-only', async (t) => {
  const team = (await crm.calendars()).find((one) => one.name === 'Team Vertrieb');
  const [one] = await crm.occurrences(
    `${plus(today(), -30)}T00:00:00Z`,
    `${plus(today(), 120)}T00:00:00Z`,
    team.id,
  );
  const page = await open(t, `#/calendar?date=${one.start.slice(0, 10)}`);
  await page.locator('.fc-box').getByText(one.summary, { exact: true }).first().click();
  await page.getByText('This calendar is view only.').waitFor();
  assert.equal(await page.getByRole('dialog').getByRole('button', { name: 'Edit' }).count(), 0);
});

test('a revoked grant is reconnected with one button and the health line disappears', async (t) => {
  await stage.google.revoke(GOOGLE_ACCOUNT.email);
  // it fails: that is how the product notices the revocation
  await crm.syncNow((await account()).id).catch(() => {});
  await until(
    'the account to need its person',
    async () => (await account()).health.state === 'needs_auth',
  );
  const page = await open(t, '#/calendar');
  await page.locator('.health-line').getByRole('link', { name: 'Take a look' }).click();
  await button(page, 'Reconnect').click();
  await page.getByRole('link', { name: GOOGLE_ACCOUNT.email }).click();
  await page.getByRole('button', { name: /^(Allow|Erlauben)$/ }).click();
  await page.locator('.state').getByText('Connected', { exact: true }).waitFor();
  assert.equal(await page.locator('.health-line').count(), 0);
});

test('disconnecting keeps the appointments on both sides', async (t) => {
  lena = await stage.google.person(GOOGLE_ACCOUNT.email); // her own access was revoked too
  const count = (await lena.list()).length;
  const page = await open(t, PAGE);
  await menu(page, 'Disconnect');
  // What happens to which appointments is said with their numbers, and the button warns.
  await page.getByText(/^Appointments in the CRM that come from Google: [1-9]\d*$/).waitFor();
  assert.match(await button(page, 'Disconnect').getAttribute('class'), /\bdanger\b/);
  assert.ok((await page.getByRole('radio').count()) >= 2, 'a choice to keep or to remove');
  await button(page, 'Disconnect').click();
  await page.locator('.field-error').waitFor();
  await page.getByRole('checkbox').check();
  await button(page, 'Disconnect').click();
  await page.getByText('No calendar account yet').waitFor();
  // The one action is in the empty state, below the sentence that says what it is for.
  const add = page.getByRole('button', { name: '+ Add Google Calendar' });
  assert.equal(await add.count(), 1);
  const head = page.locator('.page-head');
  assert.equal(await head.getByRole('button').count(), 0);
  assert.equal((await lena.list()).length, count);
});
