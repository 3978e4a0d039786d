// google_emulator: Google Calendar on this machine. README.md describes the options.
#include <malloc.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "src/common/net/http_server.hpp"
#include "src/emulator/api/emulator.hpp"
#include "src/emulator/program/files.hpp"
#include "src/emulator/program/frontend.hpp"
#include "src/emulator/program/listen_address.hpp"

namespace {

namespace net = gcal::net;

// Of the process: what the user asked for is impossible, or the system refuses it.
constexpr int kUsageError = 2, kSystemError = 1;

struct Options {
  std::string listen = "127.0.0.1:8081", state;
  std::vector<std::string> loads, tls, assumptions;
  std::optional<std::uint64_t> seed;
  bool allow_kill = false, strict = false;
};

void add_options(CLI::App& app, Options& options) {
  app.add_option("--listen", options.listen, "ADDR:PORT; port 0 lets the system choose");
  app.add_option("--tls", options.tls, "CERT KEY: PEM files")->expected(2);
  CLI::Option* state = app.add_option("--state", options.state,
                                      "FILE: read at the start if it exists, written at the end");
  app.add_option("--load", options.loads, "FILE.json|FILE.ics|email=FILE.ics ...");
  app.add_option("--assume", options.assumptions,
                 "NAME=VALUE ...: what is only guessed about Google (BEHAVIOUR.md)");
  app.add_flag("--strict", options.strict, "refuse what is only guessed to be refused");
  // A second run of the same seed would give the ids again that the state holds.
  app.add_option("--seed", options.seed, "NUMBER from which ids and tokens follow")
      ->excludes(state);
  app.add_flag("--allow-kill", options.allow_kill,
               "fault rules may kill a process (kill_pid); for crash tests only");
}

// `from` with what the command line says of the switches. Errors: invalid.
emulator::Outcome<emulator::Behaviour> behaviour(const Options& options, emulator::Behaviour from) {
  if (options.strict) from = emulator::Behaviour::strict();
  for (const std::string& assumption : options.assumptions) {
    const std::size_t equals = std::min(assumption.find('='), assumption.size());
    TRY_VOID(from.set(assumption.substr(0, equals),
                      assumption.substr(std::min(equals + 1, assumption.size()))));
  }
  return from;
}

// What the emulator starts with: the saved state if there is one, otherwise the files of --load.
// The command line counts more than what these say of the switches.
emulator::WorldSource world_source(const Options& options) {
  const bool resumed = !options.state.empty() && ::access(options.state.c_str(), F_OK) == 0;
  if (resumed && !options.loads.empty())
    std::fprintf(stderr, "google_emulator: %s goes on from before; --load is left out\n",
                 options.state.c_str());
  return [resumed, options](emulator::NewWorld& world) -> emulator::Outcome<emulator::LoadReport> {
    TRY(emulator::LoadReport report, resumed ? emulator::read_state(world, options.state)
                                             : emulator::load_files(world, options.loads));
    TRY(const auto switches, behaviour(options, world.google.behaviour()));
    world.google.set_behaviour(switches);
    return report;
  };
}

// False when a file cannot be read.
bool fill(emulator::Emulator& emulator, const Options& options) {
  if (options.seed) emulator.set_seed(*options.seed);
  const auto loaded = emulator.start_with(world_source(options));
  if (!loaded) {
    std::fprintf(stderr, "google_emulator: %s\n", loaded.error().message.c_str());
    return false;
  }
  for (const std::string& problem : loaded->problems)
    std::fprintf(stderr, "google_emulator: %s\n", problem.c_str());
  if (!options.loads.empty())
    std::fprintf(stderr, "google_emulator: %lld events\n", static_cast<long long>(loaded->events));
  return true;
}

net::ServerOptions server_options(const Options& options, const emulator::ListenAddress& address) {
  net::ServerOptions server;
  server.address = address.address;
  server.port = address.port;
  server.max_header = 32 << 10;  // for a sync token, a field mask and an access token
  if (!options.tls.empty()) {
    server.tls_certificate_file = options.tls[0];
    server.tls_key_file = options.tls[1];
  }
  return server;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

// A page of a list has some megabytes. glibc would get them from the system and give them back for
// each page, which costs more than the page, unless an earlier free() has happened to teach it.
void keep_freed_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

// Blocks the signals that end the program in every thread, so that sigwait() gets them.
sigset_t block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Google Calendar v3 and OAuth 2.0 on this machine, with faults on demand"};
  Options options;
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);

  const auto address = emulator::parse_listen_address(options.listen);
  if (!address) {
    std::fprintf(stderr, "google_emulator: %s\n", address.error().message.c_str());
    return kUsageError;
  }
  const auto initial = behaviour(options, {});
  if (!initial) {
    std::fprintf(stderr, "google_emulator: --assume: %s\n", initial.error().message.c_str());
    return kUsageError;
  }
  keep_freed_memory();
  const sigset_t signals = block_end_signals();

  gcal::base::SystemClock clock;
  gcal::base::SystemRandom random;
  emulator::Emulator google(clock, random);
  if (options.allow_kill) google.allow_kill();
  google.set_initial_behaviour(*initial);
  if (!fill(google, options)) return kUsageError;
  ::malloc_trim(0);  // reading takes a multiple of the memory of what was read

  emulator::Frontend frontend(google);
  auto server = net::HttpServer::start(server_options(options, *address), frontend.handler());
  if (!server) {
    std::fprintf(stderr, "google_emulator: %s\n", server.error().message.c_str());
    return server.error().code == gcal::Code::invalid ? kUsageError : kSystemError;
  }
  if (!is_loopback(address->address))
    std::fprintf(stderr,
                 "google_emulator: %s is open to other machines: all that reach it can read and "
                 "change everything, with any token\n",
                 options.listen.c_str());
  std::printf("google_emulator listens on %s://%s:%u\n", options.tls.empty() ? "http" : "https",
              address->host().c_str(), (*server)->port());
  std::fflush(stdout);
  int received = 0;
  sigwait(&signals, &received);
  server->reset();
  frontend.close_listeners();
  if (!options.state.empty() && !emulator::write_state(google, options.state)) {
    std::fprintf(stderr, "google_emulator: %s cannot be written\n", options.state.c_str());
    return kSystemError;
  }
  return 0;
}
