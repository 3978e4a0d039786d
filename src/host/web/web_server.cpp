#include "src/host/web/web_server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

#include "src/common/net/client_budget.hpp"
#include "src/common/net/http_server.hpp"
#include "src/common/net/url.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/web/api.hpp"
#include "src/host/web/client_address.hpp"
#include "src/host/web/decoded_path.hpp"
#include "src/host/web/live_updates.hpp"
#include "src/host/web/log_in_queue.hpp"
#include "src/host/web/plugin_gateway.hpp"
#include "src/host/web/plugin_states.hpp"
#include "src/host/web/routes.hpp"
#include "src/host/web/security.hpp"
#include "src/host/web/static_files.hpp"
#include "src/host/web/worker_pool.hpp"
#include "src/hosting/flows/flow_runner.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace host {
namespace {

using namespace std::chrono_literals;
using gcal::net::Admission;
using gcal::net::Responder;
using gcal::net::ServerRequest;
using gcal::net::ServerResponse;

constexpr int kWorkers = 4;
constexpr std::size_t kMaxWaiting = 512;  // in each lane
constexpr int kLogInWorkers = 2;
constexpr std::size_t kMaxLogInsWaiting = 256;
constexpr int kServerThreads = 2;
// Descriptors that connections never use: databases, plugins, files, the log.
constexpr std::size_t kReservedDescriptors = 128;
constexpr std::size_t kMaxConnections = 4'096;
// A web hook that many channels of one sender share: an import may cause a burst of messages.
constexpr double kHookBurst = 500, kHooksPerSecond = 200;
// How often the sessions of event streams are checked. Expired flows are discarded once an hour.
constexpr auto kMaintenanceInterval = 60s;
constexpr int kRoundsPerHour = 60;

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

ApiResponse too_many_response(std::string message) {
  ApiResponse response = error_response(429, "too_many", "error.too_many", std::move(message));
  response.headers.set("Retry-After", "1");
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

// Where the browser goes after an external step.
std::string page_after(const hosting::ResumeResult& resumed) {
  std::string page = "/#/settings/calendars";
  if (!resumed.flow.empty()) page += "/flow/" + gcal::net::percent_encode(resumed.flow);
  if (!resumed.reason.empty()) page += "?error=" + gcal::net::percent_encode(resumed.reason);
  return page;
}

// What a request is for, found once when its head was read.
struct Route {
  enum class Kind { page, file, live, api, callback, plugin } kind = Kind::file;
  std::vector<std::string> segments;  // of the path, decoded
  Api::Match api;
  hosting::PluginRoute plugin;
  RouteLimits limits{.body = 0};
};

class WebServerImpl final : public WebServer {
 public:
  WebServerImpl(Crm& crm, Plugins& plugins, mail::Mail& mail, WebOptions options)
      : crm_(crm),
        plugins_(plugins),
        mail_(mail),
        options_(std::move(options)),
        workers_(std::make_shared<WorkerPool>(kWorkers, kMaxWaiting, crm.log())),
        log_ins_(kLogInWorkers, kMaxLogInsWaiting, crm.log()) {}

  ~WebServerImpl() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (maintenance_.joinable()) maintenance_.join();
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
    gateway_.emplace(*authenticator_, crm_.clock(), plugins_, origins_->public_url());
    flows_.emplace(
        crm_.context(), plugins_,
        [workers = workers_](std::function<void()> job) { workers->resume(std::move(job)); },
        origins_->public_url());
    add_session_routes(api_, crm_, *live_, *authenticator_);
    add_user_routes(api_, crm_);
    add_calendar_routes(api_, crm_, plugins_);
    add_event_routes(api_, crm_, plugins_);
    add_record_routes(api_, crm_);
    add_account_routes(api_, crm_, plugins_);
    add_mail_routes(api_, crm_, mail_);
    add_logo_routes(api_, crm_, mail_, plugins_);
    add_flow_routes(api_, *flows_);
    add_plugin_routes(api_, crm_, plugins_);
    ready_.store(true, std::memory_order_release);
    maintenance_ = std::thread([this] { run_maintenance(); });
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }

 private:
  // [server thread] Must not block. The path is decoded and the route found here and nowhere else.
  Admission admit(const ServerRequest& head) {
    const bool ready = ready_.load(std::memory_order_acquire);
    const auto refuse = [this, ready](ApiResponse response) {
      Admission admission;
      admission.refusal = to_response(std::move(response));
      add_security_headers(*admission.refusal, ready && origins_->is_https());
      return admission;
    };
    if (!ready) return refuse(error_response({Code::unavailable, "the host is starting", 1s}));
    if (!origins_->serves_host(head.headers.get("Host")))
      return refuse(error_response(421, "denied", "error.denied",
                                   "this host is not reached under that name: see --public-url"));
    if (authenticator_->cookies().is_ambiguous(head.headers))
      return refuse(
          error_response(400, "invalid", "error.invalid", "one cookie of this host is sent twice"));
    auto segments = decoded_path(head.path);
    if (!segments) return refuse(error_response(segments.error()));
    auto found = find_route(head, *std::move(segments));
    if (const auto* refusal = std::get_if<ApiResponse>(&found)) return refuse(*refusal);
    const auto route = std::make_shared<const Route>(std::get<Route>(std::move(found)));

    const std::string client = gcal::net::client_of(proxies_.address_of(head));
    const std::string sender = route->kind == Route::Kind::plugin
                                   ? KnownSenders::key_of(route->plugin, head.headers)
                                   : std::string();
    const bool known_sender = gateway_->is_known(sender);
    if (route->limits.burst > 0 && !is_within_rate(*route, known_sender ? sender : client))
      return refuse(too_many_response("too many requests"));
    if (!origins_->may_change(head))
      return refuse(error_response(403, "denied", "error.csrf",
                                   "the request comes from a page of another site"));
    if (body_length(head) > route->limits.body)
      return refuse(error_response(
          413, "too_large", "error.too_large",
          "the request has more than " + std::to_string(route->limits.body) + " bytes"));
    Admission admission;
    admission.max_body = route->limits.body;
    admission.client = client;
    admission.known = known_sender || authenticator_->is_known(head.headers);
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

  // who: a client, or a sender that the plugin knows, whose share no client can use up.
  bool is_within_rate(const Route& route, const std::string& who) {
    std::string key = who;
    for (const std::string& segment : route.segments) key += "/" + segment;
    return rates_.allows(key, crm_.clock().monotonic(), route.limits.burst,
                         route.limits.per_second);
  }

  // The routes of a plugin are known while it runs. Senders repeat later what is answered 503, such
  // as the notifications that arrive while it starts.
  ApiResponse no_plugin_route_response(const std::string& plugin) const {
    const std::string state = PluginStates(plugins_).of(plugin);
    if (state == "missing" || state == "running" || state == "stuck")
      return error_response(404, "not_found", "error.not_found", "no plugin has this route");
    const std::string why = state == "starting" ? " is starting" : " is not running";
    return error_response({Code::unavailable, "the plugin " + plugin + why, 1s});
  }

  // A response: there is no such path, or it has no such method.
  std::variant<Route, ApiResponse> find_route(const ServerRequest& head,
                                              std::vector<std::string> segments) const {
    Route route;
    const std::string root = segments.empty() ? std::string() : segments.front();
    const bool reads = is_read_only(head.method);
    if (root == "api" && segments.size() == 2 && segments[1] == "live") {
      if (head.method != "GET")
        return error_response(405, "invalid", "error.invalid", "the live stream is only read");
      route.kind = Route::Kind::live;
    } else if (root == "api") {
      route.kind = Route::Kind::api;
      route.api = api_.find(head.method, segments);
      if (!route.api.route) return Api::no_route_response(route.api);
      route.limits = route.api.route->limits;
    } else if (root == "plugins" && segments.size() >= 3) {
      if (segments.size() == 3 && segments[2] == "callback" && head.method == "GET") {
        route.kind = Route::Kind::callback;
      } else {
        std::string path;
        for (std::size_t i = 2; i < segments.size(); ++i) path += (i > 2 ? "/" : "") + segments[i];
        const auto declared = plugins_.route(segments[1], path, head.method);
        if (!declared) return no_plugin_route_response(segments[1]);
        route.kind = Route::Kind::plugin;
        route.plugin = *declared;
        route.limits = {
            .body = declared->max_body, .burst = kHookBurst, .per_second = kHooksPerSecond};
      }
    } else if (!reads) {
      return error_response(405, "invalid", "error.invalid", "files are only read");
    } else if (segments.empty()) {
      route.kind = Route::Kind::page;
    }
    route.segments = std::move(segments);
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
      case Route::Kind::callback: return resume_flow(request, route.segments[1], reply);
      case Route::Kind::plugin:
        request.peer = proxies_.address_of(request);
        return gateway_->handle(route.plugin, std::move(request),
                                [reply](ServerResponse response) { reply(std::move(response)); });
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
    workers_->post([this, user = authentication->session.user.id] { say_viewed(user); });
  }

  // Tells the plugins of the user's accounts that a page is open, so that they read more often. One
  // that does not answer reads at its own times.
  void say_viewed(const std::string& user) {
    const auto accounts = crm_.accounts().of_user(user);
    if (!accounts)
      return crm_.log().error("web.viewed", Json::object({{"error", accounts.error().message}}));
    for (const hosting::Account& account : *accounts)
      if (account.state == "active")
        plugins_.status(account.plugin,
                        Json::object({{"account", account.id}, {"user", user}, {"viewed", true}}),
                        [](const Result<std::string>&) {});
  }

  // The redirect target of a provider's consent page. It always redirects to the page, which shows
  // what happened.
  void resume_flow(const ServerRequest& request, const std::string& plugin, const Reply& reply) {
    const auto redirect = [reply](const hosting::ResumeResult& resumed) {
      reply(redirect_to(303, page_after(resumed)));
    };
    const auto authentication = authenticator_->authenticate(request);
    if (!authentication) return redirect({{}, "flow.session_ended"});
    const auto query = gcal::net::form_decode(request.query);
    if (!query) return redirect({{}, "flow.link_broken"});
    flows_->resume({authentication->session.user.id,
                    language_of(authentication->session.user, request.headers),
                    authentication->session.confirmed, authentication->session.csrf},
                   plugin, *query, redirect);
  }

  void run_maintenance() {
    std::unique_lock lock(mutex_);
    for (int round = 0; !stopping_; ++round) {
      lock.unlock();
      if (round % kRoundsPerHour == 0) workers_->post([this] { flows_->expire(); });
      live_->end_invalid_sessions([this](const std::string& token) {
        const auto session = authenticator_->session(token);  // an open page stays known
        // Errors of the storage end no session.
        return session.has_value() || session.error().code != Code::needs_auth;
      });
      for (const std::string& user : live_->users()) say_viewed(user);
      lock.lock();
      wake_.wait_for(lock, kMaintenanceInterval, [this] { return stopping_; });
    }
  }

  Crm& crm_;
  Plugins& plugins_;
  mail::Mail& mail_;
  WebOptions options_;
  std::shared_ptr<WorkerPool> workers_;  // shared with callbacks that plugins may call later
  LogInQueue log_ins_;
  TrustedProxies proxies_;
  RateLimit rates_{kHookBurst, kHooksPerSecond};
  std::unique_ptr<StaticFiles> files_;
  std::optional<LiveUpdates> live_;
  std::optional<Origins> origins_;
  std::optional<Authenticator> authenticator_;
  std::optional<PluginGateway> gateway_;
  std::optional<FlowRunner> flows_;
  Api api_;
  std::atomic<bool> ready_ = false;
  std::unique_ptr<gcal::net::HttpServer> server_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread maintenance_;
};

}  // namespace

Result<std::unique_ptr<WebServer>> WebServer::start(Crm& crm, Plugins& plugins, mail::Mail& mail,
                                                    WebOptions options) {
  auto server = std::make_unique<WebServerImpl>(crm, plugins, mail, std::move(options));
  TRY_VOID(server->open());
  return std::unique_ptr<WebServer>(std::move(server));
}

}  // namespace host
