// What the hosting library itself keeps of a host: the change bus and feed, the connected accounts,
// the tasks and the secrets of plugins, over the host's database; with the clock, the random
// numbers and the log that all of it uses. Created by the CRM when it opens its database; the
// service tables, the plugin loader and the flows hold a reference. It must never hold what belongs
// to the CRM: that is behind CrmPort.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/services/accounts.hpp"
#include "src/hosting/services/change_bus.hpp"
#include "src/hosting/services/change_feed.hpp"
#include "src/hosting/services/secrets.hpp"
#include "src/hosting/services/tasks.hpp"
#include "src/hosting/storage/database.hpp"

namespace hosting {

class MailPort;

class HostContext {
 public:
  // data: the folder of the host's files, which exists. database: holds the tables of schema.hpp.
  // All references outlive the object. secrets: the master key at its usual place when it names
  // none. Errors: those of Secrets::open.
  static Result<std::unique_ptr<HostContext>> open(std::filesystem::path data, Database& database,
                                                   const gcal::base::Clock& clock,
                                                   gcal::base::Random& random, gcal::base::Log& log,
                                                   SecretsOptions secrets = {});

  const std::filesystem::path& data() const { return data_; }
  Database& database() { return database_; }
  ChangeBus& bus() { return bus_; }
  // Where the CRM notes its changes.
  ChangeFeed& feed() { return feed_; }
  Accounts& accounts() { return accounts_; }
  Tasks& tasks() { return tasks_; }
  Secrets& secrets() { return *secrets_; }
  const gcal::base::Clock& clock() const { return clock_; }
  gcal::base::Random& random() { return random_; }
  gcal::base::Log& log() { return log_; }
  // The mailer of this host; null without one. Set before the first plugin is loaded, and taken
  // away after the last one was unloaded.
  MailPort* mail() const { return mail_; }
  void set_mail(MailPort* mail) { mail_ = mail; }
  // Logs who did what to what, for administrators. The host has lines of its own of the same name.
  void audit(std::string_view action, std::string_view user, std::string_view object);

 private:
  HostContext(std::filesystem::path data, Database& database, const gcal::base::Clock& clock,
              gcal::base::Random& random, gcal::base::Log& log)
      : data_(std::move(data)),
        database_(database),
        clock_(clock),
        random_(random),
        log_(log),
        feed_(bus_, clock),
        accounts_(database, bus_, clock, random),
        tasks_(database, clock) {}

  std::filesystem::path data_;
  Database& database_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  gcal::base::Log& log_;
  ChangeBus bus_;
  ChangeFeed feed_;
  Accounts accounts_;
  Tasks tasks_;
  std::unique_ptr<Secrets> secrets_;
  MailPort* mail_ = nullptr;
};

}  // namespace hosting
