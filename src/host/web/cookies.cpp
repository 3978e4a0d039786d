#include "src/host/web/cookies.hpp"

#include "src/common/icalendar/ascii.hpp"

namespace host {
namespace {

constexpr std::string_view kSession = "crm_session", kDevice = "crm_device";
// The host decides when a session ends; the cookie lasts as long as the longest one.
constexpr long kSessionSeconds = 30L * 24 * 3600;
constexpr long kDeviceSeconds = 400L * 24 * 3600;  // the most that browsers keep

struct Found {
  std::string value;
  int times = 0;
};

Found find(const gcal::net::Headers& headers, std::string_view name) {
  Found found;
  for (const auto& [field, value] : headers.fields()) {
    if (gcal::icalendar::lower(field) != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = rest.find(';');
      std::string_view pair = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
      while (!pair.empty() && (pair.front() == ' ' || pair.front() == '\t')) pair.remove_prefix(1);
      if (!pair.starts_with(name) || !pair.substr(name.size()).starts_with('=')) continue;
      found.value = pair.substr(name.size() + 1);
      ++found.times;
    }
  }
  if (found.times != 1) found.value.clear();
  return found;
}

}  // namespace

std::string Cookies::name(std::string_view plain) const {
  return (https_ ? "__Host-" : "") + std::string(plain);
}

std::string Cookies::session(const gcal::net::Headers& headers) const {
  return find(headers, name(kSession)).value;
}

std::string Cookies::device(const gcal::net::Headers& headers) const {
  return find(headers, name(kDevice)).value;
}

bool Cookies::is_ambiguous(const gcal::net::Headers& headers) const {
  return find(headers, name(kSession)).times > 1 || find(headers, name(kDevice)).times > 1;
}

std::string Cookies::set(std::string_view plain, std::string_view token, long seconds) const {
  std::string cookie =
      name(plain) + "=" + std::string(token) +
      "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(token.empty() ? 0 : seconds);
  if (https_) cookie += "; Secure";
  return cookie;
}

std::string Cookies::set_session(std::string_view token) const {
  return set(kSession, token, kSessionSeconds);
}

std::string Cookies::set_device(std::string_view token) const {
  return set(kDevice, token, kDeviceSeconds);
}

}  // namespace host
