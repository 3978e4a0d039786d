// Where a reader expands an input of ours otherwise than the emulator, what it does, and why the
// emulator is right: a section of RFC 5545 or what was observed. ics_files.test.mjs allows twelve.

export const DIFFERENCES = [
  {
    input: 'VTIMEZONE behind the events',
    references: ['python'],
    what: 'takes the zone for unknown, and the time for one of the calendar',
    source: 'RFC 5545 section 3.6: the components of a VCALENDAR have no order',
  },
  {
    input: 'EXDATE of days in two series of times, one across a clock change',
    references: ['python'],
    what: 'leaves out nothing; version 2.1.2 leaves out the day, as Thunderbird and Evolution do',
    source: 'niccokunzmann/python-recurring-ical-events#121',
  },
  {
    input: 'EXDATE of a newer version than the exception',
    references: ['python'],
    what: 'shows the exception, which the newer version of the series removed; a bug, mended later',
    source: 'niccokunzmann/python-recurring-ical-events#163',
  },
  {
    input: 'a series twice, the newer with an EXDATE',
    references: ['python'],
    what: 'shows the instance of the older version; a bug, mended later',
    source: 'niccokunzmann/python-recurring-ical-events#148; RFC 5546 section 2.1.5',
  },
  {
    input: 'RANGE=THISANDFUTURE: later from then on',
    references: ['python'],
    what: 'changes the one instance only',
    source: 'RFC 5545 section 3.2.13',
  },
  {
    input: 'EXRULE, which RFC 5545 dropped',
    references: ['python', 'ical.js'],
    what: 'ignores EXRULE',
    source:
      'RFC 2445 section 4.8.5.2; Google accepts EXRULE ' +
      '(developers.google.com/workspace/calendar/api/v3/reference/events, "recurrence")',
  },
  {
    input: 'times: a time that comes twice',
    references: ['python', 'ical.js'],
    what: 'takes the second of the two',
    source: 'RFC 5545 section 3.3.5: the first occurrence is meant',
  },
  {
    input: 'times: a time that summer time leaves out',
    references: ['ical.js'],
    what: 'reads it with the offset of after the gap',
    source: 'RFC 5545 section 3.3.5: the offset of before the gap',
  },
  {
    input: 'times: over a clock change, DURATION:PT24H',
    references: ['ical.js'],
    what: 'takes 24 hours for a day',
    source: 'RFC 5545 section 3.3.6: hours are exact, only days and weeks are nominal',
  },
  {
    input: 'RDATE without a rule',
    references: ['ical.js'],
    what: 'does not show the start',
    source: 'RFC 5545 section 3.8.5.3: DTSTART is the first instance of the set',
  },
  {
    input: 'exception, named in another zone, behind its series',
    references: ['ical.js'],
    what: 'compares RECURRENCE-ID as text and finds no such instance',
    source: 'RFC 5545 section 3.8.4.4: it is a time, and may be in any zone',
  },
  {
    input: 'EXDATE beside the exception of the same slot, as old Apple programs write it',
    references: ['ical.js'],
    what: 'shows neither of the two',
    source: 'niccokunzmann/python-recurring-ical-events#149: an edit replaces an older EXDATE',
  },
];
