// What happens to all secrets: taking over those of an earlier version, sealing them again, another
// master key, a check. In steps of some hundred rows: each is one transaction, so that other
// writers wait for milliseconds and a crash loses nothing.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "src/hosting/services/master_key.hpp"
#include "src/hosting/services/secrets.hpp"

namespace hosting {
namespace {

constexpr std::int64_t kStep = 500;

struct RowName {
  std::string plugin, key;
  std::int64_t version = 0;
  std::string sealed;
};

// The rows after `last`, which is not part of the answer.
Result<std::vector<RowName>> next_rows(Connection& c, std::string_view condition,
                                       const RowName& last, std::string_view current = {}) {
  std::vector<RowName> rows;
  const std::string sql = "SELECT plugin, key, version, sealed FROM secrets WHERE " +
                          std::string(condition) +
                          " AND (plugin, key)>(?2, ?3) ORDER BY plugin, key LIMIT ?4";
  TRY_VOID(c.each(
      sql,
      [&](const Row& row) {
        rows.push_back({row.text(0), row.text(1), row.integer(2), row.text(3)});
      },
      current, last.plugin, last.key, kStep));
  return rows;
}

// As values were sealed before there were data keys. Lengths first, so that no two (plugin, key)
// pairs give the same bytes.
std::string old_binding(const RowName& row) {
  return "crm_host secret 1|" + std::to_string(row.plugin.size()) + "|" + row.plugin + "|" +
         std::to_string(row.key.size()) + "|" + row.key + "|" + std::to_string(row.version);
}

class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file)
      : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {}
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool take() const { return descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

 private:
  int descriptor_;
};

}  // namespace

// Only once: a row without a data key that appears later was put there from outside.
Result<> Secrets::adopt_old_values(bool begin_anew) {
  TRY(const auto form, database_.read([](Connection& c) {
    return c.integer("SELECT value FROM meta WHERE key='secrets_form'");
  }));
  if (form.value_or(1) >= 2) return {};
  TRY(const auto master, keyring_.master());
  std::size_t found = 0, adopted = 0, adopted_now = 0;
  RowName last;
  while (true) {
    TRY(const auto rows, database_.write([&](Connection& c) -> Result<std::vector<RowName>> {
      adopted_now = 0;  // this may be a repetition
      TRY(auto batch, next_rows(c, "data_key=?1", last));
      SealedRows sealed(keyring_, random_, c);
      for (const RowName& row : batch) {
        std::optional<std::string> value =
            master ? unseal(*master, row.sealed, old_binding(row)) : std::nullopt;
        if (!value) continue;
        TRY_VOID(sealed.adopt(row.plugin, row.key, row.version, *value));
        wipe(*value);
        ++adopted_now;
      }
      TRY_VOID(sealed.finish());
      return batch;
    }));
    if (rows.empty()) break;
    adopted += adopted_now;
    found += rows.size();
    last = rows.back();
  }
  TRY(const auto others, database_.read([](Connection& c) {
    return c.integer("SELECT 1 FROM secrets WHERE data_key<>'' AND plugin<>'' LIMIT 1");
  }));
  if (found > 0 && adopted == 0 && !others && !begin_anew)
    return Error{Code::unavailable,
                 "master key " + keyring_.file().string() +
                     ": it opens none of the secrets that are sealed: restore the one that sealed "
                     "them, or move it away and begin with a new one (crm_host --new-master-key, "
                     "Options::new_master_key), after which users connect their accounts again",
                 {}};
  if (found > 0)
    log_.info("secrets.adopted",
              gcal::base::Json::object({{"sealed", adopted}, {"lost", found - adopted}}));
  return database_.write([](Connection& c) {
    return c.run(
        "INSERT INTO meta VALUES ('secrets_form', 2) ON CONFLICT(key) DO UPDATE SET value=2");
  });
}

Result<std::vector<DataKeyInfo>> Secrets::keys() {
  return database_.read([&](Connection& c) { return keyring_.list(c); });
}

Result<std::int64_t> Secrets::rotate_data_key() {
  TRY_VOID(database_.write([&](Connection& c) -> Result<> {
    TRY(const auto interrupted, c.integer("SELECT 1 FROM meta WHERE key='rotation'"));
    if (interrupted) return {};
    TRY(const DataKey added, keyring_.add(c));
    return c.run("INSERT INTO meta VALUES ('rotation', ?1)", added.id);
  }));
  return reseal_all();
}

Result<std::int64_t> Secrets::reseal_all() {
  std::int64_t resealed = 0, resealed_now = 0;
  RowName last;
  while (true) {
    TRY(const auto rows, database_.write([&](Connection& c) -> Result<std::vector<RowName>> {
      resealed_now = 0;  // this may be a repetition
      TRY(const DataKey current, keyring_.current(c));
      TRY(auto batch, next_rows(c, "data_key<>?1", last, current.id));
      SealedRows sealed(keyring_, random_, c);
      for (const RowName& row : batch) {
        TRY(const bool done, sealed.reseal(row.plugin, row.key));
        if (done && !row.plugin.empty()) ++resealed_now;
      }
      return batch;
    }));
    if (rows.empty()) break;
    resealed += resealed_now;
    last = rows.back();
  }
  TRY_VOID(database_.write([&](Connection& c) -> Result<> {
    TRY_VOID(keyring_.drop_unused(c));
    return c.run("DELETE FROM meta WHERE key='rotation'");
  }));
  return resealed;
}

Result<> Secrets::rotate_master_key() {
  const std::filesystem::path& file = keyring_.file();
  const std::filesystem::path next = master_key::next_of(file);
  const FileLock lock(file);
  if (!lock.take())
    return Error{
        Code::conflict, "master key " + file.string() + ": another program changes it", {}};
  // Of a replacement that was interrupted before it sealed anything: begin() ends all others.
  std::error_code failure;
  std::filesystem::remove(next, failure);
  TRY_VOID(master_key::create(next, random_));
  TRY_VOID(database_.write([&](Connection& c) -> Result<> {
    TRY(const std::optional<SealingKey> key, master_key::read(next));
    if (!key) return Error{Code::unavailable, "master key " + next.string() + ": it vanished", {}};
    return keyring_.rewrap(c, *key);
  }));
  return master_key::replace(file);
}

Result<Secrets::Report> Secrets::check() {
  Report report;
  RowName last;
  while (true) {
    TRY(const auto rows, database_.read([&](Connection& c) -> Result<std::vector<RowName>> {
      TRY(auto batch, next_rows(c, "plugin<>?1", last));
      SealedRows sealed(keyring_, random_, c);
      for (const RowName& row : batch) {
        TRY(SealedRow opened, sealed.open(row.plugin, row.key));
        wipe(opened.value);
        ++(opened.state == RowState::open   ? report.whole
           : opened.state == RowState::lost ? report.lost
                                            : report.altered);
      }
      return batch;
    }));
    if (rows.empty()) return report;
    last = rows.back();
  }
}

}  // namespace hosting
