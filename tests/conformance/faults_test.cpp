// The conformance suite can fail: on a host in memory it finds nothing, and with one fault in the
// host it names the sentence that the fault breaks. The host is the one of host_api/testing, with a
// database behind crm.sql/0; a fault is a table whose functions differ in one point.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <list>
#include <string>
#include <thread>
#include <vector>

#include "host_api/testing/fakes.hpp"
#include "tests/conformance/sqlite_table.hpp"

namespace {

using namespace std::chrono_literals;
using crm::Code;
using crm::fakes::Host;
using crm::fakes::Json;
using crm::fakes::PluginDriver;
namespace tables = crm::fakes::tables;

Json parsed(std::string_view text) {
  auto json = Json::parse(text);
  return json ? *json : Json();
}

// What the fakes leave to a host: a health, ids and the elements of lists are checked.
bool are_texts(crm_str list, crm_error* error) {
  const Json json = parsed(crm::from_abi(list));
  for (const Json& one : json.items())
    if (!one.is_string()) {
      crm::write_message(error, "a list of texts is expected");
      return false;
    }
  return true;
}

crm_status get_events(const crm_host* h, crm_str ids, crm_sink documents,
                      crm_error* error) noexcept {
  return are_texts(ids, error) ? tables::kEvents.get(h, ids, documents, error)
                               : crm_status{CRM_INVALID};
}

crm_status apply(const crm_host* h, std::int64_t fence, crm_str operations, crm_sink results,
                 crm_error* error) noexcept {
  const Json batch = parsed(crm::from_abi(operations));
  for (const Json& operation : batch.items())
    if (operation.string("id").find('/') != std::string::npos) {
      crm::write_message(error, "id: letters, digits, - and _");
      return CRM_INVALID;
    }
  return tables::kEvents.apply(h, fence, operations, results, error);
}

crm_status find_by_email(const crm_host* h, crm_str user, crm_str addresses, crm_sink found,
                         crm_error* error) noexcept {
  return are_texts(addresses, error)
             ? tables::kContacts.find_by_email(h, user, addresses, found, error)
             : crm_status{CRM_INVALID};
}

crm_status set_health(const crm_host* h, crm_str id, crm_str health, crm_error* error) noexcept {
  const std::string state = parsed(crm::from_abi(health)).string("state");
  for (const char* known : {"ok", "working", "waiting", "needs_auth", "attention", "off"})
    if (state == known) return tables::kAccounts.set_health(h, id, health, error);
  crm::write_message(error, "state: ok, working, waiting, needs_auth, attention or off");
  return CRM_INVALID;
}

crm_events_0 events_table() {
  crm_events_0 table = tables::kEvents;
  table.get = &get_events;
  table.apply = &apply;
  return table;
}
crm_contacts_0 contacts_table() {
  crm_contacts_0 table = tables::kContacts;
  table.find_by_email = &find_by_email;
  return table;
}
crm_accounts_0 accounts_table() {
  crm_accounts_0 table = tables::kAccounts;
  table.set_health = &set_health;
  return table;
}

// --- the faults: each is a table of a service with one function that is wrong ---

using Fault = void (*)(Host&);

template <class Table>
const Table* kept(Table table) {
  static std::list<Table> all;  // a table lives as long as the host
  return &all.emplace_back(table);
}

std::string text_of(crm_str text) {
  return std::string(crm::from_abi(text));
}

void accepts_stale_fences(Host& host) {
  crm_events_0 table = events_table();
  table.apply = [](const crm_host* h, std::int64_t, crm_str operations, crm_sink results,
                   crm_error* e) noexcept {
    return tables::kEvents.apply(h, 0, operations, results, e);
  };
  host.offer(CRM_EVENTS, kept(table));
}

void forgets_answers(Host& host) {
  crm_events_0 table = events_table();
  table.apply = [](const crm_host* h, std::int64_t fence, crm_str operations, crm_sink results,
                   crm_error* e) noexcept {
    const crm_status status = tables::kEvents.apply(h, fence, operations, results, e);
    Json ids = Json::array();
    const Json batch = parsed(crm::from_abi(operations));
    for (const Json& operation : batch.items()) ids.push(operation.string("op_id"));
    static_cast<void>(Host::of(h).events.settle(ids.dump()));
    return status;
  };
  host.offer(CRM_EVENTS, kept(table));
}

void hides_conflicts(Host& host) {
  crm_events_0 table = events_table();
  table.apply = [](const crm_host* h, std::int64_t fence, crm_str operations, crm_sink results,
                   crm_error* e) noexcept {
    return crm::guard_into(results, e, [&]() -> crm::Result<std::string> {
      auto text = Host::of(h).events.apply(fence, crm::from_abi(operations));
      if (!text) return text;
      const std::string conflict = "\"status\":4", ok = "\"status\":0";
      for (auto at = text->find(conflict); at != std::string::npos; at = text->find(conflict))
        text->replace(at, conflict.size(), ok);
      return text;
    });
  };
  host.offer(CRM_EVENTS, kept(table));
}

// A cursor is taken for one of the calendar that is asked for, whose id is its last part.
void takes_foreign_cursors(Host& host) {
  crm_events_0 table = events_table();
  table.changes = [](const crm_host* h, crm_str calendar, crm_str cursor, std::uint32_t limit,
                     crm_sink page, crm_error* e) noexcept {
    std::string text(crm::from_abi(cursor));
    std::size_t end = 0;
    for (int mark = 0; mark < 3 && end != std::string::npos; ++mark)
      end = text.find('-', end + (mark > 0));
    if (end != std::string::npos)
      text = text.substr(0, end + 1) + std::string(crm::from_abi(calendar));
    return tables::kEvents.changes(h, calendar, crm::to_abi(text), limit, page, e);
  };
  host.offer(CRM_EVENTS, kept(table));
}

void loses_the_end_of_a_page(Host& host) {
  crm_events_0 table = events_table();
  table.changes = [](const crm_host* h, crm_str calendar, crm_str cursor, std::uint32_t limit,
                     crm_sink page, crm_error* e) noexcept {
    return crm::guard_into(page, e, [&]() -> crm::Result<std::string> {
      crm::StringSink sink;
      crm_error error{};
      const crm_status status =
          tables::kEvents.changes(h, calendar, cursor, limit, sink.abi(), &error);
      if (status != CRM_OK) return crm::Error{crm::to_code(status), error.message, {}};
      Json json = parsed(std::move(sink).take());
      std::vector<Json> items = json["changes"].items();
      if (items.size() > 5) items.pop_back();
      json.set("changes", Json::array(std::move(items)));
      return json.dump();
    });
  };
  host.offer(CRM_EVENTS, kept(table));
}

void cuts_long_lists(Host& host) {
  crm_events_0 table = events_table();
  table.get = [](const crm_host* h, crm_str ids, crm_sink documents, crm_error* e) noexcept {
    std::vector<Json> items = parsed(crm::from_abi(ids)).items();
    if (items.size() <= 500) return tables::kEvents.get(h, ids, documents, e);
    items.resize(500);
    const std::string cut = Json::array(std::move(items)).dump();
    return tables::kEvents.get(h, crm::to_abi(cut), documents, e);
  };
  host.offer(CRM_EVENTS, kept(table));
}

void cuts_secrets_at_nul(Host& host) {
  crm_secrets_0 table = tables::kSecrets;
  table.put = [](const crm_host* h, crm_str key, crm_str value, crm_error* e) noexcept {
    const std::string whole = text_of(value), cut = whole.substr(0, whole.find('\0'));
    return tables::kSecrets.put(h, key, crm::to_abi(cut), e);
  };
  host.offer(CRM_SECRETS, kept(table));
}

void stores_without_comparing(Host& host) {
  crm_secrets_0 table = tables::kSecrets;
  table.put_if = [](const crm_host* h, crm_str key, crm_str, crm_str value, crm_error* e) noexcept {
    return tables::kSecrets.put(h, key, value, e);
  };
  host.offer(CRM_SECRETS, kept(table));
}

void overwrites_configs(Host& host) {
  crm_accounts_0 table = accounts_table();
  table.put_config_if = [](const crm_host* h, crm_str id, crm_str, crm_str config,
                           crm_error* e) noexcept {
    return tables::kAccounts.put_config(h, id, config, e);
  };
  host.offer(CRM_ACCOUNTS, kept(table));
}

void takes_any_health(Host& host) {
  crm_accounts_0 table = accounts_table();
  table.set_health = [](const crm_host*, crm_str, crm_str, crm_error*) noexcept {
    return crm_status{CRM_OK};
  };
  host.offer(CRM_ACCOUNTS, kept(table));
}

void ignores_hiding(Host& host) {
  crm_calendars_0 table = tables::kCalendars;
  table.set_state = [](const crm_host* h, crm_str calendar, crm_str state, crm_error* e) noexcept {
    const bool hides = crm::from_abi(state) == "hidden";
    return tables::kCalendars.set_state(h, calendar, hides ? crm::to_abi("live") : state, e);
  };
  host.offer(CRM_CALENDARS, kept(table));
}

void doubles_calendars(Host& host) {
  crm_calendars_0 table = tables::kCalendars;
  table.put = [](const crm_host* h, crm_str calendar, crm_sink id, crm_error* e) noexcept {
    static std::atomic<int> count = 0;
    Json json = parsed(crm::from_abi(calendar));
    if (json.string("remote_id").empty()) return tables::kCalendars.put(h, calendar, id, e);
    json.set("remote_id", json.string("remote_id") + std::to_string(++count));
    const std::string text = json.dump();
    return tables::kCalendars.put(h, crm::to_abi(text), id, e);
  };
  host.offer(CRM_CALENDARS, kept(table));
}

void keeps_the_first_default(Host& host) {
  crm_calendars_0 table = tables::kCalendars;
  table.set_default = [](const crm_host* h, crm_str user, crm_str calendar, crm_error* e) noexcept {
    crm::StringSink sink;
    static_cast<void>(tables::kAccounts.user(h, user, sink.abi(), nullptr));
    const std::string present = parsed(std::move(sink).take()).string("default_calendar");
    if (!present.starts_with("own-") && crm::from_abi(calendar).starts_with("calendar-"))
      return crm_status{CRM_OK};
    return tables::kCalendars.set_default(h, user, calendar, e);
  };
  host.offer(CRM_CALENDARS, kept(table));
}

void does_not_cancel(Host& host) {
  crm_tasks_0 table = tables::kTasks;
  table.cancel = [](const crm_host*, crm_str, crm_error*) noexcept { return crm_status{CRM_OK}; };
  host.offer(CRM_TASKS, kept(table));
}

void cuts_payloads(Host& host) {
  crm_tasks_0 table = tables::kTasks;
  table.schedule = [](const crm_host* h, crm_str key, std::int64_t at, crm_str payload,
                      crm_error* e) noexcept {
    if (payload.size > 100 && payload.size <= 4096) payload.size = 100;
    return tables::kTasks.schedule(h, key, at, payload, e);
  };
  host.offer(CRM_TASKS, kept(table));
}

void commits_for_old_runs(Host&) {
  conformance_test::ignore_fences_at_commit(true);
}

void steps_its_clock_back(Host& host) {
  crm_clock_0 table = tables::kClock;
  table.monotonic_ms = [](const crm_host*) noexcept {
    static std::atomic<std::int64_t> time = 1'000'000;
    return --time;
  };
  host.offer(CRM_CLOCK, kept(table));
}

void offers_more_than_asked(Host& host) {
  host.offer(CRM_MAILER, &tables::kMailer);
}

// --- the host and the plugin ---

struct World {
  Host host;

