// Push: a receiver on this machine gets what Google would send.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { until } from '../support/until.mjs';
import { ANNA, BEN, refusal } from './world.mjs';

const primary = { calendarId: 'primary' };

export function pushTests(world) {
  const messages = [];
  let receiver, address, api;

  before(async () => {
    receiver = createServer((request, response) => {
      let size = 0;
      request.on('data', (part) => {
        size += part.length;
      });
      request.on('end', () => {
        messages.push({
          method: request.method,
          size,
          channel: request.headers['x-goog-channel-id'],
          state: request.headers['x-goog-resource-state'],
          number: Number(request.headers['x-goog-message-number']),
          headers: request.headers,
        });
        response.writeHead(204).end();
      });
    });
    await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${receiver.address().port}/hook`;
    api = await world.as(ANNA);
  });
  after(() => new Promise((resolve) => receiver.close(resolve)));

  const of = (id) => messages.filter(({ channel }) => channel === id);
  const channel = () => ({ id: randomUUID(), type: 'web_hook', address, token: 'user=7' });

  test('events.watch: sync message before the answer, `exists` on change, then stop', async () => {
    const requestBody = channel();
    const { data } = await api.events.watch({ ...primary, requestBody });
    assert.equal(of(requestBody.id).length, 1, 'the sync message came before the answer');
    const [sync] = of(requestBody.id);
    assert.deepEqual([sync.method, sync.size, sync.state, sync.number], ['POST', 0, 'sync', 1]);
    assert.deepEqual(
      [
        data.id,
        data.token,
        sync.headers['x-goog-channel-token'],
        sync.headers['x-goog-resource-id'],
      ],
      [requestBody.id, 'user=7', 'user=7', data.resourceId],
    );
    assert.equal(
      new Date(sync.headers['x-goog-channel-expiration']).getTime(),
      Math.floor(Number(data.expiration) / 1000) * 1000,
    );
    assert.match(sync.headers['user-agent'], /APIs-Google/);
    assert.ok(data.resourceUri.includes('/calendar/v3/calendars/'));

    const { data: list } = await api.events.list({ ...primary, maxResults: 2500 });
    await api.events.insert({
      ...primary,
      requestBody: {
        summary: 'Notified',
        start: { date: '2026-12-24' },
        end: { date: '2026-12-25' },
      },
    });
    const change = await until('the message about the change', () => of(requestBody.id)[1]);
    assert.equal(change.state, 'exists');
    assert.ok(change.number > 1);
    assert.deepEqual(
      (await api.events.list({ ...primary, syncToken: list.nextSyncToken })).data.items.map(
        ({ summary }) => summary,
      ),
      ['Notified'],
    );

    const twice = await refusal(api.events.watch({ ...primary, requestBody }));
    assert.deepEqual([twice.status, twice.reason], [400, 'channelIdNotUnique']);
    const ben = await world.as(BEN);
    assert.equal(
      (
        await refusal(
          ben.channels.stop({ requestBody: { id: data.id, resourceId: data.resourceId } }),
        )
      ).status,
      404,
      'only who opened it may stop it',
    );
    await api.channels.stop({ requestBody: { id: data.id, resourceId: data.resourceId } });
    assert.equal(
      (
        await refusal(
          api.channels.stop({ requestBody: { id: data.id, resourceId: data.resourceId } }),
        )
      ).status,
      404,
    );
  });

  test('a requested expiration and a ttl in seconds shorten a channel', async () => {
    const { now } = await world.google.control('GET', '/clock');
    const soon = new Date(now).getTime() + 3_600_000;
    const { data } = await api.events.watch({
      ...primary,
      requestBody: { ...channel(), expiration: String(soon) },
    });
    assert.equal(data.expiration, String(soon));
    const { data: long } = await api.events.watch({ ...primary, requestBody: channel() });
    const { data: short } = await api.events.watch({
      ...primary,
      requestBody: { ...channel(), params: { ttl: '60' } },
    });
    assert.ok(Number(short.expiration) < Number(long.expiration));
  });

  test('acl, calendarList and settings are watched as well', async () => {
    const acl = channel(),
      list = channel(),
      settings = channel();
    await api.acl.watch({ ...primary, requestBody: acl });
    await api.calendarList.watch({ requestBody: list });
    await api.settings.watch({ requestBody: settings });
    for (const { id } of [acl, list, settings])
      assert.deepEqual(
        of(id).map(({ state }) => state),
        ['sync'],
      );
    await api.acl.insert({
      ...primary,
      requestBody: { role: 'reader', scope: { type: 'user', value: 'guest@example.com' } },
    });
    await until('the message about the rule', () => of(acl.id)[1]?.state === 'exists');
    await api.calendars.insert({ requestBody: { summary: 'New' } });
    await until('the message about the new calendar', () => of(list.id)[1]?.state === 'exists');
  });

  test('an address that is not HTTPS on another machine is refused', async () => {
    const { status, reason } = await refusal(
      api.events.watch({
        ...primary,
        requestBody: { ...channel(), address: 'http://crm.example.com/hook' },
      }),
    );
    assert.deepEqual({ status, reason }, { status: 400, reason: 'push.webhookUrlNotHttps' });
  });
}
