// Administration > E-mail in a browser: the mail server, the test mail that proves it, what a
// refusing mail server shows there and to the user, and the mail that reports a lost grant. The
// tests run in order on one host.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { read } from './mail/readers.mjs';
import { openBrowserStage } from './support/browser_stage.mjs';
import { MailSink } from './support/mail_sink.mjs';
import { sentMails, testCode } from './support/mailer.mjs';
import { button, openPage } from './support/page.mjs';
import { until } from './support/until.mjs';
import { ADMINISTRATOR, GOOGLE_ACCOUNT } from './world/people.mjs';

const PAGE = '#/settings/email';
let opened;
let sink;
let administrator;

before(async () => {
  sink = await MailSink.open();
  opened = await openBrowserStage({});
  administrator = await opened.stage.login(ADMINISTRATOR);
  await administrator.call('PATCH', '/api/me', { locale: 'en' });
});
after(async () => {
  await opened?.close();
  await sink?.close();
});

const open = (t, { person = administrator, hash = PAGE, allowed = [] } = {}) =>
  openPage(t, opened.browser, {
    origin: opened.stage.crmOrigin,
    ...{ person, hash, allowed },
    timeout: 15_000,
  });
const settings = () => administrator.call('GET', '/api/mail/settings');
const save = (page) => button(page, 'Save').click();

async function fill(page, more = {}) {
  const values = {
    'Server': '127.0.0.1',
    'Port': String(sink.port),
    'User (optional)': 'crm',
    'Password (optional)': 'the password',
    'Sender': 'termine@nordlicht-software.example',
    'Waiting time in seconds': '0',
    ...more,
  };
  await page.getByLabel('Encryption').selectOption('none');
  for (const [label, value] of Object.entries(values))
    await page.getByLabel(label, { exact: true }).fill(value);
}

test('only administrators see and change the mail server', async (t) => {
  const page = await open(t, { person: opened.crm, hash: '#/mail' });
  await page.getByText('No mail yet').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Email', exact: true }).count(), 0);
  for (const [method, path] of [
    ['GET', '/api/mail/settings'],
    ['PUT', '/api/mail/settings'],
    ['POST', '/api/mail/test'],
  ])
    await assert.rejects(
      opened.crm.call(method, path, method === 'GET' ? undefined : {}),
      (error) => error.status === 403 && error.key !== 'error.confirm',
      path,
    );
});

test('what cannot be a mail server is said at its field', async (t) => {
  const page = await open(t);
  await page.getByText('Not set up. Google sends invitations.').waitFor();
  assert.equal(await page.getByText('Test email').count(), 0);
  await fill(page, { Server: 'https://mail.example', Port: '70000', Sender: 'no address' });
  await save(page);
  await page.locator('#server-host-error').waitFor();
  await page.locator('#server-port-error').waitFor();
  await page.locator('#server-from-error').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'server-host');
  await fill(page, { Server: 'mail.example' });
  await save(page);
  await page.getByText('Only a server on this machine can be used without encryption.').waitFor();
  assert.equal((await settings()).state, 'off');
});

test('a refused password is said in words, and the mail waits for other settings', async (t) => {
  sink.refusals = { auth: [535, '5.7.8 authentication failed'] };
  const page = await open(t);
  await page.locator('#server-host').waitFor();
  await fill(page);
  await save(page);
  await page.getByText(/^Not tested yet/).waitFor();
  await button(page, 'Send test email').click();
  await page.getByText(`On its way to ${ADMINISTRATOR.email}.`).waitFor();
  await until('the refusal', async () => (await settings()).errors.length > 0);
  await page.reload();
  await page.getByText('The mail server does not accept the user or password.').waitFor();
  assert.equal(sink.messages.length, 0);
  const [item] = await sentMails(administrator);
  assert.deepEqual([item.state, item.kind], ['queued', 'test']);
  sink.refusals = {};
  await save(page);
  await sink.arrived(ADMINISTRATOR.email);
});

test('only the code of the test mail makes the mail server ready', async (t) => {
  const code = await testCode(sink, ADMINISTRATOR.email);
  const page = await open(t, { allowed: [400] });
  await page.getByLabel('Code from the email').fill('12');
  await button(page, 'Check code').click();
  await page.getByText('The code has six digits.').waitFor();
  const other = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  await page.getByLabel('Code from the email').fill(other);
  await button(page, 'Check code').click();
  await page.getByText('That is not the code of the last test email.').waitFor();
  assert.equal((await settings()).state, 'untested');
  await page.getByLabel('Code from the email').fill(code);
  await button(page, 'Check code').click();
  await page
    .getByText('Ready. Invitations come from termine@nordlicht-software.example.')
    .waitFor();
  assert.equal((await settings()).state, 'ready');
});

test('the password stays when other fields are saved, and is never shown', async (t) => {
  const page = await open(t);
  await page.locator('#server-host').waitFor();
  assert.equal(await page.locator('#server-password').inputValue(), '');
  await page.getByLabel('Waiting time in seconds').fill('5');
  await save(page);
  await page.getByText('Saved.').waitFor();
  const stored = await settings();
  assert.deepEqual([stored.hold_seconds, stored.has_password, stored.state], [5, true, 'ready']);
  assert.ok(!JSON.stringify(stored).includes('the password'));
});

test('a mail server that refuses the sender is failing until it takes a mail again', async (t) => {
  sink.refusals = { mail: [550, '5.7.1 sender refused'] };
  await opened.stage.google.revoke(GOOGLE_ACCOUNT.email);
  await opened.crm.syncNow(opened.account.id).catch(() => {});
  await until('the mail server to fail', async () => (await settings()).state === 'failing', {
    timeout: 20_000,
  });
  const page = await open(t);
  await page.getByText(/^Failing\./).waitFor();
  await page.getByText('1 email is waiting to be sent.').waitFor();
  const own = await open(t, { person: opened.crm, hash: '#/mail' });
  await own.getByText(/^waiting, next try:/).waitFor();
  await own.getByText('5.7.1 sender refused').waitFor();
  sink.refusals = {};
  await own.getByRole('button', { name: /^Send now/ }).click();
  const mail = await read(await sink.arrived(opened.crm.user.email));
  assert.match(mail.text, /Google|account|Konto/);
  await until('the mail server to be ready', async () => (await settings()).state === 'ready');
  await own.getByText(/^sent /).waitFor();
  // Once, however often the account is tried.
  await opened.crm.syncNow(opened.account.id).catch(() => {});
  assert.equal(sink.to(opened.crm.user.email).length, 1);
});

test('mail is switched off after a question', async (t) => {
  const page = await open(t);
  await button(page, 'Switch mail off').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch mail off' }).click();
  await page.getByText('Not set up. Google sends invitations.').waitFor();
  assert.equal((await settings()).state, 'off');
});
