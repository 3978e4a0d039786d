#include "src/engine/google/event_json.hpp"

#include <gtest/gtest.h>

#include "src/common/base/random.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/google/kept_item.hpp"
#include "src/engine/google/time_json.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::Event;
using calendar::OriginalStart;
using calendar::ZonedTime;
using namespace std::chrono_literals;

Json parse(const std::string& text) {
  return *Json::parse(text);
}

const std::string kTimes = R"("start":{"dateTime":"2025-03-24T07:30:00-05:00",)"
                           R"("timeZone":"America/Chicago"},)"
                           R"("end":{"dateTime":"2025-03-24T08:15:00-05:00",)"
                           R"("timeZone":"America/Chicago"})";

Item item(const std::string& members) {
  auto read = item_from_json(parse(R"({"id":"e",)" + members + "}"), "Europe/Berlin");
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return read ? *read : Item{};
}

TEST(EventJson, RecordedMasterIsParsedWithZoneRuleAndFacts) {
  const Item read = item(R"("etag":"\"3485464646392798\"","status":"confirmed",)"
                         R"("htmlLink":"https://www.google.com/calendar/event?eid=x",)"
                         R"("summary":"Dishes","creator":{"email":"u@example.com","self":true},)"
                         R"("organizer":{"email":"u@example.com","self":true},)" +
                         kTimes +
                         R"(,"recurrence":["RRULE:FREQ=DAILY;UNTIL=20250327T045959Z"],)"
                         R"("iCalUID":"e@google.com","sequence":0,"reminders":{"useDefault":true},)"
                         R"("eventType":"default")");
  EXPECT_EQ(read.etag, "\"3485464646392798\"");
  EXPECT_EQ(std::get<ZonedTime>(read.series.master.start).zone, "America/Chicago");
  EXPECT_TRUE(read.series.recurring());
  EXPECT_EQ(read.series.facts.ical_uid, "e@google.com");
  EXPECT_TRUE(read.series.facts.organized_by_self);
  EXPECT_FALSE(read.series.master.reminders);
}

TEST(EventJson, CancelledItemsNeedNoOtherMembers) {  // P-08
  EXPECT_TRUE(item(R"("status":"cancelled")").cancelled);
  const Item exception = item(R"("status":"cancelled","recurringEventId":"m",)"
                              R"("originalStartTime":{"dateTime":"2025-03-26T07:30:00-05:00"})");
  EXPECT_TRUE(exception.cancelled);
  EXPECT_EQ(exception.series_id, "m");
  EXPECT_EQ(exception.original_start->instant,
            std::chrono::sys_days{std::chrono::year{2025} / 3 / 26} + 12h + 30min);
}

