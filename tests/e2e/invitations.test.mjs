// The invitations of the CRM, end to end: the user sets a logo on the page Calendar accounts and
// makes an appointment with a guest, in German and in English; what arrives in the guest's mailbox
// is read by three programs. Then the appointment changes and ends. Google mails no guest in any of
// it. The tests run in order on one account.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { assertTransportable, read } from './mail/readers.mjs';
import { appointment, openBrowserStage } from './support/browser_stage.mjs';
import { MailSink } from './support/mail_sink.mjs';
import { chooseSender, sentMails, setUpMailServer } from './support/mailer.mjs';
import { button, openPage } from './support/page.mjs';
import { makePng } from './support/pictures.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT } from './world/people.mjs';

const SENDER = 'termine@nordlicht-software.example';
const COMPANY = 'Nordlicht Software';
const LANGUAGES = {
  de: {
    ...{ locale: 'de-DE', add: 'Logo hinzufügen', company: 'Name der Firma', save: 'Speichern' },
    ...{ title: 'Titel', day: 'Tag des Beginns', time: 'Uhrzeit des Beginns', guests: 'Gäste' },
    ...{ mails: 'Das CRM lädt 1 Gast per E-Mail ein', invite: 'Einladung', cancel: 'Abgesagt' },
  },
  en: {
    ...{ locale: 'en-GB', add: 'Replace', company: 'Company name', save: 'Save' },
    ...{ title: 'Title', day: 'Start date', time: 'Start time', guests: 'Guests' },
    ...{ mails: 'The CRM will email an invitation to 1 guest', invite: 'Invitation' },
    cancel: 'Cancelled',
  },
};

let opened;
let sink;
let administrator;
let crm;
let lena;
let monday;
let account;

before(async () => {
  sink = await MailSink.open();
  opened = await openBrowserStage({});
  ({ crm, lena, monday } = opened);
  account = opened.account.id;
  administrator = await opened.stage.login(ADMINISTRATOR);
  await setUpMailServer(administrator, sink);
  // Appointments that exist at the first reading are not new ones.
  await crm.syncNow(account);
  await chooseSender(crm, account, 'crm', 'de');
});
after(async () => {
  await opened?.close();
  await sink?.close();
});

const open = (t, language, hash) =>
  openPage(t, opened.browser, {
    ...{ origin: opened.stage.crmOrigin, person: crm, hash, timeout: 15_000 },
    locale: LANGUAGES[language].locale,
  });
const guest = (name) => `${name}@elsewhere.example`;
const attendee = (name) => ({ email: guest(name), partstat: 'needs_action' });
const atGoogle = async (summary) => (await lena.find(summary))[0];

/** Of the appointment: the message number `count` to the guest, read. */
async function received(name, count = 1) {
  const message = await sink.arrived(guest(name), count);
  assertTransportable(message);
  assert.equal(message.from, SENDER);
  assert.deepEqual(message.to, [guest(name)]);
  return read(message);
}

async function noneFromGoogle() {
  const { mails } = await opened.stage.google.productEver();
  assert.deepEqual(mails, [], "Google's mails");
}

/** What is the same in every message to a guest of this account. */
function assertForm(mail, { kind, method, hasLogo = true }) {
  const alternative = ['multipart/alternative', ['text/plain', 'text/html', 'text/calendar']];
  const body = hasLogo ? ['multipart/related', [alternative, 'image/png']] : alternative;
  assert.deepEqual(mail.tree, ['multipart/mixed', [body, 'application/ics']]);
  assert.ok(mail.subject.startsWith(`${kind}: `), mail.subject);
  assert.equal(mail.method, method);
  assert.equal(mail.from, SENDER);
  assert.equal(mail.reply_to, GOOGLE_ACCOUNT.email);
  assert.equal(mail.automatic, 'auto-generated');
  const [event] = mail.calendar.events;
  assert.equal(event.organizer, GOOGLE_ACCOUNT.email);
  assert.equal(event.sent_by, SENDER);
}

