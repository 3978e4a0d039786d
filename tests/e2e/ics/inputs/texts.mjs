// Lines, texts, starts, ends and components of single events.

import { CLOCKS, event, file } from './file.mjs';

const WHEN = ['DTSTART:20270303T090000Z', 'DTEND:20270303T100000Z'];
const one = (...lines) => file(event(...WHEN, ...lines));
const plain = one('SUMMARY:A title of an event', 'DESCRIPTION:Text', 'LOCATION:Room 1');

const fold = (text, every, lead) =>
  text
    .split('\r\n')
    .map((line) => {
      const bytes = Buffer.from(line);
      const parts = [];
      for (let from = 0; from < bytes.length; from += every)
        parts.push(bytes.subarray(from, from + every));
      return parts.map((part) => part.toString('latin1')).join(`\r\n${lead}`);
    })
    .join('\r\n');
const bytes = (latin1) => Buffer.from(latin1, 'latin1');

const lines = [
  { name: 'lines that end in LF', text: plain.replaceAll('\r\n', '\n') },
  { name: 'CRLF and LF mixed', text: plain.replace('\r\n', '\n') },
  { name: 'no end of the last line', text: plain.trimEnd() },
  { name: 'empty lines', text: plain.replaceAll('\r\nSUMMARY', '\r\n\r\nSUMMARY') },
  { name: 'a byte order mark', text: `\uFEFF${plain}` },
  ...[20, 40, 74].map((every) => ({
    name: `folded after ${every} bytes`,
    text: bytes(fold(plain, every, ' ')),
  })),
  { name: 'folded with tabs', text: bytes(fold(plain, 30, '\t')) },
  {
    name: 'folded inside characters',
    text: bytes(fold(one('SUMMARY:Größenänderung für Björn – ✓ 😀 日本語の予定'), 9, ' ')),
  },
  { name: 'names in lower case', text: plain.replace('SUMMARY', 'summary') },
  { name: 'names in mixed case', text: plain.replace('DTSTART', 'DtStart') },
  { name: 'X- lines', text: one('SUMMARY:X', 'X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC') },
  { name: 'an unknown IANA line', text: one('SUMMARY:X', 'CONFERENCE;VALUE=URI:https://e.com/1') },
];

const TITLES = {
  'a comma and a semicolon': 'Lunch\\, then work\\; then tea',
  'a line break': 'First\\nSecond',
  'a line break in capitals': 'First\\NSecond',
  'a backslash': 'C:\\\\temp',
  'a colon': 'Note: call back',
  'umlauts': 'Übergabe in Köln',
  'emoji': '🎂 Birthday 🎉',
  'right to left': 'פגישה',
  'an unescaped comma': 'One, two',
  'quotes': 'The "big" one',
  'an ampersand': 'R&D <b>review</b>',
  'spaces at the end': 'Two spaces  ',
  'a long text': 'x'.repeat(500),
};
const titles = Object.entries(TITLES).map(([name, title]) => ({
  name: `a title with ${name}`,
  text: one(`SUMMARY:${title}`),
}));
const PARAMETERS = [
  'SUMMARY;LANGUAGE=de:Titel',
  'SUMMARY;LANGUAGE=en-US;ALTREP="https://example.com/a:b":Title',
  'SUMMARY;X-PARAMETER="a;b:c":Title',
  'SUMMARY;VALUE=TEXT:Title',
  'SUMMARY;ENCODING=8BIT:Title',
];
const parameters = PARAMETERS.map((line) => ({ name: line, text: one(line) }));

const empties = [
  { name: 'empty DESCRIPTION and LOCATION', text: one('SUMMARY:E', 'DESCRIPTION:', 'LOCATION:') },
  { name: 'an empty title', text: one('SUMMARY:') },
  { name: 'no title', text: one() },
  { name: 'empty CATEGORIES and URL', text: one('SUMMARY:E', 'CATEGORIES:', 'URL:') },
];

