#include "src/emulator/api/methods.hpp"

namespace emulator {
namespace {

using Parameters = std::vector<Parameter>;

Parameter text(std::string_view name) {
  return {.name = name};
}
Parameter required(std::string_view name) {
  return {.name = name, .required = true};
}
Parameter repeated(std::string_view name) {
  return {.name = name, .repeated = true};
}
Parameter flag(std::string_view name) {
  return {.name = name, .type = "boolean"};
}
Parameter instant(std::string_view name) {
  return {.name = name, .format = "date-time"};
}
Parameter one_of(std::string_view name, std::string_view values) {
  return {.name = name, .values = values};
}
Parameter whole(std::string_view name, std::int64_t minimum,
                std::optional<std::int64_t> maximum = {}) {
  return {
      .name = name, .type = "integer", .format = "int32", .minimum = minimum, .maximum = maximum};
}
Parameter deprecated(Parameter parameter) {
  parameter.deprecated = true;
  return parameter;
}
Parameter by_default(std::string_view fallback, Parameter parameter) {
  parameter.fallback = fallback;
  return parameter;
}

Parameters operator+(Parameters a, const Parameters& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// Scopes.
constexpr std::string_view kListRead =
    "calendar calendar.readonly calendar.calendarlist calendar.calendarlist.readonly";
constexpr std::string_view kListGet =
    "calendar calendar.readonly calendar.calendarlist calendar.calendarlist.readonly "
    "calendar.app.created";
constexpr std::string_view kListWrite = "calendar calendar.calendarlist calendar.app.created";
constexpr std::string_view kListInsert = "calendar calendar.calendarlist";
constexpr std::string_view kCalendarsRead =
    "calendar calendar.readonly calendar.calendars calendar.calendars.readonly "
    "calendar.app.created";
constexpr std::string_view kCalendarsWrite = "calendar calendar.calendars calendar.app.created";
constexpr std::string_view kClear = "calendar calendar.calendars";
constexpr std::string_view kEventsRead =
    "calendar calendar.readonly calendar.events calendar.events.readonly calendar.events.owned "
    "calendar.events.owned.readonly "
    "calendar.events.public.readonly calendar.events.freebusy calendar.app.created";
constexpr std::string_view kEventsWrite =
    "calendar calendar.events calendar.events.owned calendar.app.created";
constexpr std::string_view kMove = "calendar calendar.events calendar.events.owned";
constexpr std::string_view kColors =
    "calendar calendar.readonly calendar.calendarlist calendar.calendarlist.readonly "
    "calendar.app.created calendar.events.owned "
    "calendar.events.owned.readonly calendar.events.public.readonly calendar.events.freebusy";
constexpr std::string_view kSettings = "calendar calendar.readonly calendar.settings.readonly";
constexpr std::string_view kAclRead = "calendar calendar.acls calendar.acls.readonly";
constexpr std::string_view kAclGet =
    "calendar calendar.acls calendar.acls.readonly calendar.readonly";
constexpr std::string_view kAclWrite = "calendar calendar.acls";
constexpr std::string_view kFreeBusy =
    "calendar calendar.readonly calendar.freebusy calendar.events.freebusy";
constexpr std::string_view kStop =
    "calendar calendar.readonly calendar.events calendar.events.readonly calendar.events.owned "
    "calendar.events.owned.readonly calendar.calendarlist "
    "calendar.calendarlist.readonly calendar.settings.readonly calendar.acls "
    "calendar.acls.readonly calendar.app.created calendar.events.freebusy";

// Paths.
constexpr std::string_view kList = "/users/me/calendarList";
constexpr std::string_view kListEntry = "/users/me/calendarList/{calendarId}";
constexpr std::string_view kCalendar = "/calendars/{calendarId}";
constexpr std::string_view kAcl = "/calendars/{calendarId}/acl";
constexpr std::string_view kRule = "/calendars/{calendarId}/acl/{ruleId}";
constexpr std::string_view kEvents = "/calendars/{calendarId}/events";
constexpr std::string_view kEvent = "/calendars/{calendarId}/events/{eventId}";

// Parameters. The clients of `watch` may send those of `list`; a channel does not depend on them.
const Parameters kPage{whole("maxResults", 1), text("pageToken")};
const Parameters kSyncedPage = kPage + Parameters{text("syncToken")};
const Parameters kAclList = kSyncedPage + Parameters{flag("showDeleted")};
const Parameters kCalendarList =
    kSyncedPage + Parameters{one_of("minAccessRole", "freeBusyReader owner reader writer"),
                             flag("showDeleted"), flag("showHidden"),
                             flag("showOwnOrganizationOnly")};
const Parameters kShared{flag("sendNotifications")};
const Parameters kRgb{flag("colorRgbFormat")};
// Deprecated and ignored, as Google's reference says: an address is always given.
const Parameters kAddress{deprecated(flag("alwaysIncludeEmail"))};
const Parameters kMailed{deprecated(flag("sendNotifications")),
                         one_of("sendUpdates", "all externalOnly none")};
const Parameters kStored{whole("conferenceDataVersion", 0, 1), whole("eventLabelVersion", 0, 1),
                         flag("supportsAttachments")};
const Parameters kGuests{whole("maxAttendees", 1)};
const Parameters kWritten = kStored + kGuests + kMailed;
const Parameters kZone{text("timeZone")};
const Parameters kWindow{instant("timeMin"), instant("timeMax"), flag("showDeleted")};
const Parameters kEventList =
    Parameters{by_default("250", whole("maxResults", 1)), text("pageToken"), text("syncToken")} +
    kAddress + kGuests + kZone + kWindow +
    Parameters{{.name = "eventTypes",
                .values = "birthday default focusTime fromGmail outOfOffice workingLocation",
                .repeated = true},
               text("iCalUID"),
               one_of("orderBy", "startTime updated"),
               repeated("privateExtendedProperty"),
               text("q"),
               repeated("sharedExtendedProperty"),
               flag("showHiddenInvitations"),
               flag("singleEvents"),
               instant("updatedMin")};
const Parameters kInstances =
    kPage + kAddress + kGuests + kZone + kWindow + Parameters{text("originalStart")};

}  // namespace

const std::vector<Method>& methods() {
  static const std::vector<Method> kMethods{
      {"calendarList.list", "GET", kList, kListRead, kCalendarList, "", "CalendarList"},
      {"calendarList.insert", "POST", kList, kListInsert, kRgb, "CalendarListEntry",
       "CalendarListEntry"},
      {"calendarList.watch", "POST", "/users/me/calendarList/watch", kListRead, kCalendarList,
       "Channel", "Channel"},
      {"calendarList.get", "GET", kListEntry, kListGet, {}, "", "CalendarListEntry"},
      {"calendarList.update", "PUT", kListEntry, kListWrite, kRgb, "CalendarListEntry",
       "CalendarListEntry"},
      {"calendarList.patch", "PATCH", kListEntry, kListWrite, kRgb, "CalendarListEntry",
       "CalendarListEntry"},
      {"calendarList.delete", "DELETE", kListEntry, kListWrite, {}, "", ""},
      {"settings.list", "GET", "/users/me/settings", kSettings, kSyncedPage, "", "Settings"},
      {"settings.watch", "POST", "/users/me/settings/watch", kSettings, kSyncedPage, "Channel",
       "Channel"},
      {"settings.get", "GET", "/users/me/settings/{setting}", kSettings, {}, "", "Setting"},
      {"calendars.insert", "POST", "/calendars", kCalendarsWrite, {}, "Calendar", "Calendar"},
      {"calendars.get", "GET", kCalendar, kCalendarsRead, {}, "", "Calendar", true},
      {"calendars.update", "PUT", kCalendar, kCalendarsWrite, {}, "Calendar", "Calendar"},
      {"calendars.patch", "PATCH", kCalendar, kCalendarsWrite, {}, "Calendar", "Calendar"},
      {"calendars.delete", "DELETE", kCalendar, kCalendarsWrite, {}, "", ""},
      {"calendars.clear", "POST", "/calendars/{calendarId}/clear", kClear, {}, "", ""},
      {"calendars.transferOwnership",
       "POST",
       "/calendars/{calendarId}/transferOwnership",
       kClear,
       {required("newDataOwner"), {.name = "useAdminAccess", .type = "boolean", .required = true}},
       "",
       ""},
      {"acl.list", "GET", kAcl, kAclRead, kAclList, "", "Acl"},
      {"acl.insert", "POST", kAcl, kAclWrite, kShared, "AclRule", "AclRule"},
      {"acl.watch", "POST", "/calendars/{calendarId}/acl/watch", kAclRead, kAclList, "Channel",
       "Channel"},
      {"acl.get", "GET", kRule, kAclGet, {}, "", "AclRule"},
      {"acl.update", "PUT", kRule, kAclWrite, kShared, "AclRule", "AclRule"},
      {"acl.patch", "PATCH", kRule, kAclWrite, kShared, "AclRule", "AclRule"},
      {"acl.delete", "DELETE", kRule, kAclWrite, {}, "", ""},
      {"events.list", "GET", kEvents, kEventsRead, kEventList, "", "Events", true},
      {"events.insert", "POST", kEvents, kEventsWrite, kWritten, "Event", "Event"},
      {"events.import", "POST", "/calendars/{calendarId}/events/import", kEventsWrite, kStored,
       "Event", "Event"},
      {"events.quickAdd", "POST", "/calendars/{calendarId}/events/quickAdd", kEventsWrite,
       Parameters{required("text")} + kMailed, "", "Event"},
      {"events.watch", "POST", "/calendars/{calendarId}/events/watch", kEventsRead, kEventList,
       "Channel", "Channel"},
      {"events.get", "GET", kEvent, kEventsRead, kAddress + kGuests + kZone, "", "Event", true},
      {"events.update", "PUT", kEvent, kEventsWrite, kWritten + kAddress, "Event", "Event"},
      {"events.patch", "PATCH", kEvent, kEventsWrite, kWritten + kAddress, "Event", "Event"},
      {"events.delete", "DELETE", kEvent, kEventsWrite, kMailed, "", ""},
      {"events.move", "POST", "/calendars/{calendarId}/events/{eventId}/move", kMove,
       Parameters{required("destination")} + kMailed, "", "Event"},
      {"events.instances", "GET", "/calendars/{calendarId}/events/{eventId}/instances", kEventsRead,
       kInstances, "", "Events", true},
      {"channels.stop", "POST", "/channels/stop", kStop, {}, "Channel", ""},
      {"freebusy.query",
       "POST",
       "/freeBusy",
       kFreeBusy,
       {},
       "FreeBusyRequest",
       "FreeBusyResponse",
       true},
      {"colors.get", "GET", "/colors", kColors, {}, "", "Colors", true}};
  return kMethods;
}

const std::vector<Parameter>& system_parameters() {
  static const std::vector<Parameter> kSystem{{.name = "$.xgafv", .values = "1 2"},
                                              by_default("json", one_of("alt", "json")),
                                              text("fields"),
                                              text("key"),
                                              text("access_token"),
                                              text("oauth_token"),
                                              by_default("true", flag("prettyPrint")),
                                              text("quotaUser"),
                                              deprecated(text("userIp"))};
  return kSystem;
}

}  // namespace emulator
