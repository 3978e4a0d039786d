#include "src/host/program/backup.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "src/common/base/bytes.hpp"
#include "src/common/base/file_hash.hpp"
#include "src/common/base/id.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/whole_file.hpp"
#include "src/host/program/key_commands.hpp"
#include "src/host/program/restore_guard.hpp"
#include "src/hosting/library/data_lock.hpp"
#include "src/hosting/library/schema_lock.hpp"
#include "src/hosting/services/master_key.hpp"
#include "src/hosting/storage/snapshot.hpp"

namespace host {
namespace {

namespace fs = std::filesystem;
using gcal::base::Json;
using hosting::SnapshotFile;

constexpr const char* kList = "backup.json";

fs::path crm_file(const CrmOptions& options) {
  return options.database.empty() ? options.data / "crm.sqlite" : options.database;
}

// A database and its name in a backup, of which the CRM's is the last.
struct NamedFile {
  fs::path path;
  std::string name;
};

std::vector<NamedFile> databases(const fs::path& plugins, const fs::path& crm) {
  std::vector<NamedFile> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(plugins, ignored))
    if (entry.is_regular_file(ignored) && entry.path().extension() == ".sqlite")
      files.push_back({entry.path(), "plugins/" + entry.path().filename().string()});
  files.push_back({crm, "crm.sqlite"});
  return files;
}

Error cannot(const std::string& what, const fs::path& path, const std::error_code& why) {
  return {Code::unavailable, "cannot " + what + " " + path.string() + ": " + why.message(), {}};
}

// Until the disk has it.
Result<> sync(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int why = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) return cannot("store", path, {why, std::generic_category()});
  return {};
}

Result<> make_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure) fs::permissions(folder, fs::perms::owner_all, failure);
  if (failure) return cannot("create the folder", folder, failure);
  return {};
}

std::string now_text() {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return std::to_string(seconds.time_since_epoch().count());
}

Result<> write_list(const fs::path& target, const std::vector<NamedFile>& files,
                    const std::vector<std::string>& digests) {
  Json list = Json::array();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const fs::path file = target / files[i].name;
    TRY_VOID(sync(file));
    list.push(Json::object({{"name", files[i].name},
                            {"bytes", static_cast<std::int64_t>(fs::file_size(file))},
                            {"digest", digests[i]}}));
  }
  const Json document =
      Json::object({{"version", 2}, {"taken", now_text()}, {"files", std::move(list)}});
  std::ofstream stream(target / kList, std::ios::binary);
  stream << document.dump() << "\n";
  stream.close();
  if (!stream) return Error{Code::unavailable, "cannot write " + (target / kList).string(), {}};
  TRY_VOID(sync(target / kList));
  TRY_VOID(sync(target / "plugins"));
  TRY_VOID(sync(target));
  // That the folder exists, where the one around it may be read.
  const fs::path around = fs::absolute(target).parent_path();
  if (::access(around.c_str(), R_OK) != 0) return {};
  return sync(around);
}

// The files of a backup, when the list is there, each is as it was written, and each is whole.
Result<std::vector<NamedFile>> verified(const fs::path& source) {
  const auto damaged = [](const std::string& why) {
    return Error{Code::invalid, "the backup is damaged: " + why, {}};
  };
  const auto text = gcal::base::read_whole_file(source / kList);
  if (!text) return damaged("it has no " + std::string(kList));
  const auto list = Json::parse(*text);
  const std::int64_t version = list ? (*list)["version"].as_integer() : 0;
  if (version != 1 && version != 2) return damaged("its list cannot be read");
  std::vector<NamedFile> files;
  for (const Json& item : (*list)["files"].items()) {
    const std::string& name = item.string("name");
    const bool known = name == "crm.sqlite" ||
                       (name.starts_with("plugins/") && name.find("..") == std::string::npos &&
                        name.find('/', 8) == std::string::npos && name.ends_with(".sqlite"));
    if (!known) return damaged("a file of an unknown kind");
    // Version 1 had the hash of the bytes in their order.
    const auto digest = version == 1 ? gcal::base::sha256_of_file(source / name)
                                     : hosting::digest_of_copy(source / name);
    if (!digest || *digest != item.string(version == 1 ? "sha256" : "digest"))
      return damaged(name + " is not as it was written");
    if (const auto whole = hosting::check_database(source / name); !whole)
      return damaged(whole.error().message);
    files.push_back({source / name, name});
  }
  if (files.empty() || files.back().name != "crm.sqlite") return damaged("it has no crm.sqlite");
  return files;
}

