#include "src/hosting/storage/value_list.hpp"

#include <vector>

#include "src/common/base/lists.hpp"

namespace hosting {

std::string placeholders(std::size_t first, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i)
    text += (i == 0 ? "(?" : ", ?") + std::to_string(first + i);
  return text + ')';
}

gcal::Result<> each_in(Connection& connection, std::string_view before,
                       std::span<const Value> values, std::string_view after,
                       const std::function<void(const Row&)>& row) {
  const auto call = [&row](const Row& one) -> gcal::Result<bool> {
    row(one);
    return true;
  };
  return gcal::base::in_lists(values, [&](const std::vector<Value>& list) {
    std::string sql(before);
    sql.append(placeholders(1, list.size())).append(after);
    return connection.exec(sql, list, OnRow(call));
  });
}

}  // namespace hosting
