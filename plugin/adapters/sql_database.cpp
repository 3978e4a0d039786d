#include "plugin/adapters/sql_database.hpp"

namespace gcal::plugin {
namespace {

crm_value to_abi(const store::Value& value) {
  if (value.is_null()) return {CRM_SQL_NULL, 0, 0, {}};
  if (value.is_integer()) return {CRM_SQL_INTEGER, value.integer(), 0, {}};
  return {CRM_SQL_TEXT, 0, 0, crm::to_abi(value.text())};
}

store::Value from_abi(const crm_value& value) {
  switch (value.type) {
    case CRM_SQL_INTEGER: return value.integer;
    case CRM_SQL_TEXT: return crm::from_abi(value.text);
    default: return {};  // the tables contain no real numbers
  }
}

class OpenTransaction final : public store::Connection {
 public:
  explicit OpenTransaction(crm::Transaction& transaction) : transaction_(transaction) {}

  Result<> exec(std::string_view sql, const store::Values& arguments,
                const store::RowHandler& row) override {
    std::vector<crm_value> values;
    values.reserve(arguments.size());
    for (const store::Value& argument : arguments) values.push_back(to_abi(argument));
    if (!row) return transaction_.exec(sql, values);
    Result<> refused;  // the contract cannot end a statement early, so later rows are skipped
    std::vector<store::Value> columns;
    const auto each = [&](std::span<const crm_value> current) {
      if (!refused) return;
      columns.clear();
      for (const crm_value& value : current) columns.push_back(from_abi(value));
      refused = row(columns);
    };
    TRY_VOID(transaction_.exec(sql, values, each));
    return refused;
  }

  Result<> exec_many(std::string_view sql, std::span<const store::Values> rows) override {
    if (rows.empty()) return {};
    const std::size_t count = rows.front().size();
    std::vector<crm_value> values;
    values.reserve(rows.size() * count);
    for (const store::Values& row : rows)
      for (const store::Value& argument : row) values.push_back(to_abi(argument));
    TRY_VOID(transaction_.run_many(sql, values, count));
    return {};
  }

 private:
  crm::Transaction& transaction_;
};

}  // namespace

Result<> SqlDatabase::once(store::Mode mode, std::int64_t fence, const Work& work) {
  TRY(crm::Transaction transaction,
      sql_.begin(mode == store::Mode::write ? CRM_SQL_WRITE : CRM_SQL_READ, fence));
  OpenTransaction connection(transaction);
  TRY_VOID(work(connection));
  return transaction.commit();
}

}  // namespace gcal::plugin
