// One synchronisation pass for one pair of calendars: resolve the intents that an earlier pass left
// open, read both sides, match, plan and write until nothing is left. Called by the plugin's
// background run and by the simulation. Every step is stored before the next one depends on it, so
// a pass may end at any point (error, crash) and the next one continues from the journal. The
// caller makes sure that no two cycles of a pair run at once. Thread: loop thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/ordered_ids.hpp"
#include "src/common/base/random.hpp"
#include "src/engine/sync/cleaned_side.hpp"
#include "src/engine/sync/plan.hpp"
#include "src/engine/sync/ports.hpp"
#include "src/engine/sync/refusal.hpp"

namespace gcal::sync {

struct CycleOptions {
  ConflictPolicy conflict_policy = ConflictPolicy::remote_wins;
  // By link: what the user decided about a conflict that was held.
  std::map<std::string, ConflictPolicy> decided_conflicts{};
  bool read_remote = true;  // false: the preview has just read it, the journal has its changes
  // Called when both sides are read and before anything is planned; an error ends the pass.
  std::function<Task<>()> after_read;
  std::size_t mail_budget = 200;  // guests that may be mailed in one pass; writes that would mail
                                  // more are held until the user decides
  std::set<std::string> own_addresses{};  // of the account, normalised
  // Who mails the guests of the acts that this pass plans. `crm` holds for what the account
  // organises; the remote service mails the rest.
  Notify mailer = Notify::google;
  // A write that mails guests waits so long after the user's act, which may be undone until then.
  base::Milliseconds mail_delay{0};
  bool send_now = false;        // the user asked for it: nothing waits for mail_delay
  std::string version;          // of the plugin: what another version could not do is tried again
  bool try_held_again = false;  // a user asked for it: everything held is due
  // As the calendar list said last. false: what waits for the remote side waits until the right is
  // back, which is asked once in each pass that has something to write.
  bool remote_writable = true;
  base::Instant no_creations_before{};  // the remote side takes no new objects until then
};

struct CycleReport {
  PerSide<std::size_t> created;  // what this pass wrote to each side
  PerSide<std::size_t> updated;
  PerSide<std::size_t> erased;
  std::size_t conflicts = 0;
  std::size_t held = 0;
  std::size_t quarantined = 0;
  bool calendar_gone = false;
  bool unfinished = false;  // conflicts used up all rounds: run again soon
  // What ended a part of the pass: writes, or creations, at the remote side. Everything else was
  // done.
  std::optional<Error> error;
  base::Instant no_creations_until{};     // {}: creations were not refused
  std::optional<base::Instant> next_try;  // when the next held item or the next mail is due
  bool left_due = false;                  // a held item is due and could not be tried
  bool right_is_lost = false;  // the calendar may not be written: its entry must be read again
  bool right_is_back = false;

  std::size_t writes() const {
    return created.crm + created.remote + updated.crm + updated.remote + erased.crm + erased.remote;
  }
};

class Matcher;
struct CopyChange;

// What the engine takes in of the CRM: what was there before, or what its user did.
enum class CountAs { existing, acts };

class Cycle {
 public:
  // The references must outlive the cycle.
  Cycle(Side& crm, Side& remote, Journal& journal, const base::Clock& clock, base::Random& random,
        CycleOptions options)
      : cleaned_{CleanedSide(crm), CleanedSide(remote)},
        journal_(journal),
        clock_(clock),
        random_(random),
        options_(std::move(options)) {}
  Cycle(const Cycle&) = delete;
  Cycle& operator=(const Cycle&) = delete;

  // Synchronises the pair and updates `pair` as it is stored. An error ends the pass and loses
  // nothing. Errors: needs_auth (the user must connect again), unavailable and timeout (repeat
  // later), conflict (another pass of the pair wrote; repeat), internal.
  Task<CycleReport> run(Pair& pair);

  // The engine stops following the copies, because the account was disconnected: what the user did
  // to them until now is stored as pending, what follows will not be carried over. Reads the CRM
  // only. Repeating it has no effect. Errors: those of the CRM and the journal.
  Task<> leave(Pair& pair);

  // A returning pair has returned, apart from a pass: what the remote side holds is stored, and the
  // copies are again what the engine last knew of them. Writes to the CRM only. Repeating it has no
  // effect. Errors: those of both sides and the journal.
  Task<> come_back(Pair& pair);

