// What is only guessed about Google, where a client's outcome depends on it: which value of each
// switch of google_emulator holds. src/emulator/BEHAVIOUR.md describes the values and the sources.
#include <set>

#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

// The value that the response's status means; a failure and "" for any other status.
std::string by_status(const Response& response, const std::string& accepted,
                      const std::string& refused) {
  if (response.status == 200) return accepted;
  EXPECT_TRUE(response.status == 400 || response.status == 403 || response.status == 409)
      << response.status << " " << response.body;
  return response.status >= 400 && response.status < 500 ? refused : "";
}

// The value that both halves of a question have; a failure and "" when they differ.
std::string both(const std::string& first, const std::string& second) {
  EXPECT_EQ(first, second) << "the two halves of the question differ";
  return first == second ? first : "";
}

bool has_exception(Client& client, const std::string& id) {
  const Response one = client.event(id);
  return one.status == 200 && one.text("status") == "confirmed" && one.text("summary") == "Other";
}

// A daily series of five with exceptions of the second and the third; its id.
std::string series_with_exceptions(Client& client) {
  std::string id = client.insert(daily()).text("id");
  for (const char* original : {"_20261202T080000Z", "_20261203T080000Z"})
    EXPECT_EQ(client.patch(event_path(id + original), json("{'summary':'Other'}")).status, 200);
  return id;
}

// A daily series of three with such an EXDATE has this many instances.
std::size_t instances_without(Client& client, Json body, const std::string& exdate) {
  body.set("recurrence", Json::array({"RRULE:FREQ=DAILY;COUNT=3", exdate}));
  const Response made = client.insert(body);
  EXPECT_EQ(made.status, 200) << made.body;
  return client.instances(made.text("id")).count();
}

SECTION("guesses");

PROBE(Client, "exceptions_after_master_change",
      "what becomes of the exceptions when a series' start or rule is PATCHed") {
  // Every second day: the second occurrence has no place in the new rule, the third one has.
  const std::string by_rule = series_with_exceptions(client);
  EXPECT_EQ(client
                .patch(event_path(by_rule),
                       json("{'recurrence':['RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3']}"))
                .status,
            200);
  const bool lost_place = has_exception(client, by_rule + "_20261202T080000Z");
  const bool kept_place = has_exception(client, by_rule + "_20261203T080000Z");
  EXPECT_TRUE(kept_place || !lost_place);
  // An hour later: none of the old places is left.
  const std::string by_start = series_with_exceptions(client);
  EXPECT_EQ(
      client
          .patch(event_path(by_start),
                 json("{'start':{'dateTime':'2026-12-01T10:00:00','timeZone':'Europe/Berlin'},"
                      "'end':{'dateTime':'2026-12-01T10:30:00','timeZone':'Europe/Berlin'}}"))
          .status,
      200);
  const bool stays = has_exception(client, by_start + "_20261202T080000Z");
  EXPECT_EQ(stays, lost_place) << "a new start and a new rule differ";
  if (stays != lost_place) return "";
  if (stays) return "orphan";
  return kept_place ? "reset" : "page";
}

PROBE(Client, "exceptions_after_rule_removal",
      "what becomes of the exceptions when a series becomes a single event") {
  const std::string id = series_with_exceptions(client);
  EXPECT_EQ(client.patch(event_path(id), json("{'recurrence':null}")).status, 200);
  const bool stays = has_exception(client, id + "_20261202T080000Z");
  EXPECT_EQ(client.events("?singleEvents=true").count(), stays ? 3u : 1u);
  return stays ? "orphan" : "reset";
}

PROBE(Client, "deleted_event_update", "a PATCH of a deleted event restores it or is refused") {
  const std::string id = client.insert(timed("A")).text("id");
  (void)client.remove(event_path(id));
  std::string value = by_status(client.patch(event_path(id), json("{'status':'confirmed'}")),
                                "restores", "refused");
  EXPECT_EQ(client.events().count(), value == "restores" ? 1u : 0u);
  return value;
}

