// The values and the ports of the sync engine: Side is one of the two calendars of a pair, Journal
// is the engine's durable memory. The CRM and the remote calendar are both Sides, so the engine is
// symmetric and tests need two fakes only. No HTTP, no SQL, no C ABI here: those are in the
// implementations. Thread: everything is called from the loop thread. Failures are Results; which
// error codes the engine tells apart is said beside Operation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/task.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event.hpp"
#include "src/engine/calendar/plan_mails.hpp"
#include "src/engine/sync/invitation.hpp"
#include "src/engine/sync/remote_item.hpp"

namespace gcal::sync {

using calendar::OriginalStart;
using calendar::Series;

using Version = std::string;  // a CRM revision or a remote etag; opaque, compared for equality only

// The two sides of a pair. The numbers are stored in the journal.
enum class SideName : std::uint8_t { crm = 0, remote = 1 };

inline constexpr std::array kBothSides{SideName::crm, SideName::remote};

constexpr SideName other(SideName side) {
  return side == SideName::crm ? SideName::remote : SideName::crm;
}

// One value for each side.
template <class T>
struct PerSide {
  T crm{};
  T remote{};

  T& operator[](SideName side) { return side == SideName::crm ? crm : remote; }
  const T& operator[](SideName side) const { return side == SideName::crm ? crm : remote; }
  friend bool operator==(const PerSide&, const PerSide&) = default;
};

// What a side's feed of changes says about one series.
struct FeedItem {
  // full: `series` is everything the side holds.
  // partial: amends the last known state. Google lists a changed occurrence without its unchanged
  //   siblings, and a cancelled occurrence without its master. In a full listing, a partial item
  //   with a master replaces what was known.
  // deleted: the side no longer holds the series; `series` is meaningless.
  enum class Kind { full, partial, deleted };

  std::string id;  // of the series on that side
  Version version;
  Kind kind = Kind::full;
  Series series;
  bool has_master = true;  // partial: master, recurrence and facts are set, not occurrences alone
  std::string split_of;    // the series that this one was split off from; "" if unknown or none
  bool silent = false;     // in the CRM: its user acted and asked that no guest be informed
  bool by_google = false;  // in the CRM: its user acted and asked that the remote service mails
  RemoteItem remote_item;  // of the remote side
};

// A series that exists on a side and cannot be parsed. It must neither stop the other items of the
// page nor count as deleted.
struct Unreadable {
  std::string id;
  std::string reason;   // in our words, without calendar content
  bool failed = false;  // the request failed: it may be readable in a moment
};

struct ChangesPage {
  std::vector<FeedItem> items;
  std::vector<Unreadable> unreadable;
  std::string next;      // for the next call: the next page while `more`, else the new cursor
  bool more = false;     // only this says that the read is not complete: a page may be empty
  bool listing = false;  // the read began without a cursor: a series that is not in it may be gone
};

// Who mails the guests of a write: no one, the remote service (stored as `google`), or the CRM.
// Only a user's own act in the CRM is mailed; an import, a repetition or an echo never is. Decided
// once for each act, stored with its intent and never computed again. With `crm` the remote service
// writes without mail, and each guest gets an Invitation (decision 0046).
enum class Notify { none, google, crm };

// One conditional write to a side. A side may write a put in several requests: after each it
// answers with what is left (Written::rest), which the engine stores before it sends the next.
//
// Error codes of a failed operation and what the engine does:
//   conflict              if_version is stale, or the id is taken: read again, then plan again
//   not_found, gone       the object does not exist; for an erase that is success
//   denied                this write is not allowed (event of another organiser): it is held and
//                         shown, the others continue
//   invalid               the side refuses this content: held likewise
//   needs_auth            the whole account waits until the user connects it again
//   unavailable, timeout  the outcome may be unknown: the intent stays and is resolved by reading
// The error's scope says what else would fail; see refusal.hpp.
struct Operation {
  enum class Kind { put, erase };

