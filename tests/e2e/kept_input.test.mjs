// What a user typed, and what they changed, is not lost on the pages: guests that are only typed,
// forms that are left, undo after the synchronisation, places in the calendar. One host with a
// connected account serves all tests; each makes appointments of its own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { appointment, openBrowserStage } from './support/browser_stage.mjs';
import { button, openPage } from './support/page.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';

let opened;
let stage;
let browser;
let crm;
let lena;
let account;
let monday;

before(async () => {
  opened = await openBrowserStage({});
  ({ stage, browser, crm, lena, account, monday } = opened);
});
after(async () => {
  try {
    for (const end of ends) await end();
  } finally {
    await opened?.close();
  }
});

const SETTINGS = 'Calendar account settings';

// One page serves all tests: what one leaves open is closed before the next.
const ends = [];
const shared = { after: (end) => ends.push(end) };
const visit = async (hash) => {
  shared.page ??= await openPage(shared, browser, {
    origin: stage.crmOrigin,
    person: crm,
    hash: '#/leads',
    allowed: [404],
  });
  const { page } = shared;
  await page.getByRole('link', { name: 'Leads' }).waitFor();
  while ((await page.getByRole('dialog').count()) > 0) {
    await page.keyboard.press('Escape');
    const discard = button(page, 'Discard');
    if (await discard.count()) await discard.click();
  }
  await page.evaluate(() => sessionStorage.clear());
  await page.goto(`${stage.crmOrigin}/${hash}`);
  return page;
};
const week = async () => {
  const page = await visit(`#/calendar/week/${monday}`);
  await page.locator('.segments button[aria-pressed=true]').getByText('Week').waitFor();
  return page;
};
const entry = (page, title) => page.locator('.fc-box').getByText(title, { exact: true }).first();
const field = (page, name) => page.getByRole('dialog').getByLabel(name, { exact: true });
const shown = async (from = monday, to = plus(monday, 28)) =>
  crm.occurrences(`${from}T00:00:00Z`, `${to}T00:00:00Z`);
const find = async (title, ...range) =>
  (await shown(...range)).find((one) => one.summary === title);
/** The calendar page at this week, ready for keys. */
const ready = async (page) => {
  await page.locator('.ev').first().waitFor();
  return page;
};
const newForm = async (page, title) => {
  await ready(page);
  await page.keyboard.press('c');
  await field(page, 'Title').fill(title);
  await field(page, 'Start date').fill(monday);
  await field(page, 'Start time').fill('06:00');
};

test('a guest who is only typed is invited, and text that is no address is refused', async () => {
  const page = await week();
  await newForm(page, 'Typed guest');
  await field(page, 'Guests').fill('no address');
  await button(page, 'Save').click();
  await page.getByRole('dialog').getByText('That isn’t an email address.').waitFor();
  await until('the focus at the field', () =>
    page.evaluate(() => document.activeElement?.id === 'guest-input'),
  );
  assert.equal(await find('Typed guest'), undefined);
  await field(page, 'Guests').fill('Petra Neu <petra.neu@elsewhere.example>, b@elsewhere.example');
  await page.getByText('Google will email invitations to 2 guests').waitFor();
  await button(page, 'Save').click();
  const made = await until('it saved', () => find('Typed guest'));
  const { event } = await crm.event(made.event);
  assert.deepEqual(
    event.attendees
      .filter((guest) => !guest.self)
      .map((guest) => guest.email)
      .sort(),
    ['b@elsewhere.example', 'petra.neu@elsewhere.example'],
  );
});

test('a typed guest becomes an entry when the field is left; wrong text says so', async () => {
  const page = await week();
  await newForm(page, 'Left field');
  await field(page, 'Guests').fill('left@elsewhere.example');
  await page.keyboard.press('Tab');
  await page.locator('.guest').getByText('left@elsewhere.example').waitFor();
  await field(page, 'Guests').fill('no person at all');
  await page.keyboard.press('Tab');
  await page.getByRole('dialog').getByText('That isn’t an email address.').waitFor();
  assert.equal(await field(page, 'Guests').inputValue(), 'no person at all');
});