PROBE(Client, "responses_after_time_change",
      "the guests' answers after the organizer has changed the time") {
  const Json guests = json("{'attendees':[{'email':'g@example.org','responseStatus':'accepted'}]}");
  const std::string id =
      client.insert(merged(timed("A"), guests.dump()), "?sendUpdates=none").text("id");
  EXPECT_EQ(client.event(id).text("attendees.0.responseStatus"), "accepted");
  const Response moved = client.patch(event_path(id, "?sendUpdates=none"),
                                      json("{'start':{'dateTime':'2026-12-01T15:00:00+01:00'},"
                                           "'end':{'dateTime':'2026-12-01T16:00:00+01:00'}}"));
  const std::string answer = moved.text("attendees.0.responseStatus");
  EXPECT_TRUE(answer == "accepted" || answer == "needsAction") << moved.body;
  return answer == "accepted" ? "kept" : answer == "needsAction" ? "reset" : "";
}

PROBE(Client, "reminders_patch", "PATCH of reminders: replaced as a whole, or merged by member") {
  const std::string id = client
                             .insert(merged(timed("A"),
                                            "{'reminders':{'useDefault':false,"
                                            "'overrides':[{'method':'popup','minutes':7}]}}"))
                             .text("id");
  // Merged, it has the default and overrides, which is refused.
  const Response changed = client.patch(event_path(id), json("{'reminders':{'useDefault':true}}"));
  if (changed.status == 400) {
    EXPECT_EQ(changed.reason(), "cannotUseDefaultRemindersAndSpecifyOverride");
  }
  return by_status(changed, "replaced", "merged");
}

PROBE(Client, "exdate_of_other_kind",
      "an EXDATE with a date in a timed series, with a time in an all-day one") {
  const auto value = [](std::size_t count) -> std::string {
    EXPECT_TRUE(count == 2 || count == 3) << count;
    return count == 3 ? "ignored" : "excludes";
  };
  const std::size_t of_times = instances_without(client, daily(), "EXDATE;VALUE=DATE:20261202");
  const std::size_t of_days = instances_without(client, all_day("D", "2026-12-01", "2026-12-02"),
                                                "EXDATE:20261202T000000Z");
  return both(value(of_times), value(of_days));
}

PROBE(Client, "exdate_of_start_outside_rule",
      "an EXDATE at a series' own start that its rule does not name") {
  // A Monday and every Tuesday.
  Json body = timed("S", "2026-12-07T09:00:00", "2026-12-07T10:00:00");
  for (const char* name : {"start", "end"}) body.member(name).set("timeZone", "Europe/Berlin");
  body.set("recurrence", json("['RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2',"
                              "'EXDATE;TZID=Europe/Berlin:20261207T090000']"));
  const std::size_t count = client.instances(client.insert(body).text("id")).count();
  EXPECT_TRUE(count == 2 || count == 3) << count;
  return count == 2 ? "excludes" : "ignored";
}

PROBE(Client, "occurrence_in_gap",
      "an occurrence at a time that the begin of summer time leaves out") {
  Json body = timed("S", "2027-03-27T02:30:00", "2027-03-27T03:00:00");
  for (const char* name : {"start", "end"}) body.member(name).set("timeZone", "Europe/Berlin");
  body.set("recurrence", json("['RRULE:FREQ=DAILY;COUNT=3']"));
  const Response all = client.instances(client.insert(body).text("id"));
  std::set<std::string> days;
  for (const Json& one : all.list("items"))
    days.insert(one["start"].string("dateTime").substr(0, 10));
  EXPECT_TRUE(days.contains("2027-03-27") && days.contains("2027-03-29")) << all.body;
  return days.contains("2027-03-28") ? "moved" : "skipped";
}

PROBE(Client, "until_of_other_kind",
      "UNTIL with a time in an all-day series, with a date in a timed one") {
  const auto value = [&](Json body, const char* rule) {
    body.set("recurrence", Json::array({rule}));
    return by_status(client.insert(body), "accepted", "refused");
  };
  return both(
      value(all_day("D", "2026-12-01", "2026-12-02"), "RRULE:FREQ=DAILY;UNTIL=20261205T000000Z"),
      value(daily(), "RRULE:FREQ=DAILY;UNTIL=20261205"));
}

