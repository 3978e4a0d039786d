#include "src/engine/google/google_side.hpp"

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/google/read_position.hpp"
#include "src/engine/sync/derived_ids.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::Occurrence;
using calendar::OriginalStart;
using calendar::Series;
using sync::FeedItem;
using sync::Operation;
using sync::Written;

constexpr const char* kPageSize = "2500";

SendUpdates updates_of(const Operation& operation) {
  return operation.notify == sync::Notify::guests ? SendUpdates::all : SendUpdates::none;
}

// The parameters of every events.list of a read. They must be the same for all pages; with other
// parameters the sync token is undefined.
net::Parameters list_parameters() {
  return {{"singleEvents", "false"}, {"maxResults", kPageSize}};
}

Occurrence occurrence_of(Item instance) {
  Occurrence occurrence;
  occurrence.cancelled = instance.cancelled;
  if (!occurrence.cancelled) occurrence.event = std::move(instance.series.master);
  return occurrence;
}

FeedItem gone(std::string id) {
  FeedItem feed_item;
  feed_item.id = std::move(id);
  feed_item.kind = FeedItem::Kind::deleted;
  return feed_item;
}

// A single event, or an instance of a series that this account cannot see.
FeedItem single(Item item) {
  FeedItem feed_item;
  feed_item.id = std::move(item.id);
  feed_item.version = std::move(item.etag);
  feed_item.series = std::move(item.series);
  return feed_item;
}

// Working locations and birthdays are not appointments (PD-12).
bool is_hidden(const Item& item) {
  const calendar::EventType type = item.series.facts.type;
  return !item.cancelled &&
         (type == calendar::EventType::working_location || type == calendar::EventType::birthday);
}

// Functions instead of `co_return {...}`: GCC 12 destroys an aggregate built there twice.
Written written(Item item) {
  return {std::move(item.id), std::move(item.etag), std::move(item.series)};
}
Written written(FeedItem whole) {
  return {std::move(whole.id), std::move(whole.version), std::move(whole.series)};
}

// "abc_R20250327T123000@google.com" -> "abc@google.com"; "" if the series was not split off.
std::string uid_of_original_series(const std::string& uid) {
  const std::size_t split = uid.rfind("_R");
  const std::size_t at = uid.rfind('@');
  if (split == std::string::npos || at == std::string::npos || at < split + 10 ||
      uid.find_first_not_of("0123456789T", split + 2) != at)
    return {};
  return uid.substr(0, split) + uid.substr(at);
}

using sync::is_absent;

}  // namespace

Task<sync::ChangesPage> GoogleSide::changes(std::string cursor) {
  const ReadPosition position = ReadPosition::parse(cursor);
  if (position.first) read_state_ = {};
  net::Parameters parameters = list_parameters();
  if (!position.sync_token.empty()) parameters.emplace_back("syncToken", position.sync_token);
  if (!position.page_token.empty()) parameters.emplace_back("pageToken", position.page_token);
  CO_TRY(const Json page, co_await client_.list_events(calendar_id_, std::move(parameters)));
  // Not an answer of events.list. Taken for an empty page it would mean that nothing is left, and
  // lead to deletions (P-21).
  if (page.string("kind") != "calendar#events")
    co_return Error{Code::unavailable, "what answered is not a list of events", {}};
  if (!page.string("timeZone").empty()) time_zone_ = page.string("timeZone");

  sync::ChangesPage out;
  out.listing = position.listing();
  std::vector<Item> changed_series;
  sort_items(page, out.listing, out, changed_series);
  for (Item& master : changed_series) CO_TRY_VOID(co_await append_series(std::move(master), out));

  const std::string& next_page = page.string("nextPageToken");
  out.more = !next_page.empty();
  if (out.more) {
    out.next = position.at_page(next_page);
    co_return out;
  }
  CO_TRY_VOID(co_await finish_read(out.listing, out));
  // Without a token the next cycle lists everything again, which is correct but slow.
  out.next = page.string("nextSyncToken");
  if (out.next.empty()) log_.warning("google.no_sync_token");
  co_return out;
}

