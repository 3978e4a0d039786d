#include "plugin/account/undoubled_side.hpp"

#include "plugin/account/crm_appointments.hpp"

namespace gcal::plugin {

using base::Json;
using sync::FeedItem;

UndoubledSide::Look UndoubledSide::look_of(const calendar::Series& series) {
  return {series.master.summary, calendar::OriginalStart::of(series.master.start),
          calendar::OriginalStart::of(series.master.end), series.recurrence};
}

FeedItem UndoubledSide::filtered(FeedItem item) const {
  if (item.kind == FeedItem::Kind::deleted || !item.has_master ||
      !elsewhere_.contains(look_of(item.series)))
    return item;
  item.kind = FeedItem::Kind::deleted;
  item.series = {};
  item.remote_item = {};
  return item;
}

Task<sync::ChangesPage> UndoubledSide::changes(std::string cursor) {
  CO_TRY(sync::ChangesPage page, co_await side_.changes(std::move(cursor)));
  if (!page.items.empty()) CO_TRY_VOID(co_await read_elsewhere());
  for (FeedItem& item : page.items) item = filtered(std::move(item));
  co_return page;
}

Task<FeedItem> UndoubledSide::get(std::string id) {
  CO_TRY(FeedItem item, co_await side_.get(std::move(id)));
  CO_TRY_VOID(co_await read_elsewhere());
  co_return filtered(std::move(item));
}

Task<std::vector<FeedItem>> UndoubledSide::get_many(std::vector<std::string> ids) {
  CO_TRY(std::vector<FeedItem> items, co_await side_.get_many(std::move(ids)));
  CO_TRY_VOID(co_await read_elsewhere());
  for (FeedItem& item : items) item = filtered(std::move(item));
  co_return items;
}

Task<> UndoubledSide::read_elsewhere() {
  if (read_) co_return Result<>{};
  CO_TRY(std::string own, co_await context_.host.own_calendar(account_.user));
  CO_TRY_VOID(co_await read_calendar(std::move(own)));
  CO_TRY(const std::vector<Account> accounts, co_await context_.host.accounts());
  for (const Account& account : accounts) {
    if (account.user != account_.user || account.state == "disconnected") continue;
    CO_TRY(const std::vector<HostCalendar> calendars, co_await context_.host.calendars(account.id));
    for (const HostCalendar& calendar : calendars)
      if (calendar.id != crm_calendar_ && calendar.state == "live")
        CO_TRY_VOID(co_await read_calendar(calendar.id));
  }
  read_ = true;
  co_return Result<>{};
}

Task<> UndoubledSide::read_calendar(std::string crm_calendar) {
  VisitAppointment visit = [this](const Json&, const calendar::Series& series) {
    elsewhere_.insert(look_of(series));
  };
  co_return co_await visit_appointments(context_, std::move(crm_calendar), std::move(visit));
}

}  // namespace gcal::plugin
