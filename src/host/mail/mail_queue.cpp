#include "src/host/mail/mail_queue.hpp"

#include <algorithm>
#include <utility>

#include "src/common/base/id.hpp"
#include "src/host/mail/delivery_verdict.hpp"
#include "src/hosting/services/feed.hpp"

namespace host::mail {
namespace {

constexpr std::string_view kColumns =
    "id, plugin, key, kind, recipient, subject, event, state, text, at, attempts, next_at, code, "
    "created_at, position, length(bytes)=0";

StoredMail stored(const Row& row) {
  StoredMail mail;
  mail.id = row.text(0);
  mail.plugin = row.text(1);
  mail.key = row.text(2);
  mail.kind = row.text(3);
  mail.recipient = row.text(4);
  mail.subject = row.text(5);
  mail.event = row.text(6);
  mail.state = row.text(7);
  mail.text = row.text(8);
  mail.at = row.integer(9);
  mail.attempts = row.integer(10);
  mail.next_at = row.integer(11);
  mail.code = row.integer(12);
  mail.created_at = row.integer(13);
  mail.position = row.integer(14);
  mail.is_blank = row.integer(15) != 0;
  if (mail.state != "queued") mail.next_at = 0;
  return mail;
}

std::string select(std::string_view rest) {
  return "SELECT " + std::string(kColumns) + " FROM mail_messages " + std::string(rest);
}

// Why a message is held: until an administrator decides, not its user.
constexpr std::string_view kRestored = "restored";

std::string_view filter_sql(std::string_view filter) {
  if (filter == "waiting") return "AND state IN ('queued', 'sending', 'held') ";
  if (filter == "sent") return "AND state='sent' ";
  if (filter == "failed") return "AND state IN ('failed', 'expired') ";
  return "";
}

// A message knows its appointment, which is in a calendar of the account, or was when it was
// erased.
constexpr std::string_view kOfAccount =
    "AND EXISTS (SELECT 1 FROM hosting_calendars k JOIN hosting_changes h ON h.calendar=k.id WHERE "
    "k.account=?5 AND k.plugin=mail_messages.plugin AND h.id=mail_messages.event AND h.kind<>2) ";

Error no_such_message() {
  return {Code::not_found, "there is no such message", {}};
}

}  // namespace

Result<std::optional<StoredMail>> MailQueue::find(Connection& c, std::string_view plugin,
                                                  std::string_view key) const {
  std::optional<StoredMail> found;
  TRY_VOID(c.each(
      select("WHERE plugin=?1 AND key=?2"), [&](const Row& row) { found = stored(row); }, plugin,
      key));
  return found;
}

Result<StoredMail> MailQueue::put(Connection& c, const MailMessage& message,
                                  const ComposedMail& composed, std::int64_t hold_ms,
                                  std::int64_t now) {
  TRY(const auto waiting,
      c.integer("SELECT count(*) FROM mail_messages WHERE state IN ('queued', 'sending', 'held')"));
  if (waiting.value_or(0) >= kMaxWaiting)
    return Error{Code::unavailable, "too many messages wait for the mail server", {}};
  std::vector<std::string> before;
  TRY_VOID(c.each(
      "SELECT id FROM mail_messages WHERE plugin=?1 AND group_key=?2 AND attempts=0 AND state IN "
      "('queued', 'held')",
      [&](const Row& row) { before.push_back(row.text(0)); }, composed.plugin, message.group));
  for (const std::string& id : before) TRY_VOID(set_state(c, id, "replaced", now));
  const std::string id = gcal::base::new_id(random_);
  const std::int64_t not_before = message.not_before.value_or(now + hold_ms);
  const std::int64_t expires_at = std::min(message.expires_at, not_before + kLongestWaitMs);
  TRY(const std::int64_t seq, hosting::next_seq(c));
  TRY_VOID(c.run(
      "INSERT INTO mail_messages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, "
      "?14, 'queued', ?15, ?16, ?17, ?18, 0, ?17, 0, 0, '', ?15, ?16)",
      id, composed.plugin, message.key, message.group, message.user, message.event,
      message.is_private, message.kind, composed.sender, message.to.address, message.subject,
      composed.message_id, Blob{composed.bytes}, composed.content, now, seq, not_before,
      expires_at));
  note_changed(message.user);
  TRY(auto found, find(c, composed.plugin, message.key));
  if (!found) return Error{Code::internal, "the message was not stored", {}};
  return *std::move(found);
}

Result<StoredMail> MailQueue::withdraw(Connection& c, std::string_view plugin, std::string_view key,
                                       std::int64_t now) {
  TRY(auto mail, find(c, plugin, key));
  if (!mail) return no_such_message();
  if (mail->attempts > 0) return Error{Code::conflict, "it was attempted already", {}};
  if (mail->state == "queued" || mail->state == "held") {
    TRY_VOID(set_state(c, mail->id, "withdrawn", now));
    mail->state = "withdrawn";
  }
  return *std::move(mail);
}

Result<> MailQueue::set_state(Connection& c, std::string_view id, std::string_view state,
                              std::int64_t now) {
  TRY(const std::int64_t seq, hosting::next_seq(c));
  TRY(const auto user, c.text("SELECT user FROM mail_messages WHERE id=?1", id));
  note_changed(user.value_or(""));
  return c.run("UPDATE mail_messages SET state=?2, at=?3, seq=?4, leased_until=0 WHERE id=?1", id,
               state, now, seq);
}

void MailQueue::note_changed(std::string_view user) {
  const std::lock_guard lock(mutex_);
  changed_users_.emplace(user);
}

std::set<std::string> MailQueue::take_changed_users() {
  const std::lock_guard lock(mutex_);
  return std::exchange(changed_users_, {});
}

// One change each, so that a page of the feed can end between any two of them.
Result<std::int64_t> MailQueue::set_states(Connection& c, std::string_view where,
                                           std::string_view state, std::int64_t now) {
  std::vector<std::string> ids;
  TRY_VOID(c.each("SELECT id FROM mail_messages WHERE " + std::string(where),
                  [&](const Row& row) { ids.push_back(row.text(0)); }));
  for (const std::string& id : ids) TRY_VOID(set_state(c, id, state, now));
  return static_cast<std::int64_t>(ids.size());
}

Result<> MailQueue::expire(Connection& c, std::int64_t now) {
  TRY_VOID(set_states(c, "state IN ('queued', 'held') AND expires_at<=" + std::to_string(now),
                      "expired", now));
  return {};
}

Result<std::optional<LeasedMail>> MailQueue::take_due(std::int64_t now, bool only_tests) {
  return database_.write([&](Connection& c) -> Result<std::optional<LeasedMail>> {
    TRY_VOID(
        set_states(c, "state='sending' AND leased_until<=" + std::to_string(now), "queued", now));
    TRY_VOID(expire(c, now));
    std::optional<LeasedMail> due;
    TRY_VOID(c.each(
        "SELECT id, kind, sender, recipient, bytes, attempts, expires_at FROM mail_messages m "
        "WHERE state='queued' AND next_at<=?1 AND (?2=0 OR kind='test') AND NOT EXISTS (SELECT 1 "
        "FROM mail_messages o WHERE o.plugin=m.plugin AND o.group_key=m.group_key AND "
        "o.position<m.position AND o.state IN ('queued', 'sending', 'held')) "
        "ORDER BY next_at, position LIMIT 1",
        [&](const Row& row) {
          due = LeasedMail{row.text(0), row.text(1),        row.text(2),   row.text(3),
                           row.text(4), row.integer(5) + 1, row.integer(6)};
        },
        now, only_tests));
    if (!due) return due;
    TRY_VOID(set_state(c, due->id, "sending", now));
    TRY_VOID(c.run("UPDATE mail_messages SET attempts=?2, leased_until=?3 WHERE id=?1", due->id,
                   due->attempts, now + kLeaseMs));
    return due;
  });
}

Result<> MailQueue::end_attempt(const LeasedMail& mail, const AttemptEnd& end, std::int64_t now) {
  return database_.write([&](Connection& c) -> Result<> {
    const std::int64_t next_at = now + retry_delay_ms(mail.attempts);
    const bool too_late = end.state == "queued" && next_at >= mail.expires_at;
    TRY_VOID(set_state(c, mail.id, too_late ? std::string_view("expired") : end.state, now));
    return c.run("UPDATE mail_messages SET next_at=?2, code=?3, text=?4 WHERE id=?1", mail.id,
                 next_at, end.code, end.text);
  });
}

Result<std::optional<std::int64_t>> MailQueue::next_at() const {
  return database_.read([](Connection& c) {
    return c.integer(
        "SELECT min(CASE WHEN state='sending' THEN leased_until WHEN next_at<expires_at THEN "
        "next_at "
        "ELSE expires_at END) FROM mail_messages WHERE state IN ('queued', 'sending')");
  });
}

Result<> MailQueue::release_leases(std::int64_t now) {
  TRY(const auto leased, database_.read([](Connection& c) {
    return c.integer("SELECT 1 FROM mail_messages WHERE state='sending' LIMIT 1");
  }));
  if (!leased) return {};
  return database_.write([&](Connection& c) -> Result<> {
    TRY_VOID(set_states(c, "state='sending'", "queued", now));
    return {};
  });
}

Result<> MailQueue::retry_now(std::int64_t now) {
  return database_.write([&](Connection& c) {
    return c.run(
        "UPDATE mail_messages SET next_at=?1 WHERE state='queued' AND attempts>0 AND next_at>?1",
        now);
  });
}

Result<std::int64_t> MailQueue::hold_after_restore(std::int64_t now) {
  TRY(const auto same, database_.read([](Connection& c) {
    return c.integer(
        "SELECT 1 FROM meta a, meta b WHERE a.key='epoch' AND b.key='mail_epoch' AND "
        "a.value=b.value");
  }));
  if (same) return std::int64_t{0};
  return database_.write([&](Connection& c) -> Result<std::int64_t> {
    TRY(const auto epoch, c.text("SELECT value FROM meta WHERE key='epoch'"));
    TRY(const auto known, c.text("SELECT value FROM meta WHERE key='mail_epoch'"));
    TRY_VOID(
        c.run("INSERT INTO meta VALUES ('mail_epoch', ?1) ON CONFLICT(key) DO UPDATE SET "
              "value=excluded.value",
              epoch.value_or("")));
    if (!known) return std::int64_t{0};
    TRY(const std::int64_t held, set_states(c, "state IN ('queued', 'sending')", "held", now));
    TRY_VOID(c.run("UPDATE mail_messages SET text=?1 WHERE state='held'", kRestored));
    return held;
  });
}

Result<std::int64_t> MailQueue::release_held(bool send, std::int64_t now) {
  return database_.write([&](Connection& c) -> Result<std::int64_t> {
    TRY(const std::int64_t released,
        set_states(c, "state='held' AND text='" + std::string(kRestored) + "'",
                   send ? "queued" : "withdrawn", now));
    TRY_VOID(c.run("UPDATE mail_messages SET text='' WHERE text=?1", kRestored));
    return released;
  });
}

Result<std::vector<StoredMail>> MailQueue::of_user(std::string_view user, const MailFilter& filter,
                                                   std::size_t limit, std::int64_t after) const {
  return database_.read([&](Connection& c) -> Result<std::vector<StoredMail>> {
    std::vector<StoredMail> mails;
    TRY_VOID(c.each(
        select("WHERE user=?1 AND (?2=0 OR position<?2) AND (?4='' OR event=?4) " +
               std::string(filter.account.empty() ? "" : kOfAccount) +
               std::string(filter_sql(filter.state)) + "ORDER BY position DESC LIMIT ?3"),
        [&](const Row& row) { mails.push_back(stored(row)); }, user, after, limit, filter.event,
        filter.account));
    return mails;
  });
}

Result<StoredMail> MailQueue::of_user(std::string_view user, std::string_view id) const {
  return database_.read([&](Connection& c) -> Result<StoredMail> {
    std::optional<StoredMail> found;
    TRY_VOID(c.each(
        select("WHERE user=?1 AND id=?2"), [&](const Row& row) { found = stored(row); }, user, id));
    if (!found) return no_such_message();
    return *std::move(found);
  });
}

Result<MailQueue::Content> MailQueue::content(std::string_view user, std::string_view id) const {
  return database_.read([&](Connection& c) -> Result<Content> {
    std::optional<Content> found;
    TRY_VOID(c.each(
        "SELECT content, bytes FROM mail_messages WHERE user=?1 AND id=?2",
        [&](const Row& row) {
          found = Content{row.text(0), row.text(1)};
        },
        user, id));
    if (!found) return no_such_message();
    return *std::move(found);
  });
}

Result<> MailQueue::change(std::string_view user, std::string_view id, std::string_view states,
                           std::string_view state, std::int64_t now, bool at_once) {
  return database_.write([&](Connection& c) -> Result<> {
    std::optional<bool> may;
    TRY_VOID(c.each(
        "SELECT state IN (" + std::string(states) +
            ") AND (?3=0 OR (expires_at>?4 AND length(bytes)>0)) FROM mail_messages WHERE user=?1 "
            "AND id=?2",
        [&](const Row& row) { may = row.integer(0) != 0; }, user, id, at_once, now));
    if (!may) return no_such_message();
    if (!*may)
      return Error{Code::conflict, "the message has left, is at its end, or is too late", {}};
    TRY_VOID(set_state(c, id, state, now));
    if (!at_once) return {};
    return c.run("UPDATE mail_messages SET next_at=?2 WHERE id=?1", id, now);
  });
}

Result<> MailQueue::hold(std::string_view user, std::string_view id, std::int64_t now) {
  return change(user, id, "'queued'", "held", now, false);
}

Result<> MailQueue::send_now(std::string_view user, std::string_view id, std::int64_t now) {
  return change(user, id, "'queued', 'held', 'failed', 'expired'", "queued", now, true);
}

Result<> MailQueue::drop(std::string_view user, std::string_view id, std::int64_t now) {
  return change(user, id, "'queued', 'held'", "withdrawn", now, false);
}

Result<Json> MailQueue::changes(std::string_view plugin, std::string_view text,
                                std::uint32_t limit) const {
  if (limit < 1 || limit > 2500) return Error{Code::invalid, "limit: 1 to 2500", {}};
  return database_.read([&](Connection& c) -> Result<Json> {
    TRY(hosting::FeedCursor cursor, hosting::read_cursor(c, text, "mail_floor"));
    TRY(const std::int64_t now, hosting::current_seq(c));
    Json list = Json::array();
    bool more = false;
    TRY_VOID(c.each(
        "SELECT key, state, at, attempts, next_at, code, text, seq FROM mail_messages WHERE "
        "plugin=?1 AND seq>?2 ORDER BY seq LIMIT ?3",
        [&](const Row& row) {
          if (list.items().size() == limit) {
            more = true;
            return;
          }
          const std::string state = row.text(1);
          list.push(Json::object({{"key", row.text(0)},
                                  {"state", state},
                                  {"at", row.integer(2)},
                                  {"attempts", row.integer(3)},
                                  {"next_at", state == "queued" ? row.integer(4) : 0},
                                  {"code", row.integer(5)},
                                  {"text", row.text(6)}}));
          cursor.seq = row.integer(7);
        },
        plugin, cursor.seq, std::int64_t{limit} + 1));
    if (!more) cursor.seq = cursor.start = now;
    TRY(const std::string next, hosting::write_cursor(c, cursor));
    return Json::object({{"changes", std::move(list)}, {"cursor", next}, {"more", more}});
  });
}

Result<QueueCounts> MailQueue::counts() const {
  return database_.read([](Connection& c) -> Result<QueueCounts> {
    QueueCounts counts;
    TRY_VOID(c.each(
        "SELECT count(CASE WHEN state IN ('queued', 'sending') THEN 1 END), "
        "count(CASE WHEN state='held' AND text=?1 THEN 1 END) FROM mail_messages WHERE state IN "
        "('queued', 'sending', 'held')",
        [&](const Row& row) {
          counts = {row.maybe_integer(0).value_or(0), row.maybe_integer(1).value_or(0)};
        },
        kRestored));
    return counts;
  });
}

Result<Json> MailQueue::last_failures() const {
  return database_.read([](Connection& c) -> Result<Json> {
    Json list = Json::array();
    TRY_VOID(c.each(
        "SELECT at, code, text FROM mail_messages WHERE text NOT IN ('', ?1) ORDER BY at DESC "
        "LIMIT 10",
        [&](const Row& row) {
          list.push(Json::object(
              {{"at", row.integer(0)}, {"code", row.integer(1)}, {"text", row.text(2)}}));
        },
        kRestored));
    return list;
  });
}

Result<> MailQueue::purge(std::int64_t now) {
  return database_.write([&](Connection& c) -> Result<> {
    TRY_VOID(
        c.run("UPDATE mail_messages SET bytes=?2, content='', subject='' WHERE created_at<=?1 AND "
              "length(bytes)>0 AND state NOT IN ('queued', 'sending', 'held')",
              now - kContentMs, Blob{}));
    return c.run(
        "DELETE FROM mail_messages WHERE created_at<=?1 AND state NOT IN ('queued', 'sending', "
        "'held')",
        now - kRowMs);
  });
}

}  // namespace host::mail