// Sorts the items of a page: single events and masters are appended to `out`, instances are added
// to their master on this page or kept until the read ends.
void GoogleSide::sort_items(const Json& page, bool listing, sync::ChangesPage& out,
                            std::vector<Item>& changed_series) {
  std::map<std::string, std::size_t> master_at;
  std::vector<Item> instances;
  for (const Json& json : page["items"].items()) {
    Result<Item> read = item_from_json(json, time_zone_);
    if (!read) {
      // The other items are processed (P-06). Ids may be logged: they are not calendar content. An
      // unreadable instance makes its series unreadable, otherwise it would count as an occurrence
      // that follows the rule.
      log_.warning("google.item_unreadable",
                   Json::object({{"event", json.string("id")}, {"reason", read.error().message}}));
      const std::string& whole = json.string("recurringEventId").empty()
                                     ? json.string("id")
                                     : json.string("recurringEventId");
      if (!whole.empty()) out.unreadable.push_back({whole, read.error().message});
      continue;
    }
    Item& item = *read;
    if (is_hidden(item)) continue;
    if (!item.series_id.empty()) {
      instances.push_back(std::move(item));
    } else if (item.cancelled) {
      out.items.push_back(gone(std::move(item.id)));
    } else if (!item.series.recurring()) {
      out.items.push_back(single(std::move(item)));
    } else if (read_state_.masters.insert(item.id).second) {
      if (!listing) {
        // A change of the rule may have removed exceptions that are not listed: read the whole
        // series.
        changed_series.push_back(std::move(item));
        continue;
      }
      master_at.emplace(item.id, out.items.size());
      FeedItem fragment = single(std::move(item));
      fragment.kind = FeedItem::Kind::partial;
      out.items.push_back(std::move(fragment));
    }
  }
  for (Item& instance : instances) {
    const auto master = master_at.find(instance.series_id);
    if (master != master_at.end())
      out.items[master->second].series.occurrences.insert_or_assign(
          *instance.original_start, occurrence_of(std::move(instance)));
    else
      read_state_.orphan_instances[instance.series_id].push_back(std::move(instance));
  }
}

// Called after the last page: instances whose master was on an earlier page are reported as a part
// of it, the others belong to a series that was not listed.
Task<> GoogleSide::finish_read(bool listing, sync::ChangesPage& out) {
  ReadState done = std::exchange(read_state_, ReadState{});
  for (auto& [series_id, instances] : done.orphan_instances) {
    if (done.masters.contains(series_id)) {
      if (!listing) continue;  // the whole series was read already
      FeedItem fragment;
      fragment.id = series_id;
      fragment.kind = FeedItem::Kind::partial;
      fragment.has_master = false;
      fragment.version = instances.back().etag;
      for (Item& instance : instances)
        fragment.series.occurrences.insert_or_assign(*instance.original_start,
                                                     occurrence_of(std::move(instance)));
      out.items.push_back(std::move(fragment));
      continue;
    }
    Result<FeedItem> whole = co_await get(series_id);
    if (whole) {  // the whole series, or deleted with all of its occurrences
      out.items.push_back(*std::move(whole));
      continue;
    }
    if (whole.error().code == Code::invalid) {
      out.unreadable.push_back({series_id, whole.error().message});
      continue;
    }
    if (!is_absent(whole.error())) co_return std::move(whole).error();
    // The account is invited to single occurrences only: each is an event of its own.
    for (Item& instance : instances) {
      if (instance.cancelled)
        out.items.push_back(gone(std::move(instance.id)));
      else
        out.items.push_back(single(std::move(instance)));
    }
  }
  co_return Result<>{};
}

Task<> GoogleSide::append_series(Item master, sync::ChangesPage& out) {
  std::string id = master.id;
  Result<FeedItem> whole = co_await read_series(std::move(master));
  if (whole) {
    out.items.push_back(*std::move(whole));
    co_return Result<>{};
  }
  if (whole.error().code != Code::invalid) co_return std::move(whole).error();
  out.unreadable.push_back({std::move(id), whole.error().message});
  co_return Result<>{};
}