  explicit World(Fault fault) {
    conformance_test::clear_database();
    conformance_test::ignore_fences_at_commit(false);
    host.offer(CRM_SQL, conformance_test::sqlite_table());
    host.offer(CRM_EVENTS, kept(events_table()));
    host.offer(CRM_ACCOUNTS, kept(accounts_table()));
    host.offer(CRM_CONTACTS, kept(contacts_table()));
    host.withhold(CRM_MAILER);  // the manifest of the probe does not name it
    host.add_user({.id = "anna", .email = "anna@example.com", .name = "Anna"});
    host.contacts.put("lead", "kim", {"kim@customers.example"});
    crm::fakes::Account account;
    account.id = "account";
    account.user = "anna";
    account.unique_id = "conformance";
    account.title = "Conformance";
    EXPECT_TRUE(host.accounts.connect(account));
    if (fault) fault(host);
  }
  ~World() { conformance_test::clear_database(); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // Runs a part of the suite and returns the sentences that it found broken, with their details.
  std::string broken(PluginDriver& plugin, const Json& wish) {
    const auto begun = plugin.http(request("POST", "start"), wish.dump()).wait(10s);
    EXPECT_TRUE(begun && parsed(*begun)["status"].as_integer() == 202);
    const auto end = std::chrono::steady_clock::now() + 90s;
    Json report;
    for (int turn = 0; report.string("state") != "ended"; ++turn) {
      run_tasks(plugin);
      host.clock.advance(5ms);
      std::this_thread::sleep_for(1ms);
      if (turn % 50 != 0) continue;
      const auto answer = plugin.http(request("GET", "report"), "").wait(10s);
      if (answer) report = parsed(parsed(*answer).string("body"));
      if (std::chrono::steady_clock::now() > end) return "the suite does not end";
    }
    count = report["sentences"].items().size();
    std::string found;
    for (const Json& one : report["sentences"].items())
      if (one.string("verdict") == "broken")
        found += one.string("header") + ": " + one.string("sentence") + " [" +
                 one.string("detail") + "]\n";
    return found;
  }

  std::size_t count = 0;  // of sentences in the last report

 private:
  static std::string request(const char* method, const char* path) {
    return Json::object(
               {{"method", method}, {"path", path}, {"query", ""}, {"headers", Json::object()}})
        .dump();
  }
  // As a host does: begins what is due, without waiting for its end.
  void run_tasks(PluginDriver& plugin) {
    while (const auto due = host.tasks.take_due())
      runs_.emplace_back(*due, plugin.run(due->key, due->payload, due->fence));
    for (auto run = runs_.begin(); run != runs_.end();) {
      if (!run->second.answered()) {
        ++run;
        continue;
      }
      const auto answer = run->second.wait(0ms);
      host.tasks.finish(run->first, answer ? Code::ok : answer.error().code);
      run = runs_.erase(run);
    }
  }

 public:
  void finish_tasks(PluginDriver& plugin) { run_tasks(plugin); }

 private:
  std::list<std::pair<crm::fakes::Tasks::Run, crm::fakes::Request>> runs_;
};

void begin(PluginDriver& plugin) {
  ASSERT_TRUE(plugin.error());
  ASSERT_TRUE(plugin.prepare());
  ASSERT_TRUE(plugin.self_check());
  ASSERT_TRUE(plugin.start());
}

Json first_part() {
  return Json::object({{"record", "kim@customers.example"}});
}

TEST(ConformanceOfHosts, AHostThatKeepsTheContractBreaksNoSentence) {
  World world(nullptr);
  {
    PluginDriver plugin(world.host, crm_entry);
    begin(plugin);
    EXPECT_EQ(world.broken(plugin, first_part()), "");
    EXPECT_GT(world.count, 60U);
    EXPECT_TRUE(plugin.quiesce(10s));
    world.finish_tasks(plugin);  // the run that the end interrupted is due again
  }
  PluginDriver again(world.host, crm_entry);
  begin(again);
  EXPECT_EQ(world.broken(again, Json::object({{"part", "after_restart"}})), "");
  EXPECT_GT(world.count, 5U);
  EXPECT_TRUE(again.quiesce(10s));
  EXPECT_THAT(world.host.violations(), testing::IsEmpty());
}

struct Case {
  const char* name;
  Fault fault;
  const char* sentence;  // the one that it breaks

