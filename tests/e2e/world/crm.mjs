// What the CRM holds before an account is connected: users, leads, contacts and a few appointments
// entered there. The host reads it with --seed.

import { later, next, plus } from './days.mjs';
import { COLLEAGUES, SALESPERSON, USERS } from './people.mjs';

/** The instant of a local time in a zone, with the zone's offset: "2026-11-25T09:00:00+01:00". */
export function local(day, time, zone) {
  const wall = Date.parse(`${day}T${time}:00Z`);
  const offset = (instant) => {
    const parts = Object.fromEntries(
      new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
      })
        .formatToParts(instant)
        .map(({ type, value }) => [type, value]),
    );
    return Math.round(
      (Date.parse(`${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:00Z`) -
        instant) /
        60_000,
    );
  };
  const minutes = offset(wall - offset(wall) * 60_000);
  const hours = String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0');
  const rest = String(Math.abs(minutes) % 60).padStart(2, '0');
  return `${day}T${time}:00${minutes < 0 ? '-' : '+'}${hours}:${rest}`;
}

/** start and end of a timed appointment as host_api/schema/event.json has them. */
export function appointment(day, time, minutes, zone = 'Europe/Berlin') {
  const end = later(day, time, minutes);
  return {
    start: { date_time: local(day, time, zone), time_zone: zone },
    end: { date_time: local(end.day, end.time, zone), time_zone: zone },
  };
}

const allDay = (day, days = 1) => ({ start: { date: day }, end: { date: plus(day, days) } });

export function crmSeed(today, customers) {
  const record = ({ name, company, emails, phone, title }) => ({
    name,
    company,
    emails,
    phone,
    title,
  });
  const address = (name) => {
    const person = [...customers.leads, ...customers.contacts].find((one) => one.name === name);
    return { email: person.emails[0], name };
  };
  const monday = next(plus(today, 1), 'MO');
  const user = SALESPERSON.email;
  const appointments = [
    {
      user,
      summary: 'Angebot Kühn Elektronik fertigstellen',
      ...appointment(plus(monday, 1), '08:30', 60),
    },
    {
      user,
      summary: 'Telefonat Susanne Krämer',
      ...appointment(plus(monday, 2), '10:00', 30),
      attendees: [address('Susanne Krämer')],
    },
    {
      user,
      summary: 'Vorbereitung Messe',
      description: 'Prospekte, Rollups, Gewinnspiel',
      ...allDay(plus(monday, 3)),
    },
    {
      user,
      summary: 'Besuch Lüders Hafenlogistik',
      location: 'Hamburg, Kaispeicher A',
      ...appointment(plus(monday, 8), '13:00', 120),
      attendees: [address('Matthias Lüders')],
    },
    {
      user,
      summary: 'Wochenplanung',
      ...appointment(next(plus(today, -56), 'MO'), '08:00', 30),
      recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO'],
    },
    { user, summary: 'Nachbereitung Roadshow', ...appointment(plus(monday, -20), '15:00', 60) },
    {
      user,
      summary: 'Rückruf Bär Autohaus',
      ...appointment(plus(monday, -13), '11:30', 15),
      attendees: [address('Markus Bär')],
    },
    { user, summary: 'Resturlaub', ...allDay(plus(monday, -38), 2) },
    {
      user: USERS[2].email,
      summary: 'Erstgespräch Vogel Zahnmedizin vorbereiten',
      ...appointment(plus(monday, 1), '09:00', 45),
    },
    {
      user: USERS[2].email,
      summary: 'Arzttermin',
      visibility: 'private',
      ...appointment(plus(monday, 4), '07:30', 45),
    },
    {
      user: USERS[3].email,
      summary: 'Wright Publishing renewal',
      ...appointment(plus(monday, 2), '10:00', 45, 'Europe/London'),
      attendees: [
        address('Hannah Wright'),
        { email: COLLEAGUES[1].email, name: COLLEAGUES[1].name },
      ],
    },
    { user: USERS[0].email, summary: 'Budgetrunde', ...appointment(plus(monday, 2), '09:00', 90) },
  ];
  return {
    users: USERS,
    leads: customers.leads.map(record),
    contacts: customers.contacts.map(record),
    appointments,
  };
}
