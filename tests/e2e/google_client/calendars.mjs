// Calendars, their sharing and subscriptions, colours, settings, free/busy.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { allPages, ANNA, BEN, CARLA, DORA, refusal } from './world.mjs';

const UNKNOWN = 'nobody@example.com';

export function calendarTests(world) {
  test('calendars: insert, get, patch, update, delete', async () => {
    const { calendars, calendarList } = await world.as(ANNA);
    const { data: made } = await calendars.insert({
      requestBody: {
        summary: 'Project',
        description: 'What it is about',
        location: 'Hamburg',
        timeZone: 'America/New_York',
      },
    });
    assert.match(made.id, /@group\.calendar\.google\.com$/);
    assert.equal(made.dataOwner, ANNA);
    assert.deepEqual((await calendars.get({ calendarId: made.id })).data, made);
    const { data: patched } = await calendars.patch({
      calendarId: made.id,
      requestBody: { summary: 'Project 2' },
    });
    assert.deepEqual(
      [patched.summary, patched.description, patched.location, patched.timeZone],
      ['Project 2', 'What it is about', 'Hamburg', 'America/New_York'],
    );
    assert.notEqual(patched.etag, made.etag);
    const { data: updated } = await calendars.update({
      calendarId: made.id,
      requestBody: { summary: 'Project 3', timeZone: 'Asia/Tokyo' },
    });
    assert.deepEqual(
      [updated.summary, updated.description, updated.timeZone],
      ['Project 3', undefined, 'Asia/Tokyo'],
    );
    assert.equal((await calendarList.get({ calendarId: made.id })).data.accessRole, 'owner');
    await calendars.delete({ calendarId: made.id });
    assert.equal((await refusal(calendars.get({ calendarId: made.id }))).status, 404);
    assert.equal(
      (await refusal(calendars.delete({ calendarId: 'primary' }))).reason,
      'cannotDeletePrimaryCalendar',
    );
  });

  test('calendars.transferOwnership: an administrator changes the data owner', async () => {
    const anna = await world.as(ANNA),
      ben = await world.as(BEN),
      dora = await world.as(DORA);
    const {
      data: { id: calendarId },
    } = await anna.calendars.insert({ requestBody: { summary: 'To hand over' } });
    const transfer = { calendarId, newDataOwner: BEN, useAdminAccess: true };
    assert.equal((await refusal(anna.calendars.transferOwnership(transfer))).status, 403);
    await world.google.control('POST', '/accounts', { email: DORA, admin: true });
    await dora.calendars.transferOwnership(transfer);
    assert.equal((await ben.calendars.get({ calendarId })).data.dataOwner, BEN);
    assert.equal((await ben.calendarList.get({ calendarId })).data.accessRole, 'owner');
    await ben.calendars.delete({ calendarId });
  });

  test('calendars.clear empties the primary calendar, and only that', async () => {
    const { calendars, events } = await world.as(DORA);
    for (const day of ['01', '02'])
      await events.insert({
        calendarId: 'primary',
        requestBody: {
          summary: day,
          start: { date: `2026-12-${day}` },
          end: { date: `2026-12-${Number(day) + 1}`.replace(/-(\d)$/, '-0$1') },
        },
      });
    await calendars.clear({ calendarId: 'primary' });
    assert.deepEqual((await events.list({ calendarId: 'primary' })).data.items, []);
    const { data: secondary } = await calendars.insert({ requestBody: { summary: 'Secondary' } });
    assert.equal((await refusal(calendars.clear({ calendarId: secondary.id }))).status, 400);
  });

  test('acl: insert, get, patch, update, delete, list in pages and by token', async () => {
    const { acl, calendars } = await world.as(ANNA);
    const {
      data: { id: calendarId },
    } = await calendars.insert({ requestBody: { summary: 'Shared' } });
    const { data: rule } = await acl.insert({
      calendarId,
      sendNotifications: false,
      requestBody: { role: 'reader', scope: { type: 'user', value: BEN } },
    });
    assert.deepEqual(
      [rule.id, rule.role, rule.scope],
      [`user:${BEN}`, 'reader', { type: 'user', value: BEN }],
    );
    assert.deepEqual((await acl.get({ calendarId, ruleId: rule.id })).data, rule);
    assert.equal(
      (await acl.patch({ calendarId, ruleId: rule.id, requestBody: { role: 'writer' } })).data.role,
      'writer',
    );
    assert.equal(
      (
        await acl.update({
          calendarId,
          ruleId: rule.id,
          requestBody: { role: 'freeBusyReader', scope: rule.scope },
        })
      ).data.role,
      'freeBusyReader',
    );
    await acl.insert({ calendarId, requestBody: { role: 'reader', scope: { type: 'default' } } });
    await acl.insert({
      calendarId,
      requestBody: { role: 'reader', scope: { type: 'domain', value: 'example.com' } },
    });
    await acl.insert({
      calendarId,
      requestBody: { role: 'writer', scope: { type: 'group', value: 'team@example.com' } },
    });

    const { items, pages, last } = await allPages((pageToken) =>
      acl.list({ calendarId, maxResults: 2, pageToken }),
    );
    assert.equal(pages.length, 3);
    assert.deepEqual(
      new Set(items.map((one) => one.id)),
      new Set([
        `user:${ANNA}`,
        `user:${BEN}`,
        'default',
        'domain:example.com',
        'group:team@example.com',
      ]),
    );
    await acl.delete({ calendarId, ruleId: 'default' });
    const { data: since } = await acl.list({ calendarId, syncToken: last.nextSyncToken });
    assert.deepEqual(
      since.items.map(({ id, role }) => [id, role]),
      [['default', 'none']],
    );
    assert.equal(
      (
        await refusal(
          acl.insert({ calendarId, requestBody: { role: 'owner', scope: { type: 'default' } } }),
        )
      ).status,
      400,
    );
    assert.equal((await refusal(acl.get({ calendarId, ruleId: `user:${UNKNOWN}` }))).status, 404);
  });

  test('calendarList: subscribe, get, colour, hide, unsubscribe; pages and tokens', async () => {
    const anna = await world.as(ANNA),
      ben = await world.as(BEN);
    const {
      data: { id: calendarId },
    } = await anna.calendars.insert({
      requestBody: { summary: 'To subscribe to', description: 'Of Anna', location: 'Kiel' },
    });
    await anna.acl.insert({
      calendarId,
      requestBody: { role: 'reader', scope: { type: 'user', value: BEN } },
    });
    const { data: before } = await ben.calendarList.list();
    const { data: entry } = await ben.calendarList.insert({
      requestBody: { id: calendarId, selected: true },
    });
    assert.deepEqual(
      [entry.accessRole, entry.dataOwner, entry.summary],
      ['reader', ANNA, 'To subscribe to'],
    );
    const { data: patched } = await ben.calendarList.patch({
      calendarId,
      colorRgbFormat: true,
      requestBody: {
        summaryOverride: 'Anna',
        backgroundColor: '#123456',
        foregroundColor: '#ffffff',
        defaultReminders: [{ method: 'email', minutes: 30 }],
        notificationSettings: { notifications: [{ type: 'eventCreation', method: 'email' }] },
      },
    });
    assert.deepEqual(
      [patched.summaryOverride, patched.backgroundColor, patched.foregroundColor],
      ['Anna', '#123456', '#ffffff'],
    );
    assert.deepEqual(patched.notificationSettings, {
      notifications: [{ type: 'eventCreation', method: 'email' }],
    });
    assert.deepEqual((await ben.calendarList.get({ calendarId })).data, patched);
    const { data: updated } = await ben.calendarList.update({
      calendarId,
      requestBody: { colorId: '7', hidden: true },
    });
    assert.deepEqual(
      [updated.colorId, updated.hidden, updated.summaryOverride, updated.defaultReminders],
      ['7', true, undefined, []],
    );
    assert.ok(
      !(await ben.calendarList.list()).data.items.some(({ id }) => id === calendarId),
      'hidden entries come on demand only',
    );

    const { items, pages } = await allPages((pageToken) =>
      ben.calendarList.list({ maxResults: 1, pageToken, showHidden: true }),
    );
    assert.deepEqual([pages.length, items.length], [2, 2]);
    assert.ok(items.find(({ id }) => id === BEN).primary);
    await ben.calendarList.delete({ calendarId });
    const { data: since } = await ben.calendarList.list({ syncToken: before.nextSyncToken });
    assert.deepEqual(
      since.items.map(({ id, deleted }) => [id, deleted]),
      [[calendarId, true]],
    );
    assert.deepEqual(
      (await ben.calendarList.list({ minAccessRole: 'owner' })).data.items.map(({ id }) => id),
      [BEN],
    );
    assert.equal(
      (await refusal(ben.calendarList.delete({ calendarId: BEN }))).reason,
      'cannotChangeOwnPrimarySubscription',
    );
    await world.google.expireSyncTokens();
  });

  test('colors.get', async () => {
    const { data } = await (await world.as(ANNA)).colors.get();
    assert.deepEqual([Object.keys(data.event).length, Object.keys(data.calendar).length], [11, 24]);
  });

  test('settings: list in pages and by token, get', async () => {
    const { settings } = await world.as(ANNA);
    const { items, pages, last } = await allPages((pageToken) =>
      settings.list({ maxResults: 5, pageToken }),
    );
    assert.deepEqual(
      pages.map((page) => page.items.length),
      [5, 5, 2],
    );
    assert.deepEqual(
      pages.map((page) => page.nextSyncToken !== undefined),
      [false, false, true],
    );
    assert.equal(items.find(({ id }) => id === 'timezone').value, 'Europe/Berlin');
    assert.deepEqual(
      (await settings.list({ syncToken: last.nextSyncToken })).data.items,
      [],
      'nothing changed since',
    );
    for (const { id, value } of items)
      assert.equal((await settings.get({ setting: id })).data.value, value);
    assert.equal((await refusal(settings.get({ setting: 'noSuchSetting' }))).status, 404);
    assert.equal((await refusal(settings.list({ syncToken: 'nonsense' }))).status, 400);
  });

  test('freebusy.query: busy times, and an error for what cannot be read', async () => {
    const { events, freebusy } = await world.as(CARLA);
    const at = (hour) => ({ dateTime: `2026-12-01T${hour}:00:00+01:00` });
    await events.insert({
      calendarId: 'primary',
      requestBody: { summary: 'Busy', start: at('10'), end: at('11') },
    });
    await events.insert({
      calendarId: 'primary',
      requestBody: { summary: 'Free', transparency: 'transparent', start: at('12'), end: at('13') },
    });
    const { data } = await freebusy.query({
      requestBody: {
        timeMin: '2026-12-01T00:00:00Z',
        timeMax: '2026-12-02T00:00:00Z',
        timeZone: 'Europe/Berlin',
        items: [{ id: 'primary' }, { id: UNKNOWN }],
      },
    });
    assert.deepEqual(data.calendars.primary.busy, [
      { start: '2026-12-01T10:00:00+01:00', end: '2026-12-01T11:00:00+01:00' },
    ]);
    assert.deepEqual(data.calendars[UNKNOWN].errors, [{ domain: 'global', reason: 'notFound' }]);
    assert.equal(
      (
        await refusal(
          freebusy.query({
            requestBody: {
              timeMin: '2026-12-02T00:00:00Z',
              timeMax: '2026-12-01T00:00:00Z',
              items: [{ id: 'primary' }],
            },
          }),
        )
      ).reason,
      'timeRangeEmpty',
    );
    await world.google.control('POST', '/groups', {
      email: 'team@example.com',
      members: [CARLA, DORA],
    });
    const day = {
      timeMin: '2026-12-01T00:00:00Z',
      timeMax: '2026-12-02T00:00:00Z',
      items: [{ id: 'team@example.com' }],
    };
    const { data: team } = await freebusy.query({ requestBody: day });
    assert.deepEqual(
      [
        team.groups['team@example.com'].calendars,
        team.calendars[CARLA].busy.length,
        team.calendars[DORA].errors[0].reason,
      ],
      [[CARLA, DORA], 1, 'notFound'],
    );
    const { data: few } = await freebusy.query({ requestBody: { ...day, groupExpansionMax: 1 } });
    assert.deepEqual(few.groups['team@example.com'].errors, [
      { domain: 'global', reason: 'groupTooBig' },
    ]);
  });
}
