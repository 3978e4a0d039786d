// Statements about many ids or rows at once. To a database behind a network each statement that
// reads is a round trip, and each one that writes is planned and answered for itself: one statement
// for a whole page costs a fraction of one for each row. The texts come in a few sizes only, so
// that both engines keep them prepared. Used by the journal, inside its transactions. Errors: those
// of the connection.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "src/engine/store/database.hpp"

namespace gcal::store {

// Runs `sql`, which ends with "IN ", with the list of the ids and `rest` behind it, as often as the
// sizes of the lists need; without an id not at all. fixed: the arguments $1, $2, ... before the
// ids. The rows come in no order. An id that is asked for twice may be answered once.
Result<> exec_by_ids(Connection& connection, std::string_view sql, const Values& fixed,
                     std::span<const std::string> ids, const RowHandler& row = {},
                     std::string_view rest = {});

// The same for ids of one pair, the first of `fixed`: `sql` ends with "(pair, COLUMN) IN ". Until
// PostgreSQL has counted a table, it takes the rows of a pair for so few that it reads them all to
// find some ids. Given as rows of both, they are looked up.
Result<> exec_by_ids_of_pair(Connection& connection, std::string_view sql, const Values& fixed,
                             std::span<const std::string> ids, const RowHandler& row = {});

// INSERT of many rows, "INSERT INTO table(columns) VALUES (...), (...) rest". With an ON CONFLICT
// that updates, no two rows of one call may have the same key: PostgreSQL refuses them.
class Insert {
 public:
  // columns: their names, separated by ", ". rest: what follows the rows, "" or with a space first.
  Insert(std::string_view table, std::string_view columns, std::string_view rest);

  Result<> run(Connection& connection, std::span<const Values> rows) const;

 private:
  static constexpr std::array<std::size_t, 3> kSizes{32, 8, 1};  // rows of a statement

  std::array<std::string, kSizes.size()> texts_;
};

}  // namespace gcal::store
