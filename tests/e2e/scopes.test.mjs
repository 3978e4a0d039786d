// "This", "this and following" and "all" mean in the CRM what they mean on Google's page, for every
// field and every date: each act is played in the CRM on one series and on Google's page on its
// twin, and then all four show the same dates with the same content. A date of the series is
// renamed and has guests and answers of its own, one is cancelled and one is moved.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { PLUGIN } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { next, nth, plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';

const ZONE = 'Europe/Berlin';
const ME = GOOGLE_ACCOUNT.email;
const CONTACT = 'contact@client.example';
const SPECIAL = 'special@client.example';
const NEW = 'new@client.example';
const first = next(plus(today(), 10), 'MO');
const range = [`${plus(first, -20)}T00:00:00Z`, `${plus(first, 500)}T00:00:00Z`];
const week = (n) => plus(first, 7 * n);
// Which date an act names: indices of the series.
const POSITIONS = { first: 0, second: 1, renamed: 2, moved: 4, last: 6 };

const wallOf = (instant, zone = ZONE) =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(new Date(instant));
// The instant of a wall-clock time, as both APIs write it.
function instantOf(day, clock, zone = ZONE) {
  const guess = new Date(`${day}T${clock}:00Z`);
  const off = new Date(`${wallOf(guess, zone).replace(' ', 'T')}:00Z`) - guess;
  return new Date(guess - off).toISOString().replace('.000', '');
}
const originalOf = (n) => instantOf(week(n), '10:00');
const basic = (instant) => instant.replace(/[-:]/g, '');
const dayLater = (wall, days) => plus(wall.slice(0, 10), days) + wall.slice(10);
const hourLater = (wall, minutes) =>
  new Date(Date.parse(`${wall.replace(' ', 'T')}:00Z`) + minutes * 60_000)
    .toISOString()
    .slice(0, 16)
    .replace('T', ' ');

// --- The acts. `times` and `guests` get what the user sees at the date.

const timed = (start, end, zone = ZONE) => ({ start, end, zone });
const ACTS = {
  'title': { crm: { summary: 'new title' }, google: { summary: 'new title' } },
  'description': { crm: { description: 'new' }, google: { description: 'new' } },
  'no description': { crm: { description: null }, google: { description: null } },
  'place': { place: 'room 2' },
  'shown as free': {
    crm: { transparency: 'transparent' },
    google: { transparency: 'transparent' },
  },
  'private': { crm: { visibility: 'private' }, google: { visibility: 'private' } },
  'colour': { crm: { color: '5' }, google: { colorId: '5' } },
  'reminders': {
    crm: { reminders: [{ method: 'popup', minutes: 5 }] },
    google: { reminders: { useDefault: false, overrides: [{ method: 'popup', minutes: 5 }] } },
  },
  'an hour later': { times: ([start, end]) => timed(hourLater(start, 60), hourLater(end, 60)) },
  'a day later': { times: ([start, end]) => timed(dayLater(start, 1), dayLater(end, 1)) },
  'a day and two hours earlier': {
    times: ([start, end]) =>
      timed(hourLater(dayLater(start, -1), -120), hourLater(dayLater(end, -1), -120)),
  },
  'half an hour longer': { times: ([start, end]) => timed(start, hourLater(end, 30)) },
  'another zone': { times: ([start, end]) => timed(start, end, 'America/New_York') },
  'all day': { times: ([start]) => ({ day: start.slice(0, 10) }) },
  'title and time': {
    crm: { summary: 'both' },
    google: { summary: 'both' },
    times: ([start, end]) => timed(hourLater(start, 90), hourLater(end, 90)),
  },
  'a guest added': { guests: (list) => [...list, { email: NEW }] },
  'a guest removed': { guests: (list) => list.filter(({ email }) => email !== CONTACT) },
  'no guests': { guests: () => [] },
  'the own answer': {
    guests: (list, answer) => list.map((one) => (one.email === ME ? answer(one, 'declined') : one)),
  },
  'every second week': { rule: ['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;COUNT=3'] },
  'ends earlier': { rule: ['RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4'] },
  'ends later': { rule: ['RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=9'] },
  'no longer repeats': { rule: null },
  'deleted': { erase: true },
};

// Google's page makes a series that moves or gets another pattern again, without what was done to
// single dates; the CRM keeps that (decision 0036). Compared is what each of them does on both
// sides.
const makesAgain = (act, position) =>
  act === 'every second week' ||
  ('times' in ACTS[act] && (act !== 'half an hour longer' || position === 'moved'));