  // Reads what is new in the CRM, apart from a pass. existing: the caller has just moved it there,
  // or it was there before, so its guests are not notified. acts: the set-up of the account created
  // the calendar, and its user made everything in it since. Errors: those of the CRM and the
  // journal.
  Task<> take_in(Pair& pair, CountAs what);

  // Reads the remote side only and stores what it holds, for the preview of a set-up: `pair` is a
  // draft. Returns the number of series. Errors as above.
  Task<std::size_t> preview(Pair& pair);

  // How many guests the next run would notify, as far as the journal knows. Errors: its.
  Task<std::size_t> count_mails(Pair& pair);

 private:
  // Reading: cycle_reading.cpp
  void note_intents(const std::vector<Intent>& intents);
  Task<> load_intents();
  Task<> resolve_intents(std::vector<Intent> intents);
  Task<> resolve_intent(Intent intent);
  Task<> read_changes(SideName side);
  Task<> begin_listing(SideName side);
  Task<> read_remote();
  Task<> follow_remote();
  Task<> follow_crm();
  Task<> store_page(SideName side, std::vector<FeedItem> items, bool listing);
  Task<> store_unreadable(SideName side, std::vector<Unreadable> unreadable);
  void hold_unreadable(WriteBatch& batch, Link& link, SideName side, const std::string& reason);
  Task<bool> agree(WriteBatch& batch, Link& link, const Series& in_crm, bool first_seen);
  Task<> confirm_absent(SideName side);

  // What the remote side has beyond the model: cycle_remote_items.cpp
  void keep_remote_item(WriteBatch& batch, SideName side, const std::string& id, RemoteItem item);
  Task<> take_over_remote_items(WriteBatch& batch, const std::vector<LinkWithChanges>& links);
  Task<> attach_remote_items(std::vector<Operation>& operations,
                             const std::vector<LinkWithChanges>& links);
  // Default calendars and the return of calendars: cycle_return.cpp
  Task<> restore_copies();
  Task<> restore(std::vector<CopyChange> changes);
  void rename_copy(WriteBatch& batch, CopyChange& change);
  Task<> hold_copy(WriteBatch& batch, CopyChange change, const Error& error);
  Task<> remove_leftovers(std::vector<FeedItem> leftovers);
  Task<> adopt_retired(WriteBatch& batch, Link& link);

  // Matching: cycle_matching.cpp
  Task<> match_unlinked();
  Task<> match_remote_page(const std::vector<PendingChange>& page, Matcher& matcher,
                           WriteBatch& outdated);
  Task<std::set<std::string>> take_back_deletions(std::vector<std::string> unmatched);

  // Who is mailed: cycle_mails.cpp
  void plan_mails(const LinkWithChanges& linked, Plan& plan) const;
  Notify mailer_of(const LinkWithChanges& linked, const Plan& plan) const;
  void tell_guests(WriteBatch& batch, const Operation& operation, const Link* link,
                   const Series* before, const Series* after);
  void tell_of_arrival(WriteBatch& batch, const Operation& operation, Link& link,
                       const Series& found);
  Task<> raise_sequences(std::vector<Operation>& operations);
  bool may_mail(WriteBatch& batch, const LinkWithChanges& linked, const Plan& plan, bool writes);
  base::Instant acted_at(SideName side, const std::optional<PendingChange>& known,
                         const FeedItem& item, const Link* link, bool listing) const;

  // Holding: cycle_held.cpp
  void note_held(std::vector<HeldItem> items);
  void hold_item(WriteBatch& batch, SideName side, const std::string& id, const std::string& link,
                 const char* reason, bool may_pass, const Error& error);
  void release_item(WriteBatch& batch, SideName side, const std::string& id);
  void release_writes(WriteBatch& batch, const Link& link);
  void note_success(WriteBatch& batch, SideName side, const std::string& id);
  Task<> blame(WriteBatch& batch, SideName side, const std::string& id, const std::string& link,
               const char* reason, const Error& error);
  Task<> read_held();
  Task<> forget_unreadable(WriteBatch& batch, const HeldItem& item, bool absent);
  Task<bool> right_to_write();
  Task<bool> store_refusal(WriteBatch& batch, SideName side, const Link& link, const Error& error);
  void hold_repeated_conflict(WriteBatch& batch, SideName side, const Link& link,
                              const Error& error);
  void hold_unusable_id(WriteBatch& batch, SideName side, Link& link, const Error& error);
  Task<> release_settled();

