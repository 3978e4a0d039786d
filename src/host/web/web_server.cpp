#include "src/host/web/web_server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

#include "src/common/net/client_budget.hpp"
#include "src/common/net/http_server.hpp"
#include "src/common/net/url.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/web/api.hpp"
#include "src/host/web/client_address.hpp"
#include "src/host/web/live_updates.hpp"
#include "src/host/web/log_in_queue.hpp"
#include "src/host/web/routes.hpp"
#include "src/host/web/security.hpp"
#include "src/host/web/static_files.hpp"
#include "src/hosting/crm_hosting/hosting.hpp"
#include "src/hosting/library/parts.hpp"
#include "src/hosting/library/repeated.hpp"
#include "src/hosting/web/decoded_path.hpp"
#include "src/hosting/web/rate_limit.hpp"
#include "src/hosting/web/request_json.hpp"
#include "src/hosting/web/worker_pool.hpp"

namespace host {
namespace {

using namespace std::chrono_literals;
using crm_hosting::Asks;
using gcal::net::Admission;
using gcal::net::Responder;
using gcal::net::ServerRequest;
using gcal::net::ServerResponse;
using hosting::decoded_path;
using hosting::too_many_response;
using hosting::WorkerPool;

constexpr int kWorkers = 4;
constexpr std::size_t kMaxWaiting = 512;  // in each lane
constexpr int kLogInWorkers = 2;
constexpr std::size_t kMaxLogInsWaiting = 256;
constexpr int kServerThreads = 2;
// Descriptors that connections never use: databases, plugins, files, the log.
constexpr std::size_t kReservedDescriptors = 128;
constexpr std::size_t kMaxConnections = 4'096;
// How often the sessions of event streams are checked.
constexpr auto kMaintenanceInterval = 60s;

// A client may be an office with many users behind one address: 20 users with 8 pages each, whose
// browsers open a live stream per page and up to six connections more.
gcal::net::ServerLimits server_limits(const TrustedProxies& proxies) {
  rlimit descriptors{};
  std::size_t connections = kMaxConnections;
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0 && descriptors.rlim_cur != RLIM_INFINITY) {
    const std::size_t usable = descriptors.rlim_cur > 2 * kReservedDescriptors
                                   ? descriptors.rlim_cur - kReservedDescriptors
                                   : descriptors.rlim_cur / 2;
    connections = std::min(connections, usable);
  }
  gcal::net::ServerLimits limits;
  limits.connections = connections;
  limits.connections_per_client = connections * 3 / 8;
  limits.bodies = 4 << 20;
  limits.bodies_per_client = 1 << 20;
  limits.known_bodies = 48 << 20;
  limits.known_bodies_per_client = 24 << 20;
  limits.answers = 64 << 20;
  limits.answers_per_client = 32 << 20;
  limits.is_proxy = [&proxies](const std::string& peer) { return proxies.is_proxy(peer); };
  return limits;
}

// Sends the response to one request. It owns all it needs, because a plugin may answer when the
// server is gone.
class Reply {
 public:
  Reply(Responder responder, bool https)
      : responder_(std::make_shared<Responder>(std::move(responder))), https_(https) {}
  void operator()(ServerResponse response) const {
    add_security_headers(response, https_);
    responder_->send(std::move(response));
  }
  void operator()(ApiResponse response) const { (*this)(to_response(std::move(response))); }
  Responder& responder() const { return *responder_; }

 private:
  std::shared_ptr<Responder> responder_;
  bool https_;
};

ServerResponse redirect_to(int status, std::string target) {
  ServerResponse response;
  response.status = status;
  response.headers = {{"Location", std::move(target)}, {"Cache-Control", "no-store"}};
  return response;
}

Result<TrustedProxies> trusted_proxies(const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const std::string& text : texts) {
    TRY(Network network, Network::parse(text));
    networks.push_back(network);
  }
  return TrustedProxies(std::move(networks));
}

// The request as the hosting library reads it.
crm_hosting::Request plain(const ServerRequest& request, std::string client, std::string body) {
  crm_hosting::Request out;
  out.method = request.method;
  out.path = request.path;
  out.query = request.query;
  for (const auto& [name, value] : request.headers.fields()) out.headers.push_back({name, value});
  out.body = std::move(body);
  out.client = std::move(client);
  return out;
}

