// Implements store::Database over the host's crm.sql/0. Owned by the wiring, used by the journal
// and the migrations. Each transaction ends within one call of `once`: committed if the work
// succeeds, else rolled back. Errors: those of the host. [store thread, or the host thread inside a
// life-cycle call; blocks]
#pragma once

#include "host_api/cpp/host.hpp"
#include "src/engine/store/database.hpp"

namespace gcal::plugin {

class SqlDatabase final : public store::Database {
 public:
  explicit SqlDatabase(crm::Sql sql) : sql_(sql) {}

 private:
  Result<> once(store::Mode mode, std::int64_t fence, const Work& work) override;

  crm::Sql sql_;
};

}  // namespace gcal::plugin
