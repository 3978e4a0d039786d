// The cases of decision 0026, one row each: what a user of each side did to one series, and what
// both sides hold afterwards. A row is also merged with the sides exchanged, except those that
// speak of a guest's answer, which is the remote side's to say.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "src/common/icalendar/zone.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/merge.hpp"

namespace gcal::sync {
namespace {

using namespace std::chrono_literals;
using calendar::Attendee;
using calendar::Event;
using calendar::PartStat;
using calendar::ZonedTime;
using std::chrono::seconds;
using std::chrono::year;

const std::string kZone = "Europe/Berlin";
const std::string kOwn = "anna@example.com";
const std::string kGuest = "contact@client.example";

std::chrono::sys_seconds berlin(std::chrono::year_month_day day, seconds time) {
  return *icalendar::to_instant(std::chrono::local_days{day} + time, kZone);
}

// The Monday with this number: 4 January 2027 is 0. The clocks change on 28 March.
std::chrono::year_month_day monday(int number) {
  return std::chrono::sys_days{year{2027} / 1 / 4} + std::chrono::weeks{number};
}

OriginalStart on(int number, seconds time = 10h) {
  return {false, berlin(monday(number), time)};
}

OriginalStart on_day(std::chrono::year_month_day day, seconds time = 10h) {
  return {false, berlin(day, time)};
}

Attendee guest(const std::string& address) {
  Attendee made;
  made.email = address;
  made.self = address == kOwn;
  return made;
}

// Mondays 10:00 to 11:00 in Berlin, with one guest.
Series weekly() {
  Series series;
  series.master.summary = "Jour fixe";
  series.master.start = ZonedTime{on(0).instant, kZone};
  series.master.end = ZonedTime{on(0).instant + 1h, kZone};
  series.master.attendees = {guest(kOwn), guest(kGuest)};
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=20"};
  return series;
}

using Act = std::function<void(Series&)>;

Act acts(std::vector<Act> all) {
  return [all](Series& series) {
    for (const Act& act : all) act(series);
  };
}
void nothing(Series&) {}

// Changes one date as a side does: an exception with the whole content of the date.
Act edit(OriginalStart start, std::function<void(Event&)> change) {
  return [=](Series& series) {
    calendar::Occurrence& occurrence = series.occurrences[start];
    if (occurrence.event.start == calendar::EventTime{})
      occurrence.event = calendar::occurrence_by_rule(series.master, start);
    occurrence.cancelled = false;
    change(occurrence.event);
  };
}
Act cancel(OriginalStart start) {
  return [=](Series& series) { series.occurrences[start] = calendar::Occurrence{true, {}}; };
}
Act by_rule(OriginalStart start) {
  return [=](Series& series) { series.occurrences.erase(start); };
}
Act all(std::function<void(Event&)> change) {
  return [=](Series& series) { change(series.master); };
}
Act rule(std::vector<std::string> lines) {
  return [=](Series& series) { series.recurrence = lines; };
}

std::function<void(Event&)> title(std::string text) {
  return [=](Event& event) { event.summary = text; };
}
std::function<void(Event&)> place(std::string text) {
  return [=](Event& event) { event.location = text; };
}
std::function<void(Event&)> answer(std::string address, PartStat partstat) {
  return [=](Event& event) {
    for (Attendee& each : event.attendees)
      if (each.email == address) each.partstat = partstat;
  };
}
std::function<void(Event&)> add(std::string address) {
  return [=](Event& event) { event.attendees.push_back(guest(address)); };
}
std::function<void(Event&)> remove(std::string address) {
  return [=](Event& event) {
    std::erase_if(event.attendees, [&](const Attendee& each) { return each.email == address; });
  };
}
std::function<void(Event&)> at(std::chrono::sys_seconds start, std::string zone = kZone) {
  return [=](Event& event) {
    event.start = ZonedTime{start, zone};
    event.end = ZonedTime{start + 1h, zone};
  };
}
// Makes it an event of the day on which it starts.
void all_day(Event& event) {
  const auto wall = icalendar::to_local(std::get<ZonedTime>(event.start).instant, kZone);
  const std::chrono::sys_days day{std::chrono::floor<std::chrono::days>(*wall).time_since_epoch()};
  event.start = calendar::Date{day};
  event.end = calendar::Date{day + std::chrono::days{1}};
}
OriginalStart day(int number) {
  return {true, std::chrono::sys_days{monday(number)}};
}
// The whole series begins at this time; it has no exceptions that would move as well.
Act move_all(std::chrono::sys_seconds start) {
  return all(at(start));
}

enum class Lost { none, crm, remote, both };

struct Case {
  const char* name;
  Act base, crm, remote;
  Act expected;  // what both sides hold, made from the base
  Lost lost = Lost::none;
  bool answers = false;  // about answers: the sides are not exchanged
  bool edit_beat_delete = false;
};

const auto kAccepts = answer(kGuest, PartStat::accepted);

std::vector<Case> fields_of_one_date() {
  return {
      {"title in the CRM, a guest's answer at the remote side", nothing, edit(on(1), title("X")),
       edit(on(1), kAccepts), acts({edit(on(1), title("X")), edit(on(1), kAccepts)}), Lost::none,
       true},
      {"time in the CRM, place at the remote side", nothing, edit(on(1), at(on(1, 15h).instant)),
       edit(on(1), place("room 2")),
       acts({edit(on(1), at(on(1, 15h).instant)), edit(on(1), place("room 2"))})},
      {"a field of an exception that both knew", edit(on(1), title("special")),
       edit(on(1), title("X")), edit(on(1), place("room 2")),
       acts({edit(on(1), title("X")), edit(on(1), place("room 2"))})},
      {"one field, two values", nothing, edit(on(1), title("X")), edit(on(1), title("Y")),
       edit(on(1), title("Y")), Lost::crm},
      {"one field, one value", nothing, edit(on(1), title("X")), edit(on(1), title("X")),
       edit(on(1), title("X"))},
      {"two dates", nothing, edit(on(1), title("X")), edit(on(2), title("Y")),
       acts({edit(on(1), title("X")), edit(on(2), title("Y"))})},
      {"two values of one field, and one of another", nothing,
       acts({edit(on(1), title("X")), edit(on(1), place("room 1"))}), edit(on(1), title("Y")),
       acts({edit(on(1), title("Y")), edit(on(1), place("room 1"))}), Lost::crm},
      {"back to the rule, against another field", edit(on(1), title("special")), by_rule(on(1)),
       edit(on(1), place("room 2")),
       acts({edit(on(1), title("Jour fixe")), edit(on(1), place("room 2"))})},
      {"back to the rule, against the same field", edit(on(1), title("special")), by_rule(on(1)),
       edit(on(1), title("Y")), edit(on(1), title("Y")), Lost::crm},
      {"back to the rule, against nothing", edit(on(1), title("special")), by_rule(on(1)), nothing,
       by_rule(on(1))},
  };
}

std::vector<Case> guests_of_one_date() {
  return {
      {"a guest added on each side", nothing, edit(on(1), add("a@example.com")),
       edit(on(1), add("b@example.com")),
       edit(on(1), [](Event& event) { add("a@example.com")(event), add("b@example.com")(event); })},
      {"a guest removed, who answers at the same time", nothing, edit(on(1), remove(kGuest)),
       edit(on(1), kAccepts), edit(on(1), remove(kGuest)), Lost::none, true},
      {"a guest added to the series, the place of one date", nothing, all(add("a@example.com")),
       edit(on(1), place("room 2")),
       acts({all(add("a@example.com")), edit(on(1), place("room 2"))})},
      {"an old answer in the CRM's new exception", nothing, edit(on(1), title("X")), all(kAccepts),
       acts({all(kAccepts), edit(on(1), title("X"))}), Lost::none, true},
      {"the account's own answer in the CRM", nothing,
       edit(on(1), answer(kOwn, PartStat::declined)), edit(on(1), kAccepts),
       acts({edit(on(1), answer(kOwn, PartStat::declined)), edit(on(1), kAccepts)}), Lost::none,
       true},
      {"the account's own answer on both sides", nothing,
       edit(on(1), answer(kOwn, PartStat::declined)),
       edit(on(1), answer(kOwn, PartStat::tentative)),
       edit(on(1), answer(kOwn, PartStat::tentative)), Lost::none, true},
  };
}

std::vector<Case> cancelled_dates() {
  return {
      {"cancelled, against an answer", nothing, cancel(on(1)), edit(on(1), kAccepts),
       cancel(on(1))},
      {"cancelled, against reminders", nothing, cancel(on(1)),
       edit(on(1), [](Event& event) { event.reminders.emplace(); }), cancel(on(1))},
      {"cancelled, against a title", nothing, cancel(on(1)), edit(on(1), title("Y")),
       edit(on(1), title("Y")), Lost::none, false, true},
      {"cancelled, against an added guest", nothing, cancel(on(1)),
       edit(on(1), add("a@example.com")), edit(on(1), add("a@example.com")), Lost::none, false,
       true},
      {"cancelled, against a title of the series", nothing, cancel(on(1)), all(title("B")),
       acts({cancel(on(1)), all(title("B"))})},
      {"cancelled on both sides", nothing, cancel(on(1)), cancel(on(1)), cancel(on(1))},
      {"restored, against nothing", cancel(on(1)), edit(on(1), title("X")), nothing,
       edit(on(1), title("X"))},
      {"restored as the rule says", cancel(on(1)), by_rule(on(1)), edit(on(2), title("Y")),
       acts({by_rule(on(1)), edit(on(2), title("Y"))})},
  };
}

std::vector<Case> fields_of_the_series() {
  return {
      {"title of the series, place of one date", nothing, all(title("B")),
       edit(on(1), place("room 2")), acts({all(title("B")), edit(on(1), place("room 2"))})},
      {"title of the series, title of one date", nothing, all(title("B")),
       edit(on(1), title("special")), acts({edit(on(1), title("special")), all(title("B"))})},
      {"title of the series, an exception with a title of its own", edit(on(1), title("special")),
       all(title("B")), edit(on(1), place("room 2")),
       acts({all(title("B")), edit(on(1), place("room 2"))})},
  };
}

std::vector<Case> moved_series() {
  const Act move = move_all(on(0, 11h).instant);
  const std::chrono::year_month_day tuesday =
      std::chrono::sys_days{monday(1)} + std::chrono::days{1};
  const auto march = on(14);  // summer time, while the series began in winter
  return {
      {"moved by an hour, place of one date", nothing, move, edit(on(1), place("room 2")),
       acts({move, edit(on(1, 11h), place("room 2"))})},
      {"moved by an hour, place of a date after the clocks change", nothing, move,
       edit(march, place("room 2")), acts({move, edit(on(14, 11h), place("room 2"))})},
      {"moved by an hour, another time of one date", nothing, move,
       edit(on(1), at(on(1, 15h).instant)), acts({move, edit(on(1, 11h), at(on(1, 15h).instant))})},
      {"moved by an hour, one date cancelled", nothing, move, cancel(on(1)),
       acts({move, cancel(on(1, 11h))})},
      {"moved by an hour, an answer for one date", nothing, move, edit(on(1), kAccepts),
       acts({move, edit(on(1, 11h), kAccepts)}), Lost::none, true},
      {"moved by a day", nothing, move_all(on(0).instant + 24h), edit(on(1), place("room 2")),
       acts({move_all(on(0).instant + 24h), edit(on_day(tuesday), place("room 2"))})},
      {"moved by a day, with its weekday", rule({"RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=20"}),
       acts({move_all(on(0).instant + 24h), rule({"RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=20"})}),
       edit(on(1), place("room 2")),
       acts({move_all(on(0).instant + 24h), rule({"RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=20"}),
             edit(on_day(tuesday), place("room 2"))})},
      {"moved by an hour, with its UNTIL", rule({"RRULE:FREQ=WEEKLY;UNTIL=20270118T090000Z"}),
       acts({move, rule({"RRULE:FREQ=WEEKLY;UNTIL=20270118T100000Z"})}),
       edit(on(2), place("room 2")),
       acts({move, rule({"RRULE:FREQ=WEEKLY;UNTIL=20270118T100000Z"}),
             edit(on(2, 11h), place("room 2"))})},
      {"an exception that moves with its series, and its place", edit(on(1), title("special")),
       acts({move,
             [](Series& series) {
               series.occurrences.clear();
               edit(on(1, 11h), title("special"))(series);
             }}),
       edit(on(1), place("room 2")),
       acts({move, by_rule(on(1)), edit(on(1, 11h), title("special")),
             edit(on(1, 11h), place("room 2"))})},
      {"an exception that moves with its series, and is cancelled", edit(on(1), title("special")),
       acts({move,
             [](Series& series) {
               series.occurrences.clear();
               edit(on(1, 11h), title("special"))(series);
             }}),
       cancel(on(1)), acts({move, by_rule(on(1)), cancel(on(1, 11h))})},
      {"the length of the series, place of one date", nothing, all([](Event& event) {
         event.end = ZonedTime{on(0, 12h).instant, kZone};
       }),
       edit(on(1), place("room 2")),
       acts({all([](Event& event) {
               event.end = ZonedTime{on(0, 12h).instant, kZone};
             }),
             edit(on(1), place("room 2"))})},
      {"another zone, place of one date", nothing, all(at(on(0, 16h).instant, "America/New_York")),
       edit(on(1), place("room 2")),
       acts({all(at(on(0, 16h).instant, "America/New_York")), edit(on(1, 16h), place("room 2"))})},
      {"made an all-day series, place of one date", nothing, all(all_day),
       edit(on(1), place("room 2")), acts({all(all_day), edit(day(1), place("room 2"))})},
      {"made an all-day series, another time of one date", nothing, all(all_day),
       edit(on(1), at(on(1, 15h).instant)), acts({all(all_day), edit(day(1), [](Event&) {})}),
       Lost::remote},
      {"moved alike on both sides, two fields of one date", nothing,
       acts({move, edit(on(1, 11h), title("X"))}), acts({move, edit(on(1, 11h), place("room 2"))}),
       acts({move, edit(on(1, 11h), title("X")), edit(on(1, 11h), place("room 2"))})},
      {"moved away from an exception, another field of it", edit(on(1), title("special")),
       edit(on(1), title("X")), move, acts({move, edit(on(1), title("X"))})},
      {"moved away from an exception, its place", edit(on(1), title("special")),
       edit(on(1), place("room 2")), move, acts({move, edit(on(1), place("room 2"))})},
      {"moved away from an exception, back to the rule", edit(on(1), title("special")),
       by_rule(on(1)), move, acts({move, by_rule(on(1))})},
      {"moved to two times, two fields of one date", nothing,
       acts({move, edit(on(1, 11h), title("X"))}),
       acts({move_all(on(0, 12h).instant), edit(on(1, 12h), place("room 2"))}),
       acts({move_all(on(0, 12h).instant), edit(on(1, 12h), title("X")),
             edit(on(1, 12h), place("room 2"))}),
       Lost::crm},
  };
}

std::vector<Case> other_rules() {
  const auto lines = [](const char* text) { return rule({text}); };
  const Act move = move_all(on(0, 11h).instant);
  const Act next_day = move_all(on(0).instant + 24h);
  const Act fridays = acts({move_all(berlin(year{2027} / 1 / 29, 10h)),
                            rule({"RRULE:FREQ=MONTHLY;BYMONTHDAY=-1,29,28,27,26,25"})});
  const auto last_friday = on_day(year{2027} / 2 / 26);
  return {
      {"becomes a series, moved to 11:00", rule({}), lines("RRULE:FREQ=WEEKLY;COUNT=10"), move,
       acts({move, lines("RRULE:FREQ=WEEKLY;COUNT=10")})},
      {"becomes a series with a changed date, moved to 11:00", rule({}),
       acts({lines("RRULE:FREQ=WEEKLY;COUNT=10"), edit(on(6), title("Y"))}), move,
       acts({move, lines("RRULE:FREQ=WEEKLY;COUNT=10"), edit(on(6, 11h), title("Y"))})},
      {"shortened, a date that remains", nothing, lines("RRULE:FREQ=WEEKLY;COUNT=3"),
       edit(on(2), title("Y")),
       acts({lines("RRULE:FREQ=WEEKLY;COUNT=3"), edit(on(2), title("Y"))})},
      {"shortened, a date that goes", nothing, lines("RRULE:FREQ=WEEKLY;COUNT=3"),
       edit(on(3), title("Y")), lines("RRULE:FREQ=WEEKLY;COUNT=3"), Lost::remote},
      {"ended, a date behind the end", nothing, lines("RRULE:FREQ=WEEKLY;UNTIL=20270117T225959Z"),
       edit(on(2), title("Y")), lines("RRULE:FREQ=WEEKLY;UNTIL=20270117T225959Z"), Lost::remote},
      {"shortened, a date that goes is cancelled", nothing, lines("RRULE:FREQ=WEEKLY;COUNT=3"),
       cancel(on(3)), lines("RRULE:FREQ=WEEKLY;COUNT=3")},
      {"shortened, an old exception goes", edit(on(5), title("special")),
       acts({lines("RRULE:FREQ=WEEKLY;COUNT=3"), by_rule(on(5))}), edit(on(1), title("Y")),
       acts({lines("RRULE:FREQ=WEEKLY;COUNT=3"), by_rule(on(5)), edit(on(1), title("Y"))})},
      {"every second week, a week that remains", nothing,
       lines("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=9"), edit(on(2), title("Y")),
       acts({lines("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=9"), edit(on(2), title("Y"))})},
      {"every second week, a week that goes", nothing,
       lines("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=9"), edit(on(1), title("Y")),
       lines("RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=9"), Lost::remote},
      {"monthly by several days, a date that both rules name",
       rule({"RRULE:FREQ=MONTHLY;BYDAY=-1FR"}), fridays, edit(last_friday, title("Y")),
       acts({fridays, edit(last_friday, title("Y"))})},
      {"a date left out by EXDATE, and its title", nothing,
       rule({"RRULE:FREQ=WEEKLY;COUNT=20", "EXDATE;TZID=Europe/Berlin:20270111T100000"}),
       edit(on(1), title("Y")),
       rule({"RRULE:FREQ=WEEKLY;COUNT=20", "EXDATE;TZID=Europe/Berlin:20270111T100000"}),
       Lost::remote},
      {"single dates by RDATE, one of them changed", nothing,
       rule({"RDATE:20270111T090000Z,20270201T090000Z"}), edit(on(1), title("Y")),
       acts({rule({"RDATE:20270111T090000Z,20270201T090000Z"}), edit(on(1), title("Y"))})},
      {"a rule within the day cannot be read", nothing, lines("RRULE:FREQ=HOURLY;INTERVAL=168"),
       edit(on(1), title("Y")), lines("RRULE:FREQ=HOURLY;INTERVAL=168"), Lost::remote},
      {"no longer a series, a changed date", nothing, rule({}), edit(on(1), title("Y")), rule({}),
       Lost::remote},
      {"moved by an hour, longer", nothing, move, lines("RRULE:FREQ=WEEKLY;COUNT=30"),
       acts({move, lines("RRULE:FREQ=WEEKLY;COUNT=30")})},
      {"moved by an hour, ended at a time", nothing, move,
       lines("RRULE:FREQ=WEEKLY;UNTIL=20270118T090000Z"),
       acts({move, lines("RRULE:FREQ=WEEKLY;UNTIL=20270118T100000Z")})},
      {"moved by an hour, a date left out", nothing, move,
       rule({"RRULE:FREQ=WEEKLY;COUNT=20", "EXDATE:20270111T090000Z"}),
       rule({"RRULE:FREQ=WEEKLY;COUNT=20", "EXDATE:20270111T090000Z"}), Lost::crm},
      {"moved by a day, another rule", nothing, next_day, lines("RRULE:FREQ=DAILY;COUNT=5"),
       lines("RRULE:FREQ=DAILY;COUNT=5"), Lost::crm},
      {"two rules", nothing, lines("RRULE:FREQ=WEEKLY;COUNT=3"), lines("RRULE:FREQ=DAILY;COUNT=3"),
       lines("RRULE:FREQ=DAILY;COUNT=3"), Lost::crm},
      {"a single appointment: time and title", rule({}), move, all(title("B")),
       acts({rule({}), move, all(title("B"))})},
  };
}

std::string differences(const Series& held, const Series& wanted) {
  return calendar::changed(held, wanted).to_string();
}

const std::string kEqual(calendar::kFieldCount, '0');

void check(const Case& row, bool exchanged) {
  SCOPED_TRACE(std::string(row.name) + (exchanged ? ", the sides exchanged" : ""));
  Series base = weekly();
  row.base(base);
  Series crm = base, remote = base, expected = base;
  (exchanged ? row.remote : row.crm)(crm);
  (exchanged ? row.crm : row.remote)(remote);
  row.expected(expected);
  const Merged merged = merge(&base, crm, &base, remote,
                              exchanged ? ConflictPolicy::crm_wins : ConflictPolicy::remote_wins);
  EXPECT_EQ(differences(merged.crm, expected), kEqual);
  EXPECT_EQ(differences(merged.remote, expected), kEqual);
  const bool first = row.lost == Lost::crm || row.lost == Lost::both;
  const bool second = row.lost == Lost::remote || row.lost == Lost::both;
  EXPECT_EQ(merged.lost.crm, exchanged ? second : first);
  EXPECT_EQ(merged.lost.remote, exchanged ? first : second);
  EXPECT_EQ(merged.conflicts.any(), first || second);
  EXPECT_EQ(merged.edit_beat_delete, row.edit_beat_delete);
}

void check_all(const std::vector<Case>& rows) {
  for (const Case& row : rows) {
    check(row, false);
    if (!row.answers) check(row, true);
  }
}

TEST(MergeCases, FieldsOfOneDate) {
  check_all(fields_of_one_date());
}  // S-28
TEST(MergeCases, GuestsOfOneDate) {
  check_all(guests_of_one_date());
}  // PD-08
TEST(MergeCases, CancelledDates) {
  check_all(cancelled_dates());
}  // S-29
TEST(MergeCases, FieldsOfTheSeriesAndOfOneDate) {
  check_all(fields_of_the_series());
}  // S-28
TEST(MergeCases, AMovedSeriesAndOneDate) {
  check_all(moved_series());
}  // S-28
TEST(MergeCases, OtherRulesAndOneDate) {
  check_all(other_rules());
}  // S-28

// The remote side set the date back to the rule and wins: it shows the value already, and must not
// be asked to write it in each pass again.
TEST(MergeCases, AValueThatLosesAgainstTheRuleMakesNoExceptionThere) {
  Series base = weekly();
  edit(on(1), title("special"))(base);
  Series crm = base, remote = base;
  edit(on(1), title("X"))(crm);
  by_rule(on(1))(remote);
  const Merged merged = merge(&base, crm, &base, remote, ConflictPolicy::remote_wins);
  EXPECT_TRUE(merged.lost.crm);
  EXPECT_TRUE(merged.remote.occurrences.empty());
  EXPECT_EQ(merged.crm.occurrences.at(on(1)).event.summary, "Jour fixe");
}

// One side holds an exception that says what its series says; then the series changes there and the
// exception does not.
TEST(MergeCases, ADateThatStaysAsItWasIsKeptFromAChangeOfItsSeries) {  // S-28
  const Series remote = weekly();
  Series base = weekly();
  base.occurrences[on(1)].event = calendar::occurrence_by_rule(base.master, on(1));
  Series crm = base;
  crm.master.summary = "renamed";
  const Merged merged = merge(&base, crm, &remote, remote, ConflictPolicy::remote_wins);
  EXPECT_EQ(merged.crm.occurrences.at(on(1)).event.summary, "Jour fixe");
  EXPECT_EQ(merged.remote.master.summary, "renamed");
  ASSERT_TRUE(merged.remote.occurrences.contains(on(1)));
  EXPECT_EQ(merged.remote.occurrences.at(on(1)).event.summary, "Jour fixe");
  EXPECT_FALSE(merged.conflicts.any());
}

// Whether a change of one side brings a series back that the other side deleted.
TEST(MergeCases, WhatOutweighsADeletion) {  // PD-08
  struct Row {
    const char* name;
    Act base, act;
    bool outweighs;
  };
  const Row rows[] = {
      {"title", nothing, all(title("B")), true},
      {"guest added", nothing, all(add("a@example.com")), true},
      {"guest removed", nothing, all(remove(kGuest)), true},
      {"answer", nothing, all(kAccepts), false},
      {"reminders", nothing, all([](Event& event) { event.reminders.emplace(); }), false},
      {"moved", nothing, move_all(on(0, 11h).instant), true},
      {"other lines", nothing, rule({"RRULE:FREQ=DAILY"}), true},
      {"title of a date", nothing, edit(on(1), title("X")), true},
      {"guest added to a date", nothing, edit(on(1), add("a@example.com")), true},
      {"answer for a date", nothing, edit(on(1), kAccepts), false},
      {"date cancelled", nothing, cancel(on(1)), false},
      {"date restored", cancel(on(1)), by_rule(on(1)), true},
      {"date back to the rule", edit(on(1), title("special")), by_rule(on(1)), true},
      {"nothing", edit(on(1), title("special")), nothing, false},
  };
  for (const Row& row : rows) {
    Series base = weekly();
    row.base(base);
    Series now = base;
    row.act(now);
    EXPECT_EQ(outweighs_deletion(base, now), row.outweighs) << row.name;
  }
}

}  // namespace
}  // namespace gcal::sync
