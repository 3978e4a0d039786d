// A host in memory for authors of plugins: every service of host_api/services with its documented
// meaning, nothing but the standard library. A test is the person, the administrator and the clock;
// fakes/plugin_driver.hpp is the rest of a host: it calls the plugin and waits for replies. It must
// never be shared by two plugins, nor take part in a product.
//
//   crm::fakes::Host host;
//   host.accounts.add_user({.id = "anna", .email = "anna@example.com"});
//   crm::fakes::PluginDriver plugin(host, crm_entry);        // or PluginDriver::of<Hello>(host)
//   plugin.prepare(); plugin.start(); plugin.quiesce(5s);    // each a Result
//   host.violations();                                       // what the plugin did that the
//   contract forbids: empty
//
// What it simplifies: it never blocks, keeps one plugin's view, does not expand series, and answers
// SQL from a script (fakes/sql.hpp).
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
#include "host_api/testing/sql.hpp"
#include "host_api/testing/tasks.hpp"

namespace crm::fakes {

// Outlives the plugin. Its parts may be used from any thread, before and while the plugin runs.
class Host : public crm_host {
 public:
  Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // The host does not offer the service, or offers this table instead. The functions of such a
  // table receive this host. Before create.
  void withhold(const std::string& id) { offer(id, nullptr); }
  void offer(const std::string& id, const void* table) {
    const Lock lock(mutex_);
    tables_[id] = table;
  }
  // Called first in each service function, outside of the lock, on the plugin's thread: a test may
  // block here or look. Before start.
  void on_call(std::function<void(std::string_view service, std::string_view function)> observer) {
    observer_ = std::move(observer);
  }

  // A user with a calendar of his own, whose id is "own-" and the user's.
  void add_user(User user) {
    user.own_calendar = "own-" + user.id;
    calendars.add_own(user.id, user.own_calendar);
    accounts.add_user(std::move(user));
  }
  // Every cursor becomes foreign, as after a restored backup: GONE.
  void restore_backup() {
    const Lock lock(mutex_);
    feed_.new_epoch();
  }
  // The hints since the last call. Throwing them away is allowed: a hint may be lost.
  Hints take_hints() {
    const Lock lock(mutex_);
    return std::exchange(hints_, {});
  }
  std::size_t calls() const { return calls_; }  // of service functions, so far

  // What the contract forbids and the plugin did. A sentence each.
  std::vector<std::string> violations() const {
    const Lock lock(mutex_);
    return violations_;
  }
  void add_violation(std::string sentence) {
    const Lock lock(mutex_);
    violations_.push_back(std::move(sentence));
  }
  // From now on every call of the plugin is a violation, named after the moment ("after quiesce");
  // "" ends it.
  void expect_silence(std::string moment) {
    const Lock lock(mutex_);
    silence_ = std::move(moment);
  }

 private:
  mutable Mutex mutex_;
  Feed feed_;
  Hints hints_;

 public:
  Faults faults{mutex_};
  Clock clock{mutex_};
  Log log{mutex_};
  Secrets secrets{mutex_};
  Options options{mutex_};
  Accounts accounts{mutex_, hints_};
  Calendars calendars{mutex_, accounts};
  Contacts contacts{mutex_, feed_, hints_};
  Tasks tasks{mutex_, clock};
  Events events{mutex_, clock, feed_, hints_, calendars, contacts, tasks};
  Sql sql{mutex_, tasks};

  // --- for the tables ---
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
