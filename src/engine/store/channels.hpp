// Rows of push channels, of the dirty mark of a pair, and of small named values in the plugin's
// database. Used by the channel store, the web hook and the background runs. A channel's token is a
// credential: only its hash is stored. Each function is one or two statements inside the caller's
// transaction, on the caller's thread. Errors: those of Connection::exec.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/engine/store/database.hpp"

namespace gcal::store {

struct Channel {
  std::string id;  // random; also the channel's id at the remote service
  std::string pair;
  std::string token_hash;   // base64url of the token's SHA-256
  std::string resource_id;  // the remote service's; "" until it answered
  base::Instant expires_at{};
  base::Instant renew_at{};
  bool confirmed = false;  // its first notification arrived

  friend bool operator==(const Channel&, const Channel&) = default;
};

// Upsert by id. `confirmed` never becomes false again, because the web hook sets it during a run.
Result<> put_channel(Connection& connection, const Channel& channel);
Result<> erase_channel(Connection& connection, std::string_view id);
Result<std::optional<Channel>> channel(Connection& connection, std::string_view id);
Result<std::vector<Channel>> channels_of(Connection& connection, std::string_view pair);

// Records that the remote calendar of a pair changed. Returns the pair's account; nullopt: there is
// no such pair.
Result<std::optional<std::string>> mark_dirty(Connection& connection, std::string_view pair);

// Small named values, such as a cursor that belongs to no pair. "" if nothing was stored.
Result<std::string> read_value(Connection& connection, std::string_view name);
Result<> write_value(Connection& connection, std::string_view name, std::string_view value);

}  // namespace gcal::store