test('undo brings back a series after "this and following" and a synchronisation', async () => {
  const rule = { recurrence: ['RRULE:FREQ=DAILY;COUNT=6'] };
  const guests = ['a', 'b', 'c', 'd'].map((name) => ({
    email: `${name}@elsewhere.example`,
    partstat: 'needs_action',
  }));
  const { id } = await crm.create(
    appointment('Long row', monday, '07:00', '07:30', { ...rule, attendees: guests }),
  );
  const rows = async () => (await shown()).filter((one) => one.summary === 'Long row').length;
  const atGoogle = async () =>
    (await lena.list('primary', { singleEvents: true })).filter(
      (event) => event.summary === 'Long row',
    ).length;
  await until('it at Google', async () => (await atGoogle()) === 6);
  const page = await week();
  const third = () => page.locator('.fc-box .ev').filter({ hasText: 'Long row' }).nth(2);
  const answer = async (dialog, action) => {
    await page.getByRole('dialog', { name: dialog }).getByText('This and all following').click();
    await page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
  };

  await third().click();
  await button(page, 'Delete').click();
  await answer('Delete appointment', 'Delete');
  await until('the rest gone at Google', async () => (await atGoogle()) === 2);
  await crm.syncNow(account.id);
  await button(page, 'Undo').click();
  await until('the series whole again', async () => (await rows()) === 6);
  await until('the series whole at Google', async () => (await atGoogle()) === 6);

  await third().click();
  await button(page, 'Edit').click();
  await field(page, 'Location').fill('Elsewhere');
  await button(page, 'Save').click();
  await answer('Save change', 'Save');
  await until('two parts at Google', async () => (await lena.find('Long row')).length === 2);
  await crm.syncNow(account.id);
  await button(page, 'Undo').click();
  await until('one part at Google', async () => (await lena.find('Long row')).length === 1);
  assert.equal(await rows(), 6);
  assert.equal((await crm.event(id)).event.location ?? '', '');
});

test('the message about a change says whom taking it back mails', async () => {
  await crm.create(
    appointment('With one guest', plus(monday, 4), '06:00', '06:30', {
      attendees: [{ email: 'one@elsewhere.example', partstat: 'needs_action' }],
    }),
  );
  const page = await week();
  await entry(page, 'With one guest').click();
  await button(page, 'Delete').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  const toast = page.getByRole('status').filter({ hasText: '“With one guest” is deleted.' });
  await toast.getByText('Undo emails a new invitation to 1 guest.').waitFor();
});

