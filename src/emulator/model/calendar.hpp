// One calendar: its events and the order of their changes, which sync tokens refer to. Used by
// GoogleModel. An event is never removed: a deleted one stays as a tombstone, because its id cannot
// be used again and lists have to report the deletion.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "src/emulator/model/event.hpp"

namespace emulator {

// One rule of a calendar's sharing. A withdrawn rule stays with the role "none", so that lists with
// a sync token can report it.
struct AclRule {
  std::string type, value;  // user | group | domain | default
  std::string role;
  std::int64_t stamp = 0;  // microseconds
  std::uint64_t change = 0;
};

class Calendar {
 public:
  std::string id, summary, description, location, zone, owner;
  std::string creator_client;          // the OAuth client that created it; "" when none did
  std::map<std::string, AclRule> acl;  // by rule id: "user:anna@example.com", "default"
  std::uint64_t last_acl_change = 0;
  std::int64_t stamp = 0;    // microseconds of the last change of any kind
  std::int64_t updated = 0;  // milliseconds
  int token_generation = 0;  // when raised, all sync tokens given out before are too old
  bool deleted = false;
  Json labels = Json::array();  // event labels: {id, backgroundColor, name?}
  ExpansionRules expansion;     // the model's

  // The strongest role of the user's own rule, that of their domain and the public one; "" when
  // they have none.
  const std::string& role_of(const std::string& email) const;
  AclRule& set_role(const std::string& type, const std::string& value, const std::string& role,
                    std::int64_t stamp_us);
  bool has_push() const { return id.find('#') == std::string::npos; }
  std::string etag() const;

  StoredEvent* find(std::string_view event_id) const;
  // Adds or replaces the event. It enters the order of changes with mark_changed().
  StoredEvent& put(const Event& event);
  // Gives the whole series of the event the stamp, and the newest places in the order of changes.
  void mark_changed(StoredEvent& event, std::int64_t stamp_us, bool shows_in_updated);
  // All-day events begin at midnight in the new zone.
  void change_zone(const std::string& new_zone);
  // Moves an exception to another part of the same series.
  void reattach(StoredEvent& exception, const std::string& series_id);

  const std::map<std::uint64_t, StoredEvent*>& changes() const { return changes_; }
  std::uint64_t last_change() const { return last_change_; }
  // Calls visit(const StoredEvent&) for each event of changes() that touches the range: a series by
  // its first start and its last end, a cancelled exception by its original start. Others may come
  // too; the order is not defined.
  template <class Visit>
  void for_each_near(Span range, Visit visit) const {
    spans_.for_each_near(range, [&](const StoredEvent& event) {
      if (event.change != 0) visit(event);
    });
  }
  std::vector<StoredEvent*> exceptions_of(const std::string& series_id) const;  // by original start
  const StoredEvent* exception_at(const std::string& series_id, SysSeconds original) const;
  StoredEvent* find_by_ical_uid(std::string_view ical_uid) const;  // a master or single event
  // The times and rules that the event had before its present ones, for lists of changes: clients
  // may still show it so. The same times are kept once, so their number is bounded by the different
  // times that an event has had.
  std::span<const FormerTimes> former_times_of(const std::string& event_id) const;
  // `abc` and every `abc_R2025...` that was split from it.
  std::vector<StoredEvent*> series_parts(const std::string& base_id) const;
  // Whether the calendar has or had something of a part that was split from the series: the part,
  // or one of its occurrences without it.
  bool is_split(const std::string& base_id) const { return splits_.contains(base_id); }

 private:
  friend class SavedState;
  // With its place in the order of changes.
  void restore(const Event& event, std::vector<FormerTimes> former_times);
  void remember_times(const StoredEvent& before, const Event& after);
  void append_to_changes(StoredEvent& event);
  void note_split(const std::string& series_id, StoredEvent* part);
  void settle(StoredEvent& event, const std::vector<std::string>& lines, bool zone_changed);

  // The indexes read the name in the event itself: a copy of it as a key would cost more memory
  // than the rest of the entry.
  template <std::string EventHead::*Name>
  struct By {
    using is_transparent = void;
    static std::string_view name(std::string_view text) { return text; }
    static std::string_view name(const auto& event) { return (*event).*Name; }
    std::size_t operator()(const auto& key) const {
      return std::hash<std::string_view>{}(name(key));
    }
    bool operator()(const auto& a, const auto& b) const { return name(a) == name(b); }
  };
  template <class Pointer, std::string EventHead::*Name>
  using Index = std::unordered_set<Pointer, By<Name>, By<Name>>;

  Index<std::unique_ptr<StoredEvent>, &EventHead::id> events_;
  Index<StoredEvent*, &EventHead::ical_uid> by_uid_;
  std::map<std::uint64_t, StoredEvent*> changes_;
  std::unordered_map<std::string, std::map<SysSeconds, StoredEvent*>> exceptions_;
  std::unordered_map<std::string, std::vector<StoredEvent*>> splits_;
  std::unordered_map<std::string, std::vector<FormerTimes>> former_times_;
  SpanIndex<StoredEvent> spans_;
  std::uint64_t last_change_ = 0;
};

std::string acl_rule_id(const std::string& type, const std::string& value);

// The order of roles: 0 for none, then freeBusyReader, reader, writerWithoutPrivateAccess, writer,
// owner.
int role_rank(std::string_view role);

// The event as its owner sees it in the calendar's zone; cached until the event changes.
const std::string& owner_json(const Calendar& calendar, const StoredEvent& event);

// A reader with this role sees only the times of the event.
bool is_masked_for(const std::string& role, const Event& event);

}  // namespace emulator