PROBE(Client, "q_words", "a term of q finds whole words, the beginning or any part of one") {
  (void)client.insert(timed("Zahnarzttermin"));
  EXPECT_EQ(client.events("?q=zahnarzttermin").count(), 1u);
  const bool prefix = client.events("?q=zahnarzt").count() == 1;
  const bool part = client.events("?q=arztter").count() == 1;
  EXPECT_TRUE(prefix || !part) << "a part of a word, but not its beginning";
  return part ? "part" : prefix ? "prefix" : "whole";
}

PROBE(Client, "sync_token_other_parameters",
      "a sync token with another singleEvents than in its first request") {
  return by_status(client.changes_since(client.sync_token(), "&singleEvents=true"), "accepted",
                   "refused");
}

PROBE(Client, "insert_of_same_ical_uid", "a second insert with the same iCalUID") {
  Json body = timed("A");
  body.set("iCalUID", unique_id("u") + "@example.org");
  EXPECT_EQ(client.insert(body).status, 200);
  std::string value = by_status(client.insert(body), "accepted", "refused");
  EXPECT_EQ(client.events().count(), value == "accepted" ? 2u : 1u);
  return value;
}

PROBE(Client, "insert_with_id_and_ical_uid", "an insert with both id and iCalUID") {
  Json body = timed("A");
  body.set("id", unique_id("u"));
  body.set("iCalUID", unique_id("u") + "@example.org");
  return by_status(client.insert(body), "accepted", "refused");
}

PROBE(Client, "import_of_same_ical_uid", "a second import with the same iCalUID") {
  Json body = timed("A");
  body.set("iCalUID", unique_id("u") + "@example.org");
  const Response first = client.post("/calendars/primary/events/import", body);
  body.set("summary", "B");
  const Response second = client.post("/calendars/primary/events/import", body);
  std::string value = by_status(second, "updates", "refused");
  if (value == "updates") {
    EXPECT_EQ(second.text("id"), first.text("id"));
  }
  EXPECT_EQ(client.events().count(), 1u);
  EXPECT_EQ(client.events().text("items.0.summary"), value == "updates" ? "B" : "A");
  return value;
}

FACT(EmulatorOnly, "a guest's copy follows the organizer's exceptions under each value", guessed) {
  const User guest = client.another_user();
  for (const char* value : {"reset", "page", "orphan"}) {
    SCOPED_TRACE(value);
    (void)client.control("POST", "/behaviour",
                         Json::object({{"exceptions_after_master_change", value}}));
    Json body = daily();
    body.set("attendees", Json::array({Json::object({{"email", guest.email}})}));
    const std::string id = client.insert(body).text("id");
    (void)client.patch(event_path(id + "_20261202T080000Z"), json("{'summary':'Other'}"));
    (void)client.remove(event_path(id + "_20261203T080000Z"));
    EXPECT_EQ(
        client
            .patch(event_path(id),
                   json("{'start':{'dateTime':'2026-12-01T10:00:00','timeZone':'Europe/Berlin'},"
                        "'end':{'dateTime':'2026-12-01T10:30:00','timeZone':'Europe/Berlin'}}"))
            .status,
        200);
    const auto starts = [&](const User& reader) {
      std::set<std::string> out;
      const std::string path = event_path(id) + "/instances?showDeleted=true";
      for (const Json& one : client.as(reader, "GET", path).list("items"))
        out.insert(one.string("id") + " " + one.string("status") + " " + one.string("summary") +
                   " " + one["start"].string("dateTime"));
      return out;
    };
    EXPECT_EQ(starts(guest), starts(client.me));
    EXPECT_EQ(starts(guest).size(), std::string(value) == "orphan" ? 7u : 5u);
  }
}

FACT(EmulatorOnly, "every switch has a probe", guessed) {
  std::set<std::string> switches, probes;
  for (const Json& one : client.control("GET", "/behaviour").list("switches"))
    switches.insert(one.string("name"));
  for (const Fact& fact : all_facts())
    if (fact.probe) probes.insert(fact.switch_name);
  EXPECT_EQ(probes, switches);
}

}  // namespace
}  // namespace contract
