#include "src/host/web/web_server.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "src/common/net/http_server.hpp"
#include "src/common/net/url.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/web/api.hpp"
#include "src/host/web/live_updates.hpp"
#include "src/host/web/plugin_gateway.hpp"
#include "src/host/web/routes.hpp"
#include "src/host/web/security.hpp"
#include "src/host/web/static_files.hpp"
#include "src/host/web/worker_pool.hpp"
#include "src/hosting/flows/flow_runner.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace host {
namespace {

using namespace std::chrono_literals;
using gcal::net::Responder;
using gcal::net::ServerRequest;
using gcal::net::ServerResponse;

constexpr int kWorkers = 4;
constexpr std::size_t kMaxWaiting = 512;
// Threads of their own for log-ins: checking a password takes 0.1 s and 32 MiB, and must not delay
// users who are logged in.
constexpr int kLogInWorkers = 2;
constexpr std::size_t kMaxLogInsWaiting = 32;
constexpr std::size_t kMaxBody = 4 << 20;
constexpr int kServerThreads = 2;  // one may compress a long response while the other reads
// How often the sessions of event streams are checked. Expired flows are discarded once an hour.
constexpr auto kMaintenanceInterval = 60s;
constexpr int kRoundsPerHour = 60;

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

Result<std::vector<std::string>> decoded_segments(std::string_view path) {
  std::vector<std::string> out;
  for (const std::string_view segment : gcal::net::path_segments(path)) {
    TRY(std::string text, gcal::net::percent_decode(segment));
    out.push_back(std::move(text));
  }
  if (out.size() == 1 && out.front().empty()) out.clear();  // "/"
  return out;
}

ServerResponse redirect_to(int status, std::string target) {
  ServerResponse response;
  response.status = status;
  response.headers = {{"Location", std::move(target)}, {"Cache-Control", "no-store"}};
  return response;
}

// Where the browser goes after an external step.
std::string page_after(const hosting::ResumeResult& resumed) {
  std::string page = "/#/settings/calendars";
  if (!resumed.flow.empty()) page += "/flow/" + gcal::net::percent_encode(resumed.flow);
  if (!resumed.reason.empty()) page += "?error=" + gcal::net::percent_encode(resumed.reason);
  return page;
}

class WebServerImpl final : public WebServer {
 public:
  WebServerImpl(Crm& crm, Plugins& plugins, WebOptions options)
      : crm_(crm),
        plugins_(plugins),
        options_(std::move(options)),
        workers_(std::make_shared<WorkerPool>(kWorkers, kMaxWaiting, crm.log())),
        log_ins_(kLogInWorkers, kMaxLogInsWaiting, crm.log()),
        gateway_(crm, plugins) {}

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
    live_.emplace(crm_.bus());
    gcal::net::ServerOptions server;
    server.address = options_.address;
    server.port = options_.port;
    server.max_body = kMaxBody;
    server.threads = kServerThreads;
    // The port is known only when the server listens. Requests that arrive before the routes are
    // added are refused, see ready_.
    TRY(server_, gcal::net::HttpServer::start(
                     std::move(server), [this](ServerRequest request, Responder responder) {
                       on_request(std::move(request), std::move(responder));
                     }));
    TRY(Origins origins, Origins::of(options_.public_url, options_.address, server_->port()));
    origins_.emplace(std::move(origins));
    flows_.emplace(
        crm_.context(), plugins_,
        [workers = workers_](std::function<void()> job) { workers->resume(std::move(job)); },
        origins_->public_url());
    add_session_routes(api_, crm_, *live_, origins_->is_https());
    add_calendar_routes(api_, crm_);
    add_event_routes(api_, crm_, plugins_);
    add_record_routes(api_, crm_);
    add_account_routes(api_, crm_, plugins_);
    add_flow_routes(api_, *flows_);
    add_plugin_routes(api_, plugins_);
    ready_.store(true, std::memory_order_release);
    maintenance_ = std::thread([this] { run_maintenance(); });
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }

 private:
  // [server thread] Must not block.
  void on_request(ServerRequest request, Responder responder) {
    const bool ready = ready_.load(std::memory_order_acquire);
    const Reply reply(std::move(responder), ready && origins_->is_https());
    if (!ready) return reply(error_response({Code::unavailable, "the host is starting", 1s}));
    if (!origins_->serves_host(request.headers.get("Host")))
      return reply(error_response(421, "denied", "error.denied",
                                  "this host is not reached under that name: see --public-url"));
    if (!origins_->may_change(request))
      return reply(error_response(403, "denied", "error.csrf",
                                  "the request comes from a page of another site"));
    WorkerPool& pool =
        request.method == "POST" && request.path == "/api/session" ? log_ins_ : *workers_;
    const bool taken =
        pool.post([this, request = std::make_shared<ServerRequest>(std::move(request)), reply] {
          handle(std::move(*request), reply);
        });
    if (taken) return;
    ApiResponse response = error_response(429, "too_many", "error.too_many",
                                          "the host has too much to do at the moment");
    response.headers.set("Retry-After", "1");
    reply(std::move(response));
  }

