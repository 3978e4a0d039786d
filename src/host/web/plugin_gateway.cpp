#include "src/host/web/plugin_gateway.hpp"

#include <algorithm>
#include <utility>

#include "src/host/crm/crm.hpp"
#include "src/host/web/api.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace host {
namespace {

constexpr std::size_t kMaxBuckets = 10'000;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

Json headers_for_plugin(const gcal::net::Headers& headers) {
  Json out = Json::object();
  for (const auto& [name, value] : headers.fields()) {
    std::string key = lower(name);
    if (key != "cookie" && key != "x-csrf-token" && !out.contains(key)) out.set(key, value);
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
  response.body = answer->string("body");
  return response;
}

}  // namespace

bool RateLimit::allows(const std::string& key, std::chrono::milliseconds now) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxBuckets && !buckets_.contains(key)) {
    // Full buckets carry no information: forget them. A client with more addresses than that meets
    // the limit of the worker queue instead.
    std::erase_if(buckets_, [&](const auto& entry) {
      return entry.second.tokens +
                 per_second_ * std::chrono::duration<double>(now - entry.second.at).count() >=
             burst_;
    });
    if (buckets_.size() >= kMaxBuckets) return false;
  }
  Bucket& bucket = buckets_.try_emplace(key, Bucket{burst_, now}).first->second;
  bucket.tokens = std::min(
      burst_, bucket.tokens + per_second_ * std::chrono::duration<double>(now - bucket.at).count());
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void PluginGateway::handle(const std::string& plugin, const std::string& path,
                           gcal::net::ServerRequest request, Send send) {
  const auto refuse = [&send](ApiResponse response) { send(to_response(std::move(response))); };
  const auto route = plugins_.route(plugin, path, request.method);
  if (!route)
    return refuse(error_response(404, "not_found", "error.not_found", "no plugin has this route"));
  if (!limit_.allows(plugin + "/" + path + " " + request.peer, crm_.clock().monotonic())) {
    ApiResponse response = error_response(429, "too_many", "error.too_many", "too many requests");
    response.headers.set("Retry-After", "1");
    return refuse(std::move(response));
  }
  if (request.body.size() > route->max_body)
    return refuse(
        error_response(413, "too_large", "error.too_large",
                       "this route takes at most " + std::to_string(route->max_body) + " bytes"));
  Json document = Json::object({{"method", request.method},
                                {"path", path},
                                {"query", request.query},
                                {"headers", headers_for_plugin(request.headers)}});
  if (route->needs_session) {
    const auto authentication = authenticate(crm_, request);
    if (!authentication)
      return refuse(authentication.error().code == Code::needs_auth
                        ? no_session_response()
                        : error_response(authentication.error()));
    if (!has_csrf_token(request, authentication->session)) return refuse(no_csrf_response());
    document.set("user", authentication->session.user.id);
  }
  plugins_.http(plugin, document, std::move(request.body),
                [send = std::move(send)](const Result<std::string>& answer) {
                  send(answer ? response_of(*answer) : to_response(error_response(answer.error())));
                });
}

}  // namespace host
