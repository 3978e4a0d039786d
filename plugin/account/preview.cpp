#include "plugin/account/preview.hpp"

#include <algorithm>

#include "plugin/account/health_rows.hpp"
#include "plugin/account/move_appointments.hpp"
#include "plugin/account/reconcile_pairs.hpp"
#include "plugin/account/run_schedule.hpp"
#include "plugin/adapters/crm_side.hpp"
#include "plugin/adapters/no_side.hpp"
#include "plugin/adapters/record_matcher.hpp"
#include "src/common/base/id.hpp"
#include "src/engine/google/google_side.hpp"
#include "src/engine/sync/copy_changes.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/passing_side.hpp"

namespace gcal::plugin {
namespace {

using base::Json;
using settings::PreviewNumbers;
using settings::RemoteCalendar;
using sync::Pair;
using sync::SideName;

constexpr std::size_t kPageSize = 1'000;
constexpr std::size_t kMaxPreviews = 64;

Error superseded() {
  return Error{Code::cancelled, "another choice of calendars is previewed", {}};
}

// Counts the items of each page that passes through. Stops when the preview is no longer wanted.
class CountingSide final : public sync::PassingSide {
 public:
  CountingSide(sync::Side& side, std::size_t& count, std::function<bool()> wanted)
      : sync::PassingSide(side), count_(count), wanted_(std::move(wanted)) {}
  Task<sync::ChangesPage> changes(std::string cursor) override {
    if (!wanted_()) co_return superseded();
    Result<sync::ChangesPage> page = co_await side_.changes(std::move(cursor));
    if (!wanted_()) co_return superseded();
    if (page) count_ += page->items.size();
    co_return page;
  }

 private:
  std::size_t& count_;
  std::function<bool()> wanted_;
};

// `draft`: the pair with what the calendar holds at Google now.
Task<> count_copies(store::SqlJournal& journal, const std::string& draft,
                    const std::vector<sync::CopyChange>& changes, PreviewNumbers& numbers) {
  std::vector<std::string> ids;
  for (const sync::CopyChange& change : changes) ids.push_back(change.link.side.remote.id);
  CO_TRY(const std::vector<sync::PendingChange> at_google,
         co_await journal.pending_changes(draft, SideName::remote, std::move(ids)));
  std::set<std::string> present;
  for (const sync::PendingChange& one : at_google) present.insert(one.item.id);
  for (const sync::CopyChange& change : changes) {
    if (change.found)
      numbers.set_aside += change.edited() ? 1 : 0;
    else
      numbers.restored += present.contains(change.link.side.remote.id) ? 1 : 0;
  }
  co_return Result<>{};
}

bool is_private(const calendar::Series& series) {
  return series.master.visibility == calendar::Visibility::private_ ||
         series.master.visibility == calendar::Visibility::confidential;
}

}  // namespace

Result<Previews::Asked> Previews::ask(const std::string& account,
                                      const std::vector<RemoteCalendar>& visible) {
  const auto known = previews_.find(account);
  if (known != previews_.end() && known->second->visible == visible) {
    if (const std::optional<Error> error = known->second->error) {
      previews_.erase(known);  // the next request tries again
      return *error;
    }
    return Asked{known->second->state, false};
  }
  // Discard finished previews. A request for one of them would only read again.
  if (previews_.size() >= kMaxPreviews)
    std::erase_if(previews_, [](const auto& entry) {
      return entry.second->state.numbers || entry.second->error;
    });
  const auto preview = std::make_shared<Preview>();
  preview->visible = visible;
  previews_[account] = preview;
  return Asked{preview->state, true};
}

// Marks the account as observed for as long as it exists, also if the coroutine is cancelled.
class Previews::Observation {
 public:
  Observation(Previews& previews, std::string account)
      : previews_(previews), account_(std::move(account)) {
    begun_ = previews_.observed_.insert(account_).second;
  }
  ~Observation() {
    if (begun_) previews_.observed_.erase(account_);
  }
  Observation(const Observation&) = delete;
  Observation& operator=(const Observation&) = delete;
  bool begun() const { return begun_; }

 private:
  Previews& previews_;
  std::string account_;
  bool begun_ = false;
};

bool Previews::is_current(const std::string& account,
                          const std::shared_ptr<Preview>& preview) const {
  const auto found = previews_.find(account);
  return found != previews_.end() && found->second == preview;
}

Task<> Previews::observe(std::string account, std::string user) {
  const Observation observation(*this, account);
  if (!observation.begun()) co_return Result<>{};  // the one under way reads the new choice
  for (;;) {
    const auto found = previews_.find(account);
    if (found == previews_.end()) co_return co_await erase_drafts(std::move(account));
    const std::shared_ptr<Preview> preview = found->second;
    if (preview->state.numbers || preview->error) co_return Result<>{};
    Result<PreviewNumbers> numbers = co_await read(preview, account, user);
    if (numbers)
      preview->state.numbers = *numbers;
    else
      preview->error = numbers.error();
  }
}

Task<PreviewNumbers> Previews::read(std::shared_ptr<Preview> preview, std::string account,
                                    std::string user) {
  CO_TRY(const std::shared_ptr<GoogleAccess> access, co_await context_.google.of(account));
  CO_TRY(const StoredGrant grant, co_await context_.vault.grant(account, SecretVault::Which::kept));
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const std::vector<Pair> drafts, co_await journal.pairs(account));
  std::vector<std::string> unwanted;
  for (const Pair& draft : drafts)
    if (std::ranges::find(preview->visible, draft.remote_calendar, &RemoteCalendar::id) ==
        preview->visible.end())
      unwanted.push_back(draft.id);
  if (!unwanted.empty()) CO_TRY_VOID(co_await journal.erase_pairs(std::move(unwanted)));

