// Appointments on the pages beside creating and changing them: answers to invitations, the state
// towards Google, undo before guests are mailed, fields of days and times, the keyboard, colleagues
// and long series. One host with a connected account serves all tests; each makes appointments of
// its own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { appointment, openBrowserStage } from './support/browser_stage.mjs';
import { button, openPage } from './support/page.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { USERS } from './world/people.mjs';

let opened;
let stage;
let browser;
let crm;
let account;
let monday;
let host; // invites the salesperson

before(async () => {
  opened = await openBrowserStage({});
  ({ stage, browser, crm, account, monday } = opened);
  await stage.google.control('POST', '/accounts', { email: 'host@partner.example', name: 'Host' });
  host = await stage.google.person('host@partner.example');
});
after(() => opened?.close());

const open = (t, hash, options = {}) =>
  openPage(t, browser, { origin: stage.crmOrigin, person: crm, hash, timeout: 20_000, ...options });
const week = (t, options) => open(t, `#/calendar/week/${monday}`, options);
const entry = (page, title) => page.locator('.fc-box').getByText(title, { exact: true }).first();
const dialog = (page) => page.getByRole('dialog');
const field = (page, name) => dialog(page).getByLabel(name, { exact: true });
const shown = (from = monday, to = plus(monday, 7)) =>
  crm.occurrences(`${from}T00:00:00Z`, `${to}T23:59:59Z`);
const find = async (summary) => (await shown()).find((one) => one.summary === summary);
const atGoogle = (day, time) => ({ dateTime: `${day}T${time}:00`, timeZone: 'Europe/Berlin' });
const GUEST = { email: 'guest@elsewhere.example', partstat: 'needs_action' };

async function invite(summary, more) {
  const event = await host.insert({
    summary,
    start: atGoogle(monday, '06:00'),
    end: atGoogle(monday, '06:30'),
    attendees: [{ email: opened.lena.email }],
    ...more,
  });
  await crm.syncNow(account.id);
  await until(`${summary} in the CRM`, () => find(summary));
  return event;
}
const answerOf = (event) =>
  event.attendees.find(({ email }) => email === opened.lena.email).responseStatus;

test('an answer to one date of an invitation is given and taken back', async (t) => {
  const { id } = await invite('Daily invitation', {
    recurrence: ['RRULE:FREQ=DAILY;COUNT=3'],
  });
  const answers = async () => (await host.instances(id)).map(answerOf).join(' ');
  const page = await week(t);
  const second = page.locator('.ev').filter({ hasText: 'Daily invitation' }).nth(1);
  await second.click();
  await button(page, 'Decline').click();
  const question = page.getByRole('dialog', { name: 'Decline' });
  await question.getByText('This and all following').waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await button(page, 'Decline').click();
  await question.getByRole('button', { name: 'Decline', exact: true }).click();
  await page.getByText('You declined “Daily invitation”.').waitFor();
  await until(
    'the answer at Google',
    async () => (await answers()) === 'needsAction declined needsAction',
  );
  await button(page, 'Undo').click();
  await until(
    'it taken back at Google',
    async () => (await answers()) === 'needsAction needsAction needsAction',
  );
});

