// The port's transaction over a connection of the library's own database class, for a CRM that
// keeps its tables there (crm_host). Created inside Database::write and read, for their duration.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "src/hosting/crm_hosting/transaction.hpp"
#include "src/hosting/storage/database.hpp"

namespace hosting {

class ConnectionTransaction : public CrmTransaction {
 public:
  // The connection outlives the object. origin: the plugin that writes; "" for a user.
  explicit ConnectionTransaction(Connection& connection, std::string_view origin = {})
      : connection_(connection) {
    set_origin(std::string(origin));
  }

  Connection& connection() const { return connection_; }
  Result<SqlRows> execute(std::string_view statement, const SqlValues& values) override;
  // The connection calls it after the commit, also when this object is gone.
  void after_commit(std::function<void()> action) override {
    connection_.after_commit(std::move(action));
  }

 private:
  Connection& connection_;
};

}  // namespace hosting
