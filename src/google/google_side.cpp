#include "src/google/google_side.hpp"

#include "src/calendar/diff.hpp"
#include "src/sync/identity.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::Occurrence;
using calendar::OriginalStart;
using calendar::Series;
using sync::Observation;
using sync::Operation;
using sync::Written;

constexpr const char* kPage = "2500";
constexpr std::string_view kListing = "list:";
constexpr std::string_view kPaging = "page:";

SendUpdates updates_of(const Operation& operation) { return operation.notify == sync::Notify::guests ? SendUpdates::all : SendUpdates::none; }

// Both belong to every events.list of a read alike; any other parameter would make Google's sync token undefined.
net::Parameters list_parameters() { return {{"singleEvents", "false"}, {"maxResults", kPage}}; }

Occurrence occurrence_of(Item instance) {
  Occurrence occurrence;
  occurrence.cancelled = instance.cancelled;
  if (!occurrence.cancelled) occurrence.event = std::move(instance.series.master);
  return occurrence;
}

Observation gone(std::string id) {
  Observation observation;
  observation.id = std::move(id);
  observation.kind = Observation::Kind::gone;
  return observation;
}

// An appointment of its own: a single one, or an instance of a series that this person cannot see.
Observation single(Item item) {
  Observation observation;
  observation.id = std::move(item.id);
  observation.version = std::move(item.etag);
  observation.series = std::move(item.series);
  return observation;
}

bool is_absent(const Error& error) { return error.code == Code::not_found || error.code == Code::gone; }

}  // namespace

struct GoogleSide::Position {
  std::string page_token;
  std::string sync_token;
  bool first = true;

  bool listing() const { return sync_token.empty(); }

  static Position of(const std::string& cursor) {
    if (cursor.starts_with(kListing)) return {cursor.substr(kListing.size()), {}, false};
    if (!cursor.starts_with(kPaging)) return {{}, cursor, true};
    const std::size_t space = cursor.find(' ');
    return {cursor.substr(kPaging.size(), space - kPaging.size()), space == std::string::npos ? std::string() : cursor.substr(space + 1), false};
  }
  std::string after(const std::string& next_page) const {
    return listing() ? std::string(kListing) + next_page : std::string(kPaging) + next_page + " " + sync_token;
  }
};

Task<sync::ChangesPage> GoogleSide::changes(std::string cursor) {
  const Position position = Position::of(cursor);
  if (position.first) read_ = {};
  net::Parameters parameters = list_parameters();
  if (!position.sync_token.empty()) parameters.emplace_back("syncToken", position.sync_token);
  if (!position.page_token.empty()) parameters.emplace_back("pageToken", position.page_token);
  CO_TRY(const Json page, co_await client_.list_events(calendar_, std::move(parameters)));
  // Not an answer of events.list: an empty page here would pass for "nothing left" and end in deletions.
  if (page.string("kind") != "calendar#events") co_return Error{Code::unavailable, "what answered is not a list of events", {}};
  if (!page.string("timeZone").empty()) time_zone_ = page.string("timeZone");

  sync::ChangesPage out;
  out.listing = position.listing();
  std::vector<std::string> changed_series;
  take_items(page, out.listing, out, changed_series);
  for (const std::string& id : changed_series) CO_TRY_VOID(co_await append_whole(id, out));

  const std::string& next_page = page.string("nextPageToken");
  out.more = !next_page.empty();
  if (out.more) {
    out.next = position.after(next_page);
    co_return out;
  }
  CO_TRY_VOID(co_await finish_read(out.listing, out));
  // Without a token the next cycle lists everything again, which is right and only slow.
  out.next = page.string("nextSyncToken");
  if (out.next.empty()) log_.warning("google.no_sync_token");
  co_return out;
}

// Sorts a page: whole appointments and masters go out, instances join their master of this page or wait for it.
void GoogleSide::take_items(const Json& page, bool listing, sync::ChangesPage& out, std::vector<std::string>& changed_series) {
  std::map<std::string, std::size_t> master_at;
  std::vector<Item> instances;
  for (const Json& json : page["items"].items()) {
    Result<Item> read = item_from_json(json, time_zone_);
    if (!read) {
      // The others of the page go on. Ids are no calendar content.
      log_.warning("google.item_unreadable", Json::object({{"event", json.string("id")}, {"reason", read.error().message}}));
      continue;
    }
    Item& item = *read;
    if (!item.series_id.empty()) {
      instances.push_back(std::move(item));
    } else if (item.cancelled) {
      out.items.push_back(gone(std::move(item.id)));
    } else if (!item.series.recurring()) {
      out.items.push_back(single(std::move(item)));
    } else if (read_.masters.insert(item.id).second) {
      if (!listing) {
        // A change of the rule may have undone exceptions without a word about them: read the series as it stands.
        changed_series.push_back(item.id);
        continue;
      }
      master_at.emplace(item.id, out.items.size());
      Observation fragment = single(std::move(item));
      fragment.kind = Observation::Kind::fragment;
      out.items.push_back(std::move(fragment));
    }
  }
  for (Item& instance : instances) {
    const auto master = master_at.find(instance.series_id);
    if (master != master_at.end()) out.items[master->second].series.occurrences.insert_or_assign(*instance.original_start, occurrence_of(std::move(instance)));
    else read_.waiting[instance.series_id].push_back(std::move(instance));
  }
}

