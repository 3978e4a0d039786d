// Single appointments of the salesperson's Google calendars, as bodies that events.insert would
// take.

import { clockChanges, later, next, plus, range, weekday, year } from './days.mjs';
import { COLLEAGUES, FIRM, GOOGLE_ACCOUNT, ROOM, STRANGERS } from './people.mjs';
import {
  ALL_DAY,
  FAIRS,
  FOCUS,
  HOURS,
  INTERNAL,
  MEETINGS,
  OFFICE_HOURS,
  PLACES,
  PRIVATE,
  TRIPS,
} from './titles.mjs';

export const HOME = 'Europe/Berlin';

/** start and end of a timed event, in local time of `zone`. */
export function timed(day, time, minutes, zone = HOME) {
  const end = later(day, time, minutes);
  return {
    start: { dateTime: `${day}T${time}:00`, timeZone: zone },
    end: { dateTime: `${end.day}T${end.time}:00`, timeZone: zone },
  };
}

/** start and end of an all-day event; the end is exclusive. */
export const allDay = (day, days = 1) => ({ start: { date: day }, end: { date: plus(day, days) } });

export const guest = (person, response = 'accepted') => ({
  email: person.emails ? person.emails[0] : person.email,
  displayName: person.name,
  responseStatus: response,
});
const self = (response = 'accepted') => ({
  email: GOOGLE_ACCOUNT.email,
  displayName: GOOGLE_ACCOUNT.name,
  responseStatus: response,
});

const fill = (text, person, random) =>
  text
    .replace('{company}', person.company)
    .replace('{person}', person.name)
    .replace('{number}', `A-${random.integer(2300, 9899)}`);

/**
 * A meeting with one customer or more: titles in the customer's language, times in the customer's
 * zone.
 */
function meeting(day, people, random) {
  const person = random.pick(people);
  const [title, minutes, description] = random.pick(MEETINGS[person.language]);
  const abroad = HOURS[person.zone];
  const body = {
    id: random.eventId(),
    summary: fill(title, person, random),
    ...timed(day, random.pick(abroad ?? OFFICE_HOURS), minutes, abroad ? person.zone : HOME),
  };
  if (description) body.description = description;
  const place = abroad ? 'Google Meet' : random.pick(PLACES[person.language]);
  if (place) body.location = place;
  const answers = ['accepted', 'accepted', 'accepted', 'needsAction', 'tentative', 'declined'];
  const guests = [guest(person, random.pick(answers))];
  for (const other of people.filter((p) => p.company === person.company && p !== person))
    if (random.chance(0.5)) guests.push(guest(other, random.pick(answers)));
  if (random.chance(0.2)) guests.push(guest(random.pick(people), random.pick(answers)));
  if (random.chance(0.25)) guests.push(guest(random.pick(COLLEAGUES)));
  if (random.chance(0.1)) guests.push({ ...guest(random.pick(STRANGERS)), optional: true });
  if (body.location === ROOM.name)
    guests.push({
      email: ROOM.email,
      displayName: ROOM.name,
      resource: true,
      responseStatus: 'accepted',
    });
  if (random.chance(0.12)) {
    // the customer invited: a copy of another organiser's meeting
    body.organizer = { email: guests[0].email, displayName: guests[0].displayName };
    guests[0].responseStatus = 'accepted';
    body.attendees = unique([
      ...guests,
      self(random.pick(['accepted', 'needsAction', 'tentative'])),
    ]);
  } else if (random.chance(0.85)) {
    body.attendees = unique([self(), ...guests]);
  }
  if (random.chance(0.1)) body.status = 'tentative';
  if (random.chance(0.1)) body.colorId = String(random.integer(1, 11));
  if (random.chance(0.08))
    body.reminders = {
      useDefault: false,
      overrides: [
        { method: 'popup', minutes: random.pick([5, 15, 60]) },
        { method: 'email', minutes: 1440 },
      ],
    };
  return body;
}

function unique(guests) {
  const seen = new Set();
  return guests.filter(
    ({ email }) => !seen.has(email.toLowerCase()) && seen.add(email.toLowerCase()),
  );
}

function strangersOnly(day, random) {
  const stranger = random.pick(STRANGERS);
  return {
    id: random.eventId(),
    summary: random.pick([`Abstimmung ${stranger.name}`, `Besprechung mit ${stranger.name}`]),
    ...timed(day, random.pick(OFFICE_HOURS), 45),
    attendees: [self(), guest(stranger)],
  };
}

function withoutGuests(day, random) {
  const [title, minutes] = random.pick(INTERNAL);
  const body = {
    id: random.eventId(),
    summary: title,
    ...timed(day, random.pick(OFFICE_HOURS), minutes),
  };
  if (random.chance(0.3)) body.attendees = [self(), guest(random.pick(COLLEAGUES))];
  return body;
}

function personal(day, random) {
  const [title, minutes] = random.pick(PRIVATE);
  return {
    id: random.eventId(),
    summary: title,
    ...timed(day, random.pick(['07:30', '12:15', '17:45', '18:30', '19:30']), minutes),
    visibility: random.chance(0.2) ? 'confidential' : 'private',
    ...(random.chance(0.5) ? { transparency: 'transparent' } : {}),
  };
}

function focus(day, random) {
  return {
    id: random.eventId(),
    summary: random.pick(FOCUS),
    ...timed(day, random.pick(['08:00', '13:00', '15:00']), 120),
    eventType: 'focusTime',
    focusTimeProperties: {
      autoDeclineMode: 'declineOnlyNewConflictingInvitations',
      chatStatus: 'doNotDisturb',
    },
  };
}

