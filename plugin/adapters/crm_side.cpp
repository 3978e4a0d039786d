#include "plugin/adapters/crm_side.hpp"

#include <algorithm>
#include <map>

#include "src/common/base/bytes.hpp"
#include "src/common/base/json_array.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/sync/derived_ids.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr std::uint32_t kPageSize = 500;
constexpr std::size_t kMaxIds = 500;  // of one call of crm.events/0 get
// Prefix of the position of a later page of a listing, which says that the read started without a
// cursor.
constexpr std::string_view kListing = "listing:";

// Whom the user wants to be informed of this act.
void read_wish(const Json& json, sync::FeedItem& item) {
  item.silent = json.string("notify") == "nobody";
  item.by_google = json.string("notify") == "google";
}

Result<sync::FeedItem> feed_item_of(const Json& document) {
  TRY(calendar::Series series, calendar::series_from_json(document["event"]));
  sync::FeedItem item;
  item.id = document.string("id");
  item.version = document.string("revision");
  item.split_of = document.string("split_of");
  item.series = std::move(series);
  read_wish(document, item);
  return item;
}

// A write that is repeated after its answer was lost, in this run or in one after a crash, has the
// id of its first attempt, and the host answers it as it did then.
std::string operation_id(const Json& operation) {
  return base::to_base64url(base::sha256(base::as_bytes(operation.dump())));
}

Json operation_json(const sync::Operation& operation, const std::string& calendar,
                    const Json& records) {
  const bool creating = operation.kind == sync::Operation::Kind::put && operation.id.empty();
  Json json =
      Json::object({{"op", operation.kind == sync::Operation::Kind::put ? "put" : "erase"},
                    {"id", creating ? sync::derived_crm_id(operation.link_id, operation.incarnation)
                                    : operation.id}});
  if (operation.if_version) json.set("if_revision", *operation.if_version);
  if (operation.kind == sync::Operation::Kind::put) {
    json.set("calendar", calendar);
    json.set("event", calendar::to_json(operation.series));
    json.set("records", records);
  }
  json.set("op_id", operation_id(json));
  return json;
}

// It is the CRM that is away, not Google.
template <class T>
Result<T> of_the_crm(Result<T> answer) {
  if (answer || !answer.error().detail.empty() ||
      (answer.error().code != Code::unavailable && answer.error().code != Code::timeout))
    return answer;
  Error error = std::move(answer).error();
  error.detail = "health.crm_waiting";
  return error;
}

}  // namespace

Task<sync::ChangesPage> CrmSide::changes(std::string cursor) {
  std::function<Result<sync::ChangesPage>()> read = [this, cursor] { return read_changes(cursor); };
  co_return of_the_crm(co_await blocking_.run<sync::ChangesPage>(std::move(read)));
}

Result<sync::ChangesPage> CrmSide::read_changes(const std::string& cursor) const {
  sync::ChangesPage page;
  page.listing = cursor.empty() || cursor.starts_with(kListing);
  const std::string_view position = cursor.starts_with(kListing)
                                        ? std::string_view(cursor).substr(kListing.size())
                                        : std::string_view(cursor);
  TRY(const std::string text, events_.changes(calendar_, position, kPageSize));
  TRY(const Json answer, Json::parse(text));
  for (const Json& change : answer["changes"].items()) {
    if (const Json* document = change.find("document")) {
      Result<sync::FeedItem> item = feed_item_of(*document);
      if (item)
        page.items.push_back(*std::move(item));
      else
        page.unreadable.push_back({change.string("id"), item.error().message});
      continue;
    }
    sync::FeedItem gone;
    gone.id = change.string("id");
    gone.kind = sync::FeedItem::Kind::deleted;
    read_wish(change, gone);
    page.items.push_back(std::move(gone));
  }
  page.more = answer["more"].as_bool();
  page.next =
      (page.more && page.listing ? std::string(kListing) : std::string()) + answer.string("cursor");
  return page;
}

Task<sync::FeedItem> CrmSide::get(std::string id) {
  std::function<Result<sync::FeedItem>()> read = [this, id] { return read_one(id); };
  co_return of_the_crm(co_await blocking_.run<sync::FeedItem>(std::move(read)));
}

