#include "src/engine/store/migrations.hpp"

#include <iterator>
#include <span>

namespace gcal::store {
namespace {

constexpr std::int64_t kVersion = 11;
// The oldest version that may use what this one writes: the one before, to which a host goes back
// when this one fails. Steps only add, so that it finds what it knows; older ones are refused.
constexpr std::int64_t kMinReader = kVersion - 1;

// `side` is a sync::SideName: 0 for the CRM, 1 for the remote side, whose columns begin with
// google_. A remote base that equals the CRM's is stored as '='. `observed` has the pending
// changes; `moved_away`, `crm_uid` and `google_uid` are no longer read.
constexpr const char* kFirst[] = {
    "CREATE TABLE IF NOT EXISTS pairs(id TEXT PRIMARY KEY, account TEXT NOT NULL, google_calendar "
    "TEXT NOT NULL, crm_calendar TEXT NOT NULL,"
    " identity TEXT NOT NULL, mode BIGINT NOT NULL, state BIGINT NOT NULL, crm_cursor TEXT NOT "
    "NULL, google_cursor TEXT NOT NULL,"
    " crm_generation BIGINT NOT NULL, google_generation BIGINT NOT NULL, dirty BIGINT NOT NULL, "
    "synced_at BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS pairs_by_account ON pairs(account)",
    "CREATE TABLE IF NOT EXISTS links(id TEXT PRIMARY KEY, pair TEXT NOT NULL,"
    " crm_id TEXT NOT NULL, crm_version TEXT NOT NULL, crm_agreed BIGINT NOT NULL, crm_series TEXT "
    "NOT NULL, crm_uid TEXT NOT NULL, crm_generation BIGINT NOT NULL,"
    " google_id TEXT NOT NULL, google_version TEXT NOT NULL, google_agreed BIGINT NOT NULL, "
    "google_series TEXT NOT NULL, google_uid TEXT NOT NULL,"
    " google_generation BIGINT NOT NULL, incarnation BIGINT NOT NULL, held_reason TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS links_by_pair ON links(pair, id)",
    "CREATE INDEX IF NOT EXISTS links_by_crm_id ON links(pair, crm_id)",
    "CREATE INDEX IF NOT EXISTS links_by_google_id ON links(pair, google_id)",
    "CREATE INDEX IF NOT EXISTS links_by_crm_uid ON links(pair, crm_uid)",
    "CREATE INDEX IF NOT EXISTS links_by_google_uid ON links(pair, google_uid)",
    "CREATE TABLE IF NOT EXISTS link_addresses(address TEXT NOT NULL, link TEXT NOT NULL, PRIMARY "
    "KEY(address, link))",
    "CREATE INDEX IF NOT EXISTS link_addresses_by_link ON link_addresses(link)",
    "CREATE TABLE IF NOT EXISTS observed(pair TEXT NOT NULL, side BIGINT NOT NULL, id TEXT NOT "
    "NULL, version TEXT NOT NULL, gone BIGINT NOT NULL,"
    " moved_away BIGINT NOT NULL, inferred BIGINT NOT NULL, generation BIGINT NOT NULL, series "
    "TEXT NOT NULL, PRIMARY KEY(pair, side, id))",
    "CREATE TABLE IF NOT EXISTS intents(op_id TEXT PRIMARY KEY, pair TEXT NOT NULL, link TEXT NOT "
    "NULL, side BIGINT NOT NULL, operation TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS intents_by_pair ON intents(pair)",
    "CREATE TABLE IF NOT EXISTS history(id TEXT PRIMARY KEY, pair TEXT NOT NULL, link TEXT NOT "
    "NULL, at BIGINT NOT NULL, what TEXT NOT NULL,"
    " side BIGINT NOT NULL, detail TEXT NOT NULL, copy TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS history_by_pair ON history(pair, at)",
    "CREATE INDEX IF NOT EXISTS history_by_time ON history(at)",
    // Push channels. A row is stored before the request that opens the channel, because Google
    // sends the first notification before it answers.
    "CREATE TABLE IF NOT EXISTS channels(id TEXT PRIMARY KEY, pair TEXT NOT NULL, token_hash TEXT "
    "NOT NULL, resource_id TEXT NOT NULL, expires_at BIGINT NOT NULL,"
    " renew_at BIGINT NOT NULL, heard BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS channels_by_pair ON channels(pair)",
    "CREATE TABLE IF NOT EXISTS bookmarks(name TEXT PRIMARY KEY, value TEXT NOT NULL)",
};

// Guests are notified of an edit once; splits that are under way.
constexpr const char* kSecond[] = {
    "ALTER TABLE links ADD COLUMN crm_notified TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE splits(pair TEXT NOT NULL, heir TEXT NOT NULL, origin TEXT NOT NULL, PRIMARY "
    "KEY(pair, heir))",
};

// What does not succeed is kept beside the links, so that one direction can wait while the other
// goes on. Links that earlier versions held in both directions are tried again in the next run.
constexpr const char* kThird[] = {
    "CREATE TABLE IF NOT EXISTS held_items(pair TEXT NOT NULL, side BIGINT NOT NULL, id TEXT NOT "
    "NULL, link TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,"
    " attempts BIGINT NOT NULL, next_try BIGINT NOT NULL, version TEXT NOT NULL, PRIMARY "
    "KEY(pair, side, id))",
    "CREATE INDEX IF NOT EXISTS held_items_by_link ON held_items(link)",
    "INSERT INTO held_items(pair, side, id, link, reason, detail, attempts, next_try, version) "
    "SELECT pair, 1, google_id, id, held_reason, '', 1, 0, '' FROM links WHERE google_id <> '' AND "
    "held_reason IN ('held.denied', 'held.invalid', 'held.unreadable') ON CONFLICT(pair, side, id) "
    "DO NOTHING",
    "UPDATE links SET held_reason = '' WHERE held_reason IN ('held.denied', 'held.invalid')",
};

// What the remote side holds beyond the engine's model. Events that were read before this version
// are listed again, because nothing was kept of them.
constexpr const char* kFourth[] = {
    "CREATE TABLE IF NOT EXISTS remote_items(pair TEXT NOT NULL, id TEXT NOT NULL, part TEXT NOT "
    "NULL, item TEXT NOT NULL, PRIMARY KEY(pair, id, part))",
    "UPDATE pairs SET google_cursor = ''",
};

// Default calendars and the return of calendars. Until now the two-way pair was the default.
// Appointments whose calendar became the default again before this version have a retired link that
// the next listing of the CRM's calendar adopts.
constexpr const char* kFifth[] = {
    "ALTER TABLE pairs ADD COLUMN is_primary BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE pairs ADD COLUMN is_default BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE pairs ADD COLUMN draining BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE pairs ADD COLUMN returning_copies BIGINT NOT NULL DEFAULT 0",
    "UPDATE pairs SET is_default = 1 WHERE mode = 0 AND state <> 0",
    // Hidden (2) and gone (3): what was done to their copies is not carried over.
    "UPDATE pairs SET returning_copies = 1 WHERE state IN (2, 3)",
    ("UPDATE pairs SET crm_cursor = '' WHERE id IN (SELECT pair FROM links WHERE held_reason = "
     "'retired')"),
    "CREATE INDEX IF NOT EXISTS pairs_by_remote_calendar ON pairs(google_calendar)",
    "CREATE INDEX IF NOT EXISTS pairs_by_crm_calendar ON pairs(crm_calendar)",
};

// What runs leave for the health document. When calendars were read is not known of earlier
// versions, so each is read once more.
constexpr const char* kSixth[] = {
    ("CREATE TABLE IF NOT EXISTS pair_status(pair TEXT PRIMARY KEY, read_at BIGINT NOT NULL, "
     "waiting_since BIGINT NOT NULL, no_creations_before BIGINT NOT NULL)"),
    ("CREATE TABLE IF NOT EXISTS account_status(account TEXT PRIMARY KEY, failing_since BIGINT NOT "
     "NULL, retry_at BIGINT NOT NULL, code BIGINT NOT NULL, detail TEXT NOT NULL, message TEXT NOT "
     "NULL)"),
    "ALTER TABLE links ADD COLUMN agreed_at BIGINT NOT NULL DEFAULT 0",
    "UPDATE pairs SET dirty = dirty + 1 WHERE state = 1",
};

// What a run asks without walking all links or all changes. The indexes that go were for columns
// that are no longer read.
constexpr const char* kSeventh[] = {
    ("CREATE INDEX IF NOT EXISTS links_held ON links(pair, held_reason, id) WHERE held_reason <> "
     "''"),
    "CREATE INDEX IF NOT EXISTS observed_gone ON observed(pair, side, id) WHERE gone = 1",
    "DROP INDEX IF EXISTS links_by_crm_uid",
    "DROP INDEX IF EXISTS links_by_google_uid",
};

// What a user did in the CRM is kept apart from what existed before. What is pending of an
// appointment that both sides hold is an act that was seen long ago.
constexpr const char* kEighth[] = {
    "ALTER TABLE observed ADD COLUMN acted_at BIGINT NOT NULL DEFAULT 0",
    ("UPDATE observed SET acted_at = 1 WHERE side = 0 AND inferred = 0 AND EXISTS (SELECT 1 FROM "
     "links l JOIN pairs p ON p.id = l.pair WHERE l.pair = observed.pair AND l.crm_id = "
     "observed.id AND l.crm_agreed = 1 AND p.returning_copies = 0)"),
};

// Whom the CRM's mailer tells what. `state` is a sync::Invitation::State, `kind` a
// calendar::Mail::Kind; `day` is empty for a whole appointment. `ordinal` is the order of making.
constexpr const char* kNinth[] = {
    ("CREATE TABLE IF NOT EXISTS invitations(id TEXT PRIMARY KEY, pair TEXT NOT NULL, link TEXT "
     "NOT "
     "NULL, crm_id TEXT NOT NULL, uid TEXT NOT NULL, guest TEXT NOT NULL, day TEXT NOT NULL, kind "
     "BIGINT NOT NULL, state BIGINT NOT NULL, sequence BIGINT NOT NULL, stamp BIGINT NOT NULL, "
     "acted_at BIGINT NOT NULL, attempted BIGINT NOT NULL, first_key TEXT NOT NULL, error TEXT NOT "
     "NULL, series_before TEXT NOT NULL, series_after TEXT NOT NULL, ordinal BIGINT NOT NULL)"),
    "CREATE INDEX IF NOT EXISTS invitations_by_uid ON invitations(pair, uid, ordinal)",
    "CREATE INDEX IF NOT EXISTS invitations_by_ordinal ON invitations(ordinal)",
    "CREATE INDEX IF NOT EXISTS invitations_by_state ON invitations(pair, state, uid)",
};

// Whether its user asked that Google informs the guests of this act.
constexpr const char* kTenth[] = {
    "ALTER TABLE observed ADD COLUMN by_google BIGINT NOT NULL DEFAULT 0",
};

// Whom a write that was refused half way did not mail. What guests were informed of a UID is asked
// without the calendar from which it came.
constexpr const char* kEleventh[] = {
    "ALTER TABLE links ADD COLUMN not_mailed TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX IF NOT EXISTS invitations_of_uid ON invitations(uid, ordinal)",
    "DROP INDEX IF EXISTS invitations_by_uid",
};

// The statements that lead from the version before to the version of the same number, from 1 on.
constexpr std::span<const char* const> kSteps[] = {
    kFirst, kSecond, kThird, kFourth, kFifth, kSixth, kSeventh, kEighth, kNinth, kTenth, kEleventh};
static_assert(std::size(kSteps) == kVersion);

}  // namespace

Result<> migrate(Database& database) {
  const auto work = [](Connection& connection) -> Result<> {
    TRY_VOID(
        connection.exec("CREATE TABLE IF NOT EXISTS schema_version(id BIGINT PRIMARY KEY, version "
                        "BIGINT NOT NULL, min_reader BIGINT NOT NULL)",
                        {}));
    std::int64_t version = 0;
    std::int64_t min_reader = 0;
    const auto read = [&](Row row) -> Result<> {
      version = row[0].integer();
      min_reader = row[1].integer();
      return {};
    };
    TRY_VOID(
        connection.exec("SELECT version, min_reader FROM schema_version WHERE id = 1", {}, read));
    if (min_reader > kVersion)
      return Error{
          Code::denied,
          "a newer version of this plugin has worked on its database; install that version again",
          {}};
    if (version >= kVersion) return {};
    for (auto step = static_cast<std::size_t>(version); step < std::size(kSteps); ++step)
      for (const char* statement : kSteps[step]) TRY_VOID(connection.exec(statement, {}));
    return connection.exec(
        "INSERT INTO schema_version(id, version, min_reader) VALUES (1, $1, $2) ON CONFLICT(id) DO "
        "UPDATE SET version = excluded.version, "
        "min_reader = excluded.min_reader",
        {kVersion, kMinReader});
  };
  return database.transact(Mode::write, 0, work);
}

}  // namespace gcal::store
