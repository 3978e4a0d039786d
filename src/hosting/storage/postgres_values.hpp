// Values of statements and rows in PostgreSQL's binary form. Used by the PostgreSQL engine only.
// Pure. [any thread]
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/hosting/storage/database.hpp"

namespace hosting {

// The arguments of one statement, as libpq wants them; borrows texts and bytes.
class PostgresArguments {
 public:
  explicit PostgresArguments(std::span<const Value> values);
  PostgresArguments(const PostgresArguments&) = delete;
  PostgresArguments& operator=(const PostgresArguments&) = delete;

  int count() const { return static_cast<int>(types_.size()); }
  const std::uint32_t* types() const { return types_.data(); }
  const char* const* bytes() const { return bytes_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }  // all binary
  // One letter for each type: what a prepared statement depends on beside its text.
  std::string signature() const;

 private:
  std::vector<std::uint32_t> types_;
  std::vector<std::uint64_t> numbers_;  // in network order
  std::vector<const char*> bytes_;
  std::vector<int> lengths_, formats_;
};

// One column of a row. int2, int4, int8 and bool are integers; float4 and float8 are reals; text,
// varchar, char and name are texts; bytea is a blob. invalid: any other type, to be cast in the
// statement.
Result<Value> postgres_value(std::uint32_t type, std::string_view bytes);

}  // namespace hosting