Task<Item> GoogleSide::read_item(std::string id) {
  CO_TRY(const Json json, co_await client_.get_event(calendar_id_, std::move(id)));
  co_return item_from_json(json, time_zone_);
}

Task<FeedItem> GoogleSide::get(std::string id) {
  CO_TRY(Item item, co_await read_item(std::move(id)));
  if (item.cancelled) co_return gone(std::move(item.id));
  if (!item.series.recurring()) co_return single(std::move(item));
  co_return co_await read_series(std::move(item));
}

// The master and its exceptions share one iCalUID, so one query returns the master and every
// exception, including cancelled ones. Exceptions of a series that was split off may still have the
// UID of the original series, so a second query is made for those.
Task<FeedItem> GoogleSide::read_series(Item master) {
  std::vector<std::string> uids{master.series.facts.ical_uid};
  if (const std::string origin = uid_of_original_series(uids.front()); !origin.empty())
    uids.push_back(origin);
  FeedItem feed_item = single(std::move(master));
  for (const std::string& uid : uids) {
    Paging paging;
    std::string page_token;
    for (bool more = true; more;) {
      net::Parameters parameters = list_parameters();
      parameters.emplace_back("iCalUID", uid);
      parameters.emplace_back("showDeleted", "true");
      if (!page_token.empty()) parameters.emplace_back("pageToken", page_token);
      CO_TRY(const Json page, co_await client_.list_events(calendar_id_, std::move(parameters)));
      CO_TRY_VOID(merge_instances(page, feed_item));
      if (feed_item.kind == FeedItem::Kind::deleted) co_return feed_item;
      page_token = page.string("nextPageToken");
      CO_TRY(more, paging.more(page_token));
    }
  }
  co_return feed_item;
}

// Adds the items of a page that belong to the series. Errors: invalid if one of them is unreadable.
Result<> GoogleSide::merge_instances(const Json& page, FeedItem& feed_item) {
  for (const Json& json : page["items"].items()) {
    const bool is_master = json.string("id") == feed_item.id;
    if (!is_master && json.string("recurringEventId") != feed_item.id) continue;
    Result<Item> read = item_from_json(json, time_zone_);
    if (!read) {
      log_.warning("google.item_unreadable",
                   Json::object({{"event", json.string("id")}, {"reason", read.error().message}}));
      return Error{Code::invalid, read.error().message, {}};
    }
    if (!is_master) {
      const OriginalStart start = *read->original_start;
      feed_item.series.occurrences.insert_or_assign(start, occurrence_of(*std::move(read)));
    } else if (read->cancelled) {
      feed_item = gone(feed_item.id);
      return {};
    } else {
      // This copy was read together with the exceptions and is newer than the caller's: use its
      // ETag for the next write.
      feed_item.version = std::move(read->etag);
      std::map<OriginalStart, Occurrence> occurrences = std::move(feed_item.series.occurrences);
      feed_item.series = std::move(read->series);
      feed_item.series.occurrences = std::move(occurrences);
    }
  }
  return {};
}

Task<std::vector<Result<Written>>> GoogleSide::apply(std::vector<Operation> operations) {
  std::vector<Result<Written>> answers;
  for (const Operation& operation : operations) {
    // Not `? :`: with co_await in its branches GCC 12 destroys the result twice.
    Result<Written> answer;
    if (operation.kind == Operation::Kind::put)
      answer = co_await put(operation);
    else
      answer = co_await erase(operation);
    // The remaining operations would meet the same limit: answer them with this error, not started.
    const bool stop =
        !answer &&
        (answer.error().code == Code::needs_auth || answer.error().code == Code::cancelled ||
         (answer.error().code == Code::unavailable && answer.error().retry_after.count() > 0));
    answers.push_back(std::move(answer));
    if (stop) {
      while (answers.size() < operations.size()) answers.emplace_back(answers.back().error());
      break;
    }
  }
  co_return answers;
}

