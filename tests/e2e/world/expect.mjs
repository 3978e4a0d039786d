// What a correct import of the world must show, counted from the world itself and never from the
// program under test.

/** Kinds of events that the CRM hides by default. */
const HIDDEN = new Set(['workingLocation', 'birthday']);
const key = (email) => email.trim().toLowerCase();

export function ownCalendar(world, id) {
  const [account] = world.google.accounts;
  return account.calendars.find((calendar) =>
    id === 'primary' ? calendar.primary : calendar.id === id,
  );
}

/**
 * Numbers of one calendar: items as Google counts them, appointments as the CRM does (a series is
 * one).
 */
export function count(world, id) {
  const { events } = ownCalendar(world, id);
  const exceptions = events.filter((event) => event.recurringEventId);
  const hidden = events.filter((event) => HIDDEN.has(event.eventType));
  const appointments = events.filter(
    (event) => !event.recurringEventId && !HIDDEN.has(event.eventType),
  );
  return {
    items: events.length,
    appointments: appointments.length,
    series: appointments.filter((event) => event.recurrence).length,
    moved: exceptions.filter((event) => event.status !== 'cancelled').length,
    cancelled: exceptions.filter((event) => event.status === 'cancelled').length,
    allDay: appointments.filter((event) => event.start.date).length,
    private: appointments.filter((event) => ['private', 'confidential'].includes(event.visibility))
      .length,
    withGuests: appointments.filter((event) => event.attendees).length,
    hidden: hidden.length,
  };
}

/** Which leads and contacts the appointments of the calendars match: S-22. */
export function matches(world, ids) {
  const owners = new Map();
  for (const kind of ['leads', 'contacts'])
    for (const record of world.crm[kind])
      for (const email of record.emails)
        owners.set(key(email), [...(owners.get(key(email)) ?? []), { kind, record }]);
  const matched = new Set(),
    found = { leads: new Set(), contacts: new Set() },
    perRecord = new Map();
  for (const id of ids) {
    const { events } = ownCalendar(world, id);
    for (const event of events) {
      if (HIDDEN.has(event.eventType) || event.status === 'cancelled') continue;
      for (const { email, resource } of event.attendees ?? []) {
        if (resource) continue;
        for (const { kind, record } of owners.get(key(email)) ?? []) {
          const home = `${id}/${event.recurringEventId ?? event.id}`;
          matched.add(home);
          found[kind].add(record.name);
          const name = `${kind}/${record.name}`;
          perRecord.set(name, (perRecord.get(name) ?? new Set()).add(home));
        }
      }
    }
  }
  return { appointments: matched.size, leads: found.leads, contacts: found.contacts, perRecord };
}