  Kind kind = Kind::put;
  std::string op_id;    // new for each attempt; the side answers a repeated op_id the same way
  std::string id;       // put: "" creates (the new id derives from link_id); erase: required
  std::string link_id;  // of a base::OrderedIds
  std::uint32_t incarnation = 0;      // see Link
  std::optional<Version> if_version;  // absent only when creating
  Series series;                      // put: the wanted content
  Series before;  // put of an existing series: what the side held at if_version; only differences
                  // are sent
  // put at the remote side: what was stored of the series; when creating, of the one that the new
  // object repeats. Read from the journal for each write, not part of an intent.
  RemoteItem remote_item;
  Notify notify = Notify::none;
  std::vector<calendar::Mail> mails;  // who is mailed by the requests that are left; with `google`
                                      // and none named: by the first request
  Version act;  // the CRM's version whose edit is carried out, "" if none: its guests are notified
                // once, however often the write is repeated
  std::uint32_t steps = 0;  // requests of this write that were answered
  bool created = false;     // the first of them created the object
  calendar::FieldSet sent;  // the fields that they wrote
  // put of an existing series: its RFC 5545 SEQUENCE is raised to this number at least, because the
  // guest who is invited again knows it already. 0: the remote service counts.
  std::int64_t sequence = 0;
};

// The answer to a successful Operation.
struct Written {
  std::string id;
  Version version;
  Series series;  // as the side holds it now, which may be cut or normalised
  // A put of which something is left: the same wanted `series`, with `before` and `if_version` as
  // this request left them. Absent: everything was written.
  std::optional<Operation> rest;
  RemoteItem remote_item;  // of the remote side
};

// The object does not exist on the side.
inline bool is_absent(const Error& error) {
  return error.code == Code::not_found || error.code == Code::gone;
}
// The object exists on the side and cannot be read.
inline bool is_unreadable(const Error& error) {
  return (error.code == Code::invalid || error.code == Code::denied) && error.scope == Scope::item;
}

// Whether the next request of `operation` lets the remote service mail: one about the occurrence
// `date`, or nullptr: about anything else. What concerns the whole appointment is mailed with the
// first request.
bool lets_mail(const Operation& operation, const OriginalStart* date);
// What is left to mail after a request that left the side holding `now`.
std::vector<calendar::Mail> mails_left(const Operation& operation, const Series& now);

class Side {
 public:
  virtual ~Side() = default;

  // One page of what changed since `cursor`; "" lists everything. Errors: gone (the cursor is no
  // longer valid, list again); not_found or denied (the calendar may have vanished, see exists()).
  virtual Task<ChangesPage> changes(std::string cursor) = 0;

  // The whole series as the side holds it now; kind deleted if it was deleted. Errors: not_found
  // (it never existed, or the calendar does not answer any more); invalid or denied (it exists and
  // cannot be read).
  virtual Task<FeedItem> get(std::string id) = 0;

  // get() of many: one item for each id, of kind deleted if the side does not hold it. Those that
  // cannot be read are left out.
  virtual Task<std::vector<FeedItem>> get_many(std::vector<std::string> ids);

  // At most batch_limit() operations. Results in the same order, each for its own operation; fewer
  // if the side stopped: the other operations were not begun. An operation takes effect at most
  // once per op_id.
  virtual Task<std::vector<Result<Written>>> apply(std::vector<Operation> operations) = 0;

  // Called after the journal has stored the results: the side may forget these op_ids.
  virtual Task<> settle(std::vector<std::string> op_ids) = 0;

  // Whether the calendar itself still exists for this account. false is certain (deleted,
  // unsubscribed, access removed); any doubt is an error.
  virtual Task<bool> exists() = 0;

  // Whether this account may write to the calendar now. Asked when a write was refused with the
  // scope `calendar`, and while the right is known to be lost.
  virtual Task<bool> writable() = 0;

