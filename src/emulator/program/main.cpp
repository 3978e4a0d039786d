// google_emulator: Google Calendar on this machine. Options: architecture of the command line in
// README.md.
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>

#include "src/common/net/http_server.hpp"
#include "src/emulator/api/emulator.hpp"
#include "src/emulator/load/state.hpp"
#include "src/emulator/load/world.hpp"
#include "src/emulator/program/doors.hpp"
#include "src/emulator/program/listen_address.hpp"
#include "src/emulator/program/player.hpp"
#include "src/emulator/push/delivery.hpp"

namespace {

namespace net = gcal::net;
using emulator::Emulator;

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 64 << 10> chunk;
  while (file.read(chunk.data(), chunk.size()), file.gcount() > 0)
    text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
  return text;
}

// An answer that two may send: whoever comes first does.
class OneAnswer {
 public:
  OneAnswer(net::Responder responder, net::ServerResponse response)
      : responder_(std::move(responder)), response_(std::move(response)) {}
  void send() {
    if (!sent_.exchange(true)) responder_.send(std::move(response_));
  }

 private:
  std::atomic<bool> sent_ = false;
  net::Responder responder_;
  net::ServerResponse response_;
};

// The emulator's own page: files beside the source, read at each request so that they can be edited
// while it runs. A name has letters, digits,
// '-' and '_' and one dot: nothing else can be reached.
std::optional<net::ServerResponse> page_file(const std::string& path) {
  static const std::map<std::string, const char*, std::less<>> kTypes{
      {"html", "text/html; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"svg", "image/svg+xml"}};
  std::string name = path == "/" ? "index.html" : path.starts_with("/page/") ? path.substr(6) : "";
  if (path == "/favicon.ico") name = "icon.svg";
  const std::size_t dot = name.find('.');
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") != std::string::npos ||
      dot == std::string::npos || dot == 0)
    return std::nullopt;
  const auto type = kTypes.find(name.substr(dot + 1));
  if (type == kTypes.end()) return std::nullopt;
  net::ServerResponse response;
  const auto text = read_file(std::string(EMULATOR_PAGE_DIRECTORY) + "/" + name);
  response.status = text ? 200 : 404;
  response.headers.set("Content-Type", text ? type->second : "text/plain; charset=utf-8");
  response.headers.set("Cache-Control", "no-cache");
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Content-Security-Policy",
                       "default-src 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.body = text ? *text : "The page's files are not where the program was built.\n";
  return response;
}

// One --load argument. False when nothing of it could be read; single events that could not are
// named and left out.
bool load(Emulator& emulator, const std::string& argument) {
  std::string email, path = argument;
  if (const std::size_t equals = argument.find('=');
      equals != std::string::npos && argument.find('@') < equals) {
    email = argument.substr(0, equals);
    path = argument.substr(equals + 1);
  }
  const auto text = read_file(path);
  if (!text) {
    std::fprintf(stderr, "google_emulator: %s cannot be read\n", path.c_str());
    return false;
  }
  const std::string name =
      path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  emulator::LoadReport report;
  if (path.ends_with(".ics")) {
    auto& google = emulator.google();
    if (!email.empty()) google.add_account(email, "");
    if (google.accounts().empty()) google.add_account("user@example.com", "");
    if (email.empty()) email = google.accounts().begin()->first;
    report = emulator::load_ics(google, email, name, *text, path.ends_with(".readonly.ics"));
  } else {
    const auto world = gcal::base::Json::parse(*text);
    if (!world) {
      std::fprintf(stderr, "google_emulator: %s: %s\n", path.c_str(),
                   world.error().message.c_str());
      return false;
    }
    report = emulator::load_world(emulator.google(), *world);
  }
  for (const std::string& problem : report.problems)
    std::fprintf(stderr, "google_emulator: %s: %s\n", path.c_str(), problem.c_str());
  std::fprintf(stderr, "google_emulator: %s: %lld events\n", path.c_str(),
               static_cast<long long>(report.events));
  return true;
}

// Written beside and renamed, readable for the owner only: the state holds tokens.
bool write_state(Emulator& emulator, const std::string& path) {
  const std::string fresh = path + ".new";
  const auto channels = gcal::base::Json::object({{"channels", emulator.save_channels()}});
  const std::string text = emulator::State::save(emulator.google(), emulator.tokens(), channels);
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(file, text.data() + written, text.size() - written);
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  const bool synced = written == text.size() && ::fsync(file) == 0;
  const bool closed = ::close(file) == 0;
  return synced && closed && std::rename(fresh.c_str(), path.c_str()) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App options{"Google Calendar v3 and OAuth 2.0 on this machine, with faults on demand"};
  std::string listen = "127.0.0.1:8081", state;
  std::vector<std::string> loads, tls;
  options.add_option("--listen", listen, "ADDR:PORT; port 0 lets the system choose");
  options.add_option("--tls", tls, "CERT KEY: PEM files")->expected(2);
  options.add_option("--state", state, "FILE: read at the start if it exists, written at the end");
  options.add_option("--load", loads, "FILE.json|FILE.ics|email=FILE.ics ...");
  bool allow_kill = false;
  options.add_flag("--allow-kill", allow_kill,
                   "fault rules may kill a process (kill_pid); for crash tests only");
  CLI11_PARSE(options, argc, argv);

  const auto where = emulator::parse_listen_address(listen);
  if (!where) {
    std::fprintf(stderr, "google_emulator: %s\n", where.error().message.c_str());
    return 2;
  }
  net::ServerOptions server_options;
  server_options.address = where->address;
  server_options.port = where->port;
  server_options.max_header =
      32 << 10;  // a sync token, a mask and an access token fit beside each other
  if (!tls.empty()) {
    server_options.tls_certificate_file = tls[0];
    server_options.tls_key_file = tls[1];
  }

  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  gcal::base::SystemClock clock;
  gcal::base::SystemRandom random;
  Emulator emulator(clock, random);
  if (allow_kill) emulator.allow_kill();
  bool resumed = false;
  if (const auto text = state.empty() ? std::nullopt : read_file(state)) {
    const auto document = gcal::base::Json::parse(*text);
    const auto loaded = document
                            ? emulator::State::load(*document, emulator.google(), emulator.tokens())
                            : emulator::bad("invalid", document.error().message);
    if (!loaded) {
      std::fprintf(stderr, "google_emulator: %s: %s\n", state.c_str(),
                   loaded.error().message.c_str());
      return 2;
    }
    emulator.restore_channels((*document)["channels"]);
    resumed = true;
  }
  if (resumed && !loads.empty())
    std::fprintf(stderr, "google_emulator: %s goes on from before; --load is left out\n",
                 state.c_str());
  if (!resumed)
    for (const std::string& argument : loads)
      if (!load(emulator, argument)) return 2;

  ::malloc_trim(0);  // what was read is gone, a multiple of what is kept

  emulator::Delivery delivery(emulator);
  emulator::Player player;
  const bool secure = !tls.empty();
  const auto serve = [&](net::ServerRequest incoming, net::Responder responder) {
    if (incoming.method == "GET")
      if (auto file = page_file(incoming.path)) return responder.send(*std::move(file));
    emulator::Request request;
    request.method = std::move(incoming.method);
    request.path = std::move(incoming.path);
    request.query = std::move(incoming.query);
    request.headers = incoming.headers.fields();
    request.body = std::move(incoming.body);
    const std::string_view host = incoming.headers.get("Host");
    request.origin =
        (incoming.tls ? "https://" : "http://") + std::string(host.empty() ? "127.0.0.1" : host);
    emulator::Response answer = emulator.handle(request);
    if (answer.drop || !answer.wire.untouched())
      return player.play(plan_wire(answer, request.method == "HEAD"), responder.take_over());
    net::ServerResponse response;
    response.status = answer.status;
    for (auto& [name, value] : answer.headers)
      response.headers.add(std::move(name), std::move(value));
    response.body = std::move(answer.body);
    if (answer.delay_ms > 0)
      return player.send(std::chrono::milliseconds{answer.delay_ms}, std::move(responder),
                         std::move(response));
    if (answer.after_push == 0) return responder.send(std::move(response));
    // The first message of a channel arrives before the answer to watch; a receiver that does not
    // take it holds the answer up for a second at most.
    const auto send = [one = std::make_shared<OneAnswer>(std::move(responder),
                                                         std::move(response))] { one->send(); };
    delivery.when_tried(answer.after_push, send);
    player.after(std::chrono::seconds{1}, send);
  };
  // The doors are this program's own: opened and closed outside of the emulator's lock, and never
  // through one of them.
  emulator::Doors doors(serve);
  const auto serve_main = [&](net::ServerRequest incoming, net::Responder responder) {
    if (auto answer = emulator::door_control(doors, incoming))
      return responder.send(*std::move(answer));
    serve(std::move(incoming), std::move(responder));
  };
  auto server = net::HttpServer::start(server_options, serve_main);
  if (!server) {
    std::fprintf(stderr, "google_emulator: %s\n", server.error().message.c_str());
    return server.error().code == gcal::Code::invalid
               ? 2
               : 1;  // what the command line says, or what the machine does not give
  }
  std::printf("google_emulator listens on %s://%s:%u\n", secure ? "https" : "http",
              where->host().c_str(), (*server)->port());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  server->reset();
  doors.close_all();
  if (!state.empty() && !write_state(emulator, state)) {
    std::fprintf(stderr, "google_emulator: %s cannot be written\n", state.c_str());
    return 1;
  }
  return 0;
}
