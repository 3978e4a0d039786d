// The host's services that this plugin uses, looked up once by prepare. The adapters keep copies of
// the views that they need; none may be used after destroy has started. All services except log and
// clock may block: they are called on the store thread or inside a life-cycle call on the host's
// thread, never on the loop thread.
#pragma once

#include <optional>

#include "host_api/cpp/host.hpp"
#include "src/common/base/result.hpp"

namespace gcal::plugin {

struct HostServices {
  crm::Log log;
  crm::Clock clock;
  crm::Secrets secrets;
  crm::Sql sql;
  crm::Accounts accounts;
  crm::Calendars calendars;
  crm::Events events;
  crm::Contacts contacts;
  crm::Tasks tasks;
  std::optional<crm::Options> options;
  std::optional<crm::Mailer> mailer;
  std::optional<crm::HostInfo> host_info;

  // Errors: unavailable, with the id of the required service that this host does not offer.
  // crm.options/0, crm.mailer/0 and crm.host_info/0 are optional. [host thread]
  static Result<HostServices> of(const crm::Host& host);
};

}  // namespace gcal::plugin
