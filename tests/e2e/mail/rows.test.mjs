// Every row of who is mailed when, through Postfix: what is in the mailbox afterwards, and whom
// Google has mailed. `./dev verify mail`. The tests run in order on one account.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { shortWorld } from '../crash/short_story.mjs';
import { appointment } from '../support/browser_stage.mjs';
import { chooseSender } from '../support/mailer.mjs';
import { today } from '../support/stage.mjs';
import { until } from '../support/until.mjs';
import { plus } from '../world/days.mjs';
import { assertTransportable, read } from './readers.mjs';
import { attendee, MailStage } from './stage.mjs';

const ANN = 'ann@elsewhere.example';
const BOB = 'bob@elsewhere.example';
const CORA = 'cora@elsewhere.example';
const ROOM = 'room7@resource.calendar.google.com';

let mails;
let crm;
let lena;
let google;

before(async () => {
  mails = await MailStage.open(shortWorld(today()));
  ({ crm, lena } = mails);
  ({ google } = mails.stage);
});
after(() => mails?.close());

const weekly = { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=5'] };
const day = () => plus(mails.monday, 1);

/** The date number `n` of a series, from 0 on, as the API names it. */
async function dateOf(id, n) {
  const rows = await crm.occurrences(
    `${mails.monday}T00:00:00Z`,
    `${plus(mails.monday, 60)}T00:00:00Z`,
  );
  return rows.filter(({ event }) => event === id)[n].original_start;
}

// "ann REQUEST Invitation", with what else says how far it reaches.
function lineOf(mail) {
  const [event] = mail.calendar.events;
  const words = [mail.to[0].split('@')[0], mail.method, mail.subject.split(':')[0]];
  if (event.recurrence_id) words.push(`of ${event.recurrence_id}`);
  if (event.status === 'CANCELLED') words.push('for all');
  return words.join(' ');
}

/** What has arrived since `forget`, as lines, in any order; and the messages. */
async function arrived() {
  await mails.quiet();
  const messages = [];
  for (const message of mails.messages) {
    assertTransportable(message);
    messages.push(await read(message));
  }
  return { lines: messages.map(lineOf).sort(), messages };
}

const googleMails = async () => (await google.productEver()).mails.length;

/**
 * Makes an appointment that its guests know, acts, and compares what arrives: the lines, in any
 * order.
 */
async function row({ guests = [ANN, BOB], more = {}, when = day(), act, expected, check }) {
  const name = `Row ${Math.random().toString(36).slice(2)}`;
  const { id } = await mails.create(name, guests, more, when);
  await mails.quiet();
  mails.relay.forget();
  const before = await googleMails();
  await act(id, name);
  const { lines, messages } = await arrived();
  assert.deepEqual(lines, expected.sort());
  assert.equal((await googleMails()) - before, 0, "Google's mails");
  await check?.(messages, id);
}

test('what existed is not mailed, and a new appointment invites each guest', async () => {
  assert.deepEqual((await arrived()).lines, []);
  const before = await googleMails();
  await mails.create('New', [ANN, BOB], {}, day());
  assert.deepEqual((await arrived()).lines, ['ann REQUEST Invitation', 'bob REQUEST Invitation']);
  assert.equal(await googleMails(), before);
});

// I-14
for (const [what, changes] of [
  ['title', { summary: 'Another' }],
  ['description', { description: 'What we need' }],
  ['place', { location: 'Room 7' }],
])
  test(`a changed ${what} is mailed to all who stay`, () =>
    row({
      act: (id) => crm.change(id, changes),
      expected: ['ann REQUEST Updated', 'bob REQUEST Updated'],
    }));

test('a changed time is mailed to all who stay, with a raised sequence', () =>
  row({
    act: (id, name) => {
      const { start, end } = appointment(name, day(), '15:00', '16:00');
      return crm.change(id, { start, end });
    },
    expected: ['ann REQUEST Updated', 'bob REQUEST Updated'],
    check: ([mail]) => assert.ok(mail.calendar.events[0].sequence > 0),
  }));

// I-14
test('colour, reminders, transparency and visibility are not mailed', () =>
  row({
    act: (id) =>
      crm.change(id, {
        ...{ color: '5', transparency: 'transparent', visibility: 'private' },
        reminders: [{ method: 'popup', minutes: 5 }],
      }),
    expected: [],
  }));

// I-15
test('an added guest is invited, and the others learn nothing of it', () =>
  row({
    act: (id) => crm.change(id, { attendees: [ANN, BOB, CORA].map((one) => attendee(one)) }),
    expected: ['cora REQUEST Invitation'],
  }));

// I-15, I-34
test('a removed guest is cancelled alone, without the state of the appointment', () =>
  row({
    act: (id) => crm.change(id, { attendees: [attendee(BOB)] }),
    expected: ['ann CANCEL Cancelled'],
  }));

// I-33
test('one date that is changed, and one that is deleted, are mailed alone', async () => {
  await row({
    more: weekly,
    guests: [ANN],
    act: async (id) =>
      crm.change(
        id,
        { location: 'Room 9' },
        { scope: 'this', original_start: await dateOf(id, 1) },
      ),
    expected: [`ann REQUEST Updated of ${plus(day(), 7)}T10:00:00`],
    check: ([mail]) => assert.equal(mail.calendar.events.length, 1),
  });
  await row({
    more: weekly,
    guests: [ANN],
    act: async (id) => crm.erase(id, { scope: 'this', original_start: await dateOf(id, 2) }),
    expected: [`ann CANCEL Cancelled of ${plus(day(), 14)}T10:00:00 for all`],
  });
});

test('a guest of one date only gets this date alone', () =>
  row({
    more: weekly,
    guests: [ANN],
    act: async (id) =>
      crm.change(
        id,
        { attendees: [attendee(ANN), attendee(CORA)] },
        { scope: 'this', original_start: await dateOf(id, 1) },
      ),
    expected: [`cora REQUEST Invitation of ${plus(day(), 7)}T10:00:00`],
  }));

// I-32
test('a changed rule is mailed as one series', () =>
  row({
    more: weekly,
    guests: [ANN],
    act: (id) => crm.change(id, { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=3'] }),
    expected: ['ann REQUEST Updated'],
  }));

// I-20
test('what follows a date becomes a series of its own, and both are mailed', () =>
  row({
    more: weekly,
    guests: [ANN],
    act: async (id, name) => {
      const { start, end } = appointment(name, plus(day(), 14), '15:00', '16:00');
      await crm.change(
        id,
        { start, end },
        { scope: 'following', original_start: await dateOf(id, 2) },
      );
    },
    expected: ['ann REQUEST Invitation', 'ann REQUEST Updated'],
    check: (messages) =>
      assert.equal(new Set(messages.map((mail) => mail.calendar.events[0].uid)).size, 2),
  }));

test('what follows a date is deleted: the series that is left is mailed', () =>
  row({
    more: weekly,
    guests: [ANN],
    act: async (id) => crm.erase(id, { scope: 'following', original_start: await dateOf(id, 2) }),
    expected: ['ann REQUEST Updated'],
  }));

// I-22, I-34, I-35
test('a deleted appointment is cancelled for all', () =>
  row({
    act: (id) => crm.erase(id),
    expected: ['ann CANCEL Cancelled for all', 'bob CANCEL Cancelled for all'],
    check: (messages) => {
      for (const mail of messages) assert.ok(mail.calendar.events[0].sequence > 0);
    },
  }));

test('what is undone after its mail has left is cancelled', async () => {
  const { undo } = await mails.create('Undone late', [ANN]);
  await mails.quiet();
  mails.relay.forget();
  await crm.undo(undo);
  assert.deepEqual((await arrived()).lines, ['ann CANCEL Cancelled for all']);
});

// I-12
test('what comes from Google is not mailed by the CRM', () =>
  row({
    act: async (id, name) => {
      const [event] = await lena.find(name);
      await lena.patch(event.id, { location: 'By Google' });
      await until('it in the CRM', async () => {
        await crm.syncNow(mails.account);
        return (await crm.event(id)).event.location === 'By Google';
      });
    },
    expected: [],
  }));

// I-13
test('what is over is not mailed', () =>
  row({
    when: plus(today(), -3),
    act: (id) => crm.change(id, { location: 'Room 7' }),
    expected: [],
  }));

// I-09, I-10
test('a room is mailed nothing, and guests who may not see each other are not named', async () => {
  const { start, end } = appointment('Hidden guests', day(), '12:00', '13:00');
  const at = ({ date_time, time_zone }) => ({ dateTime: date_time, timeZone: time_zone });
  await lena.insert({
    ...{ summary: 'Hidden guests', start: at(start), end: at(end) },
    guestsCanSeeOtherGuests: false,
    attendees: [{ email: ANN }, { email: BOB }, { email: ROOM, resource: true }],
  });
  const { event: id } = await until('it in the CRM', async () => {
    await crm.syncNow(mails.account);
    const rows = await crm.occurrences(
      `${mails.monday}T00:00:00Z`,
      `${plus(mails.monday, 7)}T00:00:00Z`,
    );
    return rows.find(({ summary }) => summary === 'Hidden guests');
  });
  await mails.quiet();
  mails.relay.forget();
  await crm.change(id, { location: 'Room 7' });
  const { lines, messages } = await arrived();
  assert.deepEqual(lines, ['ann REQUEST Updated', 'bob REQUEST Updated']);
  for (const mail of messages) {
    assert.deepEqual(mail.calendar.events[0].attendees, mail.to);
    const [other] = [ANN, BOB].filter((one) => one !== mail.to[0]);
    for (const part of [mail.text, mail.html]) assert.ok(!part.includes(other), other);
  }
});

// I-01
test('without a mail server that works Google mails, and the CRM nothing', async () => {
  const { administrator, relay } = mails;
  await administrator.call('PUT', '/api/mail/settings', relay.settings({ user: 'stranger' }));
  await crm.syncNow(mails.account);
  relay.forget();
  const before = await googleMails();
  await mails.create('By Google', [ANN], {}, day());
  await crm.syncNow(mails.account);
  await until('Google to mail', async () => (await googleMails()) > before);
  assert.deepEqual(mails.messages, []);
});

test('no guest is mailed where the account is set to that', async () => {
  await chooseSender(crm, mails.account, 'nobody', 'en');
  const before = await googleMails();
  const { id } = await mails.create('Silent', [ANN], {}, day());
  await until('it at Google', async () => {
    await crm.syncNow(mails.account);
    return (await lena.find('Silent'))[0];
  });
  await crm.erase(id);
  await until('its end at Google', async () => {
    await crm.syncNow(mails.account);
    return !(await lena.find('Silent'))[0];
  });
  assert.equal(await googleMails(), before);
  assert.deepEqual(mails.messages, []);
});
