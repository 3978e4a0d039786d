// The choices of the recurrence editor and RFC 5545 lines: what the editor can express survives a
// round trip, everything else is kept literally.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  buildRecurrence,
  checkRecurrence,
  followStart,
  none,
  parseRecurrence,
} from '../../../src/host/web/ui/calendar/recurrence.js';
import { describeRecurrence } from '../../../src/host/web/ui/calendar/recurrence_text.js';
import { de, en } from '../support/texts.mjs';

const ZONE = 'Europe/Berlin';
const START = '2026-11-24'; // a Tuesday, the fourth and last of its month

const parse = (lines, start = START, allDay = false) => parseRecurrence(lines, start, ZONE, allDay);
const build = (choice, start = START, allDay = false) =>
  buildRecurrence(choice, start, ZONE, allDay);

function texts(table) {
  return (key, args = {}) => {
    let text = table[key];
    assert.ok(text !== undefined, `no text for ${key}`);
    if (typeof text === 'object') text = args.count === 1 ? text.one : text.other;
    return text.replace(/\{([a-z_]+)\}/g, (_, name) => {
      assert.ok(name in args, `${key} has no ${name}`);
      return String(args[name]);
    });
  };
}
const words = (lines, locale = 'de', start = START) =>
  describeRecurrence(parse(lines, start), start, locale, texts(locale === 'de' ? de : en));

test('every choice of the editor survives a round trip through RFC 5545 lines', () => {
  const ends = [
    { type: 'never', until: '', count: 10 },
    { type: 'until', until: '2027-03-31', count: 10 },
    { type: 'count', until: '', count: 7 },
  ];
  const rules = [
    { kind: 'daily' },
    { kind: 'weekly', days: ['TU'] },
    { kind: 'weekly', days: ['MO', 'WE', 'SU'] },
    { kind: 'monthly', monthly: 'date' },
    { kind: 'monthly', monthly: 'weekday' },
    { kind: 'monthly', monthly: 'last' },
    { kind: 'yearly' },
  ];
  for (const allDay of [false, true]) {
    for (const rule of rules) {
      for (const end of ends) {
        for (const interval of [1, 2, 12]) {
          const choice = { ...none(), ...rule, end, interval };
          const lines = build(choice, START, allDay);
          const { rule: _, ...back } = parse(lines, START, allDay);
          const { rule: __, ...wanted } = choice;
          assert.deepEqual(back, wanted, lines.join(' '));
          assert.deepEqual(build(parse(lines, START, allDay), START, allDay), lines);
        }
      }
    }
  }
});

test('UNTIL includes the last day: its end in the zone, or its date for all-day series', () => {
  const choice = {
    ...none(),
    kind: 'daily',
    end: { type: 'until', until: '2026-12-31', count: 10 },
  };
  assert.deepEqual(build(choice), ['RRULE:FREQ=DAILY;UNTIL=20261231T225959Z']);
  assert.deepEqual(build(choice, START, true), ['RRULE:FREQ=DAILY;UNTIL=20261231']);
  assert.equal(parse(['RRULE:FREQ=DAILY;UNTIL=20261231T225959Z']).end.until, '2026-12-31');
});

test('rules that the editor cannot express are kept literally', () => {
  for (const lines of [
    ['RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'],
    ['RRULE:FREQ=MONTHLY;BYMONTHDAY=15,-1'],
    ['RRULE:FREQ=HOURLY;INTERVAL=6'],
    ['RRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU'],
    ['RRULE:FREQ=YEARLY;BYMONTH=1,6'],
    ['RRULE:FREQ=DAILY', 'RRULE:FREQ=YEARLY'],
    ['RRULE:FREQ=DAILY;COUNT=3;UNTIL=20270101'],
    ['RRULE:FREQ=DAILY;FREQ=WEEKLY'],
    ['RRULE:nonsense'],
    ['RRULE:FREQ=DAILY', 'EXRULE:FREQ=WEEKLY;BYDAY=SU'],
    ['RDATE;VALUE=DATE:20261224,20261226'],
    ['RRULE:FREQ=MONTHLY;BYDAY=2TU'],
    ['RRULE:FREQ=DAILY;UNTIL=20269999'],
  ]) {
    const choice = parse(lines);
    assert.equal(choice.kind, 'custom', lines.join(' '));
    assert.deepEqual(build(choice).sort(), [...lines].sort());
  }
});

