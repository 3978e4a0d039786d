// What engine, host and emulator share about recurrence and zones, against implementations that
// share nothing with it: rrule, ical.js, the time zones of JavaScript, CLDR's Windows names. The
// program icalendar_probe answers for ours. Where they differ, a table of expansion/ has the
// decision with its source; a difference without one fails.
//
//     EXPANSION_SEED=7 EXPANSION_SERIES=100000 node --test tests/e2e/expansion_kinds.test.mjs

import assert from 'node:assert/strict';
import { test } from 'node:test';

import windowsIana from 'windows-iana';

import {
  ICAL_JS_CLOCKS,
  changes,
  clockDifference,
  momentsAround,
  seriesAcross,
} from './expansion/clock_changes.mjs';
import { Comparison, firstDifference, sameList } from './expansion/comparison.mjs';
import { differenceOf } from './expansion/differences.mjs';
import { FORBIDDEN } from './expansion/forbidden_parts.mjs';
import { byIcalJs, byIcalJsEvent } from './expansion/by_ical_js.mjs';
import { ICAL_JS_DIFFERENCES } from './expansion/ical_js_differences.mjs';
import { byRrule, expected } from './expansion/independent.mjs';
import { askProbe } from './expansion/probe.mjs';
import { ZONES, randomFrom, randomSeries } from './expansion/random_series.mjs';
import { ICAL_JS_VALUES, valueCases } from './expansion/value_kinds.mjs';
import { instantOf, isoDate, isoInstant, isoWall, wallOf } from './expansion/zones.mjs';

const SEED = Number(process.env.EXPANSION_SEED ?? 5545),
  SERIES = Number(process.env.EXPANSION_SERIES ?? 10_000),
  DAY = 86_400_000,
  LIMIT = 4_000;
const { WINDOWS_TO_IANA_MAP } = windowsIana;
// The package has the zone of before 2022, when Chihuahua left this zone and Mazatlan stayed.
const NEWER_CLDR = { 'Mountain Standard Time (Mexico)': 'America/Mazatlan' };

/** The question for icalendar_probe; `to` is an instant, or a wall clock for whole days. */
const question = ({ zone, allDay, wall, lines }, to, limit = LIMIT) => ({
  ask: 'expand',
  start: allDay ? isoDate(wall) : isoInstant(instantOf(wall, zone)),
  zone,
  lines,
  to: allDay ? isoDate(to) : isoInstant(to),
  limit,
});

/** Starts of an answer in milliseconds, or 'refused'. */
const startsOf = (answer) =>
  answer.error === undefined ? answer.starts.map((start) => start * 1000) : 'refused';

/** Whole days are compared as wall clocks: their zone does not matter. */
const asAsked = (series) => (series.allDay ? { ...series, zone: 'UTC' } : series);

const shown = ({ wall, zone, allDay, lines }) =>
  `${isoWall(wall)} ${zone}${allDay ? ' all day' : ''} ${lines.join(' ')}`;

/** Prints the counts and fails with what is unexplained; each kind of `kinds` has to occur. */
function conclude(context, comparison, kinds) {
  context.diagnostic(`seed ${SEED}: ${comparison.summary()}`);
  assert.equal(comparison.unexplained.length, 0, `seed ${SEED}: ${comparison.message()}`);
  if (SEED === 5545 && SERIES === 10_000)
    assert.deepEqual([...comparison.counts.keys()].sort(), [...kinds].sort());
}

test(`${SERIES} random series: host and emulator agree with rrule and ical.js`, async (context) => {
  const random = randomFrom(SEED);
  const all = Array.from({ length: SERIES }, () => ({
    ...asAsked(randomSeries(random)),
    from: undefined,
  })).map((series) => (series.allDay ? { ...series, to: series.wall + 400 * DAY } : series));
  const answers = await askProbe(all.map((series) => question(series, series.to)));
  const ours = new Comparison(),
    icalJs = new Comparison();
  for (const [at, series] of all.entries()) {
    const host = startsOf(answers[at].host);
    if (answers[at].engine.error !== undefined)
      ours.fail(`the engine refuses ${shown(series)}: ${answers[at].engine.error}`);
    const emulator = startsOf(answers[at].emulator);
    if (host === 'refused' || emulator === 'refused' || !sameList(host, emulator)) {
      ours.fail(`host and emulator: ${shown(series)}\n  ${firstDifference(host, emulator)}`);
      continue;
    }
    const same = (list) => sameList(list, host);
    const theirs = expected(series, byRrule);
    const known = same(theirs) ? undefined : differenceOf(series, same);
    if (known || same(theirs)) ours.note(known);
    else ours.fail(`rrule: ${shown(series)}\n  ${firstDifference(host, theirs)}`);
    const difference = ICAL_JS_DIFFERENCES.find((one) => one.applies(series));
    const others = difference?.unasked ? undefined : expected(series, byIcalJs);
    if (others && same(others)) icalJs.note();
    else if (difference) icalJs.note(difference.kind);
    else icalJs.fail(`ical.js: ${shown(series)}\n  ${firstDifference(host, others)}`);
  }
  context.diagnostic(`rrule: ${ours.summary()}`);
  assert.equal(ours.unexplained.length, 0, `seed ${SEED}: ${ours.message()}`);
  const always = ICAL_JS_DIFFERENCES.filter(({ rare }) => !rare);
  conclude(
    context,
    icalJs,
    always.map(({ kind }) => kind),
  );
});

