// What the hosting library itself refuses of an event, before a CRM is asked.
#include "src/hosting/services/event_shape.hpp"

#include <gtest/gtest.h>

namespace hosting {
namespace {

using gcal::base::Json;

struct Shape {
  const char* name;
  const char* members;  // beside a right start and end; a member of the same name replaces
  const char* message;  // "": it is accepted
};

class EventShape : public testing::TestWithParam<Shape> {};

TEST_P(EventShape, IsAcceptedOrNamedByItsMember) {
  Json event = *Json::parse(
      R"({"start":{"date_time":"2026-03-02T09:00:00+01:00","time_zone":"Europe/Berlin"},)"
      R"("end":{"date_time":"2026-03-02T10:00:00+01:00"}})");
  const auto members = Json::parse(GetParam().members);
  ASSERT_TRUE(members) << members.error().message;
  for (const auto& [name, value] : members->members()) event.set(name, value);
  const auto checked = check_event(event);
  EXPECT_EQ(checked ? "" : checked.error().message, GetParam().message);
}

constexpr Shape kShapes[]{
    {"Plain", "{}", ""},
    {"Whole",
     R"({"summary":"s","description":"d","location":"l","color":"1","status":"tentative",)"
     R"("transparency":"transparent","visibility":"private","reminders":[],)"
     R"("attendees":[{"email":"","name":"Room","resource":true,"partstat":"accepted"}],)"
     R"("recurrence":["RRULE:FREQ=DAILY"],"facts":{"ical_uid":"1"},"unknown":[1]})",
     ""},
    {"CancelledDate",
     R"({"occurrences":[{"original_start":{"date":"2026-03-02"},"cancelled":true}]})", ""},
    {"WithoutStart", R"({"start":null})", "start: an object with date or date_time is expected"},
    {"TimeWithoutKind", R"({"start":{}})", "start: either date or date_time is expected"},
    {"TimeOfBothKinds", R"({"end":{"date":"2026-03-02","date_time":"2026-03-02T10:00:00Z"}})",
     "end: either date or date_time is expected"},
    {"DayAndTime", R"({"end":{"date":"2026-03-03"}})",
     "end: start and end must both be days or both be times"},
    {"NumberAsTime", R"({"start":{"date_time":5}})", "start: date_time: a text is expected"},
    {"NumberAsTitle", R"({"summary":5})", "summary: a text is expected"},
    {"UnknownStatus", R"({"status":"cancelled"})", "status: an unknown value"},
    {"GuestWithoutAddress", R"({"attendees":[{"name":"n"}]})", "attendees: each needs an email"},
    {"GuestsAsObject", R"({"attendees":{}})", "attendees: a list is expected"},
    {"TextAsFlag", R"({"attendees":[{"email":"a@b.example","self":"yes"}]})",
     "attendees: self: true or false is expected"},
    {"EmptyLine", R"({"recurrence":[""]})", "recurrence: lines of text are expected"},
    {"DateWithoutEvent", R"({"occurrences":[{"original_start":{"date":"2026-03-02"}}]})",
     "occurrences: an event is a JSON object"},
    {"ReminderWithoutMinutes", R"({"reminders":[{"method":"popup"}]})",
     "reminders: each has a method and minutes, from 0 on"},
    {"ReminderAfterTheStart", R"({"reminders":[{"method":"popup","minutes":-1}]})",
     "reminders: each has a method and minutes, from 0 on"},
    {"PartOfAMinute", R"({"reminders":[{"method":"popup","minutes":1.5}]})",
     "reminders: each has a method and minutes, from 0 on"},
    {"ZoneWithoutName", R"({"start":{"date_time":"2026-03-02T09:00:00Z","time_zone":""}})",
     "start: time_zone: a name is expected"},
    {"LongColor", R"({"color":"123456789012345678901234567890123"})", "color: at most 32 bytes"},
    {"DateTwice",
     R"({"occurrences":[{"original_start":{"date":"2026-03-02"},"cancelled":true},)"
     R"({"original_start":{"date":"2026-03-02"},"cancelled":true}]})",
     "occurrences: two are of one original_start"},
    {"TextAsSequence", R"({"facts":{"sequence":"x"}})",
     "facts: sequence: a whole number is expected"},
    {"TextAsLock", R"({"facts":{"locked":"x"}})", "facts: locked: true or false is expected"},
    {"UnknownType", R"({"facts":{"type":"zzz"}})", "facts: type: an unknown value"},
    {"FactsAsList", R"({"facts":[]})", "facts: an object is expected"},
};

INSTANTIATE_TEST_SUITE_P(Table, EventShape, testing::ValuesIn(kShapes),
                         [](const auto& shape) { return std::string(shape.param.name); });

TEST(EventShapeTest, AnythingButAnObjectIsRefused) {
  for (const char* const text : {"{}", "[]", "null", "\"event\""})
    EXPECT_FALSE(check_event(*Json::parse(text))) << text;
}

TEST(EventShapeTest, AListHasAtMostTenThousandEntries) {
  Json event = *Json::parse(R"({"start":{"date":"2026-03-02"},"end":{"date":"2026-03-03"}})");
  Json lines = Json::array();
  for (int i = 0; i < 10'001; ++i) lines.push("EXDATE:20260302");
  event.set("recurrence", std::move(lines));
  const auto checked = check_event(event);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message, "recurrence: at most 10000");
}

}  // namespace
}  // namespace hosting
