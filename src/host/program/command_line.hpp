// What the administrator typed: the options of crm_host, checked. Used by main.
// It must never print a value that may hold a secret.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "src/common/base/log.hpp"
#include "src/common/base/result.hpp"

namespace host {

// crm_host user ACTION [EMAIL] [ROLE]
struct UserCommand {
  std::string action;  // "": none; list, add, lock, unlock, password, role, sessions-end, remove
  std::string email, role;
};

// crm_host plugin remove ID [--purge] [--without-revoking] [--wait SECONDS]
struct PluginCommand {
  std::string action, id;  // action "": none
  bool purge = false, without_revoking = false;
  int wait = 30;  // seconds, for the other side to confirm
};

struct CommandLine {
  std::filesystem::path data, database;  // database "": data/crm.sqlite
  std::string postgres_url;              // not "": instead of an SQLite file
  std::string postgres_password;         // "": libpq's own ways, such as PGPASSFILE
  std::filesystem::path plugins;         // "": no plugins
  std::string address = "127.0.0.1";     // or "unix:PATH"
  std::uint16_t port = 8080;             // 0: the system chooses
  std::string tls_certificate, tls_key;  // files; both or neither
  std::vector<std::string> trusted_proxies;
  std::string public_url;  // without a trailing slash; "": http://address:port
  std::map<std::string, std::string> plugin_options;  // that every plugin may read
  std::map<std::string, std::map<std::string, std::string>> plugin_options_of;  // by plugin id
  std::filesystem::path package_keys;  // "": data/package_keys
  bool dev_unsigned = false;
  std::filesystem::path seed;
  std::string create_admin;                       // an address: create the user, then end
  UserCommand user;                               // with an action: do it, then end
  PluginCommand plugin;                           // likewise
  std::filesystem::path backup_to, restore_from;  // not "": do it, then end
  bool check = false;
  bool restored = false;  // crm_host restored: after a restore by other means; then end
  std::string keys;       // crm_host keys ACTION: list, rotate, rotate-master; do it, then end
  bool new_master_key = false;
  std::filesystem::path ui, node_modules;  // of the pages; node_modules "": ui is bundled
  gcal::base::Level log_level = gcal::base::Level::info;
};

// The number is what the program ends with at once: --help, or a mistake that was explained on
// standard error.
std::variant<CommandLine, int> read_command_line(int argc, const char* const* argv);

// "127.0.0.1:8080" | "[::1]:0" | "unix:/run/crm.sock". invalid: names the form.
struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};
gcal::Result<ListenAddress> parse_listen(const std::string& text);
// "sqlite:PATH" or "postgresql://USER@HOST/DATABASE". invalid: anything else; a URL with a
// password, which every user of the machine could read.
struct DatabaseArgument {
  std::filesystem::path file;  // of SQLite
  std::string postgres_url;    // "": it is a file
};
gcal::Result<DatabaseArgument> parse_database(const std::string& text);
// "https://crm.example.com" without a path; a trailing slash is cut off.
gcal::Result<std::string> parse_origin(const std::string& option, std::string text);

}  // namespace host
