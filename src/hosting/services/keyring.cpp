#include "src/hosting/services/keyring.hpp"

#include <utility>

#include "src/common/base/id.hpp"
#include "src/hosting/services/master_key.hpp"

namespace hosting {
namespace {

Error master_error(const std::filesystem::path& file, const std::string& what) {
  return {Code::unavailable, "master key " + file.string() + ": " + what, {}};
}

constexpr const char* kBeginAnew =
    ", or begin with a new one (crm_host --new-master-key, Options::new_master_key), after which "
    "users connect their accounts again";

}  // namespace

std::string Keyring::bound_to(std::string_view id, std::string_view master) const {
  return binding({"crm_host data key 1", installation_, id, master});
}

Result<> Keyring::begin(Connection& c, bool begin_anew) {
  TRY_VOID(c.run("INSERT INTO meta VALUES ('installation', ?1) ON CONFLICT DO NOTHING",
                 gcal::base::new_id(random_)));
  TRY(const auto installation, c.text("SELECT value FROM meta WHERE key='installation'"));
  installation_ = installation.value_or("");
  TRY(const auto sealed, c.integer("SELECT 1 FROM secrets WHERE plugin<>'' LIMIT 1"));
  TRY(const auto wrapped_by, c.text("SELECT master FROM data_keys WHERE current=1"));
  TRY(std::optional<SealingKey> key, master_key::read(file_));
  const auto fits = [&] { return key && (!wrapped_by || key->id() == *wrapped_by); };
  if (!fits() && wrapped_by) {
    TRY(const std::optional<SealingKey> next, master_key::read(master_key::next_of(file_)));
    if (next && next->id() == *wrapped_by) {
      TRY_VOID(master_key::replace(file_));
      TRY(key, master_key::read(file_));
    }
  }
  if (!key) {
    if (sealed && !begin_anew)
      return master_error(file_, std::string("it is missing, but secrets were sealed with it: "
                                             "restore it") +
                                     kBeginAnew);
    if (auto made = master_key::create(file_, random_);
        !made && made.error().code != Code::conflict)
      return made;
    TRY(key, master_key::read(file_));
    if (!key) return master_error(file_, "it vanished while it was created");
  }
  if (!fits()) {
    if (sealed && !begin_anew)
      return master_error(file_, "it has the id " + key->id() + ", but secrets were sealed with " +
                                     *wrapped_by + ": restore that one" + kBeginAnew);
    // Nothing but lists of nothing is sealed, or all of it is given up.
    TRY_VOID(c.run("DELETE FROM secrets WHERE plugin=''"));
    TRY_VOID(sealed ? c.run("UPDATE data_keys SET current=0") : c.run("DELETE FROM data_keys"));
  }
  TRY(const auto present, c.integer("SELECT 1 FROM data_keys WHERE current=1"));
  if (!present) {
    TRY(const DataKey first, add(c));
  }
  TRY(const DataKey usable, current(c));
  return {};
}

Result<std::shared_ptr<const SealingKey>> Keyring::master(std::string_view id) {
  for (const auto& file : {file_, master_key::next_of(file_)}) {
    TRY(std::optional<SealingKey> key, master_key::read(file));
    if (key && (id.empty() || key->id() == id))
      return std::shared_ptr<const SealingKey>(std::make_shared<const SealingKey>(*std::move(key)));
  }
  return std::shared_ptr<const SealingKey>();
}

Result<FoundKey> Keyring::find(Connection& c, std::string_view id) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(id); found != known_.end())
      return FoundKey{KeyState::open, found->second};
  }
  std::string by, wrapped;
  bool there = false;
  TRY_VOID(c.each(
      "SELECT master, wrapped FROM data_keys WHERE id=?1",
      [&](const Row& row) { by = row.text(0), wrapped = row.text(1), there = true; }, id));
  if (!there) return FoundKey{};
  TRY(const auto master_of_row, master(by));
  if (!master_of_row) return FoundKey{};
  std::optional<std::string> bytes = unseal(*master_of_row, wrapped, bound_to(id, by));
  std::optional<SealingKey> key = bytes ? SealingKey::copy_of(*bytes) : std::nullopt;
  if (bytes) wipe(*bytes);
  if (!key) return FoundKey{KeyState::altered, {}};
  FoundKey found{KeyState::open, std::make_shared<const SealingKey>(*std::move(key))};
  const std::lock_guard lock(mutex_);
  known_.emplace(id, found.key);
  return found;
}

Result<DataKey> Keyring::current(Connection& c) {
  TRY(const auto id, c.text("SELECT id FROM data_keys WHERE current=1"));
  TRY(FoundKey found, find(c, id.value_or("")));
  if (found.state != KeyState::open)
    return master_error(file_, "it does not open the current data key: restore it");
  return DataKey{*id, std::move(found.key)};
}

Result<> Keyring::insert(Connection& c, const DataKey& key, const SealingKey& by) {
  const std::string id = by.id();
  TRY(const std::string wrapped, seal(by, key.key->text(), bound_to(key.id, id), random_));
  return c.run(
      "INSERT INTO data_keys VALUES (?1, ?2, ?3, 0, ?4) ON CONFLICT(id) DO UPDATE SET "
      "master=excluded.master, wrapped=excluded.wrapped",
      key.id, id, Blob{wrapped}, clock_.now().time_since_epoch().count());
}

Result<DataKey> Keyring::add(Connection& c) {
  TRY(const auto wrapped_by, c.text("SELECT master FROM data_keys WHERE current=1"));
  TRY(const auto by, master(wrapped_by.value_or("")));
  if (!by) return master_error(file_, "it is missing: restore it");
  DataKey key{gcal::base::new_id(random_),
              std::make_shared<const SealingKey>(SealingKey::random(random_))};
  TRY_VOID(insert(c, key, *by));
  TRY_VOID(c.run("UPDATE data_keys SET current=CASE WHEN id=?1 THEN 1 ELSE 0 END", key.id));
  return key;
}

Result<> Keyring::drop_unused(Connection& c) {
  return c.run(
      "DELETE FROM data_keys WHERE current=0 AND id NOT IN (SELECT DISTINCT data_key FROM "
      "secrets)");
}

Result<> Keyring::rewrap(Connection& c, const SealingKey& next) {
  TRY(const auto all, list(c));
  for (const DataKeyInfo& info : all) {
    TRY(FoundKey found, find(c, info.id));
    if (found.state == KeyState::lost && !info.current) continue;  // of a key that was given up
    if (found.state != KeyState::open)
      return Error{Code::internal, "the data key " + info.id + " does not open", {}};
    TRY_VOID(insert(c, {info.id, std::move(found.key)}, next));
  }
  return {};
}

Result<std::vector<DataKeyInfo>> Keyring::list(Connection& c) const {
  std::vector<DataKeyInfo> keys;
  TRY_VOID(c.each(
      "SELECT k.id, k.master, k.created_at, k.current, count(s.key) FROM data_keys k LEFT JOIN "
      "secrets s ON s.data_key=k.id AND s.plugin<>'' GROUP BY k.id ORDER BY k.created_at, k.id",
      [&](const Row& row) {
        keys.push_back(
            {row.text(0), row.text(1), row.integer(2), row.integer(3) != 0, row.integer(4)});
      }));
  return keys;
}

}  // namespace hosting
