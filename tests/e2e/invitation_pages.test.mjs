// The pages of invitations in a browser: the logo's dialog with every refusal, replacing, removing
// and the preview; who invites; sent mail with its states and actions; the lines about mails that
// failed; and that all of it is free of what axe-core finds, wide and narrow. The tests run in
// order on one account.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';

import { appointment, openBrowserStage } from './support/browser_stage.mjs';
import { MailSink } from './support/mail_sink.mjs';
import { chooseSender, sentMails, setLogo, setUpMailServer } from './support/mailer.mjs';
import { button, openPage } from './support/page.mjs';
import { makePng } from './support/pictures.mjs';
import { connect } from './support/setup.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT } from './world/people.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGE = '#/settings/calendars';
const SECOND = {
  email: 'lena.second@example.com',
  name: 'Lena',
  calendars: [
    {
      primary: true,
      summary: 'lena.second@example.com',
      access_role: 'owner',
      time_zone: 'Europe/Berlin',
    },
  ],
};
let opened;
let sink;
let administrator;
let crm;
let account;

before(async () => {
  sink = await MailSink.open();
  opened = await openBrowserStage({}, (world) => world.google.accounts.push(SECOND));
  ({ crm } = opened);
  account = opened.account.id;
  administrator = await opened.stage.login(ADMINISTRATOR);
});
after(async () => {
  await opened?.close();
  await sink?.close();
});

const open = (t, hash, options = {}) =>
  openPage(t, opened.browser, {
    ...{ origin: opened.stage.crmOrigin, person: crm, hash, timeout: 15_000 },
    ...options,
  });
const guest = (name) => `${name}@elsewhere.example`;
const row = (page, name) => page.locator('.mail-row').filter({ hasText: guest(name) });
const logo = async () => (await crm.call('GET', `/api/accounts/${account}/logo`)).logo;

async function invite(name, day = plus(opened.monday, 1)) {
  const made = await crm.create(
    appointment(`With ${name}`, day, '10:00', '11:00', {
      attendees: [{ email: guest(name), partstat: 'needs_action' }],
    }),
  );
  await crm.syncNow(account);
  return made;
}

async function choose(page, name, buffer) {
  await page.locator('#logo-file').setInputFiles({ name, mimeType: 'image/png', buffer });
}

test('without a mail server the card says that Google invites, and why', async (t) => {
  const page = await open(t, PAGE);
  const card = page.locator('.account-invitations');
  await card.getByText('Google sends invitations, without a logo.').waitFor();
  await card.getByText('The mail server is not set up.').waitFor();
  await card.getByText('No logo yet.').waitFor();
});

test('what is no logo is refused with its reason, and the name stays', async (t) => {
  const page = await open(t, PAGE, { allowed: [400] });
  await button(page, 'Add logo').click();
  await page.getByLabel('Company name').fill('Nordlicht Software');
  await button(page, 'Save').click();
  await page.getByText('Please choose a picture.').waitFor();
  const cut = makePng(200, 200);
  const rows = [
    ['drawing.svg', Buffer.from('<svg/>'), 'Please choose a PNG, JPEG or WebP without animation.'],
    ['moving.gif', Buffer.from('GIF89a'), 'Please choose a PNG, JPEG or WebP without animation.'],
    ['large.png', Buffer.alloc(256 * 1024 + 1), 'The file is larger than 256 KB.'],
    ['tiny.png', makePng(15, 15), 'The image must be 16 to 1024 pixels wide and high.'],
    ['huge.png', makePng(1025, 16), 'The image must be 16 to 1024 pixels wide and high.'],
    ['cut.png', cut.subarray(0, cut.length / 2), 'The file is damaged.'],
  ];
  for (const [name, buffer, words] of rows) {
    await choose(page, name, buffer);
    await button(page, 'Save').click();
    await page.locator('#logo-file-error').getByText(words).waitFor();
    assert.equal(await page.getByLabel('Company name').inputValue(), 'Nordlicht Software', name);
  }
  assert.equal(await logo(), null);
});

