// What the contract demands of any plugin, checked from outside: contract_suite LIBRARY
// [--manifest FILE] [--option KEY=VALUE]... [--account-config JSON] [--timeout SECONDS].
// The suite is independent of the plugin's purpose. Violations are reported by the driver; see
// host_api/testing/plugin_driver.hpp.
#include <gmock/gmock.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "tests/contract/contract_host.hpp"
#include "tests/contract/plugin_library.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CONTRACT_SANITIZED 1  // the runtime keeps memory and libraries for its reports
#else
#define CONTRACT_SANITIZED 0
#endif

namespace {

using namespace std::chrono_literals;
using contract::ContractHost;
using contract::PluginLibrary;
using contract::Subject;
using crm::Code;
using crm::Error;
using crm::Result;
using crm::fakes::Json;
using crm::fakes::PluginDriver;
using crm::fakes::Request;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::array kServices{CRM_LOG,      CRM_CLOCK,     CRM_SECRETS, CRM_SQL,
                               CRM_ACCOUNTS, CRM_CALENDARS, CRM_EVENTS,  CRM_CONTACTS,
                               CRM_TASKS,    CRM_OPTIONS,   CRM_USERS,   CRM_HOST_INFO};
constexpr std::array kCapabilities{CRM_SETTINGS, CRM_CALENDAR, CRM_HOOKS,
                                   CRM_HTTP,     CRM_RUN,      CRM_PRIVACY};

// Only a failing test waits this long.
std::chrono::seconds timeout() {
  return Subject::get().timeout;
}

std::size_t threads() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
    count += entry.is_directory();
  return count;
}

