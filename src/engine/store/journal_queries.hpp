// What the journal asks inside a transaction, where several of its questions share a part. Used by
// journal.cpp. Errors: those of the connection; invalid for a damaged row.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "src/engine/store/database.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::store {

// The prefix of a side's columns. The schema says google where the engine says remote.
const char* column_prefix(sync::SideName side);

// The columns of links with the name of the table before each.
std::string link_columns_of(const char* alias);

// Whether a link has the id of a pending change o, "(SELECT 1 ...)", 1 or NULL. It is asked for
// each change, as a value: as a join of EXISTS, PostgreSQL walks all links of the pair for each,
// until it has counted the tables. condition: "" or one on the link l that begins with " AND ".
std::string link_of_change(sync::SideName side, const char* condition);

// Appends what `decode` makes of each row.
template <class T, class Decode>
RowHandler collect_into(std::vector<T>& found, Decode decode) {
  return [&found, decode](Row row) -> Result<> {
    TRY(T value, decode(row));
    found.push_back(std::move(value));
    return {};
  };
}

using ChangesById = std::map<std::string, sync::PendingChange>;
// The pending changes of these ids of a side.
Result<ChangesById> changes_of_ids(Connection& connection, const std::string& pair,
                                   sync::SideName side, std::span<const std::string> ids);

// The links of these ids in their order; ids without a link are left out.
Result<std::vector<sync::Link>> links_of_ids(Connection& connection,
                                             std::span<const std::string> ids);

// As sync::Journal::intents and held_items.
Result<std::vector<sync::Intent>> read_intents(Connection& connection, const std::string& pair);
Result<std::vector<sync::HeldItem>> read_held_items(Connection& connection,
                                                    const std::string& pair);

// As sync::Journal::links_with_changes.
Result<std::vector<sync::LinkWithChanges>> read_links_with_changes(Connection& connection,
                                                                   const std::string& pair,
                                                                   const std::string& after,
                                                                   std::size_t limit);

}  // namespace gcal::store
