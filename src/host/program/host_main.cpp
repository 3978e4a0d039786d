#include "src/host/program/host_main.hpp"

#include <arpa/inet.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/crm/seed_loader.hpp"
#include "src/host/mail/mail.hpp"
#include "src/host/mail/mail_thread.hpp"
#include "src/host/program/backup.hpp"
#include "src/host/program/command_line.hpp"
#include "src/host/program/key_commands.hpp"
#include "src/host/program/maintenance.hpp"
#include "src/host/program/plugin_commands.hpp"
#include "src/host/program/program_log.hpp"
#include "src/host/program/restore_guard.hpp"
#include "src/host/program/user_commands.hpp"
#include "src/host/web/security.hpp"
#include "src/host/web/web_server.hpp"
#include "src/hosting/crm_hosting/hosting.hpp"
#include "src/hosting/library/data_lock.hpp"
#include "src/hosting/library/parts.hpp"
#include "src/hosting/library/schema_lock.hpp"
#include "src/hosting/plugins/crash_log.hpp"
#include "src/hosting/services/master_key.hpp"

namespace host {
namespace {

using crm_hosting::Hosting;
using hosting::PluginsOptions;

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

// Those that end the program, and SIGHUP, by which an administrator asks for what was installed.
sigset_t awaited_signals() {
  sigset_t signals = ending_signals();
  sigaddset(&signals, SIGHUP);
  return signals;
}

// Plugins get the public address before the server listens, so a free port is chosen first.
Result<std::uint16_t> free_port(const std::string& address) {
  const Error failed{Code::unavailable, "--listen: no free port on " + address, {}};
  const bool v6 = address.find(':') != std::string::npos;
  sockaddr_storage storage{};
  auto* four = reinterpret_cast<sockaddr_in*>(&storage);
  auto* six = reinterpret_cast<sockaddr_in6*>(&storage);
  socklen_t size = v6 ? sizeof *six : sizeof *four;
  storage.ss_family = v6 ? AF_INET6 : AF_INET;
  if (::inet_pton(storage.ss_family, address.c_str(),
                  v6 ? static_cast<void*>(&six->sin6_addr) : static_cast<void*>(&four->sin_addr)) !=
      1) {
    return Error{Code::invalid, "--listen: " + address + " is no IP address", {}};
  }
  const int descriptor = ::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failed;
  const bool bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&storage), size) == 0 &&
                     ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) == 0;
  ::close(descriptor);
  if (!bound) return failed;
  return ntohs(v6 ? six->sin6_port : four->sin_port);
}

bool is_local(const CommandLine& line) {
  return line.address.starts_with("unix:");
}

std::string origin_of(const CommandLine& line, std::uint16_t port) {
  if (is_local(line)) return "http://localhost";
  const std::string& address = line.address;
  const std::string host = address.find(':') == std::string::npos ? address : "[" + address + "]";
  const std::string scheme = line.tls_certificate.empty() ? "http://" : "https://";
  return scheme + host + ":" + std::to_string(port);
}

// Connections, databases and plugins need descriptors: as many as the system allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur =
      limit.rlim_max == RLIM_INFINITY ? 65'536 : std::min<rlim_t>(65'536, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Tokens and keys are in memory: no core dump, also where a program collects them, and no debugger
// of another process of the same user.
void keep_memory_private() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

// What a page of Google needs for a moment is given back to the system. Otherwise each thread keeps
// memory of its own for what it needed once.
void return_unused_memory() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 512 << 10);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

// A cookie that travels without TLS can be read on the way.
void warn_of_plain_http(const std::string& public_url) {
  for (const char* harmless : {"https://", "http://localhost", "http://127.", "http://[::1]"})
    if (public_url.starts_with(harmless)) return;
  std::fprintf(stderr,
               "crm_host: %s is not https: passwords and sessions can be read on the way; see "
               "--tls-cert and --public-url\n",
               public_url.c_str());
}

// A plugin that does not stop has a few seconds; systems kill a service after ten or more.
constexpr std::chrono::seconds kLongestEnd{9};

