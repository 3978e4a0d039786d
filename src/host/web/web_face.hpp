// The web face of crm_host: the page, the JSON API behind it, the settings flows and routes of
// plugins, and the live stream. Created by main. It must never answer for an object before it asked
// whether the session's user may see it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "src/common/base/result.hpp"

namespace hosting {
class Plugins;
}

namespace host {

using gcal::Result;
using hosting::Plugins;

class Crm;

struct WebOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the system chooses
  std::string public_url;  // as browsers and Google reach this host: "https://crm.example.com"; "":
                           // http://address:port
  std::filesystem::path ui;            // index.html and its modules
  std::filesystem::path node_modules;  // npm_files.txt beside it names what is served of it
};

class WebFace {
 public:
  // Listens and serves at once. crm and plugins outlive the object.
  // Errors: invalid (public_url), unavailable (the address is taken, a file of the page is
  // missing).
  static Result<std::unique_ptr<WebFace>> start(Crm& crm, Plugins& plugins, WebOptions options);
  virtual ~WebFace() = default;  // stops; answers of plugins that come later are dropped
  virtual std::uint16_t port() const = 0;
};

}  // namespace host