// The last page is read: instances whose master came on an earlier page amend it, the others belong to a series that was not listed.
Task<> GoogleSide::finish_read(bool listing, sync::ChangesPage& out) {
  Read done = std::exchange(read_, Read{});
  for (auto& [series_id, instances] : done.waiting) {
    if (done.masters.contains(series_id)) {
      if (!listing) continue;  // that series was read as a whole
      Observation fragment;
      fragment.id = series_id;
      fragment.kind = Observation::Kind::fragment;
      fragment.has_master = false;
      fragment.version = instances.back().etag;
      for (Item& instance : instances) fragment.series.occurrences.insert_or_assign(*instance.original_start, occurrence_of(std::move(instance)));
      out.items.push_back(std::move(fragment));
      continue;
    }
    Result<Observation> whole = co_await get(series_id);
    if (whole && whole->kind != Observation::Kind::gone) {
      out.items.push_back(*std::move(whole));
      continue;
    }
    if (!whole && !is_absent(whole.error())) co_return std::move(whole).error();
    // Invited to single occurrences only: each is an appointment of its own.
    for (Item& instance : instances) {
      if (instance.cancelled) out.items.push_back(gone(std::move(instance.id)));
      else out.items.push_back(single(std::move(instance)));
    }
  }
  co_return Result<>{};
}

Task<> GoogleSide::append_whole(std::string id, sync::ChangesPage& out) {
  Result<Observation> whole = co_await get(id);
  if (whole) {
    out.items.push_back(*std::move(whole));
    co_return Result<>{};
  }
  // It was deleted since the page was made: the next read says so. One that cannot be read must not stop the others.
  if (whole.error().code != Code::invalid && !is_absent(whole.error())) co_return std::move(whole).error();
  log_.warning("google.series_unreadable", Json::object({{"event", id}, {"reason", whole.error().message}}));
  co_return Result<>{};
}

Task<Item> GoogleSide::read_item(std::string id) {
  CO_TRY(const Json json, co_await client_.get_event(calendar_, std::move(id)));
  co_return item_from_json(json, time_zone_);
}

Task<Observation> GoogleSide::get(std::string id) {
  CO_TRY(Item item, co_await read_item(std::move(id)));
  if (item.cancelled) co_return gone(std::move(item.id));
  if (!item.series.recurring()) co_return single(std::move(item));
  co_return co_await read_series(std::move(item));
}

// All copies of a meeting share the iCalUID, so this one query has the master and every exception, the cancelled ones too.
Task<Observation> GoogleSide::read_series(Item master) {
  const std::string uid = master.series.facts.ical_uid;
  Observation observation = single(std::move(master));
  Paging paging;
  std::string page_token;
  for (;;) {
    net::Parameters parameters = list_parameters();
    parameters.emplace_back("iCalUID", uid);
    parameters.emplace_back("showDeleted", "true");
    if (!page_token.empty()) parameters.emplace_back("pageToken", page_token);
    CO_TRY(const Json page, co_await client_.list_events(calendar_, std::move(parameters)));
    for (const Json& json : page["items"].items()) {
      Result<Item> read = item_from_json(json, time_zone_);
      if (!read) {
        log_.warning("google.item_unreadable", Json::object({{"event", json.string("id")}, {"reason", read.error().message}}));
        continue;
      }
      if (read->id == observation.id) {
        // Read together with its exceptions it is newer than what the caller had: the etag to write against is this one.
        if (read->cancelled) co_return gone(observation.id);
        observation.version = std::move(read->etag);
        std::map<OriginalStart, Occurrence> occurrences = std::move(observation.series.occurrences);
        observation.series = std::move(read->series);
        observation.series.occurrences = std::move(occurrences);
        continue;
      }
      if (read->series_id != observation.id) continue;
      observation.series.occurrences.insert_or_assign(*read->original_start, occurrence_of(*std::move(read)));
    }
    page_token = page.string("nextPageToken");
    CO_TRY(const bool more, paging.more(page_token));
    if (!more) co_return observation;
  }
}

