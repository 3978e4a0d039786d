#include "src/emulator/model/event_lister.hpp"

#include <algorithm>
#include <unordered_set>

#include "src/common/base/json.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/emulator/model/event_rules.hpp"
#include "src/emulator/model/occurrences.hpp"
#include "src/emulator/model/vanished_events.hpp"

namespace emulator {
namespace {

bool has_properties(const Json& stored, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& pair) {
    const std::size_t equals = pair.find('=');
    const Json* value = stored.find(pair.substr(0, equals));
    return value && equals != std::string::npos && value->as_string() == pair.substr(equals + 1);
  });
}

// The cancelled exceptions whose occurrence is shown: their series has it again.
void drop_hidden_exceptions(std::vector<ListedEvent>& events) {
  std::unordered_set<std::string> shown;
  for (const ListedEvent& event : events)
    if (!event.is_cancelled()) shown.insert(event.id);
  std::erase_if(events, [&](const ListedEvent& event) {
    return event.is_cancelled() && shown.contains(event.id);
  });
}

}  // namespace

EventLister::EventLister(const Calendar& calendar, const ListQuery& query, std::string role,
                         bool incremental, std::uint64_t since, std::int64_t now_seconds)
    : calendar_(calendar),
      query_(query),
      role_(std::move(role)),
      window_{query.time_min, query.time_max, SysSeconds{std::chrono::seconds{now_seconds}}},
      incremental_(incremental),
      since_(since),
      terms_(query.q, query.words) {
  reads_fields_ = !query.q.empty() || !query.event_types.empty() ||
                  !query.private_properties.empty() || !query.shared_properties.empty();
}

bool EventLister::matches(const StoredEvent& event) const {
  if (!query_.ical_uid.empty() && event.ical_uid != query_.ical_uid) return false;
  if (query_.updated_min && event.updated < *query_.updated_min) return false;
  if (!reads_fields_) return true;
  // Most events fail here, without parsing their fields.
  if (!query_.q.empty() && !terms_.may_match(event.fields)) return false;
  return matches_fields(event.event().fields);
}

bool EventLister::matches_fields(const Json& fields) const {
  const auto& types = query_.event_types;
  if (!types.empty() && std::find(types.begin(), types.end(), event_type(fields)) == types.end())
    return false;
  const Json& properties = fields["extendedProperties"];
  if (!query_.private_properties.empty() &&
      !has_properties(properties["private"], query_.private_properties))
    return false;
  if (!query_.shared_properties.empty() &&
      !has_properties(properties["shared"], query_.shared_properties))
    return false;
  return query_.q.empty() || terms_.match(fields);
}

std::optional<ListedEvent> EventLister::listed(const StoredEvent& event) const {
  if (!matches(event)) return std::nullopt;
  ListedEvent listed;
  listed.stored = &event;
  if (event.cancelled) {
    if (lists_deletions()) return listed;
    if (event.series.empty() || event.id_only) return std::nullopt;
    const StoredEvent* series = calendar_.find(event.series);
    const bool shown =
        series && !series->cancelled &&
        window_.contains(event.original.at, event.original.at.time_since_epoch().count() + 1);
    return shown ? std::optional(listed) : std::nullopt;
  }
  if (is_deleted(calendar_, event)) {
    listed.as_cancelled = true;
    return lists_deletions() ? std::optional(listed) : std::nullopt;
  }
  if (in_window(event)) return listed;
  // What a client has got must not disappear in silence.
  listed.as_cancelled =
      lists_changes() && VanishedEvents(calendar_, window_, since_).has_left_window(event);
  return listed.as_cancelled ? std::optional(listed) : std::nullopt;
}

template <class Visit>
void EventLister::for_each_candidate(Visit visit) const {
  if (is_within_window()) return calendar_.for_each_near(span_of_window(), visit);
  for (auto at = calendar_.changes().upper_bound(since_); at != calendar_.changes().end(); ++at)
    visit(*at->second);
}

Span EventLister::span_of_window() const {
  const auto seconds = [](const std::optional<SysSeconds>& at, std::int64_t otherwise) {
    return at ? at->time_since_epoch().count() : otherwise;
  };
  return {seconds(query_.time_min, -kEndless), seconds(query_.time_max, kEndless)};
}

std::vector<ListedEvent> EventLister::sorted() const {
  std::vector<ListedEvent> events = query_.single_events ? expanded() : as_stored();
  std::sort(events.begin(), events.end());
  return events;
}

std::vector<ListedEvent> EventLister::as_stored() const {
  std::vector<ListedEvent> events;
  for_each_candidate([&](const StoredEvent& event) {
    if (auto shown = listed(event)) {
      shown->key = key_of(event, event.start.at);
      shown->id = event.id;
      events.push_back(*std::move(shown));
    }
  });
  return events;
}

std::vector<ListedEvent> EventLister::expanded() const {
  std::vector<ListedEvent> events;
  for_each_candidate([&](const StoredEvent& event) {
    if (!matches(event)) return;
    if (event.is_series()) {
      if (!event.cancelled) add_instances(events, event);
    } else if (is_deleted(calendar_, event)) {
      if (lists_deletions()) events.push_back(with_key(event, true));
    } else if (in_window(event)) {
      events.push_back(with_key(event, false));
    }
  });
  if (lists_deletions()) drop_hidden_exceptions(events);
  if (lists_changes()) {
    add_vanished(events);
    take_occurrences_of_other_parts(events);
  }
  return events;
}

