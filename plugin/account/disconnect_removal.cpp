#include "plugin/account/disconnect_removal.hpp"

#include <optional>

#include "plugin/account/guarded_side.hpp"
#include "plugin/account/reconcile_pairs.hpp"
#include "plugin/adapters/crm_side.hpp"
#include "plugin/adapters/key_value_store.hpp"
#include "plugin/adapters/no_side.hpp"
#include "src/engine/google/google_side.hpp"

namespace gcal::plugin {
namespace {

using base::Json;
using sync::Pair;
using sync::PairState;
using sync::Removal;
using sync::RemovalChoice;

// After so many runs without an answer of Google, what is left stays there.
constexpr std::int64_t kMaxAttempts = 30;

std::string key_of(const std::string& account) {
  return "removal:" + account;
}

// A calendar that is gone at Google keeps its copies: they are all that is left of it (PD-02).
bool is_there(const Pair& pair) {
  return pair.state == PairState::live || pair.state == PairState::hidden;
}

Json to_json(const RemovalChoice& choice, std::int64_t attempts) {
  return Json::object({{"copies", choice.copies},
                       {"events", choice.remote_events},
                       {"mail", choice.notify_guests},
                       {"attempts", attempts}});
}

RemovalChoice choice_of(const Json& json) {
  return {json["copies"].as_bool(), json["events"].as_bool(), json["mail"].as_bool()};
}

Task<bool> is_empty(PluginContext& context, std::string crm_calendar) {
  std::string cursor;
  for (;;) {
    CO_TRY(const Json page, co_await context.host.event_changes(crm_calendar, cursor));
    for (const Json& change : page["changes"].items())
      if (change.find("document")) co_return false;
    cursor = page.string("cursor");
    if (!page["more"].as_bool()) co_return true;
  }
}

// One run over the account's calendars. `error_` is the first one after which a repetition helps.
class RemovalRun {
 public:
  RemovalRun(PluginContext& context, store::SqlJournal& journal, const Account& account,
             std::int64_t fence, RemovalChoice choice)
      : context_(context), journal_(journal), account_(account), fence_(fence), choice_(choice) {}

  Task<std::optional<Error>> run() {
    if (choice_.remote_events) CO_TRY_VOID(co_await open_access());
    CO_TRY(std::vector<Pair> pairs, co_await journal_.pairs(account_.id));
    for (Pair& pair : pairs) {
      if (!is_there(pair)) continue;
      if (choice_.copies) CO_TRY_VOID(co_await remove_copies(pair));
      if (access_) CO_TRY_VOID(co_await remove_events(pair));
    }
    co_return error_;
  }

 private:
  // The grant is out of use and not revoked yet.
  Task<> open_access() {
    CO_TRY(const std::vector<StoredGrant> grants,
           co_await context_.vault.retired_grants(account_.id));
    for (const StoredGrant& grant : grants)
      if (grant.sub == account_.config.sub) {
        CO_TRY(access_, co_await context_.google.with_grant(grant));
      }
    if (!access_) context_.log.warning("removal.without_access", Json::object());
    co_return Result<>{};
  }

  // cancelled: the account was connected again.
  Task<> may_write() {
    CO_TRY(const Account now, co_await context_.host.account(account_.id));
    if (now.state == "disconnected") co_return Result<>{};
    co_return Error{Code::cancelled, "the account was connected again", {}};
  }

  Task<> remove_copies(Pair& pair) {
    const std::vector<std::string> own{account_.config.email};
    RecordMatcher matcher(context_.host.services().contacts, account_.user, own);
    CrmSide crm(context_.host.services().events, std::move(matcher), pair.crm_calendar, fence_,
                context_.blocking);
    const GuardedSide::MayWrite still_disconnected = [this] { return may_write(); };
    GuardedSide guarded(crm, still_disconnected);
    NoSide google;
    Removal removal(guarded, google, journal_, context_.clock, context_.random, {.copies = true});
    CO_TRY_VOID(note(pair, co_await removal.run(pair)));
    CO_TRY(const bool empty, co_await is_empty(context_, pair.crm_calendar));
    if (empty) CO_TRY_VOID(co_await context_.host.set_calendar_state(pair.crm_calendar, "hidden"));
    co_return Result<>{};
  }

