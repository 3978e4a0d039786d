// Mails in the pages: which pictures can be a logo, what a message's state is in words, the form of
// the mail server, who mails the guests of an appointment, and who of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endMs, isOver, mailsOf, newValues } from '../../../src/host/web/ui/calendar/form_model.js';
import { logoError, toBase64 } from '../../../src/host/web/ui/mail/image_header.js';
import {
  actionsOf,
  countStates,
  reasonKey,
  serverWords,
  stateOf,
} from '../../../src/host/web/ui/mail/states.js';
import { wished, wishesFor } from '../../../src/host/web/ui/mail/wish.js';
import {
  checkValues,
  domainsOf,
  settingsOf,
  valuesOf,
  withSecurity,
} from '../../../src/host/web/ui/settings/mail_server_model.js';
import { makePng } from '../support/pictures.mjs';
import { de } from '../support/texts.mjs';

const bytes = (...parts) => Uint8Array.from(Buffer.concat(parts.map((part) => Buffer.from(part))));
const filled = (head, length = 64) => {
  const all = new Uint8Array(length);
  all.set(head);
  return all;
};

const jpeg = (width, height) =>
  filled([
    ...[0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, ...new Array(14).fill(0)],
    ...[0xff, 0xc4, 0x00, 0x04, 0x01, 0x02], // a table, whose marker is no frame
    ...[0xff, 0xc2, 0x00, 0x11, 0x08, height >> 8, height & 255, width >> 8, width & 255],
  ]);

const webp = (form, ...rest) =>
  filled(bytes('RIFF', [0, 0, 0, 0], 'WEBP', form, [10, 0, 0, 0], rest));

test('a PNG, JPEG or WebP of 16 to 1024 pixels can be the logo', () => {
  assert.equal(logoError(new Uint8Array(makePng(16, 1024))), '');
  assert.equal(logoError(jpeg(400, 120)), '');
  const lossy = [0, 0, 0, 0x9d, 0x01, 0x2a, 240, 0, 80, 0];
  assert.equal(logoError(webp('VP8 ', ...lossy)), '');
  const lossless = ((240 - 1) | ((80 - 1) << 14)) >>> 0;
  const word = [24, 16, 8, 0].map((shift) => (lossless >>> shift) & 255).reverse();
  assert.equal(logoError(webp('VP8L', 0x2f, ...word)), '');
  assert.equal(logoError(webp('VP8X', 0, 0, 0, 0, 239, 0, 0, 79, 0, 0)), '');
});

