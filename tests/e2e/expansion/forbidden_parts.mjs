// Rules that RFC 5545 forbids, and rules it allows that a program of ours does not expand. What
// each program makes of them is decided here; any other answer is a defect. The standard names no
// answer for a forbidden rule: one implementation refuses it, another ignores a part.

const RULE_PARTS = 'RFC 5545 section 3.3.10';

/** What a program may make of a rule. */
export const OUTCOMES = {
  refused: 'the rule is refused',
  start: 'only the start is an instance',
  meaning: 'the instances are those of the rule with this meaning',
  other: 'other instances; for the two implementations that we compare with only',
  any: 'depends on the start; for the two implementations that we compare with only',
  unasked: 'not asked, since that implementation searches without end',
};

const [R, S, M, O, A, U] = ['refused', 'start', 'meaning', 'other', 'any', 'unasked'];

/** {kind, source, rules: [rule, its meaning], outcomes: of each program, allDay} */
export const FORBIDDEN = [];

// `outcomes` are those of engine (which only checks), host, emulator, rrule, ical.js.
function row(kind, outcomes, rules, { source = RULE_PARTS, allDay = false } = {}) {
  const [engine, host, emulator, rrule, icalJs] = outcomes;
  FORBIDDEN.push({
    kind,
    source,
    allDay,
    rules: rules.map((rule) => (Array.isArray(rule) ? rule : [rule, ''])),
    outcomes: { engine, host, emulator, rrule, icalJs },
  });
}

