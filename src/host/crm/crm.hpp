// The reference CRM's core as one object: database, people, records, calendars, appointments,
// accounts, flows, timers, secrets. Created once by main and by tests; the web face and the service
// tables hold a reference. It must never know HTTP or a plugin's code.
#pragma once

#include <filesystem>
#include <memory>

#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/host/crm/accounts.hpp"
#include "src/host/crm/calendars.hpp"
#include "src/host/crm/change_bus.hpp"
#include "src/host/crm/events.hpp"
#include "src/host/crm/flows.hpp"
#include "src/host/crm/records.hpp"
#include "src/host/crm/secrets.hpp"
#include "src/host/crm/tasks.hpp"
#include "src/host/crm/users.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace refhost {

struct CrmOptions {
  std::filesystem::path data;      // folder of everything; created 0700
  std::filesystem::path database;  // "": data/crm.sqlite
  int scrypt_cost = 15;
};

class Crm {
 public:
  // clock, random and log outlive the object.
  static gcal::Result<std::unique_ptr<Crm>> open(const CrmOptions& options,
                                                 const gcal::base::Clock& clock,
                                                 gcal::base::Random& random, gcal::base::Log& log);

  const std::filesystem::path& data() const { return data_; }
  Database& database() { return *database_; }
  ChangeBus& bus() { return *bus_; }
  Users& users() { return *users_; }
  Records& records() { return *records_; }
  Calendars& calendars() { return *calendars_; }
  Events& events() { return *events_; }
  Accounts& accounts() { return *accounts_; }
  Flows& flows() { return *flows_; }
  Tasks& tasks() { return *tasks_; }
  Secrets& secrets() { return *secrets_; }
  const gcal::base::Clock& clock() const { return clock_; }
  gcal::base::Random& random() { return random_; }
  gcal::base::Log& log() { return log_; }

 private:
  Crm(const gcal::base::Clock& clock, gcal::base::Random& random, gcal::base::Log& log)
      : clock_(clock), random_(random), log_(log) {}

  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  gcal::base::Log& log_;
  std::filesystem::path data_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<ChangeBus> bus_;
  std::unique_ptr<Users> users_;
  std::unique_ptr<Records> records_;
  std::unique_ptr<Calendars> calendars_;
  std::unique_ptr<Events> events_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Flows> flows_;
  std::unique_ptr<Tasks> tasks_;
  std::unique_ptr<Secrets> secrets_;
};

}  // namespace refhost
