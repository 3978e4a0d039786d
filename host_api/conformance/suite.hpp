// The checks of the conformance suite and what they share. Each function checks the sentences of
// one header of host_api against the host and writes what it found into the report. They run on one
// thread of the probe, in the order of run_all, and start threads of their own where a sentence is
// about several calls at once.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "host_api/cpp/host.hpp"
#include "report.hpp"
#include "runs.hpp"

namespace conformance {

// Every service that the probe's manifest requires; prepare has checked that they are there.
struct Services {
  explicit Services(const crm::Host& host)
      : raw(host),
        clock(*host.clock()),
        secrets(*host.secrets()),
        sql(*host.sql()),
        accounts(*host.accounts()),
        calendars(*host.calendars()),
        events(*host.events()),
        contacts(*host.contacts()),
        tasks(*host.tasks()),
        options(*host.options()),
        log(*host.log()) {}

  crm::Host raw;
  crm::Clock clock;
  crm::Secrets secrets;
  crm::Sql sql;
  crm::Accounts accounts;
  crm::Calendars calendars;
  crm::Events events;
  crm::Contacts contacts;
  crm::Tasks tasks;
  crm::Options options;
  crm::Log log;
};

// Objects of one plugin, by which another plugin tries to reach them.
struct Objects {
  std::string user, account, calendar, event, secret, own;

  Json to_json() const;
  static Objects from_json(const Json& json);
};

struct Suite {
  const crm_host* host = nullptr;
  Services services;
  Report& report;
  Runs& runs;
  Json account;        // schema/account.json: the probe's own
  Objects neighbour;   // of the second probe; empty ids: there is none
  std::string record;  // an address that a lead or contact of the CRM has; "": not known
  std::string run_id;  // begins every id, so that the suite can be repeated on the same data

  std::string user() const { return account.string("user"); }
  std::string account_id() const { return account.string("id"); }
  std::string name(std::string_view part) const { return run_id + "-" + std::string(part); }
};

// Calls work(0), work(1), ... on threads of their own and waits for all of them.
void at_once(int count, const std::function<void(int)>& work);

// A calendar of the probe's account; "" after a failure.
std::string make_calendar(const Suite& suite, std::string_view remote_id);

// Documents.
Json simple_event(std::string_view summary);
Json put_operation(std::string_view op_id, std::string_view id, std::string_view calendar,
                   Json event, std::string_view if_revision = {});
Json operation(std::string_view op, std::string_view op_id, std::string_view id,
               std::string_view if_revision);

// The result of one operation: its revision ("" for an erase), or the status of the operation or of
// the call.
Result<std::string> perform(const Suite& suite, const Json& operation, std::int64_t fence = 0);
// The document of an event; null if the host has none.
Json event_of(const Suite& suite, std::string_view id);

void check_host(Suite& suite);
void check_accounts(Suite& suite);
void check_calendars(Suite& suite);
void check_contacts(Suite& suite);
void check_events(Suite& suite);
void check_feed(Suite& suite);
void check_secrets(Suite& suite);
void check_sql(Suite& suite);
void check_tasks(Suite& suite);
void check_neighbour(Suite& suite);

// All of the above, and then it leaves what the second part looks for.
void check_before_restart(Suite& suite);
void leave_for_restart(Suite& suite);
// What has to survive the end of the host's process.
void check_after_restart(Suite& suite);

}  // namespace conformance