test('EXDATE and RDATE lines are kept when the rule changes', () => {
  const rest = [
    'EXDATE;TZID=Europe/Berlin:20261201T090000',
    'RDATE;TZID=Europe/Berlin:20261203T090000',
  ];
  const choice = parse(['RRULE:FREQ=WEEKLY;BYDAY=TU', ...rest]);
  assert.equal(choice.kind, 'weekly');
  assert.deepEqual(build({ ...choice, interval: 2 }), [
    'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU',
    ...rest,
  ]);
});

test('a rule follows a new first day', () => {
  assert.deepEqual(
    followStart({ ...none(), kind: 'weekly', days: ['TU'] }, START, '2026-11-26').days,
    ['TH'],
  );
  assert.deepEqual(
    followStart({ ...none(), kind: 'weekly', days: ['TU', 'FR'] }, START, '2026-11-26').days,
    ['TU', 'FR'],
  );
  assert.equal(
    followStart({ ...none(), kind: 'monthly', monthly: 'last' }, START, '2026-12-01').monthly,
    'weekday',
  );
});

test('invalid choices are reported by field', () => {
  const weekly = { ...none(), kind: 'weekly', days: [] };
  assert.deepEqual(checkRecurrence(weekly, START), { days: 'recurrence.error.days' });
  assert.deepEqual(checkRecurrence({ ...none(), kind: 'daily', interval: 0 }, START), {
    interval: 'recurrence.error.interval',
  });
  assert.deepEqual(
    checkRecurrence(
      { ...none(), kind: 'daily', end: { type: 'until', until: '2026-11-23', count: 1 } },
      START,
    ),
    { until: 'recurrence.error.until' },
  );
  assert.deepEqual(
    checkRecurrence(
      { ...none(), kind: 'daily', end: { type: 'count', until: '', count: NaN } },
      START,
    ),
    { count: 'recurrence.error.count' },
  );
  assert.deepEqual(checkRecurrence(none(), START), {});
});

test('rules are described in both languages, even those the editor cannot express', () => {
  assert.equal(words(['RRULE:FREQ=WEEKLY;BYDAY=TU,TH']), 'Wöchentlich am Dienstag und Donnerstag');
  assert.equal(
    words(['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=5']),
    'Alle 2 Wochen am Dienstag, 5-mal',
  );
  assert.equal(words(['RRULE:FREQ=MONTHLY;BYDAY=-1TU']), 'Monatlich am letzten Dienstag');
  assert.equal(words(['RRULE:FREQ=MONTHLY;BYMONTHDAY=24']), 'Monatlich am 24. des Monats');
  assert.equal(
    words(['RRULE:FREQ=YEARLY;UNTIL=20301124']),
    'Jährlich am 24. November, bis 24.11.2030',
  );
  assert.equal(
    words(['RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1']),
    'Monatlich, am Montag, Dienstag, Mittwoch, Donnerstag und Freitag, davon der letzte',
  );
  assert.equal(words(['RRULE:FREQ=WEEKLY;BYDAY=TU'], 'en'), 'Weekly on Tuesday');
  assert.equal(
    words(['RRULE:FREQ=MONTHLY;BYMONTHDAY=-1'], 'en'),
    'Monthly, on the last day of the month',
  );
  assert.equal(words(['RRULE:FREQ=HOURLY'], 'de'), 'Nach einer eigenen Regel');
  assert.equal(words([], 'en'), 'Does not repeat');
});
