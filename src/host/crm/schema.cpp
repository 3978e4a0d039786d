#include "src/host/crm/schema.hpp"

namespace refhost {
namespace {

// seq is the place in the change feed: given inside the write transaction, so its order is the
// order of the commits.
constexpr const char* kSteps[] = {R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('seq', 0);

CREATE TABLE users(
  id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('admin','sales')),
  locale TEXT NOT NULL, theme TEXT NOT NULL, time_zone TEXT NOT NULL, password TEXT NOT NULL, default_calendar TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE sessions(token_hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(id), used_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE login_failures(address_hash TEXT PRIMARY KEY, failures INTEGER NOT NULL, blocked_until INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE records(
  id TEXT PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL, company TEXT NOT NULL, emails TEXT NOT NULL, phone TEXT NOT NULL, title TEXT NOT NULL,
  sort TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX records_by_name ON records(kind, sort, id);
CREATE TABLE record_addresses(address TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY(address, record)) WITHOUT ROWID;
CREATE INDEX record_addresses_by_record ON record_addresses(record);
CREATE TABLE record_changes(record TEXT PRIMARY KEY, kind INTEGER NOT NULL, seq INTEGER NOT NULL, addresses TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX record_changes_by_seq ON record_changes(seq);

CREATE TABLE accounts(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, user TEXT NOT NULL REFERENCES users(id), unique_id TEXT NOT NULL, title TEXT NOT NULL, identity TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active','paused','disconnected')), health TEXT NOT NULL, config TEXT NOT NULL, created_at INTEGER NOT NULL,
  UNIQUE(plugin, user, unique_id)) WITHOUT ROWID;

CREATE TABLE calendars(
  id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(id), plugin TEXT NOT NULL, account TEXT NOT NULL, remote_id TEXT NOT NULL, name TEXT NOT NULL,
  color TEXT NOT NULL, role TEXT NOT NULL, mode TEXT NOT NULL, state TEXT NOT NULL, visible INTEGER NOT NULL DEFAULT 1, created_at INTEGER NOT NULL,
  UNIQUE(user, plugin, account, remote_id)) WITHOUT ROWID;
CREATE INDEX calendars_by_account ON calendars(account);

CREATE TABLE events(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, calendar TEXT NOT NULL REFERENCES calendars(id), seq INTEGER NOT NULL, revision TEXT NOT NULL,
  event TEXT NOT NULL, first_start INTEGER NOT NULL, last_end INTEGER);
CREATE UNIQUE INDEX events_by_seq ON events(calendar, seq);
CREATE INDEX events_by_span ON events(calendar, first_start, last_end);
CREATE TABLE event_guests(event INTEGER NOT NULL REFERENCES events(row) ON DELETE CASCADE, address TEXT NOT NULL, PRIMARY KEY(event, address)) WITHOUT ROWID;
CREATE INDEX event_guests_by_address ON event_guests(address, event);
CREATE TABLE event_records(event INTEGER NOT NULL REFERENCES events(row) ON DELETE CASCADE, record TEXT NOT NULL, kind INTEGER NOT NULL,
  PRIMARY KEY(event, record)) WITHOUT ROWID;
CREATE INDEX event_records_by_record ON event_records(record, event);
CREATE TABLE tombstones(calendar TEXT NOT NULL, event TEXT NOT NULL, seq INTEGER NOT NULL, moved_to TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY(calendar, event)) WITHOUT ROWID;
CREATE UNIQUE INDEX tombstones_by_seq ON tombstones(calendar, seq);
CREATE INDEX tombstones_by_time ON tombstones(at);
CREATE TABLE answers(plugin TEXT NOT NULL, op_id TEXT NOT NULL, revision TEXT NOT NULL, PRIMARY KEY(plugin, op_id)) WITHOUT ROWID;

CREATE TABLE flows(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, user TEXT NOT NULL REFERENCES users(id), kind TEXT NOT NULL, account TEXT NOT NULL, step TEXT NOT NULL,
  memo TEXT NOT NULL, version INTEGER NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE resume_keys(flow TEXT PRIMARY KEY REFERENCES flows(id) ON DELETE CASCADE, key_hash TEXT NOT NULL UNIQUE, expires_at INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE tasks(
  plugin TEXT NOT NULL, key TEXT NOT NULL, at INTEGER, payload TEXT NOT NULL, running INTEGER NOT NULL DEFAULT 0, fence INTEGER NOT NULL DEFAULT 0,
  run_payload TEXT NOT NULL DEFAULT '', PRIMARY KEY(plugin, key)) WITHOUT ROWID;
CREATE INDEX tasks_due ON tasks(running, at);
INSERT INTO meta VALUES ('fence', 0);

CREATE TABLE secrets(plugin TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY(plugin, key)) WITHOUT ROWID;
)sql"};

constexpr std::int64_t kVersion = std::size(kSteps);

}  // namespace

Result<> migrate(Database& database, std::string_view new_epoch) {
  return database.write([&](Connection& c) -> Result<> {
    TRY(const auto version, c.integer("PRAGMA user_version"));
    if (version.value_or(0) > kVersion) {
      return Error{Code::conflict,
                   "the database was written by a newer program (version " +
                       std::to_string(*version) + "): use that one",
                   {}};
    }
    for (std::int64_t step = version.value_or(0); step < kVersion; ++step)
      TRY_VOID(c.script(kSteps[step]));
    if (version.value_or(0) == kVersion) return {};
    TRY_VOID(c.run("INSERT OR IGNORE INTO meta VALUES ('epoch', ?1)", new_epoch));
    return c.script(("PRAGMA user_version=" + std::to_string(kVersion)).c_str());
  });
}

}  // namespace refhost
