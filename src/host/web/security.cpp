#include "src/host/web/security.hpp"

#include <algorithm>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/net/url.hpp"

namespace host {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::icalendar::lower;

constexpr std::string_view kPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

std::string bracketed(std::string_view host) {
  return host.find(':') == std::string_view::npos ? std::string(host)
                                                  : "[" + std::string(host) + "]";
}

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

}  // namespace

Result<Origins> Origins::of(std::string_view public_url, std::string_view address,
                            std::uint16_t port, bool tls) {
  const bool local = address.starts_with("unix:");
  const std::string listening =
      local ? "http://localhost"
            : (tls ? "https://" : "http://") + bracketed(address) + ":" + std::to_string(port);
  const std::string text = public_url.empty() ? listening : std::string(public_url);
  const auto url = gcal::net::parse_url(text);
  if (!url || (url->path != "/" && !url->path.empty()) || !url->query.empty())
    return Error{
        Code::invalid, "public URL: scheme and host only, such as https://crm.example.com", {}};
  Origins origins;
  origins.public_url_ = url->origin();
  origins.https_ = url->scheme == "https";
  origins.loopback_ = gcal::net::is_loopback(*url);
  origins.public_host_ = lower(bracketed(url->host)) + ":" + std::to_string(url->port);
  const auto add = [&](const std::string& host, std::uint16_t at) {
    origins.hosts_.push_back(lower(bracketed(host)) + ":" + std::to_string(at));
    if (at == 80 || at == 443) origins.hosts_.push_back(lower(bracketed(host)));
  };
  add(url->host, url->port);
  if (!local) add(std::string(address), port);
  for (const char* name : {"localhost", "127.0.0.1", "::1"}) add(name, local ? 80 : port);
  return origins;
}

bool Origins::serves_host(std::string_view host) const {
  return std::ranges::find(hosts_, lower(host)) != hosts_.end();
}

bool Origins::is_loopback_alias(std::string_view host) const {
  // Only with the same port: another one belongs to a proxy, and redirecting it would loop. Cookies
  // do not depend on ports.
  const std::string port = public_host_.substr(public_host_.rfind(':'));
  return loopback_ && serves_host(host) && lower(host) != public_host_ && host.ends_with(port);
}

bool Origins::may_change(const gcal::net::ServerRequest& request) const {
  if (!changes_something(request.method)) return true;
  const std::string_view site = request.headers.get("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  const std::string_view origin = request.headers.get("Origin");
  if (origin.empty()) return true;
  if (lower(origin) == public_url_) return true;
  const std::string_view scheme = https_ ? "https://" : "http://";
  return loopback_ && origin.starts_with(scheme) && serves_host(origin.substr(scheme.size()));
}

void add_security_headers(gcal::net::ServerResponse& response, bool https) {
  const auto add = [&](const char* name, std::string_view value) {
    if (!response.headers.contains(name)) response.headers.add(name, std::string(value));
  };
  add("Content-Security-Policy", kPolicy);
  add("X-Content-Type-Options", "nosniff");
  add("X-Frame-Options", "DENY");
  add("Referrer-Policy", "same-origin");
  add("Cross-Origin-Opener-Policy", "same-origin");
  add("Cross-Origin-Resource-Policy", "same-origin");
  add("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()");
  if (https) add("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
}

}  // namespace host