row(
  'BYMONTHDAY in FREQ=WEEKLY',
  [M, M, M, O, R],
  [
    ['FREQ=WEEKLY;BYMONTHDAY=5', 'FREQ=WEEKLY'],
    ['FREQ=WEEKLY;INTERVAL=2;BYMONTHDAY=10,20', 'FREQ=WEEKLY;INTERVAL=2'],
    ['FREQ=WEEKLY;BYDAY=MO;BYMONTHDAY=-1', 'FREQ=WEEKLY;BYDAY=MO'],
  ],
);
row(
  'BYYEARDAY below FREQ=YEARLY',
  [M, M, M, O, R],
  [
    ['FREQ=DAILY;BYYEARDAY=100', 'FREQ=DAILY'],
    ['FREQ=WEEKLY;BYYEARDAY=100', 'FREQ=WEEKLY'],
    ['FREQ=MONTHLY;BYYEARDAY=100', 'FREQ=MONTHLY'],
    ['FREQ=MONTHLY;BYYEARDAY=-1;BYMONTHDAY=-1', 'FREQ=MONTHLY;BYMONTHDAY=-1'],
  ],
);
row(
  'BYWEEKNO in FREQ=MONTHLY',
  [M, M, M, O, R],
  [
    ['FREQ=MONTHLY;BYWEEKNO=20', 'FREQ=MONTHLY'],
    ['FREQ=MONTHLY;BYWEEKNO=20;BYDAY=MO', 'FREQ=MONTHLY;BYDAY=MO'],
  ],
);
row('BYWEEKNO in FREQ=WEEKLY', [M, M, M, O, U], [['FREQ=WEEKLY;BYWEEKNO=20', 'FREQ=WEEKLY']]);
row('BYWEEKNO in FREQ=DAILY', [M, M, M, O, O], [['FREQ=DAILY;BYWEEKNO=20', 'FREQ=DAILY']]);
row(
  'an ordinal of BYDAY in FREQ=DAILY',
  [M, M, R, M, U],
  [
    ['FREQ=DAILY;BYDAY=1MO', 'FREQ=DAILY;BYDAY=MO'],
    ['FREQ=DAILY;BYDAY=-1FR', 'FREQ=DAILY;BYDAY=FR'],
  ],
);
row(
  'an ordinal of BYDAY in FREQ=WEEKLY',
  [M, M, R, M, M],
  [
    ['FREQ=WEEKLY;BYDAY=1MO', 'FREQ=WEEKLY;BYDAY=MO'],
    ['FREQ=WEEKLY;BYDAY=-1FR,MO', 'FREQ=WEEKLY;BYDAY=MO,FR'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=2WE', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=WE'],
  ],
);
row(
  'an ordinal of BYDAY with BYWEEKNO',
  [M, M, M, S, O],
  [['FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO', 'FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO']],
);
row(
  'BYSETPOS without another BY part',
  [M, M, M, M, M],
  [
    ['FREQ=DAILY;BYSETPOS=1', 'FREQ=DAILY'],
    ['FREQ=WEEKLY;BYSETPOS=1', 'FREQ=WEEKLY'],
    ['FREQ=MONTHLY;BYSETPOS=-1', 'FREQ=MONTHLY'],
    ['FREQ=YEARLY;BYSETPOS=1', 'FREQ=YEARLY'],
  ],
);
row(
  'COUNT with UNTIL',
  [R, R, R, M, M],
  [['FREQ=DAILY;COUNT=3;UNTIL=20400101T000000Z', 'FREQ=DAILY;COUNT=3']],
);
row('COUNT=0', [R, R, R, S, O], ['FREQ=DAILY;COUNT=0']);
row('INTERVAL=0', [R, R, R, S, M], [['FREQ=DAILY;INTERVAL=0', 'FREQ=DAILY']]);
row('COUNT=-1', [R, R, R, M, S], [['FREQ=DAILY;COUNT=-1', 'FREQ=DAILY']]);
row(
  'a part twice',
  [R, R, R, M, M],
  [
    ['FREQ=DAILY;FREQ=WEEKLY', 'FREQ=WEEKLY'],
    ['FREQ=WEEKLY;BYDAY=MO;BYDAY=TU', 'FREQ=WEEKLY;BYDAY=TU'],
  ],
);
row('no FREQ', [R, R, R, O, R], ['COUNT=3', 'BYDAY=MO']);
row('an unknown FREQ', [R, R, R, R, R], ['FREQ=FORTNIGHTLY']);
row('an unknown part', [R, R, R, R, M], [['FREQ=DAILY;BYCENTURY=1', 'FREQ=DAILY']]);
row(
  'a part of RFC 2445 that begins with X-',
  [M, M, M, R, M],
  [['FREQ=DAILY;X-VENDOR=1', 'FREQ=DAILY']],
  { source: 'RFC 5545 appendix A.1: such parts are removed from the standard' },
);
row('RSCALE=GREGORIAN', [M, M, M, R, M], [['RSCALE=GREGORIAN;FREQ=WEEKLY', 'FREQ=WEEKLY']], {
  source: 'RFC 7529 section 4.1',
});
row(
  'another RSCALE',
  [R, R, R, R, A],
  ['RSCALE=HEBREW;FREQ=YEARLY', 'RSCALE=CHINESE;FREQ=MONTHLY'],
  {
    source: 'RFC 7529, which our programs implement for the Gregorian calendar',
  },
);
row('an unknown WKST', [M, R, R, M, R], [['FREQ=WEEKLY;WKST=XX', 'FREQ=WEEKLY']]);
row('BYMONTH=13', [M, S, R, S, R], ['FREQ=YEARLY;BYMONTH=13']);
row('BYMONTH=0', [M, R, R, M, R], [['FREQ=YEARLY;BYMONTH=0', 'FREQ=YEARLY']]);
row('BYMONTH=-1', [M, R, R, S, R], ['FREQ=YEARLY;BYMONTH=-1']);
row('BYMONTHDAY=0', [M, R, R, S, S], ['FREQ=MONTHLY;BYMONTHDAY=0']);
row(
  'BYMONTHDAY beyond 31',
  [M, R, R, U, R],
  ['FREQ=MONTHLY;BYMONTHDAY=32', 'FREQ=MONTHLY;BYMONTHDAY=-32'],
);
row(
  'BYYEARDAY beyond 366',
  [M, S, R, S, R],
  ['FREQ=YEARLY;BYYEARDAY=367', 'FREQ=YEARLY;BYYEARDAY=-367'],
);
row('BYYEARDAY=0', [M, R, R, S, O], ['FREQ=YEARLY;BYYEARDAY=0']);
row('BYWEEKNO beyond 53', [M, S, R, S, R], ['FREQ=YEARLY;BYWEEKNO=54', 'FREQ=YEARLY;BYWEEKNO=-54']);
row('BYWEEKNO=0', [M, R, R, S, S], ['FREQ=YEARLY;BYWEEKNO=0']);
row(
  'BYSETPOS beyond 366',
  [M, S, R, R, R],
  ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367', 'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-367'],
);
row('BYSETPOS=0', [M, R, R, R, A], ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0']);
row(
  'BYHOUR, BYMINUTE or BYSECOND out of range',
  [M, R, R, O, R],
  ['FREQ=DAILY;BYHOUR=24', 'FREQ=DAILY;BYMINUTE=60', 'FREQ=DAILY;BYSECOND=61'],
);
row(
  'an ordinal beyond the month',
  [M, R, R, U, R],
  ['FREQ=MONTHLY;BYDAY=6MO', 'FREQ=MONTHLY;BYDAY=-6MO'],
);
row(
  'an ordinal beyond the year',
  [M, R, R, U, R],
  ['FREQ=YEARLY;BYDAY=54MO', 'FREQ=YEARLY;BYDAY=-54MO'],
);
row(
  'BYHOUR, BYMINUTE or BYSECOND in a series of days',
  [M, M, M, U, U],
  [
    ['FREQ=DAILY;BYHOUR=9', 'FREQ=DAILY'],
    ['FREQ=DAILY;BYHOUR=9,15', 'FREQ=DAILY'],
    ['FREQ=WEEKLY;BYMINUTE=30', 'FREQ=WEEKLY'],
    ['FREQ=MONTHLY;BYSECOND=0,30', 'FREQ=MONTHLY'],
  ],
  { source: `${RULE_PARTS}: they must be ignored`, allDay: true },
);
row(
  'FREQ below DAILY in a series of days',
  [M, M, R, U, U],
  [
    ['FREQ=HOURLY;INTERVAL=6', 'FREQ=DAILY'],
    ['FREQ=MINUTELY;INTERVAL=600', 'FREQ=DAILY'],
  ],
  { source: 'not said; a day is the least step of a series of days', allDay: true },
);
row(
  'BYHOUR, BYMINUTE or BYSECOND in a series of times',
  [M, M, M, M, M],
  [
    ['FREQ=DAILY;BYHOUR=9,15', 'FREQ=DAILY;BYHOUR=9,15'],
    ['FREQ=WEEKLY;BYMINUTE=0,30', 'FREQ=WEEKLY;BYMINUTE=0,30'],
    ['FREQ=MONTHLY;BYSECOND=0,30', 'FREQ=MONTHLY;BYSECOND=0,30'],
    ['FREQ=DAILY;BYHOUR=8,20;BYMINUTE=15', 'FREQ=DAILY;BYHOUR=8,20;BYMINUTE=15'],
  ],
  { source: `${RULE_PARTS}: allowed` },
);
row(
  'FREQ below DAILY',
  [M, M, R, M, M],
  [
    ['FREQ=HOURLY;INTERVAL=6', 'FREQ=HOURLY;INTERVAL=6'],
    ['FREQ=MINUTELY;INTERVAL=600', 'FREQ=MINUTELY;INTERVAL=600'],
  ],
  { source: `${RULE_PARTS}: allowed; the emulator guesses that Google refuses it` },
);
row(
  'FREQ below DAILY with a BY part',
  [M, R, R, M, M],
  [
    ['FREQ=HOURLY;BYDAY=MO', 'FREQ=HOURLY;BYDAY=MO'],
    ['FREQ=MINUTELY;BYHOUR=9', 'FREQ=MINUTELY;BYHOUR=9'],
  ],
  { source: `${RULE_PARTS}: allowed; libical walks such rules for minutes` },
);
row(
  'INTERVAL of 10,000 and more',
  [M, M, R, M, M],
  [['FREQ=DAILY;INTERVAL=10000', 'FREQ=DAILY;INTERVAL=10000']],
  { source: `${RULE_PARTS}: allowed; the emulator limits it` },
);
row(
  'INTERVAL of 32,768 and more',
  [M, R, R, M, M],
  [['FREQ=DAILY;INTERVAL=40000', 'FREQ=DAILY;INTERVAL=40000']],
  { source: `${RULE_PARTS}: allowed; libical keeps it in 16 bits` },
);
row(
  'COUNT of 100,000 and more',
  [M, M, R, M, M],
  [['FREQ=DAILY;COUNT=100000', 'FREQ=DAILY;COUNT=100000']],
  { source: `${RULE_PARTS}: allowed; the emulator limits it` },
);