Result<sync::FeedItem> CrmSide::read_one(const std::string& id) const {
  TRY(const std::string text, events_.get(Json::array({id}).dump()));
  TRY(const Json answer, Json::parse(text));
  if (answer.items().empty() || answer.items().front().string("calendar") != calendar_) {
    sync::FeedItem gone;
    gone.id = id;
    gone.kind = sync::FeedItem::Kind::deleted;
    return gone;
  }
  return feed_item_of(answer.items().front());
}

Task<std::vector<sync::FeedItem>> CrmSide::get_many(std::vector<std::string> ids) {
  using Items = std::vector<sync::FeedItem>;
  std::function<Result<Items>()> read = [this, &ids] { return read_many(ids); };
  co_return of_the_crm(co_await blocking_.run<Items>(std::move(read)));
}

Result<std::vector<sync::FeedItem>> CrmSide::read_many(const std::vector<std::string>& ids) const {
  std::map<std::string, sync::FeedItem> items;
  for (const std::string& id : ids) {
    sync::FeedItem& gone = items[id];
    gone.id = id;
    gone.kind = sync::FeedItem::Kind::deleted;
  }
  for (std::size_t begin = 0; begin < ids.size(); begin += kMaxIds) {
    Json some = Json::array();
    for (std::size_t i = begin; i < std::min(begin + kMaxIds, ids.size()); ++i) some.push(ids[i]);
    TRY(const std::string text, events_.get(some.dump()));
    TRY(const Json answer, Json::parse(text));
    for (const Json& document : answer.items()) {
      if (document.string("calendar") != calendar_) continue;
      Result<sync::FeedItem> item = feed_item_of(document);
      if (item)
        items[document.string("id")] = *std::move(item);
      else
        items.erase(document.string("id"));
    }
  }
  std::vector<sync::FeedItem> found;
  for (auto& [id, item] : items) found.push_back(std::move(item));
  return found;
}

Task<std::vector<Result<sync::Written>>> CrmSide::apply(std::vector<sync::Operation> operations) {
  using Answers = std::vector<Result<sync::Written>>;
  std::function<Result<Answers>()> work = [this, &operations] { return write(operations); };
  co_return of_the_crm(co_await blocking_.run<Answers>(std::move(work)));
}

Result<std::vector<Result<sync::Written>>> CrmSide::write(
    const std::vector<sync::Operation>& operations) {
  std::vector<const calendar::Series*> series;
  for (const sync::Operation& operation : operations) series.push_back(&operation.series);
  TRY(const std::vector<Json> records, matcher_.match(series));

  Json batch = Json::array();
  for (std::size_t i = 0; i < operations.size(); ++i) {
    Json operation = operation_json(operations[i], calendar_, records[i]);
    sent_as_[operations[i].op_id] = operation.string("op_id");
    batch.push(std::move(operation));
  }
  TRY(const std::string text, events_.apply(fence_, batch.dump()));
  TRY(const Json results, Json::parse(text));
  if (results.items().size() != operations.size())
    return Error{Code::internal, "the host answered another number of operations", {}};

  std::vector<Result<sync::Written>> answers;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const Json& result = results.items()[i];
    const Code code =
        crm::to_code(static_cast<crm_status>(result["status"].as_integer(CRM_INTERNAL)));
    if (code == Code::ok)
      answers.emplace_back(sync::Written{batch.items()[i].string("id"),
                                         result.string("revision"),
                                         operations[i].series,
                                         std::nullopt,
                                         {}});
    else
      answers.emplace_back(Error{code, result.string("message"), {}});
  }
  return answers;
}

Task<> CrmSide::settle(std::vector<std::string> op_ids) {
  for (std::string& op_id : op_ids)
    if (auto sent = sent_as_.extract(op_id)) op_id = std::move(sent.mapped());
  std::function<Result<>()> work = [this, &op_ids] {
    return events_.settle(base::json_array(op_ids).dump());
  };
  co_return co_await blocking_.run<void>(std::move(work));
}

// A CRM calendar is deleted only together with its account, and then no cycle runs.
Task<bool> CrmSide::exists() {
  co_return true;
}

}  // namespace gcal::plugin
