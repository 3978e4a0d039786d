// Days and times as users type them, in the notation of their language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  minutesBetween,
  parseDay,
  parseTime,
  quarters,
} from '../../../src/host/web/ui/calendar/typed.js';
import { addDays } from '../../../src/host/web/ui/calendar/times.js';

const NEAR = '2026-11-28';
const TODAY = '2026-11-29';
const day = (text, locale) => parseDay(text, locale, NEAR, TODAY);

test('a typed time is understood in the usual short forms', () => {
  const cases = {
    '14': '14:00',
    '1430': '14:30',
    '930': '09:30',
    '14:30': '14:30',
    '14.30': '14:30',
    '14 Uhr': '14:00',
    '14h30': '14:30',
    '2pm': '14:00',
    '2:30\u202fPM': '14:30',
    '12am': '00:00',
    '12 p.m.': '12:00',
    '0': '00:00',
    '24': '',
    '25:00': '',
    '14:3': '',
    '13 pm': '',
    'noon': '',
    '': '',
  };
  for (const [text, time] of Object.entries(cases)) assert.equal(parseTime(text), time, text);
});

test('a typed day is read in the order and with the names of the language', () => {
  const cases = [
    ['16.12.', 'de', '2026-12-16'],
    ['16.12.26', 'de', '2026-12-16'],
    ['1612', 'de', '2026-12-16'],
    ['16122026', 'de', '2026-12-16'],
    ['16 dez', 'de', '2026-12-16'],
    ['5. märz', 'de', '2027-03-05'],
    ['morgen', 'de', '2026-11-30'],
    ['übermorgen', 'de', '2026-12-01'],
    ['12/16/2026', 'en-US', '2026-12-16'],
    ['Dec 16', 'en-US', '2026-12-16'],
    ['16/12', 'en-GB', '2026-12-16'],
    ['tomorrow', 'en-GB', '2026-11-30'],
    ['2026-12-16', 'de', '2026-12-16'],
    ['16', 'de', '2026-11-16'],
    ['31.2.', 'de', ''],
    ['16.12.202', 'de', ''],
    ['2026-12-', 'de', ''],
    ['Mittwoch', 'de', ''],
    ['', 'de', ''],
  ];
  for (const [text, locale, found] of cases) assert.equal(day(text, locale), found, text);
});

test('a day without a year is the nearest one', () => {
  assert.equal(day('5.1.', 'de'), '2027-01-05');
  assert.equal(day('27.11.', 'de'), '2026-11-27');
  assert.equal(parseDay('29.2.', 'de', '2027-12-01'), '2028-02-29');
});

test('every day is read back as it is shown, in every language and region', () => {
  const formats = [
    { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
    { dateStyle: 'short' },
  ];
  for (const locale of ['de', 'de-AT', 'de-CH', 'en', 'en-GB', 'en-US', 'en-AU'])
    for (let i = 0; i < 800; i += 3) {
      const wanted = addDays('2026-01-01', i);
      for (const format of formats) {
        const shown = new Intl.DateTimeFormat(locale, { ...format, timeZone: 'UTC' }).format(
          Date.parse(`${wanted}T00:00:00Z`),
        );
        assert.equal(parseDay(shown, locale, NEAR), wanted, `${locale} ${shown}`);
      }
    }
});

test('the proposed times are quarters of an hour from the given one on', () => {
  assert.equal(quarters().length, 96);
  assert.deepEqual(quarters('23:20'), ['23:30', '23:45']);
  assert.equal(minutesBetween('09:30', '11:00'), 90);
});
