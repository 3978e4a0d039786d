// Who is informed of one act is the user's choice: in the form, in the question before a deletion,
// and in a kept draft. And the pages of mail follow by the event stream, a mail that was refused is
// sent again, and the form of the mail server asks before changes are left.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { appointment, openBrowserStage } from './support/browser_stage.mjs';
import { HOSTILE_TEXTS } from './support/hostile_texts.mjs';
import { MailSink } from './support/mail_sink.mjs';
import { chooseSender, sentMails, setLogo, setUpMailServer } from './support/mailer.mjs';
import { button, openPage } from './support/page.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { ADMINISTRATOR } from './world/people.mjs';
import { Random } from './world/random.mjs';

const TEXTS = {
  de: {
    ...{ locale: 'de-DE', title: 'Titel', day: 'Tag des Beginns', guests: 'Gäste' },
    ...{ save: 'Speichern', wish: 'Nachricht an die Gäste' },
    ...{ silent: 'Ohne Nachricht speichern', google: 'Diesmal soll Google einladen' },
    none: 'Der Gast erhält diesmal keine E-Mail.',
  },
  en: {
    ...{ locale: 'en-GB', title: 'Title', day: 'Start date', guests: 'Guests', save: 'Save' },
    ...{ wish: 'Message to the guests', silent: 'Save without a message' },
    google: 'Google shall invite this time',
    none: 'The guest receives no email this time.',
  },
};
let opened;
let sink;
let administrator;
let crm;
let account;

before(async () => {
  sink = await MailSink.open();
  opened = await openBrowserStage({});
  ({ crm } = opened);
  account = opened.account.id;
  administrator = await opened.stage.login(ADMINISTRATOR);
  await administrator.call('PATCH', '/api/me', { locale: 'en' });
  await setUpMailServer(administrator, sink);
  await crm.syncNow(account);
  await chooseSender(crm, account, 'crm', 'en');
});
after(async () => {
  await opened?.close();
  await sink?.close();
});

const guest = (name) => `${name}@elsewhere.example`;
const atGoogle = async (summary) => (await opened.lena.find(summary))[0];
const googleMails = async () => (await opened.stage.google.productEver()).mails.length;
const open = (t, language, hash, options = {}) =>
  openPage(t, opened.browser, {
    ...{ origin: opened.stage.crmOrigin, person: crm, hash, timeout: 15_000 },
    locale: TEXTS[language].locale,
    ...options,
  });

/** The form of a new appointment with one guest, filled. */
async function fillNew(page, language, summary, name) {
  const texts = TEXTS[language];
  await page.locator('.ev').first().waitFor();
  await page.keyboard.press('c');
  const form = page.getByRole('dialog');
  await form.getByLabel(texts.title, { exact: true }).fill(summary);
  await form.getByLabel(texts.day).fill(plus(opened.monday, 1));
  await form.getByLabel(texts.guests, { exact: true }).fill(guest(name));
  await page.keyboard.press('Enter');
  await form.getByLabel(texts.wish).waitFor();
  return form;
}

/** The appointment is at Google and all its mails have left: a mail that is made now is last. */
async function settled(summary) {
  await until('it at Google', async () => {
    await crm.syncNow(account);
    return atGoogle(summary);
  });
  await until('no mail to wait', async () => {
    await crm.syncNow(account);
    return (await sentMails(crm, '&state=waiting')).length === 0;
  });
}

// I-19
test('an act is saved without a message, or by Google, as the user chooses', async (t) => {
  for (const language of ['de', 'en']) {
    const texts = TEXTS[language];
    const page = await open(t, language, `#/calendar/week/${opened.monday}`);
    const before = await googleMails();
    const silent = `Silent ${language}`;
    let form = await fillNew(page, language, silent, `silent.${language}`);
    await form.getByLabel(texts.wish).selectOption({ label: texts.silent });
    await form.getByText(texts.none).waitFor();
    await button(page, texts.save).click();
    await settled(silent);
    assert.equal(sink.to(guest(`silent.${language}`)).length, 0);
    assert.equal(await googleMails(), before);

    const google = `Google ${language}`;
    form = await fillNew(page, language, google, `google.${language}`);
    await form.getByLabel(texts.wish).selectOption({ label: texts.google });
    await button(page, texts.save).click();
    await settled(google);
    await until('Google to mail', async () => (await googleMails()) > before);
    assert.equal(sink.to(guest(`google.${language}`)).length, 0);
  }
});

// I-19
test('a deletion can be made without a message, and the usual one cancels', async (t) => {
  const page = await open(t, 'en', `#/calendar/week/${opened.monday}`);
  for (const [summary, name, isSilent] of [
    ['Ends silently', 'end.silent', true],
    ['Ends aloud', 'end.aloud', false],
  ]) {
    await fillNew(page, 'en', summary, name);
    await button(page, 'Save').click();
    await sink.arrived(guest(name));
    await page.locator('.ev').filter({ hasText: summary }).first().click();
    await button(page, 'Delete').click();
    const question = page.getByRole('dialog');
    if (isSilent)
      await question.getByLabel('Message to the guests').selectOption('Save without a message');
    await question.getByRole('button', { name: 'Delete', exact: true }).click();
    await until('its end at Google', async () => {
      await crm.syncNow(account);
      return !(await atGoogle(summary));
    });
    if (!isSilent) await sink.arrived(guest(name), 2);
  }
  assert.equal(sink.to(guest('end.silent')).length, 1, 'the invitation alone');
});

