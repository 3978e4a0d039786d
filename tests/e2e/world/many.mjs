// The demo world with a salesperson who has 20,000 appointments and 5,000 contacts in the CRM:
// 27 on each of 741 days around today.

import { plus } from './days.mjs';
import { SALESPERSON } from './people.mjs';
import { Random } from './random.mjs';
import { makeWorld } from './world.mjs';

const APPOINTMENTS = 20_000;
const CONTACTS = 5000;
const A_DAY = 27;
const TITLES = ['Demo', 'Angebot', 'Jour fixe', 'Review', 'Telefonat', 'Besuch', 'Workshop'];
const FIRMS = ['Kühn', 'Harbor Analytics', 'Lüders', 'Bär', 'Wright', 'Vogel', 'Nagel & Co.'];

const two = (number) => String(number).padStart(2, '0');

export function manyWorld({ today }) {
  const world = makeWorld({ today });
  const random = new Random(`many ${today}`);
  const contacts = Array.from({ length: CONTACTS }, (_, i) => ({
    name: `Person ${i}`,
    company: `${random.pick(FIRMS)} ${i % 97}`,
    emails: [`person${i}@client${i % 97}.example`],
    phone: '',
    title: '',
  }));
  const first = plus(today, -Math.floor(APPOINTMENTS / A_DAY / 2));
  const appointments = Array.from({ length: APPOINTMENTS }, (_, i) => {
    const day = plus(first, Math.floor(i / A_DAY));
    const hour = random.integer(6, 17);
    const time = (minutes) => ({
      date_time: `${day}T${two(hour + Math.floor(minutes / 60))}:${two(minutes % 60)}:00Z`,
      time_zone: 'Europe/Berlin',
    });
    const begin = random.pick([0, 15, 30, 45]);
    return {
      user: SALESPERSON.email,
      summary: `${random.pick(TITLES)} ${random.pick(FIRMS)}`,
      start: time(begin),
      end: time(begin + random.pick([30, 45, 60, 90])),
      ...(random.chance(0.3)
        ? { attendees: [{ email: random.pick(contacts).emails[0], partstat: 'accepted' }] }
        : {}),
    };
  });
  return {
    ...world,
    crm: {
      ...world.crm,
      contacts: [...world.crm.contacts, ...contacts],
      appointments: [...world.crm.appointments, ...appointments],
    },
  };
}