const one = (scope, at, act) => ({ scope, at, act });
// Acts on a series that was split before.
const SEQUENCES = {
  'all after following': [one('following', 4, 'title'), one('all', 1, 'place')],
  'all of the later part': [one('following', 2, 'title'), one('all', 5, 'place')],
  'following before an earlier following': [
    one('following', 5, 'title'),
    one('following', 1, 'place'),
  ],
  'a guest of all parts': [one('following', 1, 'title'), one('all', 2, 'a guest added')],
  'all after a part was moved': [one('following', 4, 'an hour later'), one('all', 0, 'place')],
  'a part is moved': [one('following', 5, 'title'), one('all', 0, 'an hour later')],
};

// Other rules, without dates of their own: where each begins, and its lines.
const monthAfter = (n) => {
  const months = +first.slice(5, 7) - 1 + n;
  return [+first.slice(0, 4) + Math.floor(months / 12), (months % 12) + 1];
};
const long = [1, 2, 3].map(monthAfter).find(([, month]) => [1, 3, 5, 7, 8, 10, 12].includes(month));
const RULES = {
  'two days of every second week': [first, 'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO;COUNT=6'],
  'every second Tuesday': [nth(...monthAfter(1), 'TU', 2), 'FREQ=MONTHLY;BYDAY=2TU;COUNT=5'],
  'every last Friday': [nth(...monthAfter(1), 'FR', -1), 'FREQ=MONTHLY;BYDAY=-1FR;COUNT=5'],
  'every 31st': [
    `${long[0]}-${String(long[1]).padStart(2, '0')}-31`,
    'FREQ=MONTHLY;BYMONTHDAY=31;COUNT=5',
  ],
  'every third day until a day': [
    first,
    `FREQ=DAILY;INTERVAL=3;UNTIL=${basic(instantOf(plus(first, 13), '10:00'))}`,
  ],
};

const cases = [];
for (const act of Object.keys(ACTS))
  for (const scope of 'rule' in ACTS[act] ? ['following', 'all'] : ['this', 'following', 'all'])
    for (const [position, at] of Object.entries(POSITIONS))
      cases.push({
        group: act,
        name: `${scope}, ${position} date`,
        acts: [one(scope, at, act)],
        remade: scope !== 'this' && makesAgain(act, position),
      });
for (const [name, acts] of Object.entries(SEQUENCES))
  cases.push({ group: 'split before', name, acts, remade: makesAgain(acts.at(-1).act) });
for (const [name, rule] of Object.entries(RULES))
  for (const act of ['title', 'an hour later', 'all day', 'deleted'])
    for (const scope of ['this', 'following', 'all'])
      for (const n of [0, 2])
        cases.push({
          group: 'other rules',
          name: `${name}: ${act}, ${scope}, date ${n}`,
          rule,
          acts: [one(scope, n, act)],
        });
cases.forEach((each, n) => (each.id = `k${String(n).padStart(4, '0')}`));

// --- The world: two equal series for each case. The place says to which one a date belongs.

