// Rows of settings flows: where a person stands in a plugin's set-up, so that it survives reloads
// and restarts. Used by web/flows. It must never interpret a step or a memo, and never accept a
// resume key twice, late or from another person.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/services/change_bus.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace hosting {

struct Flow {
  std::string id, plugin, user;
  std::string kind;          // "setup" | "options" | "reauth"
  std::string account;       // of a setup: the id that the new account will get
  gcal::base::Json step;     // the current step as the plugin answered it; null before the first
  gcal::base::Json memo;     // the plugin's; opaque
  std::int64_t version = 0;  // grows with each save
  gcal::base::Instant updated{};
};

class Flows {
 public:
  Flows(Database& database, ChangeBus& bus, const gcal::base::Clock& clock,
        gcal::base::Random& random);

  Result<Flow> create(std::string_view plugin, std::string_view user, std::string_view kind,
                      std::string_view account);  // account "": a new id
  Result<Flow> get(std::string_view user, std::string_view id) const;
  Result<std::vector<Flow>> drafts(std::string_view user) const;  // newest first
  // Stores step and memo. conflict: someone else saved since `flow.version` was read (a double
  // click). Updates flow.version.
  Result<> save(Flow& flow);
  Result<> save(Connection& c, Flow& flow);  // the same inside a transaction of the caller
  Result<> erase(std::string_view id);
  Result<std::vector<Flow>> expired() const;  // untouched for 7 days: discard and erase them

  // For the external step of a flow: the key that the plugin drew, stored as a hash, valid once,
  // for 10 minutes, for the flow's user; an older key of the flow dies. invalid: shorter than 22 or
  // longer than 256 characters, or in use.
  Result<> put_resume_key(std::string_view flow, std::string_view key);
  Result<bool> awaits_resume(std::string_view flow) const;  // is there a key that still counts?
  // not_found: unknown, used or somebody else's; gone: too old.
  Result<Flow> take_resume_key(std::string_view user, std::string_view key);

 private:
  Database& database_;
  ChangeBus& bus_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
};

}  // namespace hosting