// Nothing is destroyed: a thread of a plugin may still use it, and everything is durable.
[[noreturn]] void end_without_destructors(const char* why) {
  std::fprintf(stderr, "crm_host: %s\n", why);
  std::fflush(nullptr);
  ::_exit(1);
}

// Whatever a plugin does from now on, the process ends in time.
void begin_to_end(const CommandLine& line) {
  std::thread([run = line.data / "run"] {
    std::this_thread::sleep_for(kLongestEnd);
    hosting::StartMark::forget_all(run);
    end_without_destructors("a plugin kept the host from ending; ended without it");
  }).detach();
}

void stop(Hosting& hosting) {
  if (!hosting.stop().empty())
    end_without_destructors("a plugin did not stop in time; ended without it");
}

// Ends when a signal asks for it. Plugins are stopped while the page still answers, and before a
// thread of the page is waited for.
Result<> serve(Crm& crm, Hosting& hosting, mail::Mail& mail, const CommandLine& line,
               std::uint16_t port, const std::string& public_url) {
  const mail::MailThread delivery(crm, mail);
  TRY_VOID(hosting.start());
  WebOptions options{.address = line.address,
                     .port = port,
                     .public_url = public_url,
                     .tls_certificate = line.tls_certificate,
                     .tls_key = line.tls_key,
                     .trusted_proxies = line.trusted_proxies,
                     .ui = line.ui,
                     .node_modules = line.node_modules};
  TRY(auto web, WebServer::start(crm, hosting, mail, std::move(options)));
  const Maintenance upkeep(crm, mail);
  std::printf("crm_host: listening on %s\n",
              is_local(line) ? line.address.c_str() : origin_of(line, port).c_str());
  std::fflush(stdout);

  const sigset_t signals = awaited_signals();
  int signal = 0;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
    crm.log().info("host.looks_for_packages");
    hosting.reload_changed();
  }
  crm.log().info("host.stopping", Json::object({{"signal", signal}}));
  begin_to_end(line);
  stop(hosting);
  return {};
}

// The calendars of a user as the pages show them: with what this CRM keeps beside the library's.
Result<Json> shown_calendars(Crm& crm, const std::string& user) {
  TRY(const auto calendars, crm.calendars().list(user));
  Json out = Json::array();
  for (const Calendar& calendar : calendars) out.push(calendar.to_json());
  return out;
}

// The hosting library on this CRM's own database, so that both are always of one moment.
std::unique_ptr<Hosting> hosting_of(Crm& crm, PluginsOptions plugins) {
  hosting::PartsOptions options;
  options.plugins = std::move(plugins);
  options.web.calendars = [&crm](const std::string& user) { return shown_calendars(crm, user); };
  options.purges = false;  // Maintenance does, with all that this CRM forgets
  return std::make_unique<Hosting>(
      std::make_unique<Hosting::Parts>(crm.context(), crm.port(), std::move(options)));
}

