// Exceptions of a series, exceptions without one, and several versions of an event.

import { BERLIN, at, berlin, daily, days, until } from './berlin.mjs';
import { CLOCKS, event, file, withoutUid } from './file.mjs';

const exception = (...lines) => event('UID:daily@example.com', ...lines);

const EXCEPTIONS = {
  'moved on its day': [
    `RECURRENCE-ID;${BERLIN}:20270303T100000`,
    at('03', '15'),
    until('03', '16'),
  ],
  'moved to another day': [
    `RECURRENCE-ID;${BERLIN}:20270303T100000`,
    at('20', '10'),
    until('20', '11'),
  ],
  'the first one moved': [
    `RECURRENCE-ID;${BERLIN}:20270301T100000`,
    at('01', '08'),
    until('01', '09'),
  ],
  'longer': [`RECURRENCE-ID;${BERLIN}:20270303T100000`, at('03', '10'), until('03', '14')],
  'named in UTC': ['RECURRENCE-ID:20270303T090000Z', at('03', '15'), until('03', '16')],
  'named in another zone': [
    'RECURRENCE-ID;TZID=Asia/Tokyo:20270303T180000',
    at('03', '15'),
    until('03', '16'),
  ],
  'moved to UTC': [
    `RECURRENCE-ID;${BERLIN}:20270303T100000`,
    'DTSTART:20270303T180000Z',
    'DTEND:20270303T190000Z',
  ],
  'made a day': [`RECURRENCE-ID;${BERLIN}:20270303T100000`, 'DTSTART;VALUE=DATE:20270303'],
  'on the day of another instance': [
    `RECURRENCE-ID;${BERLIN}:20270303T100000`,
    at('04', '15'),
    until('04', '16'),
  ],
  'renamed only': [`RECURRENCE-ID;${BERLIN}:20270303T100000`, at('03', '10'), until('03', '11')],
};
const places = (name) =>
  name === 'named in another zone'
    ? ['behind its series']
    : ['behind its series', 'before its series'];
const exceptions = Object.entries(EXCEPTIONS).flatMap(([name, lines]) =>
  places(name).map((place) => ({
    name: `exception, ${name}, ${place}`,
    text: file(
      CLOCKS['Europe/Berlin']('Europe/Berlin'),
      CLOCKS['Asia/Tokyo']('Asia/Tokyo'),
      place === 'behind its series'
        ? [daily(), exception(...lines, 'SUMMARY:Changed')]
        : [exception(...lines, 'SUMMARY:Changed'), daily()],
    ),
  })),
);
const otherExceptions = [
  {
    name: 'exception of a day, moved',
    text: file(
      days(),
      exception(
        'RECURRENCE-ID;VALUE=DATE:20270303',
        'DTSTART;VALUE=DATE:20270320',
        'SUMMARY:Changed',
      ),
    ),
  },
  {
    name: 'exception of a day, of two days',
    text: file(
      days(),
      exception(
        'RECURRENCE-ID;VALUE=DATE:20270303',
        'DTSTART;VALUE=DATE:20270303',
        'DTEND;VALUE=DATE:20270305',
        'SUMMARY:Changed',
      ),
    ),
  },
  {
    name: 'exception of a day, made a time',
    text: berlin(
      days(),
      exception(
        'RECURRENCE-ID;VALUE=DATE:20270303',
        at('03', '10'),
        until('03', '11'),
        'SUMMARY:T',
      ),
    ),
  },
  {
    name: 'RECURRENCE-ID of midnight UTC in a series of days, as in exports of Google',
    text: file(
      days(),
      exception(
        'RECURRENCE-ID:20270303T000000Z',
        'DTSTART;VALUE=DATE:20270303',
        'DTEND;VALUE=DATE:20270304',
        'SUMMARY:Changed',
      ),
    ),
  },
  {
    name: 'RECURRENCE-ID of a day in a series of times',
    text: berlin(
      daily(),
      exception(
        'RECURRENCE-ID;VALUE=DATE:20270303',
        at('03', '15'),
        until('03', '16'),
        'SUMMARY:C',
      ),
    ),
  },
  {
    name: 'two exceptions',
    text: berlin(
      daily(),
      exception(
        `RECURRENCE-ID;${BERLIN}:20270303T100000`,
        at('03', '15'),
        until('03', '16'),
        'SUMMARY:One',
      ),
      exception(
        `RECURRENCE-ID;${BERLIN}:20270305T100000`,
        at('05', '15'),
        until('05', '16'),
        'SUMMARY:Two',
      ),
    ),
  },
  {
    name: 'a cancelled exception',
    text: berlin(
      daily(),
      exception(
        `RECURRENCE-ID;${BERLIN}:20270303T100000`,
        at('03', '10'),
        until('03', '11'),
        'STATUS:CANCELLED',
        'SUMMARY:Daily',
      ),
    ),
  },
  {
    name: 'an exception without title',
    text: berlin(
      daily(),
      exception(`RECURRENCE-ID;${BERLIN}:20270303T100000`, at('03', '15'), until('03', '16')),
    ),
  },
  {
    name: 'EXDATE beside the exception of the same slot, as old Apple programs write it',
    text: berlin(
      daily(`EXDATE;${BERLIN}:20270303T100000`),
      exception(
        `RECURRENCE-ID;${BERLIN}:20270303T100000`,
        at('03', '15'),
        until('03', '16'),
        'SUMMARY:Changed',
      ),
    ),
  },
  {
    name: 'EXDATE of a newer version than the exception',
    text: berlin(
      daily(`EXDATE;${BERLIN}:20270303T100000`, 'SEQUENCE:2'),
      exception(
        `RECURRENCE-ID;${BERLIN}:20270303T100000`,
        at('03', '15'),
        until('03', '16'),
        'SEQUENCE:1',
        'SUMMARY:Changed',
      ),
    ),
  },
  {
    name: 'the same RECURRENCE-ID twice, the higher SEQUENCE first',
    tells: 'is the newer version',
    text: berlin(
      daily(),
      ...[2, 1].map((sequence) =>
        exception(
          `RECURRENCE-ID;${BERLIN}:20270303T100000`,
          at('03', `1${sequence}`),
          until('03', `1${sequence + 1}`),
          `SEQUENCE:${sequence}`,
          `SUMMARY:Version ${sequence}`,
        ),
      ),
    ),
  },
  {
    name: 'the same RECURRENCE-ID twice, the higher SEQUENCE last',
    tells: 'is the newer version',
    text: berlin(
      daily(),
      ...[1, 2].map((sequence) =>
        exception(
          `RECURRENCE-ID;${BERLIN}:20270303T100000`,
          at('03', `1${sequence}`),
          until('03', `1${sequence + 1}`),
          `SEQUENCE:${sequence}`,
          `SUMMARY:Version ${sequence}`,
        ),
      ),
    ),
  },
  {
    name: 'RANGE=THISANDFUTURE: later from then on',
    text: berlin(
      daily(),
      exception(
        `RECURRENCE-ID;RANGE=THISANDFUTURE;${BERLIN}:20270304T100000`,
        at('04', '15'),
        until('04', '16'),
        'SUMMARY:Afternoons',
      ),
    ),
  },
];

