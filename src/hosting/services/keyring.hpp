// The data keys of a host: each seals secrets, and each is sealed by the master key in a row of
// data_keys. One is current; the others are there until nothing is sealed with them. Used by
// Secrets. It must never hold a key longer than the object, nor take a data key of another
// installation for one of this.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/hosting/services/sealing.hpp"
#include "src/hosting/storage/database.hpp"

namespace hosting {

struct DataKey {
  std::string id;
  std::shared_ptr<const SealingKey> key;
};

// How a data key is found: it opens; its master key is not here; its row is not as it was written.
enum class KeyState { open, lost, altered };
struct FoundKey {
  KeyState state = KeyState::lost;
  std::shared_ptr<const SealingKey> key;
};

struct DataKeyInfo {
  std::string id, master;  // master: the id of the master key that seals it
  std::int64_t created = 0;
  bool current = false;
  std::int64_t secrets = 0;  // sealed with it
};

// All functions: [any thread], inside a transaction of the caller, c.
class Keyring {
 public:
  // clock and random outlive the object.
  Keyring(std::filesystem::path master_file, const gcal::base::Clock& clock,
          gcal::base::Random& random)
      : file_(std::move(master_file)), clock_(clock), random_(random) {}

  // Reads the master key, or creates it when nothing was sealed yet, and makes the first data key.
  // Ends a replacement of the master key that was interrupted. unavailable: the key is missing, or
  // is not the one that sealed what is there, unless `begin_anew`: then what the old one sealed is
  // lost. [write transaction]
  Result<> begin(Connection& c, bool begin_anew);

  // What the values of this host are bound to; not a secret.
  const std::string& installation() const { return installation_; }
  // The key of a row. Another process may have made it meanwhile. Errors: those of the database and
  // of master_key::read.
  Result<FoundKey> find(Connection& c, std::string_view id);
  Result<DataKey> current(Connection& c);
  // A new one, which is current from here on. [write transaction]
  Result<DataKey> add(Connection& c);
  // Deletes those that are not current and seal nothing. [write transaction]
  Result<> drop_unused(Connection& c);
  // Seals all data keys with the next master key, which is the key from replace() on. internal: one
  // of them does not open. [write transaction]
  Result<> rewrap(Connection& c, const SealingKey& next);
  Result<std::vector<DataKeyInfo>> list(Connection& c) const;
  // The key under which a value of an earlier version was sealed without a data key.
  Result<std::shared_ptr<const SealingKey>> master(std::string_view id = {});

  const std::filesystem::path& file() const { return file_; }

 private:
  std::string bound_to(std::string_view id, std::string_view master) const;
  Result<> insert(Connection& c, const DataKey& key, const SealingKey& master);

  const std::filesystem::path file_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  std::string installation_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const SealingKey>, std::less<>> known_;
};

}  // namespace hosting
