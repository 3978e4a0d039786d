#include "src/hosting/services/schema.hpp"

#include <algorithm>
#include <set>

#include "src/hosting/storage/postgres_text.hpp"

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

constexpr std::string_view kPostgresSchema = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITH (fillfactor=20);
INSERT INTO meta VALUES ('seq', '0'), ('fence', '0');

CREATE TABLE accounts(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, "user" TEXT NOT NULL REFERENCES users(id),
  unique_id TEXT NOT NULL, title TEXT NOT NULL, identity TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active','paused','disconnected')),
  health TEXT NOT NULL, config TEXT NOT NULL, created_at BIGINT NOT NULL,
  UNIQUE(plugin, "user", unique_id));

CREATE TABLE flows(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, "user" TEXT NOT NULL REFERENCES users(id),
  kind TEXT NOT NULL, account TEXT NOT NULL, step TEXT NOT NULL, memo TEXT NOT NULL,
  version BIGINT NOT NULL, updated_at BIGINT NOT NULL);
CREATE TABLE resume_keys(
  flow TEXT PRIMARY KEY REFERENCES flows(id) ON DELETE CASCADE, key_hash TEXT NOT NULL UNIQUE,
  expires_at BIGINT NOT NULL, session TEXT NOT NULL DEFAULT '');

CREATE TABLE tasks(
  plugin TEXT NOT NULL, key TEXT NOT NULL, at BIGINT, payload TEXT NOT NULL,
  running BIGINT NOT NULL DEFAULT 0, fence BIGINT NOT NULL DEFAULT 0,
  run_payload TEXT NOT NULL DEFAULT '', PRIMARY KEY(plugin, key)) WITH (fillfactor=60);
CREATE INDEX tasks_due ON tasks(running, at);

CREATE TABLE secrets(
  plugin TEXT NOT NULL, key TEXT NOT NULL, version BIGINT NOT NULL, sealed BYTEA NOT NULL,
  data_key TEXT NOT NULL DEFAULT '', PRIMARY KEY(plugin, key));
CREATE TABLE data_keys(
  id TEXT PRIMARY KEY, master TEXT NOT NULL, wrapped BYTEA NOT NULL,
  current BIGINT NOT NULL, created_at BIGINT NOT NULL);
)sql";

namespace {

// Which steps were made, by number. An SQLite file of a program that did not write this down has
// all of them up to its version.
Result<std::set<std::int64_t>> steps_made(Connection& c) {
  TRY_VOID(c.script(c.dialect() == Dialect::sqlite
                        ? "CREATE TABLE IF NOT EXISTS schema_steps(number INTEGER PRIMARY KEY)"
                        : "CREATE TABLE IF NOT EXISTS schema_steps(number BIGINT PRIMARY KEY)"));
  std::set<std::int64_t> made;
  TRY_VOID(c.each("SELECT number FROM schema_steps",
                  [&](const Row& row) { made.insert(row.integer(0)); }));
  if (!made.empty() || c.dialect() != Dialect::sqlite) return made;
  TRY(const auto version, c.integer("PRAGMA user_version"));
  for (std::int64_t step = 1; step <= version.value_or(0); ++step) {
    TRY_VOID(c.run("INSERT INTO schema_steps VALUES (?1)", step));
    made.insert(step);
  }
  return made;
}

Error written_by_newer(std::int64_t version) {
  return {Code::conflict,
          "the database was written by a newer program (version " + std::to_string(version) +
              "): use that one",
          {}};
}

// The newest version that a program gave this database; 0: none did.
Result<std::int64_t> version_of(Connection& c, const std::set<std::int64_t>& made) {
  const std::int64_t newest = made.empty() ? 0 : *made.rbegin();
  if (c.dialect() != Dialect::sqlite) return newest;
  TRY(const auto version, c.integer("PRAGMA user_version"));
  return std::max(newest, version.value_or(0));
}

Result<> make(Connection& c, const std::string& sql, std::int64_t first, std::int64_t last) {
  TRY_VOID(c.script(sql.c_str()));
  for (std::int64_t step = first; step <= last; ++step)
    TRY_VOID(c.run("INSERT INTO schema_steps VALUES (?1)", step));
  return {};
}

std::string without_users(std::string_view step) {
  constexpr std::string_view kReference = " REFERENCES users(id)";
  std::string text(step);
  for (auto at = text.find(kReference); at != std::string::npos; at = text.find(kReference))
    text.erase(at, kReference.size());
  return text;
}

}  // namespace

std::vector<std::string> hosting_steps() {
  std::vector<std::string> steps(8);
  steps[0] = without_users(kSchemaStep1);
  steps[7] = without_users(kSchemaStep8);
  return steps;
}

PostgresBeginning hosting_beginning() {
  return {.sql = without_users(kPostgresSchema), .steps = 8};
}

Result<> migrate(Database& database, std::span<const std::string> steps, std::string_view new_epoch,
                 const PostgresBeginning& beginning) {
  const auto newest = static_cast<std::int64_t>(steps.size());
  return database.write([&](Connection& c) -> Result<> {
    const bool is_postgres = c.dialect() == Dialect::postgresql;
    TRY(auto made, steps_made(c));
    TRY(const std::int64_t version, version_of(c, made));
    if (version > newest) return written_by_newer(version);
    if (is_postgres && made.empty()) {
      TRY_VOID(make(c, beginning.sql, 1, beginning.steps));
      for (std::int64_t step = 1; step <= beginning.steps; ++step) made.insert(step);
    }
    for (std::int64_t step = 1; step <= newest; ++step) {
      const std::string& sql = steps[static_cast<std::size_t>(step - 1)];
      if (sql.empty() || made.contains(step)) continue;
      TRY_VOID(make(c, is_postgres ? postgres_schema_step(sql) : sql, step, step));
    }
    TRY_VOID(c.run("INSERT INTO meta VALUES ('epoch', ?1) ON CONFLICT(key) DO NOTHING", new_epoch));
    if (is_postgres) return {};
    return c.script(("PRAGMA user_version=" + std::to_string(newest)).c_str());
  });
}

}  // namespace hosting
