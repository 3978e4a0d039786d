// How a vendor opens the hosting library, and what it says of its plugins. Plain values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace crm_hosting {

enum class Level { debug, info, warning, error };

struct Options {
  // Of the CRM's program, as crm.host_info/0 and the logs of plugins call it. Not empty.
  std::string program = "crm";
  std::string program_version = "0";
  // The folder of the library's own files: its database, the master key, the plugins' databases and
  // the copies of running packages. Created if missing, closed to other users of the machine. One
  // process works on a folder at a time.
  std::filesystem::path data;
  // Holds one sub-folder per package; packages that are installed there later are noticed. "": no
  // plugins.
  std::filesystem::path plugins;
  std::filesystem::path database;  // of the library; "": data/hosting.sqlite
  // Instead of that file, a schema of its own in a PostgreSQL database from version 15 on, which
  // may be that of the CRM: "postgresql://user@host/database", or by a socket
  // "postgresql://user@/database?host=/run/postgresql". One process at a time works on a schema:
  // open refuses another one, also one with a folder of its own. If another one took the schema
  // while the database server was away, all plugins are stopped, as by stop(), and the log has the
  // line database.lock_lost. The database has the encoding UTF8 and orders texts as bytes (CREATE
  // DATABASE NAME ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0); the user may
  // create schemas and roles (GRANT CREATE ON DATABASE, ALTER ROLE ... CREATEROLE), as each plugin
  // gets one of both. The password is not part of the URL; "": libpq's own ways. At most 10
  // connections, one of them for the lock, and 8 for each plugin.
  std::string postgres_url;
  std::string postgres_password;
  std::string postgres_schema = "crm_hosting";
  // Seals the secrets of plugins; "": data/master.key, made once. Back it up: without it open()
  // fails.
  std::filesystem::path master_key;
  // For one open() after that file is lost, or was moved away because it does not fit: makes a new
  // one and gives up what the lost one sealed. The administrator enters what the pages of the
  // plugins ask for again, and users connect their accounts again. conflict: the file is there.
  bool new_master_key = false;
  // The makers whose packages run (host_api.md, "Packages", has the form of the file); "":
  // data/package_keys. Read at each start and exchange: a version that runs is not stopped by it.
  std::filesystem::path package_keys;
  bool dev_unsigned = false;  // also run packages without a signature; for development only

  // What crm.options/0 answers: to every plugin, and to one, by its id. The manual of a plugin
  // names its options; its package installs it (of the Google Calendar plugin:
  // share/doc/crm-google-calendar/manual.md). "public_url" is what CrmPort::public_url says.
  std::map<std::string, std::string> plugin_options;
  std::map<std::string, std::map<std::string, std::string>> plugin_options_of;

  // Where the browser goes after a page of another service, below the root of the vendor's own
  // address (it does not include where the library is mounted):
  // "/flow/{flow}" follows, and "?error={text key}" if something went wrong there.
  std::string settings_page = "/settings";

  // Called for each line of the log, by any thread, also inside start and stop; must not block for
  // long, throw or call the library. fields: a JSON object. It holds no tokens, addresses or
  // titles. None: no log.
  std::function<void(Level level, std::string_view event, std::string_view fields)> log;

  // A crash, an abort or an exit inside a plugin is written to data/plugin_crashes, and the next
  // start leaves that version out. Installs handlers of SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT
  // in start(), which call those that were there before.
  bool watch_crashes = true;

  // stop() passes this to each plugin, all at once, and waits a little longer.
  std::chrono::milliseconds stop_deadline{5'000};
};

// The last exchange of a plugin since start(), also one that was refused.
struct Exchange {
  // "" none yet | "exchanged" | "kept": the old version runs | "rolled_back": it runs again |
  // "failed": neither runs
  std::string result;
  std::string from, to;  // versions; to "": not known
  std::string reason;    // why not, in English, for a person
};

// A package that was found.
struct Plugin {
  std::string id, version;
  // "starting" | "running" | "stuck": a call does not return | "refused" | "stopped"
  std::string state;
  std::string reason;     // why it was refused or could not be stopped, in English, for a person
  std::string origin;     // "valid" | "unsigned" | "altered" | "refused"; "": not known
  std::string signed_by;  // the name of the key; "": none
  Exchange last_exchange = {};
};

}  // namespace crm_hosting
