#include "src/host/web/plugin_gateway.hpp"

#include <algorithm>
#include <utility>

#include "src/common/base/bytes.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace host {
namespace {

using gcal::icalendar::lower;

constexpr std::size_t kMaxBuckets = 10'000;
constexpr std::size_t kMaxSenders = 100'000, kMaxSender = 128;
constexpr std::chrono::hours kKnownFor{8 * 24};

Json headers_for_plugin(const gcal::net::Headers& headers) {
  Json out = Json::object();
  for (const auto& [name, value] : headers.fields()) {
    std::string key = lower(name);
    if (key == "cookie" || key == "x-csrf-token") continue;
    const Json* earlier = out.find(key);
    out.set(key, earlier ? earlier->as_string() + ", " + value : value);
  }
  return out;
}

// A plugin sets only the headers that describe its response.
bool plugin_may_set(std::string_view name) {
  return name == "content-type" || name == "retry-after" || name == "allow" || name == "location";
}

gcal::net::ServerResponse response_of(const std::string& document) {
  const auto answer = Json::parse(document);
  const std::int64_t status = answer ? (*answer)["status"].as_integer() : 0;
  if (status < 200 || status > 599)
    return to_response(
        error_response(500, "internal", "error.internal", "the plugin's answer is no HTTP answer"));
  gcal::net::ServerResponse response;
  response.status = static_cast<int>(status);
  response.headers = {{"Cache-Control", "no-store"}};
  for (const auto& [name, value] : (*answer)["headers"].members())
    if (plugin_may_set(lower(name)) && value.is_string())
      response.headers.set(name, value.as_string());
  if (!response.headers.contains("Content-Type"))
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
  // An answer is no page of the CRM, whatever its type.
  response.headers.set("Content-Security-Policy", "sandbox; default-src 'none'");
  response.body = answer->string("body");
  if (const Json* bytes = answer->find("body_base64")) {
    auto decoded = gcal::base::from_base64(bytes->as_string());
    if (!decoded)
      return to_response(error_response(500, "internal", "error.internal",
                                        "body_base64 of the plugin's answer is no base64"));
    response.body.assign(reinterpret_cast<const char*>(decoded->data()), decoded->size());
  }
  return response;
}

}  // namespace

double RateLimit::Bucket::filled(std::chrono::milliseconds now) const {
  return std::min(burst, tokens + per_second * std::chrono::duration<double>(now - at).count());
}

bool RateLimit::allows(const std::string& key, std::chrono::milliseconds now, double burst,
                       double per_second) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxBuckets && !buckets_.contains(key)) {
    // Full buckets carry no information: forget them. Beyond so many clients that ask often, the
    // others share one bucket.
    std::erase_if(buckets_, [&](const auto& entry) {
      return entry.second.filled(now) >= entry.second.burst;
    });
    if (buckets_.size() >= kMaxBuckets) return take(buckets_[{}], now, burst, per_second);
  }
  return take(buckets_[key], now, burst, per_second);
}

bool RateLimit::take(Bucket& bucket, std::chrono::milliseconds now, double burst,
                     double per_second) {
  if (bucket.burst == 0) bucket = {burst, now, burst, per_second};
  bucket.tokens = bucket.filled(now);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

std::string KnownSenders::key_of(const hosting::PluginRoute& route,
                                 const gcal::net::Headers& headers) {
  const std::string_view name = route.sender.empty() ? "" : headers.get(route.sender);
  if (name.empty() || name.size() > kMaxSender) return {};
  return route.plugin + "/" + route.path + " " + std::string(name);
}

bool KnownSenders::contains(const std::string& key, std::chrono::milliseconds now) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(key);
  return found != seen_.end() && now - found->second <= kKnownFor;
}

void KnownSenders::add(const std::string& key, std::chrono::milliseconds now) {
  if (key.empty()) return;
  const std::lock_guard lock(mutex_);
  if (seen_.size() >= kMaxSenders && !seen_.contains(key))
    std::erase_if(seen_, [&](const auto& entry) { return now - entry.second > kKnownFor; });
  if (seen_.size() < kMaxSenders || seen_.contains(key)) seen_[key] = now;
}

void PluginGateway::handle(const hosting::PluginRoute& route, gcal::net::ServerRequest request,
                           Send send) {
  const auto refuse = [&send](ApiResponse response) { send(to_response(std::move(response))); };
  const std::string mount = "/plugins/" + route.plugin + "/";
  const std::string query = request.query.empty() ? std::string() : "?" + request.query;
  Json document = Json::object({{"method", request.method},
                                {"path", route.path},
                                {"mount", mount},
                                {"url", public_url_ + mount + route.path + query},
                                {"peer", request.peer},
                                {"query", request.query},
                                {"headers", headers_for_plugin(request.headers)}});
  if (route.needs_session) {
    const auto authentication = authenticator_.authenticate(request);
    if (!authentication) return refuse(authentication_error_response(authentication.error()));
    if (!has_csrf_token(request, authentication->session)) return refuse(no_csrf_response());
    document.set("user", authentication->session.user.id);
  }
  plugins_.http(
      route.plugin, document, std::move(request.body),
      [send = std::move(send), senders = senders_, now = clock_.monotonic(),
       sender = KnownSenders::key_of(route, request.headers)](const Result<std::string>& answer) {
        if (!answer) return send(to_response(error_response(answer.error())));
        gcal::net::ServerResponse response = response_of(*answer);
        if (response.status < 300) senders->add(sender, now);
        send(std::move(response));
      });
}

}  // namespace host
