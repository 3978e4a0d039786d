// A user has one default calendar, whether the set-up, the options or the host's own pages set it.
// Part of a run, before the pairs are reconciled with the config. Runs on the loop thread.
#pragma once

#include <vector>

#include "plugin/plugin_context.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {

// Makes the CRM's own calendar the default if the user chose it in a form of `account` while the
// default belonged to another account (PD-11). Returns the account as stored now. Errors: those of
// the host; may be repeated.
Task<Account> take_crm_default(PluginContext& context, Account account);

// Follows a default that the user set in the CRM: another two-way calendar of the account becomes
// its default, and with any other calendar the account has none (S-17, S-21, PD-11). One that was
// chosen in the options and is not applied yet is newer and stays. `calendars`: the account's in
// the CRM. Returns the account as stored now. Errors: those of the host and the store.
Task<Account> follow_default(PluginContext& context, store::SqlJournal& journal, Account account,
                             const std::vector<HostCalendar>& calendars);

}  // namespace gcal::plugin