const at = (day, clock) => ({ dateTime: `${day}T${clock}:00`, timeZone: ZONE });
function eventsOf(id, rule) {
  const answered = (email, responseStatus) => ({ email, responseStatus });
  const master = {
    summary: 'plain',
    location: `${id}:room 1`,
    description: 'common',
    start: at(first, '10:00'),
    end: at(first, '11:00'),
    attendees: [answered(ME, 'accepted'), answered(CONTACT, 'needsAction')],
    guestsCanInviteOthers: false, // unknown to the CRM, as are the properties
    extendedProperties: { shared: { project: '7' } },
  };
  if (rule) {
    const [start, line] = rule;
    const dates = { start: at(start, '10:00'), end: at(start, '11:00') };
    return [{ ...master, ...dates, id, recurrence: [`RRULE:${line}`] }];
  }
  const exception = (n) => ({
    id: `${id}_${basic(originalOf(n))}`,
    recurringEventId: id,
    originalStartTime: at(week(n), '10:00'),
  });
  const dates = (n) => ({ start: at(week(n), '10:00'), end: at(week(n), '11:00') });
  return [
    { ...master, id, recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=7'] },
    {
      ...master,
      ...exception(2),
      ...dates(2),
      summary: 'special',
      description: 'own',
      attendees: [
        answered(ME, 'accepted'),
        answered(CONTACT, 'tentative'),
        answered(SPECIAL, 'accepted'),
      ],
    },
    { ...exception(3), ...dates(3), status: 'cancelled' },
    { ...master, ...exception(4), start: at(week(4), '15:00'), end: at(week(4), '15:30') },
  ];
}
function world() {
  const made = shortWorld(today());
  const [calendar] = made.google.accounts[0].calendars;
  calendar.events = cases.flatMap(({ id, rule }) => [
    ...eventsOf(`${id}a`, rule),
    ...eventsOf(`${id}b`, rule),
  ]);
  made.crm.appointments = [];
  return made;
}

// --- What each side shows of one series: a text for each date.

const ANSWERS = {
  needsAction: 'needs_action',
  needs_action: 'needs_action',
  accepted: 'accepted',
  declined: 'declined',
  tentative: 'tentative',
};
const guestsText = (list, answer) =>
  (list ?? [])
    .map((guest) => `${guest.email.split('@')[0]} ${ANSWERS[answer(guest) ?? 'needs_action']}`)
    .sort()
    .join(', ');
const shown = (start, end, zone) =>
  start.length === 10 ? `${start} - ${end}` : `${wallOf(start)} - ${wallOf(end).slice(11)} ${zone}`;
const text = (parts) => parts.filter(Boolean).join(' | ');

/** Place to sorted texts. */
async function inCrm(crm) {
  const documents = new Map();
  const found = {};
  for (const occurrence of await crm.occurrences(...range)) {
    const id = occurrence.event;
    if (!documents.has(id)) documents.set(id, (await crm.event(id)).event);
    const document = documents.get(id);
    const own = document.occurrences?.find(
      ({ original_start: start }) => (start.date ?? start.date_time) === occurrence.original_start,
    );
    const event = own?.event ?? document;
    const [series, place] = (event.location ?? ':').split(':');
    (found[series] ??= []).push(
      text([
        shown(occurrence.start, occurrence.end, event.start.time_zone),
        event.summary,
        place,
        event.description,
        guestsText(event.attendees, (guest) => guest.partstat),
        event.transparency === 'transparent' && 'free',
        event.visibility === 'private' && 'private',
        event.color && `colour ${event.color}`,
        event.reminders && `reminders ${JSON.stringify(event.reminders.map((r) => r.minutes))}`,
      ]),
    );
  }
  for (const list of Object.values(found)) list.sort();
  return found;
}

async function atGoogle(person) {
  const found = {};
  const items = await person.list('primary', {
    singleEvents: true,
    timeMin: range[0],
    timeMax: range[1],
  });
  for (const event of items) {
    const [series, place] = (event.location ?? ':').split(':');
    // A new event of whole days has the calendar's own reminders for such, which are not compared.
    const reminders =
      event.start.dateTime && event.reminders?.useDefault === false && event.reminders.overrides;
    const kept = !event.guestsCanInviteOthers && event.extendedProperties?.shared?.project === '7';
    (found[series] ??= []).push(
      text([
        shown(
          event.start.date ?? event.start.dateTime,
          event.end.date ?? event.end.dateTime,
          event.start.timeZone,
        ),
        event.summary,
        place,
        event.description,
        guestsText(event.attendees, (guest) => guest.responseStatus),
        event.transparency === 'transparent' && 'free',
        event.visibility === 'private' && 'private',
        event.colorId && `colour ${event.colorId}`,
        reminders && `reminders ${JSON.stringify(reminders.map((r) => r.minutes))}`,
        !kept && 'without what the CRM does not know',
      ]),
    );
  }
  for (const list of Object.values(found)) list.sort();
  return found;
}

// --- Playing an act.

/** Of each series and original start, the occurrence that the CRM shows. */
const occurrences = async (crm) =>
  new Map(
    (await crm.occurrences(...range)).map((each) => [
      `${each.location.split(':')[0]} ${each.original_start}`,
      each,
    ]),
  );

/** An act in the CRM, on the series `id`. `known`: the result of `occurrences`. */
async function playInCrm(crm, known, id, { scope, original, act }) {
  const { crm: fields = {}, place, times, guests, rule, erase } = ACTS[act];
  const occurrence = known.get(`${id} ${original}`);
  assert.ok(occurrence, `${id} has no date ${original}`);
  const options = { scope, original_start: original };
  if (erase) return crm.erase(occurrence.event, options);
  const changes = { ...fields };
  if (place) changes.location = `${id}:${place}`;
  if (rule !== undefined) changes.recurrence = rule;
  if (times) {
    const moved = times([wallOf(occurrence.start), wallOf(occurrence.end)]);
    const time = (wall) => ({
      date_time: instantOf(wall.slice(0, 10), wall.slice(11), moved.zone),
      time_zone: moved.zone,
    });
    changes.start = moved.day ? { date: moved.day } : time(moved.start);
    changes.end = moved.day ? { date: plus(moved.day, 1) } : time(moved.end);
  }
  if (guests) {
    const { event } = await crm.event(occurrence.event);
    const own = event.occurrences?.find(({ original_start: s }) => s.date_time === original);
    changes.attendees = guests((own?.event ?? event).attendees, (guest, partstat) => ({
      ...guest,
      partstat,
    }));
  }
  return crm.change(occurrence.event, changes, options);
}

/** The same on Google's page, as src/emulator/page/event_actions.js does it. */
async function playOnPage(google, person, id, { scope, original, act }) {
  const { google: fields = {}, place, times, guests, rule, erase } = ACTS[act];
  const event = `${id}_${basic(original)}`;
  const page = { email: ME, calendar: 'primary', event, scope };
  if (erase)
    return scope === 'this'
      ? person.erase(event)
      : google.control('POST', '/series', { ...page, delete: true });
  const change = { ...fields };
  if (place) change.location = `${id}:${place}`;
  if (rule !== undefined) change.recurrence = rule;
  if (times || guests) {
    const seen = await person.get(event);
    if (times) {
      const moved = times([wallOf(seen.start.dateTime), wallOf(seen.end.dateTime)]);
      const time = (wall) => ({
        dateTime: `${wall.replace(' ', 'T')}:00`,
        timeZone: moved.zone,
        date: null,
      });
      const day = (date) => ({ date, dateTime: null, timeZone: null });
      change.start = moved.day ? day(moved.day) : time(moved.start);
      change.end = moved.day ? day(plus(moved.day, 1)) : time(moved.end);
    }
    if (guests)
      change.attendees = guests(seen.attendees, (guest, responseStatus) => ({
        ...guest,
        responseStatus,
      }));
  }
  return scope === 'this'
    ? person.patch(event, change)
    : google.control('POST', '/series', { ...page, change });
}

// S-27, S-29, P-09
test("the scopes of the CRM are those of Google's page", async (t) => {
  const stage = await Stage.open({ world: world() });
  t.after(() => stage.close());
  const { crm, account } = await stage.connected({ existing: 'none' });
  const person = await stage.google.person(ME, { apart: true });
  const act = (what) => crm.call('POST', `/api/accounts/${account.id}/${what}`, {});

  const originals = await until(
    'the import',
    async () => {
      const series = {};
      for (const name of (await occurrences(crm)).keys()) {
        const [id, original] = name.split(' ');
        (series[id] ??= []).push(original);
      }
      return Object.keys(series).length === 2 * cases.length && series;
    },
    { timeout: 60_000 },
  );
  const stepOf = ({ id, rule, acts }, round) => {
    const { at: n, ...act } = acts[round];
    return { ...act, original: rule ? originals[`${id}a`].sort()[n] : originalOf(n) };
  };
  // Together the acts mail more guests than a run may: the user agrees while a run leaves some.
  const agree = async () => {
    const { flow, step } = await crm.startFlow(PLUGIN, 'options', account.id);
    if (!step.options.some((choice) => choice.step === 'send_mails')) return false;
    await crm.answer(flow, 'send_mails', {});
    return true;
  };
  const synchronise = async () => {
    for (let runs = 0; runs < 40; ++runs)
      if ((await crm.syncNow(account.id)).changed === 0 && !(await agree())) return;
    assert.fail('the runs do not come to rest');
  };
  const refused = {};
  for (const round of [0, 1]) {
    const played = cases.filter(({ acts }) => acts.length > round);
    // One side after the other: what both would make new with one title at one time is one
    // appointment.
    await act('pause');
    const known = await occurrences(crm);
    for (const each of played)
      await playInCrm(crm, known, `${each.id}a`, stepOf(each, round)).catch((error) => {
        (refused[each.id] ??= {}).crm = `${round}: ${error.message}`;
      });
    await act('resume');
    await synchronise();
    for (const each of played)
      await playOnPage(stage.google, person, `${each.id}b`, stepOf(each, round)).catch((error) => {
        (refused[each.id] ??= {}).page = `${round}: ${error.message}`;
      });
    await synchronise();
  }

  const [here, there] = [await inCrm(crm), await atGoogle(person)];
  for (const group of new Set(cases.map((each) => each.group)))
    await t.test(group, () => {
      const wrong = [];
      for (const { id, name, remade } of cases.filter((each) => each.group === group)) {
        const views = {
          'page, Google': there[`${id}b`] ?? [],
          'page, CRM': here[`${id}b`] ?? [],
          'CRM, Google': there[`${id}a`] ?? [],
          'CRM, CRM': here[`${id}a`] ?? [],
        };
        if (refused[id]) wrong.push(`${name}: refused ${JSON.stringify(refused[id])}`);
        for (const [view, dates] of Object.entries(views)) {
          const wanted = views[remade && view.startsWith('CRM') ? 'CRM, Google' : 'page, Google'];
          const lacks = wanted.filter((date) => !dates.includes(date));
          const extra = dates.filter((date) => !wanted.includes(date));
          if (lacks.length + extra.length > 0 || dates.length !== wanted.length)
            wrong.push(
              [
                `${name}: ${view}`,
                ...lacks.map((d) => `  - ${d}`),
                ...extra.map((d) => `  + ${d}`),
              ].join('\n'),
            );
        }
      }
      assert.ok(wrong.length === 0, `${wrong.length} differences\n${wrong.join('\n')}`);
    });
});
