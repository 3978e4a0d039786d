#include "plugin/account/relink_records.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "plugin/adapters/key_value_store.hpp"
#include "plugin/adapters/record_matcher.hpp"
#include "src/common/base/id.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr const char* kCursorKey = "contacts";

std::set<std::string> ids_of(const Json& list) {
  std::set<std::string> ids;
  for (const Json& id : list.items()) ids.insert(id.as_string());
  return ids;
}

std::set<std::pair<std::string, std::string>> others_of(const Json& list) {
  std::set<std::pair<std::string, std::string>> others;
  for (const Json& one : list.items()) others.emplace(one.string("kind"), one.string("id"));
  return others;
}

bool same_records(const Json& a, const Json& b) {
  return ids_of(a["leads"]) == ids_of(b["leads"]) &&
         ids_of(a["contacts"]) == ids_of(b["contacts"]) &&
         others_of(a["others"]) == others_of(b["others"]);
}

Task<std::size_t> relink_account(PluginContext& context, store::SqlJournal& journal,
                                 const Account& account, std::vector<std::string> addresses,
                                 std::int64_t fence) {
  CO_TRY(const std::vector<sync::Link> links,
         co_await journal.links_by_address(account.id, std::move(addresses)));
  std::vector<std::string> ids;
  for (const sync::Link& link : links) ids.push_back(link.side[sync::SideName::crm].id);
  if (ids.empty()) co_return std::size_t{0};
  CO_TRY(const std::vector<Json> documents, co_await context.host.events(std::move(ids)));

  std::vector<calendar::Series> series;
  std::vector<const Json*> readable;
  for (const Json& document : documents) {
    Result<calendar::Series> one = calendar::series_from_json(document["event"]);
    if (!one) continue;
    series.push_back(*std::move(one));
    readable.push_back(&document);
  }
  std::vector<const calendar::Series*> views;
  for (const calendar::Series& one : series) views.push_back(&one);
  const std::vector<std::string> own{account.config.email};
  const RecordMatcher matcher(context.host.services().contacts, account.user, own);
  std::function<Result<std::vector<Json>>()> look_up = [&matcher, &views] {
    return matcher.match(views);
  };
  CO_TRY(std::vector<Json> records,
         co_await context.blocking.run<std::vector<Json>>(std::move(look_up)));

  std::vector<Json> operations;
  for (std::size_t i = 0; i < readable.size(); ++i) {
    if (same_records((*readable[i])["records"], records[i])) continue;
    operations.push_back(Json::object({{"op", "link"},
                                       {"op_id", base::new_id(context.random)},
                                       {"id", readable[i]->string("id")},
                                       {"records", std::move(records[i])}}));
  }
  const std::size_t count = operations.size();
  if (count == 0) co_return count;
  CO_TRY(const std::vector<Json> results,
         co_await context.host.apply(fence, std::move(operations)));
  for (const Json& result : results) {
    const Code code =
        crm::to_code(static_cast<crm_status>(result["status"].as_integer(CRM_INTERNAL)));
    // not_found, gone: the appointment was deleted meanwhile.
    if (code != Code::ok && code != Code::not_found && code != Code::gone)
      co_return Error{code, "an appointment could not be linked: " + result.string("message"), {}};
  }
  co_return count;
}

}  // namespace

Task<std::size_t> relink_records(PluginContext& context, std::int64_t fence,
                                 std::function<bool()> all_known) {
  store::SqlJournal journal(context.database, context.blocking, context.random, fence);
  KeyValueStore values(context.database, context.blocking, fence);
  CO_TRY(std::string cursor, co_await values.get(kCursorKey));
  CO_TRY(const std::vector<Account> accounts, co_await context.host.accounts());
  std::size_t changed = 0;
  bool advances = true;
  for (;;) {
    Result<Json> page = co_await context.host.contact_changes(cursor);
    if (!page && page.error().code == Code::gone && !cursor.empty()) {
      cursor.clear();
      continue;
    }
    if (!page) co_return std::move(page).error();
    std::set<std::string> addresses;
    for (const Json& change : (*page)["changes"].items())
      for (const Json& address : change["addresses"].items())
        addresses.insert(icalendar::normalised_address(address.as_string()));
    for (const std::string& address : std::set<std::string>(addresses))
      addresses.insert(icalendar::mailbox_of(address));
    addresses.erase("");
    if (!addresses.empty()) {
      for (const Account& account : accounts) {
        std::vector<std::string> wanted(addresses.begin(), addresses.end());
        CO_TRY(const std::size_t linked,
               co_await relink_account(context, journal, account, std::move(wanted), fence));
        changed += linked;
      }
    }
    const std::string next = page->string("cursor");
    advances = advances && all_known();
    if (next != cursor && advances) CO_TRY_VOID(co_await values.put(kCursorKey, next));
    cursor = next;
    if (!(*page)["more"].as_bool()) co_return changed;
  }
}

}  // namespace gcal::plugin