test('an invitation is answered by the keyboard, and from the card of who invites', async (t) => {
  const { id } = await invite('Single invitation', { start: atGoogle(monday, '04:00') });
  const answer = async () => answerOf(await host.get(id));
  const { id: lead } = await crm.call('POST', '/api/leads', {
    name: 'Inviting Lead',
    company: '',
    emails: ['host@partner.example'],
    phone: '',
    title: '',
  });
  const german = await open(t, `#/leads/${lead}`, { locale: 'de-DE' });
  const row = german.locator('.card-appointments li').filter({ hasText: 'Single invitation' });
  await row.getByRole('group', { name: 'Nehmen Sie teil?' }).waitFor();
  await row.getByRole('button', { name: 'Vielleicht' }).click();
  await german.getByText('Sie haben zu „Single invitation“ „Vielleicht“ geantwortet.').waitFor();
  await until('it at Google', async () => (await answer()) === 'tentative');

  const page = await week(t);
  await entry(page, 'Single invitation').waitFor();
  await page.locator('.ev').filter({ hasText: 'Single invitation' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('group', { name: 'Will you take part?' }).waitFor();
  await button(page, 'Maybe').and(page.locator('[aria-pressed=true]')).waitFor();
  await until('the focus on the button', async () => {
    await page.keyboard.press('Tab');
    return page.evaluate(() => document.activeElement.textContent.trim() === 'Accept');
  });
  await page.keyboard.press('Enter');
  await until('it at Google', async () => (await answer()) === 'accepted');
});

test('an appointment says whether Google has it, and why not; the entry is marked', async (t) => {
  const { id } = await crm.create(appointment('Looked after', monday, '05:00', '05:30'));
  const event = await until(
    'it at Google',
    async () => (await opened.lena.find('Looked after'))[0],
  );
  const page = await week(t);
  await entry(page, 'Looked after').click();
  await page.locator('.sync-line').getByText('In step with Google').waitFor();

  const fault = (method, path, effect) =>
    stage.google.addFault({ match: { method, path }, times: 0, effect });
  await fault('PATCH', '/calendar/v3/calendars/{calendarId}/events/{eventId}', { status: 503 });
  await crm.change(id, { location: 'Waiting' });
  await page
    .locator('.sync-line')
    .getByText(/waiting for Google/i)
    .waitFor();
  await stage.google.clearFaults();
  await crm.syncNow(account.id);
  await page.locator('.sync-line').getByText('In step with Google').waitFor();

  await fault('PATCH', `/calendar/v3/calendars/primary/events/${event.id}`, {
    status: 400,
    reason: 'invalid',
  });
  await crm.change(id, { location: 'Refused' });
  await page.locator('.sync-line').getByText('Not transferred to Google.').waitFor();
  await page.keyboard.press('Escape');
  const marked = page.locator('.ev').filter({ hasText: 'Looked after' });
  await marked.getByRole('img', { name: 'Not transferred to Google.' }).waitFor();
  await stage.google.clearFaults();
});

test('a change that mails guests says for how long undo prevents the mail', async (t) => {
  stage.undoSeconds = 4;
  await stage.restartHost();
  t.after(async () => {
    stage.undoSeconds = 0;
    await stage.restartHost();
  });
  crm = await stage.login();
  const mails = async () =>
    (await stage.google.stats()).mails.filter((mail) => JSON.stringify(mail).includes('Mailed'));
  await crm.create(appointment('Mailed', monday, '03:00', '03:30', { attendees: [GUEST] }));
  await until('the invitation', async () => (await mails()).length === 1);
  const page = await week(t, { allowed: null });
  const erase = async () => {
    await entry(page, 'Mailed').click();
    await button(page, 'Delete').click();
    await dialog(page).getByRole('button', { name: 'Delete', exact: true }).click();
    await page
      .locator('.toast .num')
      .getByText(/^Google emails a cancellation to 1 guest in \d s\.$/)
      .waitFor();
  };
  await erase();
  await button(page, 'Undo').click();
  await page.getByText('Undone: “Mailed”. No guest was notified.').waitFor();
  await crm.syncNow(account.id);
  assert.equal((await opened.lena.find('Mailed')).length, 1);
  assert.equal((await mails()).length, 1, 'no cancellation and no second invitation');

  await erase();
  await page.getByText('Undo emails a new invitation to 1 guest.').waitFor();
  await until('the cancellation', async () => (await mails()).length === 2);
});

test('days and times are in the notation of the language, and typed freely', async (t) => {
  await crm.call('PATCH', '/api/me', { locale: 'de' });
  t.after(() => crm.call('PATCH', '/api/me', { locale: '' }));
  const page = await week(t, { locale: 'en-US' });
  await page.locator('.ev').first().waitFor();
  await page.keyboard.press('c');
  await field(page, 'Titel').fill('Frei getippt');
  const [year, month, day] = plus(monday, 2).split('-').map(Number);
  const start = field(page, 'Tag des Beginns');
  await start.fill(`${day}.${month}.`);
  await page.keyboard.press('Tab');
  assert.match(await start.inputValue(), new RegExp(`^Mi\\., ${day}\\. \\p{L}+\\.? ${year}$`, 'u'));
  await field(page, 'Uhrzeit des Beginns').fill('1430');
  await page.keyboard.press('Tab');
  assert.equal(await field(page, 'Uhrzeit des Beginns').inputValue(), '14:30');
  assert.equal(await field(page, 'Uhrzeit des Endes').inputValue(), '15:30');
  await field(page, 'Uhrzeit des Endes').click();
  await page.getByRole('option', { name: '16:00 1,5 Std.' }).click();
  assert.equal(await field(page, 'Uhrzeit des Endes').inputValue(), '16:00');
  // The small month, by the keyboard alone: the day after.
  await start.focus();
  await page.keyboard.press('ArrowDown');
  await page.locator('calendar-month').waitFor();
  await until('the focus in the month', () =>
    page.evaluate(() => document.activeElement.tagName.startsWith('CALENDAR-')),
  );
  await page.keyboard.press('ArrowRight');
  await until('the focus on the day after', () =>
    page.evaluate(
      (text) => document.activeElement.shadowRoot?.activeElement?.textContent === text,
      String(Number(plus(monday, 3).slice(8))),
    ),
  );
  await page.keyboard.press('Enter');
  await until('the day after', async () => (await start.inputValue()).startsWith('Do., '));
  await page.keyboard.press('Enter');
  const made = await until('it saved', () => find('Frei getippt'));
  const { event } = await crm.event(made.event);
  assert.equal(event.start.date_time.slice(0, 16), `${plus(monday, 3)}T14:30`);
  assert.equal(event.end.date_time.slice(0, 16), `${plus(monday, 3)}T16:00`);
});

test('a time zone is found by its name in the language of the page', async (t) => {
  const page = await week(t, { locale: 'de-DE' });
  await page.locator('.ev').first().waitFor();
  await page.keyboard.press('c');
  await field(page, 'Titel').fill('In Tokio');
  await dialog(page).getByRole('button', { name: 'Berlin' }).click();
  await field(page, 'Zeitzone').fill('toki');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.match(await field(page, 'Zeitzone').inputValue(), /^Tokio, /);
  await button(page, 'Speichern').click();
  const made = await until('it saved', () => find('In Tokio'));
  assert.equal((await crm.event(made.event)).event.start.time_zone, 'Asia/Tokyo');
});

test('appointments are reached, moved and resized by the keyboard alone', async (t) => {
  const days = plus(monday, 5);
  await crm.create(appointment('Moved by keys', days, '01:00', '02:00'));
  await crm.create(appointment('After it', days, '04:00', '05:00'));
  const page = await week(t);
  await entry(page, 'After it').waitFor();
  const focused = () => page.evaluate(() => document.activeElement.title);
  await page.locator('.ev').filter({ hasText: 'After it' }).focus();
  await page.keyboard.press('ArrowUp');
  assert.equal(await focused(), 'Moved by keys');
  await page.keyboard.press('ArrowDown');
  assert.equal(await focused(), 'After it');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.down('Alt');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await until('the focus on what was moved', async () => (await focused()) === 'Moved by keys');
  await page.keyboard.up('Alt');
  const times = async () => {
    const { event } = await crm.event((await find('Moved by keys')).event);
    return `${event.start.date_time.slice(0, 16)} ${event.end.date_time.slice(11, 16)}`;
  };
  await until('the new times', async () => (await times()) === `${plus(days, 1)}T01:15 02:30`);
  await page.getByRole('button', { name: 'Undo' }).waitFor(); // the page has the answer
  await page.keyboard.press('Control+z');
  await until('the old times', async () => (await times()) === `${days}T01:00 02:00`);
});

test('a colleague among the guests is named as one', async (t) => {
  const colleague = USERS.find(({ name }) => name === 'Jonas Brandt');
  await crm.create(
    appointment('With a colleague', plus(monday, 5), '10:00', '11:00', {
      attendees: [{ email: colleague.email, partstat: 'accepted' }, GUEST],
    }),
  );
  const page = await week(t);
  await entry(page, 'With a colleague').click();
  const guest = page.locator('.guest.colleague');
  await guest.getByText('Jonas Brandt').waitFor();
  await guest.getByText('Colleague').waitFor();
  await dialog(page)
    .getByText(/1 accepted, 1 open/)
    .waitFor();
});

test('a card counts all upcoming appointments, folds a series and offers another', async (t) => {
  const address = 'serial@elsewhere.example';
  const { id } = await crm.call('POST', '/api/leads', {
    name: 'Serial Lead',
    company: '',
    emails: [address],
    phone: '',
    title: '',
  });
  await crm.create(
    appointment('Every day', monday, '12:00', '12:30', {
      recurrence: ['RRULE:FREQ=DAILY;COUNT=40'],
      attendees: [{ email: address, partstat: 'accepted' }],
    }),
  );
  const page = await open(t, `#/leads/${id}`);
  await page.getByText(/and 39 more until/).waitFor();
  assert.equal(await page.locator('.card-appointment').count(), 1);
  assert.match(await page.locator('.section-title').first().textContent(), /40/);
  await button(page, 'Appointment').click();
  const form = page.getByRole('dialog', { name: 'New appointment' });
  await form.locator('.guest').getByText(address).waitFor();
  assert.equal(
    await form.getByLabel('Title', { exact: true }).inputValue(),
    'Appointment with Serial Lead',
  );
});