const ENDS = {
  'an end before midnight': ['DTSTART:20270303T220000Z', 'DTEND:20270303T235959Z'],
  'an end on the next day': ['DTSTART:20270303T220000Z', 'DTEND:20270304T020000Z'],
  'DURATION:PT1H30M': ['DTSTART:20270303T220000Z', 'DURATION:PT1H30M'],
  'DURATION:+PT15M': ['DTSTART:20270303T220000Z', 'DURATION:+PT15M'],
  'DURATION:P1W': ['DTSTART:20270303T220000Z', 'DURATION:P1W'],
  'DURATION:P1DT2H': ['DTSTART:20270303T220000Z', 'DURATION:P1DT2H'],
  'DURATION:PT0S': ['DTSTART:20270303T220000Z', 'DURATION:PT0S'],
  'DURATION before DTSTART': ['DURATION:PT1H', 'DTSTART:20270303T220000Z'],
  'DTEND before DTSTART in the file': ['DTEND:20270303T230000Z', 'DTSTART:20270303T220000Z'],
  'no end': ['DTSTART:20270303T220000Z'],
  'a start that is the end': ['DTSTART:20270303T220000Z', 'DTEND:20270303T220000Z'],
  'a day': ['DTSTART;VALUE=DATE:20270303', 'DTEND;VALUE=DATE:20270304'],
  'three days': ['DTSTART;VALUE=DATE:20270303', 'DTEND;VALUE=DATE:20270306'],
  'a day without end': ['DTSTART;VALUE=DATE:20270303'],
  'a day that ends on itself': ['DTSTART;VALUE=DATE:20270303', 'DTEND;VALUE=DATE:20270303'],
  'a day without VALUE=DATE': ['DTSTART:20270303', 'DTEND:20270304'],
  'a day with DURATION:P1D': ['DTSTART;VALUE=DATE:20270303', 'DURATION:P1D'],
  'a day with DURATION:P2W': ['DTSTART;VALUE=DATE:20270303', 'DURATION:P2W'],
  'a leap day': ['DTSTART;VALUE=DATE:20280229', 'DTEND;VALUE=DATE:20280301'],
  'the turn of the year': ['DTSTART:20271231T230000Z', 'DTEND:20280101T010000Z'],
  'VALUE=DATE-TIME': ['DTSTART;VALUE=DATE-TIME:20270303T220000Z', 'DURATION:PT1H'],
};
const ends = Object.entries(ENDS).map(([name, when]) => ({
  name: `times: ${name}`,
  text: file(event(when, 'SUMMARY:Times')),
}));

const ZONED = {
  'DTEND without the zone of DTSTART': [
    'DTSTART;TZID=Europe/Berlin:20270703T100000',
    'DTEND:20270703T110000',
  ],
  'DTEND in UTC': ['DTSTART;TZID=Europe/Berlin:20270703T100000', 'DTEND:20270703T090000Z'],
  'a time that summer time leaves out': [
    'DTSTART;TZID=Europe/Berlin:20270328T023000',
    'DURATION:PT1H',
  ],
  'a time that comes twice': ['DTSTART;TZID=Europe/Berlin:20271031T023000', 'DURATION:PT15M'],
  'over a clock change, DURATION:PT24H': [
    'DTSTART;TZID=Europe/Berlin:20270327T120000',
    'DURATION:PT24H',
  ],
  'over a clock change, DTEND': [
    'DTSTART;TZID=Europe/Berlin:20270327T120000',
    'DTEND;TZID=Europe/Berlin:20270328T120000',
  ],
};
const zoned = Object.entries(ZONED).map(([name, when]) => ({
  name: `times: ${name}`,
  text: file(CLOCKS['Europe/Berlin']('Europe/Berlin'), event(when, 'SUMMARY:Times')),
}));

