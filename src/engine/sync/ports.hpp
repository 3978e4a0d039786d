// The ports of the sync engine: Side is one end of a pair of calendars, Journal is the engine's
// memory. The CRM and Google are both Sides, so that the engine is symmetric and a test needs no
// more than two fakes. Nothing here knows HTTP, SQL or the C ABI. [loop thread] Everything below is
// called from the loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/task.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::sync {

using calendar::OriginalStart;
using calendar::Series;

using Version = std::string;  // a CRM revision or a Google etag; opaque, compared for equality only

// What a feed says about one series. `fragment` amends the last known state: Google lists a changed
// occurrence without its unchanged siblings, and a cancelled occurrence without its master. In a
// listing, a fragment with its master begins anew.
struct Observation {
  enum class Kind { whole, fragment, gone };

  std::string id;  // of the series on that side
  Version version;
  Kind kind = Kind::whole;
  Series series;  // whole: everything; fragment: see has_master; gone: meaningless
  bool has_master =
      true;  // fragment: series.master, recurrence and facts are set; occurrences always amend
  bool moved_away = false;  // gone, because it now stands in another calendar
};

// One that stands there and cannot be read. It must not stop the others, and it is not gone.
struct Unreadable {
  std::string id;
  std::string reason;  // in our words, without calendar content
};

struct ChangesPage {
  std::vector<Observation> items;
  std::vector<Unreadable> unreadable;
  std::string
      next;  // pass to the next call: a page position while `more`, afterwards the new cursor
  bool more = false;  // an empty page is not the end; only this says so
  bool listing =
      false;  // true: the read began without a cursor, so a series that never comes may be gone
};

// Who is told of a write. Google mails only where a person acted now; a back-fill, a repetition or
// an echo never mails.
enum class Notify { nobody, guests };

struct Operation {
  enum class Kind { put, erase };

  Kind kind = Kind::put;
  std::string
      op_id;  // new whenever body or precondition differs; the side answers a repeated one alike
  std::string id;       // put: "" creates (then link_id names the new object); erase: required
  std::string link_id;  // 128 random bits: ids of created objects derive from it
  std::uint32_t incarnation =
      0;  // counts re-creations of the same link, because Google never frees an id
  std::optional<Version> if_version;  // absent only when creating
  Series series;                      // put: the wanted content
  Series before;  // put of an existing one: what the side held when if_version was read; only
                  // differences travel
  Notify notify = Notify::nobody;
};

struct Written {
  std::string id;
  Version version;
  Series series;  // as the side holds it now, which may be cut or normalised
};

// Codes of a failed Operation that the engine decides on:
//   conflict     if_version is stale, or the id is taken: re-read, then plan again
//   not_found, gone   the object is not there (erase: that is success)
//   denied       this write will never be allowed (view-only calendar, foreign event): quarantine,
//   show, go on invalid      the side refuses this content: quarantine, show, go on needs_auth the
//   whole account waits for a person unavailable, timeout   the outcome may be unknown: the intent
//   stays and is resolved by reading
// Two families of them, as the engine and its sides ask: nothing stands there; it stands there and
// cannot be had.
inline bool is_absent(const Error& error) {
  return error.code == Code::not_found || error.code == Code::gone;
}
inline bool is_unreadable(const Error& error) {
  return error.code == Code::invalid || error.code == Code::denied;
}

class Side {
 public:
  virtual ~Side() = default;

  // cursor "" lists everything. Code::gone: the cursor is no longer valid, list again.
  // Code::not_found or denied: see exists().
  virtual Task<ChangesPage> changes(std::string cursor) = 0;
  // The whole series as it stands; kind gone when it was deleted. Code::not_found: it never
  // existed, or the calendar does not answer any more. invalid or denied: it stands there, but
  // cannot be read.
  virtual Task<Observation> get(std::string id) = 0;
  // At most batch_limit() operations, answered in order and each for itself. Each takes effect at
  // most once per op_id.
  virtual Task<std::vector<Result<Written>>> apply(std::vector<Operation> operations) = 0;
  // After the journal has stored the answers: the side may forget these op_ids.
  virtual Task<> settle(std::vector<std::string> op_ids) = 0;
  // Does the calendar itself still answer? false is certain knowledge (deleted, unsubscribed, right
  // lost); doubt is an error.
  virtual Task<bool> exists() = 0;
  virtual std::size_t batch_limit() const = 0;
};

enum class SideName : std::uint8_t { crm = 0, google = 1 };
constexpr std::size_t at(SideName name) {
  return static_cast<std::size_t>(name);
}  // index of the arrays below

enum class PairMode {
  two_way,
  view_only
};  // view_only: Google to CRM; the engine never writes to Google
enum class PairState { draft, live, hidden, gone };

// One Google calendar of one account, joined with one CRM calendar.
struct Pair {
  std::string id;       // random
  std::string account;  // the host's account id
  std::string google_calendar;
  std::string crm_calendar;  // "" while draft
  std::string identity;  // "<google sub>": finds the pair again when the account is connected anew
  PairMode mode = PairMode::view_only;
  PairState state = PairState::draft;
  std::string cursor[2];                 // by SideName; "" = nothing listed yet
  std::uint64_t generation[2] = {0, 0};  // of the last full listing
  bool dirty = false;         // a web hook said that something changed; set beside a running cycle
  base::Instant synced_at{};  // the end of the last complete cycle

  friend bool operator==(const Pair&, const Pair&) = default;
};

struct End {
  std::string id;  // "" = no object on this side
  Version version;
  bool agreed =
      false;  // false: this side has not yet held what the other holds, and `series` means nothing
  Series series;  // what this side held at the last agreement: the merge base of this side
};

