// The pages of crm_host in a browser: editing, series, refusals, conflicts, undo, drafts, the
// keyboard and hostile content. No Google account is connected; browser.test.mjs covers that. One
// host serves all tests; each test creates appointments of its own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { ZONE, appointment, openBrowserStage } from './support/browser_stage.mjs';
import { button, openPage } from './support/page.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT, SALESPERSON } from './world/people.mjs';

let opened;
let stage;
let browser;
let crm;
let monday;

before(async () => {
  opened = await openBrowserStage();
  ({ stage, browser, crm, monday } = opened);
});
after(() => opened?.close());

/** A page of the salesperson, or of another `person`. */
const open = (t, hash, { person = crm, ...options } = {}) =>
  openPage(t, browser, { origin: stage.crmOrigin, person, hash, ...options });
const week = (t, options) => open(t, `#/calendar?date=${monday}`, options);
const entry = (page, title) => page.locator('.fc-box').getByText(title, { exact: true }).first();
const editing = async (page, title) => {
  await entry(page, title).click();
  await button(page, 'Edit').click();
  return page.getByRole('dialog', { name: 'Edit appointment' });
};
const titles = async (from = monday, to = plus(monday, 28)) =>
  (await crm.occurrences(`${from}T00:00:00Z`, `${to}T00:00:00Z`)).map((one) => one.summary);

test('dragging over empty time opens the form with that time; saving can be undone', async (t) => {
  const page = await week(t);
  const column = page.locator('.cal-head').nth(1);
  await column.waitFor();
  await until('the hours', async () => (await page.locator('.cal-slot').count()) > 10);
  const head = await column.boundingBox();
  const hour = async (text) =>
    (await page.locator('.cal-slot').getByText(text, { exact: true }).first().boundingBox()).y;
  const [from, to] = [await hour('16:00'), await hour('17:00')];
  const x = head.x + head.width / 2;
  await page.mouse.move(x, from + 4);
  await page.mouse.down();
  await page.mouse.move(x, (from + to) / 2, { steps: 4 });
  await page.mouse.move(x, to - 4, { steps: 4 });
  await page.mouse.up();
  const dialog = page.getByRole('dialog', { name: 'New appointment' });
  await dialog.getByLabel('Title', { exact: true }).fill('Dragged into being');
  assert.equal(await dialog.getByLabel('Start time').inputValue(), '16:00');
  assert.equal(await dialog.getByLabel('End time').inputValue(), '17:00');
  await button(page, 'Save').click();
  await entry(page, 'Dragged into being').waitFor();
  await until('it in the CRM', async () => (await titles()).includes('Dragged into being'));
  await button(page, 'Undo').click();
  await until('it gone', async () => !(await titles()).includes('Dragged into being'));
  await until(
    'the page to follow',
    async () => (await page.getByText('Dragged into being').count()) === 0,
  );
});

test('dragging an appointment to another day moves it and keeps its length', async (t) => {
  const { id } = await crm.create(appointment('Moves on', plus(monday, 2), '18:00', '19:30'));
  const page = await week(t);
  const box = await entry(page, 'Moves on').boundingBox();
  const column = await page.locator('.cal-head').nth(3).boundingBox();
  await page.mouse.move(box.x + 8, box.y + 6);
  await page.mouse.down();
  await page.mouse.move(column.x + column.width / 2, box.y + 10, { steps: 8 });
  await page.mouse.move(column.x + column.width / 2, box.y + 6, { steps: 3 });
  await page.mouse.up();
  await until('the move', async () =>
    (await crm.event(id)).event.start.date_time.startsWith(plus(monday, 3)),
  );
  const { event } = await crm.event(id);
  assert.equal(Date.parse(event.end.date_time) - Date.parse(event.start.date_time), 90 * 60_000);
  assert.equal(event.start.time_zone, ZONE);
});

