// The host is ended at every commit and at every request to Google from the save of an appointment
// to the second mail about it: each guest is informed of each act once. The one case in which the
// same bytes may arrive twice is a death while an attempt of that message was under way.
// `./dev verify mail`.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { shortWorld } from '../crash/short_story.mjs';
import { sentMails } from '../support/mailer.mjs';
import { CRASH_HOST } from '../support/paths.mjs';
import { today } from '../support/stage.mjs';
import { until } from '../support/until.mjs';
import { plus } from '../world/days.mjs';
import { MailStage } from './stage.mjs';

const GUEST = 'ann@elsewhere.example';
const NAME = 'Mailed once';
const LEASED = `import sqlite3, sys
rows = sqlite3.connect(sys.argv[1]).execute(
    "SELECT count(*) FROM mail_messages WHERE state = 'sending'")
print(rows.fetchone()[0])`;

let mails;
before(async () => {
  mails = await MailStage.open(shortWorld(today()), { googleArgs: ['--allow-kill'] });
  await mails.stage.remember();
});
after(() => mails?.close());

// Whether a message is leased to an attempt in the database of a host that has ended.
const isUnderWay = (data) =>
  execFileSync('/usr/bin/python3', ['-c', LEASED, join(data, 'crm.sqlite')])
    .toString()
    .trim() !== '0';

/** Repeats the act while the host dies in it, as a user would. */
class Run {
  deaths = 0;
  wasUnderWay = false; // an attempt, when the host died

  async start(host) {
    const { stage } = mails;
    mails.relay.forget();
    try {
      await stage.rewind(host);
    } catch (error) {
      // The host may end at a write of its own start.
      if (stage.host?.end?.code !== 137) throw error;
    }
    await this.revive();
  }

  async revive() {
    const { stage } = mails;
    if (stage.host.alive) return;
    ++this.deaths;
    this.wasUnderWay ||= isUnderWay(stage.data);
    await stage.startHost();
  }

  async surely(act) {
    for (;;)
      try {
        return await act();
      } catch (error) {
        await Promise.race([mails.stage.host.ended, new Promise((done) => setTimeout(done, 500))]);
        if (mails.stage.host.alive) throw error;
        await this.revive();
      }
  }

  /** Until message number `count` is at its end in the CRM, and nothing else waits. */
  settled = (count) =>
    until(
      `message ${count}`,
      () =>
        this.surely(async () => {
          await mails.crm.syncNow(mails.account);
          const items = (await sentMails(mails.crm)).filter(({ to }) => to === GUEST);
          const isOver = items.every(({ state }) => state === 'sent' || state === 'replaced');
          return items.length >= count && isOver && mails.relay.isQuiet();
        }),
      { timeout: 40_000, every: 50 },
    );
}

const found = async () => {
  const { crm, monday } = mails;
  const rows = await crm.occurrences(`${monday}T00:00:00Z`, `${plus(monday, 7)}T00:00:00Z`);
  return rows.find(({ summary }) => summary === NAME)?.event;
};

/** The acts; answers {deaths, doubles}: how many messages came twice. */
async function play(host, arm = async () => {}) {
  const run = new Run();
  await run.start(host);
  await arm();
  await run.surely(async () => (await found()) ?? mails.create(NAME, [GUEST]));
  await run.settled(1);
  const id = await run.surely(found);
  await run.surely(async () => {
    const { event } = await mails.crm.event(id);
    if (event.location !== 'Room 7') await mails.crm.change(id, { location: 'Room 7' });
  });
  await run.settled(2);
  const messages = mails.relay.to(GUEST);
  const copies = new Map();
  for (const { raw } of messages) {
    const key = /^Message-ID: (.*)$/im.exec(raw.toString())[1].trim();
    copies.set(key, [...(copies.get(key) ?? []), raw]);
  }
  const kinds = [...copies.values()].map(([raw]) => /^Subject: (\w+)/m.exec(raw.toString())[1]);
  assert.deepEqual(kinds.sort(), ['Invitation', 'Updated'], 'one message for each act');
  let doubles = 0;
  for (const [first, ...others] of copies.values()) {
    for (const other of others) assert.ok(first.equals(other), 'the same bytes');
    doubles += others.length;
  }
  assert.deepEqual((await mails.stage.google.product()).mails, [], "Google's mails");
  if (!run.wasUnderWay) assert.equal(doubles, 0, 'no attempt was under way');
  return { deaths: run.deaths, doubles };
}

async function everyPoint(what, at) {
  let died = 0;
  let doubles = 0;
  for (let n = 1; ; ++n) {
    const { host = {}, arm } = at(n);
    const one = await play(host, arm).catch((error) => {
      throw new Error(`${what} ${n}: ${error.message}`, { cause: error });
    });
    if (one.deaths === 0) return { died, doubles };
    assert.ok(one.doubles <= 1, `${what} ${n}: ${one.doubles} messages came twice`);
    ++died;
    doubles += one.doubles;
  }
}

const crashAt = (text) => ({ program: CRASH_HOST, env: { CRM_HOST_CRASH_AT_WRITE: text } });

test('a death before any commit costs no mail and doubles only what was leaving', async (t) => {
  const { died, doubles } = await everyPoint('before commit', (n) => ({ host: crashAt(`${n}`) }));
  t.diagnostic(`died before ${died} commits, ${doubles} messages came twice`);
  assert.ok(died >= 12, `only ${died} commits`);
  assert.ok(doubles >= 2, 'each message whose end was not stored');
});

test('a death after any commit costs no mail and doubles only what was leaving', async (t) => {
  const { died, doubles } = await everyPoint('after commit', (n) => ({
    host: crashAt(`${n}:after`),
  }));
  t.diagnostic(`died after ${died} commits, ${doubles} messages came twice`);
  assert.ok(died >= 12, `only ${died} commits`);
});

for (const when of ['before', 'after'])
  test(`a death ${when} any request to Google takes effect costs no mail`, async (t) => {
    const { died } = await everyPoint(`${when} request`, (n) => ({
      arm: () =>
        mails.stage.google.addFault({
          ...{ skip: n - 1, times: 1 },
          effect: { kill_pid: mails.stage.host.child.pid, when },
        }),
    }));
    t.diagnostic(`killed ${when} the effect of each of ${died} requests`);
    assert.ok(died >= 2, `only ${died} requests`);
  });