// The reasons for which the engine itself holds a link; each is also a key of the string table.
inline constexpr const char* kHeldInferred =
    "held.inferred_deletion";  // many deletions rest on absence: a person decides
inline constexpr const char* kHeldDenied =
    "held.denied";  // the other side does not allow this write
inline constexpr const char* kHeldInvalid = "held.invalid";  // the other side refuses this content
inline constexpr const char* kHeldUnreadable =
    "held.unreadable";  // it stands there and cannot be read
inline constexpr const char* kHeldForeign =
    "held.foreign";  // someone else's meeting: it is never invited to anew
// The held_reason of a link whose appointment has a new home (another default calendar): never
// written, never shown again, never woken.
inline constexpr const char* kRetired = "retired";

// One series in the CRM joined with one series in Google. In step, this is all that is stored about
// it.
struct Link {
  std::string id;  // 128 random bits; the CRM id of an imported event and Google's id of an
                   // exported one derive from it
  std::string pair;
  End end[2];  // by SideName
  std::uint32_t incarnation = 0;
  std::string held_reason;  // not "": quarantined or waiting for a person; why, for the screen
  std::uint64_t generation[2] = {0, 0};  // the last full listing that contained it
};

// What a side was seen to hold, kept only while it differs from the base.
struct Observed {
  std::string pair;
  SideName side = SideName::crm;
  Observation observation;  // kind whole or gone: fragments are folded in before they are stored
  std::uint64_t generation = 0;
  bool inferred = false;  // gone by absence from a full listing, not by word of the side
};

// A write that was begun and whose answer was not yet stored.
struct Intent {
  std::string op_id;
  std::string pair;
  std::string link;
  SideName side = SideName::google;
  Operation operation;
};

// One line of history: what happened to an appointment and why, with the copy that can be restored.
struct HistoryEntry {
  std::string pair;
  std::string link;
  base::Instant at{};
  std::string what;  // "created", "updated", "deleted", "conflict", "held", "quarantined",
                     // "restored", "calendar_gone"
  SideName side = SideName::crm;  // where it took effect
  std::string detail;             // a key of the string table, never a sentence
  std::optional<Series>
      copy;  // deleted: the last content, kept 30 days; conflict: the value that did not win
};

// Everything one transaction stores, applied in this order and all or nothing. A value, so that a
// test can look at it and a simulation can crash at it.
struct Commit {
  std::vector<Pair> pairs;           // upsert by id; `dirty` is only written for a new pair
  std::vector<std::string> cleaned;  // pairs whose dirty mark is taken back, before they are read
  std::vector<Link> links;           // upsert by id
  std::vector<std::string> dropped_links;
  std::vector<Observed> observed;  // upsert by (pair, side, observation.id)
  struct Seen {
    std::string pair;
    SideName side;
    std::string id;
  };
  std::vector<Seen> dropped_observed;
  std::vector<Intent> intents;
  std::vector<std::string> dropped_intents;
  std::vector<HistoryEntry> history;

  bool empty() const;
};

// A link with the two observations that make it worth planning.
struct LinkView {
  Link link;
  std::optional<Observed> seen[2];
};

// Deletions that wait to be carried out to the other side, of links that are not held.
struct PendingDeletions {
  std::size_t told_by_google = 0;      // Google said so
  std::size_t inferred_at_google = 0;  // absent there, confirmed one by one
  std::size_t inferred_in_crm = 0;

  std::size_t inferred() const { return inferred_at_google + inferred_in_crm; }
};

class Journal {
 public:
  virtual ~Journal() = default;

  virtual Task<> commit(Commit commit) = 0;  // durable when it answers

  virtual Task<std::vector<Pair>> pairs(std::string account) = 0;
  virtual Task<std::vector<Intent>> intents(std::string pair) = 0;
  // Links by the ids that a side uses; ids without a link are left out.
  virtual Task<std::vector<Link>> links_by_end(std::string pair, SideName side,
                                               std::vector<std::string> ids) = 0;
  virtual Task<std::vector<Link>> links_by_id(std::vector<std::string> ids) = 0;
  // Links of the pair by iCalUID of either base, for adoption.
  virtual Task<std::vector<Link>> links_by_ical_uid(std::string pair,
                                                    std::vector<std::string> uids) = 0;
  virtual Task<std::vector<Observed>> observed(std::string pair, SideName side,
                                               std::vector<std::string> ids) = 0;
  // Linked work, ordered by link id, after `after`: links with at least one observation and without
  // held_reason.
  virtual Task<std::vector<LinkView>> work(std::string pair, std::string after,
                                           std::size_t limit) = 0;
  // Observations whose id has no link yet, ordered by id, after `after`.
  virtual Task<std::vector<Observed>> unlinked(std::string pair, SideName side, std::string after,
                                               std::size_t limit) = 0;
  // Links that should stand on that side (agreed, or observed there) and that a complete listing of
  // this generation did not contain.
  virtual Task<std::vector<Link>> unseen(std::string pair, SideName side, std::uint64_t generation,
                                         std::string after, std::size_t limit) = 0;
  virtual Task<std::size_t> count_links(std::string pair) = 0;
  virtual Task<PendingDeletions> pending_deletions(std::string pair) = 0;
  // Links that hold an attendee with one of these normalised addresses: to match again when a
  // record changes.
  virtual Task<std::vector<Link>> links_by_address(std::string account,
                                                   std::vector<std::string> addresses) = 0;
};

}  // namespace gcal::sync