  Task<> remove_events(Pair& pair) {
    google::GoogleSide google(access_->client(), context_.log, request_id(pair), "UTC");
    const GuardedSide::MayWrite still_disconnected = [this] { return may_write(); };
    GuardedSide guarded(google, still_disconnected);
    NoSide crm;
    Removal removal(crm, guarded, journal_, context_.clock, context_.random,
                    {.remote_events = true, .notify_guests = choice_.notify_guests});
    Result<Removal::Report> report = co_await removal.run(pair);
    if (!report && report.error().code == Code::needs_auth) {
      // Nothing can be removed at Google any more.
      context_.log.warning("removal.without_access", Json::object());
      access_.reset();
      co_return Result<>{};
    }
    co_return note(pair, std::move(report));
  }

  // Errors that end the run: another run has begun, or the account is connected again.
  Result<> note(const Pair& pair, Result<Removal::Report> report) {
    if (!report) {
      if (report.error().code == Code::conflict || report.error().code == Code::cancelled)
        return std::move(report).error();
      if (!error_) error_ = std::move(report).error();
      return {};
    }
    if (report->retry && !error_) error_ = report->retry;
    context_.log.info("removal.pass", Json::object({{"pair", pair.id},
                                                    {"crm", report->erased.crm},
                                                    {"google", report->erased.remote},
                                                    {"left", report->left}}));
    return {};
  }

  PluginContext& context_;
  store::SqlJournal& journal_;
  const Account& account_;
  std::int64_t fence_;
  RemovalChoice choice_;
  std::shared_ptr<GoogleAccess> access_;
  std::optional<Error> error_;
};

}  // namespace

Task<sync::RemovalCounts> count_removable(PluginContext& context, std::string account) {
  store::SqlJournal journal(context.database, context.blocking, context.random, 0);
  CO_TRY(const std::vector<Pair> pairs, co_await journal.pairs(std::move(account)));
  sync::RemovalCounts counts;
  for (const Pair& pair : pairs)
    if (is_there(pair))
      CO_TRY_VOID(co_await sync::count_removable(journal, pair.id, context.clock.now(), counts));
  co_return counts;
}

Task<> record_removal(PluginContext& context, std::string account, RemovalChoice choice,
                      std::int64_t fence) {
  KeyValueStore values(context.database, context.blocking, fence);
  const bool any = choice.copies || choice.remote_events;
  std::string text = any ? to_json(choice, 0).dump() : std::string();
  co_return co_await values.put(key_of(account), std::move(text));
}

Task<RemovalOutcome> carry_out_removal(PluginContext& context, store::SqlJournal& journal,
                                       const Account& account, std::int64_t fence) {
  KeyValueStore values(context.database, context.blocking, fence);
  CO_TRY(const std::string stored, co_await values.get(key_of(account.id)));
  if (stored.empty()) co_return RemovalOutcome{};
  CO_TRY(const Json record, Json::parse(stored));
  const RemovalChoice choice = choice_of(record);
  RemovalRun run(context, journal, account, fence, choice);
  CO_TRY(const std::optional<Error> error, co_await run.run());
  const std::int64_t attempts = record["attempts"].as_integer() + 1;
  if (error) {
    context.log.warning("removal.not_ended", Json::object({{"reason", error->message}}));
    if (attempts < kMaxAttempts) {
      CO_TRY_VOID(co_await values.put(key_of(account.id), to_json(choice, attempts).dump()));
      co_return RemovalOutcome{false, error->retry_after};
    }
  }
  CO_TRY_VOID(co_await values.put(key_of(account.id), std::string()));
  co_return RemovalOutcome{};
}

}  // namespace gcal::plugin
