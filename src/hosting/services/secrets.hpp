// Secrets of plugins, sealed with AES-256-GCM under a master key that lives beside the database,
// not in it. Used by services/secrets. It must never log a value, nor open one under another
// plugin, key or version than it was sealed for (NIST SP 800-38D, RFC 9700 4.14).
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "src/common/base/random.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace hosting {

class Secrets {
 public:
  // Reads the 32-byte master key from key_file (0600), or creates it when nothing was sealed yet. A
  // key of wrong size, or one that is missing beside sealed rows, is an error, never replaced: what
  // it sealed would be lost. Beside a new key old rows answer not_found, "connect again".
  static Result<std::unique_ptr<Secrets>> open(Database& database,
                                               const std::filesystem::path& key_file,
                                               gcal::base::Random& random);
  ~Secrets();  // wipes the key

  Result<std::string> get(std::string_view plugin, std::string_view key) const;
  Result<> put(std::string_view plugin, std::string_view key,
               std::string_view value);  // invalid: over 16 KiB
  // conflict: the key does not hold `expected`, where "" is also a missing key and one that this
  // host cannot open.
  Result<> put_if(std::string_view plugin, std::string_view key, std::string_view expected,
                  std::string_view value);
  Result<> erase(std::string_view plugin, std::string_view key);

 private:
  Result<std::string> open(Connection& c, std::string_view plugin, std::string_view key) const;
  Result<> store(Connection& c, std::string_view plugin, std::string_view key,
                 std::string_view value);
  Secrets(Database& database, gcal::base::Random& random) : database_(database), random_(random) {}

  Database& database_;
  gcal::base::Random& random_;
  std::array<unsigned char, 32> master_{};
};

}  // namespace hosting
