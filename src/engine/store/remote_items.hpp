// Rows of what the remote side holds beyond the engine's model: one for each event that has
// something to keep, a master or an exception, under the pair and the id of its series. Used by the
// journal, inside its transactions. The bytes are calendar content of the pair's account: they are
// read for that account only, and erased with the link and with the pair. Errors: those of
// Connection::exec; invalid for a damaged row.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/engine/store/database.hpp"
#include "src/engine/store/many_rows.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::store {

// The statement that store_remote_items needs.
Insert insert_of_remote_items();
// Of several reports of one series the later one adds to the earlier, or replaces it.
Result<> store_remote_items(Connection& connection, const Insert& insert,
                            const std::vector<sync::ReportedRemoteItem>& reported);
Result<> move_remote_item(Connection& connection, const sync::RemoteItemMove& move);
// Called before the rows of the links are deleted.
Result<> erase_remote_items_of_links(Connection& connection, const std::vector<std::string>& links);
Result<> erase_remote_items_of_pair(Connection& connection, const std::string& pair);

using RemoteItems = std::map<std::string, sync::RemoteItem>;
Result<> read_remote_items(Connection& connection, const std::string& pair,
                           const std::vector<std::string>& ids, RemoteItems& found);
Result<> read_remote_items_by_crm_id(Connection& connection, const std::string& account,
                                     const std::vector<std::string>& crm_ids, RemoteItems& found);

}  // namespace gcal::store
