#include "src/hosting/services/schema.hpp"

#include <set>

namespace hosting {

// meta.seq is the position in the change feeds. It is assigned inside the write transaction, so
// its order is the order of the commits.
constexpr std::string_view kSchemaStep1 = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('seq', 0);

CREATE TABLE accounts(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, user TEXT NOT NULL REFERENCES users(id),
  unique_id TEXT NOT NULL, title TEXT NOT NULL, identity TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active','paused','disconnected')),
  health TEXT NOT NULL, config TEXT NOT NULL, created_at INTEGER NOT NULL,
  UNIQUE(plugin, user, unique_id)) WITHOUT ROWID;

CREATE TABLE flows(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, user TEXT NOT NULL REFERENCES users(id),
  kind TEXT NOT NULL, account TEXT NOT NULL, step TEXT NOT NULL, memo TEXT NOT NULL,
  version INTEGER NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE resume_keys(
  flow TEXT PRIMARY KEY REFERENCES flows(id) ON DELETE CASCADE, key_hash TEXT NOT NULL UNIQUE,
  expires_at INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE tasks(
  plugin TEXT NOT NULL, key TEXT NOT NULL, at INTEGER, payload TEXT NOT NULL,
  running INTEGER NOT NULL DEFAULT 0, fence INTEGER NOT NULL DEFAULT 0,
  run_payload TEXT NOT NULL DEFAULT '', PRIMARY KEY(plugin, key)) WITHOUT ROWID;
CREATE INDEX tasks_due ON tasks(running, at);
INSERT INTO meta VALUES ('fence', 0);

CREATE TABLE secrets(
  plugin TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, sealed BLOB NOT NULL,
  PRIMARY KEY(plugin, key)) WITHOUT ROWID;
)sql";

// A secret of an earlier version has no data key until the first start has sealed it again.
constexpr std::string_view kSchemaStep8 = R"sql(
CREATE TABLE data_keys(
  id TEXT PRIMARY KEY, master TEXT NOT NULL, wrapped BLOB NOT NULL,
  current INTEGER NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
ALTER TABLE secrets ADD COLUMN data_key TEXT NOT NULL DEFAULT '';
ALTER TABLE resume_keys ADD COLUMN session TEXT NOT NULL DEFAULT '';
)sql";

namespace {

// Which steps were made, by number. A database of a program that did not write this down has all of
// them up to its version.
Result<std::set<std::int64_t>> steps_made(Connection& c, std::int64_t version) {
  TRY_VOID(c.run("CREATE TABLE IF NOT EXISTS schema_steps(number INTEGER PRIMARY KEY)"));
  TRY(const auto written, c.integer("SELECT count(*) FROM schema_steps"));
  for (std::int64_t step = 1; written.value_or(0) == 0 && step <= version; ++step)
    TRY_VOID(c.run("INSERT INTO schema_steps VALUES (?1)", step));
  std::set<std::int64_t> made;
  TRY_VOID(c.each("SELECT number FROM schema_steps",
                  [&](const Row& row) { made.insert(row.integer(0)); }));
  return made;
}

}  // namespace

Result<> migrate(Database& database, std::span<const std::string> steps,
                 std::string_view new_epoch) {
  const auto newest = static_cast<std::int64_t>(steps.size());
  return database.write([&](Connection& c) -> Result<> {
    TRY(const auto version, c.integer("PRAGMA user_version"));
    const std::int64_t found = version.value_or(0);
    if (found > newest) {
      return Error{Code::conflict,
                   "the database was written by a newer program (version " + std::to_string(found) +
                       "): use that one",
                   {}};
    }
    TRY(const auto made, steps_made(c, found));
    for (std::int64_t step = 1; step <= newest; ++step) {
      const std::string& sql = steps[static_cast<std::size_t>(step - 1)];
      if (sql.empty() || made.contains(step)) continue;
      TRY_VOID(c.script(sql.c_str()));
      TRY_VOID(c.run("INSERT INTO schema_steps VALUES (?1)", step));
    }
    TRY_VOID(c.run("INSERT OR IGNORE INTO meta VALUES ('epoch', ?1)", new_epoch));
    return c.script(("PRAGMA user_version=" + std::to_string(newest)).c_str());
  });
}

}  // namespace hosting
