// Recurring appointments with moved and cancelled instances: around both European clock changes,
// around the American ones, with EXDATE and RDATE, by count, by date and without end, in zones of
// three continents. As bodies that events.insert would take, exceptions after their series.

import { allDay, guest, HOME, timed } from './appointments.mjs';
import { clockChanges, compact, next, nth, plus, weekday, year } from './days.mjs';
import { COLLEAGUES, GOOGLE_ACCOUNT, ROOM } from './people.mjs';

const self = {
  email: GOOGLE_ACCOUNT.email,
  displayName: GOOGLE_ACCOUNT.name,
  responseStatus: 'accepted',
};

class SeriesWriter {
  constructor(random) {
    this.random = random;
    this.bodies = [];
  }

  /**
   * `when` is a result of timed() or allDay(). Returns the handle that moved() and cancelled()
   * take.
   */
  add(summary, when, recurrence, more = {}) {
    const id = this.random.eventId();
    this.bodies.push({ id, summary, ...when, recurrence, ...more });
    return {
      id,
      summary,
      when,
      zone: when.start.timeZone,
      time: when.start.dateTime?.slice(11, 16),
    };
  }

  original(series, day) {
    return series.zone
      ? { dateTime: `${day}T${series.time}:00`, timeZone: series.zone }
      : { date: day };
  }

  moved(series, day, changes) {
    this.bodies.push({
      recurringEventId: series.id,
      originalStartTime: this.original(series, day),
      ...changes,
    });
  }

  cancelled(series, day) {
    this.bodies.push({
      recurringEventId: series.id,
      originalStartTime: this.original(series, day),
      status: 'cancelled',
    });
  }
}

/** The days of a weekly series from its first day. */
function weekly(first, to, interval = 1) {
  const days = [];
  for (let day = first; day < to; day = plus(day, 7 * interval)) days.push(day);
  return days;
}

const utc = (day, time) => `${compact(day)}T${time.replace(':', '')}00Z`;