test('each of the three scopes changes exactly its occurrences of a series', async (t) => {
  await crm.create(
    appointment('Daily round', monday, '08:00', '08:30', {
      recurrence: ['RRULE:FREQ=DAILY;COUNT=5'],
    }),
  );
  const page = await week(t);
  const change = async (nth, title, scope) => {
    await page.locator('.fc-box .ev').filter({ hasText: 'Daily round' }).nth(nth).click();
    await button(page, 'Edit').click();
    const dialog = page.getByRole('dialog', { name: 'Edit appointment' });
    await dialog.getByLabel('Title', { exact: true }).fill(title);
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    const ask = page.getByRole('dialog', { name: 'Save change' });
    await ask.getByText(scope).click();
    await ask.getByRole('button', { name: 'Save', exact: true }).click();
    await entry(page, title).waitFor();
  };
  await change(1, 'Only Tuesday', 'Only this appointment');
  await until(
    'one change',
    async () =>
      (await titles()).filter((one) => one === 'Only Tuesday').length === 1 &&
      (await titles()).filter((one) => one === 'Daily round').length === 4,
  );
  await change(2, 'From Thursday', 'This and all following');
  await until(
    'two following',
    async () =>
      (await titles()).filter((one) => one === 'From Thursday').length === 2 &&
      (await titles()).filter((one) => one === 'Daily round').length === 2,
  );
});

test('a weekly rule of the editor is stored, an unsupported rule is kept unchanged', async (t) => {
  const page = await week(t);
  await entry(page, 'Daily round').waitFor();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'New appointment' });
  await dialog.getByLabel('Title', { exact: true }).fill('By rule');
  await dialog.getByLabel('Start date').fill(monday);
  await dialog.getByLabel('Start time').fill('07:00');
  await dialog.getByLabel('Repeats').selectOption('weekly');
  await dialog.getByRole('button', { name: 'Thursday' }).click();
  await dialog.getByLabel('Ends', { exact: true }).last().selectOption('count');
  await dialog.getByLabel('Appointments').fill('4');
  await dialog.getByText('Weekly on Monday and Thursday, 4 times').waitFor();
  await button(page, 'Save').click();
  const made = await until('the series', async () =>
    (await crm.occurrences(`${monday}T00:00:00Z`, `${plus(monday, 28)}T00:00:00Z`)).find(
      (one) => one.summary === 'By rule',
    ),
  );
  assert.deepEqual((await crm.event(made.event)).event.recurrence, [
    'RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=4',
  ]);

  const rule = ['RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1'];
  const { id } = await crm.create(
    appointment('First workday', monday, '06:00', '06:30', { recurrence: rule }),
  );
  const form = await editing(page, 'First workday');
  await form.getByText('This rule stays as it is').waitFor();
  await form.getByLabel('Location').fill('Room 1');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('All appointments of the series').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await until('the location', async () => (await crm.event(id)).event.location === 'Room 1');
  assert.deepEqual((await crm.event(id)).event.recurrence, rule);
});

test('after a concurrent change the form shows both and saves only the edited field', async (t) => {
  const { id } = await crm.create(appointment('Contested', plus(monday, 4)));
  const page = await week(t, { allowed: [409] });
  const form = await editing(page, 'Contested');
  await form.getByLabel('Title', { exact: true }).fill('Mine');
  await crm.change(id, { location: 'Theirs' });
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('This appointment was changed in the meantime.').waitFor();
  assert.equal(await page.getByLabel('Title', { exact: true }).inputValue(), 'Mine');
  assert.equal(await page.getByLabel('Location').inputValue(), 'Theirs');
  await button(page, 'Save').click();
  await until('both changes', async () => {
    const { event } = await crm.event(id);
    return event.summary === 'Mine' && event.location === 'Theirs';
  });
});

