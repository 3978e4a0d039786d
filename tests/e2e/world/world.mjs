// The demo world: what Google and the CRM hold, from a seed and a day. The same seed and day give
// the same world to the byte.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { family, HOME, specialDays, team, travels, workdays } from './appointments.mjs';
import { crmSeed } from './crm.mjs';
import { plus, year } from './days.mjs';
import { holidayCalendar } from './holidays.mjs';
import { customers, GOOGLE_ACCOUNT, OTHER_GOOGLE_ACCOUNT } from './people.mjs';
import { Random } from './random.mjs';
import { series } from './series.mjs';

export const SEED = 'nordlicht';
export const CALENDARS = {
  travel: 'c_4mesfe9reisen2nordlicht7demo@group.calendar.google.com',
  team: 'c_7team3vertrieb9nordlicht1demo@group.calendar.google.com',
  family: 'c_2familie8hoffmann4demo@group.calendar.google.com',
};
export const HOLIDAY_FILE = 'feiertage.readonly.ics';
export const HOLIDAY_NAME = 'Feiertage in Deutschland';

/**
 * {google: world of the emulator, holidays: text of an .ics file, crm: seed of the host, range}.
 * `today` is a day such as "2026-11-24".
 */
export function makeWorld({ seed = SEED, today }) {
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
        email: GOOGLE_ACCOUNT.email,
        name: GOOGLE_ACCOUNT.name,
        calendars: [
          {
            primary: true,
            summary: GOOGLE_ACCOUNT.email,
            access_role: 'owner',
            time_zone: HOME,
            background_color: '#9fe1e7',
            default_reminders: reminders,
            events: primary,
          },
          {
            id: CALENDARS.travel,
            summary: 'Messen und Reisen',
            access_role: 'owner',
            time_zone: HOME,
            background_color: '#f83a22',
            events: travel,
          },
          {
            id: CALENDARS.team,
            summary: 'Team Vertrieb',
            access_role: 'reader',
            time_zone: HOME,
            background_color: '#7bd148',
            events: team(from, to, random),
          },
          {
            id: CALENDARS.family,
            summary: 'Familie',
            access_role: 'writer',
            time_zone: HOME,
            background_color: '#cd74e6',
            events: shared,
          },
        ],
      },
      {
        email: OTHER_GOOGLE_ACCOUNT.email,
        name: OTHER_GOOGLE_ACCOUNT.name,
        calendars: [
          {
            primary: true,
            summary: OTHER_GOOGLE_ACCOUNT.email,
            access_role: 'owner',
            time_zone: HOME,
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
            id: CALENDARS.family,
            summary: 'Familie',
            access_role: 'owner',
            time_zone: HOME,
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

/** Writes the world to files that the two programs can read. */
export function writeWorld(world, folder) {
  mkdirSync(folder, { recursive: true });
  const files = {
    google: join(folder, 'google.json'),
    holidays: join(folder, HOLIDAY_FILE),
    crm: join(folder, 'crm.json'),
  };
  writeFileSync(files.google, JSON.stringify(world.google));
  writeFileSync(files.holidays, world.holidays);
  writeFileSync(files.crm, JSON.stringify(world.crm));
  return files;
}