const other = (name, ...body) => [`BEGIN:${name}`, ...body, `END:${name}`];
const components = [
  {
    name: 'VTODO, VJOURNAL and VFREEBUSY beside an event',
    text: file(
      other('VTODO', 'UID:todo@example.com', 'DTSTAMP:20261101T120000Z', 'SUMMARY:Task'),
      event(...WHEN, 'SUMMARY:Event'),
      other('VJOURNAL', 'UID:j@example.com', 'DTSTAMP:20261101T120000Z', 'SUMMARY:Diary'),
      other(
        'VFREEBUSY',
        'UID:f@example.com',
        'DTSTAMP:20261101T120000Z',
        'FREEBUSY:20270301T090000Z/PT1H',
      ),
    ),
  },
  {
    name: 'alarms with a DESCRIPTION and a DURATION of their own',
    text: one(
      'SUMMARY:With alarms',
      ...other(
        'VALARM',
        'ACTION:DISPLAY',
        'TRIGGER:-PT15M',
        'DURATION:PT5M',
        'REPEAT:2',
        'DESCRIPTION:Alarm',
        'SUMMARY:Not the title',
      ),
    ),
  },
  { name: 'no event at all', text: file() },
  {
    name: 'METHOD:PUBLISH',
    text: file('METHOD:PUBLISH', event(...WHEN, 'SUMMARY:Published')),
  },
  {
    name: 'METHOD:REQUEST with guests',
    text: file(
      'METHOD:REQUEST',
      event(
        ...WHEN,
        'SUMMARY:Invitation',
        'ORGANIZER;CN=Anna:mailto:anna@example.com',
        'ATTENDEE;CN="Ben, B.";PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ben@example.com',
      ),
    ),
  },
  {
    name: 'calendar properties of Google',
    text: file(
      'CALSCALE:GREGORIAN',
      'METHOD:PUBLISH',
      'X-WR-CALNAME:Team',
      'X-WR-CALDESC:',
      event(
        ...WHEN,
        'CREATED:20261101T120000Z',
        'DESCRIPTION:',
        'LAST-MODIFIED:20261101T120000Z',
        'LOCATION:',
        'SEQUENCE:0',
        'STATUS:CONFIRMED',
        'SUMMARY:From Google',
        'TRANSP:OPAQUE',
      ),
    ),
  },
  {
    name: 'two VCALENDARs in one file',
    text:
      file(event(...WHEN, 'SUMMARY:One')) +
      file(event('DTSTART:20270304T090000Z', 'DTEND:20270304T100000Z', 'SUMMARY:Two')),
  },
  {
    name: 'a tentative and a cancelled event',
    text: file(
      event(...WHEN, 'STATUS:TENTATIVE', 'SUMMARY:Perhaps'),
      event('DTSTART:20270305T090000Z', 'STATUS:CANCELLED', 'SUMMARY:No more'),
    ),
  },
  {
    name: 'CLASS, GEO, PRIORITY, RESOURCES, ATTACH',
    text: one(
      'SUMMARY:Many lines',
      'CLASS:PRIVATE',
      'GEO:48.85;2.35',
      'PRIORITY:5',
      'RESOURCES:Beamer,Flipchart',
      'ATTACH:https://example.com/file.pdf',
    ),
  },
  {
    name: '200 events',
    text: file(
      ...Array.from({ length: 200 }, (_, at) => {
        const [month, day] = [(at % 12) + 1, (at % 28) + 1].map((n) => String(n).padStart(2, '0'));
        return event(`DTSTART:2027${month}${day}T090000Z`, 'DURATION:PT1H', `SUMMARY:Number ${at}`);
      }),
    ),
  },
];

// What is no iCalendar of RFC 5545: the load report names it.
const broken = [
  {
    name: 'a byte that is no UTF-8',
    text: bytes(one('SUMMARY:Kr\xe4mer')),
    reported: 'not UTF-8',
  },
  {
    name: 'a line without a colon',
    text: one('SUMMARY:Good', 'NONSENSE'),
    reported: 'NONSENSE',
  },
  {
    name: '24:00',
    text: file(event('DTSTART:20270303T220000Z', 'DTEND:20270303T240000Z', 'SUMMARY:To midnight')),
    reported: '24:00',
  },
  {
    name: 'a negative duration',
    text: file(event('DTSTART:20270303T220000Z', 'DURATION:-PT1H', 'SUMMARY:Backwards')),
    reported: 'DURATION is negative',
  },
  {
    name: 'an end before the start',
    text: file(event('DTSTART:20270303T220000Z', 'DTEND:20270303T210000Z', 'SUMMARY:Backwards')),
    reported: 'before its start',
  },
  {
    name: 'no start',
    text: file(event('SUMMARY:Never')),
    reported: 'no start',
  },
  {
    name: 'a start that is no time',
    text: file(event('DTSTART:2027-03-03 10:00', 'SUMMARY:Never')),
    reported: 'cannot be read',
  },
  {
    name: 'a day that does not exist',
    text: file(event('DTSTART;VALUE=DATE:20270230', 'SUMMARY:Never')),
    reported: 'cannot be read',
  },
  {
    name: 'an event without END',
    text: one('SUMMARY:Open').replace('END:VEVENT\r\n', ''),
    reported: 'no END:VEVENT',
  },
  { name: 'text that is no calendar', text: 'hello\r\n', reported: 'VCALENDAR is missing' },
  {
    name: 'METHOD:REPLY',
    text: file('METHOD:REPLY', event(...WHEN, 'SUMMARY:An answer')),
    reported: 'METHOD:REPLY',
  },
];

export const TEXT_INPUTS = [
  ...lines,
  ...titles,
  ...parameters,
  ...empties,
  ...ends,
  ...zoned,
  ...components,
  ...broken,
];
