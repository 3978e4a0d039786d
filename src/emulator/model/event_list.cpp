// events.list and events.instances: windows, filters, pages, sync tokens.
#include <algorithm>
#include <charconv>

#include "src/common/icalendar/rfc3339.hpp"
#include "src/emulator/model/google.hpp"

namespace emulator {
namespace {

constexpr std::size_t kMaxInstances = 5'000;  // of one series in one answer without a window

Problem restricted() {
  return bad("invalid", "Sync token cannot be used with other request restrictions");
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

template <class Number>
Number number(const std::string& text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string seconds_text(const std::optional<Seconds>& at) {
  return at ? std::to_string(at->time_since_epoch().count()) : "";
}
std::optional<Seconds> seconds_from(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return Seconds{std::chrono::seconds{number<std::int64_t>(text)}};
}

// What must stay the same from the first request to the incremental ones.
std::string binding(const ListQuery& query) {
  std::vector<std::string> types = query.event_types;
  std::sort(types.begin(), types.end());
  std::string text = query.single_events ? "s" : "m";
  text += query.show_hidden_invitations ? "h" : "-";
  text += std::to_string(query.max_attendees);
  for (const std::string& type : types) text += "," + type;
  return text;
}

std::string page_binding(const ListQuery& query) {
  std::string text = binding(query) + "|" + query.order_by + "|" + query.q + "|" + query.ical_uid +
                     "|" + query.sync_token + "|" + query.time_zone;
  for (const auto& list : {query.private_properties, query.shared_properties})
    for (const std::string& property : list) text += "|" + property;
  text += "|" + seconds_text(query.time_min) + "|" + seconds_text(query.time_max) + "|" +
          seconds_text(query.updated_min);
  text += query.show_deleted ? (*query.show_deleted ? "|d" : "|l") : "|";
  std::replace(text.begin(), text.end(), '\n', ' ');
  return std::to_string(std::hash<std::string>{}(text));
}

bool has_properties(const Json& stored, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& pair) {
    const std::size_t equals = pair.find('=');
    const Json* value = stored.find(pair.substr(0, equals));
    return value && equals != std::string::npos && value->as_string() == pair.substr(equals + 1);
  });
}

bool contains_text(const Json& fields, const std::string& q) {
  const auto in = [&](const std::string& text) { return lower(text).find(q) != std::string::npos; };
  if (in(fields.string("summary")) || in(fields.string("description")) ||
      in(fields.string("location")))
    return true;
  if (in(fields["organizer"].string("email")) || in(fields["organizer"].string("displayName")))
    return true;
  for (const Json& attendee : fields["attendees"].items())
    if (in(attendee.string("email")) || in(attendee.string("displayName"))) return true;
  return in(fields["workingLocationProperties"]["customLocation"].string("label"));
}

// One line of a sorted answer.
struct Item {
  std::int64_t key = 0;
  std::string id;
  const StoredEvent* stored = nullptr;
  Event made;  // an instance, when nothing is stored
  bool stub = false;
  bool operator<(const Item& other) const {
    return key != other.key ? key < other.key : id < other.id;
  }
};

class Lister {
 public:
  Lister(Calendar& calendar, const ListQuery& query, std::string role, bool incremental,
         std::uint64_t since, std::int64_t now_seconds)
      : calendar_(calendar),
        query_(query),
        role_(std::move(role)),
        incremental_(incremental),
        since_(since),
        now_(now_seconds),
        q_(lower(query.q)) {
    const std::string quoted =
        lower(Json(q_).dump());  // as the stored text has it, escapes and all
    raw_q_ = quoted.substr(1, quoted.size() - 2);
    reads_fields_ = !q_.empty() || !query.event_types.empty() ||
                    !query.private_properties.empty() || !query.shared_properties.empty();
  }