  friend void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }
};

class ConformanceFault : public testing::TestWithParam<Case> {};

TEST_P(ConformanceFault, IsNamedByTheSentenceThatItBreaks) {
  World world(GetParam().fault);
  PluginDriver plugin(world.host, crm_entry);
  begin(plugin);
  EXPECT_THAT(world.broken(plugin, first_part()), testing::HasSubstr(GetParam().sentence));
}

INSTANTIATE_TEST_SUITE_P(
    Hosts, ConformanceFault,
    testing::Values(
        Case{"AcceptsStaleFences", &accepts_stale_fences,
             "services/events.h: CONFLICT for a fence that is no longer current."},
        Case{"ForgetsAnswers", &forgets_answers,
             "services/events.h: the result of a successful operation is stored with its op_id"},
        Case{"HidesConflicts", &hides_conflicts,
             "services/events.h: creates (without if_revision) or replaces an event; CONFLICT"},
        Case{"TakesForeignCursors", &takes_foreign_cursors,
             "services/events.h: GONE if the cursor is of another calendar"},
        Case{"LosesTheEndOfAPage", &loses_the_end_of_a_page,
             "services/events.h: by commit. After a page was returned, no change becomes visible"},
        Case{"CutsLongLists", &cuts_long_lists,
             "services/events.h: INVALID for more or other elements."},
        Case{"CutsSecretsAtNul", &cuts_secrets_at_nul,
             "services/secrets.h: Writes the value of a key."},
        Case{"StoresWithoutComparing", &stores_without_comparing,
             "services/secrets.h: CONFLICT if the key has another value"},
        Case{"OverwritesConfigs", &overwrites_configs,
             "services/accounts.h: Replaces the config of an account if it still is the one"},
        Case{"TakesAnyHealth", &takes_any_health,
             "services/accounts.h: INVALID for another document."},
        Case{"IgnoresHiding", &ignores_hiding,
             "services/calendars.h: hidden: the appointments are kept and not shown."},
        Case{"DoublesCalendars", &doubles_calendars,
             "services/calendars.h: The calendar is identified by its account and remote_id"},
        Case{"KeepsTheFirstDefault", &keeps_the_first_default,
             "services/calendars.h: A user has one default"},
        Case{"DoesNotCancel", &does_not_cancel,
             "services/tasks.h: Removes the pending entry of a key."},
        Case{"CutsPayloads", &cuts_payloads,
             "capabilities/run.h: the newest payload that was scheduled."},
        Case{"CommitsForOldRuns", &commits_for_old_runs,
             "services/sql.h: If it is no longer current, the answer is CONFLICT"},
        Case{"StepsItsClockBack", &steps_its_clock_back,
             "services/clock.h: Returns a time in milliseconds that never goes back."},
        Case{"OffersMoreThanAsked", &offers_more_than_asked,
             "crm_plugin.h: or NULL if this host does not offer it"}),
    [](const testing::TestParamInfo<Case>& one) { return std::string(one.param.name); });

}  // namespace
