// What runs leave behind for who asks how an account is: when each calendar was read, since when
// changes wait, and the failure of the last run. Used by the background runs, the status and the
// health document. Each function is one or two statements inside the caller's transaction, on the
// caller's thread. Errors: those of Connection::exec.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/result.hpp"
#include "src/engine/store/database.hpp"

namespace gcal::store {

struct PairStatus {
  std::string pair;
  base::Instant read_at{};              // the remote calendar was last read to its end; {}: never
  base::Instant waiting_since{};        // the end of the first run that left changes; {}: none did
  base::Instant no_creations_before{};  // the remote side takes no new events until then

  friend bool operator==(const PairStatus&, const PairStatus&) = default;
};

// The last run of an account.
struct AccountStatus {
  std::string account;
  base::Instant failing_since{};  // the first of the failed runs in a row; {}: the last succeeded
  base::Instant retry_at{};       // when the next one is due
  Code code = Code::ok;           // of the failure
  std::string detail;             // a text key that says who must act, or ""
  std::string message;            // in our own words

  friend bool operator==(const AccountStatus&, const AccountStatus&) = default;
};

Result<> put_pair_status(Connection& connection, const PairStatus& status);
// Of the pairs of an account, by pair.
Result<std::vector<PairStatus>> pair_statuses(Connection& connection, std::string_view account);
Result<> put_account_status(Connection& connection, const AccountStatus& status);
// As after a run that succeeded, if there is none.
Result<AccountStatus> account_status(Connection& connection, std::string_view account);

// When the content of a link was last carried over in either direction; {}: not known.
Result<base::Instant> agreed_at(Connection& connection, std::string_view link);

// Whether changes of the pair wait to be carried over. What is held is not counted, nor what only
// the CRM's side of a view-only pair holds.
Result<bool> has_waiting_changes(Connection& connection, std::string_view pair, bool two_way);

}  // namespace gcal::store
