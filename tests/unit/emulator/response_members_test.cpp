#include "src/emulator/api/response_members.hpp"

#include <gtest/gtest.h>

#include "src/emulator/http/field_mask.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

// Expects that `fields` may select every member of the value; the names of extended properties and
// of colours have no `/` and no brackets here.
void expect_selectable(const Json& value, const std::string& path, const std::string& members) {
  EXPECT_TRUE(path.empty() || is_field_mask(path, members)) << path;
  for (const Json& item : value.items()) expect_selectable(item, path, members);
  for (const auto& [name, member] : value.members())
    expect_selectable(member, path.empty() ? name : path + "/" + name, members);
}

TEST(ResponseMembers, EveryMemberOfAnAnswerCanBeSelected) {
  InProcess google;
  const std::string root = "/calendar/v3";
  const std::string id = google
                             .json("POST",
                                   root +
                                       "/calendars/primary/events?conferenceDataVersion=1"
                                       "&supportsAttachments=true",
                                   R"({"summary":"A","description":"D","location":"L","colorId":"3",
                    "start":{"dateTime":"2026-03-01T09:00:00","timeZone":"Europe/Berlin"},
                    "end":{"dateTime":"2026-03-01T10:00:00","timeZone":"Europe/Berlin"},
                    "recurrence":["RRULE:FREQ=DAILY;COUNT=3"],"transparency":"transparent",
                    "visibility":"private","guestsCanModify":true,"anyoneCanAddSelf":true,
                    "attendees":[{"email":"b@example.org","displayName":"B","optional":true,
                                  "comment":"c","additionalGuests":2,"resource":true}],
                    "extendedProperties":{"private":{"a":"1"},"shared":{"b":"2"}},
                    "conferenceData":{"createRequest":{"requestId":"r",
                        "conferenceSolutionKey":{"type":"hangoutsMeet"}}},
                    "reminders":{"useDefault":false,"overrides":[{"method":"popup","minutes":5}]},
                    "source":{"url":"https://example.org/","title":"T"},
                    "attachments":[{"fileUrl":"https://example.org/f","title":"F",
                                    "mimeType":"text/plain"}]})")
                             .string("id");
  ASSERT_FALSE(id.empty());
  (void)google.call("POST", root + "/calendars/primary/acl",
                    R"({"role":"reader","scope":{"type":"user","value":"b@example.org"}})");
  const auto expect = [&](const std::string& target, const char* schema) {
    const Json answer = google.json("GET", root + target);
    EXPECT_FALSE(answer.contains("error")) << target;
    expect_selectable(answer, "", response_members(schema));
  };
  expect("/calendars/primary/events", "Events");
  expect("/calendars/primary/events?maxResults=1&singleEvents=true&maxAttendees=1", "Events");
  expect("/calendars/primary/events/" + id, "Event");
  expect("/calendars/primary/events/" + id + "/instances", "Events");
  expect("/users/me/calendarList", "CalendarList");
  expect("/users/me/calendarList/primary", "CalendarListEntry");
  expect("/users/me/settings", "Settings");
  expect("/users/me/settings/timezone", "Setting");
  expect("/calendars/primary", "Calendar");
  expect("/calendars/primary/acl", "Acl");
  expect("/calendars/primary/acl/user:b@example.org", "AclRule");
  expect("/colors", "Colors");
  expect_selectable(
      google.json("POST", root + "/freeBusy",
                  R"({"timeMin":"2026-03-01T00:00:00Z","timeMax":"2026-03-02T00:00:00Z",
                      "items":[{"id":"primary"},{"id":"missing"}]})"),
      "", response_members("FreeBusyResponse"));
  expect_selectable(
      google.json("POST", root + "/calendars/primary/events/watch",
                  R"({"id":"c","type":"web_hook","address":"https://crm.example.com/hook"})"),
      "", response_members("Channel"));
}

}  // namespace
}  // namespace emulator
