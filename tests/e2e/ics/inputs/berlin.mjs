// A series in Berlin and one of days, which the inputs beside this file change.

import { CLOCKS, event, file } from './file.mjs';

export const BERLIN = 'TZID=Europe/Berlin';
export const berlin = (...events) => file(CLOCKS['Europe/Berlin']('Europe/Berlin'), ...events);

export const daily = (...lines) =>
  event(
    'UID:daily@example.com',
    `DTSTART;${BERLIN}:20270301T100000`,
    `DTEND;${BERLIN}:20270301T110000`,
    'RRULE:FREQ=DAILY;COUNT=8',
    'SUMMARY:Daily',
    ...lines,
  );
export const days = (...lines) =>
  event(
    'UID:daily@example.com',
    'DTSTART;VALUE=DATE:20270301',
    'DTEND;VALUE=DATE:20270302',
    'RRULE:FREQ=DAILY;COUNT=8',
    'SUMMARY:Days',
    ...lines,
  );
export const at = (day, hour) => `DTSTART;${BERLIN}:202703${day}T${hour}0000`;
export const until = (day, hour) => `DTEND;${BERLIN}:202703${day}T${hour}0000`;