  virtual std::size_t batch_limit() const = 0;
};

// view_only: remote to CRM; the engine never writes to the remote side.
enum class PairMode { two_way, view_only };
enum class PairState { draft, live, hidden, gone };

// One remote calendar of one account, joined with one CRM calendar.
struct Pair {
  std::string id;       // random
  std::string account;  // the host's account id
  std::string remote_calendar;
  std::string crm_calendar;  // "" while draft
  std::string identity;  // the remote user's permanent id: finds the pair again after a reconnect
  PairMode mode = PairMode::view_only;
  PairState state = PairState::draft;
  bool is_primary = false;  // the account's primary calendar, which has the account's address as id
  bool is_default = false;  // new appointments belong here
  bool draining = false;    // was the default until now: what is pending is still written to the
                            // remote side, then the account's own appointments leave
  // The engine did not follow the CRM's copies: the account was disconnected, or the calendar was
  // gone, hidden or not the default. The next cycle restores them, see Cycle::restore_copies.
  bool returning = false;
  PerSide<std::string> cursor;        // "" = nothing listed yet
  PerSide<std::uint64_t> generation;  // number of the last full listing
  // Notifications of changes at the remote side that no completed read covers: web hooks count them
  // beside a cycle. 0: none.
  std::int64_t dirty = 0;
  base::Instant synced_at{};  // the end of the last complete cycle; {} = none yet

  friend bool operator==(const Pair&, const Pair&) = default;
};

// What is stored about one side of a link.
struct SideState {
  std::string id;  // "" = no object on this side
  Version version;
  bool has_base = false;  // false: this side has never held what the other holds; `base` is unset
  Series base;            // what this side held when both last agreed: its merge base
};

// The reasons for which the engine itself holds a link; each is also a key of the string tables.
inline constexpr const char* kHeldInferred = "held.inferred_deletion";  // many absent: user decides
inline constexpr const char* kHeldUnreadable = "held.unreadable";  // exists but cannot be parsed
// Both sides changed the same field, and the account asks its user whose value stays.
inline constexpr const char* kHeldConflict = "held.conflict";
// Of a HeldItem alone: the write of one side is refused, the other direction goes on.
inline constexpr const char* kHeldDenied = "held.denied";    // the side forbids this write
inline constexpr const char* kHeldInvalid = "held.invalid";  // the side refuses the content
inline constexpr const char* kHeldFailing = "held.failing";  // the side fails at this one
inline constexpr const char* kHeldSuspect = "";              // counted, not held: tried in each run
// The write would mail more guests than one run may: the user decides.
inline constexpr const char* kHeldMails = "held.mails";
inline constexpr const char* kMailsAllowed = "held.mails_allowed";  // the user has: it is mailed
// A meeting of another organiser that exists only in the CRM. It is not re-created at the remote
// side, because that would invite its guests again in this user's name.
inline constexpr const char* kHeldForeign = "held.foreign";
// The held_reason of a link whose appointment moved to another default calendar: never written and
// never shown. It is adopted when the appointment comes back to this pair's calendar.
inline constexpr const char* kRetired = "retired";

inline constexpr std::uint32_t kUnusableId = 1 << 16;  // see Link::incarnation

// One series in the CRM joined with one series at the remote side. While both sides agree, this is
// all that is stored about it.
struct Link {
  std::string id;  // a base::OrderedIds; the id of an object that we create derives from it
  std::string pair;
  PerSide<SideState> side;
  // Counts re-creations, because Google never frees the id of a deleted event, and adds kUnusableId
  // for each id that could not be used at all.
  std::uint32_t incarnation = 0;
  std::string
      held_reason;  // not "": quarantined or waiting for the user; a key of the string table
  PerSide<std::uint64_t> generation;  // the last full listing that contained it
  Version notified;  // the CRM's version whose edit the guests were notified about last
  // Of that edit, who is not yet: the requests that would have mailed them were refused, or their
  // write was ended by a conflict. Mailed when the rest of the edit is written.
  std::vector<calendar::Mail> not_mailed;
};

// "This and following" in the CRM: `heir` is a new series with the dates that `origin` gave up. One
// operation of two writes: the heir is created at the remote side, then the origin is shortened.
struct Split {
  std::string pair;
  std::string heir;  // ids of the CRM
  std::string origin;

