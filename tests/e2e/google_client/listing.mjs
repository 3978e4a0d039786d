// Lists as a real client uses them: pages, sync tokens, a thousand events, conditions, field masks,
// compression, repeats after a failure.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { allPages, ANNA, refusal } from './world.mjs';

const LIST = 'GET /calendar/v3/calendars/{calendarId}/events';
const at = (minutes) => ({ dateTime: new Date(Date.UTC(2026, 11, 1, 8, minutes)).toISOString() });
const event = (number) => ({
  id: `client${String(number).padStart(5, '0')}`,
  summary: `Event ${number}`,
  start: at(number * 30),
  end: at(number * 30 + 30),
});

/** Runs `jobs` with at most `most` of them at a time, as clients do. */
async function inParallel(jobs, most) {
  const results = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: most }, async () => {
      while (next < jobs.length) {
        const at = next++;
        results[at] = await jobs[at]();
      }
    }),
  );
  return results;
}

export function listTests(world) {
  const thousand = {}; // the thousand events are written once and read by several tests
  let api;

  test('a thousand events with client ids, written in parallel, are listed exactly', async () => {
    api = await world.as(ANNA);
    thousand.calendarId = (
      await api.calendars.insert({ requestBody: { summary: 'Thousand' } })
    ).data.id;
    const made = await inParallel(
      Array.from(
        { length: 1000 },
        (_, number) => () => api.events.insert({ ...thousand, requestBody: event(number) }),
      ),
      20,
    );
    assert.ok(
      made.every(
        ({ data }, number) => data.id === event(number).id && data.summary === `Event ${number}`,
      ),
    );
    assert.equal(new Set(made.map(({ data }) => data.etag)).size, 1000);
    const { items, pages } = await allPages((pageToken) =>
      api.events.list({ ...thousand, maxResults: 300, pageToken }),
    );
    assert.deepEqual(
      pages.map((page) => page.items.length),
      [300, 300, 300, 100],
    );
    assert.deepEqual(
      pages.map((page) => page.nextSyncToken !== undefined),
      [false, false, false, true],
      'the sync token is on the last page only',
    );
    assert.deepEqual(
      items.map(({ id }) => id).sort(),
      Array.from({ length: 1000 }, (_, number) => event(number).id),
    );
    assert.deepEqual(
      new Map(items.map((one) => [one.id, one])),
      new Map(made.map(({ data }) => [data.id, data])),
      'a list has the same as insert answered',
    );
    assert.equal((await api.events.list({ ...thousand })).data.items.length, 250);
    assert.equal(
      (await api.events.list({ ...thousand, maxResults: 10_000 })).data.items.length,
      1000,
    );
    const sorted = (
      await api.events.list({
        ...thousand,
        singleEvents: true,
        orderBy: 'startTime',
        maxResults: 2500,
      })
    ).data;
    assert.deepEqual(
      sorted.items.map(({ id }) => id),
      Array.from({ length: 1000 }, (_, number) => event(number).id),
    );
    assert.equal(sorted.nextSyncToken, undefined);
    const few = (
      await api.events.list({ ...thousand, timeMin: at(60).dateTime, timeMax: at(120).dateTime })
    ).data;
    assert.deepEqual(
      few.items.map(({ id }) => id).sort(),
      [event(2).id, event(3).id],
      'both bounds are exclusive',
    );
  });

  test('a sync token brings what changed since, in pages', async () => {
    const { last } = await allPages((pageToken) =>
      api.events.list({ ...thousand, maxResults: 700, pageToken }),
    );
    for (const number of [3, 4, 5])
      await api.events.patch({
        ...thousand,
        eventId: event(number).id,
        requestBody: { summary: 'Changed' },
      });
    await api.events.delete({ ...thousand, eventId: event(6).id });
    const {
      items,
      pages,
      last: next,
    } = await allPages((pageToken) =>
      api.events.list({ ...thousand, syncToken: last.nextSyncToken, maxResults: 3, pageToken }),
    );
    assert.deepEqual(
      pages.map((page) => page.items.length),
      [3, 1],
    );
    assert.deepEqual(
      items.map(({ id, status }) => [id, status]),
      [
        [event(3).id, 'confirmed'],
        [event(4).id, 'confirmed'],
        [event(5).id, 'confirmed'],
        [event(6).id, 'cancelled'],
      ],
    );
    assert.deepEqual(
      (await api.events.list({ ...thousand, syncToken: next.nextSyncToken })).data.items,
      [],
    );
  });

  test('sync token with a filter or damaged: 400; expired: 410, seen by the client', async () => {
    const { last } = await allPages((pageToken) =>
      api.events.list({ ...thousand, maxResults: 2500, pageToken }),
    );
    const syncToken = last.nextSyncToken;
    assert.equal(
      (await refusal(api.events.list({ ...thousand, syncToken, timeMin: '2026-12-01T00:00:00Z' })))
        .message,
      'Sync token cannot be used with other request restrictions',
    );
    assert.equal(
      (
        await refusal(
          api.events.list({ ...thousand, syncToken: `${syncToken.slice(0, -6)}AAAAAA` }),
        )
      ).message,
      'Invalid sync token value.',
    );
    await world.google.expireSyncTokens(thousand.calendarId);
    const { status, code, domain, reason, message, error } = await refusal(
      api.events.list({ ...thousand, syncToken }),
    );
    assert.deepEqual(
      { status, code, domain, reason, message },
      {
        status: 410,
        code: 410,
        domain: 'calendar',
        reason: 'fullSyncRequired',
        message: 'Sync token is no longer valid, a full sync is required.',
      },
    );
    assert.deepEqual(
      [
        error.response.data.error.errors[0].locationType,
        error.response.data.error.errors[0].location,
      ],
      ['parameter', 'syncToken'],
    );
    const { items } = await allPages((pageToken) =>
      api.events.list({ ...thousand, maxResults: 2500, pageToken }),
    );
    assert.equal(items.length, 999, 'the full list has no tombstones');
    assert.equal(
      (
        await allPages((pageToken) =>
          api.events.list({ ...thousand, maxResults: 2500, showDeleted: true, pageToken }),
        )
      ).items.length,
      1000,
    );
  });

  test('If-Match: 412 for an old etag, served for the new one; If-None-Match: 304', async () => {
    const eventId = event(10).id;
    const { data: first } = await api.events.get({ ...thousand, eventId });
    const { data: second } = await api.events.patch(
      { ...thousand, eventId, requestBody: { summary: 'Second' } },
      { headers: { 'If-Match': first.etag } },
    );
    for (const call of [
      (options) =>
        api.events.patch({ ...thousand, eventId, requestBody: { summary: 'Third' } }, options),
      (options) =>
        api.events.update({ ...thousand, eventId, requestBody: { ...event(10) } }, options),
      (options) => api.events.delete({ ...thousand, eventId }, options),
    ]) {
      const { status, reason, message } = await refusal(
        call({ headers: { 'If-Match': first.etag } }),
      );
      assert.deepEqual(
        { status, reason, message },
        { status: 412, reason: 'conditionNotMet', message: 'Precondition Failed' },
      );
    }
    assert.equal((await api.events.get({ ...thousand, eventId })).data.etag, second.etag);
    const unchanged = await (
      await world.plain(ANNA)
    ).events.get({ ...thousand, eventId }, { headers: { 'If-None-Match': second.etag } });
    assert.deepEqual(
      [unchanged.status, unchanged.data],
      [304, ''],
      'for the client this is no error',
    );
    await api.events.delete({ ...thousand, eventId }, { headers: { 'If-Match': second.etag } });
  });

  test('fields: only the requested fields, tokens included', async () => {
    const { data } = await api.events.list({
      ...thousand,
      maxResults: 2,
      fields: 'nextPageToken,nextSyncToken,items(id,start/dateTime)',
    });
    assert.deepEqual(Object.keys(data).sort(), ['items', 'nextPageToken']);
    assert.ok(
      data.items.every(
        (one) =>
          JSON.stringify(Object.keys(one)) === '["id","start"]' &&
          JSON.stringify(Object.keys(one.start)) === '["dateTime"]',
      ),
    );
    const { data: made } = await api.events.insert({
      ...thousand,
      fields: 'id',
      requestBody: { summary: 'Masked', start: at(0), end: at(30) },
    });
    assert.deepEqual(Object.keys(made), ['id']);
    const { status, reason } = await refusal(api.events.list({ ...thousand, fields: 'items(id' }));
    assert.deepEqual({ status, reason }, { status: 400, reason: 'invalidParameter' });
  });

  test('answers are compressed as the client asks for', async () => {
    const { headers, data } = await api.events.list({ ...thousand, maxResults: 100 });
    assert.equal(headers.get('content-encoding'), 'gzip');
    assert.match(headers.get('content-type'), /^application\/json; charset=UTF-8$/i);
    assert.equal(data.items.length, 100);
  });

  test('after 503, 429 and a lost connection the client repeats a GET and succeeds', async () => {
    const path = '/calendar/v3/calendars/{calendarId}/events';
    for (const effect of [
      { status: 503 },
      { status: 429 },
      { status: 500, body: '<html>500</html>' },
      { drop: true },
    ]) {
      await world.google.resetStats();
      await world.google.addFault({ match: { method: 'GET', path }, times: 2, effect });
      const answer = await api.events.list(
        { ...thousand, maxResults: 1 },
        { retryConfig: { retry: 3, retryDelay: 1 } },
      );
      assert.equal(answer.data.items.length, 1, JSON.stringify(effect));
      assert.equal(await world.requests(LIST), 3, JSON.stringify(effect));
    }
  });

  test('a POST is not repeated, and 403 rateLimitExceeded is reported at once', async () => {
    const path = '/calendar/v3/calendars/{calendarId}/events';
    await world.google.resetStats();
    await world.google.addFault({
      match: { method: 'POST', path },
      times: 1,
      effect: { status: 503 },
    });
    assert.equal(
      (
        await refusal(
          api.events.insert({
            ...thousand,
            requestBody: { summary: 'Once', start: at(0), end: at(30) },
          }),
        )
      ).status,
      503,
    );
    assert.equal(await world.requests(`POST ${path}`), 1);
    await world.google.addFault({
      match: { method: 'GET', path },
      times: 1,
      effect: {
        status: 403,
        domain: 'usageLimits',
        reason: 'rateLimitExceeded',
        message: 'Rate Limit Exceeded',
      },
    });
    const { status, domain, reason, message } = await refusal(api.events.list({ ...thousand }));
    assert.deepEqual(
      { status, domain, reason, message },
      {
        status: 403,
        domain: 'usageLimits',
        reason: 'rateLimitExceeded',
        message: 'Rate Limit Exceeded',
      },
    );
    assert.equal(await world.requests(LIST), 1);
  });

  test('after a lost answer the same id is 409, so nothing is doubled', async () => {
    await world.google.addFault({
      match: { method: 'POST', path: '/calendar/v3/calendars/{calendarId}/events' },
      times: 1,
      effect: { drop: true, when: 'after' },
    });
    const requestBody = { id: 'lost000001', summary: 'Lost', start: at(0), end: at(30) };
    const lost = await refusal(api.events.insert({ ...thousand, requestBody }));
    assert.equal(lost.status, undefined);
    assert.equal((await refusal(api.events.insert({ ...thousand, requestBody }))).status, 409);
    assert.equal(
      (await api.events.get({ ...thousand, eventId: requestBody.id })).data.summary,
      'Lost',
    );
  });
}
