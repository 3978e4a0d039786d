// States of the pages that users meet at other moments than the set-up: the host away, Google away,
// a narrow screen. One host with a connected account serves all tests.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowserStage } from './support/browser_stage.mjs';
import { button, openPage } from './support/page.mjs';
import { openSettings, toPreview } from './support/setup.mjs';
import { today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT, OTHER_GOOGLE_ACCOUNT, SALESPERSON, USERS } from './world/people.mjs';
import { CALENDARS } from './world/world.mjs';

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

test('every view fills the page and shows appointments', async (t) => {
  const page = await open(t, `#/calendar/week/${monday}`);
  for (const key of ['m', 'w', 'd', 'l']) {
    await page.locator('.ev').first().waitFor({ state: 'attached' });
    await page.keyboard.press(key);
    await page.locator('.ev:visible').first().waitFor();
    const { width, height } = await page.locator('.fc-box').boundingBox();
    assert.ok(width > 800 && height > 600, `${key}: ${width} x ${height}`);
  }
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

test('the preview of a set-up speaks of one in the singular and not of none', async (t) => {
  const emma = await stage.login(USERS.find(({ name }) => name === 'Emma Clarke'));
  const { flow, step } = await openSettings(emma, OTHER_GOOGLE_ACCOUNT.email);
  await toPreview(emma, flow, {
    name: 'Family',
    visible: step.values.visible,
    default_calendar: OTHER_GOOGLE_ACCOUNT.email,
  });
  const page = await open(t, `#/settings/calendars/flow/${flow}`, { person: emma });
  await button(page, 'Finish account setup').waitFor();
  const text = await page.locator('.flow-card').innerText();
  assert.match(text, /(One appointment|\d+ appointments) will appear/);
  assert.doesNotMatch(
    text,
    /\b1 (appointments|leads|contacts|guests)\b|\b[2-9] (appointment|lead)\b/,
  );
  assert.doesNotMatch(text, /\b0 /);
  await emma.dropFlow(flow);
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

test('changes that wait for more than a minute are said with the next try', async (t) => {
  const accounts = await crm.accounts();
  const waiting = (since) => ({
    ...accounts[0].health,
    ...{ state: 'waiting', reason: 'health.waiting', waiting_since: Date.now() - since },
    until: Date.now() + 250_000,
  });
  for (const [since, lines] of [
    [10_000, 0],
    [100_000, 1],
  ]) {
    const page = await open(t, '#/leads');
    await page.route('**/api/accounts', (route) =>
      route.fulfill({ json: accounts.map((one) => ({ ...one, health: waiting(since) })) }),
    );
    const answered = page.waitForResponse('**/api/accounts');
    await page.reload();
    await answered;
    await page.locator('.record-row').first().waitFor();
    assert.equal(await page.locator('.health-line').count(), lines);
    if (lines) await page.getByText('Next try in 4 min').waitFor();
  }
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
  // Further than what was fetched ahead.
  for (let week = 0; week < 3; ++week) await page.keyboard.press('ArrowRight');
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

test('a secret is sent again after the user has given the password once more', async (t) => {
  const page = await open(t, '#/settings/calendars', { allowed: [403] });
  const answer = (route, body, status = 200) =>
    route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) });
  const form = {
    ...{ type: 'form', step: 'key', title: 'setup.credentials.title', values: {} },
    schema: {
      type: 'object',
      required: ['client_secret'],
      properties: {
        client_secret: {
          type: 'string',
          title: 'setup.credentials.client_secret',
          format: 'password',
        },
      },
    },
  };
  const sent = [];
  await page.route('**/api/flows', (route) =>
    answer(route, [{ flow: 'f', plugin: 'p', kind: 'options', account: 'a' }]),
  );
  await page.route('**/api/flows/f', (route) => {
    if (route.request().method() !== 'POST') return answer(route, { flow: 'f', step: form });
    sent.push(route.request().postDataJSON().input.client_secret);
    const refusal = { code: 'denied', key: 'error.confirm', args: {}, message: '' };
    if (sent.length === 1) return answer(route, { error: refusal }, 403);
    return answer(route, { flow: 'f', step: { type: 'finish', title: 't', account: 'a' } });
  });
  await page.evaluate(() => {
    location.hash = '#/settings/calendars/flow/f';
  });
  await page.locator('#flow-client_secret').fill('GOCSPX-new');
  await button(page, 'Next').click();
  const dialog = page.getByRole('dialog', { name: 'Is it you?' });
  const give = async (password) => {
    await dialog.getByLabel('Password').fill(password);
    await button(dialog, 'Next').click();
  };
  await give('not hers');
  await dialog.getByText('That is not your password.').waitFor();
  await give(SALESPERSON.password);
  await until('the secret again', () => sent.length === 2);
  assert.deepEqual(sent, ['GOCSPX-new', 'GOCSPX-new']);
  await dialog.waitFor({ state: 'detached' });
});

test('a user who changes the password is logged out everywhere else', async (t) => {
  const [, , , user] = USERS; // who reads English
  const person = await stage.login(user);
  await person.call('DELETE', '/api/sessions'); // those that other tests began
  const other = await stage.login(user);
  const page = await open(t, '#/settings/security', { person, allowed: [400, 403] });
  const change = async (present, wanted) => {
    await page.getByLabel('Current password').fill(present);
    await page.getByLabel('New password').fill(wanted);
    await button(page, 'Change password').click();
  };
  await until('both sessions', async () => (await page.locator('.session').count()) === 2);
  await change('not theirs', 'Vertrieb-2027');
  await page.getByText('That is not your password.').waitFor();
  await change(user.password, 'Password1');
  await page.getByText('Please choose another one').waitFor();
  await change(user.password, 'Vertrieb-2027');
  await page.getByText('Your password is changed.').waitFor();
  await assert.rejects(other.calendars(), { status: 401 });
  assert.ok(await person.calendars());
  await until('one session', async () => (await page.locator('.session').count()) === 1);
});

test('each page can log out, and nothing of the user remains in the tab', async (t) => {
  const person = await stage.login(SALESPERSON);
  const page = await open(t, '#/calendar', { person, allowed: [401] });
  const menu = page.locator('.rail-item.user');
  for (const hash of ['#/leads', '#/contacts', '#/settings/calendars', '#/mail', '#/calendar']) {
    await page.goto(`${stage.crmOrigin}/${hash}`);
    await menu.click();
    await page.getByRole('menuitem', { name: 'Log out' }).waitFor();
    await page.keyboard.press('Escape');
  }
  const kept = () =>
    page.evaluate(() => Object.values({ ...sessionStorage, ...localStorage }).join('\n'));
  await page.locator('.ev').first().waitFor();
  await page.keyboard.press('c');
  await page.locator('#ev-summary').fill('Geheimer Entwurf');
  await until('the draft', async () => (await kept()).includes('Geheimer Entwurf'));
  await page.reload();
  await menu.click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.locator('#login-email').waitFor();
  assert.ok(!(await kept()).includes('Geheimer Entwurf'));
  const text = await page.locator('body').innerText();
  for (const hidden of [SALESPERSON.name, GOOGLE_ACCOUNT.email, 'Vertriebs-Standup'])
    assert.ok(!text.includes(hidden), hidden);
  await assert.rejects(person.calendars(), { status: 401 });
});
