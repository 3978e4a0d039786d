// Hostile input: JSON that is broken, too deep, too long or of the wrong type.
#include "tests/google_contract/facts/hostile.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

constexpr const char* kWholeEvent =
    R"({"summary":"A","start":{"dateTime":"2026-12-01T10:00:00","timeZone":"Europe/Berlin"},)"
    R"("end":{"dateTime":"2026-12-01T11:00:00","timeZone":"Europe/Berlin"},)"
    R"("recurrence":["RRULE:FREQ=DAILY;COUNT=2"],"attendees":[{"email":"a@example.org"}],)"
    R"("reminders":{"useDefault":false,"overrides":[{"method":"popup","minutes":5}]}})";

constexpr const char* kEventMembers[] = {"id",
                                         "status",
                                         "summary",
                                         "description",
                                         "location",
                                         "colorId",
                                         "start",
                                         "end",
                                         "endTimeUnspecified",
                                         "recurrence",
                                         "transparency",
                                         "visibility",
                                         "iCalUID",
                                         "sequence",
                                         "attendees",
                                         "attendeesOmitted",
                                         "extendedProperties",
                                         "conferenceData",
                                         "anyoneCanAddSelf",
                                         "guestsCanInviteOthers",
                                         "guestsCanModify",
                                         "privateCopy",
                                         "locked",
                                         "reminders",
                                         "source",
                                         "attachments",
                                         "eventType",
                                         "birthdayProperties",
                                         "focusTimeProperties",
                                         "outOfOfficeProperties",
                                         "workingLocationProperties",
                                         "organizer",
                                         "originalStartTime",
                                         "recurringEventId",
                                         "eventLabelId",
                                         "creator",
                                         "gadget"};

SECTION("hostile");

FACT(PrivateAccount, "JSON that breaks off at any byte: 400 each time", guessed) {
  const std::string whole = kWholeEvent;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Response response = insert_text(client, whole.substr(0, size));
    EXPECT_EQ(response.status, 400) << size;
    expect_well_formed(response, whole.substr(0, size));
  }
  EXPECT_EQ(insert_text(client, whole).status, 200);
}

FACT(PrivateAccount, "JSON nested 65 to a million levels", guessed) {
  for (const std::size_t depth : {65u, 1'000u, 100'000u, 1'000'000u})
    for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"{\"a\":", "}"}}) {
      const std::string nested = repeated(open, depth) + "1" + repeated(close, depth);
      for (const std::string& body :
           Texts{nested, "{" + kDates + R"(,"source":)" + nested + "}",
                 "{" + kDates + R"(,"unknown":)" + nested + "}", repeated(open, depth)})
        expect_well_formed(insert_text(client, body), std::to_string(depth) + " levels");
    }
  expect_alive(client);
}