test('a logo is shown before it is saved, then renamed, replaced and removed', async (t) => {
  const page = await open(t, PAGE);
  await button(page, 'Add logo').click();
  await choose(page, 'logo.png', makePng(400, 120));
  await until('both pictures', async () => (await page.locator('canvas').count()) === 2);
  await button(page, 'Save').click();
  await page.getByText('Enter the company name, at most 60 characters.').waitFor();
  await page.getByLabel('Company name').fill('Nordlicht <b>Software</b>');
  await button(page, 'Save').click();
  await page.getByText('Company name: Nordlicht <b>Software</b>').waitFor();
  const first = await logo();
  assert.deepEqual(
    [first.alt, first.width <= 240, first.height <= 80],
    ['Nordlicht <b>Software</b>', true, true],
  );
  await button(page, 'Replace').click();
  await page.getByLabel('Company name').fill('Nordlicht');
  await button(page, 'Save').click();
  await page.getByText('Company name: Nordlicht', { exact: true }).waitFor();
  assert.equal((await logo()).sha256, first.sha256, 'the picture stays with another name');
  await button(page, 'Replace').click();
  await choose(page, 'other.png', makePng(100, 100));
  await button(page, 'Save').click();
  await until('another picture', async () => (await logo()).sha256 !== first.sha256);
  await button(page, 'Remove').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('No logo yet.').waitFor();
  assert.equal(await logo(), null);
});

test('the logo of an account is shown to its own user only', async () => {
  await setLogo(crm, account, 'Nordlicht');
  const { url } = await logo();
  assert.equal((await crm.send('GET', url)).status, 200);
  assert.equal((await administrator.send('GET', url)).status, 404);
  assert.equal((await administrator.send('GET', `/api/accounts/${account}/logo`)).status, 404);
});

test('the card says who invites and with what, as the user has chosen', async (t) => {
  await setUpMailServer(administrator, sink, { hold_seconds: 600 });
  await crm.syncNow(account);
  const page = await open(t, PAGE);
  const card = page.locator('.account-invitations');
  await card.getByText('Google cannot read replies to').waitFor();
  await button(page, 'Who invites').click();
  await page.locator('.flow-form').waitFor();
  await page.locator('input[name=flow-invitations][value=crm]').check();
  await button(page, 'Save').click();
  await card
    .getByText('The CRM sends invitations from termine@nordlicht-software.example, with your logo.')
    .waitFor();
  await card.getByText('also get Google’s own email').waitFor();
  await chooseSender(crm, account, 'nobody', 'en');
  await page.reload();
  await card.getByText('Guests receive no emails.').waitFor();
  await chooseSender(crm, account, 'crm', 'en');
});

test('the preview shows the mail in a frame that may do nothing, in both languages', async (t) => {
  const page = await open(t, PAGE);
  await button(page, 'Preview of the email').click();
  const frame = page.locator('.mail-frame');
  await frame.waitFor();
  assert.equal(await frame.getAttribute('sandbox'), '');
  const inside = page.frameLocator('.mail-frame');
  await inside.getByText('Accept').first().waitFor();
  const picture = inside.locator('img').first();
  await until('the logo', () => picture.evaluate((one) => one.naturalWidth > 0));
  assert.match(await picture.getAttribute('src'), /^data:image\/png/);
  await button(page, 'Deutsch').click();
  await inside.getByText('Zusagen').first().waitFor();
  await button(page, 'Calendar entry').click();
  await page.locator('.mail-part').getByText('BEGIN:VCALENDAR').waitFor();
  await button(page, 'Text only').click();
  await page.locator('.mail-part').waitFor();
  assert.equal(sink.messages.length, 1, 'nothing but the test mail was sent');
});

