// What the accounts page shows of the mails that the CRM sends to guests, and how the mailer's news
// reach the journal. Used by account_run and the status. [loop thread]
#pragma once

#include "plugin/plugin_context.hpp"
#include "src/common/base/json.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {

// `info`: of crm.mailer/0; null: there is no mailer. Ready: new acts are mailed by it.
bool is_ready(const base::Json& info);
// It takes messages, though they may wait there.
bool can_take(const base::Json& info);

// Reads the mailer's feed and stores what became of the messages. Errors: those of the database and
// the host.
Task<> note_mail_changes(PluginContext& context, store::SqlJournal& journal, std::int64_t fence);

// The member `invitations` of the status: who mails, why, and by name what guests have not got.
// Errors: those of the database.
Task<base::Json> mail_status(PluginContext& context, const Account& account);

}  // namespace gcal::plugin