void EventLister::add_vanished(std::vector<ListedEvent>& events) const {
  VanishedEvents vanished(calendar_, window_, since_);
  for_each_candidate([&](const StoredEvent& event) {
    if (matches(event)) vanished.add(event);
  });
  for (const ListedEvent& event : events) vanished.drop(event.id);
  for (const auto& [id, event] : vanished.all()) {
    ListedEvent listed;
    listed.key = key_of_deletion(event);
    listed.id = id;
    listed.vanished = std::make_shared<const EventHead>(event);
    events.push_back(std::move(listed));
  }
}

void EventLister::take_occurrences_of_other_parts(std::vector<ListedEvent>& events) const {
  const auto is_cancelled_occurrence = [](const ListedEvent& event) {
    return event.is_cancelled() && !event.head().series.empty();
  };
  std::set<std::string> base_ids;
  for (const ListedEvent& event : events)
    if (is_cancelled_occurrence(event)) base_ids.insert(series_base_id(event.head().series));
  const auto given = occurrences_of_parts(calendar_, window_, base_ids);
  std::erase_if(events, [&](ListedEvent& event) {
    if (!is_cancelled_occurrence(event)) return false;
    ListedEvent now;
    now.key = INT64_MIN;
    now.id = event.id;
    const StoredEvent* stored = calendar_.find(event.id);
    if (stored && !stored->cancelled && keeps_its_id(calendar_, *stored) && in_window(*stored)) {
      now.stored = stored;
    } else if (const auto found = given.find(event.id); found != given.end()) {
      now.series = found->second.series;
      now.original = found->second.original;
    } else {
      return false;
    }
    if (!incremental_) return true;
    // The other part may not have changed, so that the client does not know yet what it shows.
    event = std::move(now);
    return false;
  });
}

void EventLister::add_instances(std::vector<ListedEvent>& events, const StoredEvent& stored) const {
  if (query_.time_min && stored.last_end <= query_.time_min->time_since_epoch().count()) return;
  const auto series = std::make_shared<const Event>(stored.event());
  for_each_instance_in_window(calendar_, *series, window_, [&](const EventTime& original) {
    ListedEvent listed;
    listed.series = series;
    listed.original = original;
    listed.id = instance_id(*series, original);
    listed.key = key_of(*series, original.at);
    events.push_back(std::move(listed));
  });
}

std::vector<ListedEvent> EventLister::instances_of(const Event& master,
                                                   const std::string& original_start) const {
  // As the answer writes it, as the suffix of an id, or the same instant with another offset.
  const auto wanted_at = gcal::icalendar::parse_rfc3339(original_start);
  const auto is_wanted = [&](const EventTime& original) {
    if (original_start.empty() || instance_suffix(original) == original_start) return true;
    return original.all_day ? original.date == original_start
                            : wanted_at && *wanted_at == original.at;
  };
  const auto series = std::make_shared<const Event>(master);
  std::vector<ListedEvent> events;
  for_each_instance_in_window(calendar_, *series, window_, [&](const EventTime& original) {
    if (!is_wanted(original)) return;
    ListedEvent listed;
    listed.series = series;
    listed.original = original;
    listed.id = instance_id(*series, original);
    listed.key = original.at.time_since_epoch().count();
    events.push_back(std::move(listed));
  });
  for (const StoredEvent* exception : calendar_.exceptions_of(series->id)) {
    if (exception->id_only || (exception->cancelled && !query_.show_deleted.value_or(false)))
      continue;
    if ((!exception->cancelled && !in_window(*exception)) || !is_wanted(exception->original))
      continue;
    ListedEvent listed;
    listed.stored = exception;
    listed.id = exception->id;
    listed.key = exception->original.at.time_since_epoch().count();
    events.push_back(std::move(listed));
  }
  std::sort(events.begin(), events.end());
  return events;
}

ListedEvent EventLister::with_key(const StoredEvent& event, bool deleted) const {
  ListedEvent listed;
  listed.key = deleted ? key_of_deletion(event) : key_of(event, event.start.at);
  listed.id = event.id;
  listed.stored = &event;
  listed.as_cancelled = deleted && !event.cancelled;
  return listed;
}

// Deletions come first in an answer to a sync token, with a place that nothing moves: the times of
// a deleted event may still change without being a change of the calendar, and what the token of
// the last page covers must not slip behind a page that was sent.
std::int64_t EventLister::key_of_deletion(const EventHead& event) const {
  return incremental_ ? INT64_MIN : key_of(event, event.start.at);
}

std::int64_t EventLister::key_of(const EventHead& event, SysSeconds start) const {
  if (query_.order_by != "updated") return start.time_since_epoch().count();
  // The stamp keeps two changes of one millisecond in their order.
  return event.stamp / 1000 == event.updated ? event.stamp : event.updated * 1000;
}

EventView EventLister::view_for(bool masked) const {
  return {calendar_.id, calendar_.zone,
          query_.time_zone.empty() ? calendar_.zone : query_.time_zone, query_.max_attendees,
          masked};
}

void EventLister::write(std::string& out, const ListedEvent& event) const {
  if (event.vanished) return write_stub(out, *event.vanished);
  if (event.series) return write(out, make_instance(*event.series, event.original, calendar_.zone));
  if (event.as_cancelled) return write_stub(out, *event.stored);
  write(out, *event.stored);
}

void EventLister::write(std::string& out, const StoredEvent& event) const {
  if (event.cancelled && (!event.series.empty() || !query_.show_deleted.value_or(false)))
    return write_stub(out, event);
  if (query_.max_attendees > 0 || !query_.time_zone.empty() ||
      role_rank(role_) < role_rank("writer"))
    return write(out, event.event());
  out += owner_json(calendar_, event);
}

void EventLister::write(std::string& out, const Event& event) const {
  out += render(event, view_for(is_masked_for(role_, event)));
}

void EventLister::write_stub(std::string& out, const EventHead& event) const {
  out += render_stub(event, !event.id_only, view_for(false));
}

}  // namespace emulator