FACT(PrivateAccount, "numbers: absurd exponents, 400 digits, beyond 64 bits", guessed) {
  for (const std::string& number : Texts{
           "0.00000000001e-2147483639", "1e400", "-0", repeated("9", 400), "-" + repeated("9", 400),
           "9223372036854775808", "-9223372036854775809", "18446744073709551616",
           "0." + repeated("0", 100'000) + "1", "1e2147483648", "1.", "01", "+1", "NaN", "0x10"})
    for (const auto& [before, after] :
         {std::pair{R"(,"sequence":)", "}"},
          std::pair{R"(,"reminders":{"overrides":[{"method":"popup","minutes":)", "}]}}"},
          std::pair{R"(,"unknown":)", "}"}})
      expect_well_formed(insert_text(client, "{" + kDates + before + number + after), number);
  expect_alive(client);
}

FACT(PrivateAccount, "no UTF-8, lone surrogates, BOM, NUL, U+2028; keys twice, a megabyte long",
     guessed) {
  const std::string rest = kDates + "}";
  for (const std::string& text : Texts{
           "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\\ud800", "\\udc00\\ud800",
           "\\u0000", std::string("a\0b", 3), "\\u2028", "\xe2\x80\xa8", "\\x41", "\n", "\\uZZZZ"})
    expect_well_formed(insert_text(client, "{\"summary\":\"" + text + "\"," + rest), text);
  expect_well_formed(insert_text(client, "\xef\xbb\xbf{" + rest), "a BOM");
  expect_well_formed(insert_text(client, "{\"" + repeated("k", 1 << 20) + "\":1," + rest),
                     "a long key");
  expect_well_formed(insert_text(client, R"({"summary":"A","summary":"B",)" + rest), "a key twice");
  expect_well_formed(insert_text(client, "{" + rest + "x"), "trailing bytes");
  expect_well_formed(insert_text(client, "{" + rest + "{" + rest), "two documents");
  expect_well_formed(insert_text(client, R"({"Summary":"A","START":{},)" + rest), "other case");
  expect_well_formed(insert_text(client, R"({"eventType":")" + repeated("a", 39) + "ä\"," + rest),
                     "a wrong value that the answer quotes in part");
  expect_alive(client);
}

FACT(PrivateAccount, "each member of an event with each wrong type, in insert and patch", guessed) {
  const std::string id = client.insert(timed("A")).text("id");
  for (const char* name : kEventMembers)
    for (const char* value : {"null", "true", "7", "-1.5", "\"x\"", "\"\"", "[]", "{}", "[[]]",
                              "[null]", "[7]", "[{}]", "{\"a\":{\"b\":[]}}"}) {
      const std::string what = std::string("\"") + name + "\":" + value;
      const std::string body = R"({"summary":"B",)" + kDates + "," + what + "}";
      for (const char* query :
           {"", "?conferenceDataVersion=1&supportsAttachments=true&eventLabelVersion=1"}) {
        expect_well_formed(client.call("POST", std::string(kEvents) + query, body), what);
        expect_well_formed(
            client.call("PATCH", std::string(kEvents) + "/" + id + query, "{" + what + "}"), what);
      }
      expect_well_formed(client.call("POST", std::string(kEvents) + "/import", body), what);
    }
  EXPECT_EQ(client.events("?maxResults=2500").status, 200) << "what was accepted can be listed";
  EXPECT_EQ(
      client.events("?singleEvents=true&timeMin=2026-11-01T00:00:00Z&timeMax=2027-01-01T00:00:00Z")
          .status,
      200);
}

FACT(PrivateAccount, "each member of the other resources with each wrong type", guessed) {
  struct Place {
    const char* method;
    const char* path;
    std::vector<const char*> members;
  };
  const std::vector<Place> places{
      {"POST", "/calendars", {"summary", "description", "location", "timeZone", "labelProperties"}},
      {"PATCH",
       "/calendars/primary",
       {"summary", "description", "location", "timeZone", "labelProperties"}},
      {"POST",
       "/users/me/calendarList",
       {"id", "colorId", "backgroundColor", "defaultReminders", "notificationSettings", "selected",
        "summaryOverride"}},
      {"PATCH",
       "/users/me/calendarList/primary",
       {"colorId", "backgroundColor", "foregroundColor", "defaultReminders", "notificationSettings",
        "selected", "hidden", "summaryOverride"}},
      {"POST", "/calendars/primary/acl", {"role", "scope"}},
      {"POST",
       "/freeBusy",
       {"timeMin", "timeMax", "timeZone", "items", "groupExpansionMax", "calendarExpansionMax"}},
      {"POST",
       "/calendars/primary/events/watch",
       {"id", "type", "address", "token", "expiration", "params", "payload"}},
      {"POST", "/channels/stop", {"id", "resourceId"}}};
  for (const Place& place : places)
    for (const char* member : place.members)
      for (const char* value :
           {"null", "true", "7", "-1", "9223372036854775807", "\"x\"", "\"\"", "[]", "{}", "[null]",
            "[7]", "[{}]", "{\"type\":7,\"value\":{}}", "{\"ttl\":{}}", "{\"eventLabels\":7}"})
        expect_well_formed(client.call(place.method, place.path,
                                       std::string("{\"") + member + "\":" + value + "}"),
                           std::string(place.path) + " " + member + " " + value);
  expect_alive(client);
}

FACT(PrivateAccount, "an array of 100000 items wherever one fits", guessed) {
  for (const char* member : {"attendees", "recurrence", "attachments", "unknown"})
    for (const char* item : {"null,", "7,", "\"x\",", "{},"}) {
      std::string list = repeated(item, 100'000);
      list.pop_back();
      const std::string body =
          R"({"summary":"A",)" + kDates + ",\"" + member + "\":[" + list + "]}";
      expect_well_formed(insert_text(client, body), std::string(member) + item);
    }
  expect_alive(client);
}

}  // namespace
}  // namespace contract