  void handle(ServerRequest request, const Reply& reply) {
    const auto segments = decoded_segments(request.path);
    if (!segments) return reply(error_response(segments.error()));
    const std::string_view root =
        segments->empty() ? std::string_view{} : std::string_view(segments->front());
    if (root == "api" && segments->size() == 2 && (*segments)[1] == "live")
      return open_event_stream(request, reply);
    if (root == "api")
      return api_.dispatch(crm_, request, *segments,
                           [reply](ApiResponse response) { reply(std::move(response)); });
    if (root == "plugins" && segments->size() >= 3)
      return to_plugin(std::move(request), *segments, reply);
    if (request.method != "GET" && request.method != "HEAD")
      return reply(error_response(405, "invalid", "error.invalid", "files are only read"));
    if (segments->empty() && origins_->is_loopback_alias(request.headers.get("Host")))
      return reply(redirect_to(307, origins_->public_url() + "/"));
    reply(files_->get(*segments, request.headers));
  }

  void open_event_stream(const ServerRequest& request, const Reply& reply) {
    if (request.method != "GET")
      return reply(error_response(405, "invalid", "error.invalid", "the live stream is only read"));
    const auto authentication = authenticate(crm_, request);
    if (!authentication)
      return reply(authentication.error().code == Code::needs_auth
                       ? no_session_response()
                       : error_response(authentication.error()));
    if (!live_->open_event_stream(authentication->session.user.id, authentication->token,
                                  reply.responder()))
      reply(error_response(429, "too_many", "error.too_many", "too many pages are open"));
  }

  void to_plugin(ServerRequest request, const std::vector<std::string>& segments,
                 const Reply& reply) {
    if (segments.size() == 3 && segments[2] == "callback" && request.method == "GET")
      return resume_flow(request, segments[1], reply);
    std::string path;
    for (std::size_t i = 2; i < segments.size(); ++i) path += (i > 2 ? "/" : "") + segments[i];
    gateway_.handle(segments[1], path, std::move(request),
                    [reply](ServerResponse response) { reply(std::move(response)); });
  }

  // The redirect target of a provider's consent page. It always redirects to the page, which shows
  // what happened.
  void resume_flow(const ServerRequest& request, const std::string& plugin, const Reply& reply) {
    const auto redirect = [reply](const hosting::ResumeResult& resumed) {
      reply(redirect_to(303, page_after(resumed)));
    };
    const auto authentication = authenticate(crm_, request);
    if (!authentication) return redirect({{}, "flow.session_ended"});
    const auto query = gcal::net::form_decode(request.query);
    if (!query) return redirect({{}, "flow.link_broken"});
    flows_->resume({authentication->session.user.id,
                    language_of(authentication->session.user, request.headers)},
                   plugin, *query, redirect);
  }

  void run_maintenance() {
    std::unique_lock lock(mutex_);
    for (int round = 0; !stopping_; ++round) {
      lock.unlock();
      if (round % kRoundsPerHour == 0) workers_->post([this] { flows_->expire(); });
      live_->end_invalid_sessions([this](const std::string& token) {
        const auto session = crm_.users().session(token);
        // Errors of the storage end no session.
        return session.has_value() || session.error().code != Code::needs_auth;
      });
      lock.lock();
      wake_.wait_for(lock, kMaintenanceInterval, [this] { return stopping_; });
    }
  }

  Crm& crm_;
  Plugins& plugins_;
  WebOptions options_;
  std::shared_ptr<WorkerPool> workers_;  // shared with callbacks that plugins may call later
  WorkerPool log_ins_;
  PluginGateway gateway_;
  std::unique_ptr<StaticFiles> files_;
  std::optional<LiveUpdates> live_;
  std::optional<Origins> origins_;
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

Result<std::unique_ptr<WebServer>> WebServer::start(Crm& crm, Plugins& plugins,
                                                    WebOptions options) {
  auto server = std::make_unique<WebServerImpl>(crm, plugins, std::move(options));
  TRY_VOID(server->open());
  return std::unique_ptr<WebServer>(std::move(server));
}

}  // namespace host