// What a request is for, found once when its head was read.
struct Route {
  enum class Kind { page, file, live, api, hosting } kind = Kind::file;
  std::vector<std::string> segments;  // of the path, decoded
  Api::Match api;
  Asks asks = Asks::user;        // hosting
  bool is_known_sender = false;  // hosting
  RouteLimits limits{.body = 0};
};

class WebServerImpl final : public WebServer {
 public:
  WebServerImpl(Crm& crm, crm_hosting::Hosting& hosting, mail::Mail& mail, WebOptions options)
      : crm_(crm),
        hosting_(hosting),
        mail_(mail),
        options_(std::move(options)),
        workers_(std::make_shared<WorkerPool>(kWorkers, kMaxWaiting, crm.log())),
        log_ins_(kLogInWorkers, kMaxLogInsWaiting, crm.log()) {}

  ~WebServerImpl() override {
    maintenance_.reset();
    server_.reset();
    log_ins_.stop();
    workers_->stop();
  }

  Result<> open() {
    TRY(files_, StaticFiles::open(options_.ui, options_.node_modules));
    TRY(proxies_, trusted_proxies(options_.trusted_proxies));
    live_.emplace(crm_.bus());
    gcal::net::ServerOptions server;
    server.address = options_.address;
    server.port = options_.port;
    server.tls_certificate_file = options_.tls_certificate;
    server.tls_key_file = options_.tls_key;
    server.limits = server_limits(proxies_);
    server.threads = kServerThreads;
    // The port is known only when the server listens. Requests that arrive before the routes are
    // added are refused, see ready_.
    TRY(server_, gcal::net::HttpServer::start_routed(
                     std::move(server), [this](const ServerRequest& head) { return admit(head); }));
    const bool tls = !options_.tls_certificate.empty();
    TRY(Origins origins, Origins::of(options_.public_url, options_.address, server_->port(), tls));
    origins_.emplace(std::move(origins));
    authenticator_.emplace(crm_.users(), crm_.clock(), origins_->is_https());
    Plugins& plugins = hosting_.parts().plugins;
    add_session_routes(api_, crm_, *live_, *authenticator_);
    add_user_routes(api_, crm_);
    add_calendar_routes(api_, crm_, plugins);
    add_event_routes(api_, crm_, plugins);
    add_record_routes(api_, crm_);
    add_mail_routes(api_, crm_, mail_);
    add_logo_routes(api_, crm_, mail_, plugins);
    ready_.store(true, std::memory_order_release);
    maintenance_.emplace(kMaintenanceInterval, [this] { maintain(); });
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }

 private:
  // [server thread] Must not block. The path is decoded and the route found here and nowhere else.
  Admission admit(const ServerRequest& head) {
    const bool ready = ready_.load(std::memory_order_acquire);
    const auto refuse = [this, ready](ServerResponse response) {
      Admission admission;
      admission.refusal = std::move(response);
      add_security_headers(*admission.refusal, ready && origins_->is_https());
      return admission;
    };
    if (!ready)
      return refuse(to_response(error_response({Code::unavailable, "the host is starting", 1s})));
    if (!origins_->serves_host(head.headers.get("Host")))
      return refuse(to_response(
          error_response(421, "denied", "error.denied",
                         "this host is not reached under that name: see --public-url")));
    if (authenticator_->cookies().is_ambiguous(head.headers))
      return refuse(to_response(error_response(400, "invalid", "error.invalid",
                                               "one cookie of this host is sent twice")));
    auto segments = decoded_path(head.path);
    if (!segments) return refuse(to_response(error_response(segments.error())));
    const std::string client = gcal::net::client_of(proxies_.address_of(head));
    auto found = find_route(head, *std::move(segments));
    if (auto* refusal = std::get_if<ServerResponse>(&found)) return refuse(std::move(*refusal));
    const auto route = std::make_shared<const Route>(std::get<Route>(std::move(found)));
    if (route->limits.burst > 0 && !is_within_rate(*route, client))
      return refuse(to_response(too_many_response("too many requests")));
    if (!origins_->may_change(head))
      return refuse(to_response(error_response(403, "denied", "error.csrf",
                                               "the request comes from a page of another site")));
    if (body_length(head) > route->limits.body)
      return refuse(to_response(hosting::too_large_response(route->limits.body)));
    Admission admission;
    admission.max_body = route->limits.body;
    admission.client = client;
    admission.known = route->is_known_sender || authenticator_->is_known(head.headers);
    admission.handler = [this, route, known = admission.known](ServerRequest request,
                                                               Responder responder) {
      queue(route, known, std::move(request), Reply(std::move(responder), origins_->is_https()));
    };
    return admission;
  }

