// Google's push channels and the mark that a calendar changed, in the plugin's database. Used by
// the watch, the web hook and the runs. It must never keep a channel's token as it is: only its
// hash, as with a password.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/engine/store/database.hpp"

namespace gcal::store {

struct Channel {
  std::string id;  // random; the channel's id at Google
  std::string pair;
  std::string token_hash;   // base64url of the token's SHA-256
  std::string resource_id;  // Google's; "" until it answered
  base::Instant expires_at{};
  base::Instant renew_at{};
  bool heard = false;  // its first message arrived

  friend bool operator==(const Channel&, const Channel&) = default;
};

// Each function is one statement inside a caller's transaction. [worker thread]
// Replaces by id, but never makes `heard` false again: the web hook writes beside a run.
// Replaces by id, but never takes `heard` back: the web hook writes beside a run.
Result<> put_channel(Connection& connection, const Channel& channel);
Result<> erase_channel(Connection& connection, std::string_view id);
Result<std::optional<Channel>> channel(Connection& connection, std::string_view id);
Result<std::vector<Channel>> channels_of(Connection& connection, std::string_view pair);

// Marks a pair as changed at Google; answers its account, or nothing when there is no such pair.
Result<std::optional<std::string>> mark_dirty(Connection& connection, std::string_view pair);

// Places in feeds that belong to no pair. "" when nothing was stored.
Result<std::string> bookmark(Connection& connection, std::string_view name);
Result<> put_bookmark(Connection& connection, std::string_view name, std::string_view value);

}  // namespace gcal::store
