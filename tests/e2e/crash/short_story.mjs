// A short story with every kind of write: set-up, and one act of each kind on each side. It is
// short because it is played once for every write and every request in it.

import { GOOGLE_ACCOUNT, SALESPERSON, USERS } from '../world/people.mjs';
import { connect } from '../support/setup.mjs';
import { plus } from '../world/days.mjs';
import { appointment } from '../world/crm.mjs';
import { crmOccurrences, googleOccurrences } from '../story/compare.mjs';

const ZONE = 'Europe/Berlin';
const timed = (day, from, to) => ({
  start: { dateTime: `${day}T${from}:00`, timeZone: ZONE },
  end: { dateTime: `${day}T${to}:00`, timeZone: ZONE },
});

export function shortWorld(today) {
  const day = plus(today, 10);
  const lead = {
    name: 'Thorsten Müller',
    company: 'Müller Maschinenbau',
    emails: ['thorsten.mueller@mueller-maschinenbau.example'],
    phone: '',
    title: '',
  };
  const contact = {
    name: 'Petra Schulz',
    company: 'Hansa Verpackung',
    emails: ['petra.schulz@hansa-verpackung.example'],
    phone: '',
    title: '',
  };
  const guest = { email: lead.emails[0] };
  return {
    today,
    holidays: '',
    google: {
      accounts: [
        {
          email: GOOGLE_ACCOUNT.email,
          name: GOOGLE_ACCOUNT.name,
          calendars: [
            {
              primary: true,
              summary: GOOGLE_ACCOUNT.email,
              access_role: 'owner',
              time_zone: ZONE,
              events: [
                {
                  id: 'galt0000',
                  summary: 'G alt',
                  ...timed(day, '09:00', '10:00'),
                  attendees: [guest],
                },
                { id: 'gweg0000', summary: 'G weg', ...timed(day, '11:00', '12:00') },
                {
                  id: 'gserie00',
                  summary: 'G Serie',
                  ...timed(day, '13:00', '13:30'),
                  recurrence: ['RRULE:FREQ=DAILY;COUNT=5'],
                },
                {
                  id: 'ctag0000',
                  summary: 'C alt',
                  start: { date: day },
                  end: { date: plus(day, 2) },
                },
                { id: 'cweg0000', summary: 'C weg', ...timed(day, '15:00', '16:00') },
                {
                  id: 'cserie00',
                  summary: 'C Serie',
                  ...timed(day, '17:00', '17:30'),
                  recurrence: ['RRULE:FREQ=DAILY;COUNT=6'],
                },
              ],
            },
          ],
        },
      ],
    },
    crm: {
      users: USERS.slice(0, 2),
      leads: [lead],
      contacts: [contact],
      appointments: [
        {
          user: SALESPERSON.email,
          summary: 'L lokal',
          ...appointment(plus(today, 4), '09:00', 30),
          attendees: [{ email: contact.emails[0], name: contact.name }],
        },
      ],
    },
  };
}

export const rangeOf = (world) => ({ from: plus(world.today, -5), to: plus(world.today, 40) });

/** The set-up as one act: while the account is missing, it is started again. */
export function setUpAct(crm, existing = 'all') {
  const listed = async () =>
    (await crm.accounts()).filter((account) => account.identity === GOOGLE_ACCOUNT.email);
  return {
    name: 'set-up',
    done: async () => (await listed()).length === 1,
    act: async () => {
      for (const { flow } of await crm.flows()) await crm.dropFlow(flow);
      await connect(crm, GOOGLE_ACCOUNT.email, { existing });
    },
    settled: async () => {
      const accounts = await listed();
      if (accounts.length > 1) throw new Error('the account is listed twice');
      return accounts[0]?.health?.state === 'ok';
    },
  };
}