  // Declared, not read yet. 0 without Content-Length: a chunked body is counted while it is read.
  static std::uint64_t body_length(const ServerRequest& head) {
    const std::string_view text = head.headers.get("Content-Length");
    std::uint64_t length = 0;
    std::from_chars(text.data(), text.data() + text.size(), length);
    return length;
  }

  bool is_within_rate(const Route& route, const std::string& client) {
    std::string key = client;
    for (const std::string& segment : route.segments) key += "/" + segment;
    return rates_.allows(key, crm_.clock().monotonic(), route.limits.burst,
                         route.limits.per_second);
  }

  // A response: there is no such path, it has no such method, or the hosting library refuses.
  std::variant<Route, ServerResponse> find_route(const ServerRequest& head,
                                                 std::vector<std::string> segments) {
    Route route;
    const std::string root = segments.empty() ? std::string() : segments.front();
    if (root == "api" && segments.size() == 2 && segments[1] == "live") {
      if (head.method != "GET")
        return to_response(
            error_response(405, "invalid", "error.invalid", "the live stream is only read"));
      route.kind = Route::Kind::live;
    } else if (root == "api" || (root == "plugins" && segments.size() >= 3)) {
      if (root == "api") route.api = api_.find(head.method, segments);
      if (!route.api.route) return hosting_route(head, std::move(segments), route.api);
      route.kind = Route::Kind::api;
      route.limits = route.api.route->limits;
    } else if (!hosting::is_read_only(head.method)) {
      return to_response(error_response(405, "invalid", "error.invalid", "files are only read"));
    } else if (segments.empty()) {
      route.kind = Route::Kind::page;
    }
    route.segments = std::move(segments);
    return route;
  }

  // own: the match in the table of this program, which has no such route.
  std::variant<Route, ServerResponse> hosting_route(const ServerRequest& head,
                                                    std::vector<std::string> segments,
                                                    const Api::Match& own) {
    const auto admission = hosting_.admit(plain(head, proxies_.address_of(head), {}));
    if (admission.refusal) {
      ServerResponse refusal = to_response(*admission.refusal);
      if (own.allowed.empty()) return refusal;
      const std::string others(refusal.headers.get("Allow"));
      return to_response(hosting::SettingsApi::no_route_response(
          others.empty() ? own.allowed : own.allowed + ", " + others));
    }
    Route route;
    route.kind = Route::Kind::hosting;
    route.segments = std::move(segments);
    route.asks = admission.asks;
    route.is_known_sender = admission.is_known_sender;
    route.limits.body = admission.max_body;
    return route;
  }

  // [server thread] Has the request handled on a thread of the pool that its route names.
  void queue(const std::shared_ptr<const Route>& route, bool known, ServerRequest request,
             const Reply& reply) {
    const auto shared = std::make_shared<ServerRequest>(std::move(request));
    const auto refuse = [reply] {
      reply(too_many_response("the host has too much to do at the moment"));
    };
    if (route->limits.pool == Pool::log_in) {
      const bool known_device =
          crm_.users().is_device(authenticator_->cookies().device(shared->headers));
      log_ins_.post(
          shared->client, known_device,
          {[this, route, shared, reply] { return log_in(*route, *shared, reply); }, refuse});
      return;
    }
    const auto lane = known ? WorkerPool::Lane::known : WorkerPool::Lane::stranger;
    if (!workers_->post([this, route, shared, reply] { handle(*route, std::move(*shared), reply); },
                        lane))
      refuse();
  }

