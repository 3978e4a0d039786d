// A CRM in a folder that goes away, with a clock that the test advances, and short ways to fill it.
// Its database is an SQLite file, with TEST_DATABASE=postgresql a database of its own on a server
// of the test program's own. Used by the tests of this folder. It must never be shared by two
// tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/host/crm/crm.hpp"
#include "src/hosting/flows/flows.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/must.hpp"
#include "tests/support/temporary_folder.hpp"

namespace host::test {

using namespace hosting;
using gcal::base::Json;
using gcal::support::TemporaryFolder;

// Shows a fixed time until it is advanced; unlike support::ManualClock it may be read by any
// thread.
class StandingClock final : public gcal::base::Clock {
 public:
  gcal::base::Instant now() const override {
    return gcal::base::Instant(std::chrono::milliseconds(now_.load()));
  }
  std::chrono::milliseconds monotonic() const override {
    return std::chrono::milliseconds(monotonic_.load());
  }
  void advance(std::chrono::milliseconds by) { now_ += by.count(), monotonic_ += by.count(); }
  void set(std::string_view rfc3339);

 private:
  std::atomic<std::int64_t> now_{1'767'225'600'000};  // 2026-01-01T00:00Z
  std::atomic<std::int64_t> monotonic_{0};
};

// Keeps the events that were logged, as "event fields".
class RememberingLog final : public gcal::base::Log {
 public:
  void write(gcal::base::Level, std::string_view event, const Json& fields) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::string(event) + " " + fields.dump());
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  std::string text() const {
    std::string all;
    for (const auto& line : lines()) all += line + "\n";
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

void write_text(const std::filesystem::path& file, std::string_view text);
std::string read_text(const std::filesystem::path& file);

Json json(std::string_view text);  // fails the test when it is none
std::chrono::sys_seconds at(std::string_view rfc3339);

using gcal::support::must;

// The code of a result; ok when it succeeded.
template <class T>
Code code_of(const Result<T>& result) {
  return result ? Code::ok : result.error().code;
}

inline constexpr const char* kPlugin = "com.example.test";

class CrmTest : public ::testing::Test {
 protected:
  // random: nothing for the system's.
  explicit CrmTest(std::unique_ptr<gcal::base::Random> random = nullptr);

  User add_user(const std::string& email, const std::string& zone = "Europe/Berlin");
  Record add_lead(const std::string& name, const std::string& email);
  Record add_contact(const std::string& name, const std::string& email);
  // An account of kPlugin, and a calendar of it.
  Account add_account(const User& user, const std::string& unique_id = "sub-1");
  Calendar add_calendar(const Account& account, const std::string& remote_id,
                        const std::string& role = "owner", const std::string& mode = "two_way");
  // What kPlugin puts: answers the revision.
  std::string put(const Calendar& calendar, const std::string& id, const Json& event,
                  const LinkedRecords& records = {});
  Calendar own_calendar(const User& user);
  Flows flows() { return {crm_->database(), crm_->bus(), clock_, random_}; }
  void reopen();  // as after a restart

  TemporaryFolder folder_;
  StandingClock clock_;
  std::unique_ptr<gcal::base::Random> owned_random_;
  gcal::base::Random& random_;
  RememberingLog log_;
  PostgresPlace place_;  // without a url: SQLite
  std::unique_ptr<Crm> crm_;
};

// Events in short. Times as RFC 3339 with an offset; the zone names the wall clock.
Json timed(const std::string& summary, const std::string& start, const std::string& end,
           const std::string& zone = "Europe/Berlin");
Json all_day(const std::string& summary, const std::string& start, const std::string& end);
Json with(Json event, std::string_view member, Json value);
Json guests(std::initializer_list<const char*> addresses);
Json rule(const std::string& line);

// "2026-03-24T08:00:00Z Summary" for each row, in order.
std::vector<std::string> lines_of(const std::vector<OccurrenceRow>& rows);

}  // namespace host::test