async function create(summary, names, more = {}, day = plus(monday, 2)) {
  const made = await crm.create(
    appointment(summary, day, '10:00', '11:00', { attendees: names.map(attendee), ...more }),
  );
  await crm.syncNow(account);
  return made;
}

async function change(id, changes, options) {
  const saved = await crm.change(id, changes, options);
  await crm.syncNow(account);
  return saved;
}

for (const language of ['de', 'en'])
  // S-24
  test(`the logo set on the accounts page arrives in the invitation, ${language}`, async (t) => {
    const texts = LANGUAGES[language];
    const summary = `Angebot für Müller & Söhne ${language}`;
    const picture = makePng(400, language === 'de' ? 120 : 100);
    await chooseSender(crm, account, 'crm', language);
    const page = await open(t, language, '#/settings/calendars');
    await button(page, texts.add).click();
    const dialog = page.getByRole('dialog');
    await dialog
      .locator('#logo-file')
      .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: picture });
    await dialog.locator('canvas').first().waitFor();
    await dialog.getByLabel(texts.company).fill(COMPANY);
    await button(page, texts.save).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.logo-ground img').first().waitFor();

    await page.goto(`${opened.stage.crmOrigin}/#/calendar/week/${monday}`);
    await page.locator('.ev').first().waitFor();
    await page.keyboard.press('c');
    const form = page.getByRole('dialog');
    await form.getByLabel(texts.title, { exact: true }).fill(summary);
    await form.getByLabel(texts.day).fill(plus(monday, 1));
    await form.getByLabel(texts.time).fill('14:00');
    await form.getByLabel(texts.guests).fill(guest(language));
    await page.keyboard.press('Enter');
    await form.getByText(texts.mails).waitFor();
    await form.getByText(SENDER).waitFor();
    await button(page, texts.save).click();

    const mail = await received(language);
    assertForm(mail, { kind: texts.invite, method: 'REQUEST' });
    assert.ok(mail.subject.includes(summary), mail.subject);
    assert.ok(mail.text.includes(summary) && mail.html.includes('Müller &amp; Söhne'));
    assert.ok(mail.from_name.includes(`(${COMPANY})`), mail.from_name);
    assert.ok(mail.html.includes(`alt="${COMPANY}"`));
    const [event] = mail.calendar.events;
    const google = await atGoogle(summary);
    assert.equal(event.uid, google.iCalUID);
    assert.equal(event.summary, summary);
    assert.deepEqual([event.start, event.zone], [`${plus(monday, 1)}T14:00:00`, 'Europe/Berlin']);
    assert.deepEqual(mail.calendar.zones, ['Europe/Berlin']);
    assert.deepEqual(event.attendees, [guest(language)]);
    const [item] = await sentMails(crm);
    assert.deepEqual([item.to, item.kind, item.state], [guest(language), 'invite', 'sent']);
    await noneFromGoogle();
  });

let id;
test('a change is mailed as an update, and a guest added gets an invitation', async () => {
  await chooseSender(crm, account, 'crm', 'en');
  ({ id } = await create('Changing', ['ann']));
  const invited = await received('ann');
  await change(id, { location: 'Room 7' });
  const updated = await received('ann', 2);
  assertForm(updated, { kind: 'Updated', method: 'REQUEST' });
  assert.equal(updated.in_reply_to, invited.message_id);
  assert.equal(updated.calendar.events[0].uid, invited.calendar.events[0].uid);
  assert.ok(updated.text.includes('Room 7'));

  await change(id, { attendees: [attendee('ann'), attendee('bob')] });
  const bob = await received('bob');
  assertForm(bob, { kind: 'Invitation', method: 'REQUEST' });
  assert.deepEqual(bob.calendar.events[0].attendees.sort(), [guest('ann'), guest('bob')]);
  assert.equal(sink.to(guest('ann')).length, 2, 'who stays learns nothing of a new guest');
  await noneFromGoogle();
});