  bool matches(const StoredEvent& event) const {
    if (!query_.ical_uid.empty() && event.ical_uid != query_.ical_uid) return false;
    if (query_.updated_min && event.updated < query_.updated_min->time_since_epoch().count() * 1000)
      return false;
    if (!reads_fields_) return true;
    if (!raw_q_.empty() && lower(event.fields).find(raw_q_) == std::string::npos)
      return false;  // most events: nothing is read
    const Json fields = event.event().fields;
    if (!query_.event_types.empty()) {
      const std::string type =
          fields.contains("eventType") ? fields.string("eventType") : "default";
      if (std::find(query_.event_types.begin(), query_.event_types.end(), type) ==
          query_.event_types.end())
        return false;
    }
    if (!query_.private_properties.empty() &&
        !has_properties(fields["extendedProperties"]["private"], query_.private_properties))
      return false;
    if (!query_.shared_properties.empty() &&
        !has_properties(fields["extendedProperties"]["shared"], query_.shared_properties))
      return false;
    return q_.empty() || contains_text(fields, q_);
  }

  bool in_window(Seconds start, std::int64_t end) const {
    return (!query_.time_max || start < *query_.time_max) &&
           (!query_.time_min || end > query_.time_min->time_since_epoch().count());
  }

  bool deletions_come() const {
    return incremental_ || query_.updated_min || query_.show_deleted.value_or(false);
  }

  // Masters, exceptions and single events as they are stored.
  bool includes(const StoredEvent& event) const {
    if (!matches(event)) return false;
    if (event.cancelled) {
      if (deletions_come()) return true;
      if (event.series.empty() || event.bare) return false;
      const StoredEvent* series = calendar_.find(event.series);
      return series && !series->cancelled &&
             in_window(event.original.at, event.original.at.time_since_epoch().count() + 1);
    }
    return in_window(event.start.at, event.last_end);
  }

  void write(std::string& out, const StoredEvent& event) const {
    if (event.cancelled && (!event.series.empty() || !query_.show_deleted.value_or(false)))
      return write_stub(out, event);
    if (query_.max_attendees > 0 || !query_.time_zone.empty() || rank(role_) < rank("writer"))
      return write(out, event.event());
    out += shown_to_owner(calendar_, event);
  }

  void write(std::string& out, const Item& item) const {
    if (item.stored)
      write(out, *item.stored);
    else if (item.stub)
      write_stub(out, item.made);
    else
      write(out, item.made);
  }

  std::vector<Item> sorted() const {
    std::vector<Item> items;
    for (auto at = calendar_.changes().upper_bound(since_); at != calendar_.changes().end(); ++at) {
      const StoredEvent& event = *at->second;
      if (query_.single_events && event.is_series()) {
        add_instances(items, event);
      } else if (includes_single(event)) {
        items.push_back({key_of(event), event.id, &event, {}, false});
      }
    }
    std::sort(items.begin(), items.end());
    return items;
  }

 private:
  View view_for(bool masked) const {
    return {calendar_.id, calendar_.zone,
            query_.time_zone.empty() ? calendar_.zone : query_.time_zone, query_.max_attendees,
            masked};
  }
  void write(std::string& out, const Event& event) const {
    out += render(event, view_for(masked_for(role_, event)));
  }
  void write_stub(std::string& out, const EventHead& event) const {
    out += render_stub(event, !event.bare, view_for(false));
  }

  std::int64_t key_of(const EventHead& event) const {
    if (query_.order_by != "updated") return event.start.at.time_since_epoch().count();
    return event.stamp / 1000 == event.updated
               ? event.stamp
               : event.updated * 1000;  // two changes of one millisecond stay in their order
  }

  bool includes_single(const StoredEvent& event) const {
    if (!query_.single_events) return includes(event);
    if (!matches(event)) return false;
    if (event.cancelled) return deletions_come();
    return in_window(event.start.at, event.last_end);
  }

