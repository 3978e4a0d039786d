#include "src/host/crm/schema.hpp"

#include <string>

#include "src/hosting/services/port_tables.hpp"
#include "src/hosting/services/schema.hpp"
#include "src/hosting/storage/postgres_text.hpp"

namespace host {
namespace {

constexpr std::string_view kSchemaStep1 = R"sql(
CREATE TABLE users(
  id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin','sales')), locale TEXT NOT NULL, theme TEXT NOT NULL,
  time_zone TEXT NOT NULL, password TEXT NOT NULL,
  default_calendar TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE sessions(
  token_hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(id),
  used_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE login_failures(
  address_hash TEXT PRIMARY KEY, failures INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE records(
  id TEXT PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL, company TEXT NOT NULL,
  emails TEXT NOT NULL, phone TEXT NOT NULL, title TEXT NOT NULL, sort TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX records_by_name ON records(kind, sort, id);
CREATE TABLE record_addresses(
  address TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY(address, record)) WITHOUT ROWID;
CREATE INDEX record_addresses_by_record ON record_addresses(record);
CREATE TABLE record_changes(
  record TEXT PRIMARY KEY, kind INTEGER NOT NULL, seq INTEGER NOT NULL, addresses TEXT NOT NULL,
  at INTEGER NOT NULL) WITHOUT ROWID;
CREATE UNIQUE INDEX record_changes_by_seq ON record_changes(seq);

CREATE TABLE calendars(
  id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(id), plugin TEXT NOT NULL,
  account TEXT NOT NULL, remote_id TEXT NOT NULL, name TEXT NOT NULL, color TEXT NOT NULL,
  role TEXT NOT NULL, mode TEXT NOT NULL, state TEXT NOT NULL, visible INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL, UNIQUE(user, plugin, account, remote_id)) WITHOUT ROWID;
CREATE INDEX calendars_by_account ON calendars(account);

CREATE TABLE events(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  calendar TEXT NOT NULL REFERENCES calendars(id), seq INTEGER NOT NULL, revision TEXT NOT NULL,
  event TEXT NOT NULL, first_start INTEGER NOT NULL, last_end INTEGER);
CREATE UNIQUE INDEX events_by_seq ON events(calendar, seq);
CREATE INDEX events_by_span ON events(calendar, first_start, last_end);
CREATE TABLE event_guests(
  event INTEGER NOT NULL REFERENCES events(row) ON DELETE CASCADE, address TEXT NOT NULL,
  PRIMARY KEY(event, address)) WITHOUT ROWID;
CREATE INDEX event_guests_by_address ON event_guests(address, event);
CREATE TABLE event_records(
  event INTEGER NOT NULL REFERENCES events(row) ON DELETE CASCADE, record TEXT NOT NULL,
  kind INTEGER NOT NULL, PRIMARY KEY(event, record)) WITHOUT ROWID;
CREATE INDEX event_records_by_record ON event_records(record, event);
CREATE TABLE tombstones(
  calendar TEXT NOT NULL, event TEXT NOT NULL, seq INTEGER NOT NULL, moved_to TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY(calendar, event)) WITHOUT ROWID;
CREATE UNIQUE INDEX tombstones_by_seq ON tombstones(calendar, seq);
CREATE INDEX tombstones_by_time ON tombstones(at);
CREATE TABLE answers(
  plugin TEXT NOT NULL, op_id TEXT NOT NULL, revision TEXT NOT NULL,
  PRIMARY KEY(plugin, op_id)) WITHOUT ROWID;
)sql";

constexpr std::string_view kSchemaStep2 = R"sql(
ALTER TABLE events ADD COLUMN split_of TEXT NOT NULL DEFAULT '';
)sql";

constexpr std::string_view kSchemaStep3 = R"sql(
ALTER TABLE events ADD COLUMN part_of TEXT NOT NULL DEFAULT '';
CREATE INDEX events_by_part ON events(part_of) WHERE part_of<>'';
)sql";

// Of an earlier version it is not known how old they are: they go with the next purge.
constexpr std::string_view kSchemaStep4 = R"sql(
ALTER TABLE answers ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
)sql";

// The mailboxes of the records that exist: icalendar::mailbox_of in SQL, for the providers of which
// it knows anything.
constexpr std::string_view kSchemaStep5 = R"sql(
CREATE TABLE record_mailboxes(
  mailbox TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY(mailbox, record)) WITHOUT ROWID;
CREATE INDEX record_mailboxes_by_record ON record_mailboxes(record);
INSERT OR IGNORE INTO record_mailboxes SELECT
  iif(domain IN ('gmail.com', 'googlemail.com'), replace(name, '.', '') || '@gmail.com',
      name || '@' || domain), record
  FROM (SELECT record, substr(address, instr(address, '@') + 1) AS domain,
               substr(address, 1, min(instr(address, '@'), instr(address || '+', '+')) - 1) AS name
        FROM record_addresses)
  WHERE name<>'' AND domain IN ('gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com',
    'live.com', 'icloud.com', 'me.com', 'mac.com', 'fastmail.com', 'proton.me', 'protonmail.com',
    'pm.me');
)sql";

// A session that an earlier version began keeps its cookie and begins its longest life now.
constexpr std::string_view kSchemaStep6 = R"sql(
ALTER TABLE users ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN confirmed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT '';
UPDATE sessions SET created_at=used_at;
CREATE INDEX sessions_by_user ON sessions(user, used_at);
CREATE INDEX login_failures_by_time ON login_failures(blocked_until);
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
ALTER TABLE calendars ADD COLUMN sharing TEXT NOT NULL DEFAULT 'busy'
  CHECK (sharing IN ('busy', 'details'));
)sql";

