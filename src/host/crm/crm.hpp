// The reference CRM as one object: its database, users, records, calendars and appointments, what
// the hosting library keeps in the same database, and the port through which that library reaches
// the CRM. Created once by main and by tests. It must never depend on HTTP or on a plugin's code.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/host/crm/appointment_editor.hpp"
#include "src/host/crm/appointment_queries.hpp"
#include "src/host/crm/appointment_store.hpp"
#include "src/host/crm/calendars.hpp"
#include "src/host/crm/crm_adapter.hpp"
#include "src/host/crm/records.hpp"
#include "src/host/crm/users.hpp"
#include "src/hosting/services/host_context.hpp"
#include "src/hosting/services/plugin_appointments.hpp"
#include "src/hosting/services/plugin_calendars.hpp"
#include "src/hosting/storage/database.hpp"

namespace host {

struct CrmOptions {
  std::filesystem::path data;      // folder of everything; created 0700
  std::filesystem::path database;  // "": data/crm.sqlite
  int scrypt_cost = 15;
  hosting::SecretsOptions secrets = {};
  hosting::PostgresPlace postgres = {};  // with a url: instead of an SQLite file
  std::string public_url = {};           // where browsers and other services reach the host

  bool is_postgres() const { return !postgres.url.empty(); }
};

class Crm {
 public:
  // Only the database, for commands that run beside a host: creates the folder and what does not
  // exist yet. denied: the folder cannot be created or closed to others; otherwise the errors of
  // Database::open and migrate.
  static gcal::Result<std::unique_ptr<Database>> open_database(const CrmOptions& options,
                                                               gcal::base::Random& random);
  // Creates what does not exist yet. clock, random and log outlive the object. denied: the folder
  // cannot be created or closed to others; otherwise the errors of Database::open, migrate and
  // HostContext::open.
  static gcal::Result<std::unique_ptr<Crm>> open(const CrmOptions& options,
                                                 const gcal::base::Clock& clock,
                                                 gcal::base::Random& random, gcal::base::Log& log);

  Database& database() { return *database_; }
  Users& users() { return *users_; }
  Records& records() { return *records_; }
  Calendars& calendars() { return *calendars_; }
  AppointmentEditor& appointment_editor() { return *editor_; }
  AppointmentQueries& appointment_queries() { return *queries_; }

  // What the hosting library keeps for this host, and the CRM as that library sees it.
  hosting::HostContext& context() { return *context_; }
  hosting::CrmPort& port() { return *port_; }
  // What plugins see of this CRM, for its own pages and commands.
  hosting::PluginCalendars& plugin_calendars() { return *plugin_calendars_; }
  hosting::PluginAppointments& appointment_feed() { return *feed_; }
  const std::filesystem::path& data() const { return context_->data(); }
  ChangeBus& bus() { return context_->bus(); }
  hosting::Accounts& accounts() { return context_->accounts(); }
  hosting::Tasks& tasks() { return context_->tasks(); }
  hosting::Secrets& secrets() { return context_->secrets(); }
  const gcal::base::Clock& clock() const { return context_->clock(); }
  gcal::base::Random& random() { return context_->random(); }
  gcal::base::Log& log() { return context_->log(); }

 private:
  Crm() = default;

  std::unique_ptr<Database> database_;
  std::unique_ptr<hosting::HostContext> context_;
  std::unique_ptr<Users> users_;
  std::unique_ptr<Records> records_;
  std::unique_ptr<Calendars> calendars_;
  std::unique_ptr<AppointmentStore> appointments_;
  std::unique_ptr<AppointmentEditor> editor_;
  std::unique_ptr<AppointmentQueries> queries_;
  std::unique_ptr<CrmAdapter> port_;
  std::unique_ptr<hosting::PluginCalendars> plugin_calendars_;
  std::unique_ptr<hosting::PluginAppointments> feed_;
};

}  // namespace host
