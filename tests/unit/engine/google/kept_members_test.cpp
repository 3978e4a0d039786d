// GoogleSide sends back what it kept of an event, and never a list of guests that it knows in part.
#include "src/engine/calendar/diff.hpp"
#include "src/engine/google/google_side.hpp"
#include "src/engine/google/kept_item.hpp"
#include "tests/unit/engine/google/client_fixture.hpp"
#include "tests/unit/engine/google/google_json.hpp"
#include "tests/unit/engine/google/side_writing.hpp"

namespace gcal::google {
namespace {

using calendar::OriginalStart;
using sync::Operation;
using namespace std::chrono_literals;

class NoLog final : public base::Log {
 public:
  void write(base::Level, std::string_view, const Json&) override {}
};

OriginalStart on(int day) {
  return {false, std::chrono::sys_days{std::chrono::year{2025} / 3 / day} + 10h};
}

Json guest_entry(const std::string& email, Json::Object members = {}) {
  return with_members(Json::object({{"email", email}}), std::move(members));
}

Json with_guests(Json event, Json::Array guests) {
  return with_members(std::move(event), {{"attendees", Json::array(std::move(guests))}});
}

struct KeptMembersTest : ClientFixture {
  NoLog log;
  GoogleSide side{client, log, "me@example.com", "Europe/Berlin"};