test('after a refusal the form returns as typed with the reason', async (t) => {
  const page = await week(t, { allowed: [503] });
  await page.locator('.ev').first().waitFor();
  await page.route(
    '**/api/events',
    (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/json',
        body: JSON.stringify({
          error: { code: 'unavailable', key: 'error.unavailable', args: {}, message: 'no' },
        }),
      }),
    { times: 1 },
  );
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'New appointment' });
  await dialog.getByLabel('Title', { exact: true }).fill('Not lost');
  await dialog.getByLabel('Location').fill('Here');
  await button(page, 'Save').click();
  await page.getByText('Not saved.').waitFor();
  assert.equal(await dialog.getByLabel('Title', { exact: true }).inputValue(), 'Not lost');
  assert.equal(await dialog.getByLabel('Location').inputValue(), 'Here');
  await dialog.getByLabel('Start date').fill(monday);
  await dialog.getByLabel('Start time').fill('12:00');
  await button(page, 'Save').click();
  await until('the second try', async () => (await titles()).includes('Not lost'));
});

test('what was being saved when the session ended is saved after logging in again', async (t) => {
  const person = await stage.login(SALESPERSON);
  const page = await week(t, { allowed: [401], person });
  await page.locator('.ev').first().waitFor();
  await page.keyboard.press('c');
  await page.getByLabel('Title', { exact: true }).fill('Survives');
  await page.getByLabel('Start date').fill(monday);
  await page.getByLabel('Start time').fill('11:00');
  let end;
  const ended = new Promise((resolve) => (end = resolve));
  await page.route('**/api/events', async (route) => {
    await ended;
    await route.continue();
  });
  await button(page, 'Save').click();
  await person.call('DELETE', '/api/session');
  end();
  await page.getByText('Your session has ended.').waitFor();
  assert.equal(await page.getByLabel('Email address').inputValue(), SALESPERSON.email);
  await page.getByLabel('Password').fill(SALESPERSON.password);
  await button(page, 'Log in').click();
  await until('it saved', async () => (await titles()).includes('Survives'));
  await until('no dialog', async () => (await page.getByRole('dialog').count()) === 0);
  assert.equal(await page.locator('.calendar-error').count(), 0);
});

test('the page reports a host that is down and catches up when it returns', async (t) => {
  const page = await week(t, { allowed: null }); // the browser logs every refused connection
  await page.locator('.ev').first().waitFor();
  await stage.host.kill();
  await page.getByText('The connection to the CRM is interrupted.').waitFor({ timeout: 15_000 });
  await stage.startHost();
  await crm.create(appointment('While it was away', plus(monday, 3), '12:00', '13:00'));
  await page.locator('.fc-box').getByText('While it was away').first().waitFor({ timeout: 70_000 });
  assert.equal(await page.getByText('The connection to the CRM is interrupted.').count(), 0);
});

test('hostile text is shown as text', async (t) => {
  const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const day = plus(monday, 5);
  await crm.create(
    appointment(hostile, day, '09:00', '12:00', {
      location: hostile,
      description: `<b>bold</b><br>${hostile}&lt;i&gt;`,
      attendees: [{ email: 'x@example.com', name: hostile, partstat: 'accepted' }],
    }),
  );
  const contact = await crm.call('POST', '/api/contacts', {
    name: hostile,
    company: hostile,
    emails: ['x@example.com'],
    phone: '',
    title: 'مدير',
  });
  const page = await week(t);
  await entry(page, hostile).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Contact', { exact: true }).waitFor();
  assert.match(await dialog.locator('.description').innerText(), /^bold\n<i>$/);
  await page.keyboard.press('Escape');
  await page.goto(`${stage.crmOrigin}/#/contacts/${contact.id}`);
  await page.getByRole('heading', { name: hostile }).waitFor();
  await page.getByRole('button', { name: hostile }).first().waitFor();
  assert.match(await page.title(), /CRM/);
  assert.equal(await page.locator('main img, main script').count(), 0);
});