test('a waiting mail can be withheld, sent now or dropped', async (t) => {
  for (const name of ['ann', 'bob']) await invite(name);
  await until('both to wait', async () => (await sentMails(crm, '&state=waiting')).length === 2);
  const page = await open(t, '#/mail');
  await row(page, 'ann')
    .getByText(/^will be sent: in /)
    .waitFor();
  await row(page, 'ann')
    .getByRole('button', { name: /^Withhold/ })
    .click();
  await row(page, 'ann').getByText('withheld').waitFor();
  await row(page, 'ann')
    .getByRole('button', { name: /^Send now/ })
    .click();
  await row(page, 'ann')
    .getByText(/^sent /)
    .waitFor();
  assert.equal((await sink.arrived(guest('ann'))).to.length, 1);
  await row(page, 'bob')
    .getByRole('button', { name: /^More actions/ })
    .click();
  await page.getByRole('menuitem', { name: 'Drop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
  await row(page, 'bob').getByText('taken back, not sent').waitFor();
  assert.equal(sink.to(guest('bob')).length, 0);
  await row(page, 'ann').locator('.mail-subject button').click();
  await page.frameLocator('.mail-frame').getByText('With ann').first().waitFor();
  await page.keyboard.press('Escape');
  await button(page, 'Sent').click();
  await until('one row', async () => (await page.locator('.mail-row').count()) === 1);
  assert.match(page.url(), /#\/mail\?state=sent$/);
});

test('a refused mail is said on the page, the card and the appointment', async (t) => {
  sink.refusals = { rcpt: { [guest('cora')]: [550, '5.1.1 no such person'] } };
  await administrator.call('PUT', '/api/mail/settings', sink.settings());
  await invite('cora');
  await until('the refusal', async () => (await sentMails(crm, '&state=failed')).length === 1, {
    timeout: 20_000,
  });
  const page = await open(t, '#/mail?state=failed');
  await page.getByText('not delivered: The guest’s mail server refused the email.').waitFor();
  await page.getByText('5.1.1 no such person').waitFor();
  await page.goto(`${opened.stage.crmOrigin}/${PAGE}`);
  await page.getByText('1 email was not delivered.').waitFor();
  await page.goto(`${opened.stage.crmOrigin}/#/calendar/week/${opened.monday}`);
  await page.locator('.ev').filter({ hasText: 'With cora' }).first().click();
  await page.locator('.mail-line').getByText('1 email not delivered').waitFor();
});

test("the card of a second account counts none of the first one's mails", async (t) => {
  await connect(crm, SECOND.email, { name: 'Second', default: 'present' });
  const page = await open(t, PAGE);
  const cards = page.locator('.card.account');
  const first = cards.filter({ hasText: GOOGLE_ACCOUNT.email });
  const second = cards.filter({ hasText: SECOND.email });
  await first.getByText('1 email was not delivered.').waitFor();
  await second.locator('.account-invitations').getByText('No logo yet.').waitFor();
  assert.equal(await second.getByText(/email.* not delivered/).count(), 0);
});

test('another user sees none of these mails', async () => {
  const [item] = await sentMails(crm);
  assert.deepEqual(
    (await sentMails(administrator)).map(({ kind }) => kind),
    ['test'],
  );
  for (const path of [`/api/mail/${item.id}`, `/api/mail/${item.id}/html`])
    assert.equal((await administrator.send('GET', path)).status, 404);
});

const PLACES = {
  card: [PAGE, '.account-invitations'],
  logo: [PAGE, '.account-invitations', 'button:has(.icon-pencil)', '#logo-company'],
  preview: [PAGE, '.account-invitations', 'button:has(.icon-eye)', '.mail-frame'],
  sent: ['#/mail', '.mail-row'],
  server: ['#/settings/email', '#server-host'],
};

for (const [language, width, colorScheme] of [
  ['de', 1280, 'light'],
  ['en', 360, 'dark'],
])
  test(`axe finds nothing and nothing is cut: ${language}, ${width}, ${colorScheme}`, async (t) => {
    await administrator.call('PATCH', '/api/me', { locale: '' });
    for (const [name, [hash, first, press, then]] of Object.entries(PLACES)) {
      const page = await open(t, hash, {
        person: name === 'server' ? administrator : crm,
        viewport: { width, height: 900 },
        locale: language === 'de' ? 'de-DE' : 'en-GB',
        ...{ colorScheme, bypassCSP: true },
      });
      await page.locator(first).first().waitFor();
      if (press) await page.locator(`${first} ${press}`).first().click();
      if (then) await page.locator(then).waitFor();
      await page.evaluate(AXE);
      const found = await page.evaluate(async () => {
        await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})));
        const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`);
      });
      assert.deepEqual(found, [], name);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${name} is ${over} pixels too wide`);
    }
  });
