// crm.tasks/0 and what it promises of crm.run/0.
#include "suite.hpp"

namespace conformance {
namespace {

constexpr std::string_view kTasks = "services/tasks.h", kRun = "capabilities/run.h";
constexpr std::int64_t kLate = 3'600'000, kSoon = 150;

std::int64_t now(const Suite& s) {
  return s.services.clock.wall();
}

// Runs a task that is due after `at` and waits for it: what was due until then has begun.
bool let_pass(Suite& s, Sentence& is, std::string_view part, std::int64_t at) {
  const std::string key = s.name(part);
  is.succeeds(s.services.tasks.schedule(key, at, ""), "schedule");
  auto run = s.runs.take(key);
  if (run) run->end();
  return is.expect(run.has_value(), "a task that is due does not run");
}

void check_one_entry(Suite& s) {
  {
    Sentence is(s.report, kTasks,
                "Scheduling again keeps the earlier time and the newest payload.");
    const std::string key = s.name("merged");
    is.succeeds(s.services.tasks.schedule(key, now(s) + kLate, "first"), "schedule");
    const std::int64_t due = now(s) + kSoon;
    is.succeeds(s.services.tasks.schedule(key, due, "second"), "schedule for an earlier time");
    is.succeeds(s.services.tasks.schedule(key, due + kLate, "third"), "schedule for a later time");
    auto run = s.runs.take(key);
    if (is.expect(run.has_value(), "it did not run at the earlier time")) {
      is.expect(run->payload == "third", "it ran with the payload " + run->payload);
      is.expect(run->begun_at >= due, "it ran before its time");
      run->end();
    }
    Sentence once(s.report, kTasks, "At most one entry per key is pending.");
    if (let_pass(s, once, "after-merged", now(s) + kSoon))
      once.expect(!s.runs.has(key), "it ran twice");
  }
  {
    Sentence is(s.report, kTasks, "Removes the pending entry of a key.");
    const std::string key = s.name("cancelled");
    const std::int64_t due = now(s) + kSoon;
    is.succeeds(s.services.tasks.schedule(key, due, ""), "schedule");
    is.succeeds(s.services.tasks.cancel(key), "cancel");
    if (let_pass(s, is, "after-cancelled", due + 1))
      is.expect(!s.runs.has(key), "a cancelled task ran");
  }
  Sentence is(s.report, kTasks, "Success if there is no entry.");
  is.succeeds(s.services.tasks.cancel(s.name("never-scheduled")), "cancel");
}

void check_payload(Suite& s) {
  {
    Sentence is(s.report, kRun, "the newest payload that was scheduled.");
    for (const std::string& payload :
         {std::string(), std::string("\0 ä\n\"", 6), std::string(4096, 'x')}) {
      const std::string key = s.name("payload-" + std::to_string(payload.size()));
      const auto scheduled = s.services.tasks.schedule(key, 0, payload);
      if (!scheduled && payload.find('\0') != std::string::npos) {
        is.fails(scheduled, Code::invalid, "schedule of a payload with a NUL");
        continue;
      }
      is.succeeds(scheduled, "schedule");
      auto run = s.runs.take(key);
      if (!is.expect(run.has_value(), "it did not run")) continue;
      is.expect(run->payload == payload, "a payload of " + std::to_string(payload.size()) +
                                             " bytes came as " +
                                             std::to_string(run->payload.size()));
      run->end();
    }
  }
  Sentence is(s.report, kTasks, "INVALID for a larger payload");
  const std::string key = s.name("too-large");
  is.fails(s.services.tasks.schedule(key, 0, std::string(4097, 'x')), Code::invalid, "schedule");
  if (let_pass(s, is, "after-too-large", 0)) is.expect(!s.runs.has(key), "a refused task ran");
}

void check_one_run(Suite& s) {
  Sentence is(s.report, kRun, "A key never runs twice at the same time.");
  Sentence after(s.report, kTasks,
                 "An entry that is scheduled while the key is running starts after that run.");
  Sentence fence(s.report, kRun, "grows with each run of the key.");
  const std::string key = s.name("held");
  is.succeeds(s.services.tasks.schedule(key, 0, "1"), "schedule");
  auto first = s.runs.take(key);
  if (!is.expect(first.has_value(), "it did not run")) return;
  is.succeeds(s.services.tasks.schedule(key, 0, "2"), "schedule");
  if (let_pass(s, is, "beside-held", 0))
    is.expect(!s.runs.has(key), "the key began again before its run had ended");
  const std::int64_t older = first->fence;
  first->end();
  auto second = s.runs.take(key);
  if (!after.expect(second.has_value(), "what was scheduled during the run never ran")) return;
  after.expect(second->payload == "2", "it ran with the payload " + second->payload);
  fence.expect(older > 0 && second->fence > older,
               std::to_string(second->fence) + " after " + std::to_string(older));
  second->end();
}

void check_repetition(Suite& s) {
  Sentence is(s.report, kRun, "After UNAVAILABLE and TIMEOUT the host runs the key again");
  Sentence ends(s.report, kRun, "CRM_OK ends the entry.");
  const std::string key = s.name("repeated");
  is.succeeds(s.services.tasks.schedule(key, 0, "kept"), "schedule");
  std::int64_t fence = 0;
  for (const Code code : {Code::unavailable, Code::timeout, Code::ok}) {
    auto run = s.runs.take(key, std::chrono::seconds(60));
    if (!is.expect(run.has_value(), "it did not run again within a minute")) return;
    is.expect(run->payload == "kept", "the repeated run has the payload " + run->payload);
    is.expect(run->fence > fence, "the repeated run has no newer fence");
    fence = run->fence;
    if (code == Code::ok)
      run->end();
    else
      run->end(code);
  }
  if (let_pass(s, ends, "after-repeated", now(s) + 2'000))
    ends.expect(!s.runs.has(key), "it ran again after CRM_OK");
}

}  // namespace

void check_tasks(Suite& s) {
  check_one_entry(s);
  check_payload(s);
  check_one_run(s);
  check_repetition(s);
}

}  // namespace conformance