// Messages of plugins and of the host ("") to people outside, the logos in them, and the mail
// server. meta.mail_epoch: the epoch in which waiting messages may leave.
constexpr std::string_view kSchemaStep7 = R"sql(
CREATE TABLE mail_messages(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, key TEXT NOT NULL, group_key TEXT NOT NULL,
  user TEXT NOT NULL, event TEXT NOT NULL, private INTEGER NOT NULL, kind TEXT NOT NULL,
  sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL,
  bytes BLOB NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
  position INTEGER NOT NULL, not_before INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, leased_until INTEGER NOT NULL,
  code INTEGER NOT NULL, text TEXT NOT NULL, created_at INTEGER NOT NULL, seq INTEGER NOT NULL,
  UNIQUE(plugin, key)) WITHOUT ROWID;
CREATE INDEX mail_by_group ON mail_messages(plugin, group_key, position);
CREATE INDEX mail_by_seq ON mail_messages(plugin, seq);
CREATE INDEX mail_by_user ON mail_messages(user, position);
CREATE INDEX mail_waiting ON mail_messages(next_at)
  WHERE state IN ('queued', 'sending', 'held');
CREATE INDEX mail_by_age ON mail_messages(created_at);
CREATE TABLE mail_logos(
  account TEXT PRIMARY KEY, plugin TEXT NOT NULL, user TEXT NOT NULL, sha256 TEXT NOT NULL,
  png BLOB NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, alt TEXT NOT NULL,
  at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX mail_logos_by_plugin ON mail_logos(plugin);
)sql";

// Whom the newest act of a user shall inform, and which act was the newest that informs anybody.
constexpr std::string_view kSchemaStep9 = R"sql(
ALTER TABLE events ADD COLUMN notify TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN loud TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN loud_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tombstones ADD COLUMN notify TEXT NOT NULL DEFAULT '';
)sql";

// What the steps 1 to 8 come to on PostgreSQL. users comes before the tables of the hosting
// library, which refer to it.
constexpr std::string_view kPostgresUsers = R"sql(
CREATE TABLE users(
  id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin','sales')), locale TEXT NOT NULL, theme TEXT NOT NULL,
  time_zone TEXT NOT NULL, password TEXT NOT NULL, default_calendar TEXT NOT NULL DEFAULT '',
  locked BIGINT NOT NULL DEFAULT 0);
)sql";

