// An event that its user moves at Google from one visible calendar to another stays one appointment
// of the CRM, and what a deletion meets on the other side.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { connect, storeClient } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { next, plus } from './world/days.mjs';
import { ADMINISTRATOR, SALESPERSON, USERS } from './world/people.mjs';

const ZONE = 'Europe/Berlin';
const ME = 'mover@example.com';
const TEAM = 'team@group.calendar.google.com';
const GUEST = 'lead@client.example';
const OTHER = 'other@client.example';
const day = next(plus(today(), 10), 'MO');
const range = [`${plus(day, -3)}T00:00:00Z`, `${plus(day, 40)}T00:00:00Z`];
const week = (n) => plus(day, 7 * n);

const timed = (summary, hour, more = {}) => ({
  summary,
  start: { dateTime: `${day}T${hour}:00:00`, timeZone: ZONE },
  end: { dateTime: `${day}T${hour}:30:00`, timeZone: ZONE },
  ...more,
});
const weekly = { recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'] };
const invited = { attendees: [{ email: GUEST }] };

let stage;
let crm;
let account;
let person;
before(async () => {
  const calendars = [
    { primary: true, summary: ME, access_role: 'owner', time_zone: ZONE },
    { id: TEAM, summary: 'Team', access_role: 'owner', time_zone: ZONE },
  ];
  const lead = { name: 'Lea Lead', company: 'Client', emails: [GUEST], phone: '', title: '' };
  stage = await Stage.open({
    world: {
      today: today(),
      holidays: '',
      google: { accounts: [{ email: ME, name: 'Mover', calendars }] },
      crm: { users: USERS, leads: [lead], contacts: [], appointments: [] },
    },
  });
  await storeClient(await stage.login(ADMINISTRATOR));
  crm = await stage.login(SALESPERSON);
  ({ account } = await connect(crm, ME, { visible: [ME, TEAM] }));
  // What happens between the preview and the opening of a channel is seen a minute later.
  await until(
    'the channels of both calendars',
    async () => (await stage.google.channels()).channels?.length === 2,
  );
  person = await stage.google.person(ME);
});
after(() => stage?.close());

const act = (what) => crm.call('POST', `/api/accounts/${account.id}/${what}`, {});
const mails = async () => (await stage.google.stats()).mails;
const move = (id, from, to) =>
  person.call('POST /calendar/v3/calendars/{calendarId}/events/{eventId}/move', () =>
    person.api.events.move({ calendarId: from, eventId: id, destination: to }),
  );
const shown = async (summary) =>
  (await crm.occurrences(...range)).filter((one) => one.summary === summary);
const one = (summary, count = 1) =>
  until(`${count} dates of ${summary} in the CRM`, async () => {
    const found = await shown(summary);
    return found.length === count && found;
  });
const calendarOf = async (isDefault) =>
  (await crm.calendars()).find((each) => each.account && each.is_default === isDefault).id;

/** Synchronises until nothing happens any more. */
async function settle() {
  for (let runs = 0; runs < 10 && (await crm.syncNow(account.id)).changed > 0; ++runs);
}

// P-22
test('an event moved to another calendar and back keeps its appointment', async () => {
  const { id } = await person.insert(timed('visit', '10', invited));
  const [before] = await one('visit');
  const sent = (await mails()).length;
  const lead = await crm.record('leads', 'Lea Lead');
  const onCard = async () =>
    (await crm.card('leads', lead.id)).upcoming.map((each) => each.event + each.calendar);

  for (const [from, to, isDefault] of [
    ['primary', TEAM, false],
    [TEAM, 'primary', true],
  ]) {
    await move(id, from, to);
    await settle();
    const found = await shown('visit');
    assert.equal(found.length, 1, `once, after the move to ${to}`);
    assert.equal(found[0].event, before.event, `the same appointment, in ${to}`);
    assert.equal(found[0].calendar, await calendarOf(isDefault));
    assert.deepEqual(await onCard(), [before.event + found[0].calendar]);
  }
  assert.equal((await mails()).length, sent, 'no guest is mailed');

  await crm.change(before.event, { summary: 'visit, renamed' });
  await until('the new title', async () => (await person.get(id)).summary === 'visit, renamed');
  await person.erase(id);
  await settle();
  assert.deepEqual(await shown('visit, renamed'), []);
});

// P-22
test('a moved series keeps its appointment and its changed dates', async () => {
  const { id } = await person.insert(timed('course', '12', weekly));
  const [before] = await one('course', 4);
  const dates = await person.instances(id);
  await person.patch(dates[1].id, { summary: 'special' });
  await person.erase(dates[2].id);
  await settle();
  await move(id, 'primary', TEAM);
  await settle();
  const left = [...(await shown('course')), ...(await shown('special'))];
  assert.deepEqual(
    left.map((each) => `${each.event} ${each.summary} ${each.start.slice(0, 10)}`).sort(),
    [`course ${week(0)}`, `special ${week(1)}`, `course ${week(3)}`]
      .map((each) => `${before.event} ${each}`)
      .sort(),
  );
  await move(id, TEAM, 'primary');
  await settle();
  assert.equal((await shown('special'))[0].event, before.event);
});

// P-22
test('many moved events are no burst of deletions', async () => {
  const inserted = [];
  for (let n = 0; n < 15; ++n) inserted.push((await person.insert(timed(`visit ${n}`, '14'))).id);
  const ids = [];
  for (let n = 0; n < 15; ++n) ids.push((await one(`visit ${n}`))[0].event);
  await act('pause');
  await person.patch(inserted[0], { location: 'Room 2' });
  for (const id of inserted) await move(id, 'primary', TEAM);
  await act('resume');
  await settle();
  for (let n = 0; n < 15; ++n) {
    const found = await shown(`visit ${n}`);
    assert.deepEqual(
      found.map(({ event }) => event),
      [ids[n]],
      `visit ${n}`,
    );
  }
  assert.equal((await shown('visit 0'))[0].location, 'Room 2');
});

// S-28, PD-08
test('a deletion at Google gives way to a guest that is added in the CRM', async () => {
  for (const summary of ['answer', 'guest', 'date: answer', 'date: guest'])
    await person.insert(
      timed(summary, '16', { ...invited, ...(summary.startsWith('date') ? weekly : {}) }),
    );
  const series = {};
  for (const summary of ['answer', 'guest', 'date: answer', 'date: guest']) {
    const [date] = await one(summary, summary.startsWith('date') ? 4 : 1);
    const [event] = await person.find(summary);
    series[summary] = { crm: date.event, google: event.id, original: date.original_start };
  }
  await act('pause');
  for (const [summary, { crm: id, google, original }] of Object.entries(series)) {
    const single = summary.startsWith('date');
    const gone = single ? `${google}_${original.replace(/[-:]/g, '')}` : google;
    await person.erase(gone);
    const { event } = await crm.event(id);
    const attendees = summary.endsWith('guest')
      ? [...event.attendees, { email: OTHER }]
      : event.attendees.map((guest) => ({ ...guest, partstat: 'accepted' }));
    await crm.change(id, { attendees }, single ? { scope: 'this', original_start: original } : {});
  }
  await act('resume');
  await settle();
  const guests = (list) => (list ?? []).map(({ email }) => email).sort();
  const both = async (summary) => {
    const here = (await shown(summary)).map(
      (each) => `${each.start.slice(0, 10)} ${guests(each.guests)}`,
    );
    const there = (
      await person.list('primary', { singleEvents: true, timeMin: range[0], timeMax: range[1] })
    )
      .filter((each) => each.summary === summary)
      .map((each) => `${each.start.dateTime.slice(0, 10)} ${guests(each.attendees)}`);
    assert.deepEqual(here.sort(), there.sort(), `${summary}: both sides`);
    return here.length ? here[0] : null;
  };
  assert.equal(await both('answer'), null, 'an answer does not outweigh the deletion');
  assert.equal(await both('guest'), `${day} ${guests([{ email: GUEST }, { email: OTHER }])}`);
  assert.equal((await both('date: answer')).slice(0, 10), week(1));
  assert.equal(await both('date: guest'), `${day} ${guests([{ email: GUEST }, { email: OTHER }])}`);
});
