#include "src/hosting/services/secrets.hpp"

#include <utility>

#include "src/hosting/services/master_key.hpp"

namespace hosting {
namespace {

using gcal::base::Json;

constexpr std::size_t kMaxValue = 16 * 1024, kMaxKey = 512;

Result<> check_size(std::string_view key, std::string_view value) {
  if (key.empty() || key.size() > kMaxKey)
    return Error{Code::invalid, "the key of a secret has 1 to 512 bytes", {}};
  if (value.size() > kMaxValue) return Error{Code::invalid, "a secret has at most 16 KiB", {}};
  return {};
}

Error error_of(RowState state) {
  switch (state) {
    case RowState::lost:
      return {Code::gone,
              "the secret was sealed with a key that this host has no more: connect the account "
              "again",
              {}};
    case RowState::altered:
      return {Code::denied, "the secret is not as it was stored: connect the account again", {}};
    default: return {Code::not_found, "there is no such secret", {}};
  }
}

}  // namespace

Result<std::unique_ptr<Secrets>> Secrets::open(Database& database, SecretsOptions options,
                                               const gcal::base::Clock& clock,
                                               gcal::base::Random& random, gcal::base::Log& log) {
  const bool begin_anew = options.begin_anew;
  std::unique_ptr<Secrets> secrets(new Secrets(database, std::move(options), clock, random, log));
  TRY_VOID(database.write([&](Connection& c) { return secrets->keyring_.begin(c, begin_anew); }));
  TRY_VOID(secrets->adopt_old_values(begin_anew));
  TRY(const auto interrupted, database.read([](Connection& c) {
    return c.integer("SELECT 1 FROM meta WHERE key='rotation'");
  }));
  if (interrupted) {
    TRY(const std::int64_t resealed, secrets->reseal_all());
    log.info("keys.rotated", Json::object({{"secrets", resealed}}));
  }
  return secrets;
}

// The part of a key before "/" says what kind of secret it is; the rest may name a person.
void Secrets::report(std::string_view plugin, std::string_view key, const SealedRow& row) {
  const Json fields = Json::object({{"plugin", plugin},
                                    {"kind", std::string(key.substr(0, key.find('/')))},
                                    {"version", row.version}});
  if (row.state == RowState::lost) log_.warning("secret.lost", fields);
  if (row.state == RowState::altered) log_.error("secret.altered", fields);
}

Result<std::string> Secrets::get(std::string_view plugin, std::string_view key) {
  TRY_VOID(check_size(key, {}));
  TRY(SealedRow row, database_.read([&](Connection& c) {
    return SealedRows(keyring_, random_, c).open(plugin, key);
  }));
  if (row.state == RowState::open) return std::move(row.value);
  report(plugin, key, row);
  return error_of(row.state);
}

Result<> Secrets::put(std::string_view plugin, std::string_view key, std::string_view value) {
  TRY_VOID(check_size(key, value));
  return database_.write([&](Connection& c) -> Result<> {
    SealedRows rows(keyring_, random_, c);
    TRY_VOID(rows.store(plugin, key, value));
    return rows.finish();
  });
}

Result<> Secrets::put_if(std::string_view plugin, std::string_view key, std::string_view expected,
                         std::string_view value) {
  TRY_VOID(check_size(key, value));
  return database_.write([&](Connection& c) -> Result<> {
    SealedRows rows(keyring_, random_, c);
    TRY(SealedRow present, rows.open(plugin, key));
    const bool equal = present.value == expected;
    wipe(present.value);
    if (!equal) return Error{Code::conflict, "the secret changed meanwhile: read it again", {}};
    TRY_VOID(rows.store(plugin, key, value));
    return rows.finish();
  });
}

Result<std::vector<std::string>> Secrets::list(std::string_view plugin, std::string_view prefix) {
  std::vector<std::string> keys;
  TRY_VOID(database_.read([&](Connection& c) {
    return c.each(
        "SELECT key FROM secrets WHERE plugin=?1 AND substr(key, 1, length(?2))=?2 ORDER BY key",
        [&](const Row& row) { keys.push_back(row.text(0)); }, plugin, prefix);
  }));
  return keys;
}

Result<> Secrets::erase(std::string_view plugin, std::string_view key) {
  TRY_VOID(check_size(key, {}));
  return database_.write([&](Connection& c) -> Result<> {
    SealedRows rows(keyring_, random_, c);
    TRY_VOID(rows.erase(plugin, key));
    return rows.finish();
  });
}

Result<> Secrets::erase_of_account(std::string_view plugin, std::string_view account) {
  return database_.write([&](Connection& c) -> Result<> {
    std::vector<std::string> keys;
    TRY_VOID(c.each(
        "SELECT key FROM secrets WHERE plugin=?1 AND (?2='' OR replace(key, ?2, '')<>key)",
        [&](const Row& row) { keys.push_back(row.text(0)); }, plugin, account));
    SealedRows rows(keyring_, random_, c);
    for (const std::string& key : keys) TRY_VOID(rows.erase(plugin, key));
    return rows.finish();
  });
}

}  // namespace hosting
