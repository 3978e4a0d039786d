#include "src/hosting/library/restore_watch.hpp"

#include <optional>
#include <string>

#include "src/common/base/id.hpp"
#include "src/hosting/services/change_feed.hpp"

namespace hosting {
namespace {

// In `meta` of the library's database.
constexpr const char* kPosition = "feed_position";

Result<std::int64_t> position_of_crm(const CrmPort& port) {
  std::int64_t position = 0;
  TRY_VOID(port.read([&position](CrmTransaction& transaction) -> Result<> {
    TRY(position, ChangeFeed::counter(transaction));
    return {};
  }));
  return position;
}

Result<std::int64_t> noted_position(HostContext& context) {
  std::int64_t noted = 0;
  TRY_VOID(context.database().read([&noted](Connection& c) -> Result<> {
    TRY(const auto stored,
        c.integer("SELECT CAST(value AS BIGINT) FROM meta WHERE key=?1", kPosition));
    noted = stored.value_or(0);
    return {};
  }));
  return noted;
}

}  // namespace

Result<> note_feed_position(HostContext& context, CrmPort& port) {
  TRY(const std::int64_t position, position_of_crm(port));
  TRY(const std::int64_t noted, noted_position(context));
  if (position == noted) return {};
  return context.database().write([position](Connection& c) {
    return c.run(
        "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT(key) DO UPDATE SET value=excluded.value",
        kPosition, std::to_string(position));
  });
}

Result<> notice_restore(HostContext& context, CrmPort& port) {
  TRY(const std::int64_t position, position_of_crm(port));
  TRY(const std::int64_t noted, noted_position(context));
  if (position >= noted) return {};
  TRY_VOID(port.write([&context](CrmTransaction& transaction) {
    return ChangeFeed::begin_epoch(transaction, gcal::base::new_id(context.random()));
  }));
  context.log().warning("feed.restored",
                        gcal::base::Json::object({{"position", position}, {"noted", noted}}));
  return note_feed_position(context, port);
}

}  // namespace hosting
