// The world of an import: one Google account with `count` appointments in its primary calendar, and
// a CRM whose leads and contacts are a third of the guests. 90 % of the appointments are single,
// 10 % are series with one moved instance, of which every second has a cancelled one too; 40 % have
// guests. Ids are random, as Google's are. The same count gives the same world to the byte.

import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { GOOGLE_ACCOUNT, USERS } from '../../e2e/world/people.mjs';
import { Random } from '../../e2e/world/random.mjs';

const ZONE = 'Europe/Berlin';
const DAY = 86_400_000;
const RECORDS = 1000;
const STRANGERS = 2000;

const WHAT = ['Review', 'Planning', 'Jour fixe', 'Vertragsgespräch', 'Handover', 'Workshop'];
const WHOM = ['Example GmbH', 'Müller & Söhne', 'Contoso', 'the board', 'Team Blue'];
const WHERE = [
  'Room 4.12, Hauptstraße 5, 80331 München',
  'Besprechungsraum Alpspitze',
  'Video call',
  'Example GmbH, Ringstr. 12, Köln',
];
const TEXT = [
  'please bring the figures of the last quarter',
  'agenda: status, open points, next steps',
  'who cannot come sends a deputy',
  'Unterlagen liegen im gemeinsamen Ordner',
  'the offer has to leave the house this week',
];

const address = (number) => `guest${number}@client${number % 97}.example`;
const timeOf = (day, hour) => ({
  dateTime: `${new Date(day).toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}:00:00`,
  timeZone: ZONE,
});

/** The bodies of one appointment: the event, and the changed instances of a series. */
function* bodiesOf(number, random, firstDay) {
  const day = firstDay + random.integer(0, 3 * 365) * DAY;
  const hour = random.integer(7, 17);
  const guests = random.chance(0.4)
    ? Array.from({ length: random.integer(1, 6) }, () => random.integer(0, RECORDS + STRANGERS - 1))
    : [];
  const event = {
    id: random.eventId(),
    summary: `${random.pick(WHAT)}: ${random.pick(WHOM)}`,
    description: `${random.pick(TEXT)}; ${random.pick(TEXT)}.\n${number}`,
    location: random.pick(WHERE),
    start: timeOf(day, hour),
    end: timeOf(day, hour + 1),
    ...(guests.length > 0
      ? {
          attendees: [...new Set(guests)].map((guest) => ({
            email: address(guest),
            displayName: `Guest ${guest}`,
            responseStatus: random.pick(['accepted', 'needsAction', 'tentative']),
          })),
        }
      : {}),
  };
  const series = number % 10 === 9;
  yield series ? { ...event, recurrence: ['RRULE:FREQ=WEEKLY;COUNT=20'] } : event;
  if (!series) return;
  const instance = (week) => ({
    recurringEventId: event.id,
    originalStartTime: timeOf(day + week * 7 * DAY, hour),
  });
  yield {
    ...instance(2),
    summary: `${event.summary} (moved)`,
    start: timeOf(day + 15 * DAY, hour),
    end: timeOf(day + 15 * DAY, hour + 1),
  };
  if (number % 20 === 9) yield { ...instance(4), status: 'cancelled' };
}

function crmSeed() {
  const record = (number) => ({
    name: `Guest ${number}`,
    company: `Client ${number % 97}`,
    emails: [address(number)],
    phone: '',
    title: '',
  });
  const numbers = Array.from({ length: RECORDS }, (_, number) => number);
  return {
    users: USERS,
    leads: numbers.filter((number) => number % 2 === 0).map(record),
    contacts: numbers.filter((number) => number % 2 === 1).map(record),
    appointments: [],
  };
}

/** Writes {google, crm}: what the emulator and the host load. */
export function writeWorld(count, folder) {
  mkdirSync(folder, { recursive: true });
  const files = { google: join(folder, 'google.json'), crm: join(folder, 'crm.json') };
  writeFileSync(files.crm, JSON.stringify(crmSeed()));
  const random = new Random(`import of ${count}`);
  const firstDay = Date.parse('2025-01-01T00:00:00Z');
  const file = openSync(files.google, 'w');
  const head = { email: GOOGLE_ACCOUNT.email, name: GOOGLE_ACCOUNT.name };
  const calendar = { primary: true, summary: head.email, access_role: 'owner', time_zone: ZONE };
  writeSync(file, `{"accounts":[{${JSON.stringify(head).slice(1, -1)},"calendars":[`);
  writeSync(file, `{${JSON.stringify(calendar).slice(1, -1)},"events":[`);
  let waiting = [];
  for (let number = 0, first = true; number < count; ++number) {
    for (const body of bodiesOf(number, random, firstDay)) waiting.push(JSON.stringify(body));
    if (number % 1000 !== 999 && number + 1 < count) continue;
    writeSync(file, (first ? '' : ',\n') + waiting.join(',\n'));
    first = false;
    waiting = [];
  }
  writeSync(file, ']}]}]}\n');
  closeSync(file);
  return files;
}
