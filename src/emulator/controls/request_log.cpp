#include "src/emulator/controls/request_log.hpp"

#include <algorithm>
#include <array>

#include "src/common/base/utf8.hpp"
#include "src/emulator/model/event_time.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr std::size_t kMaxRequests = 200;
constexpr std::size_t kMaxBody = 4'096;  // bytes

constexpr std::array<std::string_view, 9> kSecretParameters{
    "access_token",  "oauth_token",   "refresh_token", "token", "code",
    "code_verifier", "client_secret", "id_token",      "key"};

std::string without_secrets(const std::string& query) {
  auto parameters = gcal::net::form_decode(query);
  if (!parameters) return "";
  for (auto& [name, value] : *parameters)
    if (std::find(kSecretParameters.begin(), kSecretParameters.end(), name) !=
        kSecretParameters.end())
      value = "…";
  return gcal::net::form_encode(*parameters);
}

std::string shortened(const std::string& text) {
  return text.size() <= kMaxBody ? text : std::string(gcal::base::beginning(text, kMaxBody)) + "…";
}

// The body of a watch holds the channel's token and the address, which are secrets of the client.
bool shows_bodies(const std::string& path) {
  return path.starts_with("/calendar/v3/") && !path.ends_with("/watch");
}

}  // namespace

void RequestLog::add(const Request& request, const Response& response, std::int64_t now_ms,
                     std::uint64_t fault) {
  LoggedRequest entry{++last_,
                      now_ms,
                      request.method,
                      request.path,
                      without_secrets(request.query),
                      {},
                      {},
                      response.drop ? 0 : response.status,
                      fault};
  if (shows_bodies(request.path)) {
    entry.request_body = shortened(request.body);
    entry.response_body = shortened(response.body);
  }
  entries_.push_back(std::move(entry));
  if (entries_.size() > kMaxRequests) entries_.pop_front();
}

Json RequestLog::describe(std::uint64_t after, std::size_t limit) const {
  Json out = Json::array();
  for (auto at = entries_.rbegin();
       at != entries_.rend() && at->number > after && out.items().size() < limit; ++at) {
    Json line = Json::object({{"number", at->number},
                              {"at", timestamp(at->at)},
                              {"method", at->method},
                              {"path", at->path},
                              {"status", at->status}});
    if (!at->query.empty()) line.set("query", at->query);
    if (at->fault > 0) line.set("fault", at->fault);
    if (!at->request_body.empty()) line.set("request_body", at->request_body);
    if (!at->response_body.empty()) line.set("response_body", at->response_body);
    out.push(std::move(line));
  }
  return out;
}

}  // namespace emulator
