// Every row of the emulator's FAULTS.md against the product. While the fault lasts, users work on
// both sides, and the account shows what is wrong; when it is over, both sides hold the same, once,
// and each guest was mailed once. E2E_VERIFY=1 plays slow answers for as long as the page prints.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Lane, laneWorld } from './faults/lane.mjs';
import { NOT_PLAYED, QUICK_DOORS, ROWS } from './faults/rows.mjs';
import { SOLO } from './faults/solo.mjs';
import { faultRows } from './faults/table.mjs';
import { storeClient } from './support/setup.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { ADMINISTRATOR } from './world/people.mjs';

const NAMES = ['ada', 'ben', 'cem', 'dora', 'eva', 'finn'];
const VERIFY = Boolean(process.env.E2E_VERIFY);
const rows = faultRows();

let stage;
let lanes;
before(async () => {
  stage = await Stage.open({ world: laneWorld(today(), NAMES, ADMINISTRATOR) });
  await storeClient(await stage.login(ADMINISTRATOR));
  lanes = await Promise.all(NAMES.map((name) => Lane.open(stage, name)));
});
after(() => stage?.close());

const howPlayed = ({ section, title }) => [
  ROWS[section]?.[title],
  SOLO[section]?.[title],
  section === 'Connecting and TLS' && !ROWS[section][title] ? 'door' : undefined,
  NOT_PLAYED[`${section}: ${title}`],
];

/** Both sides hold what the users did, once; the account is in step and nothing is held. */
const settled = (lane) =>
  until(
    `both sides of ${lane.name}`,
    async () => {
      await lane.sync();
      return lane.inStep();
    },
    { timeout: VERIFY ? 300_000 : 20_000, every: 50 },
  );

/**
 * The account shows `seen` while the fault lasts. A run that fails says so, unless nothing answers
 * it for longer than this test waits.
 */
const shows = (lane, seen) =>
  until(
    `"${seen}"`,
    async () => {
      const outcome = await lane.sync();
      assert.equal(await lane.shown(), seen);
      // A run that ends without a look, because a newer one has begun, says nothing of the fault.
      if (seen.startsWith('ok ') && outcome instanceof Error) throw outcome;
      if (seen === 'waiting health.waiting' && outcome.name !== 'TimeoutError')
        assert.equal(outcome.status, 503, outcome.message);
      return true;
    },
    { timeout: VERIFY ? 120_000 : 20_000, every: 50 },
  );

test('each row of FAULTS.md is played in one way, or it says why not', () => {
  assert.ok(rows.length > 120, `${rows.length} rows`);
  const wrong = rows.filter((row) => howPlayed(row).filter(Boolean).length !== 1);
  assert.deepEqual(wrong, []);
  const known = [ROWS, SOLO].flatMap((table) =>
    Object.entries(table).flatMap(([section, titles]) =>
      Object.keys(titles).map((title) => `${section}: ${title}`),
    ),
  );
  const listed = new Set(rows.map(({ section, title }) => `${section}: ${title}`));
  assert.deepEqual(
    [...known, ...Object.keys(NOT_PLAYED)].filter((name) => !listed.has(name)),
    [],
    'rows that the page does not have',
  );
});

test('faults about one calendar', { concurrency: NAMES.length }, async (t) => {
  const played = rows.filter(({ section, title }) => ROWS[section]?.[title]);
  const long = ({ section, title }) => Number(ROWS[section][title].long ?? false);
  played.sort((one, other) => long(other) - long(one));
  let next = 0;
  await Promise.all(
    lanes.map(async (lane) => {
      while (next < played.length) {
        const { section, title, controls } = played[next++];
        const row = ROWS[section][title];
        await t.test(`${section}: ${title}`, async () => {
          const brief = VERIFY ? {} : row.brief;
          const ends = [await lane.inject(controls[0].body, { ...row, brief })];
          for (const more of row.also ?? []) ends.push(await lane.inject(more, { once: true }));
          if (row.gone) {
            const copies = await lane.inCrm();
            ++lane.rows;
            await lane.insertAnother();
            await shows(lane, row.seen);
            assert.deepEqual(await lane.inCrm(), copies, 'the copies stay');
          } else {
            await lane.act();
            await shows(lane, row.seen);
          }
          for (const end of ends) await end();
          await row.end?.(lane);
          await settled(lane);
        });
      }
    }),
  );
  // Ten for each row, most of them because the test asks again and again to synchronise.
  const { requests } = await stage.google.stats();
  const total = Object.values(requests).reduce((all, times) => all + times, 0);
  t.diagnostic(`${played.length} faults, ${total} requests`);
  assert.ok(total < 40 * played.length, `${total} requests: ${JSON.stringify(requests)}`);
});

test('faults about all requests', async (t) => {
  for (const { section, title, controls } of rows) {
    const row = SOLO[section]?.[title];
    const lane = lanes[row?.lane ?? 0];
    if (row)
      await t.test(`${section}: ${title}`, async () => {
        for (const { body } of controls) await row.begin(lane, body);
        if (!row.keepsPerson) await lane.renewPerson();
        await lane.act();
        if (row.seen) await shows(lane, row.seen);
        else await lane.sync();
        await row.end(lane);
        await lane.renewPerson();
        await settled(lane);
      });
  }
});

test('addresses where connecting to Google fails', async (t) => {
  const [lane] = lanes;
  const authority = join(stage.folder, 'authority.pem');
  const pem = await fetch(`${stage.google.origin}/_emulator/authority`);
  writeFileSync(authority, await pem.text());
  let acted = false;
  for (const row of rows) {
    const { body } = row.controls[0] ?? {};
    if (!howPlayed(row).includes('door')) continue;
    if (!VERIFY && !QUICK_DOORS.includes(body.trouble)) continue;
    await t.test(row.title, async () => {
      const { url } = await stage.google.control('POST', '/doors', body);
      await stage.restartHost({ base: url, authority });
      if (!acted) await lane.act();
      acted = true;
      if (body.trouble === 'none') return settled(lane);
      return shows(lane, 'waiting health.waiting');
    });
  }
  await stage.google.control('DELETE', '/doors');
  await stage.restartHost();
  if (acted) await settled(lane);
});

test('each guest was mailed once, and the product sent no batch', async () => {
  const { requests, mails } = await stage.google.productEver();
  assert.deepEqual(
    Object.keys(requests).filter((template) => template.includes('/batch')),
    [],
  );
  const kinds = {};
  for (const { kind, recipients } of mails)
    for (const guest of recipients) (kinds[guest] ??= []).push(kind);
  const wrong = Object.entries(kinds).filter(
    ([, [first, second, ...more]]) =>
      first !== 'invitation' || !['cancellation', undefined].includes(second) || more.length > 0,
  );
  assert.deepEqual(wrong, []);
  const wanted = lanes.flatMap(({ invited }) => invited);
  assert.deepEqual(Object.keys(kinds).sort(), wanted.sort());
});
