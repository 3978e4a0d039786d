// Fields that Google sends in every answer although the type definitions call each of them
// optional. A value is a list of fields, or a function of the resource and of {masked}: the reader
// sees only free/busy. Answers reduced by `fields` are not checked.

const BARE = ['kind', 'etag', 'id', 'status'];
const oneOf =
  (...names) =>
  (value) =>
    names.filter((name) => value[name] !== undefined).length === 1 ? [] : [names.join(' or ')];

const eventFields = (event, { masked }) => {
  if (event.status === 'cancelled') return BARE;
  return [
    ...BARE,
    'created',
    'updated',
    'start',
    'end',
    'iCalUID',
    'sequence',
    'eventType',
    ...(masked ? [] : ['htmlLink', 'creator', 'organizer', 'reminders']),
    ...(event.recurringEventId ? ['originalStartTime'] : []),
    ...(event.hangoutLink ? ['conferenceData'] : []),
  ];
};

export const ALWAYS = {
  Acl: (list) => ['kind', 'etag', 'items', ...oneOf('nextPageToken', 'nextSyncToken')(list)],
  AclRule: ['kind', 'etag', 'id', 'role', 'scope', 'scope.type'],
  Calendar: ['kind', 'etag', 'id', 'summary', 'timeZone', 'conferenceProperties'],
  CalendarList: (list) =>
    ['kind', 'etag', 'items'].concat(
      list.nextPageToken && list.nextSyncToken ? ['only one token'] : [],
    ),
  CalendarListEntry: (entry) =>
    entry.deleted
      ? ['kind', 'etag', 'id', 'deleted']
      : [
          'kind',
          'etag',
          'id',
          'summary',
          'timeZone',
          'colorId',
          'backgroundColor',
          'foregroundColor',
          'accessRole',
          'defaultReminders',
          'conferenceProperties',
        ],
  CalendarNotification: ['type', 'method'],
  Channel: ['kind', 'id', 'resourceId', 'resourceUri', 'expiration'],
  ColorDefinition: ['background', 'foreground'],
  Colors: ['kind', 'updated', 'calendar', 'event'],
  ConferenceData: (data) =>
    data.createRequest?.status?.statusCode === 'pending'
      ? ['createRequest']
      : ['conferenceSolution', 'entryPoints'],
  ConferenceProperties: ['allowedConferenceSolutionTypes'],
  ConferenceSolution: ['key', 'name', 'iconUri'],
  ConferenceSolutionKey: ['type'],
  CreateConferenceRequest: ['requestId', 'conferenceSolutionKey', 'status'],
  EntryPoint: ['entryPointType', 'uri'],
  Error: ['domain', 'reason'],
  Event: eventFields,
  EventAttachment: ['fileUrl'],
  EventAttendee: ['email', 'responseStatus'],
  EventBirthdayProperties: ['type'],
  EventDateTime: (time) => [
    ...oneOf('date', 'dateTime')(time),
    ...(time.dateTime ? ['timeZone'] : []),
  ],
  EventLabel: ['id', 'backgroundColor'],
  EventReminder: ['method', 'minutes'],
  Events: [
    'kind',
    'etag',
    'summary',
    'description',
    'updated',
    'timeZone',
    'accessRole',
    'defaultReminders',
    'items',
  ],
  EventWorkingLocationProperties: ['type'],
  FreeBusyCalendar: ['busy'],
  FreeBusyResponse: ['kind', 'timeMin', 'timeMax', 'calendars'],
  Setting: ['kind', 'etag', 'id', 'value'],
  Settings: (list) => ['kind', 'etag', 'items', ...oneOf('nextPageToken', 'nextSyncToken')(list)],
  TimePeriod: ['start', 'end'],
};

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)$/;
const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/; // Google writes milliseconds, also .000
const etag = /^"[^"]+"$/;

/** Values whose format the definitions do not state. */
export const FORMS = {
  'Acl.kind': /^calendar#acl$/,
  'AclRule.kind': /^calendar#aclRule$/,
  'Calendar.kind': /^calendar#calendar$/,
  'CalendarList.kind': /^calendar#calendarList$/,
  'CalendarListEntry.kind': /^calendar#calendarListEntry$/,
  'Channel.kind': /^api#channel$/,
  'Colors.kind': /^calendar#colors$/,
  'Event.kind': /^calendar#event$/,
  'Events.kind': /^calendar#events$/,
  'FreeBusyResponse.kind': /^calendar#freeBusy$/,
  'Setting.kind': /^calendar#setting$/,
  'Settings.kind': /^calendar#settings$/,
  'Acl.etag': etag,
  'AclRule.etag': etag,
  'Calendar.etag': etag,
  'CalendarList.etag': etag,
  'CalendarListEntry.etag': etag,
  'Event.etag': etag,
  'Events.etag': etag,
  'Setting.etag': etag,
  'Settings.etag': etag,
  'Channel.expiration': /^\d{13}$/,
  'Colors.updated': stamp,
  'Event.created': stamp,
  'Event.updated': stamp,
  'Events.updated': stamp,
  'Event.status': /^(confirmed|tentative|cancelled)$/,
  'Event.htmlLink': /^https:\/\/www\.google\.com\/calendar\/event\?eid=/,
  'EventDateTime.date': /^\d{4}-\d\d-\d\d$/,
  'EventDateTime.dateTime': instant,
  'TimePeriod.start': instant,
  'TimePeriod.end': instant,
  'EventReminder.method': /^(email|popup)$/,
  'EventAttendee.responseStatus': /^(needsAction|declined|tentative|accepted)$/,
  'AclRule.role': /^(none|freeBusyReader|reader|writer|writerWithoutPrivateAccess|owner)$/,
  'CalendarListEntry.accessRole':
    /^(freeBusyReader|reader|writer|writerWithoutPrivateAccess|owner)$/,
  'CalendarListEntry.backgroundColor': /^#[0-9a-f]{6}$/,
  'CalendarListEntry.foregroundColor': /^#[0-9a-f]{6}$/,
};
