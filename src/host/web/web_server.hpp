// The web server of crm_host: the page, its JSON API, the settings flows and routes of plugins, and
// the live updates. Created by main. It must never return an object that the session's user may not
// see.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "src/common/base/result.hpp"

namespace crm_hosting {
class Hosting;
}

namespace host {

using gcal::Result;

namespace mail {
class Mail;
}

class Crm;

struct WebOptions {
  std::string address = "127.0.0.1";  // or "unix:PATH"
  std::uint16_t port = 0;             // 0: the system chooses
  // The address that browsers and Google use, such as "https://crm.example.com". "":
  // http://address:port.
  std::string public_url;
  std::string tls_certificate, tls_key;  // files; both or neither
  // Networks of the proxies in front of the host ("10.0.0.0/8"): only they are believed when they
  // say which client a request is of.
  std::vector<std::string> trusted_proxies;
  std::filesystem::path ui;  // index.html and what it loads
  // npm_files.txt beside it lists what is served of it. "": ui is bundled and needs none.
  std::filesystem::path node_modules;
};

class WebServer {
 public:
  // Listens and serves at once. crm, hosting and mail outlive the object. invalid: public_url;
  // unavailable: the address is in use, or a file of the page is missing.
  static Result<std::unique_ptr<WebServer>> start(Crm& crm, crm_hosting::Hosting& hosting,
                                                  mail::Mail& mail, WebOptions options);
  // Stops. Answers that plugins give later are dropped.
  virtual ~WebServer() = default;
  virtual std::uint16_t port() const = 0;
};

}  // namespace host