Task<std::vector<Result<Written>>> GoogleSide::apply(std::vector<Operation> operations) {
  std::vector<Result<Written>> answers;
  for (const Operation& operation : operations) {
    Result<Written> answer = operation.kind == Operation::Kind::put ? co_await put(operation) : co_await erase(operation);
    // Nothing that follows would fare better: they are answered as not begun instead of running into the same limit.
    const bool stop = !answer && (answer.error().code == Code::needs_auth || answer.error().code == Code::cancelled ||
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
  if (creating) {
    CO_TRY(master, co_await create(operation));
  } else {
    Json patch = patch_body(operation.before, operation.series);
    if (patch.members().empty()) {
      master.id = operation.id;
      master.etag = operation.if_version.value_or("");
      master.series = operation.series;
      master.series.occurrences.clear();
    } else {
      CO_TRY(const Json reply, co_await client_.patch_event(calendar_, operation.id, std::move(patch), operation.if_version.value_or(""), updates_of(operation)));
      CO_TRY(master, item_from_json(reply, time_zone_));
    }
  }
  if (!operation.series.recurring()) co_return Written{master.id, master.etag, std::move(master.series)};

  const bool rule_changed = creating || !calendar::equal_rule(operation.before, operation.series);
  CO_TRY(const std::string version, co_await write_occurrences(operation, master.id, master.etag, rule_changed));
  if (version == master.etag && !rule_changed) {
    master.series.occurrences = operation.before.occurrences;
    co_return Written{master.id, master.etag, std::move(master.series)};
  }
  if (version == master.etag && creating && operation.series.occurrences.empty()) co_return Written{master.id, master.etag, std::move(master.series)};
  // Google may have dropped or moved exceptions with the rule: only a reading tells what it holds now.
  CO_TRY(Observation whole, co_await get(master.id));
  if (whole.kind == Observation::Kind::gone) co_return Error{Code::conflict, "it was deleted at Google meanwhile", {}};
  co_return Written{std::move(whole.id), std::move(whole.version), std::move(whole.series)};
}

Task<Item> GoogleSide::create(const Operation& operation) {
  Json body = insert_body(operation.series, sync::derived_google_id(operation.link_id, operation.incarnation), operation.link_id);
  Result<Json> reply = co_await client_.insert_event(calendar_, std::move(body), updates_of(operation));
  if (reply) co_return item_from_json(*reply, time_zone_);
  if (reply.error().code != Code::conflict) co_return std::move(reply).error();
  co_return co_await adopt(operation);
}

// The id is taken: by our own insert whose answer was lost, or by one that a person has deleted since.
Task<Item> GoogleSide::adopt(const Operation& operation) {
  CO_TRY(Item item, co_await read_item(sync::derived_google_id(operation.link_id, operation.incarnation)));
  if (item.cancelled || item.series.facts.link_mark != operation.link_id) co_return Error{Code::conflict, "the id stands for something else at Google", {}};
  co_return item;
}

// Writes what differs, one after the other: the etag is that of the whole series, so each reply's etag is the next precondition. Answers the last one.
Task<std::string> GoogleSide::write_occurrences(const Operation& operation, const std::string& id, std::string version, bool rule_changed) {
  const std::map<OriginalStart, Occurrence> none;
  const auto& before = rule_changed ? none : operation.before.occurrences;
  const auto& after = operation.series.occurrences;
  std::set<OriginalStart> starts;
  for (const auto& [start, occurrence] : before) starts.insert(start);
  for (const auto& [start, occurrence] : after) starts.insert(start);
  for (const OriginalStart& start : starts) {
    const auto was = before.find(start);
    const auto will = after.find(start);
    if (was != before.end() && will != after.end() && was->second == will->second) continue;
    Json patch = Json::object();
    if (will != after.end() && will->second.cancelled) {
      patch.set("status", "cancelled");  // and not DELETE, whose answer has no etag for the next write
    } else {
      const calendar::Event by_rule = occurrence_by_rule(operation.series.master, start);
      const bool revived = was != before.end() && was->second.cancelled;
      const calendar::Event& from = was != before.end() && !revived ? was->second.event : by_rule;
      const calendar::Event& to = will != after.end() ? will->second.event : by_rule;
      patch = patch_body(from, to);
      if (revived) patch.set("status", to.status == calendar::Status::tentative ? "tentative" : "confirmed");
      if (patch.members().empty()) continue;
    }
    CO_TRY(const Json reply, co_await client_.patch_event(calendar_, instance_id(id, start), std::move(patch), version, updates_of(operation)));
    if (!reply.string("etag").empty()) version = reply.string("etag");
  }
  co_return version;
}

Task<Written> GoogleSide::erase(const Operation& operation) {
  CO_TRY_VOID(co_await client_.delete_event(calendar_, operation.id, operation.if_version.value_or(""), updates_of(operation)));
  co_return Written{operation.id, {}, {}};
}

// Google keeps no op ids: a repeated creation is met by its id, a repeated change by its etag.
Task<> GoogleSide::settle(std::vector<std::string>) { co_return Result<>{}; }

Task<bool> GoogleSide::exists() {
  const Result<Json> entry = co_await client_.get_calendar(calendar_);
  if (!entry && is_absent(entry.error())) co_return false;
  if (!entry) co_return entry.error();
  if ((*entry)["deleted"].as_bool()) co_return false;
  net::Parameters one{{"maxResults", "1"}};
  const Result<Json> events = co_await client_.list_events(calendar_, std::move(one));
  if (!events && (is_absent(events.error()) || events.error().code == Code::denied)) co_return false;
  if (!events) co_return events.error();
  co_return true;
}

}  // namespace gcal::google
