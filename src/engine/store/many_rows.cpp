#include "src/engine/store/many_rows.hpp"

#include <algorithm>
#include <vector>

#include "src/common/base/lists.hpp"

namespace gcal::store {
namespace {

// "($1, $2, ...)" of `count` placeholders behind the first `before`.
void add_placeholders(std::string& text, std::size_t before, std::size_t count) {
  for (std::size_t i = 1; i <= count; ++i)
    text += (i == 1 ? "($" : ", $") + std::to_string(before + i);
  text += ')';
}

// Runs a statement for each list of ids; text_of: its text for a list of so many.
template <class TextOf>
Result<> exec_lists(Connection& connection, const TextOf& text_of, const Values& fixed,
                    std::span<const std::string> ids, const RowHandler& row) {
  return base::in_lists(ids, [&](const std::vector<std::string>& list) {
    Values arguments = fixed;
    arguments.insert(arguments.end(), list.begin(), list.end());
    return connection.exec(text_of(list.size()), arguments, row);
  });
}

}  // namespace

Result<> exec_by_ids(Connection& connection, std::string_view sql, const Values& fixed,
                     std::span<const std::string> ids, const RowHandler& row,
                     std::string_view rest) {
  const auto text_of = [&](std::size_t size) {
    std::string text(sql);
    add_placeholders(text, fixed.size(), size);
    text += rest;
    return text;
  };
  return exec_lists(connection, text_of, fixed, ids, row);
}

Result<> exec_by_ids_of_pair(Connection& connection, std::string_view sql, const Values& fixed,
                             std::span<const std::string> ids, const RowHandler& row) {
  const auto text_of = [&](std::size_t size) {
    if (size == 1)
      return std::string(sql) + "(VALUES ($1, $" + std::to_string(fixed.size() + 1) + "))";
    std::string text = std::string(sql) + "(SELECT column1, column2 FROM (VALUES ";
    for (std::size_t i = 1; i <= size; ++i)
      text += (i == 1 ? "($1, $" : ", ($1, $") + std::to_string(fixed.size() + i) + ')';
    return text + ") AS few)";
  };
  return exec_lists(connection, text_of, fixed, ids, row);
}

Insert::Insert(std::string_view table, std::string_view columns, std::string_view rest) {
  const auto count = static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ',')) + 1;
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    std::string& text = texts_[i];
    text = "INSERT INTO " + std::string(table) + "(" + std::string(columns) + ") VALUES ";
    for (std::size_t row = 0; row < kSizes[i]; ++row) {
      if (row > 0) text += ", ";
      add_placeholders(text, row * count, count);
    }
    text += rest;
  }
}

Result<> Insert::run(Connection& connection, std::span<const Values> rows) const {
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    std::vector<Values> statements;
    while (rows.size() >= kSizes[i]) {
      Values& arguments = statements.emplace_back();
      for (const Values& row : rows.first(kSizes[i]))
        arguments.insert(arguments.end(), row.begin(), row.end());
      rows = rows.subspan(kSizes[i]);
    }
    TRY_VOID(connection.exec_many(texts_[i], statements));
  }
  return {};
}

}  // namespace gcal::store
