#include "plugin/account/default_calendar.hpp"

#include <algorithm>
#include <optional>

namespace gcal::plugin {
namespace {

// Whether the user's default calendar belongs to another account.
Task<bool> has_default_elsewhere(PluginContext& context, store::SqlJournal& journal,
                                 const Account& account) {
  CO_TRY(const HostUser user, co_await context.host.user(account.user));
  CO_TRY(const std::optional<sync::Pair> present,
         co_await journal.pair_of_crm_calendar(user.default_calendar));
  co_return present && present->account != account.id;
}

}  // namespace

Task<Account> take_crm_default(PluginContext& context, Account account) {
  if (!account.config.take_crm_default) co_return account;
  const std::string own;
  CO_TRY_VOID(co_await context.host.set_default_calendar(account.user, own));
  settings::ConfigEdit taken = [](settings::AccountConfig& config) {
    config.take_crm_default = false;
  };
  co_return co_await context.host.edit_config(account.id, std::move(taken));
}

Task<Account> follow_default(PluginContext& context, store::SqlJournal& journal, Account account,
                             const std::vector<HostCalendar>& calendars) {
  const std::string& wanted = account.config.default_calendar;
  CO_TRY(const std::vector<sync::Pair> pairs, co_await journal.pairs(account.id));
  const auto applied = std::ranges::find_if(pairs, &sync::Pair::is_default);
  const std::string last = applied == pairs.end() ? std::string() : applied->remote_calendar;
  if (wanted != last) co_return account;
  const auto chosen = std::ranges::find_if(calendars, &HostCalendar::is_default);
  std::string now = chosen == calendars.end() ? std::string() : chosen->remote_calendar;
  if (now == wanted) co_return account;
  CO_TRY(const bool elsewhere, co_await has_default_elsewhere(context, journal, account));
  // While it is gone or may not be written, a host may name another one for new appointments: it is
  // still the user's choice, unless that is a calendar of another account.
  const auto before = std::ranges::find(calendars, last, &HostCalendar::remote_calendar);
  const bool usable =
      before != calendars.end() && before->state == "live" && before->mode == "two_way";
  if (!last.empty() && !usable && !elsewhere) co_return account;
  const bool visible = std::ranges::any_of(account.config.visible, [&](const auto& remote) {
    return remote.id == now && remote.writable();
  });
  if (!now.empty() && !visible) co_return account;
  settings::ConfigEdit follow = [&](settings::AccountConfig& config) {
    if (config.default_calendar != last) return;
    config.default_calendar = now;
    config.copy_guest_events_into.clear();
  };
  co_return co_await context.host.edit_config(account.id, std::move(follow));
}

}  // namespace gcal::plugin