Task<Written> GoogleSide::put(const Operation& operation) {
  const bool creating = operation.id.empty();
  Item master;
  bool notified = false;  // guests are notified once per change, not once per occurrence
  if (creating) {
    CO_TRY(master, co_await create(operation));
    notified = true;
  } else {
    Json patch = patch_body(operation.before, operation.series);
    if (patch.members().empty()) {
      master.id = operation.id;
      master.etag = operation.if_version.value_or("");
      master.series = operation.series;
      master.series.occurrences.clear();
    } else {
      CO_TRY(const Json reply, co_await client_.patch_event(
                                   calendar_id_, operation.id, std::move(patch),
                                   operation.if_version.value_or(""), updates_of(operation)));
      CO_TRY(master, item_from_json(reply, time_zone_));
      notified = true;
    }
  }
  if (!operation.series.recurring()) co_return written(std::move(master));

  const SendUpdates updates = notified ? SendUpdates::none : updates_of(operation);
  const bool new_rule = !creating && !calendar::equal_rule(operation.before, operation.series);
  if (new_rule) co_return co_await put_with_new_rule(operation, master.id, updates);
  const std::map<OriginalStart, Occurrence> before =
      creating ? std::map<OriginalStart, Occurrence>() : operation.before.occurrences;
  CO_TRY(const std::string version,
         co_await write_occurrences(operation.series, before, master.id, master.etag, updates));
  if (version == master.etag) {
    master.series.occurrences = before;
    co_return written(std::move(master));
  }
  CO_TRY(FeedItem whole, co_await get(master.id));
  if (whole.kind == FeedItem::Kind::deleted)
    co_return Error{Code::conflict, "it was deleted at Google meanwhile", {}};
  co_return written(std::move(whole));
}

// When the rule changes, Google may drop, keep or orphan exceptions, so the series is read again
// after the patch. Exceptions that are left from the old rule are then corrected.
Task<Written> GoogleSide::put_with_new_rule(const Operation& operation, std::string id,
                                            SendUpdates updates) {
  for (bool second = false;; second = true) {
    CO_TRY(FeedItem whole, co_await get(id));
    if (whole.kind == FeedItem::Kind::deleted)
      co_return Error{Code::conflict, "it was deleted at Google meanwhile", {}};
    if (second) co_return written(std::move(whole));
    Series wanted = operation.series;
    std::set<OriginalStart> left;
    for (const auto& [start, occurrence] : whole.series.occurrences) left.insert(start);
    const auto existing = calendar::existing_dates(wanted, left);
    for (const auto& [start, occurrence] : whole.series.occurrences) {
      // Google keeps exceptions at dates that the new rule does not have (P-09): cancel them.
      const bool gone =
          existing ? !existing->contains(start) : calendar::ends_before(wanted.recurrence, start);
      if (!occurrence.cancelled && gone && !wanted.occurrences.contains(start))
        wanted.occurrences.emplace(start, Occurrence{true, {}});
      // A cancelled exception stays cancelled: it is not known here whether the new rule has an
      // occurrence at that time.
      if (occurrence.cancelled && !wanted.occurrences.contains(start))
        wanted.occurrences.emplace(start, occurrence);
    }
    CO_TRY(const std::string version, co_await write_occurrences(wanted, whole.series.occurrences,
                                                                 id, whole.version, updates));
    if (version == whole.version) co_return written(std::move(whole));
  }
}

Task<Item> GoogleSide::create(const Operation& operation) {
  Json body = insert_body(operation.series,
                          sync::derived_remote_id(operation.link_id, operation.incarnation),
                          operation.link_id);
  Result<Json> reply =
      co_await client_.insert_event(calendar_id_, std::move(body), updates_of(operation));
  if (reply) co_return item_from_json(*reply, time_zone_);
  if (reply.error().code != Code::conflict) co_return std::move(reply).error();
  co_return co_await adopt(operation);
}