// I-19
test('a kept draft keeps who is informed', async (t) => {
  const page = await open(t, 'en', `#/calendar/week/${opened.monday}`);
  const form = await fillNew(page, 'en', 'Kept', 'kept');
  await form.getByLabel('Message to the guests').selectOption('Save without a message');
  page.on('dialog', (dialog) => dialog.accept());
  await page.reload();
  await page.locator('.ev').first().waitFor();
  await page.keyboard.press('c');
  await button(page, 'Restore').click();
  await page.getByText('The guest receives no email this time.').waitFor();
  await button(page, 'Save').click();
  await settled('Kept');
  assert.equal(sink.to(guest('kept')).length, 0);
});

// I-47
test('a refused mail is sent again, and the page follows without being asked', async (t) => {
  sink.refusals = { rcpt: { [guest('again')]: [550, '5.1.1 no such person'] } };
  const page = await open(t, 'en', '#/mail');
  await page.locator('.mail-row').first().waitFor();
  const polls = [];
  page.on('request', (request) => request.url().includes('/api/mail?') && polls.push(1));
  const made = await crm.create({
    summary: 'Sent again',
    start: { date_time: `${plus(opened.monday, 2)}T10:00:00+01:00`, time_zone: 'Europe/Berlin' },
    end: { date_time: `${plus(opened.monday, 2)}T11:00:00+01:00`, time_zone: 'Europe/Berlin' },
    attendees: [{ email: guest('again'), partstat: 'needs_action' }],
  });
  await crm.syncNow(account);
  const row = page.locator('.mail-row').filter({ hasText: guest('again') });
  await row.getByText(/^not delivered/).waitFor();
  assert.ok(polls.length < 20, `the page asked ${polls.length} times`);
  sink.refusals = {};
  await row.getByRole('button', { name: /^Send again/ }).click();
  await row.getByText(/^sent /).waitFor();
  assert.equal(sink.to(guest('again')).length, 1);
  assert.ok(made.id);
});

test('hostile texts do nothing in sent mail, its preview and the logo', async (t) => {
  await administrator.call('PUT', '/api/mail/settings', sink.settings({ hold_seconds: 600 }));
  const seed = process.env.E2E_SEED ?? String(Date.now() % 1_000_000);
  t.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const texts = Array.from({ length: process.env.E2E_VERIFY ? 100 : 12 }, () =>
    random.pick(HOSTILE_TEXTS),
  );
  for (const [i, text] of texts.entries())
    await crm.create(
      appointment(text, plus(opened.monday, 3 + (i % 20)), '10:00', '11:00', {
        ...{ location: text, description: text },
        attendees: [{ email: guest(`hostile${i}`), name: text, partstat: 'needs_action' }],
      }),
    );
  await crm.syncNow(account);
  await until('all to wait', async () => {
    await crm.syncNow(account);
    return (await sentMails(crm, '&state=waiting')).length >= texts.length;
  });
  await setLogo(crm, account, texts[0].slice(0, 60));
  const page = await open(t, 'en', '#/mail?state=waiting');
  const strange = [];
  page.on('dialog', (dialog) => dialog.dismiss().then(() => strange.push('a dialog')));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== opened.stage.crmOrigin && protocol !== 'data:') strange.push(request.url());
  });
  const assertInert = async (root) => {
    assert.deepEqual(strange, []);
    assert.equal(await page.evaluate(() => globalThis.pwned), undefined);
    const elements = 'img, script, iframe, style, object, form, video, link, meta, base';
    assert.equal(await page.locator(root).locator(elements).count(), 0, root);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${over} pixels too wide`);
  };
  const rows = page.locator('.mail-row');
  await until('the rows', async () => (await rows.count()) >= Math.min(texts.length, 50));
  await assertInert('.sent-mails');
  await rows.first().locator('.mail-subject button').click();
  await page.frameLocator('.mail-frame').locator('body').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Text only' }).click();
  await page.locator('.mail-part').waitFor();
  await assertInert('.mail-part');
  await page.goto(`${opened.stage.crmOrigin}/#/settings/calendars`);
  await page.locator('.logo-ground img').first().waitFor();
  assert.deepEqual(strange, []);
  assert.equal(await page.evaluate(() => globalThis.pwned), undefined);
});

test('the form of the mail server asks before changes are left', async (t) => {
  const page = await open(t, 'en', '#/settings/email', { person: administrator });
  await page.getByLabel('Server', { exact: true }).fill('mail.other.example');
  await page.evaluate(() => {
    location.hash = '#/mail';
  });
  const question = page.getByRole('dialog');
  await question.getByText('The changes to the mail server are not saved.').waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Server', { exact: true }).inputValue(), 'mail.other.example');
  await page.evaluate(() => {
    location.hash = '#/mail';
  });
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await until('the other page', () => page.url().endsWith('#/mail'));
  await page.goto(`${opened.stage.crmOrigin}/#/settings/email`);
  const server = page.getByLabel('Server', { exact: true });
  await until('the stored server', async () => (await server.inputValue()) === '127.0.0.1');
});