// Moves what there is out of the way, with the logs beside it.
Result<> set_aside(const CrmOptions& options, const fs::path& aside) {
  std::error_code failure;
  TRY_VOID(make_folder(aside / "plugins"));
  for (const NamedFile& file : databases(options.data / "plugins", crm_file(options))) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      const fs::path from = file.path.string() + suffix;
      if (!fs::exists(from, failure)) continue;
      fs::rename(from, (aside / file.name).string() + suffix, failure);
      if (failure) return cannot("move", from, failure);
    }
  }
  return {};
}

Result<> copy_back(const CrmOptions& options, const std::vector<NamedFile>& files) {
  TRY_VOID(make_folder(options.data / "plugins"));
  for (const NamedFile& file : files) {
    const fs::path to = file.name == "crm.sqlite" ? crm_file(options) : options.data / file.name;
    std::error_code failure;
    fs::copy_file(file.path, to, failure);
    if (!failure) fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, failure);
    if (failure) return cannot("copy to", to, failure);
    TRY_VOID(sync(to));
  }
  return sync(options.data);
}

// Cursors of plugins may be ahead of what was restored: they are all foreign from here on.
Result<> end_old_cursors(const CrmOptions& options, gcal::base::Random& random) {
  TRY(const auto database, Crm::open_database(options, random));
  return database->write([&](Connection& c) -> Result<> {
    TRY_VOID(c.run("DELETE FROM sessions"));
    return begin_epoch(c, gcal::base::new_id(random));
  });
}

}  // namespace

Result<> back_up(const CrmOptions& options, const fs::path& target) {
  if (options.is_postgres())
    return Error{Code::invalid,
                 "backup: the database is PostgreSQL: use pg_dump --format=custom --file=FILE with "
                 "the URL of --database, which copies the tables of the host and of all plugins of "
                 "one moment; keep " +
                     hosting::master_key::place(options.data).string() + " apart from it",
                 {}};
  std::error_code failure;
  if (fs::exists(target, failure))
    return Error{Code::conflict, target.string() + " exists: a backup begins its own folder", {}};
  if (!fs::exists(crm_file(options), failure))
    return Error{Code::not_found, "there is no " + crm_file(options).string(), {}};
  TRY_VOID(make_folder(target));
  TRY_VOID(make_folder(target / "plugins"));
  const auto files = databases(options.data / "plugins", crm_file(options));
  std::vector<SnapshotFile> copies;
  for (const NamedFile& file : files) copies.push_back({file.path, target / file.name});
  TRY(const auto digests, hosting::copy_databases(copies));
  TRY_VOID(write_list(target, files, digests));
  std::printf("crm_host: %zu databases are in %s; keep %s apart from it\n", files.size(),
              target.c_str(), hosting::master_key::place(options.data).c_str());
  return {};
}

Result<> restore(const CrmOptions& options, const fs::path& source, gcal::base::Random& random) {
  if (options.is_postgres())
    return Error{Code::invalid,
                 "restore: the database is PostgreSQL: end the host, create an empty database, run "
                 "pg_restore --no-owner --dbname=URL FILE, then crm_host --data DIR --database URL "
                 "restored, and start the host",
                 {}};
  TRY(const auto lock, hosting::DataLock::take(options.data));
  TRY(const auto files, verified(source));
  const fs::path aside = options.data / ("before-restore-" + now_text());
  TRY_VOID(set_aside(options, aside));
  auto restored = copy_back(options, files);
  if (restored) restored = end_old_cursors(options, random);
  if (!restored)
    return Error{restored.error().code,
                 restored.error().message + "; what was there is in " + aside.string(),
                 {}};
  std::printf("crm_host: restored from %s; what was there is in %s\n", source.c_str(),
              aside.c_str());
  return {};
}

Result<> begin_after_restore(const CrmOptions& options, gcal::base::Random& random) {
  TRY(const auto lock, hosting::DataLock::take(options.data));
  std::unique_ptr<hosting::SchemaLock> schema_lock;
  if (options.is_postgres()) {
    TRY(schema_lock, hosting::SchemaLock::take(options.postgres));
  }
  TRY_VOID(end_old_cursors(options, random));
  std::printf("crm_host: all sessions are ended, and plugins read everything again\n");
  return {};
}

Result<> check(const CrmOptions& options, gcal::base::Random& random, gcal::base::Log& log) {
  if (options.is_postgres()) {
    std::printf("database: PostgreSQL; run pg_amcheck with its URL to check tables and indexes\n");
    return check_secrets(options, random, log);
  }
  for (const NamedFile& file : databases(options.data / "plugins", crm_file(options))) {
    TRY_VOID(hosting::check_database(file.path));
    std::printf("%s: whole\n", file.name.c_str());
  }
  return check_secrets(options, random, log);
}

}  // namespace host