// The id exists already, usually because the answer to our own insert was lost. If the event still
// has the content that was sent, it counts as inserted; if a user has changed or deleted it since,
// the answer is conflict and the engine reads it.
Task<Item> GoogleSide::adopt(const Operation& operation) {
  CO_TRY(Item item,
         co_await read_item(sync::derived_remote_id(operation.link_id, operation.incarnation)));
  const Error conflict{Code::conflict, "the id stands for something else at Google", {}};
  if (item.cancelled || item.series.facts.link_mark != operation.link_id) co_return conflict;
  calendar::FieldSet changed = calendar::changed(operation.series, item.series);
  changed.set(calendar::index(calendar::Field::schedule),
              !calendar::equal_rule(operation.series, item.series));
  if (changed.any()) co_return conflict;
  co_return item;
}

// Writes the occurrences that differ, one after the other. The ETag belongs to the whole series, so
// each reply's ETag is the next precondition. Returns the last one.
Task<std::string> GoogleSide::write_occurrences(const Series& wanted,
                                                const std::map<OriginalStart, Occurrence>& before,
                                                const std::string& id, std::string version,
                                                SendUpdates updates) {
  const auto& after = wanted.occurrences;
  std::set<OriginalStart> starts;
  for (const auto& [start, occurrence] : before) starts.insert(start);
  for (const auto& [start, occurrence] : after) starts.insert(start);
  for (const OriginalStart& start : starts) {
    const auto was = before.find(start);
    const auto will = after.find(start);
    if (was != before.end() && will != after.end() && was->second == will->second) continue;
    Json patch = Json::object();
    if (will != after.end() && will->second.cancelled) {
      patch.set("status", "cancelled");  // not DELETE, whose answer has no ETag for the next write
    } else {
      const calendar::Event by_rule = calendar::occurrence_by_rule(wanted.master, start);
      const bool revived = was != before.end() && was->second.cancelled;
      const calendar::Event& from = was != before.end() && !revived ? was->second.event : by_rule;
      const calendar::Event& to = will != after.end() ? will->second.event : by_rule;
      patch = revived ? full_body(to) : patch_body(from, to);
      if (patch.members().empty()) continue;
    }
    const bool cancels = will != after.end() && will->second.cancelled;
    const Result<Json> reply = co_await client_.patch_event(calendar_id_, instance_id(id, start),
                                                            std::move(patch), version, updates);
    if (!reply && is_absent(reply.error())) {
      // The rule has no such occurrence, or it is cancelled already. Read the master to learn
      // whether the series still exists.
      if (cancels) continue;
      const Result<Item> master = co_await read_item(id);
      if (!master) co_return master.error();
      if (master->cancelled) co_return Error{Code::gone, "it was deleted at Google meanwhile", {}};
      if (will == after.end()) continue;
      co_return Error{Code::invalid, "an occurrence stands outside the rule of its series", {}};
    }
    if (!reply) co_return reply.error();
    if (!reply->string("etag").empty()) version = reply->string("etag");
  }
  co_return version;
}

Task<Written> GoogleSide::erase(const Operation& operation) {
  CO_TRY_VOID(co_await client_.delete_event(
      calendar_id_, operation.id, operation.if_version.value_or(""), updates_of(operation)));
  Written done;
  done.id = operation.id;
  co_return done;
}

// Nothing to do: Google stores no operation ids. A repeated insert is detected by its event id, a
// repeated patch by its ETag.
Task<> GoogleSide::settle(std::vector<std::string>) {
  co_return Result<>{};
}

Task<bool> GoogleSide::exists() {
  const Result<Json> entry = co_await client_.get_calendar(calendar_id_);
  if (!entry && is_absent(entry.error())) co_return false;
  if (!entry) co_return entry.error();
  if ((*entry)["deleted"].as_bool()) co_return false;
  net::Parameters one{{"maxResults", "1"}};
  const Result<Json> events = co_await client_.list_events(calendar_id_, std::move(one));
  if (!events && (is_absent(events.error()) || events.error().code == Code::denied))
    co_return false;
  if (!events) co_return events.error();
  co_return true;
}

}  // namespace gcal::google
