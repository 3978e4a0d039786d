// events.list and events.instances: checks of the query, page and sync tokens, and the body.
#include <algorithm>

#include "src/emulator/model/event_lister.hpp"
#include "src/emulator/model/google_model.hpp"

namespace emulator {
namespace {

constexpr std::int64_t kUpdatedMinMillis = std::int64_t{28} * 86'400'000;  // the oldest updatedMin
constexpr std::size_t kTypicalEventSize = 1'280;  // bytes of an event in an answer

Problem invalid_sync_token() {
  return bad_request("invalid", "Invalid sync token value.");
}
Problem invalid_page_token() {
  return invalid_parameter("pageToken", "Invalid page token value.");
}

std::string seconds_text(const std::optional<SysSeconds>& at) {
  return at ? std::to_string(at->time_since_epoch().count()) : "";
}
std::string number_text(const std::optional<std::int64_t>& number) {
  return number ? std::to_string(*number) : "";
}

// The parameters that must stay the same from the first request to the incremental ones.
std::string sync_binding(const ListQuery& query) {
  std::vector<std::string> types = query.event_types;
  std::sort(types.begin(), types.end());
  std::string text = query.single_events ? "s" : "m";
  text += query.show_hidden_invitations ? "h" : "-";
  text += std::to_string(query.max_attendees);
  for (const std::string& type : types) text += "," + type;
  return text;
}

// The parameters that must stay the same from page to page.
std::string page_binding(const ListQuery& query) {
  std::string text = sync_binding(query) + "|" + query.order_by + "|" + query.q + "|" +
                     query.ical_uid + "|" + query.sync_token + "|" + query.time_zone;
  for (const auto& list : {query.private_properties, query.shared_properties})
    for (const std::string& property : list) text += "|" + property;
  text += "|" + seconds_text(query.time_min) + "|" + seconds_text(query.time_max) + "|" +
          number_text(query.updated_min);
  text += query.show_deleted ? (*query.show_deleted ? "|d" : "|l") : "|";
  std::replace(text.begin(), text.end(), '\n', ' ');
  return std::to_string(std::hash<std::string>{}(text));
}

// A list in the order of changes; the others are sorted by start or by `updated`.
bool in_order_of_changes(const ListQuery& query) {
  return !query.single_events && query.order_by.empty();
}

Outcome<> check_query(const ListQuery& query, std::int64_t now_ms) {
  if (query.time_min && query.time_max && *query.time_max <= *query.time_min)
    return Problem{400,         "calendar", "timeRangeEmpty", "The specified time range is empty.",
                   "parameter", "timeMax"};
  if (query.order_by == "startTime" && !query.single_events)
    return bad_request("badRequest",
                       "The requested ordering is not available for the particular query.");
  if (!query.time_zone.empty() && !known_zone(query.time_zone))
    return invalid_parameter("timeZone", "Invalid time zone.");
  if (query.updated_min && *query.updated_min < now_ms - kUpdatedMinMillis)
    return Problem{410,
                   "calendar",
                   "updatedMinTooLongAgo",
                   "The requested minimum modification time lies too far in the past.",
                   "parameter",
                   "updatedMin"};
  return Done{};
}

bool restricts_changes(const ListQuery& query) {
  return !query.ical_uid.empty() || !query.order_by.empty() || !query.q.empty() ||
         query.updated_min || !query.private_properties.empty() || !query.shared_properties.empty();
}

// `binds`: the parameters have to be those of the token's first request.
Outcome<EventsSyncToken> decode_sync_token(const std::string& email, const Calendar& calendar,
                                           const ListQuery& query, bool binds) {
  if (restricts_changes(query) || query.time_min || query.time_max ||
      (query.show_deleted && !*query.show_deleted))
    return bad_request("invalid", "Sync token cannot be used with other request restrictions");
  auto token = EventsSyncToken::decode(query.sync_token);
  if (!token || token->email != email || token->calendar_id != calendar.id ||
      (binds && token->binding != sync_binding(query)))
    return invalid_sync_token();
  // A token that covers later changes than there are is from before a reset.
  if (token->generation != calendar.token_generation || token->covered > calendar.last_change())
    return full_sync_required();
  return *std::move(token);
}

Outcome<EventsPageToken> decode_page_token(const EventsPageToken& first_page,
                                           const std::string& text) {
  auto token = EventsPageToken::decode(text);
  if (!token || token->email != first_page.email || token->calendar_id != first_page.calendar_id ||
      token->binding != first_page.binding)
    return invalid_page_token();
  return *std::move(token);
}

// The last change that the sync token will cover. A fault rule leaves out the newest ones.
std::uint64_t covered_changes(const Calendar& calendar, const ListQuery& query, bool incremental,
                              std::uint64_t since, std::int64_t now_ms) {
  std::uint64_t covered = calendar.last_change();
  if (query.stale && incremental && covered > since) --covered;
  if (query.stale_ms <= 0) return covered;
  for (auto at = calendar.changes().rbegin(); at != calendar.changes().rend() && at->first > since;
       ++at) {
    if (at->second->stamp / 1000 <= now_ms - query.stale_ms) break;
    covered = at->first - 1;
  }
  return covered;
}

// The JSON text of the items of one page.
class PageText {
 public:
  PageText(const EventLister& lister, std::size_t limit, std::size_t events)
      : lister_(lister), limit_(limit) {
    text_.reserve((std::min(limit, events) + 1) * kTypicalEventSize);
  }
  // False when the page is full.
  bool add(const ListedEvent& event) {
    if (count_ == limit_) {
      more_ = true;
      return false;
    }
    if (count_++ > 0) text_ += ',';
    lister_.write(text_, event);
    return true;
  }
  bool more() const { return more_; }  // an event did not fit
  // The body of the response: `head` is the text before the items.
  std::string in_body(std::string head) && {
    text_.insert(0, head += ",\"items\":[");
    return std::move(text_ += "]}");
  }

