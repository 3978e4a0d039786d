#include "src/hosting/services/connection_transaction.hpp"

#include <variant>

namespace hosting {
namespace {

Value borrowed(const SqlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return Value(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return Value(*text);
  return Value();
}

SqlValue owned(const Value& value) {
  if (value.type == Value::Type::integer) return SqlValue(value.integer);
  if (value.type == Value::Type::null) return SqlValue();
  return SqlValue(std::string(value.text));
}

}  // namespace

Result<SqlRows> ConnectionTransaction::execute(std::string_view statement,
                                               const SqlValues& values) {
  std::vector<Value> arguments;
  arguments.reserve(values.size());
  for (const SqlValue& value : values) arguments.push_back(borrowed(value));
  SqlRows rows;
  auto keep = [&rows](const Row& row) -> Result<bool> {
    SqlValues kept;
    kept.reserve(row.values().size());
    for (const Value& value : row.values()) kept.push_back(owned(value));
    rows.push_back(std::move(kept));
    return true;
  };
  TRY_VOID(connection_.exec(statement, arguments, OnRow(keep)));
  return rows;
}

}  // namespace hosting