test('rules with forbidden parts get the answer that is decided for them', async (context) => {
  const random = randomFrom(SEED);
  const cases = FORBIDDEN.flatMap((row) =>
    row.rules.flatMap(([rule, meaning]) =>
      Array.from({ length: 6 }, () => {
        const zone = row.allDay ? 'UTC' : random.pick(ZONES);
        // A day that every month has: what ical.js makes of the others is not the question here.
        const day = Date.UTC(2024, random.between(0, 38), random.between(1, 28));
        // Not in the hours of clock changes, which have a test of their own.
        const wall = day + (row.allDay ? 0 : random.between(8, 20) * 3_600_000);
        const lines = [`RRULE:${rule}`];
        return { row, rule, meaning, zone, allDay: row.allDay, wall, lines, limit: 30 };
      }),
    ),
  );
  const ends = cases.map(({ wall }) => wall + 3 * 366 * DAY);
  const answers = await askProbe(cases.map((one, at) => question(one, ends[at], one.limit)));
  const comparison = new Comparison();
  for (const [at, one] of cases.entries()) {
    const { row, rule, meaning, limit } = one;
    const series = { ...one, added: [], leftOut: [], to: ends[at], from: undefined };
    const of = (text, implementation) => {
      try {
        return expected({ ...series, rule: text }, (asked, end) =>
          implementation(asked, end, limit + 1),
        ).slice(0, limit);
      } catch {
        return 'refused';
      }
    };
    const wanted = meaning ? of(meaning, byRrule) : undefined;
    const start = [instantOf(one.wall, one.zone)];
    const outcomeOf = (starts) => {
      if (starts === 'refused') return 'refused';
      if (wanted && sameList(starts, wanted)) return 'meaning';
      return sameList(starts, start) ? 'start' : 'other';
    };
    const outcomes = {
      engine: answers[at].engine.error === undefined ? 'meaning' : 'refused',
      host: outcomeOf(startsOf(answers[at].host)),
      emulator: outcomeOf(startsOf(answers[at].emulator)),
      rrule: row.outcomes.rrule === 'unasked' ? 'unasked' : outcomeOf(of(rule, byRrule)),
      icalJs: row.outcomes.icalJs === 'unasked' ? 'unasked' : outcomeOf(of(rule, byIcalJs)),
    };
    const wrong = Object.keys(outcomes).filter(
      (who) => row.outcomes[who] !== 'any' && outcomes[who] !== row.outcomes[who],
    );
    if (wrong.length === 0) comparison.note(row.kind);
    else
      comparison.fail(
        `${row.kind}: ${shown(one)}: ` +
          wrong.map((who) => `${who} ${outcomes[who]}, not ${row.outcomes[who]}`).join('; '),
      );
  }
  conclude(
    context,
    comparison,
    FORBIDDEN.map(({ kind }) => kind),
  );
});

