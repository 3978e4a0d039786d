// One run of an account: reconciles the pairs with the config, moves existing appointments, runs a
// cycle for each live pair, maintains push channels and publishes the account's health. Created by
// background_runs for one call of crm.run/0 and used once; every write carries that call's fence.
// Guests are notified only for changes that a user just made in the CRM (P-13). Runs on the loop
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugin/account/health.hpp"
#include "plugin/account/held_decisions.hpp"
#include "plugin/account/reconcile_pairs.hpp"
#include "plugin/account/run_memory.hpp"
#include "plugin/plugin_context.hpp"
#include "src/engine/google/client.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/cycle.hpp"

namespace gcal::plugin {

class CrmSide;

struct RunOutcome {
  std::size_t changed = 0;            // writes to both sides
  std::optional<base::Instant> next;  // when to run again; nullopt: only when requested
  std::optional<Error> error;         // the most severe error; already part of the published health
};

// Objects passed by reference must outlive it. [loop thread]
class AccountRun {
 public:
  AccountRun(PluginContext& context, AccountMemory& memory, std::string account, std::int64_t fence)
      : context_(context),
        memory_(memory),
        id_(std::move(account)),
        fence_(fence),
        journal_(context.database, context.blocking, context.random, fence) {
    journal_.remember_pairs();
  }

  // Errors: conflict (a newer run has started, or another writer was faster), cancelled, and those
  // of the host's accounts. Any other failure is in the outcome.
  Task<RunOutcome> run();

 private:
  Task<> run_in_state();
  Task<> may_write();
  Task<> adopt_draft();
  Task<> mark_returning();
  Task<> recognise_primary();
  Task<> sync_account();
  Task<> run_daily_maintenance(google::Client& client);
  Task<> refresh_calendar_list(google::Client& client);
  Task<> mark_unlisted_gone(google::Client& client,
                            const std::vector<settings::RemoteCalendar>& listed,
                            sync::WriteBatch& batch);
  Task<ReconciledPairs> reconcile();
  Task<ReconciledPairs> reconcile(std::vector<HostCalendar> calendars);
  Task<> export_existing();
  Task<> end_set_up();
  Task<> sync_live_pairs();
  Task<std::optional<sync::CycleReport>> try_sync_pair(sync::Pair& pair, bool read);
  Result<> note_failure(const sync::Pair& pair, const Error& error);
  void note_error(const Error& error);
  Task<> leave_old_default(sync::Pair& pair);
  // read: Google is read even if it is not due.
  Task<sync::CycleReport> sync_pair(sync::Pair& pair, bool read);
  struct CycleCause {
    bool notified = false;     // a notification had come
    bool read_google = false;  // the remote calendar was read, not only the CRM's
  };
  void remember_cycle(const Result<sync::CycleReport>& report, const std::string& pair,
                      const CycleCause& cause);
  Task<> read_remote(google::Client& client, sync::Pair& pair);
  Task<> follow_moves_of(google::Client& client, const sync::Pair& pair);
  CrmSide crm_side(const sync::Pair& pair) const;
  std::string time_zone_of(const sync::Pair& pair) const;
  Task<> apply_private_policy();
  bool keeps_tasks(const sync::Pair& pair) const;
  Task<> list_tasks_again();
  Task<> lower_to_view_only(sync::Pair& pair);
  Task<> make_view_only(sync::Pair& pair);
  Task<> handle_report(const sync::CycleReport& report, sync::Pair& pair, bool initial_sync,
                       bool read_google);
  Task<> maintain_push_channel(google::Client& client, const sync::Pair& pair, bool wanted);
  Task<> on_disconnected();
  Task<> leave(sync::Pair& pair, bool read);
  Task<> take_in(sync::Pair& pair, sync::CountAs what);
  Task<bool> remove_chosen();  // whether nothing is left to remove
  Task<> revoke_retired(bool connected);
  void leave_later(base::Milliseconds retry_after);
  void note_mailer(AccountAndMailer& asked);
  sync::Notify mailer_of(const sync::Pair& pair) const;
  Task<> tell_guests();
  Task<> record_bulk_deletion(std::size_t count);
  bool must_read_google(const sync::Pair& pair) const;
  base::Instant next_run() const;

  PluginContext& context_;
  AccountMemory& memory_;
  std::string id_;
  std::int64_t fence_;
  store::SqlJournal journal_;
  Account account_;
  std::shared_ptr<GoogleAccess> access_;
  ReconciledPairs pairs_;
  DecidedConflicts decided_conflicts_;
  // By pair: when this run read the remote calendar, and whether its last cycle did all it could.
  std::map<std::string, base::Instant> read_at_;
  std::set<std::string> complete_;
  RunOutcome outcome_;
  base::Json mailer_info_;                 // null: there is no mailer
  std::optional<base::Instant> mails_at_;  // when a run is due for what guests are to be informed
  std::optional<base::Instant> leave_again_;
  bool private_policy_changed_ = false;
  bool read_all_ = false;
  bool send_now_ = false;
  bool reread_list_ = false;  // the calendar list changed during this run
};

}  // namespace gcal::plugin
