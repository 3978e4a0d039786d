#include "plugin/site_options.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "src/common/net/url.hpp"
#include "src/engine/google/client.hpp"

namespace gcal::plugin {
namespace {

constexpr const char* kWebhook = "webhook";  // of the manifest's routes

std::string without_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

bool on_this_machine(const std::string& address) {
  const Result<net::Url> url = net::parse_url(address);
  return url && net::is_loopback(*url);
}

// "Base Tasks, Other": names separated by commas.
std::vector<std::string> names_of(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream list(text);
  for (std::string name; std::getline(list, name, ',');) {
    const std::size_t first = name.find_first_not_of(' ');
    if (first == std::string::npos) continue;
    names.push_back(name.substr(first, name.find_last_not_of(' ') - first + 1));
  }
  return names;
}

// "600/10000"
Result<google::Quota> quota_of(const std::string& text) {
  google::Quota quota;
  const char* end = text.data() + text.size();
  const auto user = std::from_chars(text.data(), end, quota.user);
  if (user.ec == std::errc() && user.ptr != end && *user.ptr == '/') {
    const auto project = std::from_chars(user.ptr + 1, end, quota.project);
    if (project.ec == std::errc() && project.ptr == end) return quota;
  }
  return Error{Code::invalid, "the option google_quota is not of the form USER/PROJECT", {}};
}

Result<std::chrono::seconds> undo_time_of(const std::string& text) {
  constexpr int kMost = 600;
  int seconds = 0;
  const char* end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, seconds);
  if (error != std::errc() || read != end || seconds < 0 || seconds > kMost)
    return Error{Code::invalid, "the option undo_seconds is no number from 0 to 600", {}};
  return std::chrono::seconds{seconds};
}

// "" when the host does not know its address: Google is polled then.
Result<std::string> webhook_of(const HostServices& host) {
  if (!host.host_info) return std::string();
  Result<std::string> url = host.host_info->url_of(kWebhook);
  if (!url && url.error().code == Code::unavailable) return std::string();
  return url;
}

}  // namespace

Result<SiteOptions> SiteOptions::read(const HostServices& host) {
  SiteOptions site;
  TRY(site.webhook, webhook_of(host));
  if (!host.options) return site;
  const auto value = [&](const char* key) -> Result<std::string> {
    Result<std::string> found = host.options->get(key);
    if (!found && found.error().code == Code::not_found) return std::string();
    return found;
  };
  TRY(const std::string google_base, value("google_base"));
  TRY(site.ca_file, value("ca_file"));
  TRY(const std::string quota, value("google_quota"));
  if (!quota.empty()) {
    TRY(site.quota, quota_of(quota));
  } else if (!google_base.empty()) {
    site.quota = {0, 0};
  }
  Result<std::string> tasks = host.options->get("tasks_calendars");
  if (!tasks && tasks.error().code != Code::not_found) return std::move(tasks).error();
  if (tasks) site.tasks_calendars = names_of(*tasks);
  TRY(const std::string undo_seconds, value("undo_seconds"));
  if (!undo_seconds.empty()) {
    TRY(site.undo_time, undo_time_of(undo_seconds));
  }
  site.google_base = without_slash(google_base);
  if (!site.google_base.empty() && !net::parse_url(site.google_base))
    return Error{Code::invalid, "the option google_base is no http or https address", {}};
  return site;
}

bool SiteOptions::is_tasks_calendar(const std::string& name) const {
  return std::ranges::find(tasks_calendars, name) != tasks_calendars.end();
}

std::string SiteOptions::api_base() const {
  return google_base.empty() ? std::string(google::kApi) : google_base;
}

std::vector<std::string> SiteOptions::origins() const {
  if (google_base.empty())
    return {google::kApi, "https://oauth2.googleapis.com", "https://openidconnect.googleapis.com"};
  return {net::parse_url(google_base)->origin()};
}

std::string SiteOptions::webhook_address() const {
  const bool reachable = webhook.starts_with("https://") ||
                         (!webhook.empty() && !google_base.empty() && on_this_machine(google_base));
  return reachable ? webhook : std::string();
}

}  // namespace gcal::plugin
