#include "src/hosting/web/web.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "src/common/net/client_budget.hpp"
#include "src/hosting/web/decoded_path.hpp"
#include "src/hosting/web/plugin_states.hpp"
#include "src/hosting/web/request_headers.hpp"
#include "src/hosting/web/request_json.hpp"

namespace hosting {
namespace {

using crm_hosting::Admission;
using crm_hosting::Asks;
using crm_hosting::Identity;
using crm_hosting::Request;

// A web hook that many channels of one sender share: an import may cause a burst of messages.
constexpr double kHookBurst = 500, kHooksPerSecond = 200;

ApiResponse not_from_the_page_response() {
  return error_response(403, "denied", "error.csrf",
                        "it is not known that the request comes from the host's own page");
}

// Why this identity may not send the request; nothing: it may.
std::optional<ApiResponse> refusal_of(const Identity& identity, std::string_view method) {
  if (identity.user.empty()) return no_session_response();
  if (!is_read_only(method) && !identity.is_csrf_checked) return not_from_the_page_response();
  return std::nullopt;
}

// The calendars of all accounts of the user, as the port names them.
Result<Json> calendars_of(HostContext& context, const PluginCalendars& brought,
                          const std::string& user) {
  TRY(const auto accounts, context.accounts().of_user(user));
  Json out = Json::array();
  for (const Account& account : accounts) {
    TRY(const auto calendars, brought.list(account.plugin, account.id));
    for (const PluginCalendar& calendar : calendars) out.push(calendar.to_json());
  }
  return out;
}

crm_hosting::Response redirect_to(std::string target) {
  crm_hosting::Response response;
  response.status = 303;
  response.headers = {{"Location", std::move(target)}, {"Cache-Control", "no-store"}};
  return response;
}

}  // namespace

Web::Web(HostContext& context, PluginCalendars& brought, Plugins& plugins, FlowRunner& flows,
         WebSettings settings)
    : context_(context),
      plugins_(plugins),
      flows_(flows),
      settings_page_(std::move(settings.settings_page)),
      gateway_(context.clock(), plugins, std::move(settings.public_url)),
      rates_(kHookBurst, kHooksPerSecond) {
  if (!settings.calendars)
    settings.calendars = [&context, &brought](const std::string& user) {
      return calendars_of(context, brought, user);
    };
  add_account_routes(api_, context, brought, plugins, settings.calendars);
  add_flow_routes(api_, flows);
  add_plugin_routes(api_, context, plugins);
}

// The routes of a plugin are known while it runs. Senders repeat later what is answered 503, such
// as the notifications that arrive while it starts.
ApiResponse Web::no_plugin_route_response(const std::string& plugin) const {
  const std::string state = PluginStates(plugins_).of(plugin);
  if (state == "missing" || state == "running" || state == "stuck")
    return error_response(404, "not_found", "error.not_found", "no plugin has this route");
  const std::string why = state == "starting" ? " is starting" : " is not running";
  return error_response({Code::unavailable, "the plugin " + plugin + why, std::chrono::seconds(1)});
}

std::variant<Web::Found, ApiResponse> Web::find(std::string_view method,
                                                std::string_view path) const {
  auto segments = decoded_path(path);
  if (!segments) return error_response(segments.error());
  Found found;
  found.segments = *std::move(segments);
  const std::string root = found.segments.empty() ? std::string() : found.segments.front();
  if (root == "plugins" && found.segments.size() >= 3) {
    const std::string& plugin = found.segments[1];
    if (found.segments.size() == 3 && found.segments[2] == "callback" && method == "GET") {
      found.kind = Found::Kind::callback;
      found.asks = Asks::anyone;
      return found;
    }
    std::string below;
    for (std::size_t i = 2; i < found.segments.size(); ++i)
      below += (i > 2 ? "/" : "") + found.segments[i];
    const auto declared = plugins_.route(plugin, below, std::string(method));
    if (!declared) return no_plugin_route_response(plugin);
    found.kind = Found::Kind::plugin;
    found.plugin = *declared;
    found.max_body = declared->max_body;
    found.asks = declared->needs_session ? Asks::user : Asks::no_one;
    return found;
  }
  found.api = api_.find(method, found.segments);
  if (!found.api.route) return SettingsApi::no_route_response(found.api.allowed);
  found.max_body = SettingsApi::kMaxBody;
  if (found.api.route->access == SettingsApi::Access::open) found.asks = Asks::no_one;
  return found;
}

// who: a client, or a sender that the plugin knows, whose share no client can use up.
bool Web::is_within_rate(const Found& found, const std::string& who) {
  std::string key = who;
  for (const std::string& segment : found.segments) key += "/" + segment;
  return rates_.allows(key, context_.clock().monotonic());
}

Admission Web::admit(const Request& head) {
  Admission admission;
  auto result = find(head.method, head.path);
  if (auto* refusal = std::get_if<ApiResponse>(&result)) {
    admission.refusal = as_http(std::move(*refusal));
    return admission;
  }
  const Found& found = std::get<Found>(result);
  admission.max_body = found.max_body;
  admission.asks = found.asks;
  if (found.kind != Found::Kind::plugin) return admission;
  const std::string sender = PluginGateway::sender_of(found.plugin, head.headers);
  admission.is_known_sender = gateway_.is_known(sender);
  const std::string who = admission.is_known_sender ? sender : gcal::net::client_of(head.client);
  if (!is_within_rate(found, who))
    admission.refusal = as_http(too_many_response("too many requests"));
  return admission;
}

void Web::handle(Request request, const Identity& identity, PluginGateway::Send send) {
  auto result = find(request.method, request.path);
  if (auto* refusal = std::get_if<ApiResponse>(&result)) return send(as_http(std::move(*refusal)));
  const Found& found = std::get<Found>(result);
  if (request.body.size() > found.max_body)
    return send(as_http(too_large_response(found.max_body)));
  switch (found.kind) {
    case Found::Kind::callback:
      return resume_flow(found.segments[1], request, identity, std::move(send));
    case Found::Kind::plugin:
      if (found.plugin.needs_session)
        if (auto refusal = refusal_of(identity, request.method))
          return send(as_http(*std::move(refusal)));
      return gateway_.handle(found.plugin, std::move(request), identity.user, std::move(send));
    case Found::Kind::api: break;
  }
  call_api(found.api, request, identity,
           [send = std::move(send)](ApiResponse response) { send(as_http(std::move(response))); });
}

void Web::call_api(const SettingsApi::Match& match, const Request& request,
                   const Identity& identity, Respond respond) {
  const SettingsApi::Route& route = *match.route;
  const bool open = route.access == SettingsApi::Access::open;
  SettingsRequest call;
  call.path_parameters = match.path_parameters;
  call.client = request.client;
  if (!open) {
    if (auto refusal = refusal_of(identity, request.method)) return respond(*std::move(refusal));
    if (route.access == SettingsApi::Access::administrator && !identity.is_administrator)
      return respond(administrators_only_response());
    call.identity = identity;
  }
  auto query = query_of(request.query);
  if (!query) return respond(error_response(query.error()));
  call.query = *std::move(query);
  auto body = body_of(request.method, header(request.headers, "Content-Type"), request.body);
  if (!body) return respond(error_response(body.error()));
  call.body = *std::move(body);
  route.handler(call, [respond = std::move(respond), &log = context_.log(), open,
                       what = route.method + " " + route.pattern](ApiResponse response) {
    if (response.status == 500 || (open && response.status == 503)) {
      log.error(
          "web.failed",
          Json::object({{"request", what}, {"message", response.body["error"].string("message")}}));
      hide_internals(response);
    }
    respond(std::move(response));
  });
}

// The redirect target of a provider's consent page. It always redirects to the settings page, which
// shows what happened.
void Web::resume_flow(const std::string& plugin, const Request& request, const Identity& identity,
                      PluginGateway::Send send) {
  const auto redirect = [send = std::move(send),
                         page = settings_page_](const ResumeResult& resumed) {
    std::string target = page;
    if (!resumed.flow.empty()) target += "/flow/" + gcal::net::percent_encode(resumed.flow);
    if (!resumed.reason.empty()) target += "?error=" + gcal::net::percent_encode(resumed.reason);
    send(redirect_to(std::move(target)));
  };
  if (identity.user.empty()) return redirect({{}, "flow.session_ended"});
  const auto query = gcal::net::form_decode(request.query);
  if (!query) return redirect({{}, "flow.link_broken"});
  flows_.resume({identity.user, identity.language, identity.is_confirmed, identity.session}, plugin,
                *query, redirect);
}

// One that does not answer reads at its own times.
void Web::say_viewed(const std::string& user) {
  const auto accounts = context_.accounts().of_user(user);
  if (!accounts)
    return context_.log().error("web.viewed", Json::object({{"error", accounts.error().message}}));
  for (const Account& account : *accounts)
    if (account.state == "active")
      plugins_.status(account.plugin,
                      Json::object({{"account", account.id}, {"user", user}, {"viewed", true}}),
                      [](const Result<std::string>&) {});
}

}  // namespace hosting
