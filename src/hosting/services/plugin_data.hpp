// What the host itself keeps of a plugin: sealed secrets, tasks, flows and accounts. Used by the
// command that removes a plugin. It must never touch what belongs to the CRM: appointments stay.
#pragma once

#include <cstdint>
#include <string_view>

#include "src/hosting/services/secrets.hpp"
#include "src/hosting/storage/database.hpp"

namespace hosting {

// How many secrets of the plugin have the account's id in their key; account "": all of them.
Result<std::int64_t> count_secrets(Database& database, std::string_view plugin,
                                   std::string_view account);

// Forgets the plugin: its secrets, then its tasks, flows and accounts, so that after a failure the
// accounts are still there and it can be called again. Its own database is a file.
Result<> erase_plugin(Database& database, Secrets& secrets, std::string_view plugin);

}  // namespace hosting
