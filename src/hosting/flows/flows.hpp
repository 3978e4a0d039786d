// The rows of settings flows: how far each user is in a plugin's set-up, so that it survives
// reloads and restarts. Used by FlowRunner. It must never interpret a step or a memo, nor accept a
// resume key twice, late or from another user.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/services/change_bus.hpp"
#include "src/hosting/storage/database.hpp"

namespace hosting {

struct Flow {
  std::string id, plugin, user;
  std::string kind;          // "setup" | "options" | "reauth"
  std::string account;       // of a setup: the id that the new account will get
  gcal::base::Json step;     // the current step, without what stays in the host; null: none yet
  gcal::base::Json memo;     // opaque data of the plugin
  std::int64_t version = 0;  // increments with each save
  gcal::base::Instant updated{};
};

class Flows {
 public:
  // All references outlive the object.
  Flows(Database& database, ChangeBus& bus, const gcal::base::Clock& clock,
        gcal::base::Random& random);

  // All functions: [any thread, blocks].

  // invalid: there are no flows of this kind.
  static Result<> check_kind(std::string_view kind);
  // account "": a new id, for a set-up. invalid: as of check_kind; options and reauth without one.
  Result<Flow> create(std::string_view plugin, std::string_view user, std::string_view kind,
                      std::string_view account);
  // not_found: the user has no such flow.
  Result<Flow> get(std::string_view user, std::string_view id) const;
  // The flows that were changed in the last seven days, newest first.
  Result<std::vector<Flow>> drafts(std::string_view user) const;
  // Stores step and memo and increments flow.version. conflict: the flow was saved since
  // `flow.version` was read (a double click).
  Result<> save(Flow& flow);
  Result<> save(Connection& c, Flow& flow);  // the same inside a transaction of the caller
  Result<> erase(std::string_view id);
  // The flows that were not changed for seven days: discard and erase them.
  Result<std::vector<Flow>> expired() const;

  // Stores the key that ends the external step of a flow, as a hash: valid once, for ten minutes,
  // for the flow's user, in the session that opened the step. It replaces an older key of the flow.
  // invalid: not 22 to 256 characters, or in use by another flow.
  Result<> put_resume_key(std::string_view flow, std::string_view key,
                          std::string_view session = {});
  // Does the flow have a key that is still valid in this session?
  Result<bool> awaits_resume(std::string_view flow, std::string_view session = {}) const;
  // Consumes a key and returns its flow. not_found: unknown, used, of another user or of another
  // session; gone: expired.
  Result<Flow> take_resume_key(std::string_view user, std::string_view key,
                               std::string_view session = {});

 private:
  Database& database_;
  ChangeBus& bus_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
};

}  // namespace hosting
