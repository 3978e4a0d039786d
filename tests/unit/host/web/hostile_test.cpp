// Input of a page that means harm, or is broken: whatever it sends, the host answers with a refusal
// and goes on. Random; the seed is printed.
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "src/common/base/random.hpp"
#include "src/hosting/web/worker_pool.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

class Hostile : public WebTest {
 protected:
  Hostile() {
    const char* given = std::getenv("WEB_SEED");
    const std::uint64_t seed =
        given ? std::strtoull(given, nullptr, 10) : gcal::base::SystemRandom().next();
    RecordProperty("seed", std::to_string(seed));
    std::printf("seed %llu (WEB_SEED repeats it)\n", static_cast<unsigned long long>(seed));
    chance = std::make_unique<gcal::support::SeededRandom>(seed);
  }

  Json odd_value() {
    switch (chance->below(14)) {
      case 0: return nullptr;
      case 1: return true;
      case 2: return -1;
      case 3: return std::int64_t{9'223'372'036'854'775'807};
      case 4: return 1e308;
      case 5: return "";
      case 6: return std::string(chance->below(9'000), 'x');
      case 7:
        return "\xF0\x9F\x98\x80\xE2\x80\xAE<script>";  // NOLINT(misc-misleading-bidirectional):
                                                        // that is the harm
      case 8: return "9999-12-31T23:59:59+14:00";
      case 9: return "2026-02-30";
      case 10: return Json::array({Json::array({Json::object()})});
      case 11: return Json::object({{"date", "0001-01-01"}, {"date_time", 5}});
      case 12: return "RRULE:FREQ=SECONDLY;COUNT=2147483647;BYSETPOS=-366";
      default:
        return Json::array({"RRULE:FREQ=YEARLY;BYDAY=53MO;UNTIL=99991231T000000Z",
                            "EXDATE:20260101", "RDATE;TZID=No/Where:1"});
    }
  }

  void damage(Json& value) {
    if (value.is_object() && !value.members().empty()) {
      auto& members = value.mutable_members();
      const std::size_t at = chance->below(members.size());
      switch (chance->below(4)) {
        case 0: members.erase(members.begin() + static_cast<std::ptrdiff_t>(at)); return;
        case 1: members[at].second = odd_value(); return;
        case 2: value.set("odd\n" + std::to_string(chance->below(3)), odd_value()); return;
        default: damage(members[at].second); return;
      }
    }
    if (value.is_array() && !value.items().empty() && chance->below(2) == 0)
      return damage(value.mutable_items()[chance->below(value.items().size())]);
    value = odd_value();
  }

  std::unique_ptr<gcal::support::SeededRandom> chance;
};

TEST_F(Hostile, DamagedDocumentsCauseNo500) {
  Browser page = anna();
  const Json event = Json::parse(
                         R"({"summary":"Review","description":"d","location":"l",
    "start":{"date_time":"2026-03-02T09:00:00+01:00","time_zone":"Europe/Berlin"},
    "end":{"date_time":"2026-03-02T10:00:00+01:00","time_zone":"Europe/Berlin"},
    "recurrence":["RRULE:FREQ=WEEKLY;COUNT=5"],
    "exceptions":[{"original_start":{"date_time":"2026-03-09T08:00:00Z",
                                     "time_zone":"Europe/Berlin"},"cancelled":true}],
    "attendees":[{"email":"a@example.com","name":"A","partstat":"accepted"}],
    "reminders":{"use_default":false,"overrides":[{"method":"popup","minutes":10}]}})")
                         .
                         operator*();
  int accepted = 0;
  for (int i = 0; i < 250; ++i) {
    Json body = Json::object({{"event", event}});
    for (std::uint64_t n = 1 + chance->below(3); n > 0; --n) damage(body);
    const Reply made = page.post("/api/events", body);
    ASSERT_TRUE(made.status == 201 || (made.status >= 400 && made.status < 500))
        << made.status << " " << body.dump();
    if (made.status != 201) continue;
    ++accepted;
    const std::string id = made.json().string("id");
    Json change = Json::object(
        {{"if_revision", made.json().string("revision")},
         {"scope", i % 2 ? "this" : "following"},
         {"original_start", "2026-03-16T08:00:00Z"},
         {"changes",
          Json::object({{"summary", "New"}, {"start", event["start"]}, {"end", event["end"]}})}});
    damage(change);
    const Reply changed = page.patch("/api/events/" + id, change);
    ASSERT_LT(changed.status, 500) << change.dump();
    ASSERT_LT(page.get("/api/events/" + id).status, 500);
  }
  EXPECT_GT(accepted, 0) << "some damage is none";
  for (const char* range : {"start=2026-03-01&end=2026-04-01", "start=2020-01-01&end=2029-12-31"})
    EXPECT_EQ(page.get(std::string("/api/occurrences?") + range).status, 200) << range;
}

TEST_F(Hostile, DamagedRequestsCauseNo500) {
  Browser page = anna();
  const std::string record =
      page.post("/api/leads",
                Json::object({{"name", "Jo"}, {"emails", Json::array({"jo@example.com"})}}))
          .json()
          .string("id");
  const std::vector<std::tuple<const char*, std::string, Json>> kinds{
      {"POST", "/api/leads",
       Json::object({{"name", "Jo"}, {"emails", Json::array({"jo@example.com"})}, {"phone", "1"}})},
      {"PATCH", "/api/leads/" + record, Json::object({{"name", "Jo"}, {"company", "c"}})},
      {"PATCH", "/api/me", Json::object({{"locale", "de"}, {"time_zone", "UTC"}})},
      {"PUT", "/api/calendars/default", Json::object({{"calendar", ""}})},
      {"PATCH", "/api/calendars/x", Json::object({{"visible", true}})},
      {"POST", "/api/flows",
       Json::object({{"plugin", "com.example.diary"}, {"kind", "options"}, {"account", "a"}})},
      {"POST", "/api/flows/x", Json::object({{"step", "s"}, {"input", Json::object()}})}};
  script.step = [](const Json&, PluginAnswer answer) { answer(Error{Code::invalid, "no", {}}); };
  for (int i = 0; i < 200; ++i) {
    auto [method, path, body] = kinds[chance->below(kinds.size())];
    damage(body);
    const Reply reply = page.send(method, path, body.dump());
    ASSERT_LT(reply.status, 500) << method << " " << path << " " << body.dump();
  }
  for (int i = 0; i < 200; ++i) {
    std::string path = "/";
    for (std::uint64_t n = chance->below(40); n > 0; --n)
      path += "/.%2fEapiuplgnscv0?&=+"[chance->below(21)];
    ASSERT_LT(page.get(path).status, 500) << path;
  }
  EXPECT_EQ(page.get("/api/session").status, 200);
}

TEST(WorkerPoolTest, FullQueueRefusesNewJobsButNotResumedOnes) {
  gcal::base::SilentLog log;
  WorkerPool pool(1, 1, log);
  std::mutex gate;
  gate.lock();
  std::atomic<bool> busy = false;
  std::atomic<int> done = 0;
  ASSERT_TRUE(pool.post([&] {
    busy = true;
    const std::lock_guard wait(gate);
    ++done;
  }));
  while (!busy) std::this_thread::yield();
  EXPECT_TRUE(pool.post([&] { ++done; }));
  EXPECT_FALSE(pool.post([&] { ++done; }));
  EXPECT_TRUE(pool.resume([&] { throw std::runtime_error("a defect ends its own job only"); }));
  EXPECT_TRUE(pool.resume([&] { ++done; }));
  gate.unlock();
  while (done < 3) std::this_thread::yield();
  pool.stop();
  EXPECT_FALSE(pool.resume([&] { ++done; }));
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace host
