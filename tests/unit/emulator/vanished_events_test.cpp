// Lists of changes with singleEvents: what has vanished comes as cancelled, what another part of a
// split series shows does not.
#include <gtest/gtest.h>

#include <map>

#include "src/common/net/url.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr const char* kEvents = "/calendar/v3/calendars/primary/events";

// A client that keeps occurrences by id and drops what comes as cancelled.
struct Client {
  InProcess& google;
  std::map<std::string, std::string> start_by_id;
  std::string sync_token;

  void sync() {
    const std::string since =
        sync_token.empty() ? "" : "&syncToken=" + gcal::net::percent_encode(sync_token);
    const Json list = google.json("GET", std::string(kEvents) + "?singleEvents=true" + since);
    for (const Json& item : list["items"].items()) {
      if (item.string("status") == "cancelled")
        start_by_id.erase(item.string("id"));
      else
        start_by_id[item.string("id")] = item["start"].dump();
    }
    sync_token = list.string("nextSyncToken");
    EXPECT_NE(sync_token, "");
  }
};

std::map<std::string, std::string> full_list(InProcess& google) {
  Client fresh{google, {}, {}};
  fresh.sync();
  return fresh.start_by_id;
}

// {"start":...,"end":...} of half an hour in Berlin.
std::string times(const std::string& hour) {
  const std::string zone = R"(:00","timeZone":"Europe/Berlin"})";
  return R"({"start":{"dateTime":")" + hour + ":00" + zone + R"(,"end":{"dateTime":")" + hour +
         ":30" + zone + "}";
}

std::string token_of_berta(InProcess& google) {
  const std::string email = "berta@example.com";
  google.emulator.google().add_account(email, "Berta");
  Tokens& tokens = google.emulator.tokens();
  const Scopes scopes = full_scopes({"calendar"});
  return tokens.issue_access(email, "test", scopes, tokens.issue_refresh(email, "test", scopes));
}

std::string insert_series(InProcess& google, const std::string& recurrence) {
  std::string body = times("2026-12-01T09");
  body.back() = ',';
  return google.json("POST", kEvents, body + R"("recurrence":)" + recurrence + "}").string("id");
}

TEST(VanishedEvents, AStartThatExdateLeavesIsReportedWhenItGoes) {
  for (const std::string& change :
       {std::string(R"({"status":"cancelled"})"), times("2026-12-03T09")}) {
    InProcess google;
    (void)google.call("POST", "/_emulator/behaviour",
                      R"({"exdate_of_start_outside_rule":"ignored"})");
    const std::string id = insert_series(
        google, R"(["RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3","EXDATE:20261201T080000Z"])");
    Client client{google, {}, {}};
    client.sync();
    ASSERT_TRUE(client.start_by_id.contains(id + "_20261201T080000Z"));
    ASSERT_EQ(google.call("PATCH", std::string(kEvents) + "/" + id, change).status, 200);
    client.sync();
    EXPECT_FALSE(client.start_by_id.contains(id + "_20261201T080000Z")) << change;
    EXPECT_EQ(client.start_by_id, full_list(google)) << change;
  }
}

// In the guest's calendar, the first part's exception at 08:00 UTC is cancelled since the series
// moved to 07:00; the second part moved back to 08:00, so that the id is that of an occurrence.
TEST(VanishedEvents, AChangeOfOnePartKeepsTheOccurrencesOfTheOthers) {
  InProcess google;
  (void)google.call("POST", "/_emulator/behaviour",
                    R"({"exceptions_after_master_change":"reset"})");
  const std::string anna = google.token, berta = token_of_berta(google);
  const std::string id = insert_series(google, R"(["RRULE:FREQ=DAILY;COUNT=8"],)"
                                               R"("attendees":[{"email":"berta@example.com"}])");
  const std::string path = std::string(kEvents) + "/" + id;
  const std::string fifth = id + "_20261205T080000Z";
  const auto patch = [&](const std::string& event, const char* change) {
    EXPECT_EQ(google.call("PATCH", event, change).status, 200) << event;
  };
  const auto on_page = [&](const char* suffix, const char* scope, const std::string& change) {
    const std::string edit = R"({"email":"anna@example.com","calendar":"primary","event":")" + id +
                             suffix + R"(","scope":")" + scope + R"(","change":)" + change + "}";
    EXPECT_EQ(google.call("POST", "/_emulator/series", edit).status, 200) << edit;
  };
  patch(path + "_20261205T080000Z", R"({"summary":"Edited"})");
  on_page("_20261202T080000Z", "all", times("2026-12-02T08"));
  on_page("_20261203T070000Z", "following", R"({"summary":"Later"})");
  on_page("_20261203T070000Z", "following", times("2026-12-03T09"));
  google.token = berta;
  Client client{google, {}, {}};
  client.sync();
  ASSERT_TRUE(client.start_by_id.contains(fifth));
  google.token = anna;
  patch(path, R"({"summary":"First"})");
  google.token = berta;
  client.sync();
  EXPECT_TRUE(client.start_by_id.contains(fifth));
  EXPECT_EQ(client.start_by_id, full_list(google));
}

}  // namespace
}  // namespace emulator
