// sync::Journal over the plugin's SQL database. An object serves one run of an account and passes
// that run's fence with each transaction, so that an older, paused run can no longer write. It must
// return exactly what the in-memory journal of the simulation returns (checked by a test). Thread:
// loop thread; the SQL runs on the BlockingExecutor. Errors: see sync::Journal; conflict also when
// the fence is stale.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/random.hpp"
#include "src/engine/store/blocking_executor.hpp"
#include "src/engine/store/database.hpp"
#include "src/engine/store/write_batch.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::store {

struct InvitationCounts {
  std::size_t waiting = 0;  // not with the mailer
  std::size_t queued = 0;   // with the mailer
  std::size_t failed = 0;

  friend bool operator==(const InvitationCounts&, const InvitationCounts&) = default;
};

// What the mailer reports of one message.
struct MailState {
  std::string key;  // the id of the invitation
  sync::Invitation::State state = sync::Invitation::State::queued;
  bool attempted = false;
  std::string error;
};

class SqlJournal final : public sync::Journal {
 public:
  // The references must outlive the object. `random` makes the ids of history rows.
  SqlJournal(Database& database, BlockingExecutor& blocking, base::Random& random,
             std::int64_t fence)
      : database_(database), blocking_(blocking), random_(random), fence_(fence) {}

  // For a run, which by its fence is alone with the pairs of its account: what it has read of them
  // is returned until it writes to them. Marks that are added meanwhile are seen by the next run.
  void remember_pairs() { remembers_pairs_ = true; }
  // Whether a commit was begun.
  bool wrote() const { return inserts_.has_value(); }

  Task<> commit(sync::WriteBatch batch) override;
  Task<std::vector<sync::Pair>> pairs(std::string account) override;
  Task<std::vector<sync::Intent>> intents(std::string pair) override;
  Task<sync::OpenWork> open_work(std::string pair) override;
  Task<bool> has_changes(std::string pair) override;
  Task<std::vector<sync::Split>> splits(std::string pair) override;
  Task<std::vector<sync::HeldItem>> held_items(std::string pair) override;
  Task<std::vector<sync::Link>> links_by_side_id(std::string pair, sync::SideName side,
                                                 std::vector<std::string> ids) override;
  Task<std::vector<sync::Link>> links_by_id(std::vector<std::string> ids) override;
  Task<std::vector<sync::Link>> links(std::string pair, std::string after,
                                      std::size_t limit) override;
  Task<std::vector<sync::PendingChange>> pending_changes(std::string pair, sync::SideName side,
                                                         std::vector<std::string> ids) override;
  Task<std::vector<sync::LinkWithChanges>> links_with_changes(std::string pair, std::string after,
                                                              std::size_t limit) override;
  Task<std::vector<sync::PendingChange>> unlinked_changes(std::string pair, sync::SideName side,
                                                          std::string after,
                                                          std::size_t limit) override;
  Task<std::vector<sync::Link>> links_missing_from_listing(std::string pair, sync::SideName side,
                                                           std::uint64_t generation,
                                                           std::string after,
                                                           std::size_t limit) override;
  Task<std::map<std::string, sync::RemoteItem>> remote_items(std::string pair,
                                                             std::vector<std::string> ids) override;
  Task<std::map<std::string, sync::RemoteItem>> remote_items_by_crm_id(
      std::string account, std::vector<std::string> crm_ids) override;
  Task<std::size_t> count_links(std::string pair) override;
  Task<sync::PendingDeletions> pending_deletions(std::string pair) override;
  Task<std::vector<sync::Link>> links_by_address(std::string account,
                                                 std::vector<std::string> addresses) override;
  Task<std::vector<sync::Invitation>> invitations(std::string uid) override;
  Task<std::vector<std::string>> uids_to_tell(std::string pair) override;

  // For the status page, moves between calendars and daily maintenance; the engine needs none.

  // What waits for another try, in the live pairs of the account, ordered by pair, side and id.
  Task<std::vector<sync::HeldItem>> held_items_of_account(std::string account);
  // Everything that is held in the account is tried in its next run, but for mails that need the
  // user's consent.
  Task<> try_held_again(std::string account);
  // The user's consent: what is held because of its mails is written in the next run, and mailed.
  Task<> allow_mails(std::string account);
  // The pairs of all accounts for one remote calendar, drafts included.
  Task<std::vector<sync::Pair>> pairs_of_remote_calendar(std::string remote_calendar);
  // The pair that a calendar of the CRM belongs to; nullopt: none.
  Task<std::optional<sync::Pair>> pair_of_crm_calendar(std::string crm_calendar);
  // The number of held links by held_reason; without retired ones.
  Task<std::map<std::string, std::size_t>> held_reasons(std::string account);
  Task<std::size_t> count_unlinked_changes(std::string pair, sync::SideName side);
  // Links with a held_reason, ordered by id; without retired ones.
  Task<std::vector<sync::Link>> held(std::string account);
  // Deletes pairs with all their links, changes, intents, history and channels.
  Task<> erase_pairs(std::vector<std::string> ids);
  Task<> prune_history(base::Instant older_than);
  // Invitations at their end: their content goes first, then the rows.
  Task<> prune_invitations(base::Instant contents_older_than, base::Instant rows_older_than);
  // What guests of the account have not got, in the order of making: waiting, with the mailer, or
  // failed. At most `limit`.
  Task<std::vector<sync::Invitation>> untold(std::string account, std::size_t limit);
  Task<InvitationCounts> count_untold(std::string account);
  // What the mailer says of messages that it has.
  Task<> note_mail_states(std::vector<MailState> states);

 private:
  template <class T>
  using Query = std::function<Result<>(Connection&, T& found)>;

  template <class T>
  Task<T> read(Query<T> query);
  Task<> write(Database::Work work);

  Database& database_;
  BlockingExecutor& blocking_;
  base::Random& random_;
  std::int64_t fence_;
  std::optional<Inserts> inserts_;  // once something was written
  bool remembers_pairs_ = false;
  std::optional<std::pair<std::string, std::vector<sync::Pair>>> known_pairs_;  // of an account
};

}  // namespace gcal::store