  friend bool operator==(const Split&, const Split&) = default;
};

// What a side was last seen to hold, kept only while it differs from the base.
struct PendingChange {
  std::string pair;
  SideName side = SideName::crm;
  FeedItem item;  // full or deleted: partial items are applied before they are stored
  std::uint64_t generation = 0;
  bool inferred = false;  // deleted because a full listing did not contain it, not because the side
                          // said so
  // In the CRM: when the engine first saw this act of a user. {}: it is none, because a listing
  // brought it, or an appointment that existed before, or what a calendar returns with. Only an act
  // is mailed. What never was at the remote side stays what it was, however often it is edited.
  base::Instant acted_at{};
};

// The key of a PendingChange.
struct ChangeKey {
  std::string pair;
  SideName side = SideName::crm;
  std::string id;
};

// What was reported of the series `id` of the remote side beyond the engine's model.
struct ReportedRemoteItem {
  std::string pair;
  std::string id;
  RemoteItem item;
};

// A series of the remote side that is created again takes over what is stored of `from`.
struct RemoteItemMove {
  std::string pair;
  std::string from;
  std::string to;
};

// A write to the remote side that was begun and whose result is not stored yet. Writes to the CRM
// need none: their ids derive from the link, and the CRM's feed reports what became of them.
struct Intent {
  std::string op_id;
  std::string pair;
  std::string link;
  Operation operation;
};

// A request about one object that does not succeed: its write is refused or fails again and again,
// or it cannot be read. It is shown, and tried again: when its content changes on either side, at
// `next_try`, by another version of the engine and on request.
struct HeldItem {
  std::string pair;
  SideName side = SideName::crm;  // whose answer is the problem
  std::string id;                 // of the object on that side
  std::string link;               // "" = it has none: it could not be read since it was first seen
  std::string reason;             // one of the kHeld keys
  std::string detail;             // in our words, without calendar content
  std::uint32_t attempts = 0;
  base::Instant next_try{};
  std::string version;  // of the plugin that tried last

  friend bool operator==(const HeldItem&, const HeldItem&) = default;
};

// One line of history: what happened to an appointment and why.
struct HistoryEntry {
  std::string pair;
  std::string link;
  base::Instant at{};
  std::string what;  // "created", "updated", "deleted", "conflict", "held", "quarantined",
                     // "restored", "calendar_gone"
  SideName side = SideName::crm;  // where it took effect
  std::string detail;             // a key of the string table, never a sentence
  // For restoring. deleted: the last content, kept 30 days; conflict: the value that did not win.
  std::optional<Series> copy;
};

// The CRM's record of an appointment has got another id. The retired links of any pair that name it
// follow, so that the appointment is known when it returns to their calendar.
struct RecordRename {
  std::string from, to;
};

// A read of the remote side was completed: it covers the notifications counted when it began. If
// more have come since, the mark stays.
struct CoveredMarks {
  std::string pair;
  std::int64_t dirty = 0;
};

// What one transaction stores: all or nothing, in the order of the members. A plain value, so that
// a test can inspect it and a simulation can crash at it.
struct WriteBatch {
  std::vector<Pair> pairs;  // upsert by id; `dirty` is written for a new pair only
  std::vector<CoveredMarks> clear_dirty;
  std::vector<Link> links;  // upsert by id
  std::vector<RecordRename> record_renames;
  std::vector<std::string> delete_links;  // and what is stored in remote items of their series
  std::vector<RemoteItemMove> remote_item_moves;
  std::vector<ReportedRemoteItem> remote_items;
  std::vector<PendingChange> changes;  // upsert by (pair, side, item.id)
  std::vector<ChangeKey> delete_changes;
  std::vector<std::string> clear_acts;  // ids of pairs: what is pending in the CRM is no act
  std::vector<Intent> intents;
  std::vector<std::string> delete_intents;
  std::vector<Split> splits;  // upsert by (pair, heir)
  std::vector<Split> delete_splits;
  std::vector<HeldItem> held;           // upsert by (pair, side, id)
  std::vector<ChangeKey> release_held;  // the same keys; those of a deleted link go with it
  std::vector<HistoryEntry> history;
  std::vector<Invitation> invitations;  // upsert by id; a new one is the last of its pair

