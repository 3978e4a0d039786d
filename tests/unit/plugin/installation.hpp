// Fixture: one CRM, one Google account in the emulator, and the plugin's objects between them,
// without loop thread and sockets; a run is a function call. Used by the tests of this folder. Must
// not be shared between tests.
#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugin/account/account_run.hpp"
#include "plugin/account/run_memory.hpp"
#include "plugin/adapters/host_services.hpp"
#include "plugin/adapters/sql_database.hpp"
#include "plugin/plugin_context.hpp"
#include "src/emulator/api/emulator.hpp"
#include "src/engine/google/token_buckets.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "tests/support/run_task.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace gcal::plugin::test {

using base::Json;
using host::test::must;

inline constexpr const char* kId = "com.example.google_calendar";
inline constexpr const char* kMe = "me@gmail.example";
inline constexpr const char* kTeam = "team@group.calendar.google.com";

// An HttpClient that calls the emulator in process and records the requests.
class EmulatorHttp final : public net::HttpClient {
 public:
  explicit EmulatorHttp(emulator::Emulator& emulator) : emulator_(emulator) {}
  Task<net::HttpResponse> send(net::HttpRequest request, net::HttpLimits) override;

  std::size_t count(std::string_view method,
                    std::string_view part) const;  // requests since forget() whose URL holds `part`
  std::size_t writes() const;                      // to events
  void forget() { sent_.clear(); }
  // Called once, before the next request whose method and URL hold these parts is handled: what
  // happens elsewhere while the plugin waits for the answer.
  void when(std::string method, std::string part, std::function<void()> happens) {
    moment_ = {std::move(method), std::move(part), std::move(happens)};
  }
  const std::vector<std::string>& sent() const { return sent_; }

 private:
  emulator::Emulator& emulator_;
  std::vector<std::string> sent_;  // "GET http://..."
  struct Moment {
    std::string method, part;
    std::function<void()> happens;
  } moment_;
};

// Waits as long as it says, on the test's clock.
class ClockPause final : public net::Pause {
 public:
  explicit ClockPause(host::test::StandingClock& clock) : clock_(clock) {}
  Task<> wait(base::Milliseconds time) override {
    clock_.advance(time);
    co_return Result<>{};
  }

 private:
  host::test::StandingClock& clock_;
};

class InstallationTest : public host::test::CrmTest {
 protected:
  enum class Client { of_site, absent };  // the OAuth client among the host's options
  // public_url: "" for an installation that Google cannot reach. random: nothing for the system's.
  explicit InstallationTest(std::string public_url = "http://127.0.0.1:9",
                            Client client = Client::of_site,
                            std::unique_ptr<base::Random> random = nullptr);
  ~InstallationTest() override;

  // Actions at Google. google() sends a request with a fresh token of the account.
  Json google(const std::string& method, const std::string& path, const Json& body = {});
  std::string add_at_google(const std::string& calendar, const Json& event);  // returns the id
  std::vector<std::string> at_google(const std::string& calendar);            // summaries, sorted
  Json emulated(const std::string& path,
                const Json& body = Json::object());  // the emulator's controls
  void clear_faults();

  // Finishes a set-up with these visible calendars; default_calendar "" is the CRM's own.
  void connect(std::vector<std::string> visible, std::string default_calendar,
               settings::ExportExisting existing = settings::ExportExisting::none);
  void change(const std::function<void(settings::AccountConfig&)>& edit);
  // One run with a new fence, as the host starts it.
  RunOutcome run();
  Result<RunOutcome> try_run(std::int64_t fence);
  std::int64_t next_fence();

  // What the user sees and does in the CRM.
  std::vector<std::string> in_crm(
      const std::string&
          remote_id);  // summaries of the calendar's appointments, sorted; "" = the user's own
  Json calendar(
      const std::string& remote_id);  // as crm.calendars/0 lists it; null when there is none
  std::string create_in_crm(const Json& event, const std::string& calendar = {});
  Json health();
  sync::Pair pair(const std::string& remote_calendar);

  std::unique_ptr<hosting::PluginHost> host_;
  emulator::Emulator google_;
  EmulatorHttp http_;
  ClockPause pause_{clock_};
  boost::asio::io_context loop_;  // for timers that never fire
  std::optional<HostServices> services_;
  store::BlockingExecutor blocking_;
  std::optional<SqlDatabase> database_;
  std::optional<HostCalls> calls_;
  std::optional<SecretVault> vault_;
  std::optional<oauth::TokenClient> tokens_;
  std::optional<google::TokenBuckets> budget_;  // without limits
  std::optional<GoogleAccesses> accesses_;
  SiteOptions site_;
  std::optional<PluginContext> context_;
  AccountMemory memory_;

  host::User user_;
  std::string account_;
};

Json google_timed(const std::string& summary, const std::string& start, const std::string& end);
Json google_day(const std::string& summary, const std::string& day, const std::string& next);

}  // namespace gcal::plugin::test
