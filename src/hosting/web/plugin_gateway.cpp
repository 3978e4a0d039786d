#include "src/hosting/web/plugin_gateway.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "src/common/base/bytes.hpp"
#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/common/net/url.hpp"
#include "src/hosting/web/api_response.hpp"
#include "src/hosting/web/request_headers.hpp"

namespace hosting {
namespace {

using gcal::icalendar::lower;

constexpr std::size_t kMaxSender = 128;

// of_session: the request is one of a session, which a CRM may carry in Authorization, too.
Json headers_for_plugin(const std::vector<crm_hosting::Header>& headers, bool of_session) {
  Json out = Json::object();
  for (const auto& [name, value] : headers) {
    std::string key = lower(name);
    if (key == "cookie" || key == "x-csrf-token") continue;
    if (of_session && key == "authorization") continue;
    const Json* earlier = out.find(key);
    out.set(key, earlier ? earlier->as_string() + ", " + value : value);
  }
  return out;
}

// What a plugin is given is JSON, which has no other bytes.
bool is_text(const crm_hosting::Request& request) {
  return gcal::base::is_utf8(request.query) &&
         std::ranges::all_of(request.headers, [](const crm_hosting::Header& header) {
           return gcal::base::is_utf8(header.name) && gcal::base::is_utf8(header.value);
         });
}

// The path of the address that a CRM is mounted at; "" if it is the root.
std::string path_of(const std::string& address) {
  const auto url = gcal::net::parse_url(address);
  return url && url->path != "/" ? url->path : std::string();
}

// A plugin sets only the headers that describe its response.
bool plugin_may_set(std::string_view name) {
  return name == "content-type" || name == "retry-after" || name == "allow" || name == "location";
}

crm_hosting::Response response_of(const std::string& document) {
  const auto answer = Json::parse(document);
  const std::int64_t status = answer ? (*answer)["status"].as_integer() : 0;
  if (status < 200 || status > 599)
    return as_http(
        error_response(500, "internal", "error.internal", "the plugin's answer is no HTTP answer"));
  gcal::net::Headers headers = {{"Cache-Control", "no-store"}};
  for (const auto& [name, value] : (*answer)["headers"].members())
    if (plugin_may_set(lower(name)) && value.is_string()) headers.set(name, value.as_string());
  if (!headers.contains("Content-Type")) headers.set("Content-Type", "text/plain; charset=utf-8");
  // An answer is no page of the CRM, whatever its type.
  headers.set("Content-Security-Policy", "sandbox; default-src 'none'");
  crm_hosting::Response response;
  response.status = static_cast<int>(status);
  for (const auto& [name, value] : headers.fields()) response.headers.push_back({name, value});
  response.body = answer->string("body");
  if (const Json* bytes = answer->find("body_base64")) {
    auto decoded = gcal::base::from_base64(bytes->as_string());
    if (!decoded)
      return as_http(error_response(500, "internal", "error.internal",
                                    "body_base64 of the plugin's answer is no base64"));
    response.body.assign(reinterpret_cast<const char*>(decoded->data()), decoded->size());
  }
  return response;
}

}  // namespace

std::string PluginGateway::sender_of(const PluginRoute& route,
                                     const std::vector<crm_hosting::Header>& headers) {
  const std::string_view name = route.sender.empty() ? "" : header(headers, route.sender);
  if (name.empty() || name.size() > kMaxSender) return {};
  return route.plugin + "/" + route.path + " " + std::string(name);
}

void PluginGateway::handle(const PluginRoute& route, crm_hosting::Request request,
                           const std::string& user, Send send) {
  if (!is_text(request))
    return send(as_http(error_response({Code::invalid, "a header or the query is no UTF-8", {}})));
  const std::string mount = "/plugins/" + route.plugin + "/";
  const std::string base = public_url_();
  const std::string query = request.query.empty() ? std::string() : "?" + request.query;
  Json document =
      Json::object({{"method", request.method},
                    {"path", route.path},
                    {"mount", path_of(base) + mount},
                    {"url", base + mount + route.path + query},
                    {"peer", request.client},
                    {"query", request.query},
                    {"headers", headers_for_plugin(request.headers, route.needs_session)}});
  if (route.needs_session) document.set("user", user);
  plugins_.http(route.plugin, document, std::move(request.body),
                [send = std::move(send), senders = senders_, now = clock_.monotonic(),
                 sender = sender_of(route, request.headers)](const Result<std::string>& answer) {
                  if (!answer) return send(as_http(error_response(answer.error())));
                  crm_hosting::Response response = response_of(*answer);
                  if (response.status < 300) senders->add(sender, now);
                  send(std::move(response));
                });
}

}  // namespace hosting