test('a typed guest is marked as lead or contact and the address is saved', async (t) => {
  const lead = (await crm.records('leads', '', 1)).items[0];
  const page = await week(t);
  await page.locator('.ev').first().waitFor();
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'New appointment' });
  await dialog.getByLabel('Title', { exact: true }).fill('With guests');
  await dialog.getByLabel('Start date').fill(monday);
  await dialog.getByLabel('Start time').fill('14:00');
  await dialog.getByLabel('Guests').fill(lead.emails[0]);
  await page.locator('.combo-list [role=option]').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await dialog.locator('.guest.leads').getByText(lead.name).waitFor();
  await dialog.getByLabel('Guests').fill('nobody');
  await page.keyboard.press('Enter');
  await dialog.getByText('That isn’t an email address.').waitFor();
  await dialog.getByLabel('Guests').fill('stranger@elsewhere.example');
  await page.keyboard.press('Enter');
  await dialog.locator('.guest.unknown').getByText('stranger@elsewhere.example').waitFor();
  await button(page, 'Save').click();
  const made = await until('the appointment', async () =>
    (await crm.occurrences(`${monday}T00:00:00Z`, `${plus(monday, 2)}T00:00:00Z`)).find(
      (one) => one.summary === 'With guests',
    ),
  );
  assert.deepEqual(
    made.guests.map((guest) => guest.email).sort(),
    [lead.emails[0], 'stranger@elsewhere.example'].sort(),
  );
});

test('the keyboard alone: focus returns after a dialog and typed text is kept', async (t) => {
  await crm.create(appointment('By keyboard', plus(monday, 1), '13:00', '14:00'));
  const page = await week(t);
  const event = page.locator('.fc-box .ev').filter({ hasText: 'By keyboard' }).first();
  await event.waitFor(); // visible: what is not cannot have the focus
  await event.focus();
  await page.keyboard.press('Enter');
  await button(page, 'Edit').waitFor();
  await page.keyboard.press('Escape');
  await until('the focus back', async () =>
    event.evaluate((element) => element === document.activeElement),
  );
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('c');
  assert.equal(
    await page.getByRole('dialog').count(),
    1,
    'a key of the page does nothing behind a dialog',
  );
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await page.getByRole('dialog', { name: 'New appointment' }).waitFor();
  await page.keyboard.type('Half');
  await page.keyboard.press('Escape');
  await page.getByText('Discard your changes?').waitFor();
  await button(page, 'Keep editing').click();
  assert.equal(await page.getByLabel('Title', { exact: true }).inputValue(), 'Half');
  await page.keyboard.press('Escape');
  await button(page, 'Discard').click();
  await until('no dialog', async () => (await page.getByRole('dialog').count()) === 0);
});

test('leads are created, edited and deleted; errors appear at their fields', async (t) => {
  const page = await open(t, '#/leads');
  await button(page, 'New lead').click();
  const dialog = page.getByRole('dialog', { name: 'New lead' });
  await button(page, 'Save').click();
  await dialog.getByText('Enter a name.').waitFor();
  await dialog.getByLabel('Name', { exact: true }).fill('Åse Østergård');
  await dialog.getByLabel('Email address', { exact: true }).fill('no address');
  await button(page, 'Save').click();
  await dialog.getByText('That isn’t an email address.').waitFor();
  await dialog.getByLabel('Email address', { exact: true }).fill('aase@ostergaard.example');
  await button(page, 'Save').click();
  await page.getByRole('heading', { name: 'Åse Østergård' }).waitFor();
  await page.getByText('No upcoming appointments').waitFor();
  await crm.create(
    appointment('With Åse', plus(monday, 1), '15:00', '16:00', {
      attendees: [{ email: 'AASE@ostergaard.example ', partstat: 'tentative' }],
    }),
  );
  await page.getByText('With Åse').waitFor();
  await page.getByText('Maybe', { exact: true }).waitFor();
  await button(page, 'More actions').click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  assert.equal((await crm.records('leads', 'Østergård')).total, 0);
});

