// The services of the host that this plugin works with, found once. Everything in plugin/ that
// talks to the host holds a copy of the views it needs. It must never be used after destroy began.
// All but log and clock may block: store thread only.
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

  // Errors: unavailable, naming the service that this host does not offer.
  static Result<HostServices> of(const crm::Host& host);
};

}  // namespace gcal::plugin