/** One act of each kind, each settled before the next. */
export function acts(s) {
  const { crm, person, world } = s;
  const range = rangeOf(world);
  const day = plus(world.today, 10);
  const here = async (summary) =>
    (await crm.occurrences(`${range.from}T00:00:00Z`, `${range.to}T00:00:00Z`)).filter(
      (one) => one.summary === summary,
    );
  const there = async (summary, options) =>
    (await person.list('primary', options)).filter((event) => event.summary === summary);
  const expanded = {
    singleEvents: true,
    timeMin: `${range.from}T00:00:00Z`,
    timeMax: `${range.to}T00:00:00Z`,
  };
  const event = async (summary) => (await here(summary))[0].event;
  const instance = async (series, index) => (await person.instances(series))[index];
  const crmTimes = (from, to) => ({
    start: { date_time: `${day}T${from}:00Z`, time_zone: ZONE },
    end: { date_time: `${day}T${to}:00Z`, time_zone: ZONE },
  });
  const nth = async (summary, index) =>
    (await here(summary)).sort((a, b) => (a.start < b.start ? -1 : 1))[index];
  return [
    {
      name: 'Google inserts',
      done: async () => (await there('G neu')).length === 1,
      act: () =>
        person.insert({
          id: 'gneu0000',
          summary: 'G neu',
          ...timed(plus(day, 1), '09:00', '09:45'),
          attendees: [{ email: 'petra.schulz@hansa-verpackung.example' }],
        }),
      settled: async () => (await here('G neu')).length === 1,
    },
    {
      name: 'Google edits',
      done: async () => (await person.get('galt0000')).location === 'Raum 1',
      act: () => person.patch('galt0000', { location: 'Raum 1' }),
      settled: async () => (await here('G alt'))[0].location === 'Raum 1',
    },
    {
      name: 'Google moves an instance',
      done: async () => (await there('G Serie verlegt', expanded)).length === 1,
      act: async () =>
        person.patch((await instance('gserie00', 1)).id, {
          summary: 'G Serie verlegt',
          ...timed(plus(day, 1), '20:00', '20:30'),
        }),
      settled: async () => (await here('G Serie verlegt')).length === 1,
    },
    {
      name: 'Google deletes',
      done: async () => !(await person.maybe('gweg0000')),
      act: () => person.erase('gweg0000'),
      settled: async () => (await here('G weg')).length === 0,
    },
    {
      name: 'CRM creates',
      done: async () => (await here('C neu')).length === 1,
      act: () =>
        crm.create({
          summary: 'C neu',
          ...crmTimes('06:00', '06:30'),
          attendees: [{ email: 'thorsten.mueller@mueller-maschinenbau.example' }],
        }),
      settled: async () => (await there('C neu')).length === 1,
    },
    {
      name: 'CRM edits',
      done: async () => (await crm.event(await event('C alt'))).event.description === 'aus dem CRM',
      act: async () => crm.change(await event('C alt'), { description: 'aus dem CRM' }),
      settled: async () => (await person.get('ctag0000')).description === 'aus dem CRM',
    },
    {
      name: 'CRM cuts a series',
      done: async () => (await here('C Serie neu')).length === 3,
      act: async () => {
        const cut = await nth('C Serie', 3);
        await crm.change(
          cut.event,
          { summary: 'C Serie neu' },
          { scope: 'following', original_start: cut.original_start },
        );
      },
      settled: async () =>
        (await there('C Serie neu', expanded)).length === 3 &&
        (await there('C Serie', expanded)).length === 3,
    },
    {
      name: 'CRM deletes an occurrence',
      done: async () => (await here('C Serie')).length === 2,
      act: async () => {
        const one = await nth('C Serie', 1);
        await crm.erase(one.event, { scope: 'this', original_start: one.original_start });
      },
      settled: async () => (await there('C Serie', expanded)).length === 2,
    },
    {
      name: 'CRM deletes',
      done: async () => (await here('C weg')).length === 0,
      act: async () => crm.erase(await event('C weg')),
      settled: async () => !(await person.maybe('cweg0000')),
    },
  ];
}

