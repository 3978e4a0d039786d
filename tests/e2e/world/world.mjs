// The demo world: what Google holds and what the CRM holds, from a seed and a day. The same seed and day give the same world to the byte.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { family, kHome, specialDays, team, travels, workdays } from './appointments.mjs';
import { crmSeed } from './crm.mjs';
import { plus, year } from './days.mjs';
import { holidayCalendar } from './holidays.mjs';
import { customers, kGoogleAccount, kOtherGoogleAccount } from './people.mjs';
import { Random } from './random.mjs';
import { series } from './series.mjs';

export const kSeed = 'nordlicht';
export const kCalendars = {
  travel: 'c_4mesfe9reisen2nordlicht7demo@group.calendar.google.com',
  team: 'c_7team3vertrieb9nordlicht1demo@group.calendar.google.com',
  family: 'c_2familie8hoffmann4demo@group.calendar.google.com',
};
export const kHolidayFile = 'feiertage.readonly.ics';
export const kHolidayName = 'Feiertage in Deutschland';

/** {google: world of the emulator, holidays: text of an .ics file, crm: seed of the host, range}. `today` is a day such as "2026-11-24". */
export function makeWorld({ seed = kSeed, today }) {
  const random = new Random(`${seed}/${today}`);
  const from = plus(today, -548),
    to = plus(today, 548); // three years
  const people = customers();
  const everyone = [...people.leads, ...people.contacts];
  const shared = family(from, to, random);
  const primary = [...series(from, to, today, people, random), ...specialDays(from, to, random)];
  // The rest of 800 are appointments of working days, dense around today.
  const travel = travels(from, to, random);
  const left = 800 - travel.length - primary.length;
  primary.push(
    ...workdays(from, to, Math.round(left * 0.8), everyone, random),
    ...workdays(plus(today, -30), plus(today, 45), left - Math.round(left * 0.8), everyone, random),
  );
  const reminders = [{ method: 'popup', minutes: 10 }];
  const google = {
    accounts: [
      {
        email: kGoogleAccount.email,
        name: kGoogleAccount.name,
        calendars: [
          {
            primary: true,
            summary: kGoogleAccount.email,
            access_role: 'owner',
            time_zone: kHome,
            background_color: '#9fe1e7',
            default_reminders: reminders,
            events: primary,
          },
          {
            id: kCalendars.travel,
            summary: 'Messen und Reisen',
            access_role: 'owner',
            time_zone: kHome,
            background_color: '#f83a22',
            events: travel,
          },
          {
            id: kCalendars.team,
            summary: 'Team Vertrieb',
            access_role: 'reader',
            time_zone: kHome,
            background_color: '#7bd148',
            events: team(from, to, random),
          },
          {
            id: kCalendars.family,
            summary: 'Familie',
            access_role: 'writer',
            time_zone: kHome,
            background_color: '#cd74e6',
            events: shared,
          },
        ],
      },
      {
        email: kOtherGoogleAccount.email,
        name: kOtherGoogleAccount.name,
        calendars: [
          {
            primary: true,
            summary: kOtherGoogleAccount.email,
            access_role: 'owner',
            time_zone: kHome,
            background_color: '#fbe983',
            events: [
              {
                id: random.eventId(),
                summary: 'Müll: Papier',
                start: { date: plus(today, 2) },
                end: { date: plus(today, 3) },
                recurrence: ['RRULE:FREQ=WEEKLY;INTERVAL=4'],
              },
            ],
          },
          {
            id: kCalendars.family,
            summary: 'Familie',
            access_role: 'owner',
            time_zone: kHome,
            background_color: '#cd74e6',
          },
        ],
      },
    ],
  };
  return {
    seed,
    today,
    range: { from, to },
    google,
    holidays: holidayCalendar(year(from), year(to)),
    crm: crmSeed(today, people),
  };
}

/** Writes the world where the two programs can read it. */
export function writeWorld(world, folder) {
  mkdirSync(folder, { recursive: true });
  const files = {
    google: join(folder, 'google.json'),
    holidays: join(folder, kHolidayFile),
    crm: join(folder, 'crm.json'),
  };
  writeFileSync(files.google, JSON.stringify(world.google));
  writeFileSync(files.holidays, world.holidays);
  writeFileSync(files.crm, JSON.stringify(world.crm));
  return files;
}
