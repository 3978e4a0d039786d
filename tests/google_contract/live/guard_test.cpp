#include "tests/google_contract/live/guard.hpp"

#include <gtest/gtest.h>

namespace live {
namespace {

const std::string kBase = "https://www.googleapis.com",
                  kCalendar = "test1@group.calendar.google.com",
                  kCalendarSegment = "test1%40group.calendar.google.com";

// The user's own addresses are at example.com, as with the emulator. They are not to be taken for
// guests' addresses although those are at reserved domains too.
Sandbox sandbox() {
  return {kBase,
          kCalendar,
          "anna@example.com",
          "berta@example.com",
          {kCalendar, "other@group.calendar.google.com"},
          {{"invited1", "invited1@google.com"}}};
}

Request request(const std::string& method, const std::string& path, const std::string& body = "") {
  return {method, kBase + path, body, {}};
}

std::string refused(const Request& sent, bool second = false) {
  try {
    (void)guarded(sent, sandbox(), second);
  } catch (const NotRun& not_run) {
    return not_run.reason;
  }
  return "";
}

std::string url(const Request& sent) {
  return guarded(sent, sandbox(), false).url;
}

TEST(LiveGuard, PrimaryInAPathIsTheTestCalendar) {
  EXPECT_EQ(url(request("GET", "/calendar/v3/calendars/primary/events?q=x")),
            kBase + "/calendar/v3/calendars/" + kCalendarSegment + "/events?q=x");
  EXPECT_EQ(url(request("GET", "/calendar/v3/calendars/anna%40example.com/events")),
            kBase + "/calendar/v3/calendars/" + kCalendarSegment + "/events");
  EXPECT_EQ(url(request("PATCH", "/calendar/v3/users/me/calendarList/primary", "{}")),
            kBase + "/calendar/v3/users/me/calendarList/" + kCalendarSegment);
}

TEST(LiveGuard, WritesOfEventsSendNoMail) {
  EXPECT_TRUE(url(request("POST", "/calendar/v3/calendars/primary/events", "{}"))
                  .ends_with("/events?sendUpdates=none"));
  EXPECT_TRUE(url(request("DELETE", "/calendar/v3/calendars/primary/events/abc?x=1"))
                  .ends_with("/abc?x=1&sendUpdates=none"));
  EXPECT_TRUE(
      url(request("PATCH", "/calendar/v3/calendars/primary/events/abc?sendUpdates=none", "{}"))
          .ends_with("/abc?sendUpdates=none"));
  for (const char* query : {"sendUpdates=all", "sendUpdates=externalOnly", "sendNotifications=true",
                            "sendUpdates=none&sendUpdates=all"})
    EXPECT_NE(refused(request("POST", std::string("/calendar/v3/calendars/primary/events?") + query,
                              "{}")),
              "")
        << query;
}

TEST(LiveGuard, GuestsWhoCouldReceiveMailAreRefused) {
  const auto invite = [](const std::string& email) {
    return request("POST", "/calendar/v3/calendars/primary/events",
                   "{\"attendees\":[{\"email\":\"" + email + "\"}]}");
  };
  EXPECT_EQ(refused(invite("x@example.org")), "");
  EXPECT_EQ(refused(invite("nobody")), "");
  EXPECT_EQ(refused(invite("berta@example.com")), "") << "the user's second account";
  for (const char* email :
       {"boss@gmail.com", "x@example.org.evil.com", "x@notexample.org", "anna@example.com"})
    EXPECT_NE(refused(invite(email)), "") << email;
}

TEST(LiveGuard, WritesToOtherCalendarsAreRefused) {
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"})
    EXPECT_NE(
        refused(request(method, "/calendar/v3/calendars/family%40group.calendar.google.com/events",
                        "{}")),
        "")
        << method;
  EXPECT_NE(refused(request("DELETE", "/calendar/v3/calendars/family%40group.calendar.google.com")),
            "");
  EXPECT_NE(refused(request(
                "DELETE", "/calendar/v3/users/me/calendarList/family%40group.calendar.google.com")),
            "");
  EXPECT_NE(
      refused(request(
          "POST", "/calendar/v3/calendars/primary/events/abc/move?destination=anna%40example.com")),
      "");
  EXPECT_NE(refused(request("PUT", "/calendar/v3/users/me/settings/timezone", "{}")), "");
  EXPECT_EQ(refused(request(
                "POST", "/calendar/v3/calendars/other%40group.calendar.google.com/events", "{}")),
            "");
  EXPECT_EQ(refused(request("POST",
                            "/calendar/v3/calendars/primary/events/abc/"
                            "move?destination=other%40group.calendar.google.com")),
            "");
}

TEST(LiveGuard, TheSecondAccountsPrimaryCalendarIsRefused) {
  const std::string primary = "/calendar/v3/calendars/primary";
  for (const char* path :
       {"", "/acl", "/events", "/events/other1", "/events/other1_20261202T080000Z",
        "/events/invited", "/events/invited12", "/events/other1/instances", "/events/import",
        "/events/quickAdd", "/events/watch", "/events?q=x", "/events?syncToken=x",
        "/events?iCalUID=other1%40google.com",
        "/events?iCalUID=", "/events?iCalUID=invited1%40google.com&syncToken=x",
        "/events?iCalUID=invited1%40google.com&iCalUID=other1%40google.com",
        "/events?iCalUID=invited1%40google.com&pageToken=x"})
    for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
      EXPECT_NE(refused(request(method, primary + path, "{}"), true), "") << method << " " << path;
  EXPECT_NE(refused(request("POST", primary + "/events/invited1", "{}"), true), "");
  EXPECT_NE(refused(request("POST", primary + "/events/invited1/move?destination=x"), true), "");
  EXPECT_NE(refused(request("DELETE", primary + "/events/invited1/instances"), true), "");
  EXPECT_NE(refused(request("DELETE", primary + "/events?iCalUID=invited1%40google.com"), true),
            "");
  EXPECT_NE(refused(request("GET", "/calendar/v3/calendars/berta%40example.com/events")), "");
  EXPECT_NE(refused(request("GET", "/calendar/v3/calendars/berta%40example.com/events/invited1")),
            "");
  EXPECT_EQ(refused(request("GET", "/calendar/v3/calendars/" + kCalendarSegment + "/events"), true),
            "");
}

TEST(LiveGuard, CopiesOfInvitationsAreReadAndWrittenAsTheSecondAccount) {
  const std::string events = "/calendar/v3/calendars/primary/events";
  const auto sent = [&](const std::string& method, const std::string& path) {
    return guarded(request(method, events + path, "{}"), sandbox(), true).url.substr(kBase.size());
  };
  EXPECT_EQ(sent("GET", "/invited1"), events + "/invited1");
  EXPECT_EQ(sent("GET", "/invited1_20261202T080000Z"), events + "/invited1_20261202T080000Z");
  EXPECT_EQ(sent("GET", "/invited1/instances?showDeleted=true"),
            events + "/invited1/instances?showDeleted=true");
  EXPECT_EQ(sent("GET", "?iCalUID=invited1%40google.com&singleEvents=true"),
            events + "?iCalUID=invited1%40google.com&singleEvents=true");
  for (const char* method : {"PUT", "PATCH", "DELETE"})
    EXPECT_EQ(sent(method, "/invited1"), events + "/invited1?sendUpdates=none");
  EXPECT_NE(refused(request("PATCH", events + "/invited1",
                            R"({"attendees":[{"email":"boss@gmail.com"}]})"),
                    true),
            "");
  EXPECT_NE(refused(request("PATCH", events + "/invited1?sendUpdates=all", "{}"), true), "");
}

TEST(LiveGuard, AnInvitationOfTheSecondAccountHasAnIdOfGoogles) {
  const auto invite = [](const std::string& path, const std::string& more) {
    return request("POST", "/calendar/v3/calendars/primary/events" + path,
                   "{" + more + R"("attendees":[{"email":"berta@example.com"}]})");
  };
  EXPECT_EQ(refused(invite("", "")), "");
  EXPECT_NE(refused(invite("", R"("id":"abcde1",)")), "");
  EXPECT_NE(refused(invite("", R"("iCalUID":"u@x",)")), "");
  EXPECT_NE(refused(invite("/import", R"("iCalUID":"u@x",)")), "");
  EXPECT_NE(
      refused(request("POST", "/batch/calendar/v3",
                      "--x\r\n\r\nPOST /calendar/v3/calendars/primary/events HTTP/1.1\r\n"
                      "\r\n{\"attendees\":[{\"email\":\"berta@example.com\"}]}\r\n--x--\r\n")),
      "");
}

TEST(LiveGuard, SharingWithThePublicOrAStrangerIsRefused) {
  const auto share = [](const std::string& type, const std::string& value) {
    return request(
        "POST", "/calendar/v3/calendars/primary/acl",
        "{\"role\":\"reader\",\"scope\":{\"type\":\"" + type + "\",\"value\":\"" + value + "\"}}");
  };
  EXPECT_TRUE(url(share("user", "x@example.org")).ends_with("/acl?sendNotifications=false"));
  EXPECT_EQ(refused(share("user", "berta@example.com")), "");
  EXPECT_NE(refused(share("default", "")), "");
  EXPECT_NE(refused(share("user", "boss@gmail.com")), "");
  EXPECT_NE(refused(share("domain", "gmail.com")), "");
  EXPECT_NE(refused(share("user", "anna@example.com")), "");
  EXPECT_NE(
      refused(request("DELETE", "/calendar/v3/calendars/primary/acl/user%3Aanna%40example.com")),
      "");
}

TEST(LiveGuard, NewCalendarsAreMarkedAndFactsDoNotSeeTheMark) {
  const Request made =
      guarded(request("POST", "/calendar/v3/calendars", "{\"summary\":\"S\"}"), sandbox(), false);
  EXPECT_EQ(Json::parse(made.body)->string("summary"), std::string(kMark) + "S");
  const Request renamed =
      guarded(request("PATCH", "/calendar/v3/calendars/" + kCalendarSegment, "{\"summary\":\"T\"}"),
              sandbox(), false);
  EXPECT_EQ(Json::parse(renamed.body)->string("summary"), std::string(kMark) + "T");
  Response response;
  response.body = made.body;
  remove_mark(response);
  EXPECT_EQ(response.json.string("summary"), "S");
}

TEST(LiveGuard, EachCallOfABatchIsGuarded) {
  const auto batch = [](const std::string& call) {
    return request("POST", "/batch/calendar/v3",
                   "--x\r\nContent-Type: application/http\r\n\r\n" + call + "\r\n--x--\r\n");
  };
  const Request sent =
      guarded(batch("GET /calendar/v3/calendars/primary/events HTTP/1.1\r\n"), sandbox(), false);
  EXPECT_NE(sent.body.find("\r\n\r\nGET /calendar/v3/calendars/" + kCalendarSegment +
                           "/events HTTP/1.1\r\n"),
            std::string::npos)
      << sent.body;
  const std::string insert =
      "POST /calendar/v3/calendars/primary/events HTTP/1.1\r\nContent-Type: "
      "application/json\r\n\r\n";
  EXPECT_EQ(refused(batch(insert + "{\"attendees\":[{\"email\":\"x@example.org\"}]}")), "");
  EXPECT_NE(refused(batch(insert + "{\"attendees\":[{\"email\":\"boss@gmail.com\"}]}")), "");
  EXPECT_NE(refused(batch(
                "DELETE /calendar/v3/calendars/family%40group.calendar.google.com HTTP/1.1\r\n")),
            "");
  EXPECT_NE(refused(batch("POST /calendar/v3/calendars HTTP/1.1\r\n\r\n{\"summary\":\"S\"}")), "");
  EXPECT_NE(refused(batch("DELETE /drive/v3/files/1 HTTP/1.1\r\n")), "");
}

TEST(LiveGuard, OtherServicesAndUnknownCallsAreRefused) {
  EXPECT_NE(refused({"GET", "https://evil.example.com/calendar/v3/colors", "", {}}), "");
  EXPECT_NE(refused(request("POST", "/token", "")), "");
  EXPECT_NE(refused(request("POST", "/calendar/v3/nonsense", "{}")), "");
  EXPECT_NE(
      refused(request("POST", "/calendar/v3/users/me/calendarList", "{\"id\":\"boss@gmail.com\"}")),
      "");
  EXPECT_NE(refused(request("POST", "/calendar/v3/freeBusy", "{\"items\":[{\"id\":\"primary\"}]}")),
            "");
  EXPECT_NE(refused(request("POST", "/calendar/v3/calendars/primary/events/watch",
                            "{\"address\":\"https://crm.company.com/hook\"}")),
            "");
  EXPECT_EQ(refused(request("POST", "/calendar/v3/calendars/primary/events/watch",
                            "{\"address\":\"https://crm.example.com/hook\"}")),
            "");
  EXPECT_EQ(refused(request("GET", "/calendar/v3/nonsense")), "");
}

}  // namespace
}  // namespace live
