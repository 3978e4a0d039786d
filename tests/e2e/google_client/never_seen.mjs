// What the client could get from Google and does not get here, each with its reason. The test fails
// when one of these occurs after all, and when anything else does not occur.

const REQUESTS = 'only in requests';
const RESOURCES = 'only for calendars of rooms and other resources of a Workspace domain';
const GADGET = 'gadgets are gone; Google writes them for some birthdays only';
const PROFILE = 'the id of a profile at Google+, which is gone';

export const NEVER_SEEN = {
  'Calendar.autoAcceptInvitations': RESOURCES,
  'CalendarListEntry.autoAcceptInvitations': RESOURCES,
  'Channel.address': REQUESTS,
  'Channel.params': REQUESTS,
  'Channel.payload': REQUESTS,
  'Channel.type': REQUESTS,
  'Event.creator.id': PROFILE,
  'Event.gadget': GADGET,
  'Event.gadget.display': GADGET,
  'Event.gadget.height': GADGET,
  'Event.gadget.iconLink': GADGET,
  'Event.gadget.link': GADGET,
  'Event.gadget.preferences': GADGET,
  'Event.gadget.title': GADGET,
  'Event.gadget.type': GADGET,
  'Event.gadget.width': GADGET,
  'Event.organizer.id': PROFILE,
  'EventAttachment.fileId': 'only for files of Google Drive',
  'EventAttendee.asyncOperation': 'while a very large group is added; nothing takes that long here',
  'EventAttendee.id': PROFILE,
};
