#include "src/host/program/command_line.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdio>
#include <vector>

#include "src/host/program/secret_file.hpp"
#include "src/hosting/storage/postgres_url.hpp"

namespace host {

using gcal::Code;
using gcal::Error;
using gcal::Result;

Result<ListenAddress> parse_listen(const std::string& text) {
  const Error wrong{
      Code::invalid,
      "--listen: ADDR:PORT is expected, for example 127.0.0.1:8080; port 0 lets the system choose. "
      "Or unix:PATH",
      {}};
  if (text.starts_with("unix:")) {
    if (text.size() == 5) return wrong;
    return ListenAddress{text, 0};
  }
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return wrong;
  ListenAddress listen{text.substr(0, colon), 0};
  if (listen.address.front() == '[' && listen.address.back() == ']')
    listen.address = listen.address.substr(1, listen.address.size() - 2);
  const auto [end, failure] =
      std::from_chars(text.data() + colon + 1, text.data() + text.size(), listen.port);
  if (failure != std::errc{} || end != text.data() + text.size() || listen.address.empty())
    return wrong;
  return listen;
}

Result<DatabaseArgument> parse_database(const std::string& text) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (text.starts_with("postgresql://") || text.starts_with("postgres://")) {
    if (const auto usable = hosting::check_postgres_url(text); !usable) return usable.error();
    return DatabaseArgument{{}, text};
  }
  if (!text.starts_with(kSqlite) || text.size() == kSqlite.size())
    return Error{Code::invalid,
                 "--database: sqlite:PATH or postgresql://USER@HOST/DATABASE is expected",
                 {}};
  return DatabaseArgument{text.substr(kSqlite.size()), {}};
}

Result<std::string> parse_origin(const std::string& option, std::string text) {
  if (!text.empty() && text.back() == '/') text.pop_back();
  const auto scheme_end = text.find("://");
  const std::string scheme = text.substr(0, scheme_end);
  const bool known = scheme_end != std::string::npos && (scheme == "http" || scheme == "https");
  const std::string rest = known ? text.substr(scheme_end + 3) : std::string();
  if (rest.empty() || rest.find_first_of("/?#@ \t\r\n\"'<>\\") != std::string::npos) {
    return Error{
        Code::invalid,
        option + ": an address such as https://crm.example.com is expected, without a path",
        {}};
  }
  return text;
}