// S-09, S-12
test('a set-up is a draft only after the consent, keeps its values and goes back', async (t) => {
  const page = await open(t, '#/settings/calendars');
  const add = button(page, '+ Add Google Calendar');
  for (let i = 0; i < 2; ++i) {
    await add.click();
    await page.getByRole('heading', { name: 'Choose an account' }).waitFor();
    await page.goBack();
    await add.waitFor();
  }
  assert.equal(await page.getByText('set-up not finished').count(), 0, 'nothing was allowed yet');
  await add.click();
  await page.getByRole('link', { name: GOOGLE_ACCOUNT.email }).click();
  await page.getByRole('button', { name: /^(Allow|Erlauben)$/ }).click();
  await page.getByText('your appointments are not synchronised with Google').waitFor();
  await page.getByLabel('Calendar name').fill('My own name');
  await page.getByRole('link', { name: 'Calendar accounts' }).click();
  await page.getByText('set-up not finished').waitFor();
  assert.equal(await page.getByText('set-up not finished').count(), 1);
  await page.getByRole('link', { name: 'Resume' }).click();
  assert.equal(await page.getByLabel('Calendar name').inputValue(), 'My own name');

  await button(page, 'Next').click();
  await page.getByText(/appointments will appear in the CRM\./).waitFor();
  await button(page, 'Back').click();
  assert.equal(await page.getByLabel('Calendar name').inputValue(), 'My own name');
  await page.getByLabel('Default calendar').selectOption(GOOGLE_ACCOUNT.email);
  await button(page, 'Next').click();
  await button(page, 'Finish account setup').waitFor();
  await page.getByRole('list', { name: 'Steps' }).getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Calendar name').waitFor();

  await page.getByRole('link', { name: 'Calendar accounts' }).click();
  await add.click();
  await page.getByRole('dialog', { name: /set-up not finished/ }).waitFor();
  await page.getByRole('dialog').getByRole('link', { name: 'Resume' }).click();
  await button(page, 'Cancel').click();
  const question = page.getByRole('dialog', { name: 'Leave the set-up?' });
  await question.getByRole('button', { name: 'Keep setting up' }).click();
  await button(page, 'Cancel').click();
  await question.getByRole('button', { name: 'Drop', exact: true }).click();
  await page.getByText('No calendar account yet').waitFor();
  await until('no draft', async () => (await crm.flows()).length === 0);
});

test('a chosen language and theme apply at once', async (t) => {
  const page = await open(t, '#/settings/profile');
  await page.getByLabel('Language').selectOption('de');
  await page.getByRole('heading', { name: 'Sprache und Darstellung' }).waitFor();
  await page.getByLabel('Darstellung').focus();
  await page.getByLabel('Darstellung').selectOption('dark');
  await until(
    'the dark theme',
    async () => (await page.evaluate(() => document.documentElement.dataset.theme)) === 'dark',
  );
  await until('the focus where it was', async () =>
    page.evaluate(() => document.activeElement?.id === 'me-theme'),
  );
  await crm.call('PATCH', '/api/me', { locale: '', theme: '' });
});

test('on a phone the navigation is at the bottom and a dialog is a sheet', async (t) => {
  const page = await week(t, { viewport: { width: 360, height: 740 } });
  await page.getByRole('navigation').first().waitFor();
  const bar = await page.getByRole('navigation').first().boundingBox();
  assert.ok(bar.y > 600 && bar.width === 360);
  await button(page, 'New appointment').click();
  await until('the sheet to have risen', async () => {
    const dialog = await page.getByRole('dialog').boundingBox();
    return dialog.width === 360 && Math.round(dialog.y + dialog.height) === 740;
  });
  assert.ok(
    await page.evaluate(() => document.documentElement.scrollWidth <= 360),
    'nothing reaches beyond the screen',
  );
});