  bool empty() const;
};

// A link with what is pending on each side: the input of the planner.
struct LinkWithChanges {
  Link link;
  PerSide<std::optional<PendingChange>> change;
};

// Deletions that wait to be applied to the other side, of links that are not held.
struct PendingDeletions {
  std::size_t reported_by_remote = 0;
  std::size_t inferred_at_remote = 0;  // absent there, confirmed one by one
  std::size_t inferred_in_crm = 0;

  std::size_t inferred() const { return inferred_at_remote + inferred_in_crm; }
};

// Errors of every function: those of the store (unavailable, conflict, internal); invalid for a
// damaged row.
// What the passes before have left of a pair.
struct OpenWork {
  std::vector<HeldItem> held;   // ordered by side and id
  std::vector<Intent> intents;  // writes whose outcome is not known
};

class Journal {
 public:
  virtual ~Journal() = default;

  virtual Task<> commit(WriteBatch batch) = 0;  // durable when it returns success

  virtual Task<std::vector<Pair>> pairs(std::string account) = 0;
  virtual Task<std::vector<Intent>> intents(std::string pair) = 0;
  virtual Task<OpenWork> open_work(std::string pair) = 0;
  // Whether a change of the pair is pending, on either side, or a split of it has not ended.
  virtual Task<bool> has_changes(std::string pair) = 0;
  virtual Task<std::vector<Split>> splits(std::string pair) = 0;  // ordered by heir
  // Ordered by side and id.
  virtual Task<std::vector<HeldItem>> held_items(std::string pair) = 0;
  // Links by the ids that a side uses; ids without a link are left out.
  virtual Task<std::vector<Link>> links_by_side_id(std::string pair, SideName side,
                                                   std::vector<std::string> ids) = 0;
  virtual Task<std::vector<Link>> links_by_id(std::vector<std::string> ids) = 0;
  // All links of a pair, ordered by id; at most `limit`, beginning after the id `after`.
  virtual Task<std::vector<Link>> links(std::string pair, std::string after, std::size_t limit) = 0;
  virtual Task<std::vector<PendingChange>> pending_changes(std::string pair, SideName side,
                                                           std::vector<std::string> ids) = 0;
  // Links with at least one pending change and without held_reason; at most `limit`, ordered by
  // link id, beginning after the id `after`.
  virtual Task<std::vector<LinkWithChanges>> links_with_changes(std::string pair, std::string after,
                                                                std::size_t limit) = 0;
  // Pending changes whose id has no link yet; at most `limit`, ordered by id, beginning after the
  // id `after`.
  virtual Task<std::vector<PendingChange>> unlinked_changes(std::string pair, SideName side,
                                                            std::string after,
                                                            std::size_t limit) = 0;
  // Links that should exist on `side` (it has a base or was seen there) and were not in the full
  // listing `generation`; paged as above.
  virtual Task<std::vector<Link>> links_missing_from_listing(std::string pair, SideName side,
                                                             std::uint64_t generation,
                                                             std::string after,
                                                             std::size_t limit) = 0;
  // What is stored of series of the remote side beyond the model; those without are left out.
  virtual Task<std::map<std::string, RemoteItem>> remote_items(std::string pair,
                                                               std::vector<std::string> ids) = 0;
  // The same by the CRM's id, of any pair of the account: of an appointment that was in another
  // remote calendar before.
  virtual Task<std::map<std::string, RemoteItem>> remote_items_by_crm_id(
      std::string account, std::vector<std::string> crm_ids) = 0;
  virtual Task<std::size_t> count_links(std::string pair) = 0;
  virtual Task<PendingDeletions> pending_deletions(std::string pair) = 0;
  // Links of an account with an attendee of one of these normalised addresses: their leads and
  // contacts are looked up again when a CRM record changes.
  virtual Task<std::vector<Link>> links_by_address(std::string account,
                                                   std::vector<std::string> addresses) = 0;
  // All rows about one UID, of every pair and those at their end too, in the order of their making.
  virtual Task<std::vector<Invitation>> invitations(std::string uid) = 0;
  // The UIDs with rows that are waiting or ready, ordered, without those of links with an open
  // intent: what is left of such a write may belong into the same message.
  virtual Task<std::vector<std::string>> uids_to_tell(std::string pair) = 0;
};

}  // namespace gcal::sync
