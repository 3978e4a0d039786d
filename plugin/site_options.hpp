// What the administrator set for this installation, read once at start. Used by the wiring and the
// push channels. It must never hold a secret.
#pragma once

#include <string>
#include <vector>

#include "plugin/adapters/host_services.hpp"

namespace gcal::plugin {

struct SiteOptions {
  std::string public_url;   // where Google's web hooks reach the host, without a trailing slash; ""
                            // when the host does not say
  std::string google_base;  // an emulator's address; "" = the real Google
  std::string ca_file;      // an additional trusted certificate, for an emulator with TLS

  // Errors: invalid (google_base is no address). Blocks: host or store thread only.
  static Result<SiteOptions> read(const HostServices& host);

  std::string api_base() const;              // of the Calendar API
  std::vector<std::string> origins() const;  // to which requests may go at all
  // The address of the push web hook; "" when Google could not call it: push needs https, and only
  // an emulator on this machine accepts less.
  std::string webhook_address() const;
};

}  // namespace gcal::plugin
