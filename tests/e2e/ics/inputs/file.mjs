// Parts of iCalendar files, for the inputs beside this file.

let uids = 0;

/** VEVENT with a UID and DTSTAMP of its own, unless the lines have them. */
export function event(...lines) {
  const all = lines.flat(Infinity);
  const has = (name) => all.some((line) => line.startsWith(name));
  return [
    'BEGIN:VEVENT',
    ...(has('UID:') ? [] : [`UID:input-${++uids}@example.com`]),
    ...(has('DTSTAMP:') ? [] : ['DTSTAMP:20261101T120000Z']),
    ...all,
    'END:VEVENT',
  ];
}

export const withoutUid = (...lines) => event(...lines).filter((line) => !line.startsWith('UID:'));

/** A whole file. */
export const file = (...parts) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//inputs//EN',
    ...parts.flat(Infinity),
    'END:VCALENDAR',
  ]
    .map((line) => `${line}\r\n`)
    .join('');

/** STANDARD or DAYLIGHT. */
export const observance = (name, start, from, to, ...lines) => [
  `BEGIN:${name}`,
  `DTSTART:${start}`,
  `TZOFFSETFROM:${from}`,
  `TZOFFSETTO:${to}`,
  ...lines,
  `END:${name}`,
];

export const timezone = (tzid, ...lines) => [
  'BEGIN:VTIMEZONE',
  `TZID:${tzid.replaceAll(/[,;]/g, String.raw`\$&`)}`, // a TEXT, in which these are escaped
  ...lines.flat(Infinity),
  'END:VTIMEZONE',
];

const yearly = (day, month) => `RRULE:FREQ=YEARLY;BYDAY=${day};BYMONTH=${month}`;

/** The clocks of some zones, as VTIMEZONEs of any name. */
export const CLOCKS = {
  'Europe/Berlin': (tzid, ...lines) =>
    timezone(
      tzid,
      lines,
      observance('DAYLIGHT', '19810329T020000', '+0100', '+0200', yearly('-1SU', 3)),
      observance('STANDARD', '19961027T030000', '+0200', '+0100', yearly('-1SU', 10)),
    ),
  'Europe/London': (tzid, ...lines) =>
    timezone(
      tzid,
      lines,
      observance('DAYLIGHT', '19810329T010000', '+0000', '+0100', yearly('-1SU', 3)),
      observance('STANDARD', '19961027T020000', '+0100', '+0000', yearly('-1SU', 10)),
    ),
  'America/New_York': (tzid, ...lines) =>
    timezone(
      tzid,
      lines,
      observance('DAYLIGHT', '20070311T020000', '-0500', '-0400', yearly('2SU', 3)),
      observance('STANDARD', '20071104T020000', '-0400', '-0500', yearly('1SU', 11)),
    ),
  'America/Chicago': (tzid, ...lines) =>
    timezone(
      tzid,
      lines,
      observance('DAYLIGHT', '20070311T020000', '-0600', '-0500', yearly('2SU', 3)),
      observance('STANDARD', '20071104T020000', '-0500', '-0600', yearly('1SU', 11)),
    ),
  'America/Los_Angeles': (tzid, ...lines) =>
    timezone(
      tzid,
      lines,
      observance('DAYLIGHT', '20070311T020000', '-0800', '-0700', yearly('2SU', 3)),
      observance('STANDARD', '20071104T020000', '-0700', '-0800', yearly('1SU', 11)),
    ),
  'Australia/Sydney': (tzid, ...lines) =>
    timezone(
      tzid,
      lines,
      observance('STANDARD', '20080406T030000', '+1100', '+1000', yearly('1SU', 4)),
      observance('DAYLIGHT', '20081005T020000', '+1000', '+1100', yearly('1SU', 10)),
    ),
  'Asia/Singapore': (tzid, ...lines) =>
    timezone(tzid, lines, observance('STANDARD', '19820101T000000', '+0800', '+0800')),
  'Asia/Tokyo': (tzid, ...lines) =>
    timezone(tzid, lines, observance('STANDARD', '19700101T000000', '+0900', '+0900')),
  'Asia/Kolkata': (tzid, ...lines) =>
    timezone(tzid, lines, observance('STANDARD', '19700101T000000', '+0530', '+0530')),
  'UTC': (tzid, ...lines) =>
    timezone(tzid, lines, observance('STANDARD', '19700101T000000', '+0000', '+0000')),
};

/** Quoted where the name needs it. */
export const inZone = (name, tzid, value) =>
  `${name};TZID=${/[:;,]/.test(tzid) ? `"${tzid}"` : tzid}:${value}`;
