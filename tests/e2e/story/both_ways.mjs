// Created, edited, deleted on either side: S-26 to S-29, and that nothing is written afterwards.

import assert from 'node:assert/strict';

import { until } from '../support/until.mjs';
import { plus } from '../world/days.mjs';
import { GOOGLE_ACCOUNT } from '../world/people.mjs';
import { assertEqualSides, daysAround } from './compare.mjs';

const ZONE = 'Europe/Berlin';
const google = (day, from, to, zone = ZONE) => ({
  start: { dateTime: `${day}T${from}:00`, timeZone: zone },
  end: { dateTime: `${day}T${to}:00`, timeZone: zone },
});
const crmTime = (day, from, to, zone = ZONE) => ({
  start: { date_time: `${day}T${from}:00Z`, time_zone: zone },
  end: { date_time: `${day}T${to}:00Z`, time_zone: zone },
});
const seconds = (moment) => Date.parse(moment.dateTime ?? moment.date_time);

export const bothWays = [
  {
    rules: ['S-26'],
    title: {
      en: 'Appointments added on either side appear once on the other',
      de: 'Auf einer Seite hinzugefügte Termine erscheinen genau einmal auf der anderen',
    },
    async play(s) {
      const day = plus(s.world.today, 15);
      const times = {};
      await s.lena.insert({
        summary: 'Von Google: Messebesuch',
        ...google(day, '13:00', '14:30', 'America/New_York'),
        location: 'Javits Center',
      });
      times.toCrm = (
        await s.within(
          'the appointment in the CRM',
          async () => (await s.inCrm('Von Google: Messebesuch')).length === 1,
        )
      ).ms;
      const [shown] = await s.inCrm('Von Google: Messebesuch');
      assert.deepEqual(
        [shown.time_zone, shown.location, shown.calendar],
        ['America/New_York', 'Javits Center', s.primary.id],
      );
      await s.lena.insert({
        summary: 'Von Google: ganztägig',
        start: { date: day },
        end: { date: plus(day, 3) },
      });
      times.allDayToCrm = (
        await s.within(
          'the all-day appointment in the CRM',
          async () => (await s.inCrm('Von Google: ganztägig')).length === 1,
        )
      ).ms;
      const [allDay] = await s.inCrm('Von Google: ganztägig');
      assert.deepEqual([allDay.all_day, allDay.start, allDay.end], [true, day, plus(day, 3)]);

      const before = (await s.google.product()).mails.length;
      const guest = { email: 'susanne.kraemer@kraemer-druck.example', name: 'Susanne Krämer' };
      await s.crm.create({
        summary: 'Vom CRM: mit Gast',
        ...crmTime(day, '08:00', '08:45'),
        attendees: [guest],
        location: 'Telefon',
      });
      times.toGoogle = (
        await s.within(
          'the appointment at Google',
          async () => (await s.inGoogle('Vom CRM: mit Gast')).length === 1,
        )
      ).ms;
      await s.crm.create({
        summary: 'Vom CRM: ganztägig',
        start: { date: day },
        end: { date: plus(day, 1) },
      });
      times.allDayToGoogle = (
        await s.within(
          'the all-day appointment at Google',
          async () => (await s.inGoogle('Vom CRM: ganztägig')).length === 1,
        )
      ).ms;
      const [there] = await s.inGoogle('Vom CRM: ganztägig');
      assert.deepEqual([there.start.date, there.end.date], [day, plus(day, 1)]);
      const [invited] = await s.inGoogle('Vom CRM: mit Gast');
      assert.ok(invited.attendees.some(({ email }) => email === guest.email));
      const mails = (await s.google.product()).mails.slice(before);
      assert.deepEqual(
        mails.map((mail) => [mail.kind, mail.recipients]),
        [['invitation', [guest.email]]],
        'Google mails the guest of a new appointment, once',
      );
      s.mails += mails.length;
      await s.quiet();
      for (const summary of [
        'Von Google: Messebesuch',
        'Von Google: ganztägig',
        'Vom CRM: mit Gast',
        'Vom CRM: ganztägig',
      ]) {
        assert.equal((await s.inGoogle(summary)).length, 1, summary);
        assert.equal((await s.inCrm(summary)).length, 1, summary);
      }
      s.say(
        `Google to CRM ${times.toCrm} ms, all-day ${times.allDayToCrm} ms; ` +
          `CRM to Google ${times.toGoogle} ms, all-day ${times.allDayToGoogle} ms; ` +
          `1 invitation mail`,
        `von Google ins CRM ${times.toCrm} ms, ganztägig ${times.allDayToCrm} ms; ` +
          `vom CRM zu Google ${times.toGoogle} ms, ganztägig ${times.allDayToGoogle} ms; ` +
          `1 Einladung per E-Mail`,
      );
    },
  },
  {
    rules: ['S-27'],
    title: {
      en: 'Every field edited on either side reaches the other, unknown ones survive',
      de: 'Jedes Feld wird in beide Richtungen übertragen, unbekannte überleben',
    },
    async play(s) {
      const day = plus(s.world.today, 16);
      const event = await s.lena.insert(
        {
          summary: 'Feld für Feld',
          ...google(day, '09:00', '10:00'),
          colorId: '5',
          guestsCanModify: true,
          extendedProperties: { shared: { foreign: 'kept' }, private: { other_app: '42' } },
          source: { title: 'Ticket', url: 'https://example.com/ticket/1' },
          attachments: [{ fileUrl: 'https://drive.example.com/file', title: 'Angebot.pdf' }],
          conferenceData: {
            createRequest: { requestId: 'story', conferenceSolutionKey: { type: 'hangoutsMeet' } },
          },
          attendees: [
            { email: GOOGLE_ACCOUNT.email, responseStatus: 'accepted' },
            {
              email: 'berger@kanzlei-berger.example',
              responseStatus: 'tentative',
              comment: 'vielleicht später',
            },
          ],
        },
        'primary',
        { conferenceDataVersion: 1, supportsAttachments: true },
      );
      await s.within(
        'the appointment in the CRM',
        async () => (await s.inCrm('Feld für Feld')).length === 1,
      );
      const [{ event: id }] = await s.inCrm('Feld für Feld');
      const kept = (e) => ({
        color: e.colorId,
        modify: e.guestsCanModify,
        properties: e.extendedProperties?.shared?.foreign,
        other: e.extendedProperties?.private?.other_app,
        source: e.source,
        attachments: e.attachments,
        conference: e.conferenceData?.conferenceId,
        attendees: (e.attendees ?? []).map(({ email, responseStatus, comment }) => ({
          email,
          responseStatus,
          comment,
        })),
      });
      const unknown = kept(await s.lena.get(event.id));

      const toGoogle = [
        [{ summary: 'Feld für Feld, umbenannt' }, (e) => e.summary === 'Feld für Feld, umbenannt'],
        [
          { description: '<b>Neu</b> & "alt" < 5' },
          (e) => e.description === '<b>Neu</b> & "alt" < 5',
        ],
        [{ location: 'Halle 7' }, (e) => e.location === 'Halle 7'],
        [
          crmTime(day, '12:00', '13:15'),
          (e) =>
            seconds(e.start) === Date.parse(`${day}T12:00:00Z`) &&
            seconds(e.end) === Date.parse(`${day}T13:15:00Z`),
        ],
        [{ status: 'tentative' }, (e) => e.status === 'tentative'],
        [{ transparency: 'transparent' }, (e) => e.transparency === 'transparent'],
        [{ visibility: 'private' }, (e) => e.visibility === 'private'],
        [
          { reminders: [{ method: 'popup', minutes: 25 }] },
          (e) => e.reminders.useDefault === false && e.reminders.overrides?.[0]?.minutes === 25,
        ],
      ];
      const { writes, mails } = await s.google.product();
      for (const [changes, holds] of toGoogle) {
        await s.crm.change(id, changes);
        await s.within(`${Object.keys(changes)} at Google`, async () =>
          holds(await s.lena.get(event.id)),
        );
      }
      assert.equal(
        (await s.google.product()).writes - writes,
        toGoogle.length,
        'one write per edit',
      );
      assert.deepEqual(
        kept(await s.lena.get(event.id)),
        unknown,
        'what the CRM does not know is untouched',
      );

      const fromGoogle = [
        [
          { summary: 'Feld für Feld, von Google' },
          (e) => e.summary === 'Feld für Feld, von Google',
        ],
        [
          { description: 'Zeile 1\nZeile 2 – äöü €' },
          (e) => e.description === 'Zeile 1\nZeile 2 – äöü €',
        ],
        [{ location: null }, (e) => !e.location],
        [
          google(day, '18:00', '19:00', 'Asia/Tokyo'),
          (e) =>
            e.start.time_zone === 'Asia/Tokyo' &&
            seconds(e.start) === Date.parse(`${day}T18:00:00+09:00`),
        ],
        [{ status: 'confirmed' }, (e) => (e.status ?? 'confirmed') === 'confirmed'],
        [{ transparency: 'opaque' }, (e) => (e.transparency ?? 'opaque') === 'opaque'],
        [{ visibility: 'default' }, (e) => (e.visibility ?? 'default') === 'default'],
        [{ colorId: '9' }, (e) => e.color === '9'],
        [{ reminders: { useDefault: true } }, (e) => e.reminders === undefined],
        [
          {
            attendees: [
              { email: GOOGLE_ACCOUNT.email, responseStatus: 'accepted' },
              { email: 'berger@kanzlei-berger.example', responseStatus: 'accepted' },
              { email: 'markus.baer@baer-autohaus.example' },
            ],
          },
          (e) =>
            e.attendees?.length === 3 &&
            e.attendees.find(({ email }) => email.startsWith('berger')).partstat === 'accepted',
        ],
        [
          {
            start: { date: day, dateTime: null, timeZone: null },
            end: { date: plus(day, 1), dateTime: null, timeZone: null },
          },
          (e) => e.start.date === day && e.end.date === plus(day, 1),
        ],
      ];
      for (const [changes, holds] of fromGoogle) {
        await s.lena.patch(event.id, changes);
        await s.within(`${Object.keys(changes)} in the CRM`, async () =>
          holds((await s.crm.event(id)).event),
        );
      }
      await s.crm.change(id, crmTime(day, '07:00', '08:00')); // and back from all-day to timed
      await s.within('the timed appointment at Google', async () => {
        const e = await s.lena.get(event.id);
        return e.start.dateTime && !e.start.date;
      });
      await s.quiet();
      assert.equal((await s.google.product()).writes - writes, toGoogle.length + 1, 'no echo');
      const mailed = (await s.google.product()).mails.slice(mails.length);
      assert.deepEqual(
        mailed.map((mail) => [mail.kind, mail.recipients.length]),
        [
          ['update', 1],
          ['update', 1],
          ['update', 1],
          ['update', 1],
          ['update', 2],
        ],
        'guests are mailed for what a user of the CRM changed: title, text, place and time; ' +
          'not for private members, not for what came from Google',
      );
      s.mails += mailed.length;
      s.say(
        `${toGoogle.length + 1} edits in the CRM, ${fromGoogle.length} at Google, ` +
          `slowest so far ${Math.max(...s.latencies)} ms; ` +
          `${toGoogle.length + 1} writes, no echo; ` +
          `colour, attachments, conference and foreign properties untouched; ` +
          `${mailed.length} mails, all for edits that guests see`,
        `${toGoogle.length + 1} Änderungen im CRM, ${fromGoogle.length} bei Google, ` +
          `langsamste bisher ${Math.max(...s.latencies)} ms; ` +
          `${toGoogle.length + 1} Schreibzugriffe, kein Echo; ` +
          `Farbe, Anhänge, Konferenz und fremde Eigenschaften unberührt; ` +
          `${mailed.length} E-Mails, alle für Änderungen, die Gäste sehen`,
      );
    },
  },
  {
    rules: ['S-27', 'merge'],
    title: {
      en: 'Different fields edited on both sides at once both survive',
      de: 'Auf beiden Seiten zugleich geänderte Felder überleben beide',
    },
    async play(s) {
      const day = plus(s.world.today, 17);
      const event = await s.lena.insert({ summary: 'Zugleich', ...google(day, '09:00', '10:00') });
      await s.within(
        'the appointment in the CRM',
        async () => (await s.inCrm('Zugleich')).length === 1,
      );
      const [{ event: id }] = await s.inCrm('Zugleich');
      await Promise.all([
        s.lena.patch(event.id, { location: 'Raum Google' }),
        s.crm.change(id, { description: 'Text aus dem CRM' }),
      ]);
      await until('both edits on both sides', async () => {
        const [there, here] = [await s.lena.get(event.id), (await s.crm.event(id)).event];
        return (
          there.location === 'Raum Google' &&
          there.description === 'Text aus dem CRM' &&
          here.location === 'Raum Google' &&
          here.description === 'Text aus dem CRM'
        );
      });
      s.say(
        'location from Google and description from the CRM are on both sides',
        'Ort von Google und Beschreibung aus dem CRM stehen auf beiden Seiten',
      );
    },
  },
  {
    rules: ['S-29'],
    title: {
      en: 'Deleted on one side is deleted on the other',
      de: 'Auf einer Seite gelöscht ist auf der anderen gelöscht',
    },
    async play(s) {
      const day = plus(s.world.today, 18);
      const first = await s.lena.insert({
        summary: 'Wird bei Google gelöscht',
        ...google(day, '09:00', '10:00'),
      });
      const second = await s.crm.create({
        summary: 'Wird im CRM gelöscht',
        ...crmTime(day, '10:00', '11:00'),
      });
      await until(
        'both on both sides',
        async () =>
          (await s.inCrm('Wird bei Google gelöscht')).length === 1 &&
          (await s.inGoogle('Wird im CRM gelöscht')).length === 1,
      );
      const [{ id: secondThere }] = await s.inGoogle('Wird im CRM gelöscht');
      await s.lena.erase(first.id);
      const one = await s.within(
        'the deletion in the CRM',
        async () => (await s.inCrm('Wird bei Google gelöscht')).length === 0,
      );
      await s.crm.erase(second.id);
      const two = await s.within(
        'the deletion at Google',
        async () => !(await s.lena.maybe(secondThere)),
      );
      await s.quiet();
      assert.equal(
        (await s.inCrm('Wird bei Google gelöscht')).length +
          (await s.inGoogle('Wird im CRM gelöscht')).length,
        0,
        'neither comes back',
      );
      s.say(
        `from Google ${one.ms} ms, from the CRM ${two.ms} ms; neither comes back`,
        `von Google ${one.ms} ms, vom CRM ${two.ms} ms; keiner kommt zurück`,
      );
    },
  },
  {
    rules: ['S-28'],
    title: {
      en: 'Both calendars are equal, and a quiet calendar stays silent',
      de: 'Beide Kalender sind gleich, und ein ruhender Kalender bleibt still',
    },
    async play(s) {
      await s.quiet();
      const range = daysAround(s.world.today, 60, 60);
      const occurrences = await assertEqualSides({
        crm: s.crm,
        crmCalendar: s.primary.id,
        person: s.lena,
        range,
      });
      const before = await s.google.product();
      for (let round = 0; round < 3; ++round) await s.quiet();
      const after = await s.google.product();
      assert.equal(after.writes, before.writes, 'no echo: further runs write nothing');
      const lists = (await s.crm.calendars()).filter(
        (calendar) => calendar.account === s.account.id,
      ).length;
      assert.ok(
        after.total - before.total <= 3 * lists,
        `3 runs over ${lists} calendars made ${after.total - before.total} calls`,
      );
      s.say(
        `${occurrences} occurrences of four months equal; ` +
          `three more runs: ${after.total - before.total} list calls, 0 writes`,
        `${occurrences} Vorkommen aus vier Monaten gleich; ` +
          `drei weitere Läufe: ${after.total - before.total} Lesezugriffe, 0 Schreibzugriffe`,
      );
    },
  },
];