/** Fills the working days from `from` to before `to` until there are `count` appointments. */
export function workdays(from, to, count, people, random) {
  const days = [...range(from, to)].filter((day) => !['SA', 'SU'].includes(weekday(day)));
  const reachable = people.filter((person) => !person.never);
  return random
    .sample(
      days.flatMap((day) => [day, day, day]),
      count,
    )
    .map((day) => {
      const chance = random.next();
      if (chance < 0.62) return meeting(day, reachable, random);
      if (chance < 0.68) return strangersOnly(day, random);
      if (chance < 0.86) return withoutGuests(day, random);
      if (chance < 0.95) return personal(day, random);
      return focus(day, random);
    });
}

/** All-day and multi-day ones, and times around both clock changes, where mistakes show. */
export function specialDays(from, to, random) {
  const bodies = [];
  const days = [...range(from, to)].filter((day) => weekday(day) === 'MO');
  for (const monday of random.sample(days, 34)) {
    const title = random.pick(ALL_DAY);
    const length = title === 'Urlaub' ? random.pick([5, 12, 19]) : 1;
    bodies.push({
      id: random.eventId(),
      summary: title,
      ...allDay(plus(monday, length > 1 ? 0 : random.integer(0, 4)), length),
      transparency: title === 'Homeoffice' ? 'transparent' : 'opaque',
    });
  }
  for (const { day, spring } of clockChanges(from, to)) {
    const season = spring ? 'Sommerzeit' : 'Winterzeit';
    bodies.push({
      id: random.eventId(),
      summary: `Umstellung auf ${season}`,
      ...allDay(day),
      transparency: 'transparent',
    });
    // From before the change to after it: three hours on the clock, two or four in fact.
    bodies.push({
      id: random.eventId(),
      summary: `Wartungsfenster (${season})`,
      ...timed(day, '00:30', 180),
    });
    // 02:30 does not exist in spring and occurs twice in autumn.
    bodies.push({
      id: random.eventId(),
      summary: `Datensicherung 02:30 (${season})`,
      start: { dateTime: `${day}T${spring ? '03' : '02'}:30:00+02:00`, timeZone: HOME },
      end: { dateTime: `${day}T${spring ? '04:00:00+02:00' : '03:00:00+01:00'}`, timeZone: HOME },
    });
    bodies.push({
      id: random.eventId(),
      summary: 'Wochenende mit Zeitumstellung an der Ostsee',
      ...allDay(plus(day, -1), 3),
    });
  }
  for (let y = year(from); y <= year(to); ++y) {
    const summer = next(`${y}-07-13`, 'MO');
    if (summer >= from && summer < to)
      bodies.push({
        id: random.eventId(),
        summary: 'Abwesend: Sommerurlaub',
        eventType: 'outOfOffice',
        ...timed(summer, '00:00', 14 * 1440),
        outOfOfficeProperties: {
          autoDeclineMode: 'declineOnlyNewConflictingInvitations',
          declineMessage: 'Ich bin im Urlaub.',
        },
      });
    if (`${y}-12-30` >= from && `${y}-12-30` < to)
      bodies.push({
        id: random.eventId(),
        summary: 'Silvester bei Jonas',
        ...timed(`${y}-12-31`, '20:00', 330),
        visibility: 'private',
      });
  }
  return bodies;
}

/**
 * The second own calendar: fairs over several days, trips over night, in the zones of their places.
 */
export function travels(from, to, random) {
  const bodies = [];
  const mondays = [...range(from, to)].filter((day) => weekday(day) === 'MO');
  for (const monday of random.sample(mondays, 26)) {
    const [title, days, location] = random.pick(FAIRS);
    bodies.push({
      id: random.eventId(),
      summary: `${title} ${year(monday)}`,
      location,
      ...allDay(plus(monday, 1), days),
    });
  }
  for (const monday of random.sample(mondays, 16)) {
    const [title, location] = random.pick(TRIPS);
    const night = title.startsWith('Nachtzug');
    bodies.push({
      id: random.eventId(),
      summary: title,
      ...(location ? { location } : {}),
      ...timed(plus(monday, 2), night ? '21:55' : '06:46', night ? 800 : 260),
    });
  }
  for (const monday of random.sample(mondays, 4))
    // over several days, by the clock, from one zone into another
    bodies.push({
      id: random.eventId(),
      summary: 'Kundenreise Japan',
      start: { dateTime: `${monday}T11:20:00`, timeZone: HOME },
      end: { dateTime: `${plus(monday, 5)}T18:05:00`, timeZone: 'Asia/Tokyo' },
      attendees: [self(), guest(COLLEAGUES[1])],
    });
  return bodies;
}

/** What the team shares: view-only. */
export function team(from, to, random) {
  const mondays = [...range(from, to)].filter((day) => weekday(day) === 'MO');
  return random.sample(mondays, 30).map((monday) => ({
    id: random.eventId(),
    summary: random.pick([
      'Rufbereitschaft Jonas',
      'Rufbereitschaft Emma',
      'Standdienst',
      'Schulung Neukunden',
      'Release 4.2 beim Kunden',
    ]),
    ...allDay(monday, random.pick([1, 5, 7])),
    creator: { email: `jonas.brandt@${FIRM}` },
  }));
}

/** The family's calendar, shared between both Google accounts. */
export function family(from, to, random) {
  const saturdays = [...range(from, to)].filter((day) => weekday(day) === 'SA');
  return random.sample(saturdays, 18).map((day) => ({
    id: random.eventId(),
    summary: random.pick([
      'Fußballturnier Ben',
      'Besuch bei Oma',
      'Flohmarkt',
      'Kindergeburtstag Mia',
      'Wanderung',
    ]),
    ...timed(day, '10:00', 240),
    visibility: 'private',
  }));
}