 private:
  const EventLister& lister_;
  std::size_t limit_;
  std::size_t count_ = 0;
  bool more_ = false;
  std::string text_;
};

// Fills the page from `position` on, which moves behind the last event of the page.
void collect_changes(const EventLister& lister, const ListQuery& query, EventsPageToken& position,
                     PageText& page) {
  const bool stale = query.stale || query.stale_ms > 0;
  lister.for_each_in_order(position.after_change, [&](const StoredEvent& event) {
    if (stale && event.change > position.covered) return false;
    const std::optional<ListedEvent> listed = lister.listed(event);
    if (!listed) return true;
    if (!page.add(*listed)) return false;
    position.after_change = event.change;
    return true;
  });
}

template <class Position>
void collect_sorted(const std::vector<ListedEvent>& sorted, Position& position, PageText& page) {
  ListedEvent cursor;
  cursor.key = position.after_key;
  cursor.id = position.after_id;
  for (auto at = std::upper_bound(sorted.begin(), sorted.end(), cursor); at != sorted.end(); ++at) {
    if (!page.add(*at)) break;
    position.after_key = at->key;
    position.after_id = at->id;
  }
}

// The body up to its tokens and items, without the closing brace.
std::string body_head(const Calendar& calendar, const std::string& zone, const std::string& role,
                      const Json& reminders) {
  Json head = Json::object({{"kind", "calendar#events"},
                            {"etag", calendar.etag()},
                            {"summary", calendar.summary},
                            {"description", calendar.description},
                            {"updated", timestamp(calendar.updated)},
                            {"timeZone", zone.empty() ? calendar.zone : zone},
                            {"accessRole", role},
                            {"defaultReminders", reminders}});
  std::string text = head.dump();
  text.pop_back();
  return text;
}

std::string token_member(const char* name, const std::string& token) {
  return ",\"" + std::string(name) + "\":" + Json(token).dump();
}

Json default_reminders_of(const Account* reader, const Calendar& calendar) {
  if (!reader) return Json::array();
  const auto entry = reader->list.find(calendar.id);
  return entry == reader->list.end() ? Json::array() : entry->second.default_reminders;
}

std::size_t page_limit(std::int64_t max_results) {
  return static_cast<std::size_t>(std::clamp<std::int64_t>(max_results, 1, 2500));
}

}  // namespace

Outcome<std::string> GoogleModel::list(const std::string& email, Calendar& calendar,
                                       const ListQuery& asked) {
  ListQuery query = asked;
  query.words = behaviour_.q_words;
  const bool incremental = !query.sync_token.empty();
  TRY_VOID(check_query(query, now_ms()));
  EventsSyncToken sync;
  if (incremental) {
    TRY(sync, decode_sync_token(email, calendar, query, behaviour_.token_parameters_refuse));
  }

  // An event that changes while the client reads pages may already have been passed, and when it
  // was deleted, no later page may show it: the sync token covers only what the first page covered.
  // What changed since then comes with the next increment, even if a later page has shown it.
  EventsPageToken position{
      .email = email,
      .calendar_id = calendar.id,
      .binding = page_binding(query),
      .after_change = sync.covered,
      .after_key = INT64_MIN,
      .after_id = {},
      .covered = covered_changes(calendar, query, incremental, sync.covered, now_ms())};
  if (!query.page_token.empty()) {
    const std::uint64_t covered_now = position.covered;  // less with the fault `stale`
    TRY(position, decode_page_token(position, query.page_token));
    position.covered = std::min(position.covered, covered_now);
  }
  if (incremental) {  // the window of the first request stays
    query.time_min = sync.time_min;
    query.time_max = sync.time_max;
  }

  const std::string role = calendar.role_of(email);
  const EventLister lister(calendar, query, role, incremental, sync.covered, now_ms() / 1000);
  const std::size_t changed = calendar.last_change() - (incremental ? sync.covered : 0);
  PageText page(lister, query.empty_page ? 0 : page_limit(query.max_results),
                std::min<std::size_t>(calendar.changes().size(), changed));
  if (in_order_of_changes(query))
    collect_changes(lister, query, position, page);
  else
    collect_sorted(lister.sorted(), position, page);

  std::string body =
      body_head(calendar, query.time_zone, role, default_reminders_of(account(email), calendar));
  if (page.more() || query.empty_page) {
    if (query.empty_page) ++position.empty_pages;
    body += token_member("nextPageToken", position.encode());
  } else if (!restricts_changes(query)) {
    const EventsSyncToken next{email,
                               calendar.id,
                               calendar.token_generation,
                               position.covered,
                               sync_binding(query),
                               query.time_min,
                               query.time_max};
    body += token_member("nextSyncToken", next.encode());
  }
  return std::move(page).in_body(std::move(body));
}

Outcome<std::string> GoogleModel::instances(const std::string& email, Calendar& calendar,
                                            const std::string& event_id,
                                            const InstancesQuery& asked) {
  const StoredEvent* stored = calendar.find(event_id);
  if (!stored || (stored->cancelled && !asked.show_deleted)) return not_found();
  if (!stored->is_series()) return bad_request("invalid", "The event is not a recurring event.");
  ListQuery query;
  query.single_events = true;
  query.time_min = asked.time_min;
  query.time_max = asked.time_max;
  query.time_zone = asked.time_zone;
  query.max_attendees = asked.max_attendees;
  query.show_deleted = asked.show_deleted;
  if (!query.time_zone.empty() && !known_zone(query.time_zone))
    return invalid_parameter("timeZone", "Invalid time zone.");
  const std::string& role = calendar.role_of(email);
  const EventLister lister(calendar, query, role, false, 0, now_ms() / 1000);
  const std::vector<ListedEvent> instances =
      lister.instances_of(stored->event(), asked.original_start);

  InstancesPageToken position{event_id, INT64_MIN, {}};
  if (!asked.page_token.empty()) {
    auto token = InstancesPageToken::decode(asked.page_token);
    if (!token || token->event_id != event_id) return invalid_page_token();
    position = *std::move(token);
  }
  PageText page(lister, page_limit(asked.max_results), instances.size());
  collect_sorted(instances, position, page);
  std::string body = body_head(calendar, query.time_zone, role, Json::array());
  if (page.more()) body += token_member("nextPageToken", position.encode());
  return std::move(page).in_body(std::move(body));
}

}  // namespace emulator