constexpr std::string_view kPostgresCrm = R"sql(
CREATE TABLE sessions(
  token_hash TEXT PRIMARY KEY, "user" TEXT NOT NULL REFERENCES users(id), used_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL DEFAULT 0, confirmed_at BIGINT NOT NULL DEFAULT 0,
  agent TEXT NOT NULL DEFAULT '');
CREATE INDEX sessions_by_user ON sessions("user", used_at);
CREATE TABLE login_failures(
  address_hash TEXT PRIMARY KEY, failures BIGINT NOT NULL, blocked_until BIGINT NOT NULL);
CREATE INDEX login_failures_by_time ON login_failures(blocked_until);
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE records(
  id TEXT PRIMARY KEY, kind BIGINT NOT NULL, name TEXT NOT NULL, company TEXT NOT NULL,
  emails TEXT NOT NULL, phone TEXT NOT NULL, title TEXT NOT NULL, sort TEXT NOT NULL);
CREATE INDEX records_by_name ON records(kind, sort, id);
CREATE TABLE record_addresses(
  address TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY(address, record));
CREATE INDEX record_addresses_by_record ON record_addresses(record);
CREATE TABLE record_mailboxes(
  mailbox TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY(mailbox, record));
CREATE INDEX record_mailboxes_by_record ON record_mailboxes(record);
CREATE TABLE record_changes(
  record TEXT PRIMARY KEY, kind BIGINT NOT NULL, seq BIGINT NOT NULL, addresses TEXT NOT NULL,
  at BIGINT NOT NULL);
CREATE UNIQUE INDEX record_changes_by_seq ON record_changes(seq);

CREATE TABLE calendars(
  id TEXT PRIMARY KEY, "user" TEXT NOT NULL REFERENCES users(id), plugin TEXT NOT NULL,
  account TEXT NOT NULL, remote_id TEXT NOT NULL, name TEXT NOT NULL, color TEXT NOT NULL,
  role TEXT NOT NULL, mode TEXT NOT NULL, state TEXT NOT NULL, visible BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  sharing TEXT NOT NULL DEFAULT 'busy' CHECK (sharing IN ('busy', 'details')),
  UNIQUE("user", plugin, account, remote_id));
CREATE INDEX calendars_by_account ON calendars(account);

CREATE TABLE events(
  row BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  calendar TEXT NOT NULL REFERENCES calendars(id), seq BIGINT NOT NULL, revision TEXT NOT NULL,
  event TEXT NOT NULL, first_start BIGINT NOT NULL, last_end BIGINT,
  split_of TEXT NOT NULL DEFAULT '', part_of TEXT NOT NULL DEFAULT '') WITH (fillfactor=85);
CREATE UNIQUE INDEX events_by_seq ON events(calendar, seq);
CREATE INDEX events_by_span ON events(calendar, first_start, last_end);
CREATE INDEX events_by_part ON events(part_of) WHERE part_of<>'';
CREATE TABLE event_guests(
  event BIGINT NOT NULL REFERENCES events(row) ON DELETE CASCADE, address TEXT NOT NULL,
  PRIMARY KEY(event, address));
CREATE INDEX event_guests_by_address ON event_guests(address, event);
CREATE TABLE event_records(
  event BIGINT NOT NULL REFERENCES events(row) ON DELETE CASCADE, record TEXT NOT NULL,
  kind BIGINT NOT NULL, PRIMARY KEY(event, record));
CREATE INDEX event_records_by_record ON event_records(record, event);
CREATE TABLE tombstones(
  calendar TEXT NOT NULL, event TEXT NOT NULL, seq BIGINT NOT NULL, moved_to TEXT NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY(calendar, event));