  PreviewNumbers numbers;
  std::set<std::string> leads;
  std::set<std::string> contacts;
  std::vector<Pair> read;
  const std::vector<std::string> own{grant.email};
  for (const RemoteCalendar& remote : preview->visible) {
    Pair pair;
    const auto draft = std::ranges::find(drafts, remote.id, &Pair::remote_calendar);
    if (draft != drafts.end()) pair = *draft;
    if (pair.id.empty()) pair.id = base::new_id(context_.random);
    pair.account = account;
    pair.remote_calendar = remote.id;
    pair.identity = grant.sub;
    pair.is_primary = remote.primary;
    NoSide crm;
    google::GoogleSide google(access->client(), context_.log, request_id(remote),
                              remote.time_zone.empty() ? "UTC" : remote.time_zone);
    CountingSide counted(google, preview->state.done,
                         [this, &account, &preview] { return is_current(account, preview); });
    sync::Cycle cycle(crm, counted, journal, context_.clock, context_.random, {});
    CO_TRY_VOID(co_await cycle.preview(pair));
    CO_TRY_VOID(co_await store_read(context_, pair.id));
    CO_TRY(const std::size_t mails, co_await cycle.count_mails(pair));
    numbers.mails += mails;
    // The preview has listed the calendar, so the first cycle need not.
    memory_[account].pairs[pair.id].due_at = context_.clock.now() + kFirstPollAfterSetup;
    CO_TRY_VOID(co_await count(journal, pair.id, user, own, numbers, leads, contacts));
    read.push_back(std::move(pair));
  }
  CO_TRY_VOID(co_await count_returning(journal, grant, user, read, numbers));
  preview->state.done = preview->state.total = numbers.appointments;
  numbers.leads = leads.size();
  numbers.contacts = contacts.size();
  CO_TRY(const ExistingAppointments existing, co_await existing_appointments(context_, user));
  numbers.existing_all = existing.all.size();
  numbers.existing_future = existing.future();
  co_return numbers;
}

// If the user connected this Google account before, its copies in the CRM return (PD-14). `drafts`:
// what the chosen calendars hold at Google now.
Task<> Previews::count_returning(store::SqlJournal& journal, const StoredGrant& grant,
                                 const std::string& user, const std::vector<Pair>& drafts,
                                 PreviewNumbers& numbers) {
  CO_TRY(const std::vector<Account> accounts, co_await context_.host.accounts());
  const auto known = std::ranges::find_if(accounts, [&](const Account& one) {
    return one.user == user && one.config.sub == grant.sub && one.state == "disconnected";
  });
  if (known == accounts.end()) co_return Result<>{};
  CO_TRY(const std::vector<Pair> pairs, co_await journal.pairs(known->id));
  for (const Pair& pair : pairs) {
    const auto draft = std::ranges::find_if(drafts, [&](const Pair& one) {
      return (one.is_primary && pair.is_primary) || one.remote_calendar == pair.remote_calendar;
    });
    if (draft == drafts.end() || pair.crm_calendar.empty()) continue;
    RecordMatcher matcher(context_.host.services().contacts, user, {});
    CrmSide crm(context_.host.services().events, std::move(matcher), pair.crm_calendar, 0,
                context_.blocking);
    sync::CopyChanges copies(crm, journal, pair);
    CO_TRY_VOID(co_await copies.begin());
    for (;;) {
      CO_TRY(const sync::CopyChanges::Page page, co_await copies.next());
      if (page.done) break;
      CO_TRY_VOID(co_await count_copies(journal, draft->id, page.changes, numbers));
    }
    numbers.set_aside += copies.take_leftovers().size();
  }
  co_return Result<>{};
}

Task<> Previews::count(store::SqlJournal& journal, const std::string& pair, const std::string& user,
                       const std::vector<std::string>& own, PreviewNumbers& numbers,
                       std::set<std::string>& leads, std::set<std::string>& contacts) {
  const RecordMatcher matcher(context_.host.services().contacts, user, own);
  std::string after;
  for (;;) {
    CO_TRY(const std::vector<sync::PendingChange> page,
           co_await journal.unlinked_changes(pair, SideName::remote, after, kPageSize));
    if (page.empty()) co_return Result<>{};
    after = page.back().item.id;
    std::vector<const calendar::Series*> series;
    for (const sync::PendingChange& seen : page) {
      series.push_back(&seen.item.series);
      ++numbers.appointments;
      if (seen.item.series.recurring()) ++numbers.series;
      if (is_private(seen.item.series)) ++numbers.private_ones;
    }
    std::function<Result<std::vector<Json>>()> look_up = [&matcher, &series] {
      return matcher.match(series);
    };
    CO_TRY(const std::vector<Json> records,
           co_await context_.blocking.run<std::vector<Json>>(std::move(look_up)));
    for (const Json& one : records) {
      if (!one["leads"].items().empty() || !one["contacts"].items().empty()) ++numbers.matched;
      for (const Json& id : one["leads"].items()) leads.insert(id.as_string());
      for (const Json& id : one["contacts"].items()) contacts.insert(id.as_string());
    }
  }
}

Task<> Previews::forget(std::string account) {
  previews_.erase(account);
  memory_.erase(account);
  // An observation that is under way erases what it stored when it stops.
  co_return co_await erase_drafts(std::move(account));
}

Task<> Previews::erase_drafts(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const std::vector<Pair> pairs, co_await journal.pairs(account));
  std::vector<std::string> ids;
  for (const Pair& pair : pairs)
    if (pair.state == sync::PairState::draft) ids.push_back(pair.id);
  if (ids.empty()) co_return Result<>{};
  co_return co_await journal.erase_pairs(std::move(ids));
}

}  // namespace gcal::plugin
