// Special cases: the default that does not synchronise, calendars that disappear, a cleared
// calendar. S-17, S-30 to S-32.

import assert from 'node:assert/strict';

import { connect } from '../support/setup.mjs';
import { pause, until } from '../support/until.mjs';
import { plus } from '../world/days.mjs';
import { count } from '../world/expect.mjs';
import { OTHER_GOOGLE_ACCOUNT, USERS } from '../world/people.mjs';
import { CALENDARS } from '../world/world.mjs';
import { crmOccurrences, googleOccurrences } from './compare.mjs';

export const endings = [
  {
    rules: ['S-17'],
    title: {
      en: 'With the CRM calendar as default nothing goes to Google',
      de: 'Mit dem CRM-Kalender als Standard geht nichts zu Google',
    },
    async play(s) {
      const jonas = await s.stage.login(USERS[2]);
      const before = await s.google.product();
      const { account } = await connect(jonas, OTHER_GOOGLE_ACCOUNT.email, {
        name: 'Familie',
        default: 'crm',
      });
      const day = plus(s.world.today, 5);
      const time = (hour) => ({ date_time: `${day}T${hour}:00:00Z`, time_zone: 'Europe/Berlin' });
      const { id } = await jonas.create({
        summary: 'Bleibt im CRM',
        start: time('09'),
        end: time('10'),
      });
      const home = (await jonas.event(id)).calendar;
      assert.ok(
        (await jonas.calendars()).find((calendar) => calendar.id === home).own,
        'a new appointment stays in the CRM calendar',
      );
      await jonas.change(id, { summary: 'Bleibt auch geändert im CRM' });
      await jonas.syncNow(account.id);
      const shown = await until('the visible Google calendar', async () =>
        (
          await jonas.occurrences(`${plus(day, -60)}T00:00:00Z`, `${plus(day, 60)}T00:00:00Z`)
        ).filter((one) => one.summary === 'Müll: Papier'),
      );
      assert.ok(
        shown.every((one) => !one.editable),
        'Google calendars are shown as view-only',
      );
      const refused = await jonas.change(shown[0].event, { summary: 'x' }).then(
        () => null,
        (error) => error,
      );
      assert.equal(refused?.status, 403, 'an edit is refused, with a reason');
      await jonas.erase(id);
      const state = await until('the health of the account', async () => {
        const [one] = await jonas.accounts();
        return one.health?.reason === 'health.not_synchronised' && one;
      });
      await pause(300); // nothing may happen: there is no condition to wait for
      const after = await s.google.product();
      assert.equal(after.writes, before.writes, 'created, edited, deleted: 0 writes');
      const person = await s.google.person(OTHER_GOOGLE_ACCOUNT.email);
      assert.equal(
        (await person.list()).filter((event) => event.summary?.includes('CRM')).length,
        0,
      );
      s.say(
        `${USERS[2].name} connected ${account.identity}: ${shown.length} occurrences, ` +
          `created, edited and deleted in the CRM: 0 writes; shown as ${state.health.reason}`,
        `${USERS[2].name} hat ${account.identity} verbunden: ${shown.length} Vorkommen; ` +
          `im CRM angelegt, geändert und gelöscht: 0 Schreibzugriffe; ` +
          `angezeigt als ${state.health.reason}`,
      );
    },
  },
  {
    rules: ['S-13', 'S-14'],
    title: {
      en: 'The name and the round mark change later, without a write to Google',
      de: 'Name und runde Markierung ändern sich später, Google erfährt nichts davon',
    },
    async play(s) {
      const before = await s.google.product();
      const opened = await s.crm.startFlow('com.example.google_calendar', 'options', s.account.id);
      assert.equal(opened.step.type, 'menu');
      // a menu: the chosen step is the next one
      const { step } = await s.crm.answer(opened.flow, 'calendars', {});
      const { step: done } = await s.crm.answer(opened.flow, 'calendars', {
        ...step.values,
        name: 'Vertrieb Süd',
      });
      assert.equal(done.type, 'finish', JSON.stringify(done.errors ?? done));
      await until('the new name', async () => (await s.crm.accounts())[0].title === 'Vertrieb Süd');
      const range = [
        `${plus(s.world.today, -200)}T00:00:00Z`,
        `${plus(s.world.today, 200)}T00:00:00Z`,
      ];
      const all = (await s.crm.occurrences(...range)).filter(
        (one) => one.calendar === s.travel.id,
      ).length;
      await s.crm.show(s.travel.id, false);
      assert.equal(
        (await s.crm.occurrences(...range)).filter((one) => one.calendar === s.travel.id).length,
        0,
      );
      await s.crm.show(s.travel.id, true);
      assert.equal(
        (await s.crm.occurrences(...range)).filter((one) => one.calendar === s.travel.id).length,
        all,
        'hidden is not deleted',
      );
      const { writes, requests } = await s.google.product();
      assert.equal(writes, before.writes);
      assert.equal(
        Object.keys(requests).filter((template) => /^(PATCH|PUT) .*calendarList/.test(template))
          .length,
        0,
      );
      s.say(
        `renamed to "Vertrieb Süd"; ${all} appointments hidden and shown again; 0 writes`,
        `umbenannt in "Vertrieb Süd"; ${all} Termine aus- und wieder eingeblendet; ` +
          `0 Schreibzugriffe`,
      );
    },
  },
  {
    rules: ['S-30'],
    title: {
      en: 'A view-only calendar deleted at Google leaves its appointments in the CRM',
      de: 'Ein nur angesehener Kalender, bei Google gelöscht, lässt seine Termine im CRM',
    },
    async play(s) {
      const range = { from: s.world.range.from, to: s.world.range.to };
      const before = await crmOccurrences(s.crm, range, s.travel.id);
      assert.equal(before.length, count(s.world, CALENDARS.travel).appointments);
      await s.lena.deleteCalendar(CALENDARS.travel);
      await s.crm.syncNow(s.account.id);
      const gone = await until(
        'the calendar to be marked as gone',
        async () => {
          const calendar = (await s.crm.calendars()).find((one) => one.id === s.travel.id);
          return calendar?.state === 'gone' && calendar;
        },
        { timeout: 20_000 },
      );
      assert.deepEqual(
        (await crmOccurrences(s.crm, range, s.travel.id)).sort(),
        before.sort(),
        'every copy remains',
      );
      const [one] = await s.crm.occurrences(
        `${range.from}T00:00:00Z`,
        `${range.to}T00:00:00Z`,
        s.travel.id,
      );
      assert.equal((await s.crm.event(one.event)).source, 'gone');
      const requests = (await s.google.product()).total;
      for (let round = 0; round < 2; ++round) await s.quiet();
      const calls = (await s.google.product()).total - requests;
      assert.equal(
        (await crmOccurrences(s.crm, range, s.travel.id)).length,
        before.length,
        'further runs remove nothing',
      );
      s.say(
        `${before.length} copies remain, marked "${gone.state}"; ` +
          `two more runs made ${calls} calls and removed nothing`,
        `${before.length} Kopien bleiben, als "${gone.state}" gekennzeichnet; ` +
          `zwei weitere Läufe: ${calls} Aufrufe, nichts entfernt`,
      );
    },
  },
  {
    rules: ['S-32'],
    title: {
      en: 'The default calendar cleared at Google is emptied in the CRM too',
      de: 'Der bei Google geleerte Standardkalender wird auch im CRM geleert',
    },
    async play(s) {
      const range = { from: s.world.range.from, to: s.world.range.to };
      const before = (await crmOccurrences(s.crm, range, s.primary.id)).length;
      const holidays = (await crmOccurrences(s.crm, range, s.holidayCalendar.id)).length;
      const copies = (await crmOccurrences(s.crm, range, s.travel.id)).length;
      const contact = await s.crm.record('contacts', 'Andreas Fröhlich');
      assert.ok((await s.crm.card('contacts', contact.id)).upcoming.length > 0);
      await s.lena.clearCalendar();
      const { ms } = await s.within(
        'the emptied calendar in the CRM',
        async () =>
          (
            await s.crm.occurrences(
              `${s.world.today}T00:00:00Z`,
              `${plus(s.world.today, 30)}T00:00:00Z`,
              s.primary.id,
            )
          ).length === 0,
      );
      await until(
        'all of them gone',
        async () => (await crmOccurrences(s.crm, range, s.primary.id)).length === 0,
      );
      assert.equal((await googleOccurrences(s.lena, range)).length, 0);
      const card = await s.crm.card('contacts', contact.id);
      assert.equal(card.upcoming.length + card.past.length, 0, 'and from the cards');
      assert.equal(
        (await crmOccurrences(s.crm, range, s.holidayCalendar.id)).length,
        holidays,
        'other calendars stay',
      );
      assert.equal(
        (await crmOccurrences(s.crm, range, s.travel.id)).length,
        copies,
        'copies of the deleted calendar stay',
      );
      s.say(
        `${before} occurrences gone after ${ms} ms, from the cards too; ` +
          `${holidays} holidays and ${copies} copies stay`,
        `${before} Vorkommen nach ${ms} ms fort, auch von den Karten; ` +
          `${holidays} Feiertage und ${copies} Kopien bleiben`,
      );
    },
  },
  {
    rules: ['S-31', 'mails'],
    title: {
      en: 'The product never deleted or cleared a calendar, and only its own guests got mail',
      de: 'Das Produkt hat nie einen Kalender gelöscht oder geleert; Post nur an eigene Gäste',
    },
    async play(s) {
      const { requests, mails } = await s.google.productEver();
      const calendarDeletion = new RegExp(
        String.raw`^DELETE /calendar/v3/(calendars/\{calendarId\}|users/me/calendarList)` +
          String.raw`(/\{calendarId\})?$`,
      );
      const forbidden = Object.keys(requests).filter(
        (template) =>
          calendarDeletion.test(template) ||
          template.endsWith('/clear') ||
          /tasks|people|contacts/i.test(template),
      );
      assert.deepEqual(forbidden, []);
      assert.equal(mails.length, s.mails, JSON.stringify(mails));
      const total = Object.values(requests).reduce((all, times) => all + times, 0);
      s.latencies.sort((a, b) => a - b);
      const slow = s.latencies.filter((ms) => ms > 1000).length;
      assert.ok(
        slow <= s.latencies.length / 20 || s.busy,
        `${slow} of ${s.latencies.length} changes needed more than a second: ` +
          s.latencies.join(' '),
      );
      const median = s.latencies[s.latencies.length >> 1];
      s.say(
        `${total} calls of ${Object.keys(requests).length} kinds, ` +
          `none of DELETE /calendars or clear; ${mails.length} mail; ` +
          `${s.latencies.length} changes delivered, median ${median} ms, ` +
          `slowest ${s.latencies.at(-1)} ms${s.busy ? ' (the machine is busy)' : ''}`,
        `${total} Aufrufe von ${Object.keys(requests).length} Arten, ` +
          `darunter kein DELETE /calendars und kein clear; ${mails.length} E-Mails; ` +
          `${s.latencies.length} Änderungen übertragen, im Mittel ${median} ms, ` +
          `langsamste ${s.latencies.at(-1)} ms${s.busy ? ' (der Rechner ist ausgelastet)' : ''}`,
      );
    },
  },
];