CREATE UNIQUE INDEX tombstones_by_seq ON tombstones(calendar, seq);
CREATE INDEX tombstones_by_time ON tombstones(at);
CREATE TABLE answers(
  plugin TEXT NOT NULL, op_id TEXT NOT NULL, revision TEXT NOT NULL, at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY(plugin, op_id));
)sql";

// Feeds, answers and the calendars of plugins go to tables of the hosting library, whose counter
// goes on where the former one stood: cursors of before stay valid. The epoch follows at the start.
constexpr std::string_view kSchemaStep10 = R"sql(
INSERT INTO hosting_feed(one, epoch, seq, events_floor, records_floor) SELECT 1, '',
  coalesce((SELECT CAST(value AS BIGINT) FROM meta WHERE key='seq'), 0),
  coalesce((SELECT CAST(value AS BIGINT) FROM meta WHERE key='events_floor'), 0),
  coalesce((SELECT CAST(value AS BIGINT) FROM meta WHERE key='records_floor'), 0);
INSERT INTO hosting_changes(calendar, id, seq, kind, moved_to, changed_at, notify, loud, loud_seq)
  SELECT calendar, id, seq, 0, '', 0, notify, loud, loud_seq FROM events;
INSERT INTO hosting_changes(calendar, id, seq, kind, moved_to, changed_at, notify)
  SELECT calendar, event, seq, CASE WHEN moved_to='' THEN 1 ELSE 2 END, moved_to, at, notify
  FROM tombstones WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.calendar=tombstones.calendar
    AND e.id=tombstones.event);
INSERT INTO hosting_record_changes(kind, id, seq, addresses, changed_at)
  SELECT CASE WHEN kind=0 THEN 'lead' ELSE 'contact' END, record, seq, addresses, at
  FROM record_changes;
INSERT INTO hosting_answers(plugin, op_id, revision, answered_at)
  SELECT plugin, op_id, revision, at FROM answers;
INSERT INTO hosting_calendars(id, owner, plugin, account, remote_id, name, color, role, mode, state,
    created_at)
  SELECT id, user, plugin, account, remote_id, name, color, role, mode, state, created_at
  FROM calendars WHERE plugin<>'';
INSERT INTO hosting_defaults(owner, calendar)
  SELECT u.id, u.default_calendar FROM users u JOIN calendars c ON c.id=u.default_calendar
  WHERE c.plugin<>'';
DROP INDEX events_by_seq;
CREATE UNIQUE INDEX events_by_calendar ON events(calendar, id);
ALTER TABLE events DROP COLUMN seq;
ALTER TABLE events DROP COLUMN notify;
ALTER TABLE events DROP COLUMN loud;
ALTER TABLE events DROP COLUMN loud_seq;
DROP TABLE tombstones;
DROP TABLE record_changes;
DROP TABLE answers;
)sql";

// The library's tables and what goes into them.
std::string step_10() {
  std::string script;
  for (const std::string_view statement : hosting::kPortTables)
    script.append(statement).append(";\n");
  return script.append(kSchemaStep10);
}

}  // namespace

Result<> migrate(Database& database, std::string_view new_epoch) {
  static const std::string steps[] = {std::string(hosting::kSchemaStep1).append(kSchemaStep1),
                                      std::string(kSchemaStep2),
                                      std::string(kSchemaStep3),
                                      std::string(kSchemaStep4),
                                      std::string(kSchemaStep5),
                                      std::string(kSchemaStep6),
                                      std::string(kSchemaStep7),
                                      std::string(hosting::kSchemaStep8),
                                      std::string(kSchemaStep9),
                                      step_10()};
  static const hosting::PostgresBeginning beginning{
      .sql = std::string(kPostgresUsers)
                 .append(hosting::kPostgresSchema)
                 .append(kPostgresCrm)
                 .append(hosting::postgres_schema_step(kSchemaStep7)),
      .steps = 8};
  return hosting::migrate(database, steps, new_epoch, beginning);
}

}  // namespace host
