// A user who was removed from the CRM is forgotten by every plugin that had an account of theirs: a
// durable task of the host, in whose place Plugins calls crm.privacy/0. Used by the CRM when it
// removes a user, and by Plugins. It must never forget a user who is still there.
#pragma once

#include <string>
#include <string_view>

#include "src/hosting/services/documents.hpp"
#include "src/hosting/services/host_context.hpp"

namespace hosting {

// The keys of tasks that begin with this are the host's: crm.tasks/0 refuses them.
constexpr std::string_view kHostKey = "crm:";

// Is this the key of such a task?
bool is_forgetting(std::string_view key);

// Schedules one task for each plugin that has, or had, an account of the user. Within the
// transaction that removes the user, so that neither happens without the other; afterwards call
// Tasks::look_now.
Result<> schedule_forgetting(Connection& c, std::string_view user);

// The user of such a task; "" when the user is there again or still, and the task is to be dropped.
Result<std::string> forgotten_user(const CrmPort& crm, std::string_view key);

// The plugin has forgotten the user, or keeps nothing of users: the host erases the accounts and
// what is left of their secrets.
Result<> forget_accounts(HostContext& context, std::string_view plugin, std::string_view user);

}  // namespace hosting
