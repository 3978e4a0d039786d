// Recurrence: rules, UNTIL, EXDATE and RDATE, and what people make of them.

import { BERLIN, at, berlin, daily, days, until } from './berlin.mjs';
import { CLOCKS, event, file } from './file.mjs';

const RULES = [
  'FREQ=DAILY;COUNT=10',
  'FREQ=DAILY;INTERVAL=3;COUNT=20',
  'FREQ=DAILY;BYMONTH=3;COUNT=15',
  'FREQ=WEEKLY',
  'FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=30',
  'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO',
  'FREQ=WEEKLY;WKST=SU;BYDAY=MO;COUNT=9',
  'FREQ=MONTHLY',
  'FREQ=MONTHLY;BYMONTHDAY=1,15',
  'FREQ=MONTHLY;BYMONTHDAY=-1',
  'FREQ=MONTHLY;BYDAY=1MO',
  'FREQ=MONTHLY;BYDAY=-1FR;COUNT=7',
  'FREQ=MONTHLY;INTERVAL=2;COUNT=6',
  'FREQ=YEARLY',
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=1',
];

const firstDay = (rule) =>
  /BYMONTHDAY=1,15|BYMONTHDAY=1$/.test(rule)
    ? '20270201'
    : /BYMONTHDAY=-1/.test(rule)
      ? '20270131'
      : /BYDAY=-1FR/.test(rule)
        ? '20270129'
        : /BYMONTH=3/.test(rule)
          ? '20270301'
          : '20270201';

const rules = RULES.flatMap((rule) => [
  {
    name: `${rule} in Berlin`,
    text: berlin(
      event(
        `DTSTART;${BERLIN}:${firstDay(rule)}T100000`,
        `DTEND;${BERLIN}:${firstDay(rule)}T110000`,
        `RRULE:${rule}`,
        'SUMMARY:Rule',
      ),
    ),
  },
  {
    name: `${rule} of days`,
    text: file(
      event(
        `DTSTART;VALUE=DATE:${firstDay(rule)}`,
        'DURATION:P1D',
        `RRULE:${rule}`,
        'SUMMARY:Days',
      ),
    ),
  },
]);

const utc = ['FREQ=DAILY;COUNT=5', 'FREQ=WEEKLY;BYDAY=MO;UNTIL=20270601T000000Z'].map((rule) => ({
  name: `${rule} in UTC`,
  text: file(
    event('DTSTART:20270301T100000Z', 'DTEND:20270301T103000Z', `RRULE:${rule}`, 'SUMMARY:UTC'),
  ),
}));

const UNTILS = {
  'UNTIL in UTC at the last start': 'UNTIL=20270315T090000Z',
  'UNTIL in UTC before the last start': 'UNTIL=20270315T085959Z',
  'UNTIL far away': 'UNTIL=99991231T235959Z',
};
const untils = Object.entries(UNTILS).map(([name, until]) => ({
  name,
  text: berlin(
    event(
      `DTSTART;${BERLIN}:20270301T100000`,
      'DURATION:PT1H',
      `RRULE:FREQ=DAILY;${until}`,
      'SUMMARY:Until',
    ),
  ),
}));
const otherUntils = [
  ...['UNTIL=20270305T230000Z', 'UNTIL=20270305T000000Z', 'UNTIL=20270305T120000'].map((until) => ({
    name: `days with ${until}, as Exchange writes it`,
    text: file(
      event('DTSTART;VALUE=DATE:20270301', `RRULE:FREQ=DAILY;${until}`, 'SUMMARY:Exchange'),
    ),
  })),
  {
    name: 'days with UNTIL of days',
    text: file(
      event('DTSTART;VALUE=DATE:20270301', 'RRULE:FREQ=DAILY;UNTIL=20270305', 'SUMMARY:Days'),
    ),
  },
];