test('back, a link and a reload do not throw a filled form away unasked', async () => {
  const page = await visit('#/leads');
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.getByRole('link', { name: 'Calendar', exact: true }).first().click();
  await newForm(page, 'Half typed');
  const kept = async () => {
    await page.getByText('Discard your changes?').waitFor();
    assert.match(page.url(), /#\/calendar/);
    await button(page, 'Keep editing').click();
    assert.equal(await field(page, 'Title').inputValue(), 'Half typed');
  };
  await page.goBack();
  await kept();
  await page.evaluate(() => document.querySelector('.rail-item[href="#/contacts"]').click());
  await kept();

  const asked = new Promise((resolve) => page.once('dialog', resolve));
  const reload = page.reload().catch(() => {});
  const dialog = await asked;
  assert.equal(dialog.type(), 'beforeunload');
  await dialog.accept();
  await reload;
  await ready(page);
  await page.keyboard.press('c');
  await page.getByText('There is an unsaved draft from').waitFor();
  await button(page, 'Restore').click();
  assert.equal(await field(page, 'Title').inputValue(), 'Half typed');
  await page.goBack();
  await page.getByText('Discard your changes?').waitFor();
  await button(page, 'Discard').click();
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.goForward();
  await ready(page);
  await page.keyboard.press('c');
  await field(page, 'Title').waitFor();
  assert.equal(await page.getByText('There is an unsaved draft').count(), 0);
});

test('a filled form of a lead asks before it is closed', async () => {
  await week();
  const page = await visit('#/leads');
  await button(page, 'New lead').click();
  await field(page, 'Name').fill('Half a lead');
  await page.keyboard.press('Escape');
  await page.getByText('Discard your changes?').waitFor();
  await button(page, 'Keep editing').click();
  assert.equal(await field(page, 'Name').inputValue(), 'Half a lead');
  await page.goBack();
  await page.getByText('Discard your changes?').waitFor();
});

test('another default calendar is asked for, explained and can be undone', async () => {
  const page = await week();
  await ready(page);
  const own = async () => (await crm.calendars()).find((one) => one.own).is_default;
  await page.getByRole('button', { name: 'Menu for CRM calendar' }).click();
  await page.getByRole('menuitem', { name: 'Use as default calendar' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the default calendar?' });
  await dialog.getByText('will not be synchronised with Google').waitFor();
  assert.equal(await own(), false);
  await dialog.getByRole('button', { name: 'Change default calendar' }).click();
  await until('it changed', own);
  // What follows is said on the account's card, with the button that the text names.
  await page.goto(`${stage.crmOrigin}/#/settings/calendars`);
  await page.locator('.state').getByText('in the calendar account settings').waitFor();
  await page.locator('.account-state').getByRole('button', { name: SETTINGS }).waitFor();
  await button(page, 'Undo').click();
  await until('it back', async () => !(await own()));
});

test('one message at a time names its appointment, beside the dialogs; Ctrl+Z undoes', async () => {
  const page = await week();
  for (const title of ['First of two', 'Second of two']) {
    await newForm(page, title);
    await button(page, 'Save').click();
    await page.locator('.toast').getByText(`“${title}”`).waitFor();
    assert.equal(await page.locator('.toast').count(), 1);
  }
  await page.keyboard.press('c');
  await field(page, 'Title').waitFor();
  const covered = await page.evaluate(() => {
    const { x, y, width, height } = document.querySelector('.toast').getBoundingClientRect();
    return Boolean(document.elementFromPoint(x + width / 2, y + height / 2)?.closest('.toasts'));
  });
  assert.equal(covered, false, 'the message is not above the dialog');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  await until('the second gone', async () => !(await find('Second of two')));
  await until('one message', async () => (await page.locator('.toast').count()) === 1);
  await page.keyboard.press('Control+z');
  await until('the first gone', async () => !(await find('First of two')));
});

test('a new appointment is proposed in the week on screen', async () => {
  const page = await ready(await week());
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  const later = plus(monday, 14);
  await until('the address of that week', async () =>
    page.url().endsWith(`#/calendar/week/${later}`),
  );
  await page.keyboard.press('c');
  await field(page, 'Title').fill('Far ahead');
  await button(page, 'Save').click();
  await until('it in that week', () => find('Far ahead', later, plus(later, 7)));
  await entry(page, 'Far ahead').waitFor();
  assert.ok(page.url().endsWith(`#/calendar/week/${later}`));
});

test('the address names view, day and appointment, and finds them again', async () => {
  const { id } = await crm.create(
    appointment('Addressed', plus(monday, 22), '09:00', '10:00', {
      recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'],
    }),
  );
  const page = await ready(await week());
  await page.keyboard.press('m');
  const months = /#\/calendar\/month\/\d{4}-\d{2}-\d{2}$/;
  await until('the month', async () => months.test(page.url()));
  const address = page.url();
  const title = await page.locator('.calendar-title').textContent();
  await page.getByRole('link', { name: 'Leads' }).click();
  await page.getByRole('heading', { name: 'Leads' }).waitFor();
  await page.goBack();
  await until(
    'the same month',
    async () => (await page.locator('.calendar-title').textContent()) === title,
  );
  assert.equal(page.url(), address);

  const one = (await shown(plus(monday, 28), plus(monday, 31))).find(
    (occurrence) => occurrence.event === id,
  );
  await page.goto(`${stage.crmOrigin}/#/calendar/event/${id}/${one.original_start}`);
  await page.getByRole('dialog').getByRole('heading', { name: 'Addressed' }).waitFor();
  await page.reload();
  await page.getByRole('dialog').getByRole('heading', { name: 'Addressed' }).waitFor();
  await page.keyboard.press('Escape');
  await until('the calendar again', async () => /#\/calendar\/\w+\/20/.test(page.url()));
  await entry(page, 'Addressed').waitFor();

  // The page shows another month before it learns of the address that was typed.
  await page.evaluate((hash) => {
    location.hash = hash;
    document.querySelector('.calendar-nav button:last-child').click();
  }, `#/calendar/event/${id}/${one.original_start}`);
  await page.getByRole('dialog').getByRole('heading', { name: 'Addressed' }).waitFor();
});

test('a deleted appointment in an open form can be saved as a new one', async () => {
  const { id } = await crm.create(appointment('Deleted elsewhere', plus(monday, 5)));
  const page = await week();
  await entry(page, 'Deleted elsewhere').click();
  await button(page, 'Edit').click();
  await field(page, 'Title').fill('Saved after all');
  await crm.erase(id);
  await button(page, 'Save').click();
  await page.getByText('This appointment no longer exists.').waitFor();
  assert.equal(await button(page, 'Delete').count(), 0);
  await button(page, 'Save as a new appointment').click();
  await until('the new one', () => find('Saved after all'));
});

test('the view follows the width of the window', async () => {
  const page = await ready(await week());
  const pressed = page.locator('.segments button[aria-pressed=true]');
  await page.setViewportSize({ width: 420, height: 800 });
  await pressed.getByText('3 days').waitFor();
  await page.setViewportSize({ width: 1280, height: 900 });
  await pressed.getByText('Week').waitFor();
});

test('a new start keeps an end that is still to be corrected', async () => {
  const page = await week();
  await newForm(page, 'Turned round');
  await field(page, 'Start time').fill('14:00');
  await field(page, 'End time').fill('08:00');
  await button(page, 'Save').click();
  await page.getByText('The end is before the start.').waitFor();
  await until('the focus at the time', () =>
    page.evaluate(() => document.activeElement?.id === 'ev-end_time'),
  );
  await field(page, 'Start time').fill('06:00');
  assert.equal(await field(page, 'End time').inputValue(), '08:00');
  assert.equal(await page.getByText('The end is before the start.').count(), 0);
});
