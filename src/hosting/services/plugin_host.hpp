// The host as one plugin sees it: the crm_host that is passed to its create, with the service
// tables bound to that plugin's id. Created by the loader, one per loaded library. It must never
// give a plugin access to rows of another one.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "host_api/crm_plugin.h"
#include "src/common/base/log.hpp"
#include "src/hosting/services/documents.hpp"
#include "src/hosting/services/host_context.hpp"
#include "src/hosting/services/plugin_appointments.hpp"
#include "src/hosting/services/plugin_calendars.hpp"

namespace hosting {

// What a host says of itself in crm.host_info/0 and crm.log/0.
struct HostIdentity {
  std::string name = "crm_host", version = "0.1.0";
  std::string tenant = {};  // "": this host has no tenants
  gcal::base::Level log_from = gcal::base::Level::debug;
};

// The C struct is the base class, so that a service function finds its plugin with one cast. It
// outlives the plugin's destroy.
class PluginHost : public crm_host {
 public:
  // context and crm outlive the object. options: what crm.options/0 answers. services: the ids that
  // the plugin gets tables of; without a list, all. routes: the paths
  // of its manifest; without a list, any. Opens nothing: the plugin's own database is
  // created at its first use of crm.sql/0.
  PluginHost(HostContext& context, CrmPort& crm, std::string plugin_id,
             std::map<std::string, std::string> options = {},
             std::optional<std::vector<std::string>> services = {},
             std::optional<std::vector<std::string>> routes = {}, HostIdentity identity = {});
  PluginHost(const PluginHost&) = delete;
  PluginHost& operator=(const PluginHost&) = delete;
  ~PluginHost();

  HostContext& context() const { return context_; }
  CrmPort& crm() const { return crm_; }
  PluginCalendars calendars() const { return {context_, crm_}; }
  PluginAppointments appointments() const { return {context_, crm_}; }
  const std::string& plugin() const { return plugin_; }
  const std::map<std::string, std::string>& options() const { return options_; }
  bool has_route(std::string_view path) const;  // does its manifest name it?
  const HostIdentity& identity() const { return identity_; }
  // Does the plugin's manifest name the service? Administrators read there what a plugin can do.
  bool grants(std::string_view service) const;
  // The plugin's own database, opened at the first call. [any thread]
  Result<Database*> plugin_database() const;
  // A transaction of crm.sql/0 begins and ends on this thread. false: this thread has one, and a
  // second one could wait for the first for ever.
  bool enter_transaction() const;
  void leave_transaction(std::thread::id thread) const;

  static const PluginHost& of(const crm_host* host) {
    return *static_cast<const PluginHost*>(host);
  }

 private:
  HostContext& context_;
  CrmPort& crm_;
  std::string plugin_;
  std::map<std::string, std::string> options_;
  std::optional<std::vector<std::string>> services_;
  std::optional<std::vector<std::string>> routes_;
  HostIdentity identity_;
  mutable std::mutex mutex_;
  mutable std::unique_ptr<Database> database_;
  mutable std::set<std::thread::id> in_transaction_;
};

// Is this the id of a service that the host offers? For the manifest check.
bool offers_service(std::string_view id);

}  // namespace hosting
