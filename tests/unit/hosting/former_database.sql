-- A database as the former version (schema 8) left it: one user with two calendars of a plugin,
-- appointments, deletions, a changed record, a stored answer. Its program wrote the schema.
CREATE TABLE accounts(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, user TEXT NOT NULL REFERENCES users(id),
  unique_id TEXT NOT NULL, title TEXT NOT NULL, identity TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active','paused','disconnected')),
  health TEXT NOT NULL, config TEXT NOT NULL, created_at INTEGER NOT NULL,
  UNIQUE(plugin, user, unique_id)) WITHOUT ROWID;
INSERT INTO "accounts"
  VALUES('account','com.example.test','anna','sub-1','Google','anna@example.com','active','{}',
  '{}',1);
CREATE TABLE answers(
  plugin TEXT NOT NULL, op_id TEXT NOT NULL, revision TEXT NOT NULL, at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(plugin, op_id)) WITHOUT ROWID;
INSERT INTO "answers" VALUES('com.example.test','op-kept','2-0123456789abcdef',1767225600000);
CREATE TABLE calendars(
  id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(id), plugin TEXT NOT NULL,
  account TEXT NOT NULL, remote_id TEXT NOT NULL, name TEXT NOT NULL, color TEXT NOT NULL,
  role TEXT NOT NULL, mode TEXT NOT NULL, state TEXT NOT NULL, visible INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL, sharing TEXT NOT NULL DEFAULT 'busy'
  CHECK (sharing IN ('busy', 'details')), UNIQUE(user, plugin, account, remote_id)) WITHOUT ROWID;
INSERT INTO "calendars"
  VALUES('home','anna','com.example.test','account','home','Home','#188038','reader','view_only',
  'gone',1,3,'busy');
INSERT INTO "calendars"
  VALUES('own','anna','','','','','#475569','owner','two_way','live',1,1,'busy');
INSERT INTO "calendars"
  VALUES('work','anna','com.example.test','account','primary','Work','#0b57d0','owner','two_way',
  'live',1,2,'busy');
