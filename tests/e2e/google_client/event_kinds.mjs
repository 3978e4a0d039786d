// Events: series, every kind of event, and what readers, guests and refused callers get.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { at, primary } from './events.mjs';
import { allPages, ANNA, BEN, CARLA, refusal } from './world.mjs';

export function eventKindTests(world) {
  test('a series: instances in pages, one moved, one cancelled', async () => {
    const { events } = await world.as(ANNA);
    const { data: series } = await events.insert({
      ...primary,
      requestBody: {
        summary: 'Daily',
        start: at('07'),
        end: at('07', '11'),
        recurrence: ['RRULE:FREQ=DAILY;COUNT=7'],
      },
    });
    assert.deepEqual(series.recurrence, ['RRULE:FREQ=DAILY;COUNT=7']);
    const instances = (more) =>
      allPages((pageToken) =>
        events.instances({ ...primary, eventId: series.id, maxResults: 3, pageToken, ...more }),
      );
    const { items, pages } = await instances();
    assert.deepEqual(
      pages.map((page) => page.items.length),
      [3, 3, 1],
    );
    assert.deepEqual(items[0].originalStartTime, {
      dateTime: '2026-12-07T10:00:00+01:00',
      timeZone: 'Europe/Berlin',
    });
    assert.ok(
      items.every(
        ({ recurringEventId, recurrence }) =>
          recurringEventId === series.id && recurrence === undefined,
      ),
    );
    await events.patch({
      ...primary,
      eventId: items[1].id,
      requestBody: { start: at('08', '14'), end: at('08', '15') },
    });
    await events.delete({ ...primary, eventId: items[2].id });
    const after = await instances();
    assert.deepEqual(
      [
        after.items.length,
        after.items[1].start.dateTime,
        after.items[1].originalStartTime.dateTime,
      ],
      [6, '2026-12-08T14:00:00+01:00', '2026-12-08T10:00:00+01:00'],
    );
    assert.deepEqual(
      (await instances({ showDeleted: true })).items
        .filter(({ status }) => status === 'cancelled')
        .map(({ id }) => id),
      [items[2].id],
    );
    assert.equal(
      (
        await events.instances({
          ...primary,
          eventId: series.id,
          originalStart: '2026-12-10T10:00:00+01:00',
        })
      ).data.items[0].id,
      items[3].id,
    );
    assert.equal(
      (
        await events.list({
          ...primary,
          singleEvents: true,
          orderBy: 'startTime',
          timeMin: '2026-12-07T00:00:00Z',
          timeMax: '2026-12-14T00:00:00Z',
          q: 'daily',
        })
      ).data.items.length,
      6,
    );
    const daily = await events.insert({
      ...primary,
      requestBody: {
        summary: 'Whole days',
        start: { date: '2026-12-07' },
        end: { date: '2026-12-08' },
        recurrence: ['RRULE:FREQ=WEEKLY;COUNT=2'],
      },
    });
    assert.deepEqual(
      (await events.instances({ ...primary, eventId: daily.data.id })).data.items.map(
        ({ start }) => start.date,
      ),
      ['2026-12-07', '2026-12-14'],
    );
  });

  test('the other kinds of events', async () => {
    const { events } = await world.as(ANNA);
    const insert = async (requestBody) =>
      (
        await events.insert({
          ...primary,
          requestBody: { start: at('09'), end: at('09', '11'), ...requestBody },
        })
      ).data;
    const focus = {
      autoDeclineMode: 'declineAllConflictingInvitations',
      declineMessage: 'Later',
      chatStatus: 'doNotDisturb',
    };
    assert.deepEqual(
      (await insert({ eventType: 'focusTime', summary: 'Focus', focusTimeProperties: focus }))
        .focusTimeProperties,
      focus,
    );
    const out = { autoDeclineMode: 'declineNone', declineMessage: 'Away' };
    assert.deepEqual(
      (await insert({ eventType: 'outOfOffice', summary: 'Away', outOfOfficeProperties: out }))
        .outOfOfficeProperties,
      out,
    );
    for (const place of [
      { type: 'homeOffice', homeOffice: {} },
      { type: 'customLocation', customLocation: { label: 'Café' } },
      {
        type: 'officeLocation',
        officeLocation: {
          buildingId: 'b',
          deskId: 'd',
          floorId: '2',
          floorSectionId: 'east',
          label: 'Desk',
        },
      },
    ])
      assert.deepEqual(
        (
          await insert({
            eventType: 'workingLocation',
            visibility: 'public',
            transparency: 'transparent',
            workingLocationProperties: place,
          })
        ).workingLocationProperties,
        place,
      );
    const birthday = await insert({
      eventType: 'birthday',
      summary: 'Birthday',
      start: { date: '2026-12-09' },
      end: { date: '2026-12-10' },
      recurrence: ['RRULE:FREQ=YEARLY'],
      visibility: 'private',
      transparency: 'transparent',
      birthdayProperties: { type: 'birthday' },
    });
    assert.deepEqual(
      [birthday.eventType, birthday.birthdayProperties],
      ['birthday', { type: 'birthday' }],
    );
    const { data } = await events.list({ ...primary, eventTypes: ['focusTime', 'birthday'] });
    assert.deepEqual(
      new Set(data.items.map(({ eventType }) => eventType)),
      new Set(['focusTime', 'birthday']),
    );
  });

  test('labels of a calendar, and the label of an event', async () => {
    const { calendars, events } = await world.as(ANNA);
    const {
      data: { id: calendarId },
    } = await calendars.insert({ requestBody: { summary: 'Labelled' } });
    const { data } = await calendars.patch({
      calendarId,
      requestBody: {
        labelProperties: { eventLabels: [{ name: 'Customer', backgroundColor: '#039be5' }] },
      },
    });
    const [label] = data.labelProperties.eventLabels;
    assert.deepEqual([label.name, label.backgroundColor], ['Customer', '#039be5']);
    const { data: made } = await events.insert({
      calendarId,
      eventLabelVersion: 1,
      requestBody: {
        summary: 'With a label',
        start: at('09'),
        end: at('09', '11'),
        eventLabelId: label.id,
      },
    });
    assert.equal(made.eventLabelId, label.id);
  });

  test('rarely written: a private copy, an end that was not specified', async () => {
    const { events } = await world.as(ANNA);
    const insert = async (requestBody) =>
      (
        await events.insert({
          ...primary,
          requestBody: { start: at('09'), end: at('09', '11'), ...requestBody },
        })
      ).data;
    assert.equal((await insert({ summary: 'Mine', privateCopy: true })).privateCopy, true);
    assert.equal(
      (await insert({ summary: 'Open end', endTimeUnspecified: true })).endTimeUnspecified,
      true,
    );
  });

  test('properties that only Google creates are part of a loaded world', async () => {
    const events = [
      {
        id: 'contactsbirthday01',
        summary: 'Name day',
        eventType: 'birthday',
        start: { date: '2026-12-12' },
        end: { date: '2026-12-13' },
        recurrence: ['RRULE:FREQ=YEARLY'],
        visibility: 'private',
        transparency: 'transparent',
        birthdayProperties: { type: 'custom', customTypeName: 'Name day', contact: 'people/c1' },
      },
      {
        id: 'lockedcopy01',
        summary: 'Locked',
        start: at('12'),
        end: at('12', '11'),
        locked: true,
        organizer: { email: 'organizer@partner.example', displayName: 'Partner' },
        creator: { email: 'organizer@partner.example', displayName: 'Partner' },
        attendees: [{ email: ANNA }],
      },
    ];
    const { problems } = await world.google.control('POST', '/load', {
      accounts: [{ email: ANNA, calendars: [{ id: ANNA, primary: true, events }] }],
    });
    assert.deepEqual(problems ?? [], []);
    const api = await world.as(ANNA);
    const { data: birthday } = await api.events.get({ ...primary, eventId: events[0].id });
    assert.deepEqual(birthday.birthdayProperties, events[0].birthdayProperties);
    const { data: locked } = await api.events.get({ ...primary, eventId: events[1].id });
    assert.deepEqual([locked.locked, locked.creator], [true, events[1].creator]);
  });

  test('a free/busy reader sees only times', async () => {
    const owner = await world.as(CARLA),
      guest = await world.as(BEN, { masked: true });
    const { data: made } = await owner.events.insert({
      ...primary,
      requestBody: { summary: 'Secret', start: at('10'), end: at('10', '11') },
    });
    await owner.acl.insert({
      ...primary,
      requestBody: { role: 'freeBusyReader', scope: { type: 'user', value: BEN } },
    });
    const { data: seen } = await guest.events.get({ calendarId: CARLA, eventId: made.id });
    assert.deepEqual(
      [seen.summary, seen.creator, seen.visibility, seen.start.dateTime],
      [undefined, undefined, 'private', made.start.dateTime],
    );
    const { data } = await guest.events.list({ calendarId: CARLA });
    assert.equal(data.accessRole, 'freeBusyReader');
    assert.ok(data.items.every(({ summary }) => summary === undefined));
    assert.equal(
      (
        await refusal(
          guest.events.patch({
            calendarId: CARLA,
            eventId: made.id,
            requestBody: { summary: 'Mine' },
          }),
        )
      ).status,
      403,
    );
  });

  test('a guest may answer; other changes belong to the organizer', async () => {
    const anna = await world.as(ANNA),
      ben = await world.as(BEN);
    const { data: made } = await anna.events.insert({
      ...primary,
      sendUpdates: 'all',
      requestBody: {
        summary: 'With Ben',
        start: at('11'),
        end: at('11', '12'),
        attendees: [{ email: ANNA, responseStatus: 'accepted' }, { email: BEN }],
      },
    });
    const { data: copy } = await ben.events.get({ ...primary, eventId: made.id });
    await ben.events.patch({
      ...primary,
      eventId: made.id,
      requestBody: {
        attendees: copy.attendees.map((one) =>
          one.self ? { ...one, responseStatus: 'accepted', comment: 'Gladly' } : one,
        ),
      },
    });
    const { data: seen } = await anna.events.get({ ...primary, eventId: made.id });
    assert.deepEqual(
      seen.attendees.find(({ email }) => email === BEN),
      { email: BEN, responseStatus: 'accepted', comment: 'Gladly' },
    );
    const refused = await refusal(
      ben.events.update({
        ...primary,
        eventId: made.id,
        requestBody: { summary: 'Mine', start: at('12'), end: at('12', '13') },
      }),
    );
    assert.deepEqual(
      [refused.status, refused.domain, refused.reason],
      [403, 'calendar', 'forbiddenForNonOrganizer'],
    );
  });

  test('refusals by Google are thrown by the client', async () => {
    const { events } = await world.as(ANNA);
    const insert = (requestBody) => refusal(events.insert({ ...primary, requestBody }));
    const none = await insert({ summary: 'No times' });
    assert.deepEqual([none.status, none.domain, none.reason], [400, 'global', 'required']);
    const backwards = await insert({ start: at('02'), end: at('01') });
    assert.deepEqual(
      [backwards.status, backwards.code, backwards.reason, backwards.message],
      [400, 400, 'timeRangeEmpty', 'The specified time range is empty.'],
    );
    assert.equal(
      (await insert({ id: 'Not-An-Id', start: at('01'), end: at('02') })).message,
      'Invalid resource id value.',
    );
    assert.equal(
      (await insert({ start: at('01'), end: at('02'), attendees: [{ email: 'nonsense' }] }))
        .message,
      'Invalid attendee email.',
    );
    await assert.rejects(events.get({ ...primary }), /Missing required parameters: eventId/);
  });
}
