#include "src/hosting/storage/sqlite_values.hpp"

#include <sqlite3.h>

namespace hosting {

void bind_values(sqlite3_stmt* statement, const SqlValues& values) {
  int index = 0;
  for (const SqlValue& value : values) {
    ++index;
    if (const auto* number = std::get_if<std::int64_t>(&value))
      sqlite3_bind_int64(statement, index, *number);
    else if (const auto* text = std::get_if<std::string>(&value))
      sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_TRANSIENT,
                          SQLITE_UTF8);
    else
      sqlite3_bind_null(statement, index);
  }
}

SqlValues row_values(sqlite3_stmt* statement) {
  const int columns = sqlite3_column_count(statement);
  SqlValues values;
  values.reserve(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) {
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER: values.emplace_back(sqlite3_column_int64(statement, column)); break;
      case SQLITE_NULL: values.emplace_back(); break;
      default: {
        const void* data = sqlite3_column_blob(statement, column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        values.emplace_back(data ? std::string(static_cast<const char*>(data), size)
                                 : std::string());
      }
    }
  }
  return values;
}

}  // namespace hosting