CREATE TABLE data_keys(
  id TEXT PRIMARY KEY, master TEXT NOT NULL, wrapped BLOB NOT NULL,
  current INTEGER NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE event_guests(
  event INTEGER NOT NULL REFERENCES events(row) ON DELETE CASCADE, address TEXT NOT NULL,
  PRIMARY KEY(event, address)) WITHOUT ROWID;
CREATE TABLE event_records(
  event INTEGER NOT NULL REFERENCES events(row) ON DELETE CASCADE, record TEXT NOT NULL,
  kind INTEGER NOT NULL, PRIMARY KEY(event, record)) WITHOUT ROWID;
INSERT INTO "event_records" VALUES(1,'lead',0);
CREATE TABLE events(
  row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  calendar TEXT NOT NULL REFERENCES calendars(id), seq INTEGER NOT NULL, revision TEXT NOT NULL,
  event TEXT NOT NULL, first_start INTEGER NOT NULL, last_end INTEGER,
  split_of TEXT NOT NULL DEFAULT '', part_of TEXT NOT NULL DEFAULT '');
INSERT INTO "events"
  VALUES(1,'kept','work',2,'2-0123456789abcdef',
  '{"summary":"Kept","start":{"date":"2026-03-02"},"end":{"date":"2026-03-03"}}',
  1772438400,1772442000,'','');
INSERT INTO "events"
  VALUES(2,'moved','home',8,'8-0123456789abcdef',
  '{"summary":"Moved","start":{"date":"2026-03-02"},"end":{"date":"2026-03-03"}}',
  1772438400,1772442000,'','');
INSERT INTO "events"
  VALUES(3,'mine','own',4,'4-0123456789abcdef',
  '{"summary":"Mine","start":{"date":"2026-03-02"},"end":{"date":"2026-03-03"}}',
  1772438400,1772442000,'','');
CREATE TABLE flows(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, user TEXT NOT NULL REFERENCES users(id),
  kind TEXT NOT NULL, account TEXT NOT NULL, step TEXT NOT NULL, memo TEXT NOT NULL,
  version INTEGER NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE login_failures(
  address_hash TEXT PRIMARY KEY, failures INTEGER NOT NULL,
  blocked_until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE mail_logos(
  account TEXT PRIMARY KEY, plugin TEXT NOT NULL, user TEXT NOT NULL, sha256 TEXT NOT NULL,
  png BLOB NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, alt TEXT NOT NULL,
  at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE mail_messages(
  id TEXT PRIMARY KEY, plugin TEXT NOT NULL, key TEXT NOT NULL, group_key TEXT NOT NULL,
  user TEXT NOT NULL, event TEXT NOT NULL, private INTEGER NOT NULL, kind TEXT NOT NULL,
  sender TEXT NOT NULL, recipient TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL,
  bytes BLOB NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL,
  position INTEGER NOT NULL, not_before INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, leased_until INTEGER NOT NULL,
  code INTEGER NOT NULL, text TEXT NOT NULL, created_at INTEGER NOT NULL, seq INTEGER NOT NULL,
  UNIQUE(plugin, key)) WITHOUT ROWID;
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO "meta" VALUES('epoch','epoch0');
INSERT INTO "meta" VALUES('events_floor',1);
INSERT INTO "meta" VALUES('fence',0);
INSERT INTO "meta" VALUES('seq',9);
CREATE TABLE record_addresses(
  address TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY(address, record)) WITHOUT ROWID;
INSERT INTO "record_addresses" VALUES('lead@customers.example','lead');
CREATE TABLE record_changes(
  record TEXT PRIMARY KEY, kind INTEGER NOT NULL, seq INTEGER NOT NULL, addresses TEXT NOT NULL,
  at INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO "record_changes" VALUES('lead',0,5,'["lead@customers.example"]',1);
CREATE TABLE record_mailboxes(
  mailbox TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY(mailbox, record)) WITHOUT ROWID;
CREATE TABLE records(
  id TEXT PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL, company TEXT NOT NULL,
  emails TEXT NOT NULL, phone TEXT NOT NULL, title TEXT NOT NULL, sort TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO "records" VALUES('lead',0,'Lead','','["lead@customers.example"]','','','lead');
CREATE TABLE resume_keys(
  flow TEXT PRIMARY KEY REFERENCES flows(id) ON DELETE CASCADE, key_hash TEXT NOT NULL UNIQUE,
  expires_at INTEGER NOT NULL, session TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE schema_steps(number INTEGER PRIMARY KEY);
INSERT INTO "schema_steps" VALUES(1);
INSERT INTO "schema_steps" VALUES(2);
INSERT INTO "schema_steps" VALUES(3);
INSERT INTO "schema_steps" VALUES(4);
INSERT INTO "schema_steps" VALUES(5);
INSERT INTO "schema_steps" VALUES(6);
INSERT INTO "schema_steps" VALUES(7);
INSERT INTO "schema_steps" VALUES(8);
CREATE TABLE secrets(
  plugin TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, sealed BLOB NOT NULL,
  data_key TEXT NOT NULL DEFAULT '',
  PRIMARY KEY(plugin, key)) WITHOUT ROWID;
CREATE TABLE sessions(
  token_hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(id),
  used_at INTEGER NOT NULL, created_at INTEGER NOT NULL DEFAULT 0,
  confirmed_at INTEGER NOT NULL DEFAULT 0, agent TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tasks(
  plugin TEXT NOT NULL, key TEXT NOT NULL, at INTEGER, payload TEXT NOT NULL,
  running INTEGER NOT NULL DEFAULT 0, fence INTEGER NOT NULL DEFAULT 0,
  run_payload TEXT NOT NULL DEFAULT '', PRIMARY KEY(plugin, key)) WITHOUT ROWID;
CREATE TABLE tombstones(
  calendar TEXT NOT NULL, event TEXT NOT NULL, seq INTEGER NOT NULL, moved_to TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY(calendar, event)) WITHOUT ROWID;
INSERT INTO "tombstones" VALUES('work','erased',6,'',1767225600000);
INSERT INTO "tombstones" VALUES('work','moved',7,'home',1767225600000);
CREATE TABLE users(
  id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin','sales')), locale TEXT NOT NULL, theme TEXT NOT NULL,
  time_zone TEXT NOT NULL, password TEXT NOT NULL,
  default_calendar TEXT NOT NULL DEFAULT '', locked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
INSERT INTO "users"
  VALUES('anna','anna@crm.example','anna','admin','','','Europe/Berlin','none','work',0);
CREATE INDEX tasks_due ON tasks(running, at);
CREATE INDEX records_by_name ON records(kind, sort, id);
CREATE INDEX record_addresses_by_record ON record_addresses(record);
CREATE UNIQUE INDEX record_changes_by_seq ON record_changes(seq);
CREATE INDEX calendars_by_account ON calendars(account);
CREATE UNIQUE INDEX events_by_seq ON events(calendar, seq);
CREATE INDEX events_by_span ON events(calendar, first_start, last_end);
CREATE INDEX event_guests_by_address ON event_guests(address, event);
CREATE INDEX event_records_by_record ON event_records(record, event);
CREATE UNIQUE INDEX tombstones_by_seq ON tombstones(calendar, seq);
CREATE INDEX tombstones_by_time ON tombstones(at);
CREATE INDEX events_by_part ON events(part_of) WHERE part_of<>'';
CREATE INDEX record_mailboxes_by_record ON record_mailboxes(record);
CREATE INDEX sessions_by_user ON sessions(user, used_at);
CREATE INDEX login_failures_by_time ON login_failures(blocked_until);
CREATE INDEX mail_by_group ON mail_messages(plugin, group_key, position);
CREATE INDEX mail_by_seq ON mail_messages(plugin, seq);
CREATE INDEX mail_by_user ON mail_messages(user, position);
CREATE INDEX mail_waiting ON mail_messages(next_at)
  WHERE state IN ('queued', 'sending', 'held');
CREATE INDEX mail_by_age ON mail_messages(created_at);
CREATE INDEX mail_logos_by_plugin ON mail_logos(plugin);
PRAGMA user_version=8;
