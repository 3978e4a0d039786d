// What the import brought: every occurrence on its day, the matching leads and contacts, and no
// unnecessary call. S-20 to S-23.

import assert from 'node:assert/strict';

import { until } from '../support/until.mjs';
import { plus } from '../world/days.mjs';
import { count, matches, ownCalendar } from '../world/expect.mjs';
import { GOOGLE_ACCOUNT } from '../world/people.mjs';
import { CALENDARS } from '../world/world.mjs';
import { assertEqualSides } from './compare.mjs';

const EVENTS = '/calendar/v3/calendars/{calendarId}/events';

/** The ids of the events that a card shows, past and upcoming. */
const onCard = (card) => new Set([...card.upcoming, ...card.past].map((one) => one.event));

export const imported = [
  {
    rules: ['S-20'],
    title: {
      en: 'All appointments of the Google calendars appear on the calendar page',
      de: 'Alle Termine der Google-Kalender erscheinen auf der Kalenderseite',
    },
    async play(s) {
      const range = { from: plus(s.world.range.from, -40), to: plus(s.world.range.to, 40) };
      const primary = await assertEqualSides({
        crm: s.crm,
        crmCalendar: s.primary.id,
        person: s.lena,
        range,
      });
      const travel = await assertEqualSides({
        crm: s.crm,
        crmCalendar: s.travel.id,
        person: s.lena,
        googleCalendar: CALENDARS.travel,
        range,
      });
      const holidays = await assertEqualSides({
        crm: s.crm,
        crmCalendar: s.holidayCalendar.id,
        person: s.lena,
        googleCalendar: s.holidays,
        range,
      });
      const own = count(s.world, 'primary');
      const all = own.appointments + count(s.world, CALENDARS.travel).appointments;
      s.say(
        `${all} appointments (${own.series} series, ${own.moved} moved and ` +
          `${own.cancelled} cancelled instances, ${own.allDay} all-day) are ` +
          `${primary} + ${travel} occurrences, ${holidays} holidays: ` +
          `each on its day, no duplicate, as Google expands them`,
        `${all} Termine (${own.series} Serien, ${own.moved} verschobene und ` +
          `${own.cancelled} abgesagte Einzeltermine, ${own.allDay} ganztägige) sind ` +
          `${primary} + ${travel} Vorkommen, dazu ${holidays} Feiertage: ` +
          `jedes an seinem Tag, keines doppelt, wie Google sie ausrollt`,
      );
    },
  },
  {
    rules: ['calls'],
    title: {
      en: 'The import needed the fewest calls and sent no mail',
      de: 'Der Import brauchte die wenigsten Aufrufe und schrieb niemandem',
    },
    async play(s) {
      await until('the echo of the first writes', async () =>
        Object.keys((await s.google.product()).requests).some((template) =>
          template.endsWith('/watch'),
        ),
      );
      const { requests, writes, mails } = await s.google.product();
      const of = (template) => requests[template] ?? 0;
      assert.equal(of('POST /token'), 1, 'one token');
      assert.equal(of('GET /calendar/v3/users/me/calendarList'), 1, 'one list of calendars');
      assert.equal(writes, s.existingFuture, 'one insert for each upcoming CRM appointment');
      assert.equal(of(`POST ${EVENTS}`), s.existingFuture);
      const lists = of(`GET ${EVENTS}`);
      assert.ok(
        lists >= 3 && lists <= 3 + 2,
        `one list per visible calendar, and one for the echo of the writes; seen ${lists}`,
      );
      assert.ok(of(`POST ${EVENTS}/watch`) <= 3);
      const known = [
        'POST /token',
        'GET /calendar/v3/users/me/calendarList',
        `POST ${EVENTS}`,
        `GET ${EVENTS}`,
        `POST ${EVENTS}/watch`,
      ];
      assert.deepEqual(
        Object.keys(requests).filter(
          (template) => !known.includes(template) && !template.includes('/o/oauth2/'),
        ),
        [],
        'no other call',
      );
      assert.deepEqual(mails, []);
      const calls = known
        .map(
          (template) =>
            `${of(template)} ${template.replace('/calendar/v3', '').replace('{calendarId}', '*')}`,
        )
        .join(', ');
      s.say(`${calls}; 0 mails`, `${calls}; 0 E-Mails`);
    },
  },
  {
    rules: ['S-22'],
    title: {
      en: 'Attendees that are leads or contacts are matched, no record is created',
      de: 'Teilnehmende, die Leads oder Kontakte sind, werden zugeordnet, niemand wird angelegt',
    },
    async play(s) {
      const expected = matches(s.world, ['primary', CALENDARS.travel]);
      const [leads, contacts] = [await s.crm.records('leads'), await s.crm.records('contacts')];
      assert.equal(leads.total, s.world.crm.leads.length);
      assert.equal(contacts.total, s.world.crm.contacts.length);
      const both = expected.perRecord.get('leads/Dieter Krüger');
      const [home] = both;
      const shared = ownCalendar(s.world, 'primary').events.find(
        (event) => `primary/${event.id}` === home,
      );
      const [occurrence] = await s.inCrm(shared.summary, {}, s.primary.id);
      const { guests } = await s.crm.event(occurrence.event);
      const guest = guests.find((one) => one.email === 'bernd.wagner@wagner-kunststoffe.example');
      assert.deepEqual(
        [guest.leads.map(({ name }) => name), guest.contacts.map(({ name }) => name)],
        [['Dieter Krüger'], ['Bernd Wagner']],
      );
      const capitals = await s.crm.record('contacts', 'Petra Schulz');
      assert.ok(
        (await s.crm.card('contacts', capitals.id)).upcoming.length > 0,
        'capitals do not matter',
      );
      s.say(
        `${expected.appointments} appointments with ${expected.leads.size} leads and ` +
          `${expected.contacts.size} contacts; still ${leads.total} leads and ` +
          `${contacts.total} contacts; one address, both a lead and a contact`,
        `${expected.appointments} Termine mit ${expected.leads.size} Leads und ` +
          `${expected.contacts.size} Kontakten; weiterhin ${leads.total} Leads und ` +
          `${contacts.total} Kontakte; eine Adresse ist Lead und Kontakt`,
      );
    },
  },
  {
    rules: ['S-23'],
    title: {
      en: 'The appointments appear on the lead and contact cards and follow later changes',
      de: 'Die Termine erscheinen auf den Lead- und Kontaktkarten und folgen späteren Änderungen',
    },
    async play(s) {
      const expected = matches(s.world, ['primary', CALENDARS.travel]);
      let cards = 0,
        entries = 0;
      for (const kind of ['leads', 'contacts'])
        for (const record of (await s.crm.records(kind)).items) {
          const card = await s.crm.card(kind, record.id);
          const wanted = expected.perRecord.get(`${kind}/${record.name}`)?.size ?? 0;
          const local = s.world.crm.appointments.filter((one) =>
            (one.attendees ?? []).some(({ email }) =>
              record.emails.some((own) => own.toLowerCase() === email.toLowerCase()),
            ),
          ).length;
          assert.ok(
            wanted + local > 0 === onCard(card).size > 0,
            `${record.name}: ${wanted} appointments, the card shows ${onCard(card).size}`,
          );
          cards += onCard(card).size > 0 ? 1 : 0;
          entries += card.upcoming.length + card.past_total;
        }
      const empty = await s.crm.record('leads', 'Sandra Vogel');
      assert.equal(onCard(await s.crm.card('leads', empty.id)).size, 0);

      // At Google the contact is invited, the event moved, renamed and cancelled: the card follows.
      const day = plus(s.world.today, 9);
      const cardOf = async () => (await s.crm.card('leads', empty.id)).upcoming;
      const event = await s.lena.insert({
        summary: 'Erstgespräch Vogel',
        start: { dateTime: `${day}T10:00:00`, timeZone: 'Europe/Berlin' },
        end: { dateTime: `${day}T10:45:00`, timeZone: 'Europe/Berlin' },
        attendees: [
          { email: GOOGLE_ACCOUNT.email, responseStatus: 'accepted' },
          { email: empty.emails[0].toUpperCase() },
        ],
      });
      const steps = [
        await s.within(
          'the new appointment on the card',
          async () => (await cardOf())[0]?.summary === 'Erstgespräch Vogel',
        ),
      ];
      await s.lena.patch(event.id, { summary: 'Erstgespräch Vogel Zahnmedizin' });
      steps.push(
        await s.within(
          'the new name on the card',
          async () => (await cardOf())[0]?.summary === 'Erstgespräch Vogel Zahnmedizin',
        ),
      );
      await s.lena.patch(event.id, {
        start: { dateTime: `${day}T15:00:00`, timeZone: 'Europe/Berlin' },
        end: { dateTime: `${day}T16:00:00`, timeZone: 'Europe/Berlin' },
      });
      const then = new Date((await s.lena.get(event.id)).start.dateTime).getTime();
      steps.push(
        await s.within(
          'the new time on the card',
          async () => Date.parse((await cardOf())[0]?.start) === then,
        ),
      );
      await s.lena.patch(event.id, {
        attendees: [{ email: GOOGLE_ACCOUNT.email, responseStatus: 'accepted' }],
      });
      steps.push(
        await s.within(
          'the removed attendee to leave the card',
          async () => (await cardOf()).length === 0,
        ),
      );
      await s.lena.patch(event.id, {
        attendees: [
          { email: GOOGLE_ACCOUNT.email, responseStatus: 'accepted' },
          { email: empty.emails[0] },
        ],
      });
      steps.push(
        await s.within('the attendee on the card again', async () => (await cardOf()).length === 1),
      );
      await s.lena.erase(event.id);
      steps.push(
        await s.within(
          'the cancelled appointment to leave the card',
          async () => (await cardOf()).length === 0,
        ),
      );
      const delays = steps.map(({ ms }) => ms).join(', ');
      s.say(
        `${cards} cards hold ${entries} occurrences; invited, renamed, moved, removed, ` +
          `invited again, cancelled: on the card after ${delays} ms`,
        `${cards} Karten mit ${entries} Vorkommen; eingeladen, umbenannt, verschoben, entfernt, ` +
          `wieder eingeladen, abgesagt: auf der Karte nach ${delays} ms`,
      );
    },
  },
  {
    rules: ['S-21'],
    title: {
      en: 'The Google calendar is now the default in the CRM',
      de: 'Der Google-Kalender ist jetzt der Standardkalender im CRM',
    },
    async play(s) {
      assert.equal(s.account.default_calendar?.id ?? s.account.default_calendar, s.primary.id);
      const day = plus(s.world.today, 12);
      const start = performance.now();
      const { id } = await s.crm.create({
        summary: 'Angebot Bär Autohaus',
        start: { date_time: `${day}T09:00:00Z`, time_zone: 'Europe/Berlin' },
        end: { date_time: `${day}T10:00:00Z`, time_zone: 'Europe/Berlin' },
      });
      const saved = Math.round(performance.now() - start);
      assert.ok(
        saved <= 100 || s.busy,
        `saving took ${saved} ms: it must not wait for the network`,
      );
      const { ms } = await s.within(
        'the appointment at Google',
        async () => (await s.inGoogle('Angebot Bär Autohaus')).length === 1,
      );
      assert.equal((await s.crm.event(id)).calendar, s.primary.id);
      s.say(
        `saved in ${saved} ms without choosing a calendar, at Google after ${ms} ms`,
        `ohne Wahl eines Kalenders in ${saved} ms gespeichert, bei Google nach ${ms} ms`,
      );
    },
  },
];
