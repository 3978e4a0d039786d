#include "src/hosting/services/sealed_rows.hpp"

#include <utility>

namespace hosting {
namespace {

constexpr std::string_view kListPlugin, kRoot = "root";
constexpr std::size_t kHash = 16, kNumber = 8;

std::string number_text(std::int64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> shift));
  return bytes;
}

std::int64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(number);
}

std::string list_key(std::size_t number) {
  return "list/" + std::to_string(number);
}

// Its first byte chooses the list.
std::string hash_of(std::string_view plugin, std::string_view key) {
  const auto digest = gcal::base::sha256(gcal::base::as_bytes(binding({plugin, key})));
  return {reinterpret_cast<const char*>(digest.data()), kHash};
}

std::size_t number_of_list(std::string_view hash) {
  return static_cast<unsigned char>(hash.front());
}

}  // namespace

Result<SealedRow> SealedRows::open_row(std::string_view plugin, std::string_view key) {
  SealedRow row;
  std::string data_key, sealed;
  TRY_VOID(c_.each(
      "SELECT version, data_key, sealed FROM secrets WHERE plugin=?1 AND key=?2",
      [&](const Row& r) {
        row.version = r.integer(0), data_key = r.text(1), sealed = r.text(2);
        row.state = RowState::lost;
      },
      plugin, key));
  if (row.state == RowState::absent || data_key.empty()) return row;
  TRY(const FoundKey found, keyring_.find(c_, data_key));
  if (found.state == KeyState::lost) return row;
  row.state = RowState::altered;
  if (found.state == KeyState::altered) return row;
  std::optional<std::string> value =
      unseal(*found.key, sealed,
             binding({"crm_host secret 2", keyring_.installation(), data_key, plugin, key,
                      std::to_string(row.version)}));
  if (!value) return row;
  row.state = RowState::open;
  row.value = *std::move(value);
  return row;
}

Result<> SealedRows::seal_row(std::string_view plugin, std::string_view key, std::int64_t version,
                              std::string_view value) {
  TRY(const DataKey current, keyring_.current(c_));
  TRY(const std::string sealed, seal(*current.key, value,
                                     binding({"crm_host secret 2", keyring_.installation(),
                                              current.id, plugin, key, std::to_string(version)}),
                                     random_));
  return c_.run(
      "INSERT INTO secrets(plugin, key, version, sealed, data_key) VALUES (?1, ?2, ?3, ?4, ?5) ON "
      "CONFLICT(plugin, key) DO UPDATE SET version=excluded.version, sealed=excluded.sealed, "
      "data_key=excluded.data_key",
      plugin, key, version, Blob{sealed}, current.id);
}

// Never repeats, not even after an erasure or a rotation.
Result<std::int64_t> SealedRows::next_version() {
  TRY(const auto version,
      c_.integer("INSERT INTO meta VALUES ('secret_version', 1) ON CONFLICT(key) DO UPDATE "
                 "SET value=CAST(meta.value AS BIGINT)+1 RETURNING CAST(value AS BIGINT)"));
  return version.value_or(0);
}

// A root or a list that does not open lists nothing: what it held is refused until it is stored
// again.
Result<> SealedRows::read_root() {
  if (root_) return {};
  root_.emplace();
  TRY(const SealedRow row, open_row(kListPlugin, kRoot));
  if (row.state != RowState::open || row.value.size() != kLists * kNumber) return {};
  for (std::size_t i = 0; i < kLists; ++i)
    (*root_)[i] = number_of(std::string_view(row.value).substr(i * kNumber, kNumber));
  return {};
}

Result<SealedRows::VersionList*> SealedRows::list_of(std::size_t number) {
  if (const auto known = lists_.find(number); known != lists_.end()) return &known->second;
  TRY_VOID(read_root());
  VersionList list;
  if ((*root_)[number] != 0) {
    TRY(const SealedRow row, open_row(kListPlugin, list_key(number)));
    const bool newest = row.state == RowState::open && row.version == (*root_)[number];
    for (std::string_view rest = row.value; newest && rest.size() >= kHash + kNumber;
         rest.remove_prefix(kHash + kNumber))
      list.versions.emplace(rest.substr(0, kHash), number_of(rest.substr(kHash, kNumber)));
  }
  return &lists_.emplace(number, std::move(list)).first->second;
}

Result<> SealedRows::set_version(std::string_view plugin, std::string_view key,
                                 std::optional<std::int64_t> version) {
  const std::string hash = hash_of(plugin, key);
  TRY(VersionList* const list, list_of(number_of_list(hash)));
  if (version)
    list->versions.insert_or_assign(hash, *version);
  else
    list->versions.erase(hash);
  list->changed = true;
  return {};
}

Result<SealedRow> SealedRows::open(std::string_view plugin, std::string_view key) {
  TRY(SealedRow row, open_row(plugin, key));
  if (row.state == RowState::lost || row.state == RowState::altered) return row;
  const std::string hash = hash_of(plugin, key);
  TRY(VersionList* const list, list_of(number_of_list(hash)));
  const auto listed = list->versions.find(hash);
  const bool absent = row.state == RowState::absent;
  if (listed == list->versions.end() ? absent : !absent && listed->second == row.version)
    return row;
  wipe(row.value);
  row.state = RowState::altered;
  return row;
}

Result<> SealedRows::store(std::string_view plugin, std::string_view key, std::string_view value) {
  TRY(const std::int64_t version, next_version());
  return adopt(plugin, key, version, value);
}

Result<> SealedRows::adopt(std::string_view plugin, std::string_view key, std::int64_t version,
                           std::string_view value) {
  TRY_VOID(seal_row(plugin, key, version, value));
  return set_version(plugin, key, version);
}

Result<> SealedRows::erase(std::string_view plugin, std::string_view key) {
  TRY_VOID(c_.run("DELETE FROM secrets WHERE plugin=?1 AND key=?2", plugin, key));
  return set_version(plugin, key, std::nullopt);
}

Result<> SealedRows::finish() {
  bool changed = false;
  for (auto& [number, list] : lists_) {
    if (!std::exchange(list.changed, false)) continue;
    changed = true;
    std::string text;
    text.reserve(list.versions.size() * (kHash + kNumber));
    for (const auto& [hash, version] : list.versions)
      text.append(hash).append(number_text(version));
    TRY((*root_)[number], next_version());
    TRY_VOID(seal_row(kListPlugin, list_key(number), (*root_)[number], text));
  }
  if (!changed) return {};
  std::string text;
  for (const std::int64_t version : *root_) text.append(number_text(version));
  TRY(const std::int64_t version, next_version());
  return seal_row(kListPlugin, kRoot, version, text);
}

Result<bool> SealedRows::reseal(std::string_view plugin, std::string_view key) {
  TRY(SealedRow row, open_row(plugin, key));
  if (row.state != RowState::open) return false;
  const auto sealed = seal_row(plugin, key, row.version, row.value);
  wipe(row.value);
  if (!sealed) return sealed.error();
  return true;
}

}  // namespace hosting
