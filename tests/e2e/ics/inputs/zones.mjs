// Time zones: names as programs write them, and VTIMEZONEs of every form. Each as an event and as a
// series across a clock change.

import { CLOCKS, event, file, inZone, observance, timezone } from './file.mjs';

// TZID -> whose clocks its VTIMEZONE has.
const NAMES = [
  ['/softwarestudio.org/Tzfile/America/Chicago', 'America/Chicago'],
  ['/softwarestudio.org/Olson_20011030_5/America/New_York', 'America/New_York'],
  ['/freeassociation.sourceforge.net/Tzfile/Europe/Berlin', 'Europe/Berlin'],
  ['/freeassociation.sourceforge.net/Europe/London', 'Europe/London'],
  ['/citadel.org/20211207_1/America/New_York', 'America/New_York'],
  ['/mozilla.org/20050126_1/Europe/Berlin', 'Europe/Berlin'],
  ['/example.com/Australia/Sydney', 'Australia/Sydney'],
  ['tzone://Microsoft/Utc', 'UTC'],
  ['tzone://Microsoft/Custom', 'America/Los_Angeles'],
  ['W. Europe Standard Time', 'Europe/Berlin'],
  ['Eastern Standard Time', 'America/New_York'],
  ['AUS Eastern Standard Time', 'Australia/Sydney'],
  ['Singapore Standard Time', 'Asia/Singapore'],
  ['Eastern Standard Time 1', 'America/New_York'],
  ['GMT Daylight Time', 'Europe/London'],
  ['(UTC-05:00) Eastern Time (US & Canada)', 'America/New_York'],
  ['(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna', 'Europe/Berlin'],
  ['(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London', 'Europe/London'],
  ['(GMT-08.00) Pacific Time (US & Canada)', 'America/Los_Angeles'],
  ['Kuala Lumpur, Singapore', 'Asia/Singapore'],
  ['Osaka, Sapporo, Tokyo', 'Asia/Tokyo'],
  ['Chennai, Kolkata, Mumbai, New Delhi', 'Asia/Kolkata'],
  ['Eastern', 'America/New_York'],
  ['Eastern Time', 'America/New_York'],
  ['Pacific', 'America/Los_Angeles'],
  ['Customized Time Zone', 'Europe/Berlin'],
  ['Benutzerdefinierte Zeitzone', 'Europe/Berlin'],
  ['My own zone', 'America/Los_Angeles'],
  ['{3F1C9E0A-0000-4000-8000-00000000ABCD}', 'Australia/Sydney'],
  ['1', 'America/Chicago'],
  ['CEST', 'Europe/Berlin'],
  ['PST', 'America/Los_Angeles'],
  ['Europe/Berlin', 'Europe/Berlin'],
  ['America/New_York', 'America/New_York'],
  ['US/Pacific', 'America/Los_Angeles'],
];

const named = NAMES.flatMap(([tzid, zone]) => [
  {
    name: `event in "${tzid}"`,
    text: file(
      CLOCKS[zone](tzid),
      event(
        inZone('DTSTART', tzid, '20270708T090000'),
        inZone('DTEND', tzid, '20270708T103000'),
        'SUMMARY:In a zone',
      ),
    ),
  },
  {
    name: `series in "${tzid}"`,
    text: file(
      CLOCKS[zone](tzid),
      event(
        inZone('DTSTART', tzid, '20270201T090000'),
        inZone('DTEND', tzid, '20270201T093000'),
        'RRULE:FREQ=WEEKLY;COUNT=45',
        inZone('EXDATE', tzid, '20270405T090000,20270412T090000'),
        'SUMMARY:Across clock changes',
      ),
    ),
  },
]);

const yearly = (day, month, more = '') => `RRULE:FREQ=YEARLY;BYDAY=${day};BYMONTH=${month}${more}`;

