// The invitations of the CRM through Debian's Postfix into a Maildir: with STARTTLS, the
// certificate of a private authority, and a log-in. Each row of who is mailed, and a crash at every
// step: ./dev verify mail.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { assertTransportable, read } from './mail/readers.mjs';
import { attendee, MailStage } from './mail/stage.mjs';
import { setLogo } from './support/mailer.mjs';
import { today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';

const GUEST = 'erika.muster@elsewhere.example';

test('invitation, update and cancellation reach a mailbox through Postfix', async (t) => {
  const mails = await MailStage.open(shortWorld(today()));
  t.after(() => mails.close());
  const { crm, relay, administrator } = mails;
  await setLogo(crm, mails.account);

  // A certificate whose authority is unknown: nothing leaves, although the connection before was
  // with one that is known, and the page has the reason.
  await administrator.call('PUT', '/api/mail/settings', relay.settings({ ca_file: '' }));
  await administrator.call('POST', '/api/mail/test', {});
  const { errors } = await until('the refusal', async () => {
    const settings = await administrator.call('GET', '/api/mail/settings');
    return settings.errors.length > 0 && settings;
  });
  assert.match(errors[0].text, /certificate/i);
  await administrator.call('PUT', '/api/mail/settings', relay.settings());

  const { id } = await mails.create('Angebot für Müller & Söhne', [GUEST]);
  await crm.syncNow(mails.account);
  const invited = await relay.arrived(GUEST);
  assert.equal(invited.from, 'termine@nordlicht-software.example');
  assertTransportable(invited);
  const first = await read(invited);
  assert.equal(first.method, 'REQUEST');
  assert.equal(first.calendar.events[0].organizer, GOOGLE_ACCOUNT.email);
  assert.equal(first.calendar.events[0].summary, 'Angebot für Müller & Söhne');
  assert.ok(first.logo, 'the logo is in it');
  assert.ok(relay.log().includes('sasl_username=crm'), 'it was sent after a log-in');

  await crm.change(id, { location: 'Köln, Raum 7', attendees: [attendee(GUEST)] });
  await crm.syncNow(mails.account);
  const updated = await read(await relay.arrived(GUEST, 2));
  assert.equal(updated.method, 'REQUEST');
  assert.equal(updated.in_reply_to, first.message_id);

  await crm.erase(id);
  await crm.syncNow(mails.account);
  const cancelled = await read(await relay.arrived(GUEST, 3));
  assert.deepEqual(
    [cancelled.method, cancelled.calendar.events[0].status],
    ['CANCEL', 'CANCELLED'],
  );
  assert.ok(cancelled.calendar.events[0].sequence > updated.calendar.events[0].sequence);
  assert.deepEqual((await mails.stage.google.productEver()).mails, [], "Google's mails");
});
