// A host in memory for authors of plugins: every service of host_api/services as documented, with
// the standard library only. A test acts as the user, the administrator and the clock;
// host_api/testing/plugin_driver.hpp calls the plugin and waits for its replies. For tests only,
// and one host for each plugin. Services may be called on any thread.
//
//   crm::fakes::Host host;
//   host.add_user({.id = "anna", .email = "anna@example.com"});
//   crm::fakes::PluginDriver plugin(host, crm_entry);        // or PluginDriver::of<Hello>(host)
//   plugin.prepare(); plugin.start(); plugin.quiesce(5s);    // each a Result
//   host.violations();                                       // breaches of the contract: empty
//
// Simplifications: it never blocks, keeps one plugin's view, does not expand series, and answers
// SQL from a script (host_api/testing/sql.hpp).
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host_api/cpp/abi.hpp"
#include "host_api/testing/accounts.hpp"
#include "host_api/testing/calendars.hpp"
#include "host_api/testing/contacts.hpp"
#include "host_api/testing/environment.hpp"
#include "host_api/testing/events.hpp"
#include "host_api/testing/feed.hpp"
#include "host_api/testing/mailer.hpp"
#include "host_api/testing/sql.hpp"
#include "host_api/testing/tasks.hpp"

namespace crm::fakes {

// Must outlive the plugin. Its parts may be used before and while the plugin runs. [any thread]
class Host : public crm_host {
 public:
  Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Omits the service, or offers this table instead; its functions receive this host. Call it
  // before create.
  void withhold(const std::string& id) { offer(id, nullptr); }
  void offer(const std::string& id, const void* table) {
    const Lock lock(mutex_);
    tables_[id] = table;
  }
  // Called first in each service function, outside of the lock, on the plugin's thread: a test may
  // block in it or count. Set it before start.
  void on_call(std::function<void(std::string_view service, std::string_view function)> observer) {
    observer_ = std::move(observer);
  }

  // Adds a user with a calendar of their own, whose id is "own-" followed by the user's id.
  void add_user(User user) {
    user.own_calendar = "own-" + user.id;
    calendars.add_own(user.id, user.own_calendar);
    accounts.add_user(std::move(user));
  }
  // Invalidates every cursor, as restoring a backup does: feeds return GONE.
  void restore_backup() {
    const Lock lock(mutex_);
    feed_.new_epoch();
  }
  // Removes and returns the notifications since the last call. Discarding them is allowed: a
  // notification may be lost.
  Notifications take_notifications() {
    const Lock lock(mutex_);
    return std::exchange(notifications_, {});
  }
  std::size_t calls() const { return calls_; }  // of service functions, so far

  // The plugin's breaches of the contract, one sentence each.
  std::vector<std::string> violations() const {
    const Lock lock(mutex_);
    return violations_;
  }
  void add_violation(std::string sentence) {
    const Lock lock(mutex_);
    violations_.push_back(std::move(sentence));
  }
  // From now on every call of the plugin is a violation, reported with this moment ("after
  // quiesce");
  // "" ends that.
  void expect_silence(std::string moment) {
    const Lock lock(mutex_);
    silence_ = std::move(moment);
  }

 private:
  mutable Mutex mutex_;
  Feed feed_;
  Notifications notifications_;

 public:
  Faults faults{mutex_};
  Clock clock{mutex_};
  Log log{mutex_};
  Secrets secrets{mutex_};
  Options options{mutex_};
  HostInfo host_info{mutex_, options};
  Accounts accounts{mutex_, notifications_};
  Calendars calendars{mutex_, accounts};
  Contacts contacts{mutex_, feed_, notifications_};
  Tasks tasks{mutex_, clock};
  Events events{mutex_, clock, feed_, notifications_, calendars, contacts, tasks};
  Sql sql{mutex_, tasks};
  Mailer mailer{mutex_, clock, feed_, tasks};

  // --- used by the C tables ---
  static Host& of(const crm_host* host) {
    return *const_cast<Host*>(static_cast<const Host*>(host));
  }
  Mutex& mutex() const { return mutex_; }
  void enter(std::string_view service, std::string_view function) {
    ++calls_;
    if (observer_) observer_(service, function);
    const Lock lock(mutex_);
    if (!silence_.empty())
      violations_.push_back(std::string(service) + " " + std::string(function) + " was called " +
                            silence_);
  }

 private:
  static const void* find(const crm_host* host, const char* id) noexcept;

  std::map<std::string, const void*, std::less<>> tables_;
  std::function<void(std::string_view, std::string_view)> observer_;
  std::vector<std::string> violations_;
  std::string silence_;
  std::atomic<std::size_t> calls_ = 0;
};

}  // namespace crm::fakes

#include "host_api/testing/plugin_driver.hpp"
#include "host_api/testing/tables.hpp"
