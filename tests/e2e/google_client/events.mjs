// Events: every method and every field that a caller can write.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ANNA, BEN, refusal } from './world.mjs';

export const at = (day, hour = '10') => ({
  dateTime: `2026-12-${day}T${hour}:00:00+01:00`,
  timeZone: 'Europe/Berlin',
});
export const primary = { calendarId: 'primary' };

export function eventTests(world) {
  test('insert with every field that can be written; get answers the same', async () => {
    const { events } = await world.as(ANNA);
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
        { email: ANNA, responseStatus: 'accepted' },
        {
          email: BEN,
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
        { email: ANNA, self: true, organizer: true, optional: undefined, resource: undefined },
        { email: BEN, self: undefined, organizer: undefined, optional: true, resource: undefined },
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
    assert.deepEqual(made.creator, { email: ANNA, self: true });
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
      [true, [ANNA], '2026-12-01T04:00:00-05:00'],
    );
    const { data: copy } = await (await world.as(BEN)).events.get({ ...primary, eventId: made.id });
    assert.deepEqual([copy.iCalUID, copy.organizer], [made.iCalUID, { email: ANNA }]);
  });

  test('a conference of another provider keeps what it was written with', async () => {
    const { events } = await world.as(ANNA);
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
    const { events } = await world.as(ANNA);
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

  test('quickAdd reads the text of its documentation', async () => {
    const { events } = await world.as(ANNA);
    const text = 'Appointment at Somewhere on June 3rd 10am-10:25am';
    const { data } = await events.quickAdd({ ...primary, text });
    assert.equal(data.summary, 'Appointment');
    assert.equal(data.location, 'Somewhere');
    assert.match(data.start.dateTime, /^\d{4}-06-03T10:00:00\+02:00$/);
    const { status } = await refusal(events.quickAdd({ ...primary, text: 'Lunch at noon' }));
    assert.equal(status, 400);
    await events.delete({ ...primary, eventId: data.id });
  });

  test('delete: 204, then 410; get shows it cancelled; its id stays taken', async () => {
    const { events } = await world.as(ANNA);
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

  test("import: a private copy of another user's event, by its iCalUID", async () => {
    const { events } = await world.as(ANNA);
    const requestBody = {
      iCalUID: 'from-elsewhere@partner.example',
      summary: 'Partner',
      start: at('06'),
      end: at('06', '11'),
      organizer: { email: 'organizer@partner.example', displayName: 'Partner' },
      attendees: [{ email: ANNA, responseStatus: 'needsAction' }],
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

  test('move to another calendar: new organizer, same id, a cancelled stub stays', async () => {
    const { calendars, events } = await world.as(ANNA);
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
}
