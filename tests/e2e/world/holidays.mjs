// Germany's public holidays as an iCalendar file (RFC 5545), like the one Google offers for
// subscription. The dates are those of the npm package date-holidays; a day that is a holiday in
// some of the sixteen states only says in which.

import Holidays from 'date-holidays';

import { compact, plus } from './days.mjs';

/** [{day, name, states}] of the years, in order; states is empty where all keep the day. */
export function publicHolidays(firstYear, lastYear) {
  const states = Object.entries(new Holidays('DE').getStates('de'));
  const found = new Map();
  for (const [code, stateName] of states) {
    const holidays = new Holidays('DE', code, { types: ['public'] });
    for (let year = firstYear; year <= lastYear; ++year)
      for (const holiday of holidays.getHolidays(year, 'de')) {
        const key = `${holiday.date.slice(0, 10)} ${holiday.name}`;
        if (!found.has(key))
          found.set(key, { day: holiday.date.slice(0, 10), name: holiday.name, states: [] });
        found.get(key).states.push(stateName);
      }
  }
  return [...found.values()]
    .sort((a, b) => (a.day + a.name < b.day + b.name ? -1 : 1))
    .map((holiday) =>
      holiday.states.length === states.length ? { ...holiday, states: [] } : holiday,
    );
}

const escaped = (text) =>
  text.replace(/[\\;,]/g, (letter) => `\\${letter}`).replaceAll('\n', '\\n');

/** Lines of at most 75 octets, continued by a space: RFC 5545 section 3.1. */
function folded(line) {
  const pieces = [];
  let piece = '';
  for (const letter of line) {
    if (Buffer.byteLength(piece + letter) > (pieces.length === 0 ? 75 : 74)) {
      pieces.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...pieces, piece].join('\r\n ');
}

export function holidayCalendar(firstYear, lastYear) {
  const lines = [
    'BEGIN:VCALENDAR',
    'PRODID:-//google-calendar-plugin//demo world//DE',
    'VERSION:2.0',
    'CALSCALE:GREGORIAN',
    'X-WR-CALNAME:Feiertage in Deutschland',
    'X-WR-TIMEZONE:Europe/Berlin',
  ];
  for (const { day, name, states } of publicHolidays(firstYear, lastYear)) {
    const inStates = states.length === 0 ? '' : ` in ${states.join(', ')}`;
    lines.push(
      'BEGIN:VEVENT',
      `UID:${compact(day)}-${Buffer.from(name).toString('hex').slice(0, 24)}@holidays.example`,
      `DTSTAMP:${firstYear}0101T000000Z`,
      `DTSTART;VALUE=DATE:${compact(day)}`,
      `DTEND;VALUE=DATE:${compact(plus(day, 1))}`,
      `SUMMARY:${escaped(states.length === 0 ? name : `${name} (regionaler Feiertag)`)}`,
      `DESCRIPTION:${escaped(`Gesetzlicher Feiertag${inStates}`)}`,
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    );
  }
  lines.push('END:VCALENDAR');
  return `${lines.map(folded).join('\r\n')}\r\n`;
}