// VTIMEZONEs under names that say nothing.
const FORMS = {
  'X-LIC-LOCATION beside the rules': CLOCKS['Europe/Berlin'](
    'Home',
    'X-LIC-LOCATION:Europe/Berlin',
  ),
  'rules from 1601, as Outlook writes them': timezone(
    'Home',
    observance('STANDARD', '16010101T030000', '+0200', '+0100', yearly('-1SU', 10)),
    observance('DAYLIGHT', '16010101T020000', '+0100', '+0200', yearly('-1SU', 3)),
  ),
  'DAYLIGHT first, STANDARD second': timezone(
    'Home',
    observance('DAYLIGHT', '20070311T020000', '-0500', '-0400', yearly('2SU', 3)),
    observance('STANDARD', '20071104T020000', '-0400', '-0500', yearly('1SU', 11)),
  ),
  'earlier rules with UNTIL': timezone(
    'Home',
    observance(
      'DAYLIGHT',
      '19870405T020000',
      '-0500',
      '-0400',
      yearly('1SU', 4, ';UNTIL=20060402T070000Z'),
    ),
    observance(
      'STANDARD',
      '19671029T020000',
      '-0400',
      '-0500',
      yearly('-1SU', 10, ';UNTIL=20061029T060000Z'),
    ),
    observance('DAYLIGHT', '20070311T020000', '-0500', '-0400', yearly('2SU', 3)),
    observance('STANDARD', '20071104T020000', '-0400', '-0500', yearly('1SU', 11)),
  ),
  'clock changes as RDATEs': timezone(
    'Home',
    observance(
      'STANDARD',
      '20251026T030000',
      '+0200',
      '+0100',
      'RDATE:20261025T030000',
      'RDATE:20271031T030000,20281029T030000',
    ),
    observance(
      'DAYLIGHT',
      '20260329T020000',
      '+0100',
      '+0200',
      'RDATE:20270328T020000,20280326T020000',
    ),
  ),
  'one observance for each change': timezone(
    'Home',
    observance('STANDARD', '20261025T030000', '+0200', '+0100'),
    observance('DAYLIGHT', '20270328T020000', '+0100', '+0200'),
    observance('STANDARD', '20271031T030000', '+0200', '+0100'),
    observance('DAYLIGHT', '20280326T020000', '+0100', '+0200'),
  ),
  'STANDARD alone': timezone('Home', observance('STANDARD', '19700101T000000', '+0800', '+0800')),
  'an offset of half an hour': timezone(
    'Home',
    observance('STANDARD', '19700101T000000', '+0530', '+0530'),
  ),
  'an offset of a quarter': timezone(
    'Home',
    observance('STANDARD', '19860101T000000', '+0545', '+0545'),
  ),
  'clocks that move by half an hour': timezone(
    'Home',
    observance('STANDARD', '20080406T020000', '+1100', '+1030', yearly('1SU', 4)),
    observance('DAYLIGHT', '20081005T020000', '+1030', '+1100', yearly('1SU', 10)),
  ),
  'an offset that no zone has': timezone(
    'Home',
    observance('STANDARD', '19700101T000000', '+0517', '+0517'),
  ),
  'summer time that no zone has': timezone(
    'Home',
    observance('DAYLIGHT', '20000501T020000', '+0100', '+0200', yearly('1SA', 5)),
    observance('STANDARD', '20000901T030000', '+0200', '+0100', yearly('1SA', 9)),
  ),
  'TZNAME, TZURL, LAST-MODIFIED and X- lines': timezone(
    'Home',
    'LAST-MODIFIED:20250101T000000Z',
    'TZURL:https://example.com/zone',
    'X-PROPERTY;X-PARAMETER=1:text',
    observance('STANDARD', '19961027T030000', '+0200', '+0100', 'TZNAME:MEZ', yearly('-1SU', 10)),
    observance('DAYLIGHT', '19810329T020000', '+0100', '+0200', 'TZNAME:MESZ', yearly('-1SU', 3)),
  ),
  'BYMONTHDAY and BYDAY': timezone(
    'Home',
    observance(
      'DAYLIGHT',
      '20070311T020000',
      '-0500',
      '-0400',
      'RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8,9,10,11,12,13,14;BYDAY=SU',
    ),
    observance(
      'STANDARD',
      '20071104T020000',
      '-0400',
      '-0500',
      'RRULE:FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU',
    ),
  ),
};