  Result<sync::Written> apply(Operation operation) { return write_all(side, std::move(operation)); }
  // A change of `item` as it was read.
  static Operation change_of(const Json& item) {
    auto read = item_from_json(item, "UTC");
    Operation change;
    change.id = item.string("id");
    change.link_id = "link";
    change.if_version = "\"1\"";
    change.before = change.series = read->series;
    change.remote_item.master = read->kept;
    return change;
  }
  static void invite(calendar::Event& event, const char* email) {
    calendar::Attendee guest;
    guest.email = email;
    event.attendees.push_back(std::move(guest));
  }
  Json sent(std::size_t request) const {
    auto body = Json::parse(http.requests.at(request).body);
    return body ? *body : Json();
  }
  bool asked(std::size_t request, const char* part) const {
    return http.requests.at(request).url.find(part) != std::string::npos;
  }
};

TEST_F(KeptMembersTest, AGuestIsSentWithTheMembersThatGoogleSent) {  // P-25
  const Json item = with_guests(
      event_json("e"), {guest_entry("lead@client.example", {{"additionalGuests", 2},
                                                            {"comment", "with a dog"},
                                                            {"later", Json::array({1, 2})}})});
  Operation change = change_of(item);
  invite(change.series.master, "carol@example.com");
  http.answers(200, item.dump());
  ASSERT_TRUE(apply(change));
  const Json guests = sent(0)["attendees"];
  ASSERT_EQ(guests.items().size(), 2u);
  EXPECT_EQ(guests.items()[0], item["attendees"].items()[0]);
  EXPECT_EQ(guests.items()[1].string("email"), "carol@example.com");
}

TEST_F(KeptMembersTest, TheWholeListIsReadBeforeAGuestIsAddedToAShortenedOne) {  // P-24
  const Json part = with_members(with_guests(event_json("e"), {guest_entry("me@example.com")}),
                                 {{"attendeesOmitted", true}});
  const Json whole = with_guests(
      event_json("e"),
      {guest_entry("me@example.com"), guest_entry("lead@client.example", {{"later", 7}})});
  Operation change = change_of(part);
  invite(change.series.master, "carol@example.com");
  http.answers(200, whole.dump());
  http.answers(200, whole.dump());
  ASSERT_TRUE(apply(change));
  EXPECT_EQ(http.requests[0].method, "GET");
  EXPECT_EQ(http.requests[1].method, "PATCH");
  EXPECT_FALSE(sent(1).contains("attendeesOmitted"));
  const Json guests = sent(1)["attendees"];
  ASSERT_EQ(guests.items().size(), 3u);
  EXPECT_EQ(guests.items()[1], whole["attendees"].items()[1]);
}

TEST_F(KeptMembersTest, AListThatStaysHiddenIsRefusedAndNotSent) {  // P-24
  const Json part =
      with_members(with_guests(event_json("e"), {guest_entry("me@example.com", {{"self", true}})}),
                   {{"guestsCanSeeOtherGuests", false},
                    {"guestsCanModify", true},
                    {"organizer", guest_entry("boss@example.com")}});
  Operation change = change_of(part);
  invite(change.series.master, "carol@example.com");
  http.answers(200, part.dump());
  const auto written = apply(change);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Code::denied);
  EXPECT_NE(written.error().message.find("guests"), std::string::npos);
  EXPECT_EQ(http.requests.size(), 1u);
}

TEST_F(KeptMembersTest, TheOwnAnswerToAHiddenListIsSentAlone) {
  const Json part = with_members(
      with_guests(event_json("e"), {guest_entry("boss@example.com", {{"organizer", true}}),
                                    guest_entry("me@example.com", {{"self", true}})}),
      {{"attendeesOmitted", true}, {"organizer", guest_entry("boss@example.com")}});
  Operation change = change_of(part);
  change.series.master.attendees[1].partstat = calendar::PartStat::accepted;
  http.answers(200, part.dump());
  ASSERT_TRUE(apply(change));
  EXPECT_EQ(
      sent(0),
      Json::object({{"attendeesOmitted", true},
                    {"attendees", Json::array({guest_entry("me@example.com",
                                                           {{"responseStatus", "accepted"}})})}}));
}

TEST_F(KeptMembersTest, AnotherChangeOfAShortenedEventSendsNoGuests) {  // P-24
  const Json part = with_members(with_guests(event_json("e"), {guest_entry("me@example.com")}),
                                 {{"attendeesOmitted", true}});
  Operation change = change_of(part);
  change.series.master.location = "elsewhere";
  http.answers(200, part.dump());
  const auto written = apply(change);
  ASSERT_TRUE(written);
  EXPECT_EQ(sent(0), Json::object({{"location", "elsewhere"}}));
  EXPECT_TRUE(written->series.master.attendees_omitted);
}

TEST_F(KeptMembersTest, TheListOfOneDateIsReadWholeBeforeItIsChanged) {  // P-24
  const Json master = master_json("m");
  const Json part =
      with_members(with_guests(instance_json("m", "2025-03-25"), {guest_entry("me@example.com")}),
                   {{"attendeesOmitted", true}});
  const Json whole =
      with_guests(instance_json("m", "2025-03-25"),
                  {guest_entry("me@example.com"), guest_entry("lead@client.example")});
  Operation change = change_of(master);
  const auto exception = item_from_json(part, "UTC");
  change.remote_item.occurrences[on(25)] = exception->kept;
  change.before.occurrences[on(25)] = {false, exception->series.master};
  change.series.occurrences[on(25)] = change.before.occurrences[on(25)];
  invite(change.series.occurrences[on(25)].event, "carol@example.com");
  http.respond = [&](const net::HttpRequest& request) -> support::ScriptedHttp::Answer {
    const bool list = request.url.find("/events?") != std::string::npos;
    const bool series = request.url.find("/events/m?") != std::string::npos;
    return net::HttpResponse{
        200, {}, list ? last_page({master, whole}, "-") : (series ? master : whole).dump()};
  };
  ASSERT_TRUE(apply(change));
  EXPECT_EQ(http.requests[0].method, "GET");
  EXPECT_TRUE(asked(0, "/events/m_20250325T100000Z"));
  EXPECT_EQ(http.requests[1].method, "PATCH");
  EXPECT_EQ(sent(1)["attendees"].items().size(), 3u);
}

Json event_with_room(const std::string& id) {
  return event_json(
      id, {{"conferenceData",
            Json::object({{"conferenceId", "abc"},
                          {"entryPoints",
                           Json::array({Json::object({{"entryPointType", "video"},
                                                      {"uri", "https://meet.example/abc"}})})}})},
           {"attachments", Json::array({Json::object({{"fileUrl", "https://f"}})})},
           {"guestsCanModify", true}});
}

TEST_F(KeptMembersTest, ACopyKeepsItsRoomAndAttachments) {  // PD-10, P-25
  Operation create = change_of(event_with_room("e"));
  create.id.clear();
  create.if_version.reset();
  create.before = {};
  http.answers(200, event_with_room("link").dump());
  const auto written = apply(create);
  ASSERT_TRUE(written);
  EXPECT_TRUE(asked(0, "conferenceDataVersion=1"));
  EXPECT_TRUE(asked(0, "supportsAttachments=true"));
  EXPECT_EQ(sent(0)["conferenceData"].string("conferenceId"), "abc");
  EXPECT_EQ(sent(0)["attachments"], event_with_room("e")["attachments"]);
  EXPECT_TRUE(sent(0)["guestsCanModify"].as_bool());
  EXPECT_EQ(written->series.facts.conference_uri, "https://meet.example/abc");
}

TEST_F(KeptMembersTest, ACopyThatGoogleRefusesIsCreatedWithoutTheRest) {
  Operation create = change_of(event_with_room("e"));
  create.id.clear();
  create.if_version.reset();
  create.before = {};
  http.answers(400, error_body("invalid"));
  http.answers(200, event_json("link").dump());
  ASSERT_TRUE(apply(create));
  EXPECT_FALSE(sent(1).contains("conferenceData"));
  EXPECT_EQ(sent(1).string("summary"), "s");
}

TEST_F(KeptMembersTest, AShortenedListIsNotCopied) {  // P-24
  Operation create = change_of(with_members(
      with_guests(event_json("e"), {guest_entry("me@example.com")}), {{"attendeesOmitted", true}}));
  create.id.clear();
  create.if_version.reset();
  create.before = {};
  EXPECT_EQ(apply(create).error().code, Code::denied);
  EXPECT_TRUE(http.requests.empty());
}

TEST_F(KeptMembersTest, ADateOfACopiedSeriesKeepsItsOwnRoomOrNone) {  // P-25
  const Json master = with_members(event_with_room("e"),
                                   {{"recurrence", Json::array({"RRULE:FREQ=DAILY;COUNT=5"})}});
  Operation create = change_of(master);
  create.id.clear();
  create.if_version.reset();
  create.before = {};
  const auto add = [&](int day, Json::Object members) {
    const auto read = item_from_json(
        instance_json("e", "2025-03-" + std::to_string(day), std::move(members)), "UTC");
    create.series.occurrences[on(day)] = {false, read->series.master};
    create.series.occurrences[on(day)].event.location = "elsewhere";
    create.remote_item.occurrences[on(day)] = read->kept;
  };
  add(25, {{"guestsCanModify", true}, {"attachments", event_with_room("e")["attachments"]}});
  add(26, {{"later", "x"}, {"guestsCanModify", true}});
  http.respond = [&](const net::HttpRequest& request) -> support::ScriptedHttp::Answer {
    const bool list = request.url.find("/events?") != std::string::npos && request.method == "GET";
    return net::HttpResponse{200, {}, list ? last_page({master}, "-") : master.dump()};
  };
  ASSERT_TRUE(apply(create));
  std::vector<std::size_t> patches;
  for (std::size_t i = 0; i < http.requests.size(); ++i)
    if (http.requests[i].method == "PATCH") patches.push_back(i);
  ASSERT_EQ(patches.size(), 2u);
  EXPECT_EQ(sent(patches[0]),
            Json::object({{"location", "elsewhere"}, {"conferenceData", nullptr}}));
  EXPECT_TRUE(asked(patches[0], "conferenceDataVersion=1"));
  EXPECT_EQ(sent(patches[1]), Json::object({{"location", "elsewhere"},
                                            {"later", "x"},
                                            {"conferenceData", nullptr},
                                            {"attachments", nullptr}}));
}

}  // namespace
}  // namespace gcal::google