Result<> run(const CommandLine& line, gcal::base::Log& log) {
  const gcal::base::SystemClock clock;
  gcal::base::SystemRandom random;
  CrmOptions options{.data = line.data, .database = line.database};
  options.postgres.url = line.postgres_url;
  options.postgres.password = line.postgres_password;
  if (!line.create_admin.empty() || !line.user.action.empty()) {
    TRY(const auto database, Crm::open_database(options, random));
    Users users(*database, clock, random);
    TRY_VOID(users.open());
    return line.create_admin.empty() ? run_user_command(users, line.user, log)
                                     : create_admin(users, line.create_admin, log);
  }
  if (!line.backup_to.empty()) return back_up(options, line.backup_to);
  if (!line.restore_from.empty()) return restore(options, line.restore_from, random);
  if (line.restored) return begin_after_restore(options, random);
  if (line.check) return check(options, random, log);
  if (!line.keys.empty()) return run_key_command(options, line.keys, random, log);
  raise_descriptor_limit();
  TRY(const auto lock, hosting::DataLock::take(line.data));
  std::unique_ptr<hosting::SchemaLock> schema_lock;
  std::atomic<bool> is_schema_lost = false;
  if (options.is_postgres()) {
    TRY(schema_lock, hosting::SchemaLock::take(options.postgres));
    schema_lock->watch(log, [&is_schema_lost](const Error&) {
      is_schema_lost = true;
      ::kill(::getpid(), SIGTERM);
    });
  }
  std::uint16_t port = line.port;
  if (port == 0 && !is_local(line)) {
    TRY(port, free_port(line.address));
  }
  if (line.new_master_key) {
    TRY_VOID(hosting::master_key::create(hosting::master_key::place(line.data), random));
    options.secrets.begin_anew = true;
  }
  if (!line.seed.empty()) {
    TRY(const Json seed, read_seed(line.seed));
    TRY(const bool loaded, seed_database(options, seed, clock, random, log));
    log.info(loaded ? "seed.loaded" : "seed.not_needed");
  }
  const bool tls = !line.tls_certificate.empty();
  const std::string public_url = line.public_url.empty() ? origin_of(line, port) : line.public_url;
  TRY(const Origins origins, Origins::of(public_url, line.address, port, tls));
  options.public_url = origins.public_url();
  TRY(const auto crm, Crm::open(options, clock, random, log));
  TRY(const auto guard, guard_restores(*crm));
  PluginsOptions plugin_options{
      .folder = line.plugins,
      .dev_unsigned = line.dev_unsigned,
      .package_keys = line.package_keys.empty() ? line.data / "package_keys" : line.package_keys,
      .values = line.plugin_options,
      .values_of = line.plugin_options_of,
      .identity = {.log_from = line.log_level}};
  plugin_options.values["public_url"] = public_url;
  if (!line.plugin.action.empty()) {
    const PluginRemoval how{line.plugin.purge, line.plugin.without_revoking,
                            std::chrono::seconds(line.plugin.wait)};
    const auto removed = remove_plugin(*crm, plugin_options, line.plugin.id, how);
    if (!removed) end_without_destructors(removed.error().message.c_str());
    std::fflush(nullptr);
    ::_exit(0);  // the plugin may have kept a thread
  }
  TRY(const auto users, crm->users().list());
  if (users.empty()) {
    std::fprintf(stderr,
                 "crm_host: nobody can log in yet; create the first administrator with: crm_host "
                 "--data %s --create-admin EMAIL\n",
                 line.data.c_str());
  }
  warn_of_plain_http(public_url);
  // After the guard: messages of a database that was restored are held.
  mail::MailOptions mail_options;
  mail_options.public_url = public_url;
  TRY(const auto mail, mail::Mail::open(*crm, std::move(mail_options)));
  crm->context().set_mail(mail.get());
  const auto hosting = hosting_of(*crm, std::move(plugin_options));
  auto served = serve(*crm, *hosting, *mail, line, port, public_url);
  if (!served) {
    std::fprintf(stderr, "crm_host: %s\n", served.error().message.c_str());
    begin_to_end(line);
  }
  stop(*hosting);
  if (!served) return Error{Code::cancelled, {}, {}};  // it was explained above
  if (is_schema_lost)
    return Error{Code::conflict,
                 "ended, because another host has taken over this database while its server was "
                 "away: run one of the two",
                 {}};
  return {};
}

}  // namespace

int host_main(int argc, const char* const* argv) {
  keep_memory_private();
  return_unused_memory();
  const auto parsed = read_command_line(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const CommandLine& line = std::get<CommandLine>(parsed);

  // Blocked before the first thread, so that every thread inherits it and only sigwait receives
  // them.
  const sigset_t signals = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(
      SIGXFSZ,
      SIG_IGN);  // a file that reached its limit is an error of that write, as a full disk is

  ProgramLog log(line.log_level);
  try {
    const auto done = run(line, log);
    hosting::CrashLog::end_watch();
    if (done) return 0;
    if (done.error().code != Code::cancelled)
      std::fprintf(stderr, "crm_host: %s\n", done.error().message.c_str());
    return 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "crm_host: a defect ended the program: %s\n", e.what());
    return 1;
  }
}

}  // namespace host