/** Further acts of the long story, played after `acts`. */
export function moreActs(s) {
  const { crm, person, world } = s;
  const range = rangeOf(world);
  const day = plus(world.today, 10);
  const here = async (summary) =>
    (await crm.occurrences(`${range.from}T00:00:00Z`, `${range.to}T00:00:00Z`)).filter(
      (one) => one.summary === summary,
    );
  const event = async (summary) => (await here(summary))[0].event;
  const expanded = async (summary) =>
    (
      await person.list('primary', {
        singleEvents: true,
        timeMin: `${range.from}T00:00:00Z`,
        timeMax: `${range.to}T00:00:00Z`,
      })
    ).filter((one) => one.summary === summary);
  return [
    {
      name: 'Google moves into another zone',
      done: async () => (await person.get('gneu0000')).start.timeZone === 'Asia/Tokyo',
      act: () =>
        person.patch('gneu0000', {
          start: { dateTime: `${plus(day, 2)}T10:00:00`, timeZone: 'Asia/Tokyo' },
          end: { dateTime: `${plus(day, 2)}T11:00:00`, timeZone: 'Asia/Tokyo' },
        }),
      settled: async () => (await here('G neu'))[0].time_zone === 'Asia/Tokyo',
    },
    {
      name: 'Google renames a series',
      done: async () => (await person.get('gserie00')).summary === 'G Serie B',
      act: () => person.patch('gserie00', { summary: 'G Serie B' }),
      settled: async () =>
        (await here('G Serie B')).length === (await expanded('G Serie B')).length,
    },
    {
      name: 'CRM makes it a private all-day appointment',
      done: async () => (await crm.event(await event('G alt'))).event.visibility === 'private',
      act: async () =>
        crm.change(await event('G alt'), {
          start: { date: plus(day, 1) },
          end: { date: plus(day, 3) },
          visibility: 'private',
        }),
      settled: async () => {
        const there = await person.get('galt0000');
        return there.start.date === plus(day, 1) && there.visibility === 'private';
      },
    },
    {
      // Both parts of a series that was split: one change of all of it.
      name: 'CRM renames a split series',
      done: async () => (await here('C Serie neuer')).length === 5,
      act: async () =>
        crm.change(await event('C Serie neu'), { summary: 'C Serie neuer', location: 'Raum 3' }),
      settled: async () => (await expanded('C Serie neuer')).length === 5,
    },
    {
      name: 'both edit different members',
      done: async () =>
        (await person.get('ctag0000')).location === 'Google' &&
        (await crm.event(await event('C alt'))).event.description === 'noch einmal',
      act: async () =>
        Promise.all([
          person.patch('ctag0000', { location: 'Google' }),
          crm.change(await event('C alt'), { description: 'noch einmal' }),
        ]),
      settled: async () =>
        (await person.get('ctag0000')).description === 'noch einmal' &&
        (await here('C alt'))[0].location === 'Google',
    },
    {
      name: 'Google deletes a series',
      done: async () => !(await person.maybe('gserie00')),
      act: () => person.erase('gserie00'),
      settled: async () =>
        (await here('G Serie B')).length === 0 && (await here('G Serie verlegt')).length === 0,
    },
  ];
}

/** What both sides hold, and who received mail: compared with a run without a crash. */
export async function outcome(s) {
  const range = rangeOf(s.world);
  const calendars = (await s.crm.calendars()).filter((calendar) => calendar.account);
  if (calendars.length !== 1)
    throw new Error(`the account has ${calendars.length} calendars instead of 1`);
  const [here, there] = [
    (await crmOccurrences(s.crm, range, calendars[0].id)).sort(),
    (await googleOccurrences(s.person, range)).sort(),
  ];
  const all = (await crmOccurrences(s.crm, range)).sort();
  const { mails } = await s.google.stats();
  const cards = [];
  for (const kind of ['leads', 'contacts'])
    for (const record of (await s.crm.records(kind)).items) {
      const card = await s.crm.card(kind, record.id);
      cards.push(
        `${record.name}: ${[...card.upcoming, ...card.past]
          .map((one) => one.summary)
          .sort()
          .join(', ')}`,
      );
    }
  return {
    here,
    there,
    all,
    cards: cards.sort(),
    mails: mails.map((mail) => `${mail.kind} to ${mail.recipients}`).sort(),
  };
}
