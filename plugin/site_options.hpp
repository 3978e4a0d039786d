// The administrator's options for this installation, read once at start from crm.options/0. Used by
// the wiring and the push channels. A value; holds no secret.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "plugin/adapters/host_services.hpp"
#include "src/engine/google/token_buckets.hpp"

namespace gcal::plugin {

struct SiteOptions {
  // Where the host mounts the route for Google's notifications; "" if it does not know.
  std::string webhook;
  std::string google_base;  // an emulator's address; "" = Google itself
  std::string ca_file;      // an additional trusted certificate, for an emulator with TLS
  // Units per minute that Google grants to a user and to the project, from the option google_quota,
  // "600/10000"; 0: no limit. Without the option what Google grants to new projects, and no limit
  // at an emulator, which has none unless it is given one.
  google::Quota quota;
  // Names of Google calendars in which a task integration of the CRM keeps its tasks (D-08).
  std::vector<std::string> tasks_calendars{"Base Tasks"};
  // How long a change that lets Google mail guests waits for its undo.
  std::chrono::seconds undo_time{10};

  // Errors: invalid (google_base is no http or https URL, undo_seconds no number) and those of the
  // host. [host thread or store thread, blocks]
  static Result<SiteOptions> read(const HostServices& host);

  bool is_tasks_calendar(const std::string& name) const;
  // The base URL of the Calendar API.
  std::string api_base() const;
  // The only origins to which the plugin sends requests.
  std::vector<std::string> origins() const;
  // The URL of the web hook. "" if push is not possible: Google requires https; an emulator on this
  // machine also accepts http.
  std::string webhook_address() const;
};

}  // namespace gcal::plugin
