#include "src/hosting/storage/value_list.hpp"

#include <algorithm>
#include <vector>

namespace hosting {

std::size_t list_size(std::size_t count) {
  constexpr std::size_t kSmall = 8, kLarge = 64;
  if (count <= 1) return 1;
  return count <= kSmall ? kSmall : kLarge;
}

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
  while (!values.empty()) {
    const std::size_t size = list_size(values.size());
    const auto these = values.first(std::min(size, values.size()));
    // What the list has too many is its last value again.
    std::vector<Value> arguments(these.begin(), these.end());
    arguments.resize(size, these.back());
    std::string sql(before);
    sql.append(placeholders(1, size)).append(after);
    TRY_VOID(connection.exec(sql, arguments, OnRow(call)));
    values = values.subspan(these.size());
  }
  return {};
}

}  // namespace hosting
