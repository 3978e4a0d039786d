// store::Database over a database of the hosting library, as crm.sql offers it to the plugin but
// without the C contract in between. Base of the databases of the journal's tests. Blocks, like
// every store::Database.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "src/engine/store/database.hpp"
#include "src/hosting/storage/database.hpp"

namespace gcal::support {

class HostedConnection final : public store::Connection {
 public:
  // seen: the texts of all statements; may be null.
  HostedConnection(hosting::Connection& connection, std::set<std::string>* seen)
      : connection_(connection), seen_(seen) {}

  Result<> exec(std::string_view sql, const store::Values& arguments,
                const store::RowHandler& row) override {
    if (seen_) seen_->emplace(sql);
    std::vector<hosting::Value> values;
    values.reserve(arguments.size());
    for (const store::Value& argument : arguments) values.push_back(argument_of(argument));
    const auto each = [&](const hosting::Row& current) -> Result<bool> {
      if (!row) return true;
      store::Values columns;
      for (const hosting::Value& value : current.values()) columns.push_back(column_of(value));
      TRY_VOID(row(columns));
      return true;
    };
    return connection_.exec_guest(sql, values, hosting::OnRow(each));
  }

 private:
  static hosting::Value argument_of(const store::Value& value) {
    if (value.is_null()) return {};
    if (value.is_integer()) return value.integer();
    return value.text();
  }
  static store::Value column_of(const hosting::Value& value) {
    switch (value.type) {
      case hosting::Value::Type::integer: return value.integer;
      case hosting::Value::Type::text: return value.text;
      default: return {};  // the tables contain neither real numbers nor bytes
    }
  }

  hosting::Connection& connection_;
  std::set<std::string>* seen_;
};

class HostedDatabase : public store::Database {
 public:
  int conflicts_to_come = 0;  // so many transactions do their work and then fail with conflict

  // Keeps the texts of all statements from now on in `seen`, which outlives the object.
  void remember_statements(std::set<std::string>& seen) { seen_ = &seen; }

 protected:
  // What is done of a transaction before its commit.
  virtual Result<> in(hosting::Connection& connection, const Work& work) {
    HostedConnection adapted(connection, seen_);
    TRY_VOID(work(adapted));
    if (conflicts_to_come > 0) {
      --conflicts_to_come;
      return Error{Code::conflict, "a simulated conflict", {}};
    }
    return {};
  }

  std::unique_ptr<hosting::Database> database_;

 private:
  Result<> once(store::Mode mode, std::int64_t, const Work& work) override {
    if (mode == store::Mode::read) {
      TRY(const auto reading, database_->begin_read());
      return in(reading->connection(), work);
    }
    TRY(const auto writing, database_->begin_write());
    TRY_VOID(in(writing->connection(), work));
    return writing->commit();
  }

  std::set<std::string>* seen_ = nullptr;
};

}  // namespace gcal::support
