// The switches of what is only guessed about Google: the table, the controls, worlds, saved states.
// That each value does what it says is checked by the contract suite, section "guesses".
#include "src/emulator/model/behaviour.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>

#include "src/emulator/load/saved_state.hpp"
#include "src/emulator/load/world.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

std::string value_of(const Behaviour& behaviour, std::string_view name) {
  return std::string(behaviour.value(*Behaviour::find(name)));
}

TEST(Behaviour, EverySwitchBeginsWithItsFirstValueAndTakesEachOfThem) {
  std::set<std::string_view> names;
  for (const Behaviour::Switch& one : Behaviour::all()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_TRUE(one.question.ends_with('?')) << one.name;
    ASSERT_GE(one.values.size(), 2u) << one.name;
    EXPECT_EQ(Behaviour{}.value(one), one.values[0]) << one.name;
    for (const std::string_view value : one.values) {
      Behaviour behaviour;
      ASSERT_TRUE(behaviour.set(one.name, value)) << one.name;
      EXPECT_EQ(behaviour.value(one), value) << one.name;
      for (const Behaviour::Switch& other : Behaviour::all())
        if (other.name != one.name) {
          EXPECT_EQ(behaviour.value(other), other.values[0]) << one.name;
        }
    }
  }
}

TEST(Behaviour, AnErrorNamesWhatThereIs) {
  Behaviour behaviour;
  const auto name = behaviour.set("exception", "reset");
  ASSERT_FALSE(name);
  EXPECT_NE(name.error().message.find("no switch exception;"), std::string::npos);
  for (const Behaviour::Switch& one : Behaviour::all())
    EXPECT_NE(name.error().message.find(one.name), std::string::npos) << one.name;
  const auto value = behaviour.set("exceptions_after_master_change", "keep");
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().message.find("orphan, reset, page"), std::string::npos);
}

TEST(Behaviour, StrictRefusesWhatIsGuessedToBeRefusedAndNothingElse) {
  const Behaviour strict = Behaviour::strict();
  for (const Behaviour::Switch& one : Behaviour::all())
    EXPECT_EQ(strict.value(one), one.strict == 0 ? one.values[0] : "refused") << one.name;
  EXPECT_EQ(value_of(strict, "sync_token_other_parameters"), "refused");
}

TEST(Behaviour, ManyAreSetTogetherOrNotAtAll) {
  Behaviour behaviour;
  EXPECT_FALSE(behaviour.merge(*Json::parse(R"({"reminders_patch":"merged","x":"y"})")));
  EXPECT_FALSE(behaviour.merge(*Json::parse(R"(["reminders_patch"])")));
  EXPECT_EQ(value_of(behaviour, "reminders_patch"), "replaced");
  EXPECT_TRUE(behaviour.merge(
      *Json::parse(R"({"reminders_patch":"merged","until_of_other_kind":"refused"})")));
  EXPECT_EQ(value_of(behaviour, "reminders_patch"), "merged");
  EXPECT_EQ(value_of(behaviour, "until_of_other_kind"), "refused");
}

TEST(Behaviour, TheControlsReadAndSetItAndResetGoesBackToTheStart) {
  InProcess google;
  Behaviour initial;
  ASSERT_TRUE(initial.set("occurrence_in_gap", "skipped"));
  google.emulator.set_initial_behaviour(initial);
  google.reset();
  const Json set = google.json("POST", "/_emulator/behaviour", R"({"occurrence_in_gap":"moved"})");
  EXPECT_EQ(set["behaviour"].string("occurrence_in_gap"), "moved");
  EXPECT_EQ(set["switches"].items().size(), Behaviour::all().size());
  const Response wrong = google.call("PATCH", "/_emulator/behaviour", R"({"gap":"moved"})");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find("occurrence_in_gap"), std::string::npos);
  google.reset();
  EXPECT_EQ(google.json("GET", "/_emulator/behaviour")["behaviour"].string("occurrence_in_gap"),
            "skipped");
}