  // false: it failed. A client that gave up waiting costs nothing.
  bool log_in(const Route& route, const ServerRequest& request, const Reply& reply) {
    if (reply.responder().client_left()) return true;
    bool succeeded = false;
    Api::call(crm_, *authenticator_, route.api, request, [&](ApiResponse response) {
      succeeded = response.status < 400;
      reply(std::move(response));
    });
    return succeeded;
  }

  void handle(const Route& route, ServerRequest request, const Reply& reply) {
    switch (route.kind) {
      case Route::Kind::live: return open_event_stream(request, reply);
      case Route::Kind::api:
        return Api::call(crm_, *authenticator_, route.api, request,
                         [reply](ApiResponse response) { reply(std::move(response)); });
      case Route::Kind::hosting: return pass_on(route.asks, std::move(request), reply);
      case Route::Kind::page:
        if (origins_->is_loopback_alias(request.headers.get("Host")))
          return reply(redirect_to(307, origins_->public_url() + "/"));
        break;
      case Route::Kind::file: break;
    }
    reply(files_->get(route.segments, request.headers));
  }

  void open_event_stream(const ServerRequest& request, const Reply& reply) {
    const auto authentication = authenticator_->authenticate(request);
    if (!authentication) return reply(authentication_error_response(authentication.error()));
    if (!live_->open_event_stream(authentication->session.user.id, authentication->token,
                                  reply.responder()))
      return reply(error_response(429, "too_many", "error.too_many", "too many pages are open"));
    workers_->post([this, user = authentication->session.user.id] { hosting_.page_opened(user); });
  }

  // Has the hosting library answer, for the user of the session.
  void pass_on(Asks asks, ServerRequest request, const Reply& reply) {
    crm_hosting::Identity identity;
    if (asks != Asks::no_one) {
      const auto authentication = authenticator_->authenticate(request);
      if (!authentication && asks == Asks::user)
        return reply(authentication_error_response(authentication.error()));
      if (authentication) {
        const Session& session = authentication->session;
        identity.is_csrf_checked = has_csrf_token(request, session);
        if (asks == Asks::user && !identity.is_csrf_checked) return reply(no_csrf_response());
        identity.user = session.user.id;
        identity.is_administrator = session.user.role == "admin";
        identity.session = session.csrf;
        identity.language = language_of(session.user, request.headers);
        identity.is_confirmed = session.confirmed;
      }
    }
    std::string body = std::move(request.body);
    hosting_.handle(
        plain(request, proxies_.address_of(request), std::move(body)), identity,
        [reply](crm_hosting::Response response) { reply(to_response(std::move(response))); });
  }

  void maintain() {
    live_->end_invalid_sessions([this](const std::string& token) {
      const auto session = authenticator_->session(token);  // an open page stays known
      // Errors of the storage end no session.
      return session.has_value() || session.error().code != Code::needs_auth;
    });
    for (const std::string& user : live_->users()) hosting_.page_opened(user);
  }

  Crm& crm_;
  crm_hosting::Hosting& hosting_;
  mail::Mail& mail_;
  WebOptions options_;
  std::shared_ptr<WorkerPool> workers_;  // shared with callbacks that plugins may call later
  LogInQueue log_ins_;
  TrustedProxies proxies_;
  hosting::RateLimit rates_{0, 0};  // each route has its own
  std::unique_ptr<StaticFiles> files_;
  std::optional<LiveUpdates> live_;
  std::optional<Origins> origins_;
  std::optional<Authenticator> authenticator_;
  Api api_;
  std::atomic<bool> ready_ = false;
  std::unique_ptr<gcal::net::HttpServer> server_;
  std::optional<hosting::Repeated> maintenance_;
};

}  // namespace

Result<std::unique_ptr<WebServer>> WebServer::start(Crm& crm, crm_hosting::Hosting& hosting,
                                                    mail::Mail& mail, WebOptions options) {
  auto server = std::make_unique<WebServerImpl>(crm, hosting, mail, std::move(options));
  TRY_VOID(server->open());
  return std::unique_ptr<WebServer>(std::move(server));
}

}  // namespace host
