// The messages that wait, were sent or failed, in the host's database. A message is stored as the
// bytes that leave. Used by Mail. It must never let a message leave twice, except when a process or
// a connection ended between the last byte and the answer of the mail server; and it must never
// show a message to anybody but its user.
//
//   queued -> sending -> sent | failed | queued (again, later) | expired
//   queued, never attempted -> withdrawn | replaced
//   queued <-> held
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/random.hpp"
#include "src/host/mail/mail_types.hpp"

namespace host::mail {

struct StoredMail {
  std::string id, plugin, key, kind, recipient, subject, event, state, text;
  std::int64_t at = 0, attempts = 0, next_at = 0, code = 0, created_at = 0, position = 0;
  bool is_blank = false;  // the content was erased
};

// A message as it is put: composed already.
struct ComposedMail {
  std::string plugin, sender, message_id, bytes;
  std::string content;  // JSON {text, html, calendar} for its user's page
};

// A message that one attempt of delivery is allowed to have.
struct LeasedMail {
  std::string id, kind, sender, recipient, bytes;
  std::int64_t attempts = 0;  // with this one
  std::int64_t expires_at = 0;
};

// How an attempt ended, for the queue.
struct AttemptEnd {
  std::string state;  // "sent" | "failed" | "queued"
  std::int64_t code = 0;
  std::string text;
};

struct QueueCounts {
  std::int64_t waiting = 0, held = 0;  // held: by a restore
};

// Which messages of a user; "" wants all.
struct MailFilter {
  std::string_view state{};    // "waiting" | "sent" | "failed"
  std::string_view event{};    // of this appointment
  std::string_view account{};  // of appointments that are, or were erased, in a calendar of it
};

class MailQueue {
 public:
  static constexpr std::int64_t kLeaseMs = 5 * 60'000;
  static constexpr std::int64_t kContentMs = std::int64_t{30} * 24 * 3600 * 1000;
  static constexpr std::int64_t kRowMs = std::int64_t{90} * 24 * 3600 * 1000;

  MailQueue(Database& database, gcal::base::Random& random)
      : database_(database), random_(random) {}

  // --- inside a transaction of the caller ---

  // Was this key accepted before? Its message then.
  Result<std::optional<StoredMail>> find(Connection& c, std::string_view plugin,
                                         std::string_view key) const;
  // Stores a message; what waits in its group and was never attempted is replaced. unavailable:
  // kMaxWaiting wait.
  Result<StoredMail> put(Connection& c, const MailMessage& message, const ComposedMail& composed,
                         std::int64_t hold_ms, std::int64_t now);
  // conflict: it was attempted; not_found.
  Result<StoredMail> withdraw(Connection& c, std::string_view plugin, std::string_view key,
                              std::int64_t now);

  // --- delivery ---

  // The earliest message that may leave now and whose group has nothing older under way, leased to
  // the caller; messages that are too late expire. only_tests: no other may leave.
  Result<std::optional<LeasedMail>> take_due(std::int64_t now, bool only_tests);
  Result<> end_attempt(const LeasedMail& mail, const AttemptEnd& end, std::int64_t now);
  // When the next message may leave; nothing when none waits.
  Result<std::optional<std::int64_t>> next_at() const;
  // After a start: leases of the process before. Its last attempts are repeated.
  Result<> release_leases(std::int64_t now);
  // After a change of the configuration: everything that waits for another attempt is due.
  Result<> retry_now(std::int64_t now);
  // Holds what waits if the database is in another epoch than it was: it was restored from a
  // backup, and what waits may have left since.
  Result<std::int64_t> hold_after_restore(std::int64_t now);
  // For administrators. send: what a restore holds may leave; else it is withdrawn. Answers how
  // many.
  Result<std::int64_t> release_held(bool send, std::int64_t now);

  // --- what users see ---

  // The newest first. after: a position, 0: from the newest.
  Result<std::vector<StoredMail>> of_user(std::string_view user, const MailFilter& filter,
                                          std::size_t limit, std::int64_t after) const;
  // not_found: the user has no such message.
  Result<StoredMail> of_user(std::string_view user, std::string_view id) const;
  struct Content {
    std::string json, bytes;
  };
  Result<Content> content(std::string_view user, std::string_view id) const;
  // conflict: it left already, is at its end, or is too late.
  Result<> hold(std::string_view user, std::string_view id, std::int64_t now);
  Result<> send_now(std::string_view user, std::string_view id, std::int64_t now);
  Result<> drop(std::string_view user, std::string_view id, std::int64_t now);

  // --- the rest ---

  // A page of crm.mailer/0 changes.
  Result<Json> changes(std::string_view plugin, std::string_view cursor, std::uint32_t limit) const;
  Result<QueueCounts> counts() const;
  // The last failures of any message: {at, code, text}, nothing of the message itself.
  Result<Json> last_failures() const;
  // The users of whose messages the state has changed since the last call. A change whose
  // transaction failed may be among them. [any thread]
  std::set<std::string> take_changed_users();
  // Erases contents after 30 days and rows after 90.
  Result<> purge(std::int64_t now);

 private:
  Result<> set_state(Connection& c, std::string_view id, std::string_view state, std::int64_t now);
  Result<std::int64_t> set_states(Connection& c, std::string_view where, std::string_view state,
                                  std::int64_t now);
  Result<> expire(Connection& c, std::int64_t now);
  Result<> change(std::string_view user, std::string_view id, std::string_view states,
                  std::string_view state, std::int64_t now, bool at_once);

  void note_changed(std::string_view user);

  Database& database_;
  gcal::base::Random& random_;
  std::mutex mutex_;  // guards changed_users_
  std::set<std::string> changed_users_;
};

}  // namespace host::mail