  // Deciding: cycle.cpp
  ConflictPolicy policy_for(const Link& link) const;
  struct Writes {  // of one side
    std::vector<LinkWithChanges> links;
    std::vector<Plan> plans;
  };
  Task<> carry_out_changes();
  Task<bool> plan_and_apply();  // true: something was written, plan again
  Task<bool> apply_pages(SideName side);
  Task<bool> apply_plans(SideName side, std::vector<LinkWithChanges> page);
  bool may_write(SideName side, const Link& link, const Plan& plan) const;
  Task<> write_all(SideName side, Writes writes);
  void hold(WriteBatch& batch, LinkWithChanges linked, const char* reason);
  void remove_link(WriteBatch& batch, const LinkWithChanges& linked);
  void rebase(WriteBatch& batch, LinkWithChanges linked);
  Task<> check_deletion_guard();
  Task<> mark_calendar_gone();
  void add_history(WriteBatch& batch, const std::string& link, SideName side, std::string what,
                   std::string detail, std::optional<Series> copy = {});

  // Writing: cycle_writing.cpp
  Task<> write(SideName side, std::vector<LinkWithChanges> links, std::vector<Plan> plans);
  Task<> send(SideName side, std::vector<Operation> operations, std::vector<LinkWithChanges> links,
              std::vector<Plan> plans);
  Operation operation_for(SideName side, Link& link, const LinkWithChanges& linked,
                          const Plan& plan);
  void begin_new_object(WriteBatch& batch, SideName side, LinkWithChanges& linked,
                        const Link& before);
  Task<bool> store_result(WriteBatch& batch, SideName side, const Operation& operation,
                          const LinkWithChanges& linked, const Plan& plan, Result<Written> result);
  void store_written(WriteBatch& batch, SideName side, const Operation& operation,
                     const LinkWithChanges& linked, const Plan& plan, const Written& written);
  // How it is known that a request arrived: its answer says how the side holds what was sent; what
  // is read later may contain what others wrote since.
  enum class Arrival { answered, read };
  void store_step(WriteBatch& batch, SideName side, Operation& operation, LinkWithChanges& linked,
                  Written written, Arrival arrival);
  void renew_pending(WriteBatch& batch, SideName side, LinkWithChanges& linked, Written written);

  // Writes of several requests, operations of several writes: cycle_steps.cpp
  Task<> resume(const Intent& intent, const Link& link);
  Task<bool> continue_put(const Intent& intent, const Link& link, const FeedItem& found);
  Task<> end_splits();
  Task<std::vector<LinkWithChanges>> review_splits();
  Task<LinkWithChanges> with_changes(Link link);
  Task<> store_conflict(WriteBatch& batch, SideName side, const Operation& operation,
                        const LinkWithChanges& linked, const Error& error);

  PerSide<CleanedSide> cleaned_;
  PerSide<Side*> sides_{&cleaned_.crm, &cleaned_.remote};
  Journal& journal_;
  const base::Clock& clock_;
  base::Random& random_;
  base::OrderedIds ids_;  // of links
  CycleOptions options_;
  Pair* pair_ = nullptr;
  CycleReport report_;
  bool changed_ = false;  // something was read or written that the pair's row must record
  bool initial_sync_ = false;
  std::optional<CountAs> taking_in_;  // how what the CRM reports counts; nothing: as in a pass
  std::size_t mails_left_ = 0;
  std::optional<base::Instant> next_mail_;  // when the next write that waits for its mails is due
  HeldItems held_;
  std::set<std::string> open_intents_;  // links whose last remote write has an unknown outcome
  std::map<std::string, std::size_t> conflicts_of_;  // of links, in this pass
  struct {
    bool all = false;
    bool creations = false;
  } closed_;                              // remote writes that this pass does not try any more
  bool remote_wanted_ = false;            // a plan of this round writes to the remote side
  std::optional<bool> right_;             // to write to the remote calendar, once it was asked for
  bool answered_ = false;                 // the remote calendar has answered a request
  bool recheck_deletion_guard_ = true;    // the guard must run again before the next write
  bool hold_inferred_deletions_ = false;  // too many deletions rest on absence: the user decides
  std::set<std::string> waiting_;         // ids in the CRM of origins that wait for their heir
  bool missed_at_remote_ = false;         // a write did not find its event
  bool alone_in_crm_ = false;        // an appointment was read without what else the feed tells of
  bool calendar_confirmed_ = false;  // the remote calendar answered after the last absence was seen
};

}  // namespace gcal::sync
