// Both sides change one series while the account is paused: what does not contradict is on both
// sides afterwards (decision 0026).

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { next, plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';

const ZONE = 'Europe/Berlin';
const GUEST = 'contact@client.example';
const first = next(plus(today(), 3), 'MO');
const third = plus(first, 14);
const range = [`${plus(first, -2)}T00:00:00Z`, `${plus(first, 40)}T00:00:00Z`];

const wall = (instant) =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: ZONE,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(new Date(instant));
const crmTime = (instant) => ({ date_time: instant, time_zone: ZONE });
const later = (instant, hours) => new Date(Date.parse(instant) + hours * 3_600_000).toISOString();

// S-28, PD-08
test('different changes of one date and of its series both stand', async (t) => {
  const stage = await Stage.open({ world: shortWorld(today()) });
  t.after(() => stage.close());
  const { crm, account } = await stage.connected({ existing: 'none' });
  const person = await stage.google.person(GOOGLE_ACCOUNT.email);
  const act = (what) => crm.call('POST', `/api/accounts/${account.id}/${what}`, {});
  const shown = async (event) =>
    (await crm.occurrences(...range)).filter((one) => one.event === event);

  const insert = (summary) =>
    person.insert({
      summary,
      start: { dateTime: `${first}T10:00:00`, timeZone: ZONE },
      end: { dateTime: `${first}T11:00:00`, timeZone: ZONE },
      recurrence: ['RRULE:FREQ=WEEKLY;COUNT=4'],
      attendees: [{ email: GUEST }],
    });
  const names = ['answer and title', 'place and time', 'place and series'];
  const series = {};
  for (const name of names) series[name] = { google: (await insert(name)).id };
  const all = await until('the three series in the CRM', async () => {
    const found = (await crm.occurrences(...range)).filter((one) => names.includes(one.summary));
    return found.length === 12 && found;
  });
  for (const name of names) {
    const dates = all.filter((one) => one.summary === name);
    series[name].crm = dates[0].event;
    series[name].date = dates.find((one) => wall(one.start).startsWith(third));
    series[name].instance = (await person.instances(series[name].google)).find((one) =>
      one.start.dateTime.startsWith(third),
    ).id;
  }

  await act('pause');
  const change = (name, changes, scope = 'this') =>
    crm.change(series[name].crm, changes, {
      scope,
      original_start: series[name].date.original_start,
    });
  const move = ({ start, end }, hours) => ({
    start: crmTime(later(start, hours)),
    end: crmTime(later(end, hours)),
  });
  await person.patch(series['answer and title'].instance, {
    attendees: [{ email: GUEST, responseStatus: 'accepted' }],
  });
  await change('answer and title', { summary: 'X' });
  await person.patch(series['place and time'].instance, { location: 'room 2' });
  await change('place and time', move(series['place and time'].date, 4));
  await person.patch(series['place and series'].instance, { location: 'room 2' });
  await change('place and series', move(series['place and series'].date, 1), 'all');
  await act('resume');
  await crm.syncNow(account.id);

  // Each side as "day time title place answer", for the dates of one series.
  const inCrm = async (name) =>
    (await shown(series[name].crm)).map((one) => {
      const { partstat } = one.guests.find(({ email }) => email === GUEST);
      return `${wall(one.start)} ${one.summary} ${one.location} ${partstat}`;
    });
  const atGoogle = async (name) =>
    (await person.instances(series[name].google)).map((one) => {
      const { responseStatus } = one.attendees.find(({ email }) => email === GUEST);
      const answer = { needsAction: 'needs_action', accepted: 'accepted' }[responseStatus];
      return `${wall(one.start.dateTime)} ${one.summary} ${one.location ?? ''} ${answer}`;
    });
  const expected = (name, time, changed) =>
    [0, 7, 14, 21].map((days) =>
      days === 14 ? `${third} ${changed}` : `${plus(first, days)} ${time} ${name}  needs_action`,
    );
  const wanted = {
    'answer and title': expected('answer and title', '10:00', '10:00 X  accepted'),
    'place and time': expected(
      'place and time',
      '10:00',
      '14:00 place and time room 2 needs_action',
    ),
    'place and series': expected(
      'place and series',
      '11:00',
      '11:00 place and series room 2 needs_action',
    ),
  };
  for (const name of names) {
    let last;
    await until(
      `"${name}" on both sides`,
      async () => {
        last = { crm: (await inCrm(name)).sort(), google: (await atGoogle(name)).sort() };
        return [last.crm, last.google].every(
          (side) => JSON.stringify(side) === JSON.stringify(wanted[name]),
        );
      },
      { timeout: 10_000 },
    ).catch(() => {});
    await t.test(name, () => {
      assert.deepEqual(last.google, wanted[name], 'at Google');
      assert.deepEqual(last.crm, wanted[name], 'in the CRM');
    });
  }
});