export function series(from, to, today, customers, random) {
  const writer = new SeriesWriter(random);
  const person = (name) =>
    [...customers.leads, ...customers.contacts].find((one) => one.name === name);
  const changes = clockChanges(from, to);

  // Every working day, without end. Cancelled on both working days next to a clock change, moved on
  // the one after.
  const standup = writer.add(
    'Vertriebs-Standup',
    timed(next(from, 'MO'), '09:00', 15),
    ['RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR'],
    {
      attendees: [self, ...COLLEAGUES.map((colleague) => guest(colleague))],
      location: 'Google Meet',
    },
  );
  for (const { day } of changes) {
    writer.cancelled(standup, plus(day, -2));
    writer.moved(standup, plus(day, 1), {
      ...timed(plus(day, 1), '10:30', 15),
      summary: 'Vertriebs-Standup (nach der Zeitumstellung später)',
    });
  }
  for (let y = year(from); y <= year(to); ++y)
    for (const day of [`${y}-12-24`, `${y}-12-31`])
      if (day >= from && day < to && !['SA', 'SU'].includes(weekday(day)))
        writer.cancelled(standup, day);

  // Weekly with customers: one instance is moved across each clock change, one is cancelled in the
  // week after.
  const jour = writer.add(
    'Jour fixe Hansa Verpackung',
    timed(next(from, 'TU'), '14:00', 60),
    ['RRULE:FREQ=WEEKLY;BYDAY=TU'],
    {
      attendees: [
        self,
        guest(person('Petra Schulz')),
        guest(person('Andreas Fröhlich'), 'tentative'),
      ],
      description: 'Agenda im geteilten Dokument.',
    },
  );
  const tuesdays = weekly(next(from, 'TU'), to);
  for (const { day } of changes) {
    const after = tuesdays.find((tuesday) => tuesday > day);
    if (!after) continue;
    writer.moved(jour, after, {
      ...timed(plus(after, -4), '15:30', 90),
      summary: 'Jour fixe Hansa Verpackung (vorgezogen)',
    });
    writer.cancelled(jour, plus(after, 7));
  }
  const soon = tuesdays.find((tuesday) => tuesday > plus(today, 6));
  if (soon)
    writer.moved(jour, soon, {
      location: 'Vor Ort, Halle 3',
      attendees: [
        self,
        guest(person('Petra Schulz')),
        guest(person('Kerstin Möller'), 'needsAction'),
      ],
    });

  // Every other week with New York: the hour in Hamburg differs for some weeks of spring and
  // autumn.
  const harbor = writer.add(
    'Harbor Analytics: bi-weekly sync',
    timed(next(from, 'WE'), '09:00', 45, 'America/New_York'),
    ['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE'],
    {
      attendees: [self, guest(person('David Kim')), guest(person('Jessica Brown'))],
      location: 'Zoom',
    },
  );
  for (let y = year(from); y <= year(to); ++y)
    for (const change of [nth(y, 3, 'SU', 2), nth(y, 11, 'SU', 1)]) {
      const hit = weekly(next(from, 'WE'), to, 2).find((day) => day > change);
      if (change >= from && hit)
        writer.moved(harbor, hit, timed(plus(hit, 1), '10:00', 45, 'America/New_York'));
    }

  // The first Thursday of each month with Tokyo, 24 times; a Tokyo holiday is excluded by EXDATE.
  const firstThursday =
    nth(year(from), (Number(from.slice(5, 7)) % 12) + 1, 'TH', 1) >= from
      ? nth(year(from), (Number(from.slice(5, 7)) % 12) + 1, 'TH', 1)
      : next(from, 'TH');
  const excluded = nth(year(firstThursday) + 1, 5, 'TH', 1);
  writer.add(
    'Tanaka Seimitsu: monthly review',
    timed(firstThursday, '16:30', 60, 'Asia/Tokyo'),
    ['RRULE:FREQ=MONTHLY;BYDAY=1TH;COUNT=24', `EXDATE;TZID=Asia/Tokyo:${compact(excluded)}T163000`],
    { attendees: [self, guest(person('Kenji Tanaka'))] },
  );

  // A zone with a half-hour offset, ended half a year ago, and its successor at another hour: a
  // series that was split.
  const cut = next(plus(today, -180), 'FR');
  const firstFriday = next(plus(from, 30), 'FR');
  writer.add(
    'Raman Textiles weekly',
    timed(firstFriday, '14:00', 30, 'Asia/Kolkata'),
    [`RRULE:FREQ=WEEKLY;UNTIL=${utc(plus(cut, -1), '18:29')};BYDAY=FR`],
    { attendees: [self, guest(person('Priya Raman'))] },
  );
  const raman = writer.add(
    'Raman Textiles weekly',
    timed(cut, '15:30', 45, 'Asia/Kolkata'),
    ['RRULE:FREQ=WEEKLY;BYDAY=FR'],
    { attendees: [self, guest(person('Priya Raman'))] },
  );
  writer.cancelled(raman, plus(cut, 21));

  // Sydney changes its clock in the opposite direction.
  const sydney = writer.add(
    'Murray Wines: account review',
    timed(next(from, 'MO'), '17:30', 30, 'Australia/Sydney'),
    ['RRULE:FREQ=WEEKLY;INTERVAL=4;BYDAY=MO'],
    { attendees: [self, guest(person('Charlotte Murray'), 'needsAction')] },
  );
  writer.moved(sydney, plus(next(from, 'MO'), 28 * 9), {
    ...timed(plus(next(from, 'MO'), 28 * 9 + 1), '18:00', 45, 'Australia/Sydney'),
    colorId: '5',
  });
  writer.add(
    'Souza Café: pipeline',
    timed(next(from, 'TH'), '10:00', 30, 'America/Sao_Paulo'),
    ['RRULE:FREQ=WEEKLY;INTERVAL=3;COUNT=40;BYDAY=TH'],
    { attendees: [self, guest(person('Gabriela Souza'))] },
  );
  writer.add(
    'Bay Robotics stand-up',
    timed(next(plus(today, -60), 'TU'), '08:00', 20, 'America/Los_Angeles'),
    ['RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=30'],
    { attendees: [self, guest(person('Michael Rodriguez'), 'declined')] },
  );

  // Months and quarters: by position, by the last day, with an extra day.
  const review = writer.add(
    'Pipeline-Review',
    timed(nth(year(from), 12, 'FR', -1), '11:00', 90),
    ['RRULE:FREQ=MONTHLY;BYDAY=-1FR'],
    {
      attendees: [
        self,
        guest(COLLEAGUES[0]),
        { email: ROOM.email, displayName: ROOM.name, resource: true, responseStatus: 'accepted' },
      ],
    },
  );
  writer.moved(
    review,
    nth(year(from) + 1, 12, 'FR', -1),
    timed(plus(nth(year(from) + 1, 12, 'FR', -1), -7), '11:00', 90),
  );
  const extra = plus(nth(year(today), 2, 'MO', 1), 9);
  writer.add(
    'Forecast-Runde',
    timed(nth(year(from), 11, 'MO', 1), '10:00', 60),
    ['RRULE:FREQ=MONTHLY;BYDAY=1MO', `RDATE;TZID=${HOME}:${compact(extra)}T100000`],
    { attendees: [self, guest(COLLEAGUES[0]), guest(COLLEAGUES[2])] },
  );
  writer.add(
    'Provisionsabrechnung',
    allDay(`${year(from)}-12-31`),
    ['RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=30'],
    { transparency: 'transparent' },
  );
  writer.add(
    'Quartalsgespräch Möller Anlagenbau',
    timed(`${year(from)}-11-16`, '13:00', 90),
    ['RRULE:FREQ=MONTHLY;INTERVAL=3;COUNT=10'],
    { attendees: [self, guest(person('Kerstin Möller')), guest(person('Frank Böttcher'))] },
  );

  // Over midnight and through both nights of the clock change.
  const maintenance = writer.add(
    'Wartung Demo-Server',
    timed(next(from, 'SA'), '23:30', 240),
    ['RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SA'],
    { transparency: 'transparent' },
  );
  const saturdays = weekly(next(from, 'SA'), to);
  writer.cancelled(maintenance, saturdays[12]);
  writer.moved(maintenance, saturdays[40], timed(plus(saturdays[40], 1), '06:00', 60));

  // All-day ones: birthdays of customers, an on-call duty of three days, a working week in three
  // places.
  for (const [name, date] of [
    ['Petra Schulz', '04-12'],
    ['Thorsten Müller', '09-03'],
    ['Oliver Grant', '02-29'],
    ['Kenji Tanaka', '11-28'],
  ])
    writer.add(
      `Geburtstag ${name}`,
      allDay(date === '02-29' ? '2024-02-29' : `${year(from)}-${date}`),
      ['RRULE:FREQ=YEARLY'],
      { transparency: 'transparent' },
    );
  const duty = writer.add('Rufbereitschaft', allDay(next(from, 'FR'), 3), [
    'RRULE:FREQ=WEEKLY;INTERVAL=6;BYDAY=FR',
  ]);
  const duties = weekly(next(from, 'FR'), to, 6);
  writer.moved(duty, duties[5], allDay(plus(duties[5], 7), 3));
  writer.cancelled(duty, duties[9]);
  writer.add('Büro', allDay(next(from, 'MO')), ['RRULE:FREQ=WEEKLY;BYDAY=MO,TU'], {
    eventType: 'workingLocation',
    visibility: 'public',
    transparency: 'transparent',
    workingLocationProperties: { type: 'officeLocation', officeLocation: { label: 'Hamburg' } },
  });
  writer.add('Fokuszeit', timed(next(from, 'TH'), '08:00', 60), ['RRULE:FREQ=WEEKLY;BYDAY=TH'], {
    eventType: 'focusTime',
    focusTimeProperties: { autoDeclineMode: 'declineNone', chatStatus: 'doNotDisturb' },
  });
  const therapy = writer.add(
    'Rückengymnastik',
    timed(next(from, 'WE'), '18:00', 60),
    ['RRULE:FREQ=WEEKLY;BYDAY=WE'],
    { visibility: 'private' },
  );
  for (const index of [7, 19, 33]) writer.cancelled(therapy, weekly(next(from, 'WE'), to)[index]);

  // Another user's series: a copy of an invitation.
  writer.add(
    'Lehmann Elektro: Projektrunde',
    timed(next(plus(today, -90), 'TH'), '11:00', 60),
    ['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TH'],
    {
      organizer: { email: person('Michael Lehmann').emails[0], displayName: 'Michael Lehmann' },
      attendees: [
        guest(person('Michael Lehmann')),
        { ...self, responseStatus: 'needsAction' },
        guest(person('Julia Walter')),
      ],
    },
  );
  return writer.bodies;
}
