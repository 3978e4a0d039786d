// The store's Database over the host's crm.sql service. Owned by the wiring, used by the journal
// and the migrations. It must never keep a transaction open after `once` returned. [worker thread]
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
