// The demo world with a salesperson who has many appointments and 5,000 contacts in the CRM: 27
// appointments on each day around today, which at 20,000 are 741 days, each with a description of
// about so many letters; and more in the primary calendar of the Google account.

import { plus } from './days.mjs';
import { SALESPERSON } from './people.mjs';
import { Random } from './random.mjs';
import { makeWorld } from './world.mjs';

const APPOINTMENTS = 20_000;
const ZONE = 'Europe/Berlin';
const CONTACTS = 5000;
const A_DAY = 27;
const TITLES = ['Demo', 'Angebot', 'Jour fixe', 'Review', 'Telefonat', 'Besuch', 'Workshop'];
const AGENDA = 'status, open points, next steps, and what the last quarter says; ';
const FIRMS = ['Kühn', 'Harbor Analytics', 'Lüders', 'Bär', 'Wright', 'Vogel', 'Nagel & Co.'];

const two = (number) => String(number).padStart(2, '0');

export function manyWorld({
  today,
  appointments: count = APPOINTMENTS,
  letters = 0,
  atGoogle = 0,
}) {
  const world = makeWorld({ today });
  const random = new Random(`many ${today}`);
  const contacts = Array.from({ length: CONTACTS }, (_, i) => ({
    name: `Person ${i}`,
    company: `${random.pick(FIRMS)} ${i % 97}`,
    emails: [`person${i}@client${i % 97}.example`],
    phone: '',
    title: '',
  }));
  const first = plus(today, -Math.floor(count / A_DAY / 2));
  const appointments = Array.from({ length: count }, (_, i) => {
    const day = plus(first, Math.floor(i / A_DAY));
    const hour = random.integer(6, 17);
    const time = (minutes) => ({
      date_time: `${day}T${two(hour + Math.floor(minutes / 60))}:${two(minutes % 60)}:00Z`,
      time_zone: ZONE,
    });
    const begin = random.pick([0, 15, 30, 45]);
    return {
      user: SALESPERSON.email,
      summary: `${random.pick(TITLES)} ${random.pick(FIRMS)}`,
      ...(letters > 0 ? { description: AGENDA.repeat(letters / AGENDA.length) } : {}),
      start: time(begin),
      end: time(begin + random.pick([30, 45, 60, 90])),
      ...(random.chance(0.3)
        ? { attendees: [{ email: random.pick(contacts).emails[0], partstat: 'accepted' }] }
        : {}),
    };
  });
  const [primary] = world.google.accounts[0].calendars;
  for (let i = 0; i < atGoogle; ++i) {
    const day = plus(today, random.integer(-300, 300));
    const hour = random.integer(6, 17);
    primary.events.push({
      id: random.eventId(),
      summary: `${random.pick(TITLES)} ${random.pick(FIRMS)}`,
      start: { dateTime: `${day}T${two(hour)}:00:00`, timeZone: ZONE },
      end: { dateTime: `${day}T${two(hour + 1)}:00:00`, timeZone: ZONE },
    });
  }
  return {
    ...world,
    crm: {
      ...world.crm,
      contacts: [...world.crm.contacts, ...contacts],
      appointments: [...world.crm.appointments, ...appointments],
    },
  };
}
