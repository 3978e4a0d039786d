#include "src/engine/google/google_side.hpp"

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/google/read_position.hpp"
#include "src/engine/sync/refusal.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::Occurrence;
using calendar::OriginalStart;
using sync::FeedItem;

constexpr const char* kPageSize = "2500";

// The parameters of every events.list of a read. They must be the same for all pages; with other
// parameters the sync token is undefined.
net::Parameters list_parameters() {
  return {{"singleEvents", "false"}, {"maxResults", kPageSize}};
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
  feed_item.remote_item.master = std::move(item.kept);
  feed_item.remote_item.whole = true;
  return feed_item;
}

void add_instance(FeedItem& feed_item, Item instance) {
  const OriginalStart start = *instance.original_start;
  feed_item.remote_item.occurrences.insert_or_assign(start, std::move(instance.kept));
  feed_item.series.occurrences.insert_or_assign(start, occurrence_of(std::move(instance)));
}

// Working locations and birthdays are not appointments (PD-12).
bool is_hidden(const calendar::Facts& facts) {
  return facts.type == calendar::EventType::working_location ||
         facts.type == calendar::EventType::birthday;
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
  if (!out.more) CO_TRY_VOID(co_await finish_read(out));
  end_singles_of_series(out);
  if (out.more) {
    out.next = position.at_page(next_page);
    co_return out;
  }
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
    if (!item.cancelled && is_hidden(item.series.facts)) {
      read_state_.hidden.insert(item.series_id.empty() ? item.id : item.series_id);
      continue;
    }
    if (!item.series_id.empty()) {
      instances.push_back(std::move(item));
    } else if (item.cancelled) {
      out.items.push_back(gone(std::move(item.id)));
    } else if (!item.series.recurring()) {
      out.items.push_back(single(std::move(item)));
    } else {
      const bool again = !read_state_.masters.insert(item.id).second;
      if ((!listing || again) && !base::mutant("increments_name_exceptions")) {
        // A change of the rule may have removed exceptions that are not listed, and a series that
        // comes again was edited while its pages were read: read the whole series.
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
      add_instance(out.items[master->second], std::move(instance));
    else if (!base::mutant("instances_need_their_master"))
      read_state_.orphan_instances[instance.series_id].push_back(std::move(instance));
  }
}

// Called after the last page: instances whose master was on an earlier page are reported as a part
// of it, also where they were edited after the whole series had been read; the others belong to a
// series that was not listed.
Task<> GoogleSide::finish_read(sync::ChangesPage& out) {
  ReadState done = std::exchange(read_state_, ReadState{});
  for (auto& [series_id, instances] : done.orphan_instances) {
    if (done.hidden.contains(series_id)) continue;  // a cancelled occurrence does not say its type
    if (done.masters.contains(series_id)) {
      FeedItem fragment;
      fragment.id = series_id;
      fragment.kind = FeedItem::Kind::partial;
      fragment.has_master = false;
      fragment.version = instances.back().etag;
      for (Item& instance : instances) add_instance(fragment, std::move(instance));
      out.items.push_back(std::move(fragment));
      continue;
    }
    Result<FeedItem> whole = co_await get(series_id);
    if (whole) {
      if (is_hidden(whole->series.facts)) continue;
      const bool deleted = whole->kind == FeedItem::Kind::deleted;
      out.items.push_back(*std::move(whole));
      if (deleted) CO_TRY_VOID(co_await append_remaining(std::move(instances), out));
      continue;
    }
    if (!is_absent(whole.error())) {
      CO_TRY_VOID(add_unreadable(series_id, whole.error(), out));
      continue;
    }
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

// The series was deleted for this account. An occurrence to which it is still invited is an event
// of its own from now on.
Task<> GoogleSide::append_remaining(std::vector<Item> instances, sync::ChangesPage& out) {
  for (Item& instance : instances) {
    if (instance.cancelled) continue;
    Result<FeedItem> one = co_await get(std::move(instance.id));
    if (!one && is_absent(one.error())) continue;
    if (!one) co_return std::move(one).error();
    if (one->kind == FeedItem::Kind::full) out.items.push_back(*std::move(one));
  }
  co_return Result<>{};
}

// An occurrence of a series that the account can see is a part of that series: the event of its own
// that it was while the account was invited to it alone ends.
void GoogleSide::end_singles_of_series(sync::ChangesPage& out) {
  const std::size_t count = out.items.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::string> ids;
    for (const auto& [start, occurrence] : out.items[i].series.occurrences)
      ids.push_back(instance_id(out.items[i].id, start));
    for (std::string& id : ids) out.items.push_back(gone(std::move(id)));
  }
}

Task<> GoogleSide::append_series(Item master, sync::ChangesPage& out) {
  std::string id = master.id;
  Result<FeedItem> whole = co_await read_series(std::move(master));
  // Only instances of later pages can be newer than the whole.
  read_state_.orphan_instances.erase(id);
  if (whole) {
    read_state_.failures = 0;
    out.items.push_back(*std::move(whole));
    co_return Result<>{};
  }
  read_state_.masters.erase(id);
  co_return add_unreadable(id, whole.error(), out);
}

// A series that was listed could not be read. The page is complete without it: it is read again by
// its id. After several failures in a row it is not about the series, and the page fails.
Result<> GoogleSide::add_unreadable(const std::string& id, const Error& error,
                                    sync::ChangesPage& out) {
  constexpr std::size_t kFailuresInARow = 3;
  const bool failed = sync::reaction_to(error) == sync::Reaction::count;
  if (!failed && !sync::is_unreadable(error)) return error;
  if (failed && ++read_state_.failures >= kFailuresInARow) return error;
  out.unreadable.push_back({id, error.message, failed});
  return {};
}

Task<Item> GoogleSide::read_item(std::string id) {
  CO_TRY(const Json json, co_await client_.get_event(calendar_id_, std::move(id)));
  co_return item_from_json(json, time_zone_);
}

Task<FeedItem> GoogleSide::get(std::string id) {
  CO_TRY(Item item, co_await read_item(std::move(id)));
  if (item.cancelled) co_return gone(std::move(item.id));
  if (!item.series_id.empty()) {
    const Result<Item> series = co_await read_item(item.series_id);
    if (!series && !is_absent(series.error())) co_return series.error();
    if (series && !series->cancelled) co_return gone(std::move(item.id));
  }
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
      if (!base::mutant("removed_dates_are_unread")) parameters.emplace_back("showDeleted", "true");
      if (!page_token.empty()) parameters.emplace_back("pageToken", page_token);
      CO_TRY(const Json page, co_await client_.list_events(calendar_id_, std::move(parameters)));
      CO_TRY_VOID(merge_instances(page, feed_item));
      if (feed_item.kind == FeedItem::Kind::deleted) co_return feed_item;
      page_token = page.string("nextPageToken");
      CO_TRY(more, paging.more(page_token));
    }
  }
  calendar::drop_void_cancellations(feed_item.series);
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
      add_instance(feed_item, *std::move(read));
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
      feed_item.remote_item.master = std::move(read->kept);
    }
  }
  return {};
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
  // Refused because of the calendar; a refusal of the account says nothing about it.
  if (!events && (is_absent(events.error()) ||
                  (events.error().code == Code::denied && events.error().scope == Scope::calendar)))
    co_return false;
  if (!events) co_return events.error();
  co_return true;
}

Task<bool> GoogleSide::writable() {
  CO_TRY(const Json entry, co_await client_.get_calendar(calendar_id_));
  const std::string& role = entry.string("accessRole");
  co_return role == "writer" || role == "owner";
}

}  // namespace gcal::google
