// Arithmetic of clocks and zones, checked against known clock changes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addDays,
  daysBetween,
  instantOf,
  isDay,
  isTime,
  isZone,
  nextHalfHour,
  offsetMinutes,
  rfc3339,
  sameClock,
  utcKey,
  wallOf,
  zoneCity,
} from '../../../src/host/web/ui/calendar/times.js';

const BERLIN = 'Europe/Berlin';

test('wallOf and instantOf are inverse on both sides of a clock change', () => {
  for (const zone of [
    BERLIN,
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'UTC',
  ]) {
    for (
      let ms = Date.UTC(2026, 0, 1, 0, 30);
      ms < Date.UTC(2027, 0, 1);
      ms += 86400000 * 3.21 - ((86400000 * 3.21) % 60000)
    ) {
      const { day, time } = wallOf(ms, zone);
      const back = instantOf(day, time, zone);
      assert.deepEqual(wallOf(back, zone), { day, time }, `${zone} ${new Date(ms).toISOString()}`);
    }
  }
});

test('a time skipped by a clock change is shifted by the gap', () => {
  assert.equal(
    rfc3339(instantOf('2026-03-29', '02:30', BERLIN), BERLIN),
    '2026-03-29T03:30:00+02:00',
  );
});

test('of a repeated time the first instant is meant', () => {
  assert.equal(
    rfc3339(instantOf('2026-10-25', '02:30', BERLIN), BERLIN),
    '2026-10-25T02:30:00+02:00',
  );
  assert.equal(
    rfc3339(instantOf('2026-11-01', '01:30', 'America/New_York'), 'America/New_York'),
    '2026-11-01T01:30:00-04:00',
  );
});

test('offsets are written as RFC 3339 requires', () => {
  assert.equal(rfc3339(Date.UTC(2026, 5, 1, 12), 'Asia/Kolkata'), '2026-06-01T17:30:00+05:30');
  assert.equal(rfc3339(Date.UTC(2026, 5, 1, 12), 'UTC'), '2026-06-01T12:00:00Z');
  assert.equal(offsetMinutes(Date.UTC(2026, 5, 1), 'America/St_Johns'), -150);
  assert.equal(utcKey(Date.UTC(2026, 5, 1, 12)), '2026-06-01T12:00:00Z');
});

test('day arithmetic is independent of zones', () => {
  assert.equal(addDays('2028-02-28', 1), '2028-02-29');
  assert.equal(addDays('2026-01-01', -1), '2025-12-31');
  assert.equal(daysBetween('2026-03-28', '2026-03-30'), 2);
});

test('days, times and zones typed by the user are validated', () => {
  assert.ok(isDay('2026-11-24'));
  assert.ok(!isDay('2026-02-30'));
  assert.ok(!isDay(''));
  assert.ok(isTime('23:59'));
  assert.ok(!isTime('24:00'));
  assert.ok(isZone(BERLIN));
  assert.ok(!isZone('Mars/Olympus'));
  assert.ok(!isZone(''));
});

test('a new appointment starts at the next half hour', () => {
  assert.equal(nextHalfHour(Date.UTC(2026, 0, 1, 9, 1)), Date.UTC(2026, 0, 1, 9, 30));
  assert.equal(nextHalfHour(Date.UTC(2026, 0, 1, 9, 30)), Date.UTC(2026, 0, 1, 10));
});

test('zones that show the same clock time are recognised', () => {
  assert.ok(sameClock(Date.UTC(2026, 5, 1), BERLIN, 'Europe/Vienna'));
  assert.ok(!sameClock(Date.UTC(2026, 5, 1), BERLIN, 'America/New_York'));
  assert.equal(zoneCity('America/Argentina/Buenos_Aires'), 'Buenos Aires');
});
