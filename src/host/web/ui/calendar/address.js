// The address of what the calendar page shows, so that "back", a reload and a sent link find it:
// #/calendar/week/2026-12-14, #/calendar/event/{id}/{original start}. Pure functions.
import { isDay } from './times.js';

export const VIEW_NAMES = {
  dayGridMonth: 'month',
  timeGridWeek: 'week',
  timeGridThree: 'three',
  timeGridDay: 'day',
  listRolling: 'list',
};

const viewOf = (name) => Object.keys(VIEW_NAMES).find((view) => VIEW_NAMES[view] === name);

// {view?, day?, event?, start?} of a route; `?date=` names a day as well.
export function placeOf({ parts, query }) {
  const [page, name, value, start = ''] = parts;
  if (page !== 'calendar') return {};
  if (name === 'event' && value) return { event: value, start };
  const day = value || query.date || '';
  return {
    ...(viewOf(name) ? { view: viewOf(name) } : {}),
    ...(isDay(day) ? { day } : {}),
  };
}

export const partsOfView = (view, day) => ['calendar', VIEW_NAMES[view], day];

export const partsOfEvent = ({ event, original_start: start }) =>
  start ? ['calendar', 'event', event, start] : ['calendar', 'event', event];
