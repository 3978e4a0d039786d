// Events: every method, every field that a caller can write, every kind of event.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { allPages, kAnna, kBen, kCarla, refusal } from './world.mjs';

const at = (day, hour = '10') => ({
  dateTime: `2026-12-${day}T${hour}:00:00+01:00`,
  timeZone: 'Europe/Berlin',
});
const primary = { calendarId: 'primary' };

export function eventTests(world) {
  test('insert with every field that can be written; get answers the same', async () => {
    const { events } = await world.as(kAnna);
    const requestBody = {
      summary: 'Everything',
      description: 'All <b>fields</b>',
      location: 'Hamburg',
      colorId: '7',
      start: at('01'),
      end: at('01', '11'),
      status: 'tentative',
      transparency: 'transparent',
      visibility: 'private',
      sequence: 3,
      guestsCanInviteOthers: false,
      guestsCanModify: true,
      guestsCanSeeOtherGuests: false,
      anyoneCanAddSelf: true,
      source: { title: 'CRM', url: 'https://crm.example.com/deal/7' },
      reminders: {
        useDefault: false,
        overrides: [
          { method: 'email', minutes: 60 },
          { method: 'popup', minutes: 5 },
        ],
      },
      extendedProperties: { private: { crm: '7' }, shared: { deal: 'Seven' } },
      attendees: [
        { email: kAnna, responseStatus: 'accepted' },
        {
          email: kBen,
          displayName: 'Ben',
          optional: true,
          comment: 'Perhaps',
          additionalGuests: 2,
        },
        { email: 'room-1@example.com', resource: true },
      ],
      attachments: [
        {
          fileUrl: 'https://drive.example.com/offer',
          title: 'Offer',
          mimeType: 'application/pdf',
          iconLink: 'https://drive.example.com/icon',
        },
      ],
      conferenceData: {
        createRequest: { requestId: 'request-1', conferenceSolutionKey: { type: 'hangoutsMeet' } },
      },
    };
    const { data: made } = await events.insert({
      ...primary,
      requestBody,
      conferenceDataVersion: 1,
      supportsAttachments: true,
      sendUpdates: 'none',
    });
    for (const [name, value] of Object.entries(requestBody))
      if (
        !['attendees', 'conferenceData', 'reminders', 'start', 'end', 'attachments'].includes(name)
      )
        assert.deepEqual(made[name], value, name);
    assert.equal(
      new Date(made.start.dateTime).getTime(),
      new Date(requestBody.start.dateTime).getTime(),
    );
    assert.deepEqual(
      new Set(made.reminders.overrides.map(({ method, minutes }) => `${method} ${minutes}`)),
      new Set(['email 60', 'popup 5']),
    );
    assert.deepEqual(
      made.attendees.map(({ email, self, organizer, optional, resource }) => ({
        email,
        self,
        organizer,
        optional,
        resource,
      })),
      [
        { email: kAnna, self: true, organizer: true, optional: undefined, resource: undefined },
        { email: kBen, self: undefined, organizer: undefined, optional: true, resource: undefined },
        {
          email: 'room-1@example.com',
          self: undefined,
          organizer: undefined,
          optional: undefined,
          resource: true,
        },
      ],
    );
    assert.equal(made.attachments[0].fileUrl, requestBody.attachments[0].fileUrl);
    assert.deepEqual(made.creator, { email: kAnna, self: true });
    assert.equal(made.conferenceData.createRequest.status.statusCode, 'success');
    assert.equal(
      made.hangoutLink,
      made.conferenceData.entryPoints.find(({ entryPointType }) => entryPointType === 'video').uri,
    );
    assert.deepEqual((await events.get({ ...primary, eventId: made.id })).data, made);
    const { data: short } = await events.get({
      ...primary,
      eventId: made.id,
      maxAttendees: 1,
      timeZone: 'America/New_York',
    });
    assert.deepEqual(
      [short.attendeesOmitted, short.attendees.map(({ email }) => email), short.start.dateTime],
      [true, [kAnna], '2026-12-01T04:00:00-05:00'],
    );
    const { data: copy } = await (
      await world.as(kBen)
    ).events.get({ ...primary, eventId: made.id });
    assert.deepEqual([copy.iCalUID, copy.organizer], [made.iCalUID, { email: kAnna }]);
  });

  test('a conference of another provider keeps what it was written with', async () => {
    const { events } = await world.as(kAnna);
    const conferenceData = {
      conferenceId: 'crm-1',
      conferenceSolution: {
        key: { type: 'addOn' },
        name: 'CRM meetings',
        iconUri: 'https://crm.example.com/icon.png',
      },
      notes: 'Ring the bell',
      signature: 'c2lnbmVk',
      entryPoints: [
        {
          entryPointType: 'video',
          uri: 'https://crm.example.com/meet/1',
          label: 'crm.example.com/meet/1',
          meetingCode: 'm',
          accessCode: 'a',
          passcode: 'p',
        },
        {
          entryPointType: 'phone',
          uri: 'tel:+49-40-123',
          label: '+49 40 123',
          pin: '1234',
          password: 'w',
          regionCode: 'DE',
          entryPointFeatures: ['toll'],
        },
      ],
      parameters: { addOnParameters: { parameters: { room: 'blue' } } },
    };
    const { data } = await events.insert({
      ...primary,
      conferenceDataVersion: 1,
      requestBody: { summary: 'Elsewhere', start: at('02'), end: at('02', '11'), conferenceData },
    });
    assert.deepEqual(data.conferenceData, conferenceData);
    const { data: without } = await events.patch({
      ...primary,
      eventId: data.id,
      conferenceDataVersion: 1,
      requestBody: { conferenceData: null },
    });
    assert.equal(without.conferenceData, undefined);
  });

  test('patch changes what it names, update replaces all', async () => {
    const { events } = await world.as(kAnna);
    const { data: made } = await events.insert({
      ...primary,
      requestBody: {
        summary: 'A',
        description: 'D',
        location: 'L',
        start: at('03'),
        end: at('03', '11'),
      },
    });
    const { data: patched } = await events.patch({
      ...primary,
      eventId: made.id,
      requestBody: { summary: 'B', location: null },
    });
    assert.deepEqual(
      [patched.summary, patched.description, patched.location],
      ['B', 'D', undefined],
    );
    assert.notEqual(patched.etag, made.etag);
    const { data: updated } = await events.update({
      ...primary,
      eventId: made.id,
      requestBody: { summary: 'C', start: { date: '2026-12-04' }, end: { date: '2026-12-06' } },
    });
    assert.deepEqual(
      [updated.summary, updated.description, updated.start, updated.end],
      ['C', undefined, { date: '2026-12-04' }, { date: '2026-12-06' }],
    );
    assert.deepEqual(
      [updated.id, updated.iCalUID, updated.created],
      [made.id, made.iCalUID, made.created],
    );
  });

  test('delete: 204, then 410; get shows it cancelled; its id stays taken', async () => {
    const { events } = await world.as(kAnna);
    const requestBody = {
      id: 'deleted00001',
      summary: 'Away',
      start: at('05'),
      end: at('05', '11'),
    };
    await events.insert({ ...primary, requestBody });
    await events.delete({ ...primary, eventId: requestBody.id });
    const again = await refusal(events.delete({ ...primary, eventId: requestBody.id }));
    assert.deepEqual(
      [again.status, again.reason, again.message],
      [410, 'deleted', 'Resource has been deleted'],
    );
    assert.equal(
      (await events.get({ ...primary, eventId: requestBody.id })).data.status,
      'cancelled',
    );
    const taken = await refusal(events.insert({ ...primary, requestBody }));
    assert.deepEqual([taken.status, taken.reason], [409, 'duplicate']);
    assert.equal((await refusal(events.get({ ...primary, eventId: 'neverthere' }))).status, 404);
    const { data: back } = await events.update({
      ...primary,
      eventId: requestBody.id,
      requestBody: { ...requestBody, id: undefined, status: 'confirmed' },
    });
    assert.equal(back.status, 'confirmed');
  });

  test("import: a private copy of somebody else's event, by its iCalUID", async () => {
    const { events } = await world.as(kAnna);
    const requestBody = {
      iCalUID: 'from-elsewhere@partner.example',
      summary: 'Partner',
      start: at('06'),
      end: at('06', '11'),
      organizer: { email: 'organizer@partner.example', displayName: 'Partner' },
      attendees: [{ email: kAnna, responseStatus: 'needsAction' }],
    };
    const { data } = await events.import({ ...primary, requestBody });
    assert.match(data.id, /^_[a-v0-9]+$/);
    assert.deepEqual(
      [data.iCalUID, data.organizer],
      [requestBody.iCalUID, { email: 'organizer@partner.example', displayName: 'Partner' }],
    );
    assert.equal(
      (await events.import({ ...primary, requestBody: { ...requestBody, summary: 'Partner 2' } }))
        .data.id,
      data.id,
    );
    const { items } = (await events.list({ ...primary, iCalUID: requestBody.iCalUID })).data;
    assert.deepEqual(
      items.map(({ summary }) => summary),
      ['Partner 2'],
    );
    const foreign = await refusal(
      events.import({ ...primary, requestBody: { ...requestBody, iCalUID: 'x@y', attendees: [] } }),
    );
    assert.deepEqual(
      [foreign.status, foreign.reason],
      [400, 'participantIsNeitherOrganizerNorAttendee'],
    );
  });

  test('move to another calendar: the organizer changes, the id stays, a stub is left', async () => {
    const { calendars, events } = await world.as(kAnna);
    const {
      data: { id: destination },
    } = await calendars.insert({ requestBody: { summary: 'Target' } });
    const { data: made } = await events.insert({
      ...primary,
      requestBody: { summary: 'Moving', start: at('07'), end: at('07', '11') },
    });
    const { data: moved } = await events.move({ ...primary, eventId: made.id, destination });
    assert.deepEqual(
      [moved.id, moved.organizer],
      [made.id, { email: destination, displayName: 'Target', self: true }],
    );
    assert.equal((await events.get({ ...primary, eventId: made.id })).data.status, 'cancelled');
    assert.equal(
      (await events.get({ calendarId: destination, eventId: made.id })).data.summary,
      'Moving',
    );
  });

  test('a series: instances in pages, one moved, one cancelled', async () => {
    const { events } = await world.as(kAnna);
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
    const { events } = await world.as(kAnna);
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
    const { calendars, events } = await world.as(kAnna);
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

  test('rarely written: a private copy, an end that nobody gave', async () => {
    const { events } = await world.as(kAnna);
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

  test('what only Google itself makes comes with a world', async () => {
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
        attendees: [{ email: kAnna }],
      },
    ];
    const { problems } = await world.google.control('POST', '/load', {
      accounts: [{ email: kAnna, calendars: [{ id: kAnna, primary: true, events }] }],
    });
    assert.deepEqual(problems ?? [], []);
    const api = await world.as(kAnna);
    const { data: birthday } = await api.events.get({ ...primary, eventId: events[0].id });
    assert.deepEqual(birthday.birthdayProperties, events[0].birthdayProperties);
    const { data: locked } = await api.events.get({ ...primary, eventId: events[1].id });
    assert.deepEqual([locked.locked, locked.creator], [true, events[1].creator]);
  });

  test('who sees only times gets only times', async () => {
    const owner = await world.as(kCarla),
      guest = await world.as(kBen, { masked: true });
    const { data: made } = await owner.events.insert({
      ...primary,
      requestBody: { summary: 'Secret', start: at('10'), end: at('10', '11') },
    });
    await owner.acl.insert({
      ...primary,
      requestBody: { role: 'freeBusyReader', scope: { type: 'user', value: kBen } },
    });
    const { data: seen } = await guest.events.get({ calendarId: kCarla, eventId: made.id });
    assert.deepEqual(
      [seen.summary, seen.creator, seen.visibility, seen.start.dateTime],
      [undefined, undefined, 'private', made.start.dateTime],
    );
    const { data } = await guest.events.list({ calendarId: kCarla });
    assert.equal(data.accessRole, 'freeBusyReader');
    assert.ok(data.items.every(({ summary }) => summary === undefined));
    assert.equal(
      (
        await refusal(
          guest.events.patch({
            calendarId: kCarla,
            eventId: made.id,
            requestBody: { summary: 'Mine' },
          }),
        )
      ).status,
      403,
    );
  });

  test("a guest answers; more than that is the organizer's", async () => {
    const anna = await world.as(kAnna),
      ben = await world.as(kBen);
    const { data: made } = await anna.events.insert({
      ...primary,
      sendUpdates: 'all',
      requestBody: {
        summary: 'With Ben',
        start: at('11'),
        end: at('11', '12'),
        attendees: [{ email: kAnna, responseStatus: 'accepted' }, { email: kBen }],
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
      seen.attendees.find(({ email }) => email === kBen),
      { email: kBen, responseStatus: 'accepted', comment: 'Gladly' },
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

  test('what Google refuses, the client tells', async () => {
    const { events } = await world.as(kAnna);
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