bool eventually(const std::function<bool()>& condition) {
  for (const auto end = std::chrono::steady_clock::now() + timeout();
       std::chrono::steady_clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return condition();
}

Json manifest() {
  std::ifstream in(Subject::get().manifest, std::ios::binary);
  auto json = Json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
  if (!json) throw std::runtime_error("the manifest: " + json.error().message);
  return *json;
}

// Malformed requests: damaged bytes, wrong shapes, wrong types, too deep, too large, and
// well-formed documents that refer to nothing.
std::vector<std::string> bad_requests() {
  std::vector<std::string> requests{
      "",
      "{",
      "null",
      "[]",
      "\"text\"",
      "{}",
      "\xFF\xFE",
      std::string("{\"a\":\"\0\"}", 9),
      "{\"a\":1,\"a\":2}",
      "1e999999999",
      R"({"kind":7,"step":[],"memo":"x","input":null,"user":{},"account":1})",
      (R"({"flow":"f","kind":"setup","user":"nobody","account":"new","step":"","memo":{},)"
       R"("input":{},"locale":"xx","callback_url":"/"})"),
      (R"({"flow":"f","kind":"options","user":"anna","account":"nobody","step":"menu","memo":null,)"
       R"("input":null,"locale":"","callback_url":""})"),
      (R"({"flow":"f","kind":"reauth","user":"anna","account":"account","step":"no-such-step",)"
       R"("memo":[[]],"input":7,"locale":"","callback_url":""})"),
      R"({"account":"nobody","user":"anna"})",
      R"({"account":"account","user":"somebody else"})",
      R"({"method":"POST","path":"no/such/route","query":"","headers":{"x":7}})",
      R"({"method":"POST","path":"webhook","query":"","headers":{}})"};
  requests.emplace_back(5000, '[');
  requests.push_back("\"" + std::string(1 << 20, 'x') + "\"");
  return requests;
}

class Contract : public testing::Test {
 protected:
  PluginLibrary library_{Subject::get().library};

  // Sends every bad request to every capability. Returns at once.
  std::vector<Request> send_bad_requests(PluginDriver& plugin) {
    std::vector<Request> sent;
    for (const std::string& request : bad_requests()) {
      for (auto call : {&PluginDriver::settings_step, &PluginDriver::calendars,
                        &PluginDriver::status, &PluginDriver::sync_now})
        sent.push_back((plugin.*call)(request));
      sent.push_back(plugin.http(request, request));
      sent.push_back(plugin.forget(request));
      sent.push_back(plugin.run(request.substr(0, 256), request, 0));
    }
    return sent;
  }
  static void send_bad_notifications(const PluginDriver& plugin) {
    const auto* hooks = plugin.capability<crm_hooks_0>(CRM_HOOKS);
    if (!hooks) return;
    const std::string odd = std::string("\xFF\0nothing", 9);
    for (const std::string& id :
         {std::string(), std::string("nothing"), odd, std::string(1 << 16, 'x')}) {
      hooks->event_changed(plugin.plugin(), crm::to_abi(id), crm::to_abi(id));
      hooks->account_changed(plugin.plugin(), crm::to_abi(id));
      hooks->record_changed(plugin.plugin(), crm::to_abi(id), crm::to_abi(id));
    }
  }
  // Waits for every answer and meanwhile runs the tasks, as a host does: an answer may depend on
  // one. While no task is ready, the clock advances.
  static void expect_answers(ContractHost& host, PluginDriver& plugin,
                             const std::vector<Request>& requests) {
    const auto all_answered = [&] { return std::ranges::all_of(requests, &Request::answered); };
    const bool answered = eventually([&] {
      if (all_answered()) return true;
      if (run_due_tasks(host, plugin) == 0) host.clock.advance(10s);
      return false;
    });
    EXPECT_TRUE(answered) << "requests stay unanswered: "
                          << std::ranges::count(requests, false, &Request::answered) << " of "
                          << requests.size();
  }
  // Returns how many ran. Each must end; whether it succeeds is the plugin's own matter.
  static int run_due_tasks(ContractHost& host, PluginDriver& plugin) {
    int count = 0;
    while (const auto run = host.tasks.take_due()) {
      const Request request = plugin.run(run->key, run->payload, run->fence);
      const auto answer = request.wait(timeout());
      EXPECT_TRUE(request.answered()) << "the run of " << run->key << " does not end";
      host.tasks.finish(*run, answer ? Code::ok : answer.error().code);
      ++count;
    }
    return count;
  }
};

// A plugin that the test expects to start.
void begin(PluginDriver& plugin) {
  ASSERT_TRUE(plugin.error()) << plugin.error().error().message;
  const auto prepared = plugin.prepare();
  ASSERT_TRUE(prepared) << prepared.error().message;
  const auto started = plugin.start();
  ASSERT_TRUE(started) << started.error().message;
}

TEST_F(Contract, TheEntryMatchesTheManifest) {
  const crm_plugin_entry& entry = library_.entry();
  EXPECT_EQ(entry.size, sizeof(crm_plugin_entry));
  EXPECT_EQ(entry.abi_major, static_cast<std::uint32_t>(CRM_ABI_MAJOR));
  EXPECT_LE(entry.abi_minor, static_cast<std::uint32_t>(CRM_ABI_MINOR));
  ASSERT_NE(entry.id, nullptr);
  ASSERT_NE(entry.version, nullptr);
  EXPECT_THAT(entry.id, testing::MatchesRegex("[a-z][a-z0-9_]*([.][a-z0-9_]+)+"));
  EXPECT_THAT(entry.version, testing::MatchesRegex("[0-9]+[.][0-9]+[.][0-9]+"));
  if (Subject::get().manifest.empty()) return;
  EXPECT_EQ(manifest().string("id"), entry.id);
  EXPECT_EQ(manifest().string("version"), entry.version);
}

TEST_F(Contract, PrepareNamesAMissingRequiredService) {
  if (Subject::get().manifest.empty()) GTEST_SKIP() << "no manifest was given";
  for (const std::string& service : manifest()["requires"].strings()) {
    ContractHost host;
    host.withhold(service);
    PluginDriver plugin(host, library_.entry());
    const auto prepared = plugin.error() ? plugin.prepare() : plugin.error();
    ASSERT_FALSE(prepared) << "it lives without " << service << ", which its manifest requires";
    EXPECT_THAT(prepared.error().message, HasSubstr(service));
  }
  for (const std::string& service : manifest()["optional"].strings()) {
    ContractHost host;
    host.withhold(service);
    PluginDriver plugin(host, library_.entry());
    begin(plugin);
    EXPECT_TRUE(plugin.quiesce(10s)) << "without " << service;
  }
}

TEST_F(Contract, TheCapabilitiesAreThoseOfTheManifestAndDoNotChange) {
  ContractHost host;
  PluginDriver plugin(host, library_.entry());
  begin(plugin);
  EXPECT_EQ(plugin.capability<void>("crm.unknown/0"), nullptr);
  EXPECT_EQ(plugin.capability<void>(""), nullptr);
  for (const char* id : kCapabilities)
    EXPECT_EQ(plugin.capability<void>(id), plugin.capability<void>(id)) << id;
  if (!Subject::get().manifest.empty()) {
    for (const std::string& id : manifest()["provides"].strings())
      EXPECT_NE(plugin.capability<void>(id.c_str()), nullptr) << id;
  }
  EXPECT_TRUE(plugin.quiesce(10s));
}

TEST_F(Contract, AnyOrderOfTheLifecycleIsSilentBeforeStartAndAfterQuiesce) {
  const std::size_t before = threads();
  ContractHost host;
  { PluginDriver created_only(host, library_.entry()); }
  {
    PluginDriver prepared_only(host, library_.entry());
    EXPECT_TRUE(prepared_only.prepare());
    EXPECT_TRUE(prepared_only.prepare()) << "prepare is repeatable";
    EXPECT_TRUE(prepared_only.self_check()) << "it is checked before it starts";
    EXPECT_EQ(threads(), before) << "both start nothing";
  }
  PluginDriver plugin(host, library_.entry());
  begin(plugin);
  for (int i = 0; i < 3; ++i) {
    const auto report = plugin.self_check();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(Json::parse(*report)) << "the report is JSON: " << *report;
  }
  EXPECT_FALSE(plugin.start()) << "it runs already";
  EXPECT_TRUE(plugin.self_check()) << "and goes on";
  for (int life = 0; life < 3; ++life) {
    const auto state = plugin.quiesce(10s);
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_TRUE(eventually([&] { return threads() == before; }))
        << threads() << " threads after quiesce, " << before << " before";
    const auto again = plugin.quiesce(10s);
    if (!again) {
      EXPECT_THAT(again.error().code, testing::AnyOf(Code::conflict, Code::invalid))
          << again.error().message;
    }
    const auto started = plugin.start(*state);
    ASSERT_TRUE(started) << started.error().message;
  }
  EXPECT_TRUE(plugin.quiesce(10s));
  plugin.destroy();
  EXPECT_THAT(host.violations(), IsEmpty());
}

// The state is a cache. It may be truncated, or written by another version or another plugin.
TEST_F(Contract, AnUnreadableStateIsIgnored) {
  for (const std::string& state :
       {std::string("{"), std::string("\xFF\xFE"), std::string("[1,2]"),
        std::string("{\"version\":999999}"), std::string(1 << 20, 'x')}) {
    ContractHost host;
    PluginDriver plugin(host, library_.entry());
    EXPECT_TRUE(plugin.prepare());
    const auto started = plugin.start(state);
    EXPECT_TRUE(started) << started.error().message;
    EXPECT_TRUE(plugin.quiesce(10s));
    plugin.destroy();
    EXPECT_THAT(host.violations(), IsEmpty());
  }
}

TEST_F(Contract, QuiesceWithoutTimeStopsItOrLeavesItRunning) {
  ContractHost host;
  PluginDriver plugin(host, library_.entry());
  begin(plugin);
  if (!plugin.quiesce(0ms)) {
    EXPECT_TRUE(plugin.self_check());
    expect_answers(host, plugin, send_bad_requests(plugin));
    EXPECT_TRUE(plugin.quiesce(10s));
  }
  EXPECT_THAT(host.violations(), IsEmpty());
}

TEST_F(Contract, MalformedRequestsToEveryCapabilityAreAnsweredOnce) {
  ContractHost host;
  {
    PluginDriver plugin(host, library_.entry());
    begin(plugin);
    send_bad_notifications(plugin);
    expect_answers(host, plugin, send_bad_requests(plugin));
    EXPECT_TRUE(plugin.self_check());
    EXPECT_TRUE(plugin.quiesce(10s));
  }
  EXPECT_THAT(host.violations(), IsEmpty());
}

TEST_F(Contract, QuiesceAnswersOpenRequestsAndEndsAllThreads) {
  const std::size_t before = threads();
  for (int round = 0; round < 10; ++round) {
    ContractHost host;
    {
      PluginDriver plugin(host, library_.entry());
      begin(plugin);
      std::vector<std::jthread> callers;  // [any]: from several threads at once
      for (int i = 0; i < 4; ++i) {
        callers.emplace_back([&] {
          send_bad_requests(plugin);
          send_bad_notifications(plugin);
          for (int n = 0; n < 20; ++n) plugin.sync_now(R"({"account":"account","user":"anna"})");
        });
      }
      callers.clear();  // as the host's gate: no further request begins, but many are open
      const auto stopped = plugin.quiesce(20s);
      ASSERT_TRUE(stopped) << stopped.error().message;
      EXPECT_TRUE(eventually([&] { return threads() == before; }))
          << threads() << " threads, " << before << " before";
    }
    EXPECT_THAT(host.violations(), IsEmpty());
  }
}

// A capability works on a thread of its own: it returns although every service of the host blocks.
TEST_F(Contract, CapabilitiesReturnAtOnceWhileServicesBlock) {
  ContractHost host;
  std::atomic<bool> blocked = false;
  std::atomic<bool> released = false;
  host.on_call([&](std::string_view service, std::string_view) {
    if (blocked && service != CRM_LOG && service != CRM_CLOCK)
      released.wait(false);  // those two never block by contract
  });
  PluginDriver plugin(host, library_.entry());
  begin(plugin);
  blocked = true;
  std::atomic<bool> returned = false;
  std::vector<Request> requests;
  std::jthread caller([&] {
    requests = send_bad_requests(plugin);
    send_bad_notifications(plugin);
    returned = true;
  });
  EXPECT_TRUE(eventually([&] { return returned.load(); })) << "a capability waited for a service";
  released = true;
  released.notify_all();
  caller.join();
  expect_answers(host, plugin, requests);
  EXPECT_TRUE(plugin.quiesce(10s));
}

TEST_F(Contract, WithAFailingServiceItRefusesWithAReasonOrContinues) {
  for (const char* service : kServices) {
    for (const Code code : {Code::unavailable, Code::timeout, Code::invalid, Code::internal}) {
      ContractHost host;
      host.faults.fail(service, "", Error{code, "a fault of the test", {}});
      {
        PluginDriver plugin(host, library_.entry());
        Result<> life = plugin.prepare();
        if (life) life = plugin.start();
        if (life) {
          const auto report = plugin.self_check();
          if (!report) {
            EXPECT_FALSE(report.error().message.empty());
          }
          expect_answers(host, plugin, send_bad_requests(plugin));
          const auto stopped = plugin.quiesce(10s);
          EXPECT_TRUE(stopped) << service << ": " << stopped.error().message;
        } else {
          EXPECT_FALSE(life.error().message.empty()) << service;
          EXPECT_NE(life.error().code, Code::ok);
        }
      }
      EXPECT_THAT(host.violations(), IsEmpty()) << service;
    }
  }
}

TEST_F(Contract, WithServicesThatStartToFailItAnswersAndStops) {
  for (const char* service : kServices) {
    ContractHost host;
    {
      PluginDriver plugin(host, library_.entry());
      begin(plugin);
      host.faults.fail(service, "", Error{Code::unavailable, "a fault of the test", {}});
      for (int i = 0; i < 3; ++i) {
        run_due_tasks(host, plugin);
        host.clock.advance(1h);
      }
      host.faults.clear();
      const auto stopped = plugin.quiesce(10s);
      EXPECT_TRUE(stopped) << service << ": " << stopped.error().message;
    }
    EXPECT_THAT(host.violations(), IsEmpty()) << service;
  }
}

// Secrets that the test sends in requests never reach the log, whatever fails.
TEST_F(Contract, SecretsOfRequestsAreNeverLogged) {
  constexpr const char* kSecret = "4/0-planted-code-of-a-user";
  ContractHost host;
  {
    PluginDriver plugin(host, library_.entry());
    begin(plugin);
    std::vector<Request> sent;
    for (const char* kind : {"setup", "reauth"}) {
      const Json request = Json::object({{"flow", "f"},
                                         {"kind", kind},
                                         {"user", "anna"},
                                         {"account", "account"},
                                         {"step", "consent"},
                                         {"memo", Json::object()},
                                         {"input", Json::object({{"code", kSecret}})},
                                         {"locale", "en"},
                                         {"callback_url", "https://crm.example.com/callback"}});
      sent.push_back(plugin.settings_step(request.dump()));
      sent.push_back(plugin.http(request.dump(), kSecret));
    }
    expect_answers(host, plugin, sent);
    EXPECT_TRUE(plugin.quiesce(20s));
  }
  EXPECT_FALSE(host.log.holds(kSecret));
}

TEST(Cycles, TwoHundredLoadsAndUnloadsLeakNoMemoryAndNoThread) {
  const std::string file = Subject::get().library;
  const std::size_t before = threads();
  const auto live_once = [&] {
    ContractHost host;
    PluginLibrary library(file);
    PluginDriver plugin(host, library.entry());
    begin(plugin);
    Request request = plugin.settings_step("{}");
    EXPECT_TRUE(plugin.quiesce(10s));
    plugin.destroy();
    EXPECT_THAT(host.violations(), IsEmpty());
  };
  const int lives = CONTRACT_SANITIZED ? 20 : 200;
  for (int i = 0; i < 20; ++i) live_once();  // allocates what is allocated once per process
  const std::size_t settled = mallinfo2().uordblks;
  for (int i = 0; i < lives; ++i) live_once();
  const std::size_t grown = mallinfo2().uordblks - settled;
  EXPECT_TRUE(eventually([&] { return threads() == before; }));
  if (CONTRACT_SANITIZED) return;
  EXPECT_LT(static_cast<std::ptrdiff_t>(grown), 64 * 1024)
      << "bytes more after " << lives << " lives";
  EXPECT_FALSE(PluginLibrary::is_mapped(file)) << "something keeps the library mapped";
}

bool read_command_line(int argc, char** argv) {
  Subject& subject = Subject::get();
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--manifest" && has_value) {
      subject.manifest = argv[++i];
    } else if (argument == "--account-config" && has_value) {
      subject.account_config = argv[++i];
    } else if (argument == "--timeout" && has_value) {
      subject.timeout = std::chrono::seconds(std::atoi(argv[++i]));
    } else if (argument == "--option" && has_value) {
      const std::string option = argv[++i];
      const std::size_t equals = option.find('=');
      if (equals == std::string::npos) return false;
      subject.options.emplace_back(option.substr(0, equals), option.substr(equals + 1));
    } else if (!argument.starts_with("-") && subject.library.empty()) {
      subject.library = argument;
    } else {
      return false;
    }
  }
  return !subject.library.empty();
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  if (!read_command_line(argc, argv)) {
    std::fputs(
        "usage: contract_suite LIBRARY [--manifest FILE] [--option KEY=VALUE]... [--account-config "
        "JSON] [--timeout SECONDS]\n",
        stderr);
    return 2;
  }
  const ContractHost opens_the_database;  // whose threads belong to no plugin
  return RUN_ALL_TESTS();
}
