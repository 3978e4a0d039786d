// One calendar: its events and the order of their changes, which is what sync tokens point into.
// Used by Google alone. It must never drop an event: a deleted one stays as a tombstone, because
// its id is spent.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "src/emulator/model/event.hpp"

namespace emulator {

// One rule of a calendar's sharing. A withdrawn one stays, with the role "none", so that sync
// tokens can tell of it.
struct AclRule {
  std::string type, value;  // user | group | domain | default
  std::string role;
  std::int64_t stamp = 0;  // microseconds
  std::uint64_t change = 0;
};

class Calendar {
 public:
  std::string id, summary, description, location, zone, owner;
  std::string maker;                   // the OAuth client that made it; "" when no app did
  std::map<std::string, AclRule> acl;  // by rule id: "user:anna@example.com", "default"
  std::uint64_t last_acl_change = 0;
  std::int64_t stamp = 0;    // microseconds of the last change of any kind
  std::int64_t updated = 0;  // milliseconds
  int token_generation = 0;  // raised: all sync tokens are too old
  bool deleted = false;
  Json labels = Json::array();  // event labels: {id, backgroundColor, name?}

  // The strongest role of the person's own rule, his domain's and the public one; "" when he has
  // none.
  const std::string& role_of(const std::string& email) const;
  AclRule& set_role(const std::string& type, const std::string& value, const std::string& role,
                    std::int64_t stamp_us);
  bool has_push() const { return id.find('#') == std::string::npos; }
  std::string etag() const;

  StoredEvent* find(std::string_view event_id) const;
  StoredEvent& put(const Event& event);  // new or replaced; not yet in the order of changes
  void touch(StoredEvent& event, std::int64_t stamp_us,
             bool shows_in_updated);  // the whole series gets the etag and new places

  void reattach(StoredEvent& exception,
                const std::string& series_id);  // to another part of the same series

  const std::map<std::uint64_t, StoredEvent*>& changes() const { return changes_; }
  std::uint64_t last_change() const { return last_change_; }
  std::vector<StoredEvent*> exceptions_of(const std::string& series_id) const;  // by original start
  const StoredEvent* exception_at(const std::string& series_id, Seconds original) const;
  StoredEvent* with_uid(std::string_view ical_uid) const;  // a master or single event
  std::vector<StoredEvent*> series_named(
      const std::string& prefix) const;  // `abc` and every `abc_R2025...` split from it

 private:
  friend class State;
  void restore(const Event& event);  // with its place in the order of changes
  void place(StoredEvent& event);

  // The look-ups read the name in the event itself: a copy of it as a key would cost more than the
  // rest of the entry.
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
  std::unordered_map<std::string, std::map<Seconds, StoredEvent*>> exceptions_;
  std::unordered_map<std::string, std::vector<StoredEvent*>> splits_;
  std::uint64_t last_change_ = 0;
};

std::string acl_rule_id(const std::string& type, const std::string& value);
int rank(std::string_view role);  // 0 for none, then freeBusyReader, reader,
                                  // writerWithoutPrivateAccess, writer, owner

}  // namespace emulator