test('every kind of value in EXDATE, RDATE and UNTIL is read as decided', async (context) => {
  const cases = valueCases(randomFrom(SEED), ZONES, 20);
  const answers = await askProbe(cases.map((one) => question(one, one.to)));
  const comparison = new Comparison(),
    icalJs = new Comparison();
  for (const [at, one] of cases.entries()) {
    for (const who of ['host', 'emulator']) {
      const starts = startsOf(answers[at][who]);
      const right =
        one[who] === 'refused' || starts === 'refused'
          ? one[who] === starts
          : sameList(starts, one[who]);
      if (right) comparison.note(`${who}: ${one.kind}`);
      else
        comparison.fail(
          `${who}: ${one.kind}: ${shown(one)}\n  ${firstDifference(starts, one[who])}`,
        );
    }
    let theirs;
    try {
      theirs = byIcalJsEvent(one, one.zones);
    } catch {
      theirs = 'refused';
    }
    if (theirs !== 'refused' && sameList(theirs, one.host)) icalJs.note();
    else if (ICAL_JS_VALUES[one.kind]) icalJs.note(one.kind);
    else icalJs.fail(`ical.js: ${one.kind}: ${shown(one)}\n  ${firstDifference(one.host, theirs)}`);
  }
  assert.equal(comparison.unexplained.length, 0, `seed ${SEED}: ${comparison.message()}`);
  conclude(context, icalJs, Object.keys(ICAL_JS_VALUES));
});

test('instants and wall clocks agree around both clock changes of 20 zones', async (context) => {
  const questions = [],
    wanted = [];
  for (const change of changes()) {
    const { zone } = change;
    const { instants, walls } = momentsAround(change);
    for (const at of instants) {
      questions.push({ ask: 'local', zone, at: at / 1000 });
      wanted.push(isoWall(wallOf(at, zone)));
    }
    for (const wall of walls) {
      questions.push({ ask: 'instant', zone, local: isoWall(wall) });
      wanted.push(instantOf(wall, zone));
    }
  }
  const answers = await askProbe(questions);
  const comparison = new Comparison();
  for (const [at, answer] of answers.entries()) {
    const given = answer.text === undefined ? answer.at * 1000 : answer.text.slice(0, 19);
    const written =
      answer.text === undefined || Date.parse(answer.text) / 1000 === questions[at].at;
    if (given === wanted[at] && written) comparison.note();
    else comparison.fail(`${JSON.stringify(questions[at])}: ${given}, not ${wanted[at]}`);
  }
  conclude(context, comparison, []);
});

test('series across both clock changes of 20 zones have the decided instants', async (context) => {
  const cases = changes().flatMap(seriesAcross);
  const answers = await askProbe(cases.map((one) => question(one, one.to)));
  const comparison = new Comparison(),
    icalJs = new Comparison();
  for (const [at, one] of cases.entries()) {
    for (const who of ['host', 'emulator']) {
      const starts = startsOf(answers[at][who]);
      if (starts !== 'refused' && sameList(starts, one.starts)) comparison.note();
      else
        comparison.fail(
          `${who}: ${one.name}: ${shown(one)}\n  ${firstDifference(starts, one.starts)}`,
        );
    }
    const theirs = byIcalJsEvent(one, one.zones);
    const kind = clockDifference(one, theirs);
    if (sameList(theirs, one.starts)) icalJs.note();
    else if (kind) icalJs.note(kind);
    else
      icalJs.fail(`ical.js: ${one.name}: ${shown(one)}\n  ${firstDifference(one.starts, theirs)}`);
  }
  assert.equal(comparison.unexplained.length, 0, `seed ${SEED}: ${comparison.message()}`);
  conclude(context, icalJs, Object.keys(ICAL_JS_CLOCKS));
});

test("Windows' and IANA's zone names have the zones of CLDR and JavaScript", async (context) => {
  const canonical = (name) =>
    new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  const windows = WINDOWS_TO_IANA_MAP.filter(({ territory }) => territory === '001');
  const iana = Intl.supportedValuesOf('timeZone');
  const answers = await askProbe(
    [...windows.map(({ windowsName }) => windowsName), ...iana].map((name) => ({
      ask: 'zone',
      name,
    })),
  );
  const comparison = new Comparison();
  for (const [at, { windowsName, iana: names }] of windows.entries()) {
    const { engine, host, emulator } = answers[at];
    // A Windows name is a zone for the engine alone, which gets events of other calendars.
    if (windowsName !== 'UTC' && (host || emulator))
      comparison.fail(`${windowsName}: a zone for the host or the emulator`);
    const name = NEWER_CLDR[windowsName] ?? names[0];
    if (engine !== null && canonical(engine) === canonical(name)) comparison.note();
    else comparison.fail(`${windowsName}: ${engine}, not ${name}`);
  }
  for (const [at, name] of iana.entries()) {
    const { engine, host, emulator } = answers[windows.length + at];
    if (engine === name && host && emulator) comparison.note();
    else comparison.fail(`${name}: ${JSON.stringify(answers[windows.length + at])}`);
  }
  conclude(context, comparison, []);
});
