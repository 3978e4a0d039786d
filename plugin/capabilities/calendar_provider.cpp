#include "plugin/capabilities/calendar_provider.hpp"

#include <algorithm>
#include <map>

#include "plugin/account/event_state.hpp"
#include "plugin/account/health_rows.hpp"
#include "plugin/account/mail_status.hpp"
#include "plugin/adapters/remote_calendars.hpp"
#include "src/common/base/milliseconds.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {

using base::Json;

namespace {

// Of the appointment, as the sides agreed on it last.
std::string title(const sync::Link& link) {
  const sync::SideState& side = link.side.crm.has_base ? link.side.crm : link.side.remote;
  return side.has_base ? side.base.master.summary : std::string();
}

// What is refused, fails or cannot be read, with its reason. An appointment that could never be
// read is no event of the CRM and is named by its id at Google.
Task<> add_held_items(store::SqlJournal& journal, std::string account, Json& held) {
  CO_TRY(const std::vector<sync::HeldItem> items,
         co_await journal.held_items_of_account(std::move(account)));
  std::vector<std::string> ids;
  for (const sync::HeldItem& item : items)
    if (!item.link.empty()) ids.push_back(item.link);
  std::map<std::string, std::string> event_of;
  std::map<std::string, std::string> title_of;
  CO_TRY(const std::vector<sync::Link> links, co_await journal.links_by_id(std::move(ids)));
  for (const sync::Link& link : links) {
    event_of[link.id] = link.side.crm.id;
    title_of[link.id] = title(link);
  }
  for (const sync::HeldItem& item : items) {
    if (item.reason == sync::kHeldSuspect) continue;
    // An appointment of the CRM that was never read has no link.
    const bool in_crm = item.side == sync::SideName::crm;
    Json one = Json::object({{"event", in_crm ? item.id : event_of[item.link]},
                             {"key", item.reason},
                             {"detail", item.detail},
                             {"attempts", static_cast<std::int64_t>(item.attempts)},
                             {"next_try", base::milliseconds(item.next_try)}});
    if (const std::string& named = title_of[item.link]; !named.empty()) one.set("title", named);
    if (!in_crm) one.set("remote_event", item.id);
    held.push(std::move(one));
  }
  co_return Result<>{};
}

}  // namespace

Task<Account> CalendarProvider::account_of(std::string request) {
  CO_TRY(const Json json, Json::parse(request));
  CO_TRY(Account account, co_await context_.host.account(json.string("account")));
  if (account.user != json.string("user"))
    co_return Error{Code::not_found, "there is no such account", {}};
  co_return account;
}

Task<> CalendarProvider::calendars(std::string request, SharedReply reply) {
  reply->send_json(co_await list(std::move(request)));
  co_return Result<>{};
}

Task<Json> CalendarProvider::list(std::string request) {
  CO_TRY(const Account account, co_await account_of(std::move(request)));
  CO_TRY(const std::shared_ptr<GoogleAccess> access, co_await context_.google.of(account.id));
  CO_TRY(std::vector<settings::RemoteCalendar> remote_calendars,
         co_await read_remote_calendars(access->client()));
  settings::name_primary_as(account.config.visible, remote_calendars);
  Json calendars = Json::array();
  for (const settings::RemoteCalendar& remote : remote_calendars) {
    const bool visible =
        std::ranges::find(account.config.visible, remote.id, &settings::RemoteCalendar::id) !=
        account.config.visible.end();
    calendars.push(Json::object({{"remote_id", remote.id},
                                 {"name", remote.name},
                                 {"color", remote.color},
                                 {"role", remote.role},
                                 {"primary", remote.primary},
                                 {"visible", visible}}));
  }
  co_return calendars;
}

Task<> CalendarProvider::status(std::string request, SharedReply reply) {
  reply->send_json(co_await describe(std::move(request)));
  co_return Result<>{};
}

Task<Json> CalendarProvider::describe(std::string request) {
  CO_TRY(const Json asked, Json::parse(request));
  CO_TRY(Account account, co_await account_of(std::move(request)));
  const base::Instant now = context_.clock.now();
  const bool viewed = asked["viewed"].as_bool();
  if (viewed && account.state == "active") CO_TRY_VOID(co_await runs_.on_viewed(account.id));
  const std::int64_t next_poll = base::milliseconds(memory_[account.id].next_run);
  if (viewed)
    co_return Json::object(
        {{"calendars", Json::array()}, {"held", Json::array()}, {"next_poll_at", next_poll}});
  if (const std::string& event = asked.string("event"); !event.empty()) {
    CO_TRY(const EventRows rows,
           co_await read_event_rows(context_, account.id, asked.string("calendar"), event));
    Json answer = Json::object(
        {{"calendars", Json::array()}, {"held", Json::array()}, {"next_poll_at", next_poll}});
    Json state = event_state(rows, asked.string("revision"), now);
    if (!state.is_null()) answer.set("event", std::move(state));
    co_return answer;
  }
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  const std::string id = account.id;
  CO_TRY(const HealthRows rows, co_await read_health_rows(context_, std::move(account)));
  CO_TRY(const std::vector<sync::Link> held_links, co_await journal.held(id));
  Json calendars = Json::array();
  for (const sync::Pair& pair : rows.pairs) {
    const CalendarState state = calendar_state(rows, pair, now);
    CO_TRY(const std::size_t appointments, co_await journal.count_links(pair.id));
    const auto waits = std::ranges::count_if(held_links, [&](const sync::Link& link) {
      return link.pair == pair.id && link.held_reason == sync::kHeldInferred;
    });
    calendars.push(
        Json::object({{"calendar", pair.crm_calendar},
                      {"synced_at", base::milliseconds(pair.synced_at)},
                      {"push_until", base::milliseconds(state.push_until)},
                      {"read_at", base::milliseconds(state.read_at)},
                      {"waiting_since", base::milliseconds(state.waiting_since)},
                      {"no_creations_until", base::milliseconds(state.no_creations_before)},
                      {"appointments", appointments},
                      {"held", waits}}));
  }
  Json held = Json::array();
  CO_TRY_VOID(co_await add_held_items(journal, id, held));
  for (const sync::Link& link : held_links) {
    if (link.held_reason == sync::kRetired || link.held_reason == sync::kHeldUnreadable) continue;
    Json one =
        Json::object({{"event", link.side[sync::SideName::crm].id}, {"key", link.held_reason}});
    if (const std::string named = title(link); !named.empty()) one.set("title", named);
    held.push(std::move(one));
  }
  CO_TRY(Json invitations, co_await mail_status(context_, rows.account));
  const std::chrono::milliseconds mails_wait = context_.site.undo_time;
  co_return Json::object({{"calendars", std::move(calendars)},
                          {"held", std::move(held)},
                          {"next_poll_at", next_poll},
                          {"mails_wait_ms", static_cast<std::int64_t>(mails_wait.count())},
                          {"health", health_of(rows, now)},
                          {"invitations", std::move(invitations)}});
}

Task<> CalendarProvider::sync_now(std::string request, SharedReply reply) {
  const Result<Account> account = co_await account_of(std::move(request));
  if (!account || account->state != "active") {
    reply->send(account ? Error{Code::conflict, "the account is paused or disconnected", {}}
                        : account.error());
    co_return Result<>{};
  }
  co_return co_await runs_.run_and_answer(account->id, std::move(reply));
}

}  // namespace gcal::plugin