  void add_instances(std::vector<Item>& items, const StoredEvent& stored) const {
    if ((stored.cancelled && !incremental_) || !matches(stored)) return;
    if (query_.time_min && stored.last_end <= query_.time_min->time_since_epoch().count()) return;
    const Event series = stored.event();
    const auto length = series.end.at - series.start.at;
    const Seconds from = query_.time_min ? *query_.time_min - length
                                         : series.start.at - std::chrono::hours{24 * 366};
    const Seconds horizon = std::max(Seconds{std::chrono::seconds{now_}}, series.start.at) +
                            std::chrono::hours{24 * 731};
    const Seconds until = query_.time_max.value_or(horizon);
    for (const Moment& original :
         expand(series.recurrence(), series.start, calendar_.zone, from, until, kMaxInstances)) {
      if (const StoredEvent* exception = calendar_.exception_at(series.id, original.at);
          exception && !exception->bare)
        continue;
      Item item;
      item.made = make_instance(series, original, calendar_.zone);
      if (!in_window(item.made.start.at, item.made.last_end)) continue;
      item.id = item.made.id;
      item.key = key_of(item.made);
      item.stub = series.cancelled;
      items.push_back(std::move(item));
    }
  }

  Calendar& calendar_;
  const ListQuery& query_;
  std::string role_;
  bool incremental_;
  std::uint64_t since_;
  std::int64_t now_;
  std::string q_, raw_q_;  // in lower case; raw as JSON writes it
  bool reads_fields_ = false;
};

std::string heading(const Calendar& calendar, const std::string& zone, const std::string& role,
                    const Json& reminders) {
  Json head = Json::object({{"kind", "calendar#events"},
                            {"etag", calendar.etag()},
                            {"summary", calendar.summary},
                            {"description", calendar.description},
                            {"updated", timestamp(calendar.updated)},
                            {"timeZone", zone},
                            {"accessRole", role},
                            {"defaultReminders", reminders}});
  std::string text = head.dump();
  text.pop_back();
  return text;
}

std::string quoted_member(const char* name, const std::string& value) {
  return ",\"" + std::string(name) + "\":" + Json(value).dump();
}

}  // namespace

Outcome<std::string> Google::list(const std::string& email, Calendar& calendar,
                                  const ListQuery& asked) {
  ListQuery query = asked;
  const bool incremental = !query.sync_token.empty();
  if (query.time_min && query.time_max && *query.time_max <= *query.time_min)
    return Problem{400,         "calendar", "timeRangeEmpty", "The specified time range is empty.",
                   "parameter", "timeMax"};
  if (!query.order_by.empty() && query.order_by != "startTime" && query.order_by != "updated")
    return wrong_parameter("orderBy");
  if (query.order_by == "startTime" && !query.single_events)
    return bad("badRequest", "The requested ordering is not available for the particular query.");
  if (!query.time_zone.empty() && !known_zone(query.time_zone))
    return wrong_parameter("timeZone", "Invalid time zone.");
  if (query.updated_min && query.updated_min->time_since_epoch().count() * 1000 <
                               now_ms() - std::int64_t{28} * 86'400'000)
    return Problem{410,
                   "calendar",
                   "updatedMinTooLongAgo",
                   "The requested minimum modification time lies too far in the past.",
                   "parameter",
                   "updatedMin"};

  std::uint64_t since = 0;
  if (incremental) {
    if (!query.ical_uid.empty() || !query.order_by.empty() || !query.q.empty() || query.time_min ||
        query.time_max || query.updated_min || !query.private_properties.empty() ||
        !query.shared_properties.empty() || (query.show_deleted && !*query.show_deleted))
      return restricted();
    const auto payload = unseal(query.sync_token);
    if (!payload) return bad("invalid", "Invalid sync token value.");
    const auto parts = split(*payload);
    if (parts.size() != 8 || parts[0] != "sync" || parts[1] != email || parts[2] != calendar.id ||
        parts[5] != binding(query))
      return bad("invalid", "Invalid sync token value.");
    if (number<int>(parts[3]) != calendar.token_generation)
      return Problem{410,
                     "calendar",
                     "fullSyncRequired",
                     "Sync token is no longer valid, a full sync is required.",
                     "parameter",
                     "syncToken"};
    since = number<std::uint64_t>(parts[4]);
  }
  std::uint64_t after_change = since;
  std::int64_t after_key = INT64_MIN;
  std::string after_id;
  // What the sync token will cover. In a sorted answer an event that changes while the client pages
  // may be passed already: the first page counts.
  std::uint64_t covered = calendar.last_change();
  if (query.stale && incremental && covered > since) --covered;
  if (query.stale_ms > 0)
    for (auto at = calendar.changes().rbegin();
         at != calendar.changes().rend() && at->first > since; ++at) {
      if (at->second->stamp / 1000 <= now_ms() - query.stale_ms) break;
      covered = at->first - 1;
    }
  std::uint64_t empty_pages =
      0;  // by fault rules: a page that brings nothing still has a token of its own
  const std::string page_bound = page_binding(query);
  if (!query.page_token.empty()) {
    const auto payload = unseal(query.page_token);
    if (!payload) return wrong_parameter("pageToken", "Invalid page token value.");
    const auto parts = split(*payload);
    if (parts.size() != 9 || parts[0] != "page" || parts[1] != email || parts[2] != calendar.id ||
        parts[3] != page_bound)
      return wrong_parameter("pageToken", "Invalid page token value.");
    after_change = number<std::uint64_t>(parts[4]);
    after_key = number<std::int64_t>(parts[5]);
    after_id = parts[6];
    if (query.single_events || !query.order_by.empty()) covered = number<std::uint64_t>(parts[7]);
    empty_pages = number<std::uint64_t>(parts[8]);
  }
  if (incremental) {  // the window of the first request goes on
    const auto parts = split(*unseal(query.sync_token));
    query.time_min = seconds_from(parts[6]);
    query.time_max = seconds_from(parts[7]);
  }

  const std::string role = calendar.role_of(email);
  Account* reader = account(email);
  Json reminders = Json::array();
  if (reader)
    if (const auto entry = reader->list.find(calendar.id); entry != reader->list.end())
      reminders = entry->second.default_reminders;
  std::string body =
      heading(calendar, query.time_zone.empty() ? calendar.zone : query.time_zone, role, reminders);
  const Lister lister(calendar, query, role, incremental, since, now_ms() / 1000);
  const std::size_t limit =
      query.empty_page
          ? 0
          : static_cast<std::size_t>(std::clamp<std::int64_t>(query.max_results, 1, 2500));
  std::string items;
  items.reserve(std::min(limit, calendar.changes().size()) *
                1'024);  // about what they take: a page of 2,500 would grow a dozen times
  std::size_t count = 0;
  bool more = false;
  if (!query.single_events && query.order_by.empty()) {
    for (auto at = calendar.changes().upper_bound(after_change); at != calendar.changes().end();
         ++at) {
      if ((query.stale || query.stale_ms > 0) && at->first > covered) break;
      if (!lister.includes(*at->second)) continue;
      if (count == limit) {
        more = true;
        break;
      }
      if (count++ > 0) items += ',';
      lister.write(items, *at->second);
      after_change = at->first;
    }
  } else {
    const std::vector<Item> sorted = lister.sorted();
    Item cursor;
    cursor.key = after_key;
    cursor.id = after_id;
    for (auto at = std::upper_bound(sorted.begin(), sorted.end(), cursor); at != sorted.end();
         ++at) {
      if (count == limit) {
        more = true;
        break;
      }
      if (count++ > 0) items += ',';
      lister.write(items, *at);
      after_key = at->key;
      after_id = at->id;
    }
  }
  if (more || query.empty_page) {
    body += quoted_member("nextPageToken",
                          seal("page\n" + email + "\n" + calendar.id + "\n" + page_bound + "\n" +
                               std::to_string(after_change) + "\n" + std::to_string(after_key) +
                               "\n" + after_id + "\n" + std::to_string(covered) + "\n" +
                               std::to_string(empty_pages + (query.empty_page ? 1 : 0))));
  } else if (query.order_by.empty() && query.q.empty() && query.ical_uid.empty() &&
             !query.updated_min && query.private_properties.empty() &&
             query.shared_properties.empty()) {
    body += quoted_member("nextSyncToken",
                          seal("sync\n" + email + "\n" + calendar.id + "\n" +
                               std::to_string(calendar.token_generation) + "\n" +
                               std::to_string(covered) + "\n" + binding(query) + "\n" +
                               seconds_text(query.time_min) + "\n" + seconds_text(query.time_max)));
  }
  return ((body += ",\"items\":[") += items) += "]}";
}

Outcome<std::string> Google::instances(const std::string& email, Calendar& calendar,
                                       const std::string& event_id, const InstancesQuery& asked) {
  const StoredEvent* stored = calendar.find(event_id);
  if (!stored || (stored->cancelled && !asked.show_deleted)) return not_found();
  if (!stored->is_series()) return bad("invalid", "The event is not a recurring event.");
  const Event series = stored->event();
  ListQuery query;
  query.single_events = true;
  query.time_min = asked.time_min;
  query.time_max = asked.time_max;
  query.time_zone = asked.time_zone;
  query.max_attendees = asked.max_attendees;
  query.show_deleted = asked.show_deleted;
  if (!query.time_zone.empty() && !known_zone(query.time_zone))
    return wrong_parameter("timeZone", "Invalid time zone.");
  const std::string role = calendar.role_of(email);
  const Lister lister(calendar, query, role, false, 0, now_ms() / 1000);
  // As the answer writes it, as the suffix of an id, or the same instant with another offset.
  const std::string& wanted = asked.original_start;
  const auto wanted_at = gcal::icalendar::parse_rfc3339(wanted);
  const auto is_wanted = [&](const Moment& original) {
    if (wanted.empty() || instance_suffix(original) == wanted) return true;
    return original.all_day ? original.date == wanted : wanted_at && *wanted_at == original.at;
  };
  std::vector<Item> items;
  const auto add = [&](Item item) {
    const EventHead& event = item.stored ? static_cast<const EventHead&>(*item.stored) : item.made;
    if (!is_wanted(event.original)) return;
    item.key = event.original.at.time_since_epoch().count();
    item.id = event.id;
    items.push_back(std::move(item));
  };
  const auto length = series.end.at - series.start.at;
  const Seconds from =
      asked.time_min ? *asked.time_min - length : series.start.at - std::chrono::hours{24 * 366};
  const Seconds until = asked.time_max.value_or(
      std::max(Seconds{std::chrono::seconds{now_ms() / 1000}}, series.start.at) +
      std::chrono::hours{24 * 731});
  for (const Moment& original :
       expand(series.recurrence(), series.start, calendar.zone, from, until, kMaxInstances)) {
    if (const StoredEvent* exception = calendar.exception_at(series.id, original.at);
        exception && !exception->bare)
      continue;
    Item item;
    item.made = make_instance(series, original, calendar.zone);
    if (lister.in_window(item.made.start.at, item.made.last_end)) add(std::move(item));
  }
  for (const StoredEvent* exception : calendar.exceptions_of(series.id)) {
    if (exception->bare || (exception->cancelled && !asked.show_deleted)) continue;
    if (!exception->cancelled && !lister.in_window(exception->start.at, exception->last_end))
      continue;
    Item item;
    item.stored = exception;
    add(std::move(item));
  }
  std::sort(items.begin(), items.end());
  Item cursor;
  cursor.key = INT64_MIN;
  if (!asked.page_token.empty()) {
    const auto payload = unseal(asked.page_token);
    const auto parts = payload ? split(*payload) : std::vector<std::string>{};
    if (parts.size() != 4 || parts[0] != "instances" || parts[1] != event_id)
      return wrong_parameter("pageToken", "Invalid page token value.");
    cursor.key = number<std::int64_t>(parts[2]);
    cursor.id = parts[3];
  }
  std::string body = heading(calendar, query.time_zone.empty() ? calendar.zone : query.time_zone,
                             role, Json::array());
  std::string text;
  std::size_t count = 0;
  for (auto at = std::upper_bound(items.begin(), items.end(), cursor); at != items.end(); ++at) {
    if (count == static_cast<std::size_t>(std::clamp<std::int64_t>(asked.max_results, 1, 2500))) {
      body += quoted_member("nextPageToken",
                            seal("instances\n" + event_id + "\n" +
                                 std::to_string(std::prev(at)->key) + "\n" + std::prev(at)->id));
      break;
    }
    if (count++ > 0) text += ',';
    lister.write(text, *at);
  }
  return body + ",\"items\":[" + text + "]}";
}

}  // namespace emulator