const forms = Object.entries(FORMS).flatMap(([form, zone]) => [
  {
    name: `VTIMEZONE, ${form}: events in winter and summer`,
    text: file(
      zone,
      event('DTSTART;TZID=Home:20270115T080000', 'DTEND;TZID=Home:20270115T090000', 'SUMMARY:W'),
      event('DTSTART;TZID=Home:20270715T080000', 'DURATION:PT45M', 'SUMMARY:S'),
    ),
  },
  {
    name: `VTIMEZONE, ${form}: a series`,
    ...(/that no zone has/.test(form) ? { tells: 'dates in UTC' } : {}),
    text: file(
      zone,
      event(
        'DTSTART;TZID=Home:20270105T080000',
        'DURATION:PT1H',
        'RRULE:FREQ=WEEKLY;BYDAY=TU,TH;UNTIL=20271201T000000Z',
        'SUMMARY:Twice a week',
      ),
    ),
  },
]);

const several = [
  {
    name: 'two zones in one file, one in each event',
    text: file(
      CLOCKS['Europe/Berlin']('A'),
      CLOCKS['America/New_York']('B'),
      event('DTSTART;TZID=A:20270315T090000', 'DTEND;TZID=A:20270315T100000', 'SUMMARY:A'),
      event('DTSTART;TZID=B:20270315T090000', 'DTEND;TZID=B:20270315T100000', 'SUMMARY:B'),
    ),
  },
  {
    name: 'start and end in different zones',
    text: file(
      CLOCKS['Europe/Berlin']('A'),
      CLOCKS['America/New_York']('B'),
      event('DTSTART;TZID=A:20270315T090000', 'DTEND;TZID=B:20270315T120000', 'SUMMARY:Flight'),
    ),
  },
  {
    name: 'an unquoted TZID with a colon',
    text: file(
      CLOCKS['America/New_York']('(UTC-05:00) Eastern Time (US & Canada)'),
      event(
        'DTSTART;TZID=(UTC-05:00) Eastern Time (US & Canada):20270315T090000',
        'DTEND;TZID=(UTC-05:00) Eastern Time (US & Canada):20270315T100000',
        'SUMMARY:Unquoted',
      ),
    ),
  },
  {
    name: 'VTIMEZONE behind the events',
    text: file(
      event('DTSTART;TZID=A:20270715T090000', 'DTEND;TZID=A:20270715T100000', 'SUMMARY:Before'),
      CLOCKS['America/Los_Angeles']('A'),
    ),
  },
  {
    name: 'X-WR-TIMEZONE, and a zone of its own in the event',
    text: file(
      'X-WR-TIMEZONE:Asia/Tokyo',
      CLOCKS['Europe/Berlin']('Customized Time Zone'),
      event(
        'DTSTART;TZID=Customized Time Zone:20270308T090000',
        'DTEND;TZID=Customized Time Zone:20270308T100000',
        'SUMMARY:Berlin',
      ),
    ),
  },
  ...['Asia/Tokyo', 'America/New_York', 'Europe/London'].map((zone) => ({
    name: `floating times under X-WR-TIMEZONE ${zone}`,
    text: file(
      `X-WR-TIMEZONE:${zone}`,
      event('DTSTART:20270308T090000', 'DTEND:20270308T100000', 'SUMMARY:Floating'),
    ),
    zone,
  })),
  {
    name: 'floating times without X-WR-TIMEZONE',
    text: file(event('DTSTART:20270308T090000', 'DTEND:20270308T100000', 'SUMMARY:Floating')),
  },
  {
    name: 'a zone that the file does not describe',
    text: file(event('DTSTART;TZID=Nowhere:20270308T090000', 'DURATION:PT1H', 'SUMMARY:Unknown')),
    reported: 'Nowhere',
  },
];

export const ZONE_INPUTS = [...named, ...forms, ...several];
