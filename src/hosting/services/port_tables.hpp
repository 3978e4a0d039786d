// The tables of the hosting library in the database of the CRM: what must be written in the CRM's
// own transactions. Used by ChangeFeed::create_tables and by the schema of crm_host. It must never
// change a table that exists: a later version adds statements at the end.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace hosting {

// One statement each, valid on SQLite and PostgreSQL, and without effect where the table exists.
inline constexpr std::array<std::string_view, 9> kPortTables{
    // The counter of both feeds and the newest numbers of which deletions were forgotten. One row.
    "CREATE TABLE IF NOT EXISTS hosting_feed(one BIGINT PRIMARY KEY CHECK (one = 1), "
    "epoch TEXT NOT NULL, seq BIGINT NOT NULL, events_floor BIGINT NOT NULL, "
    "records_floor BIGINT NOT NULL)",
    // The newest change of each appointment in each calendar. kind: 0 saved, 1 erased, 2 moved.
    // notify: whom the newest act of a person shall inform; loud, loud_seq: the newest one that
    // informs guests, and its number.
    "CREATE TABLE IF NOT EXISTS hosting_changes(calendar TEXT NOT NULL, id TEXT NOT NULL, "
    "seq BIGINT NOT NULL, kind BIGINT NOT NULL, moved_to TEXT NOT NULL, "
    "changed_at BIGINT NOT NULL, notify TEXT NOT NULL DEFAULT '', loud TEXT NOT NULL DEFAULT '', "
    "loud_seq BIGINT NOT NULL DEFAULT 0, PRIMARY KEY(calendar, id))",
    "CREATE UNIQUE INDEX IF NOT EXISTS hosting_changes_by_seq ON hosting_changes(calendar, seq)",
    "CREATE INDEX IF NOT EXISTS hosting_changes_deleted ON hosting_changes(changed_at) "
    "WHERE kind<>0",
    "CREATE TABLE IF NOT EXISTS hosting_record_changes(kind TEXT NOT NULL, id TEXT NOT NULL, "
    "seq BIGINT NOT NULL, addresses TEXT NOT NULL, changed_at BIGINT NOT NULL, "
    "PRIMARY KEY(kind, id))",
    "CREATE UNIQUE INDEX IF NOT EXISTS hosting_record_changes_by_seq ON "
    "hosting_record_changes(seq)",
    // The results of the operations of plugins until they are settled.
    "CREATE TABLE IF NOT EXISTS hosting_answers(plugin TEXT NOT NULL, op_id TEXT NOT NULL, "
    "revision TEXT NOT NULL, answered_at BIGINT NOT NULL, PRIMARY KEY(plugin, op_id))",
    "CREATE TABLE IF NOT EXISTS hosting_calendars(id TEXT PRIMARY KEY, owner TEXT NOT NULL, "
    "plugin TEXT NOT NULL, account TEXT NOT NULL, remote_id TEXT NOT NULL, name TEXT NOT NULL, "
    "color TEXT NOT NULL, role TEXT NOT NULL, mode TEXT NOT NULL, state TEXT NOT NULL, "
    "created_at BIGINT NOT NULL, UNIQUE(plugin, account, remote_id))",
    // Where new appointments of a user go; without a row, to the calendar of their own.
    "CREATE TABLE IF NOT EXISTS hosting_defaults(owner TEXT PRIMARY KEY, calendar TEXT NOT NULL)"};

}  // namespace hosting
