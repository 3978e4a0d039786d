// What the client could get from Google and does not get here, each with its reason. The test fails when something of this comes after all, and when something
// else does not come.

export const kNotServed = {
  'events.quickAdd': {
    parameters: { calendarId: 'primary', text: 'Lunch at noon' },
    status: 501,
    reason: 'how Google reads free text is not known; the manual says 501',
  },
};

const kRequests = 'only in requests';
const kResources = 'only for calendars of rooms and other resources of a Workspace domain';
const kGadget = 'gadgets are gone; Google writes them for some birthdays only';
const kProfile = 'the id of a profile at Google+, which is gone';

export const kNeverSeen = {
  'Calendar.autoAcceptInvitations': kResources,
  'CalendarListEntry.autoAcceptInvitations': kResources,
  'Channel.address': kRequests,
  'Channel.params': kRequests,
  'Channel.payload': kRequests,
  'Channel.type': kRequests,
  'Event.creator.id': kProfile,
  'Event.gadget': kGadget,
  'Event.gadget.display': kGadget,
  'Event.gadget.height': kGadget,
  'Event.gadget.iconLink': kGadget,
  'Event.gadget.link': kGadget,
  'Event.gadget.preferences': kGadget,
  'Event.gadget.title': kGadget,
  'Event.gadget.type': kGadget,
  'Event.gadget.width': kGadget,
  'Event.organizer.id': kProfile,
  'EventAttachment.fileId': 'only for files of Google Drive',
  'EventAttendee.asyncOperation': 'while a very large group is added; nothing takes that long here',
  'EventAttendee.id': kProfile,
};