const orphan = (...lines) => event('UID:orphan@example.com', ...lines);
const orphans = [
  {
    name: 'an exception without its series',
    text: berlin(
      orphan(
        `RECURRENCE-ID;${BERLIN}:20270303T100000`,
        at('03', '15'),
        until('03', '16'),
        'SUMMARY:Only this one',
      ),
    ),
  },
  {
    name: 'an exception without its series, named in UTC',
    text: file(
      orphan(
        'RECURRENCE-ID:20270303T090000Z',
        'DTSTART:20270303T090000Z',
        'DTEND:20270303T100000Z',
        'SUMMARY:UTC',
      ),
    ),
  },
  {
    name: 'an exception of a day without its series',
    text: file(
      orphan('RECURRENCE-ID;VALUE=DATE:20270303', 'DTSTART;VALUE=DATE:20270303', 'SUMMARY:Day'),
    ),
  },
  {
    name: 'two exceptions without their series',
    text: berlin(
      ...['03', '10'].map((day) =>
        orphan(
          `RECURRENCE-ID;${BERLIN}:202703${day}T100000`,
          at(day, '10'),
          until(day, '11'),
          `SUMMARY:On ${day}`,
        ),
      ),
    ),
  },
  {
    name: 'an exception without its series, beside another series',
    text: berlin(
      daily(),
      orphan(
        `RECURRENCE-ID;${BERLIN}:20270303T120000`,
        at('03', '12'),
        until('03', '13'),
        'SUMMARY:Only this one',
      ),
    ),
  },
];

const versions = [
  ...[
    [1, 2],
    [2, 1],
  ].map(([a, b]) => ({
    name: `the same UID twice, SEQUENCE ${a} and ${b}`,
    tells: 'is the newer version',
    text: berlin(
      ...[a, b].map((sequence) =>
        event(
          'UID:twice@example.com',
          `SEQUENCE:${sequence}`,
          `DTSTART;${BERLIN}:20270303T100000`,
          `DTEND;${BERLIN}:20270303T110000`,
          `SUMMARY:Version ${sequence}`,
        ),
      ),
    ),
  })),
  {
    name: 'a series twice, the newer with an EXDATE',
    tells: 'is the newer version',
    text: berlin(daily('SEQUENCE:1'), daily('SEQUENCE:2', `EXDATE;${BERLIN}:20270303T100000`)),
  },
  {
    name: 'events without UID, on days of their own',
    text: berlin(
      ...['03', '04', '05'].map((day) =>
        withoutUid(at(day, '10'), until(day, '11'), `SUMMARY:On ${day}`),
      ),
    ),
  },
  {
    name: 'days without UID',
    text: file(
      ...['03', '04', '05'].map((day) =>
        withoutUid(`DTSTART;VALUE=DATE:202703${day}`, `SUMMARY:On ${day}`),
      ),
    ),
  },
  {
    name: 'a series without UID',
    text: berlin(
      withoutUid(at('03', '10'), until('03', '11'), 'RRULE:FREQ=DAILY;COUNT=3', 'SUMMARY:S'),
    ),
  },
];

export const EXCEPTION_INPUTS = [...exceptions, ...otherExceptions, ...orphans, ...versions];