namespace {

// The plugin that --google-base is for.
constexpr const char* kGoogleCalendar = "com.example.google_calendar";

// What is read as text and checked afterwards.
struct Typed {
  bool dev_ui = false;
  std::filesystem::path ui, node_modules;
  std::string listen = "127.0.0.1:8080", database, google_base, public_url, smtp, level = "info";
  std::vector<std::string> plugin_options, plugin_option_files;
  std::filesystem::path database_password_file;
};

void add_options(CLI::App& app, CommandLine& line, Typed& typed) {
  app.add_option("--data", line.data,
                 "DIR: the folder of everything; created, and closed to other users")
      ->required();
  app.add_option("--plugins", line.plugins, "DIR: one folder per plugin package");
  app.add_option(
         "--listen", typed.listen,
         "ADDR:PORT; port 0 lets the system choose; or unix:PATH, a socket of mode 0660 for "
         "a proxy of this machine")
      ->capture_default_str();
  CLI::Option* certificate =
      app.add_option("--tls-cert", line.tls_certificate, "FILE: serve https, with this chain");
  CLI::Option* key = app.add_option("--tls-key", line.tls_key, "FILE: the key of --tls-cert");
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--trusted-proxy", line.trusted_proxies,
                 "NETWORK such as 10.0.0.0/8: a proxy in front of this host, which names its "
                 "clients in X-Forwarded-For or Forwarded; may be repeated");
  app.add_option("--database", typed.database,
                 "sqlite:PATH instead of DIR/crm.sqlite, or postgresql://USER@HOST/DATABASE");
  app.add_option("--database-password-file", typed.database_password_file,
                 "FILE: the password for --database; or the credential crm_host.database-password "
                 "of the service manager, or PGPASSFILE");
  app.add_option("--google-base", typed.google_base,
                 "URL instead of Google's own addresses, for example of google_emulator");
  app.add_option(
      "--public-url", typed.public_url,
      "URL at which browsers and Google reach this host; http://ADDR:PORT when left out");
  app.add_option("--plugin-option", typed.plugin_options,
                 "[ID:]NAME=VALUE: an option that the plugin ID may read; without ID every plugin, "
                 "which goes with the next version");
  app.add_option("--plugin-option-file", typed.plugin_option_files,
                 "[ID:]NAME=FILE: the same with the content of a file, for what is secret; or the "
                 "credential crm_host.plugin-option.NAME of the service manager");
  app.add_option("--smtp", typed.smtp, "URL of a mail server; mails are not in this version");
  app.add_option("--package-keys", line.package_keys,
                 "FILE: the keys of makers whose packages run; DIR/package_keys when left out");
  app.add_flag("--dev-unsigned", line.dev_unsigned, "run packages without a signature too");
  app.add_option("--seed", line.seed, "FILE: load a demo world into an empty database");
  app.add_option(
      "--create-admin", line.create_admin,
      "EMAIL: create an administrator, whose password is read from standard input, and end");
  app.add_flag("--new-master-key", line.new_master_key,
               "begin with a new master.key when it is lost; users connect their accounts again");
  CLI::App* user = app.add_subcommand(
      "user", "list, add, lock, unlock, password, role, sessions-end or remove a user, and end");
  user->fallthrough();
  user->add_option("ACTION", line.user.action)
      ->required()
      ->check(CLI::IsMember(
          {"list", "add", "lock", "unlock", "password", "role", "sessions-end", "remove"}));
  user->add_option("EMAIL", line.user.email, "the user; for all but list");
  user->add_option("ROLE", line.user.role, "admin or sales; for role, and add (sales)");
  CLI::App* plugin = app.add_subcommand(
      "plugin", "remove the accounts of a plugin, also of one that no longer runs, and end");
  plugin->fallthrough();
  plugin->add_option("ACTION", line.plugin.action)->required()->check(CLI::IsMember({"remove"}));
  plugin->add_option("ID", line.plugin.id, "the plugin, such as com.example.google_calendar")
      ->required();
  plugin->add_flag("--purge", line.plugin.purge,
                   "also forget the accounts and delete the plugin's database");
  plugin->add_flag("--without-revoking", line.plugin.without_revoking,
                   "do not ask the other side to revoke the access");
  plugin->add_option("--wait", line.plugin.wait, "seconds for the other side to confirm (30)")
      ->check(CLI::Range(1, 3600));
  CLI::App* backup = app.add_subcommand(
      "backup", "copy all databases, of one moment, beside a host that may be running, and end");
  backup->fallthrough();
  backup->add_option("DIR", line.backup_to, "a folder that does not exist yet")->required();
  CLI::App* restore =
      app.add_subcommand("restore", "replace the databases by those of a backup, and end");
  restore->fallthrough();
  restore->add_option("DIR", line.restore_from, "the folder of the backup")->required();
  app.add_subcommand("restored",
                     "after the database was replaced by other means, such as pg_restore: end all "
                     "sessions, let plugins read everything again, and end")
      ->fallthrough()
      ->callback([&line] { line.restored = true; });
  app.add_subcommand("check", "check every page of all databases and every secret, and end")
      ->fallthrough()
      ->callback([&line] { line.check = true; });
  CLI::App* keys = app.add_subcommand(
      "keys", "list the keys of the secrets, or replace them beside a host that may be running");
  keys->fallthrough();
  keys->add_option("ACTION", line.keys,
                   "list; rotate: a new data key, and all secrets sealed with it; rotate-master: a "
                   "new master key")
      ->required()
      ->check(CLI::IsMember({"list", "rotate", "rotate-master"}));
  app.add_flag("--dev-ui", typed.dev_ui,
               "serve the modules of the pages as they are in the source tree, not the bundle");
  app.add_option("--ui", typed.ui, "DIR of the modules of the pages; goes, use --dev-ui");
  app.add_option("--node-modules", typed.node_modules,
                 "DIR of the npm packages of the pages; goes, use --dev-ui");
  app.add_option("--log-level", typed.level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
}

// What is before the "=" of an option of plugins.
struct OptionName {
  std::string plugin;  // "": every plugin may read it
  std::string name;
  std::size_t length = 0;  // of both, with the colon
};

Result<OptionName> option_name(const std::string& argument, const std::string& option) {
  const std::size_t equals = option.find('='), colon = option.find(':');
  const bool has_id = colon != std::string::npos && colon < equals;
  const std::size_t begin = has_id ? colon + 1 : 0;
  if (equals == std::string::npos || (has_id && colon == 0) || begin == equals)
    return Error{
        Code::invalid, argument + ": [ID:]NAME= and what the plugin is to read are expected", {}};
  return OptionName{has_id ? option.substr(0, colon) : std::string(),
                    option.substr(begin, equals - begin), equals};
}

void set_option(CommandLine& line, const OptionName& name, std::string value) {
  auto& options = name.plugin.empty() ? line.plugin_options : line.plugin_options_of[name.plugin];
  options[name.name] = std::move(value);
}

Result<> read_typed(const Typed& typed, CommandLine& line) {
  TRY(const ListenAddress address, parse_listen(typed.listen));
  line.address = address.address;
  line.port = address.port;
  if (!line.user.action.empty() && line.user.action != "list" && line.user.email.empty())
    return Error{Code::invalid, "user " + line.user.action + ": an address is expected", {}};
  if (!typed.database.empty()) {
    TRY(const DatabaseArgument database, parse_database(typed.database));
    line.database = database.file;
    line.postgres_url = database.postgres_url;
  }
  if (!line.postgres_url.empty()) {
    TRY(line.postgres_password, database_password(typed.database_password_file));
  } else if (!typed.database_password_file.empty()) {
    return Error{Code::invalid,
                 "--database-password-file: only a --database postgresql://... has a password",
                 {}};
  }
  if (!typed.public_url.empty()) {
    TRY(line.public_url, parse_origin("--public-url", typed.public_url));
  }
  if (!typed.google_base.empty()) {
    TRY(line.plugin_options_of[kGoogleCalendar]["google_base"],
        parse_origin("--google-base", typed.google_base));
  }
  TRY(auto credentials, options_of_credentials());
  for (auto& [name, value] : credentials) line.plugin_options[name] = std::move(value);
  for (const auto& option : typed.plugin_options) {
    TRY(const OptionName name, option_name("--plugin-option", option));
    if (is_secret_name(name.name))
      std::fprintf(stderr,
                   "crm_host: --plugin-option %s: every user of this machine may see it; use "
                   "--plugin-option-file, since the next version refuses it\n",
                   name.name.c_str());
    set_option(line, name, option.substr(name.length + 1));
  }
  for (const auto& option : typed.plugin_option_files) {
    TRY(const OptionName name, option_name("--plugin-option-file", option));
    TRY(std::string value, read_secret_file(option.substr(name.length + 1)));
    set_option(line, name, std::move(value));
  }
  line.log_level = typed.level == "debug"     ? gcal::base::Level::debug
                   : typed.level == "warning" ? gcal::base::Level::warning
                   : typed.level == "error"   ? gcal::base::Level::error
                                              : gcal::base::Level::info;
  return {};
}

std::filesystem::path program_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

// The bundled pages: share/crm_host/pages beside the folder of this program.
std::filesystem::path bundled_pages() {
  return program_folder().parent_path() / "share" / "crm_host" / "pages";
}

void choose_pages(const Typed& typed, CommandLine& line) {
  const bool is_named = !typed.ui.empty() || !typed.node_modules.empty();
  if (is_named)
    std::fprintf(stderr,
                 "crm_host: --ui and --node-modules go with the next version: use --dev-ui, or "
                 "neither for the bundled pages\n");
  if (!is_named && !typed.dev_ui) {
    line.ui = bundled_pages();
    return;
  }
  const auto sources = (program_folder() / CRM_HOST_WEB_SOURCES).lexically_normal();
  line.ui = typed.ui.empty() ? sources / "ui" : typed.ui;
  line.node_modules = typed.node_modules.empty() ? sources / "node_modules" : typed.node_modules;
}

}  // namespace

std::variant<CommandLine, int> read_command_line(int argc, const char* const* argv) {
  CommandLine line;
  Typed typed;
  CLI::App app{"crm_host: a small CRM that loads plugins. Log lines go to standard error."};
  add_options(app, line, typed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  }
  if (const auto read = read_typed(typed, line); !read) {
    std::fprintf(stderr, "crm_host: %s\n", read.error().message.c_str());
    return 2;
  }
  choose_pages(typed, line);
  if (!typed.smtp.empty())
    std::fprintf(stderr, "crm_host: --smtp has no effect yet: this version sends no mails\n");
  return line;
}

}  // namespace host
