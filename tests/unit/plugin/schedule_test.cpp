// When an account runs again, and that it never does so faster than its back-off: the decisions of
// run_schedule, and runs of an account over days of a virtual clock.
#include "plugin/account/run_schedule.hpp"

#include "plugin/account/event_state.hpp"
#include "src/common/base/json_array.hpp"
#include "src/engine/store/channels.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using testing::ElementsAre;
using namespace std::chrono_literals;

constexpr const char* kEvents = "/calendar/v3/calendars/{calendarId}/events";
constexpr base::Instant kNow{1'767'225'600s};

sync::Pair live_pair() {
  sync::Pair pair;
  pair.id = "p";
  pair.state = sync::PairState::live;
  pair.cursor.remote = "token";
  return pair;
}

TEST(RunSchedule, BackOffGrowsWithFailuresAndStartsAgainAfterProgress) {  // P-14
  AccountMemory memory;
  for (int i = 0; i < 4; ++i) note_outcome(memory, true, false, kNow);
  EXPECT_EQ(memory.failures, 4u);
  note_outcome(memory, true, true, kNow);
  EXPECT_EQ(memory.failures, 1u);
  note_outcome(memory, false, false, kNow);
  EXPECT_EQ(memory.failures, 0u);
}

// Each edit asks for a run, also while Google or the CRM's database is away for a moment.
TEST(RunSchedule, RunsBeforeTheWaitIsOverDoNotLengthenIt) {  // P-14
  AccountMemory memory;
  const Error outage{Code::unavailable, "", {}};
  for (int i = 0; i < 100; ++i) {
    const base::Instant now = kNow + i * 100ms;
    note_outcome(memory, true, false, now);
    memory.next_run = now + wait_after_failure(outage, memory.failures);
  }
  EXPECT_EQ(memory.failures, 1u);
  note_outcome(memory, true, false, memory.next_run);
  EXPECT_EQ(memory.failures, 2u);
}

TEST(RunSchedule, WaitDependsOnWhatFailedAndIsNeverShorterThanAskedFor) {  // P-14
  const Error outage{Code::unavailable, "", {}};
  EXPECT_EQ(wait_after_failure(outage, 1), 30s);
  EXPECT_EQ(wait_after_failure(outage, 4), 4min);
  EXPECT_EQ(wait_after_failure(outage, 1'000), 1h);
  const Error switched_off{Code::denied, "", {}, Scope::account};
  EXPECT_EQ(wait_after_failure(switched_off, 1), 5min);
  EXPECT_EQ(wait_after_failure(switched_off, 3), 20min);
  EXPECT_EQ(wait_after_failure(switched_off, 1'000), 1h);
  EXPECT_EQ(wait_after_failure({Code::unavailable, "", 6h}, 1), 6h);
}

TEST(RunSchedule, NotificationsWithoutChangesAreFollowedAtIntervals) {  // P-15
  sync::Pair pair = live_pair();
  pair.dirty = 1;
  PairMemory memory;
  memory.due_at = kNow + 1h;
  base::Instant now = kNow;
  int reads = 0;
  for (; now < kNow + 1min; now += 10ms) {
    if (!must_read(pair, memory, now)) continue;
    ++reads;
    note_read(memory, true, false, now);
  }
  EXPECT_LE(reads, 40);
  EXPECT_GE(reads, 30);
  note_read(memory, true, true, now);
  EXPECT_TRUE(must_read(pair, memory, now)) << "one that brought something is followed at once";
  note_read(memory, true, false, now);
  EXPECT_TRUE(must_read(pair, memory, now)) << "the echo of an own write delays nothing";
}

TEST(RunSchedule, NextRunIsTheFirstThatAnyPairNeeds) {
  const std::vector<sync::Pair> pairs{live_pair()};
  AccountMemory memory;
  PairMemory& of = memory.pairs["p"];
  of.due_at = kNow + 6h;
  EXPECT_EQ(next_run_of(pairs, memory, kNow), kNow + 6h);
  of.channel_check_at = kNow + 5h;
  EXPECT_EQ(next_run_of(pairs, memory, kNow), kNow + 5h);
  of.no_creations_before = kNow + 4h;
  EXPECT_EQ(next_run_of(pairs, memory, kNow), kNow + 4h);
  of.retry_at = kNow + 3h;
  EXPECT_EQ(next_run_of(pairs, memory, kNow), kNow + 3h);
  of.due_at = kNow - 1h;
  EXPECT_GT(next_run_of(pairs, memory, kNow), kNow) << "no run follows another at once";
}

TEST(RunSchedule, OpenPageIsReadAMinuteAfterTheLastRead) {
  AccountMemory memory;
  memory.next_run = kNow + 6h;
  PairMemory& of = memory.pairs["p"];
  of.due_at = kNow + 6h;
  of.read_at = kNow - 20s;
  EXPECT_EQ(note_viewed(memory, kNow), kNow + 40s);
  EXPECT_EQ(of.due_at, kNow + 40s);
  EXPECT_EQ(note_viewed(memory, kNow), std::nullopt) << "that run is scheduled";
  EXPECT_TRUE(page_open(memory, kNow + 119s));
  EXPECT_FALSE(page_open(memory, kNow + 2min)) << "the page was closed or the host restarted";
}

TEST(RunSchedule, OpenPageDoesNotShortenTheWaitAfterAFailure) {
  AccountMemory memory;
  memory.next_run = kNow + 6h;
  memory.pairs["p"].due_at = kNow + 6h;
  memory.failures = 1;
  EXPECT_EQ(note_viewed(memory, kNow), std::nullopt);
  memory.failures = 0;
  memory.pairs["p"].unfinished = 1;
  EXPECT_EQ(note_viewed(memory, kNow), std::nullopt);
  EXPECT_EQ(memory.pairs["p"].due_at, kNow + 6h);
}

class Schedule : public InstallationTest {
 protected:
  Schedule() {
    emulated("/load",
             Json::object(
                 {{"accounts", Json::array({Json::object({{"email", kMe}, {"name", "Me"}})})}}));
    connect({kMe}, kMe);
    run();
  }
  void fault(const char* method, const char* path, Json effect, int times) {
    emulated("/faults", Json::object({{"match", Json::object({{"method", method}, {"path", path}})},
                                      {"times", times},
                                      {"effect", std::move(effect)}}));
  }
  void notify() {
    const std::string id = pair(kMe).id;
    must(database_->transact(store::Mode::write, 0, [&](store::Connection& connection) -> Result<> {
      TRY_VOID(store::mark_dirty(connection, id));
      return {};
    }));
  }
};

TEST_F(Schedule, AnAnnouncedChangeIsReadAgainAfterAReadThatFailed) {  // P-15, P-17
  run();
  clock_.advance(1min);
  add_at_google(kMe,
                google_timed("Visit", "2026-03-24T09:00:00+01:00", "2026-03-24T10:00:00+01:00"));
  notify();
  fault("GET", kEvents, Json::object({{"status", 500}}), 4);
  EXPECT_TRUE(run().error);
  EXPECT_EQ(in_crm(kMe).size(), 0u);
  EXPECT_GT(pair(kMe).dirty, 0);
  const RunOutcome next = run();
  EXPECT_FALSE(next.error);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_EQ(pair(kMe).dirty, 0);
}

TEST_F(Schedule, ANotificationDuringAReadAsksForAnotherRead) {  // P-15
  run();
  clock_.advance(1min);
  notify();
  http_.when("GET", "/events?", [this] { notify(); });
  run();
  EXPECT_GT(pair(kMe).dirty, 0);
  http_.forget();
  run();
  EXPECT_EQ(http_.count("GET", "/events?"), 1u);
  EXPECT_EQ(pair(kMe).dirty, 0);
}

TEST_F(Schedule, WithoutNotificationsAnOpenPageShowsAChangeWithinAMinute) {
  run();
  clock_.advance(2min);
  run();
  clock_.advance(2min);
  add_at_google(kMe,
                google_timed("Visit", "2026-03-24T09:00:00+01:00", "2026-03-24T10:00:00+01:00"));
  EXPECT_EQ(note_viewed(memory_, clock_.now()), clock_.now());
  const RunOutcome open = run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  ASSERT_TRUE(open.next);
  EXPECT_LE(*open.next - clock_.now(), 66s);
  clock_.advance(2min);
  const RunOutcome closed = run();
  ASSERT_TRUE(closed.next);
  EXPECT_GE(*closed.next - clock_.now(), 5min);
}

TEST_F(Schedule, AReadThatTheUserAskedForIsRepeatedAfterAFailure) {
  run();
  clock_.advance(1min);
  add_at_google(kMe,
                google_timed("Visit", "2026-03-24T09:00:00+01:00", "2026-03-24T10:00:00+01:00"));
  fault("GET", kEvents, Json::object({{"status", 500}}), 4);
  memory_.read_all = true;
  EXPECT_TRUE(run().error);
  EXPECT_FALSE(run().error);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
}

TEST_F(Schedule, AnExportKeepsToGooglesQuotaAndIsNotRefused) {  // P-14
  emulated("/quotas", Json::object({{"per_user_per_minute", 600}}));
  budget_.emplace(google::Quota{}, net::RetryTools{random_, clock_, pause_});
  for (int i = 0; i < 250; ++i)
    create_in_crm(timed("Call " + std::to_string(i), "2026-05-05T10:00:00+02:00",
                        "2026-05-05T11:00:00+02:00"));
  const base::Instant begin = clock_.now();
  EXPECT_FALSE(run().error);
  const base::Milliseconds took = clock_.now() - begin;
  clock_.advance(1min);
  EXPECT_EQ(at_google(kMe).size(), 250u);
  emulator::Request request;
  request.method = "GET";
  request.path = "/_emulator/stats";
  const Json stats = must(Json::parse(google_.handle(request).body));
  EXPECT_EQ(stats["quota_refusals"].as_integer(), 0) << stats.dump();
  EXPECT_LE(took, 100s) << "750 units at 540 a minute";
}

TEST_F(Schedule, AnAppointmentSaysWhetherItIsInStepAndOtherwiseWhy) {  // P-06, P-14
  const auto state_of = [this](const std::string& id) {
    const std::vector<std::string> ids{id};
    const Json document =
        must(Json::parse(must(services_->events.get(base::json_array(ids).dump()))))
            .items()
            .front();
    const EventRows rows = must(
        support::run_task(read_event_rows(*context_, account_, document.string("calendar"), id)));
    return event_state(rows, document.string("revision"), clock_.now());
  };
  const Json call = timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00");
  const std::string carried = create_in_crm(call);
  EXPECT_EQ(state_of(carried).string("state"), "waiting");
  run();
  EXPECT_EQ(state_of(carried).string("state"), "in_step");
  EXPECT_EQ(state_of(carried)["since"].as_integer(), clock_.now().time_since_epoch().count());
  fault("POST", kEvents, Json::object({{"status", 403}, {"reason", "quotaExceeded"}}), 0);
  const std::string waiting = create_in_crm(call);
  run();
  EXPECT_EQ(state_of(waiting).string("reason"), "refusal.quota");
  EXPECT_GT(state_of(waiting)["until"].as_integer(), clock_.now().time_since_epoch().count());
  EXPECT_EQ(state_of(carried).string("state"), "in_step");
  EXPECT_EQ(health().string("reason"), "refusal.quota");
  EXPECT_EQ(health()["until"].as_integer(), state_of(waiting)["until"].as_integer());
}

TEST_F(Schedule, ARefusalOfThePaceIsRepeatedInPlace) {  // P-14
  fault("POST", kEvents, Json::object({{"status", 403}, {"reason", "rateLimitExceeded"}}), 2);
  create_in_crm(timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00"));
  const base::Instant begin = clock_.now();
  EXPECT_FALSE(run().error);
  EXPECT_EQ(at_google(kMe).size(), 1u);
  EXPECT_GE(clock_.now() - begin, 3s) << "a second, then two";
}

}  // namespace
}  // namespace gcal::plugin::test
