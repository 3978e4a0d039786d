#include "src/host/web/security.hpp"

#include <algorithm>

#include "src/common/net/url.hpp"

namespace host {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;

constexpr std::string_view kPolicy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";
constexpr int kSessionSeconds = 14 * 24 * 3600;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

std::string bracketed(std::string_view host) {
  return host.find(':') == std::string_view::npos ? std::string(host)
                                                  : "[" + std::string(host) + "]";
}

bool changes_something(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

}  // namespace

Result<Origins> Origins::of(std::string_view public_url, std::string_view address,
                            std::uint16_t port) {
  const std::string listening = "http://" + bracketed(address) + ":" + std::to_string(port);
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
  add(std::string(address), port);
  for (const char* name : {"localhost", "127.0.0.1", "::1"}) add(name, port);
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
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && serves_host(origin.substr(scheme + 3));
}

std::string session_token(const gcal::net::Headers& headers) {
  for (const auto& [name, value] : headers.fields()) {
    if (lower(name) != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = rest.find(';');
      std::string_view pair = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      while (!pair.empty() && pair.front() == ' ') pair.remove_prefix(1);
      if (pair.starts_with(kSessionCookie) && pair.substr(kSessionCookie.size()).starts_with('='))
        return std::string(pair.substr(kSessionCookie.size() + 1));
    }
  }
  return {};
}

std::string session_cookie(std::string_view token, bool secure) {
  std::string cookie = std::string(kSessionCookie) + "=" + std::string(token) +
                       "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" +
                       std::to_string(token.empty() ? 0 : kSessionSeconds);
  if (secure) cookie += "; Secure";
  return cookie;
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
  if (https) add("Strict-Transport-Security", "max-age=31536000");
}

}  // namespace host
