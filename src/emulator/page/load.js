// Loads the account's calendars and the events of the visible days into `state`.
import { allPages, calendarPath } from './api.js';
import { isWritable, state, visibleEnd } from './state.js';
import { dateText, day, parse } from './time.js';

const timeOf = (value) => parse(value.date ?? value.dateTime);

// An event of the API as week.js renders it.
function toEvent(raw, calendar) {
  const self = raw.attendees?.find((guest) => guest.self);
  const start = timeOf(raw.start);
  return {
    id: raw.id,
    key: `${calendar.id}/${raw.id}`,
    raw,
    calendar,
    calendarName: calendar.name,
    summary: raw.summary,
    allDay: Boolean(raw.start?.date),
    start,
    end: Math.max(timeOf(raw.end), start),
    writable: isWritable(calendar),
    masked: calendar.accessRole === 'freeBusyReader',
    color: state.colors[raw.colorId]?.background ?? calendar.color,
    answer: self && !raw.organizer?.self ? self.responseStatus : undefined,
    moved: Boolean(raw.recurringEventId) && timeOf(raw.originalStartTime ?? raw.start) !== start,
  };
}

export async function loadCalendars() {
  const items = await allPages(state.email, '/users/me/calendarList', { maxResults: '250' });
  state.calendars = items
    .map((item) => ({
      ...item,
      name: item.summaryOverride ?? item.summary,
      color: item.backgroundColor,
    }))
    .sort(
      (a, b) =>
        Number(Boolean(b.primary)) - Number(Boolean(a.primary)) || a.name.localeCompare(b.name),
    );
  state.zone = state.calendars.find((calendar) => calendar.primary)?.timeZone ?? 'UTC';
}

export async function loadEvents() {
  const { from } = state;
  const to = visibleEnd();
  // One more day on each side: the API's window is in UTC, the visible days are in the account's
  // zone.
  const window = {
    singleEvents: 'true',
    orderBy: 'startTime',
    maxResults: '2500',
    timeZone: state.zone,
    timeMin: `${dateText(from - day)}T00:00:00Z`,
    timeMax: `${dateText(to + day)}T00:00:00Z`,
  };
  const visible = state.calendars.filter((calendar) => !state.hidden.has(calendar.id));
  const lists = await Promise.all(
    visible.map(async (calendar) => {
      const items = await allPages(state.email, `${calendarPath(calendar.id)}/events`, window);
      return items.map((raw) => toEvent(raw, calendar));
    }),
  );
  state.events = lists
    .flat()
    .filter((event) => event.start < to && Math.max(event.end, event.start + 1) > from);
}
