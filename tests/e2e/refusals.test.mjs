// What Google refuses, cannot do or answers unreadably: nothing is lost, nothing else stops, and
// the account says so until it is over.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortWorld } from './crash/short_story.mjs';
import { Stage, today } from './support/stage.mjs';
import { until } from './support/until.mjs';
import { plus } from './world/days.mjs';
import { GOOGLE_ACCOUNT } from './world/people.mjs';

const ZONE = 'Europe/Berlin';
const EVENTS = '/calendar/v3/calendars/{calendarId}/events';
const EVENT = `${EVENTS}/{eventId}`;
// The product names the user's own calendar by its alias.
const one = (id) => `/calendar/v3/calendars/primary/events/${id}`;
const range = [`${plus(today(), -2)}T00:00:00Z`, `${plus(today(), 90)}T00:00:00Z`];

let days = 20;
const slot = () => {
  days += 1;
  return plus(today(), days);
};

test('a refusal is of the account, the calendar or one appointment', async (t) => {
  const stage = await Stage.open({ world: shortWorld(today()) });
  t.after(() => stage.close());
  const { crm, account } = await stage.connected({ existing: 'none' });
  const person = await stage.google.person(GOOGLE_ACCOUNT.email, { apart: true });

  const fault = (method, path, effect, more = {}) =>
    stage.google.addFault({ match: { method, path, ...more }, times: 0, effect });
  const sync = () => crm.syncNow(account.id).catch((error) => error);
  const health = async () => (await crm.accounts()).find(({ id }) => id === account.id).health;
  const shown = async () => {
    const { state, reason } = await health();
    return `${state} ${reason}`;
  };
  const status = () => crm.call('GET', `/api/accounts/${account.id}/status`);
  const inCrm = async () => (await crm.occurrences(...range)).map(({ summary }) => summary);
  const atGoogle = async () => (await person.list()).map(({ summary }) => summary);

  const insert = (summary, more = {}) => {
    const day = slot();
    return person.insert({
      summary,
      start: { dateTime: `${day}T10:00:00`, timeZone: ZONE },
      end: { dateTime: `${day}T11:00:00`, timeZone: ZONE },
      ...more,
    });
  };
  const known = async (summary) => {
    const { id } = await insert(summary);
    await sync();
    const event = await until(`${summary} in the CRM`, async () =>
      (await crm.occurrences(...range)).find((found) => found.summary === summary),
    );
    return { google: id, crm: event.event };
  };
  const create = (summary) => {
    const day = slot();
    return crm.create({
      summary,
      start: { date_time: `${day}T10:00:00+01:00`, time_zone: ZONE },
      end: { date_time: `${day}T11:00:00+01:00`, time_zone: ZONE },
    });
  };
  const play = (name, act) =>
    t.test(name, async () => {
      await stage.google.clearFaults();
      await sync();
      await act();
    });
  const ok = async () => {
    await stage.google.clearFaults();
    await sync();
    await sync();
    assert.equal(await shown(), 'ok health.ok');
    assert.deepEqual((await status()).held, []);
  };

  // P-14
  await play('API switched off: the administrator is named, the edit arrives later', async () => {
    const event = await known('api');
    await fault('PATCH', EVENT, { status: 403, reason: 'accessNotConfigured' });
    await crm.change(event.crm, { summary: 'api, renamed' });
    await until('the refusal', async () => (await shown()) === 'attention refusal.api_disabled');
    assert.deepEqual((await status()).held, []);
    await ok();
    assert.ok((await atGoogle()).includes('api, renamed'));
  });

  // P-15, P-17
  await play('an announced change whose read failed arrives with the next run', async () => {
    const event = await known('in step');
    const { sync: state } = await crm.event(event.crm);
    assert.equal(state.state, 'in_step');
    assert.ok(state.since > Date.now() - 600_000 && state.since <= Date.now());
    await fault('GET', EVENTS, { status: 500 });
    await insert('announced');
    await until('the failure', async () => (await shown()) === 'waiting health.waiting');
    await stage.google.clearFaults();
    await create('makes a run begin');
    await until('the announced change', async () => (await inCrm()).includes('announced'));
    await ok();
  });

  // P-16
  await play('wrong OAuth client: the administrator is named, the edit arrives', async () => {
    const event = await known('client');
    await fault('POST', '/token', { status: 401, body: '{"error":"invalid_client"}' });
    await fault('GET', EVENTS, { status: 401 });
    await fault('PATCH', EVENT, { status: 401 });
    await crm.change(event.crm, { summary: 'client, renamed' });
    await sync();
    assert.equal(await shown(), 'attention refusal.oauth_client');
    assert.deepEqual((await status()).held, []);
    await ok();
    assert.ok((await atGoogle()).includes('client, renamed'));
  });

  // P-06
  await play("a proxy's page with 403 holds nothing", async () => {
    const event = await known('proxy');
    await fault('PATCH', EVENT, { status: 403, body: '<html>blocked</html>' });
    await crm.change(event.crm, { summary: 'proxy, renamed' });
    await until('the refusal', async () => (await shown()) === 'attention refusal.unknown');
    await ok();
    assert.ok((await atGoogle()).includes('proxy, renamed'));
  });

  // S-27, S-28
  await play("a refused edit does not hide Google's change", async () => {
    const event = await known('refused');
    await fault('PATCH', EVENT, { status: 400, reason: 'invalid' }, { body_contains: 'no good' });
    await crm.change(event.crm, { summary: 'no good' });
    await until('the hold', async () => (await shown()) === 'attention health.quarantined');
    await person.patch(event.google, { location: 'room 2' });
    await sync();
    assert.equal((await crm.event(event.crm)).event.location, 'room 2');
    const [held] = (await status()).held;
    assert.equal(held.event, event.crm);
    assert.equal(held.key, 'held.invalid');
    assert.ok(held.next_try > 0 && held.attempts >= 1);
    assert.equal(held.title, 'refused');
    const { sync: state } = await crm.event(event.crm);
    assert.equal(state.state, 'not_transferred');
    assert.equal(state.reason, 'held.invalid');
    await ok();
    assert.ok((await atGoogle()).includes('no good'));
  });

  // P-06
  await play('a request that fails for ever stops no other', async () => {
    const event = await known('broken');
    await fault('PATCH', one(event.google), { status: 500 });
    await fault('GET', one(event.google), { status: 500 });
    await crm.change(event.crm, { summary: 'broken, renamed' });
    await create('beside the broken one');
    await insert('from Google beside it');
    await sync();
    await sync();
    assert.ok((await atGoogle()).includes('beside the broken one'));
    assert.ok((await inCrm()).includes('from Google beside it'));
    assert.equal(await shown(), 'waiting health.failing');
    await ok();
    assert.ok((await atGoogle()).includes('broken, renamed'));
  });

  // P-06
  await play('an id that is taken and unknown blocks nothing and is replaced', async () => {
    const taken = { status: 409, reason: 'duplicate' };
    await fault('POST', EVENTS, taken, { body_contains: 'taken id' });
    await create('taken id');
    await create('free id');
    await sync();
    assert.ok((await atGoogle()).includes('free id'));
    await ok();
    assert.equal((await atGoogle()).filter((summary) => summary === 'taken id').length, 1);
  });

  // P-14
  await play('an endless conflict makes few requests', async () => {
    const event = await known('conflict');
    await fault('PATCH', EVENT, { status: 412 });
    await stage.google.resetStats();
    await crm.change(event.crm, { summary: 'conflict, renamed' });
    await until('the hold', async () => (await shown()) === 'waiting health.failing');
    // No run is due soon, and one that is asked for adds no more than a few.
    const { next_poll_at: next } = await status();
    assert.ok(next > Date.now() + 5000, `${next - Date.now()} ms`);
    await sync();
    assert.ok((await stage.google.product()).total < 30);
    await ok();
    assert.ok((await atGoogle()).includes('conflict, renamed'));
  });

  // S-20, P-14
  await play('with creations refused for hours, the import is whole', async () => {
    await fault('POST', EVENTS, { status: 403, reason: 'quotaExceeded' });
    const { id } = await create('waits for the quota');
    for (let i = 0; i < 30; ++i) await insert(`import ${i}`);
    await sync();
    assert.equal((await inCrm()).filter((summary) => summary.startsWith('import')).length, 30);
    assert.equal(await shown(), 'waiting refusal.quota');
    assert.ok((await status()).next_poll_at < Date.now() + 7 * 3_600_000);
    const { sync: state } = await crm.event(id);
    assert.equal(`${state.state} ${state.reason}`, 'waiting refusal.quota');
    assert.ok(state.until > Date.now() + 5 * 3_600_000);
    assert.equal((await health()).until, state.until);
    await stage.google.clearFaults();
  });

  // P-06, S-20
  await play('a new appointment that cannot be read is named and read later', async () => {
    const id = 'odd0001'; // known before a push message makes the product read it
    await fault('GET', EVENTS, { only: id, set_items: { start: { dateTime: 'never' } } });
    await fault('GET', one(id), { set: { start: { dateTime: 'never' } } });
    await insert('odd zone', { id });
    await sync();
    assert.ok(!(await inCrm()).includes('odd zone'));
    assert.equal(await shown(), 'attention health.unreadable');
    const held = (await status()).held.find(({ remote_event }) => remote_event === id);
    assert.equal(held.key, 'held.unreadable');
    assert.ok(held.detail.length > 0);
    await stage.google.clearFaults();
    await sync();
    await until('the appointment', async () => (await inCrm()).includes('odd zone'));
    assert.deepEqual((await status()).held, []);
  });
});
