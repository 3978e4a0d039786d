// The rows of the table of secrets, each sealed with a data key for its installation, data key,
// plugin, key and version; and the list of the version that each row has at present, so that an
// older row that is put back is noticed although it opens. Used by Secrets. It must never take part
// in what a plugin may do.
//
// The list is in 256 rows of the same table, under the plugin "", which no package can have, and a
// row "root" with the versions of these 256: to put back a row one must put back its part of the
// list, then the root, and with the root all that was stored since. A whole older database is what
// a restore is, which the host notices by its change counter.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "src/hosting/services/keyring.hpp"

namespace hosting {

enum class RowState {
  open,
  absent,
  lost,     // sealed with a key that this host has no more
  altered,  // not as it was stored, or not what was stored last
};

struct SealedRow {
  RowState state = RowState::absent;
  std::int64_t version = 0;
  std::string value;  // of an open one
};

class SealedRows {
 public:
  // keyring, random and c outlive the object, which is for one transaction.
  SealedRows(Keyring& keyring, gcal::base::Random& random, Connection& c)
      : keyring_(keyring), random_(random), c_(c) {}

  Result<SealedRow> open(std::string_view plugin, std::string_view key);

  // The following are written by finish(), the list included. [write transaction]
  Result<> store(std::string_view plugin, std::string_view key, std::string_view value);
  // Takes over a row of an earlier version with the version it had.
  Result<> adopt(std::string_view plugin, std::string_view key, std::int64_t version,
                 std::string_view value);
  Result<> erase(std::string_view plugin, std::string_view key);
  Result<> finish();

  // Seals a row again with the current data key; false: it does not open. The version stays, so the
  // list stays.
  Result<bool> reseal(std::string_view plugin, std::string_view key);

 private:
  static constexpr std::size_t kLists = 256;
  struct VersionList {
    std::map<std::string, std::int64_t, std::less<>> versions;  // by a hash of plugin and key
    bool changed = false;
  };
  // Of the row alone: without a look at the list.
  Result<SealedRow> open_row(std::string_view plugin, std::string_view key);
  Result<> seal_row(std::string_view plugin, std::string_view key, std::int64_t version,
                    std::string_view value);
  Result<std::int64_t> next_version();
  Result<> read_root();
  Result<VersionList*> list_of(std::size_t number);
  Result<> set_version(std::string_view plugin, std::string_view key,
                       std::optional<std::int64_t> version);

  Keyring& keyring_;
  gcal::base::Random& random_;
  Connection& c_;
  std::optional<std::array<std::int64_t, kLists>> root_;
  std::map<std::size_t, VersionList> lists_;
};

}  // namespace hosting