TEST(EventJson, AllDayEventStaysAPairOfDatesInEveryZone) {  // P-11
  for (const char* zone : {"Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "UTC"}) {
    const auto read = item_from_json(
        parse(R"({"id":"e","start":{"date":"2025-03-30"},"end":{"date":"2025-03-31"}})"), zone);
    ASSERT_TRUE(read);
    const Json body = insert_body(read->series, "e", "m", Json());
    EXPECT_EQ(body["start"], parse(R"({"date":"2025-03-30"})")) << zone;
    EXPECT_EQ(body["end"], parse(R"({"date":"2025-03-31"})")) << zone;
  }
}

TEST(EventJson, ChangeBetweenTimedAndAllDayClearsTheOtherForm) {  // P-11
  const Event timed = item(kTimes).series.master;
  Event all_day = timed;
  all_day.start = calendar::Date{std::chrono::year{2025} / 3 / 24};
  all_day.end = calendar::Date{std::chrono::year{2025} / 3 / 25};
  EXPECT_EQ(patch_body(timed, all_day, Json())["start"],
            parse(R"({"date":"2025-03-24","dateTime":null,"timeZone":null})"));
  EXPECT_TRUE(patch_body(all_day, timed, Json())["start"].find("date")->is_null());
}

// Google still has the time of a cancelled date, of which the engine knows nothing.
TEST(EventJson, ARestoredDateClearsTheOtherFormOfItsTime) {  // P-11
  Event event = item(kTimes).series.master;
  const Json timed = full_body(event, Json());
  event.start = calendar::Date{std::chrono::year{2025} / 3 / 24};
  event.end = calendar::Date{std::chrono::year{2025} / 3 / 25};
  const Json all_day = full_body(event, Json());
  for (const char* const name : {"start", "end"}) {
    ASSERT_TRUE(timed[name].find("date")) << name;
    EXPECT_TRUE(timed[name].find("date")->is_null()) << name;
    ASSERT_TRUE(all_day[name].find("dateTime")) << name;
    EXPECT_TRUE(all_day[name].find("dateTime")->is_null()) << name;
  }
}

TEST(EventJson, InstanceIdFollowsTheUtcOffsetAcrossClockChanges) {  // P-12
  const auto name = [](std::chrono::sys_seconds instant) {
    return instance_id("m", {false, instant});
  };
  const auto at = [](int month, int day, int hour) {
    return std::chrono::sys_days{std::chrono::year{2025} / month / day} + std::chrono::hours{hour};
  };
  EXPECT_EQ(name(at(3, 29, 8)), "m_20250329T080000Z");
  EXPECT_EQ(name(at(3, 31, 7)), "m_20250331T070000Z");
  EXPECT_EQ(instance_id("m", {true, at(10, 26, 0)}), "m_20251026");
}

TEST(EventJson, InstanceIdOmitsTheSuffixOfASplitSeries) {  // P-03
  const OriginalStart start{false,
                            std::chrono::sys_days{std::chrono::year{2025} / 3 / 27} + 12h + 30min};
  EXPECT_EQ(instance_id("abc_R20250327T123000", start), "abc_20250327T123000Z");
  EXPECT_EQ(instance_id("abc_Rest", start), "abc_Rest_20250327T123000Z");
  EXPECT_EQ(instance_id("_imported", start), "_imported_20250327T123000Z");
}

TEST(EventJson, PatchContainsOnlyChangedFields) {  // P-25
  const Event before =
      item(R"("summary":"a","description":"<b>x</b>","location":"l","colorId":"3",)" + kTimes)
          .series.master;
  Event after = before;
  after.summary = "b";
  EXPECT_EQ(patch_body(before, after, Json()), parse(R"({"summary":"b"})"));
  after = before;
  after.description.clear();
  EXPECT_EQ(patch_body(before, after, Json()), parse(R"({"description":null})"));
  EXPECT_TRUE(patch_body(before, before, Json()).members().empty());
}

TEST(EventJson, RemindersAreWrittenWithBothMembersAndAtMostFive) {  // P-25
  Event before = item(kTimes).series.master;
  Event after = before;
  after.reminders.emplace();
  for (int i = 0; i < 9; ++i) after.reminders->push_back({"popup", i});
  const Json body = patch_body(before, after, Json())["reminders"];
  EXPECT_FALSE(body["useDefault"].as_bool(true));
  EXPECT_EQ(body["overrides"].items().size(), 5u);
  EXPECT_EQ(patch_body(after, before, Json())["reminders"],
            parse(R"({"useDefault":true,"overrides":[]})"));
}

TEST(EventJson, EmptyRemindersMeanNoneAndAbsentOnesTheDefault) {
  EXPECT_FALSE(item(R"("reminders":{"useDefault":true},)" + kTimes).series.master.reminders);
  EXPECT_TRUE(
      item(R"("reminders":{"useDefault":false},)" + kTimes).series.master.reminders->empty());
  const auto clamped = *item(R"("reminders":{"useDefault":false,"overrides":[{"method":"popup",)"
                             R"("minutes":99999999},{"method":"email","minutes":-4}]},)" +
                             kTimes)
                            .series.master.reminders;
  EXPECT_EQ(clamped[0].minutes, 40'320);
  EXPECT_EQ(clamped[1].minutes, 0);
}

TEST(EventJson, GuestWithoutAValidAddressIsLeftOut) {  // P-24
  const Event before = item(kTimes).series.master;
  Event after = before;
  for (const char* email : {"ok@example.com", "not an address", ""}) {
    calendar::Attendee guest;
    guest.email = email;
    after.attendees.push_back(guest);
  }
  const Json body = patch_body(before, after, Json());
  EXPECT_EQ(body["attendees"].items().size(), 1u);
}

TEST(EventJson, EveryEventTypeIsParsedAndNewOnesAreUnknown) {  // P-20
  using calendar::EventType;
  for (const auto& [name, type] :
       {std::pair{"default", EventType::default_}, std::pair{"fromGmail", EventType::from_gmail},
        std::pair{"focusTime", EventType::focus_time},
        std::pair{"outOfOffice", EventType::out_of_office},
        std::pair{"workingLocation", EventType::working_location},
        std::pair{"birthday", EventType::birthday}, std::pair{"holodeck", EventType::unknown}})
    EXPECT_EQ(item(std::string(R"("eventType":")") + name + "\"," + kTimes).series.facts.type, type)
        << name;
}

TEST(EventJson, UnknownVisibilityCountsAsPrivate) {  // P-19
  EXPECT_EQ(item(R"("visibility":"secretish",)" + kTimes).series.master.visibility,
            calendar::Visibility::private_);
}

TEST(EventJson, UnsafeLinksAreDropped) {
  const Item read = item(R"j("htmlLink":"javascript:alert(1)",)j"
                         R"j("hangoutLink":"http://plain.example.com",)j"
                         R"j("conferenceData":{"entryPoints":[{"entryPointType":"video",)j"
                         R"j("uri":"data:text/html,x"}]},)j" +
                         kTimes);
  EXPECT_TRUE(read.series.facts.html_link.empty());
  EXPECT_TRUE(read.series.facts.conference_uri.empty());
}

TEST(EventJson, DamagedItemsAreErrors) {  // P-06
  for (const char* bad : {R"({})", R"({"id":"e"})", R"({"id":"e","start":{},"end":{}})",
                          R"({"id":"e","start":{"date":"2025-02-30"},"end":{"date":"2025-03-01"}})",
                          R"({"id":"e","start":{"date":"9999-12-31"},"end":{"date":"9999-12-31"}})",
                          R"({"id":"e","start":{"dateTime":"2025-03-02T25:00:00Z"},)"
                          R"("end":{"dateTime":"2025-03-03T00:00:00Z"}})",
                          R"({"id":"e","recurringEventId":"m","start":{"date":"2025-03-02"},)"
                          R"("end":{"date":"2025-03-03"}})",
                          R"({"id":"e","start":{"date":"2025-03-02"},"end":{"date":"2025-03-03"},)"
                          R"("recurrence":["RRULE:FREQ=NEVER"]})",
                          R"({"id":"e","start":{"date":"2025-03-02"},"end":{"date":"2025-03-03"},)"
                          R"("recurrence":["RRULE:FREQ=DAILY\r\nX-EVIL:1"]})",
                          R"([])", R"("text")", R"({"id":7})"}) {
    const auto read = item_from_json(parse(bad), "Europe/Berlin");
    EXPECT_FALSE(read) << bad;
  }
}

// What Google shows as 10:00 with this offset is 08:00 UTC, whatever the zone is called. The zone
// is the one that the name means, the calendar's where the offset is its, or one with this offset.
TEST(EventJson, ATimeWithAnOffsetIsThatInstantInEveryZone) {  // P-12, P-06
  const std::pair<const char*, const char*> kZones[] = {
      {"GMT+02:00", "Etc/GMT-2"},
      {"GMT+2", "Etc/GMT-2"},
      {"GMT+0200", "Etc/GMT-2"},
      {"UTC+02:00", "Etc/GMT-2"},
      {"Z", "UTC"},
      {"europe/berlin", "Europe/Berlin"},
      {"tzone://Microsoft/Utc", "UTC"},
      {"/freeassociation.sourceforge.net/Europe/Paris", "Europe/Paris"},
      {"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"},
      {"W. Europe Standard Time", "Europe/Berlin"},
      {"Etc/Unknown", "Etc/GMT-2"},
      {"Asia/Nowhere", "Etc/GMT-2"},
      {"Customized Time Zone", "Etc/GMT-2"}};
  for (const auto& [name, zone] : kZones) {
    Json start = Json::object({{"dateTime", "2027-01-12T10:00:00+02:00"}, {"timeZone", name}});
    const auto read = time_from_json(start, "start", "Europe/Berlin");
    ASSERT_TRUE(read) << name;
    const auto& [instant, found] = std::get<ZonedTime>(*read);
    EXPECT_EQ(instant, std::chrono::sys_days{std::chrono::year{2027} / 1 / 12} + 8h) << name;
    EXPECT_EQ(found, zone) << name;
  }
  const auto zone_of = [](const char* text, const std::string& calendar) {
    Json start = Json::object({{"dateTime", text}, {"timeZone", "Etc/Unknown"}});
    return std::get<ZonedTime>(*time_from_json(start, "start", calendar)).zone;
  };
  EXPECT_EQ(zone_of("2027-01-12T10:00:00+01:00", "Europe/Berlin"), "Europe/Berlin");
  EXPECT_EQ(zone_of("2027-01-12T10:00:00+05:45", "Europe/Berlin"), "Asia/Kathmandu");
  EXPECT_EQ(zone_of("2027-01-12T10:00:00-02:30", "Europe/Berlin"), "Europe/Berlin");
  EXPECT_EQ(zone_of("2027-01-12T10:00:00", "Europe/Berlin"), "Europe/Berlin");
  EXPECT_EQ(zone_of("2027-01-12T10:00:00+00:20", "Mars/Olympus"), "UTC");
}

TEST(EventJson, EmptyAndNegativeRangesAndEndsOfTheOtherKindAreShown) {  // P-06
  const auto range = [](const char* start, const char* end) {
    const auto read = range_from_json(
        parse(R"({"start":)" + std::string(start) + R"(,"end":)" + end + "}"), "Europe/Berlin");
    EXPECT_TRUE(read) << start << end;
    return read ? time_json(read->start, false).dump() + time_json(read->end, false).dump() : "";
  };
  const std::string whole_day = R"({"date":"2027-01-20"}{"date":"2027-01-21"})";
  const char* const day = R"({"date":"2027-01-20"})";
  EXPECT_EQ(range(day, day), whole_day);
  EXPECT_EQ(range(day, R"({"date":"2027-01-19"})"), whole_day);
  EXPECT_EQ(range(day, "null"), whole_day);
  EXPECT_EQ(range(day, R"({"dateTime":"2027-01-20T23:00:00Z"})"), whole_day);
  EXPECT_EQ(range(day, R"({"dateTime":"2027-01-20T23:00:01Z"})"),
            R"({"date":"2027-01-20"}{"date":"2027-01-22"})");
  const char* const time = R"({"dateTime":"2027-01-20T10:00:00Z","timeZone":"UTC"})";
  EXPECT_EQ(range(time, R"({"dateTime":"2027-01-20T09:00:00Z"})"), std::string(time) + time);
  EXPECT_EQ(range(time, "null"), std::string(time) + time);
  EXPECT_EQ(range(time, R"({"date":"2027-01-21"})"),
            std::string(time) + R"({"dateTime":"2027-01-21T00:00:00Z","timeZone":"UTC"})");
}

TEST(EventJson, GuestsWithoutAnAddressAreShownByNameAndLeftAlone) {  // P-24, P-25
  const Json google = parse(R"({"id":"e","attendees":[{"email":"lead@client.example"},)"
                            R"({"displayName":"Bridge line"},{"displayName":"Room 7"},)"
                            R"({"id":"115"},{"email":"not an address"}],)" +
                            kTimes + "}");
  const auto read = item_from_json(google, "Europe/Berlin");
  ASSERT_TRUE(read);
  const Event& before = read->series.master;
  ASSERT_EQ(before.attendees.size(), 4u);
  EXPECT_EQ(before.attendees[1].name, "Bridge line");
  EXPECT_EQ(before.attendees[2].name, "Room 7");
  Event after = before;
  after.attendees.erase(after.attendees.begin() + 1);
  EXPECT_FALSE(calendar::equal_attendees(before.attendees, after.attendees));
  calendar::Attendee carol;
  carol.email = "carol@example.com";
  after.attendees.push_back(carol);
  const Json sent = patch_body(before, after, parse_kept(read->kept))["attendees"];
  ASSERT_EQ(sent.items().size(), 6u);
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_EQ(sent.items()[i], google["attendees"].items()[i]) << i;
  EXPECT_EQ(sent.items()[5].string("email"), "carol@example.com");
}

TEST(EventJson, ANulInATextCostsOneCharacter) {  // P-06
  EXPECT_EQ(item(R"("summary":"a\u0000b",)" + kTimes).series.master.summary,
            "a\xEF\xBF\xBD"
            "b");
}

TEST(EventJson, MembersOfWrongTypeDoNotCrash) {
  const Json good = parse(R"({"id":"e","summary":"s","attendees":[{"email":"a@b.c"}],)"
                          R"("reminders":{"useDefault":false},"recurrence":["RRULE:FREQ=DAILY"],)"
                          R"("organizer":{"self":true},)"
                          R"("extendedProperties":{"private":{"crm_link":"x"}},)"
                          R"("conferenceData":{"entryPoints":[]},)" +
                          kTimes + "}");
  const Json wrong[] = {
      Json(), Json(7), Json(true), Json("text"), Json::array({Json(1)}), Json::object({{"x", 1}})};
  for (const auto& [name, value] : good.members())
    for (const Json& other : wrong) {
      Json damaged = good;
      damaged.set(name, other);
      (void)item_from_json(damaged, "Europe/Berlin");
    }
}

// Insert and parse give the same event; a patch with the differences gives the other one.
TEST(EventJson, RandomEventsSurviveInsertPatchAndParse) {  // S-27
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    support::SeededRandom random(seed);
    const auto any = [&] {
      calendar::Series series;
      Event& event = series.master;
      const auto text = [&] {
        return random.below(3) == 0 ? std::string() : "text " + std::to_string(random.below(5));
      };
      event.summary = text();
      event.description = text();
      event.location = text();
      event.color = random.below(2) == 0 ? "" : std::to_string(1 + random.below(11));
      const auto start = std::chrono::sys_seconds{std::chrono::seconds{
          1'700'000'000 + static_cast<std::int64_t>(random.below(100'000)) * 900}};
      if (random.below(2) == 0) {
        const auto day = std::chrono::floor<std::chrono::days>(start);
        event.start = calendar::Date{day};
        event.end = calendar::Date{day + std::chrono::days{1 + static_cast<int>(random.below(3))}};
      } else {
        event.start =
            ZonedTime{start, random.below(2) == 0 ? "Asia/Kathmandu" : "America/St_Johns"};
        event.end = ZonedTime{start + std::chrono::minutes{random.below(200)}, "Europe/Berlin"};
      }
      event.status = static_cast<calendar::Status>(random.below(2));
      event.transparency = static_cast<calendar::Transparency>(random.below(2));
      event.visibility = static_cast<calendar::Visibility>(random.below(4));
      for (std::uint64_t i = random.below(4); i > 0; --i) {
        calendar::Attendee guest;
        guest.email = "g" + std::to_string(i) + "@example.com";
        guest.partstat = static_cast<calendar::PartStat>(random.below(4));
        guest.optional = random.below(2) == 0;
        event.attendees.push_back(guest);
      }
      if (random.below(2) == 0)
        event.reminders =
            std::vector{calendar::Reminder{"popup", static_cast<std::int32_t>(random.below(100))}};
      if (random.below(3) == 0)
        series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(2 + random.below(9))};
      return series;
    };
    const calendar::Series before = any();
    const calendar::Series after = any();
    Json stored = insert_body(before, "e", "m", Json());
    const auto first = item_from_json(stored, "UTC");
    ASSERT_TRUE(first) << "seed " << seed << " " << first.error().message;
    EXPECT_FALSE(calendar::changed(before, first->series).any())
        << "seed " << seed << " " << calendar::changed(before, first->series).to_string()
        << stored.dump();
    EXPECT_EQ(first->series.facts.link_mark, "m");
    const Json patch = patch_body(before, after, Json());
    for (const auto& [name, value] :
         patch.members()) {  // as PATCH does: null clears, objects merge
      if (value.is_null()) {
        stored.erase(name);
      } else if (value.is_object() && stored[name].is_object()) {
        for (const auto& [inner, part] : value.members())
          part.is_null() ? (void)stored.member(name).erase(inner)
                         : (void)stored.member(name).set(inner, part);
      } else {
        stored.set(name, value);
      }
    }
    const auto second = item_from_json(stored, "UTC");
    ASSERT_TRUE(second) << "seed " << seed << " " << second.error().message;
    EXPECT_FALSE(calendar::changed(after, second->series).any())
        << "seed " << seed << " " << calendar::changed(after, second->series).to_string();
  }
}

}  // namespace
}  // namespace gcal::google
