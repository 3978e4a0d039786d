// Page and sync tokens of the lists, and the parameters that carry them. Used by the list methods
// of GoogleModel. A token is opaque to clients: its fields are joined and sealed with a digest, so
// that a damaged or invented token is noticed. The text of a token must stay the same from version
// to version: clients of a saved state keep theirs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/emulator/model/event_time.hpp"

namespace emulator {

// What every list takes.
struct PageRequest {
  std::int64_t max_results = 250;
  std::string page_token, sync_token;  // "" for none
};

// Each decode() answers nullopt when the token is damaged or belongs to another kind of list. Whom
// it belongs to is for the caller to check.

// events.list, last page.
struct EventsSyncToken {
  std::string email, calendar_id;
  int generation = 0;         // of the calendar's tokens
  std::uint64_t covered = 0;  // the changes up to this one have been listed
  std::string binding;        // the parameters that must stay the same
  std::optional<SysSeconds> time_min, time_max;

  std::string encode() const;
  static std::optional<EventsSyncToken> decode(const std::string& token);
};

// events.list, all pages but the last.
struct EventsPageToken {
  std::string email, calendar_id;
  std::string binding;             // of all parameters
  std::uint64_t after_change = 0;  // where an unsorted list continues
  std::int64_t after_key = 0;      // where a sorted one continues
  std::string after_id;            //   and the event with this key
  std::uint64_t covered = 0;       // by the first page; for the sync token of the last one
  std::uint64_t empty_pages = 0;   // empty pages before this one (a fault): makes each token new

  std::string encode() const;
  static std::optional<EventsPageToken> decode(const std::string& token);
};

// events.instances.
struct InstancesPageToken {
  std::string event_id;
  std::int64_t after_key = 0;
  std::string after_id;

  std::string encode() const;
  static std::optional<InstancesPageToken> decode(const std::string& token);
};

enum class TokenKind { page, sync };

// calendarList.list.
struct CalendarListToken {
  TokenKind kind = TokenKind::page;
  std::string email;
  int generation = 0;
  std::uint64_t change = 0;   // of the account's list: page continues after it, sync has covered it
  std::uint64_t covered = 0;  // page: by the first page; for the sync token of the last one

  std::string encode() const;
  static std::optional<CalendarListToken> decode(const std::string& token);
};

// acl.list.
struct AclToken {
  TokenKind kind = TokenKind::page;
  std::string calendar_id;
  std::uint64_t change = 0;
  std::uint64_t since = 0;    // page: the sync token that the list began with
  std::uint64_t covered = 0;  // page: by the first page; for the sync token of the last one

  std::string encode() const;
  static std::optional<AclToken> decode(const std::string& token);
};

// settings.list.
struct SettingsToken {
  TokenKind kind = TokenKind::page;
  std::string email;
  std::uint64_t position = 0;  // page: index of the next setting; sync: generation of the tokens

  std::string encode() const;
  static std::optional<SettingsToken> decode(const std::string& token);
};

}  // namespace emulator
