// Secrets of plugins at rest: sealed with data keys, which the master key seals, which lives beside
// the database, not in it. Used by services/secrets and by crm_host's commands. It must never log a
// value, nor open one under another installation, plugin, key or version than it was sealed for,
// nor one that is not the newest of its key (NIST SP 800-38D, RFC 9700 4.14).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/services/sealed_rows.hpp"
#include "src/hosting/storage/database.hpp"

namespace hosting {

struct SecretsOptions {
  std::filesystem::path master_key;  // the file
  bool begin_anew = false;           // the master key is lost, and what it sealed is given up
};

class Secrets {
 public:
  // Reads the master key, or creates it when nothing was sealed yet: a key that is missing or
  // another one than sealed what is there is an error (unavailable), never replaced. Seals values
  // of an earlier version with a data key, and goes on with a rotation that was interrupted. All
  // references outlive the object.
  static Result<std::unique_ptr<Secrets>> open(Database& database, SecretsOptions options,
                                               const gcal::base::Clock& clock,
                                               gcal::base::Random& random, gcal::base::Log& log);

  // not_found: there is none. gone: it was sealed with a key that this host has no more. denied: it
  // is not as it was stored, or an older one was put back. The last two are logged.
  Result<std::string> get(std::string_view plugin, std::string_view key);
  Result<> put(std::string_view plugin, std::string_view key,
               std::string_view value);  // invalid: over 16 KiB
  // conflict: the key does not hold `expected`, where "" is also a missing key and one that this
  // host cannot open.
  Result<> put_if(std::string_view plugin, std::string_view key, std::string_view expected,
                  std::string_view value);
  Result<> erase(std::string_view plugin, std::string_view key);
  // Erases those whose key names the account, in one transaction; account "": all of the plugin.
  Result<> erase_of_account(std::string_view plugin, std::string_view account);
  // The keys that begin with `prefix`, sorted. Opens no value.
  Result<std::vector<std::string>> list(std::string_view plugin, std::string_view prefix);

  // The following run beside other processes that use the same secrets, which notice nothing.

  Result<std::vector<DataKeyInfo>> keys();
  // Makes a new data key and seals everything with it, in steps that are each durable; goes on with
  // one that was interrupted. Answers how many secrets it sealed.
  Result<std::int64_t> rotate_data_key();
  // A new master key in the place of the present one, which stays as FILE.old. conflict: another
  // process does the same.
  Result<> rotate_master_key();
  struct Report {
    std::int64_t whole = 0, lost = 0, altered = 0;
  };
  Result<Report> check();  // opens each

 private:
  Secrets(Database& database, SecretsOptions options, const gcal::base::Clock& clock,
          gcal::base::Random& random, gcal::base::Log& log)
      : database_(database),
        random_(random),
        log_(log),
        keyring_(std::move(options.master_key), clock, random) {}

  Result<> adopt_old_values(bool begin_anew);
  Result<std::int64_t> reseal_all();
  void report(std::string_view plugin, std::string_view key, const SealedRow& row);

  Database& database_;
  gcal::base::Random& random_;
  gcal::base::Log& log_;
  Keyring keyring_;
};

}  // namespace hosting