const EXDATES = {
  'in the zone of the series': `EXDATE;${BERLIN}:20270303T100000`,
  'two values': `EXDATE;${BERLIN}:20270303T100000,20270304T100000`,
  'two lines': [`EXDATE;${BERLIN}:20270303T100000`, `EXDATE;${BERLIN}:20270305T100000`],
  'in UTC': 'EXDATE:20270303T090000Z',
  'in another zone': 'EXDATE;TZID=Asia/Tokyo:20270303T180000',
  'the first start': `EXDATE;${BERLIN}:20270301T100000`,
  'a time without an instance': `EXDATE;${BERLIN}:20270303T110000`,
  'with VALUE=DATE-TIME': `EXDATE;VALUE=DATE-TIME;${BERLIN}:20270303T100000`,
  'the same value twice': `EXDATE;${BERLIN}:20270303T100000,20270303T100000`,
};
const exdates = Object.entries(EXDATES).map(([name, lines]) => ({
  name: `EXDATE, ${name}`,
  text: file(
    CLOCKS['Europe/Berlin']('Europe/Berlin'),
    CLOCKS['Asia/Tokyo']('Asia/Tokyo'),
    daily(lines),
  ),
}));
const dayExdates = [
  'EXDATE;VALUE=DATE:20270303',
  'EXDATE;VALUE=DATE:20270303,20270304',
  'EXDATE:20270303',
].map((line) => ({ name: `days with ${line}`, text: file(days(line)) }));
const otherKind = [
  {
    name: 'EXDATE of days in two series of times, one across a clock change',
    text: berlin(
      daily('EXDATE;VALUE=DATE:20270303'),
      event(
        `DTSTART;${BERLIN}:20270324T233000`,
        'DURATION:PT10M',
        'RRULE:FREQ=DAILY;COUNT=10',
        'EXDATE;VALUE=DATE:20270327,20270330',
        'SUMMARY:Late',
      ),
    ),
  },
  { name: 'EXDATE of a time in a series of days', text: file(days('EXDATE:20270303T000000')) },
  {
    name: 'EXDATE of midnight UTC in a series of days',
    text: file(days('EXDATE:20270303T000000Z')),
  },
];

const RDATES = {
  'one more': `RDATE;${BERLIN}:20270320T140000`,
  'two values': `RDATE;${BERLIN}:20270320T140000,20270321T150000`,
  'in UTC': 'RDATE:20270320T130000Z',
  'the first start again': `RDATE;${BERLIN}:20270301T100000`,
  'one that the rule has': `RDATE;${BERLIN}:20270303T100000`,
  'and an EXDATE that removes it': [
    `RDATE;${BERLIN}:20270320T140000`,
    `EXDATE;${BERLIN}:20270320T140000`,
  ],
};
const rdates = Object.entries(RDATES).map(([name, lines]) => ({
  name: `RDATE, ${name}`,
  text: berlin(daily(lines)),
}));
const onlyRdates = [
  {
    name: 'RDATE without a rule',
    text: berlin(
      event(
        `DTSTART;${BERLIN}:20270301T100000`,
        'DURATION:PT1H',
        `RDATE;${BERLIN}:20270305T100000,20270330T100000`,
        'SUMMARY:Dates',
      ),
    ),
  },
  {
    name: 'PERIODs of other lengths, with an end and with a duration',
    text: file(
      event(
        'DTSTART:20270301T090000Z',
        'DTEND:20270301T100000Z',
        'RDATE;VALUE=PERIOD:20270305T090000Z/20270305T120000Z,20270306T090000Z/PT30M',
        'SUMMARY:Periods',
      ),
    ),
  },
  {
    name: 'PERIODs in a zone',
    text: berlin(
      event(
        `DTSTART;${BERLIN}:20270301T090000`,
        `DTEND;${BERLIN}:20270301T100000`,
        `RDATE;VALUE=PERIOD;${BERLIN}:20270330T090000/20270330T093000`,
        'SUMMARY:Periods',
      ),
    ),
  },
];

const odd = [
  {
    name: 'RRULE:RRULE:',
    text: berlin(
      event(at('01', '10'), until('01', '11'), 'RRULE:RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:Twice'),
    ),
  },
  {
    name: 'a trailing semicolon of the rule',
    text: berlin(
      event(at('01', '10'), until('01', '11'), 'RRULE:FREQ=DAILY;COUNT=3;', 'SUMMARY:Semicolon'),
    ),
  },
  {
    name: 'a rule in lower case',
    text: berlin(
      event(at('01', '10'), until('01', '11'), 'RRULE:freq=daily;count=3', 'SUMMARY:Lower'),
    ),
  },
  {
    name: 'EXRULE, which RFC 5545 dropped',
    text: file(
      event(
        'DTSTART:20270301T100000Z',
        'DTEND:20270301T110000Z',
        'RRULE:FREQ=DAILY;COUNT=14',
        'EXRULE:FREQ=WEEKLY;BYDAY=SA,SU',
        'SUMMARY:Weekdays',
      ),
    ),
  },
  {
    name: 'a rule that cannot be read',
    text: berlin(
      event(at('01', '10'), until('01', '11'), 'RRULE:FREQ=FORTNIGHTLY', 'SUMMARY:Once'),
    ),
    reported: 'FORTNIGHTLY',
  },
];

export const RULE_INPUTS = [
  ...rules,
  ...utc,
  ...untils,
  ...otherUntils,
  ...exdates,
  ...dayExdates,
  ...otherKind,
  ...rdates,
  ...onlyRdates,
  ...odd,
];