TEST(Behaviour, AWorldSetsItAndASavedStateKeepsIt) {
  InProcess google;
  const LoadReport loaded = load_world(
      google.emulator.google(), google.emulator.tokens(),
      *Json::parse(R"({"accounts":[],"behaviour":{"exdate_of_other_kind":"excludes"}})"));
  EXPECT_TRUE(loaded.problems.empty());
  const LoadReport wrong = load_world(google.emulator.google(), google.emulator.tokens(),
                                      *Json::parse(R"({"accounts":[],"behaviour":{"x":"y"}})"));
  ASSERT_EQ(wrong.problems.size(), 1u);
  EXPECT_TRUE(wrong.problems[0].starts_with("behaviour: no switch x"));

  const std::string saved =
      SavedState::save(google.emulator.google(), google.emulator.tokens(), Json::object());
  InProcess other;
  (void)other.call("POST", "/_emulator/reset");
  ASSERT_TRUE(
      SavedState::load(*Json::parse(saved), other.emulator.google(), other.emulator.tokens()));
  EXPECT_EQ(value_of(other.emulator.google().behaviour(), "exdate_of_other_kind"), "excludes");
  EXPECT_TRUE(
      other.emulator.google().find_calendar("anna@example.com")->expansion.exdate_of_other_kind);
}

// A series of five with a changed second, a moved third and a cancelled fourth occurrence; its
// start then moves by an hour. `instances` and `cancelled` are what events.instances lists
// afterwards.
void expect_after_new_start(const char* value, std::size_t instances, std::size_t cancelled) {
  InProcess google;
  const std::string events = "/calendar/v3/calendars/primary/events";
  (void)google.call("POST", "/_emulator/behaviour",
                    std::string(R"({"exceptions_after_master_change":")") + value + "\"}");
  (void)google.call("POST", events,
                    R"({"id":"serie1","summary":"S",)"
                    R"("start":{"dateTime":"2026-12-01T09:00:00","timeZone":"Europe/Berlin"},)"
                    R"("end":{"dateTime":"2026-12-01T09:30:00","timeZone":"Europe/Berlin"},)"
                    R"("recurrence":["RRULE:FREQ=DAILY;COUNT=5"]})");
  (void)google.call("PATCH", events + "/serie1_20261202T080000Z", R"({"summary":"Other"})");
  (void)google.call("PATCH", events + "/serie1_20261203T080000Z",
                    R"({"start":{"dateTime":"2026-12-03T15:00:00+01:00"},)"
                    R"("end":{"dateTime":"2026-12-03T15:30:00+01:00"}})");
  (void)google.call("DELETE", events + "/serie1_20261204T080000Z");
  const std::string token = google.json("GET", events).string("nextSyncToken");
  const Response changed =
      google.call("PATCH", events + "/serie1",
                  R"({"start":{"dateTime":"2026-12-01T10:00:00","timeZone":"Europe/Berlin"},)"
                  R"("end":{"dateTime":"2026-12-01T10:30:00","timeZone":"Europe/Berlin"}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  const Json all = google.json("GET", events + "/serie1/instances?showDeleted=true");
  std::size_t deleted = 0;
  for (const Json& one : all["items"].items()) deleted += one.string("status") == "cancelled";
  EXPECT_EQ(all["items"].items().size() - deleted, instances) << value;
  EXPECT_EQ(deleted, cancelled) << value;
  // Who reads on by a token gets the series and each exception, gone or not.
  EXPECT_EQ(google.json("GET", events + "?syncToken=" + token)["items"].items().size(), 4u)
      << value;
}

TEST(Behaviour, AnotherStartLeavesOrphansOrTakesTheExceptionsAway) {
  expect_after_new_start("orphan", 7, 1);
  expect_after_new_start("reset", 5, 0);
  expect_after_new_start("page", 5, 0);
}

// What the program prints before it ends, and its exit code.
std::pair<std::string, int> run_program(const std::string& arguments) {
  std::FILE* const pipe = ::popen(("'" EMULATOR_PROGRAM "' " + arguments + " 2>&1").c_str(), "r");
  std::string printed;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) printed += static_cast<char>(c);
  return {printed, WEXITSTATUS(::pclose(pipe))};
}

TEST(Behaviour, TheProgramEndsOnAWrongAssumptionAndNamesTheRightOnes) {
  const auto [name, name_code] = run_program("--listen 127.0.0.1:0 --assume exceptions=reset");
  EXPECT_EQ(name_code, 2);
  EXPECT_NE(name.find("no switch exceptions; there is: exceptions_after_master_change"),
            std::string::npos)
      << name;
  const auto [value, value_code] =
      run_program("--listen 127.0.0.1:0 --assume reminders_patch=merged reminders_patch=mixed");
  EXPECT_EQ(value_code, 2);
  EXPECT_NE(value.find("there is: replaced, merged"), std::string::npos) << value;
}

}  // namespace
}  // namespace emulator
