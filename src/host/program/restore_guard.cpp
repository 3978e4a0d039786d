#include "src/host/program/restore_guard.hpp"

#include <chrono>
#include <string>

#include "src/common/base/id.hpp"
#include "src/hosting/services/change_feed.hpp"
#include "src/hosting/services/connection_transaction.hpp"
#include "src/hosting/services/feed.hpp"

namespace host {
namespace {

using hosting::ChangeFeed;
using hosting::ConnectionTransaction;
using hosting::FeedMark;

// The counters of the mails, and of appointments and records.
Result<FeedMark> present(Crm& crm) {
  return crm.database().read([](Connection& c) -> Result<FeedMark> {
    TRY(const std::int64_t mails, hosting::current_seq(c));
    ConnectionTransaction transaction(c);
    TRY(const FeedMark changes, ChangeFeed::head(transaction));
    TRY(const auto epoch, c.text("SELECT value FROM meta WHERE key='epoch'"));
    return FeedMark{epoch.value_or(""), mails + changes.seq};
  });
}

Result<> begin_epochs(Crm& crm) {
  return crm.database().write([&crm](Connection& c) -> Result<> {
    const std::string epoch = gcal::base::new_id(crm.random());
    TRY_VOID(begin_epoch(c, epoch));
    ConnectionTransaction transaction(c);
    return ChangeFeed::begin_epoch(transaction, epoch);
  });
}

}  // namespace

Result<> begin_epoch(Connection& c, std::string_view epoch) {
  return c.run(
      "INSERT INTO meta VALUES ('epoch', ?1) ON CONFLICT(key) DO UPDATE SET value=excluded.value",
      epoch);
}

Result<std::unique_ptr<hosting::RestoreGuard>> guard_restores(Crm& crm) {
  return hosting::RestoreGuard::start(crm.data() / "high_water",
                                      {.present = [&crm] { return present(crm); },
                                       .begin_epoch = [&crm] { return begin_epochs(crm); }},
                                      std::chrono::seconds(1), crm.log());
}

}  // namespace host