test('a guest removed gets a cancellation of their own, the others learn nothing', async () => {
  await change(id, { attendees: [attendee('bob')] });
  const mail = await received('ann', 3);
  assertForm(mail, { kind: 'Cancelled', method: 'CANCEL' });
  assert.equal(mail.calendar.events[0].status, '', 'it ends for this guest only');
  assert.equal(sink.to(guest('bob')).length, 1);
  await noneFromGoogle();
});

test('one occurrence that is moved is mailed alone, with the date it had', async () => {
  const day = plus(monday, 3);
  const series = await create('Weekly', ['cora'], { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] });
  await received('cora');
  const second = plus(plus(monday, 2), 7);
  const [, occurrence] = (
    await crm.occurrences(`${monday}T00:00:00Z`, `${plus(monday, 30)}T00:00:00Z`)
  ).filter(({ event }) => event === series.id);
  const { start, end } = appointment('Weekly', plus(day, 7), '15:00', '16:00');
  await change(
    series.id,
    { start, end },
    { scope: 'this', original_start: occurrence.original_start },
  );
  const mail = await received('cora', 2);
  assert.equal(mail.calendar.events.length, 1);
  const [event] = mail.calendar.events;
  assert.equal(event.recurrence_id, `${second}T10:00:00`);
  assert.equal(event.start, `${plus(day, 7)}T15:00:00`);
  await noneFromGoogle();
});

test('a deleted appointment is cancelled for all, with a higher sequence', async () => {
  const before = await read(sink.to(guest('bob')).at(-1));
  await crm.erase(id);
  await crm.syncNow(account);
  const mail = await received('bob', 2);
  assertForm(mail, { kind: 'Cancelled', method: 'CANCEL' });
  const [event] = mail.calendar.events;
  assert.equal(event.status, 'CANCELLED');
  assert.ok(event.sequence > (before.calendar.events[0].sequence ?? 0), String(event.sequence));
  assert.equal(mail.in_reply_to, before.message_id);
  await noneFromGoogle();
});

test('what is undone within the undo time mails none of the guests', async () => {
  await administrator.call('PUT', '/api/mail/settings', sink.settings({ hold_seconds: 600 }));
  const made = await create('Undone', ['dora']);
  const [waiting] = await until('the message to wait', async () => {
    const list = await sentMails(crm, '&state=waiting');
    return list.length === 1 && list;
  });
  assert.deepEqual([waiting.to, waiting.attempts], [guest('dora'), 0]);
  await crm.undo(made.undo);
  await crm.syncNow(account);
  await until('nothing to wait', async () => {
    const list = await sentMails(crm, '&state=waiting');
    return list.length === 0;
  });
  assert.equal(await atGoogle('Undone'), undefined);
  assert.equal(sink.to(guest('dora')).length, 0);
  const own = (await sentMails(crm)).filter(({ to }) => to === guest('dora'));
  assert.ok(own.length > 0 && own.every(({ state }) => ['withdrawn', 'replaced'].includes(state)));
  await administrator.call('PUT', '/api/mail/settings', sink.settings());
  await noneFromGoogle();
});

test('without a logo the invitation has no picture', async () => {
  await crm.call('DELETE', `/api/accounts/${encodeURIComponent(account)}/logo`);
  await create('Plain', ['finn'], {}, plus(monday, 3));
  const mail = await received('finn');
  assertForm(mail, { kind: 'Invitation', method: 'REQUEST', hasLogo: false });
  assert.doesNotMatch(mail.html, /<img/);
});

test('when Google invites, the CRM mails nothing', async () => {
  await chooseSender(crm, account, 'google', 'en');
  await create('By Google', ['gina'], {}, plus(monday, 4));
  await until('it at Google', () => atGoogle('By Google'));
  const { mails } = await opened.stage.google.productEver();
  assert.ok(mails.length > 0, 'Google mails');
  assert.equal(sink.to(guest('gina')).length, 0);
  assert.equal((await sentMails(crm, '&state=waiting')).length, 0);
});