test('what cannot be the logo is refused with its own reason before it is decoded', () => {
  assert.equal(logoError(filled(bytes('GIF89a'))), 'logo.error.kind');
  assert.equal(logoError(bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')), 'logo.error.kind');
  assert.equal(logoError(new Uint8Array(0)), 'logo.error.kind');
  assert.equal(
    logoError(webp('VP8X', 2, 0, 0, 0, 239, 0, 0, 79, 0, 0)),
    'logo.error.kind',
    'animated',
  );
  assert.equal(logoError(filled(makePng(16, 16), 256 * 1024 + 1)), 'logo.error.size');
  assert.equal(logoError(new Uint8Array(makePng(15, 100))), 'logo.error.pixels');
  assert.equal(logoError(jpeg(60000, 60000)), 'logo.error.pixels');
  assert.equal(logoError(new Uint8Array(makePng(100, 100)).subarray(0, 20)), 'logo.error.damaged');
  assert.equal(logoError(filled([0xff, 0xd8, 0xff, 0xe0, 0, 2], 40)), 'logo.error.damaged');
});

test('bytes become base64 whatever their number', () => {
  for (const length of [0, 1, 2, 3, 0x8000, 0x8001, 100_000]) {
    const all = Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
    assert.equal(toBase64(all), Buffer.from(all).toString('base64'), String(length));
  }
});

test('each state of a message has words, and names the time and the reason it has', () => {
  const states = 'queued sending sent failed expired withdrawn replaced held'.split(' ');
  for (const state of states) assert.ok(stateOf({ state, attempts: 0 }).key in de, state);
  assert.deepEqual(stateOf({ state: 'queued', attempts: 0, next_at: 5 }), {
    ...{ kind: 'info', icon: 'clock', key: 'mail.queued' },
    ...{ at: 5, isNext: true, reason: '' },
  });
  const waiting = stateOf({ state: 'queued', attempts: 2, next_at: 9, code: 421 });
  assert.deepEqual(
    [waiting.key, waiting.at, waiting.reason],
    ['mail.waiting', 9, 'mail.reason.later'],
  );
  assert.equal(stateOf({ state: 'sent', since: 3 }).at, 3);
});

test('the answer of a mail server is said in words', () => {
  const rows = [
    [{ state: 'failed', code: 550 }, 'refused'],
    [{ state: 'failed', code: 451 }, 'gave_up'],
    [{ state: 'queued', code: 0 }, 'unreachable'],
    [{ state: 'queued', code: 535 }, 'password'],
    [{ state: 'queued', code: 553 }, 'configuration'],
    [{ state: 'queued', code: 450 }, 'later'],
    // The last answer came before the failure: it is none.
    [{ state: 'queued', code: 354 }, 'broken_off'],
    [{ state: 'queued', code: 220, reason: 'TLS: the certificate has expired' }, 'tls'],
    [{ code: 0, text: 'TLS: the certificate is for another name' }, 'tls'],
  ];
  for (const [item, reason] of rows) {
    assert.equal(reasonKey(item), `mail.reason.${reason}`);
    assert.ok(`mail.reason.${reason}` in de);
  }
  assert.equal(serverWords({ code: 550, reason: 'no such user' }), '550 no such user');
  assert.equal(serverWords({ code: 250, text: 'TLS: not offered' }), 'TLS: not offered');
});

test('only what has not left can still be decided', () => {
  assert.deepEqual(actionsOf({ state: 'queued' }), ['send', 'hold', 'drop']);
  assert.deepEqual(actionsOf({ state: 'held' }), ['send', 'drop']);
  for (const state of ['sending', 'sent', 'withdrawn', 'replaced', 'expired'])
    assert.deepEqual(actionsOf({ state }), [], state);
  assert.deepEqual(actionsOf({ state: 'failed', blank: false }), ['again']);
  assert.deepEqual(actionsOf({ state: 'failed', blank: true }), [], 'its content was erased');
  assert.deepEqual(
    countStates(
      ['queued', 'sending', 'held', 'sent', 'failed', 'expired'].map((state) => ({ state })),
    ),
    { waiting: 2, held: 1, sent: 1, failed: 2 },
  );
});

test('another encryption brings its usual port and keeps a chosen one', () => {
  const values = valuesOf({});
  assert.equal(values.port, '587');
  assert.equal(withSecurity(values, 'tls').port, '465');
  assert.equal(withSecurity({ ...values, port: '2525' }, 'tls').port, '2525');
});

test('the form of the mail server finds what the host would refuse', () => {
  const good = { ...valuesOf({}), host: 'smtp.example.com', from: 'termine@example.com' };
  assert.deepEqual(checkValues(good), {});
  const field = (change, settings) => Object.keys(checkValues({ ...good, ...change }, settings));
  assert.deepEqual(field({ host: '' }), ['host']);
  assert.deepEqual(field({ host: 'https://smtp.example.com' }), ['host']);
  assert.deepEqual(field({ port: '65536' }), ['port']);
  assert.deepEqual(field({ port: '25x' }), ['port']);
  assert.deepEqual(field({ from: 'termine' }), ['from']);
  assert.deepEqual(field({ own_domains: 'example.com, no' }), ['own_domains']);
  assert.deepEqual(field({ hold_seconds: '601' }), ['hold_seconds']);
  assert.deepEqual(field({ bounce: 'no' }), ['bounce']);
  assert.deepEqual(field({ security: 'none' }), ['security']);
  assert.deepEqual(field({ security: 'none', host: '127.0.0.1' }), []);
  const stored = { host: 'old.example.com', has_password: true };
  assert.deepEqual(field({ user: 'u' }, stored), ['password']);
  assert.deepEqual(field({ user: 'u', password: 'p' }, stored), []);
});

test('a password that was not typed stays, and goes with its user', () => {
  assert.deepEqual(domainsOf('@Example.com; b.example  c.example'), [
    'example.com',
    'b.example',
    'c.example',
  ]);
  const values = { ...valuesOf({ user: 'u', has_password: true }), host: 'h' };
  assert.ok(!('password' in settingsOf(values)));
  assert.equal(settingsOf({ ...values, password: 'p' }).password, 'p');
  assert.equal(settingsOf({ ...values, user: '' }).password, '');
});

const calendar = { mode: 'two_way', account: 'a' };
const crm = { by: 'crm', from: 'termine@example.com', waitMs: 60000 };
const google = { by: 'google', from: '', waitMs: 0 };
const guest = (name) => ({ email: `${name}@x.example` });
const names = ({ guests }) => guests.map(({ email }) => email[0]).join('');
const [a, b, c] = ['a', 'b', 'c'].map(guest);

// A guest who stays learns nothing of another one.
test('the CRM mails added and removed guests, and the others only for another change', () => {
  const people = (policy, before, after, changes, over) =>
    names(mailsOf(policy, calendar, before, after, changes, over));
  assert.equal(people(crm, [], [a, b], null), 'ab');
  assert.equal(people(crm, [a], [a, b], { attendees: [a, b] }), 'b');
  assert.equal(people(crm, [a, b], [a], { attendees: [a] }), 'b');
  assert.equal(people(crm, [a, b], [a, c], { attendees: [a, c], summary: 'x' }), 'abc');
  assert.equal(people(crm, [a], [a], { color: '3' }), '');
  assert.equal(people(crm, [a], [a], { summary: 'x' }, true), '', 'it is over');
  assert.equal(people(google, [a], [a, b], { attendees: [a, b] }), 'ab');
  const none = mailsOf({ by: 'nobody', from: '', waitMs: 0 }, calendar, [], [a], null);
  assert.deepEqual([none.by, none.guests], ['nobody', []]);
});

test('an appointment is over when it has ended and does not repeat', () => {
  const values = newValues({ startMs: 0, endMs: 3600000, zone: 'Europe/Berlin', calendar: 'c' });
  assert.equal(isOver(values, endMs(values) + 1), true);
  assert.equal(isOver(values, endMs(values) - 1), false);
  const weekly = { ...values, recurrence: { ...values.recurrence, kind: 'weekly' } };
  assert.equal(isOver(weekly, endMs(values) + 1), false);
});

// I-19
test('a wish for one act changes who mails and whom, and can be taken back', () => {
  const guests = [{ email: 'ann@elsewhere.example' }];
  const usual = { by: 'crm', from: 'crm@firm.example', waitMs: 60000, googleWaitMs: 10000, guests };
  assert.deepEqual(wishesFor(usual), ['', 'google', 'nobody']);
  assert.deepEqual(wishesFor({ ...usual, by: 'google' }), ['', 'nobody']);
  assert.deepEqual(wishesFor({ ...usual, guests: [] }), []);
  const silent = wished(usual, 'nobody');
  assert.deepEqual([silent.notify, silent.guests], ['nobody', []]);
  const google = wished(silent, 'google');
  assert.deepEqual(
    [google.notify, google.by, google.from, google.waitMs, google.guests],
    ['google', 'google', '', 10000, guests],
  );
  assert.deepEqual(wished(google, ''), { ...usual, usual, notify: '' });
  // Without guests there is nothing to wish.
  assert.equal(wished({ ...usual, guests: [] }, 'nobody').notify, '');
});
