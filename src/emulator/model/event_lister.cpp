#include "src/emulator/model/event_lister.hpp"

#include <algorithm>

#include "src/common/base/json.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/emulator/model/event_rules.hpp"

namespace emulator {
using gcal::icalendar::lower;
namespace {

constexpr std::size_t kMaxInstances = 5'000;             // of one series in one answer
constexpr std::chrono::hours kExpandedBefore{24 * 366};  // without timeMin
constexpr std::chrono::hours kExpandedAfter{24 * 731};   // without timeMax

bool has_properties(const Json& stored, const std::vector<std::string>& wanted) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& pair) {
    const std::size_t equals = pair.find('=');
    const Json* value = stored.find(pair.substr(0, equals));
    return value && equals != std::string::npos && value->as_string() == pair.substr(equals + 1);
  });
}

// Where `q` searches; it is in lower case.
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

}  // namespace

EventLister::EventLister(const Calendar& calendar, const ListQuery& query, std::string role,
                         bool incremental, std::uint64_t since, std::int64_t now_seconds)
    : calendar_(calendar),
      query_(query),
      role_(std::move(role)),
      incremental_(incremental),
      since_(since),
      now_(now_seconds),
      q_(lower(query.q)) {
  const std::string quoted = lower(Json(q_).dump());
  escaped_q_ = quoted.substr(1, quoted.size() - 2);
  reads_fields_ = !q_.empty() || !query.event_types.empty() || !query.private_properties.empty() ||
                  !query.shared_properties.empty();
}

bool EventLister::matches(const StoredEvent& event) const {
  if (!query_.ical_uid.empty() && event.ical_uid != query_.ical_uid) return false;
  if (query_.updated_min && event.updated < query_.updated_min->time_since_epoch().count() * 1000)
    return false;
  if (!reads_fields_) return true;
  // Most events fail here, without parsing their fields.
  if (!escaped_q_.empty() && lower(event.fields).find(escaped_q_) == std::string::npos)
    return false;
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
  return q_.empty() || contains_text(fields, q_);
}

bool EventLister::in_window(SysSeconds start, std::int64_t end) const {
  return (!query_.time_max || start < *query_.time_max) &&
         (!query_.time_min || end > query_.time_min->time_since_epoch().count());
}

bool EventLister::lists_deletions() const {
  return incremental_ || query_.updated_min || query_.show_deleted.value_or(false);
}

bool EventLister::includes(const StoredEvent& event) const {
  if (!matches(event)) return false;
  if (event.cancelled) {
    if (lists_deletions()) return true;
    if (event.series.empty() || event.id_only) return false;
    const StoredEvent* series = calendar_.find(event.series);
    return series && !series->cancelled &&
           in_window(event.original.at, event.original.at.time_since_epoch().count() + 1);
  }
  return in_window(event.start.at, event.last_end);
}

bool EventLister::includes_when_expanded(const StoredEvent& event) const {
  if (!matches(event)) return false;
  if (event.cancelled) return lists_deletions();
  return in_window(event.start.at, event.last_end);
}

std::vector<ListedEvent> EventLister::sorted() const {
  std::vector<ListedEvent> events;
  for (auto at = calendar_.changes().upper_bound(since_); at != calendar_.changes().end(); ++at) {
    const StoredEvent& event = *at->second;
    if (query_.single_events && event.is_series())
      add_instances(events, event);
    else if (query_.single_events ? includes_when_expanded(event) : includes(event))
      events.push_back({key_of(event), event.id, &event, {}, false});
  }
  std::sort(events.begin(), events.end());
  return events;
}

void EventLister::add_instances(std::vector<ListedEvent>& events, const StoredEvent& stored) const {
  if ((stored.cancelled && !incremental_) || !matches(stored)) return;
  if (query_.time_min && stored.last_end <= query_.time_min->time_since_epoch().count()) return;
  const Event series = stored.event();
  for_each_generated_instance(calendar_, series, expansion_begin(series), expansion_end(series),
                              kMaxInstances, [&](Event instance) {
                                if (!in_window(instance.start.at, instance.last_end)) return;
                                ListedEvent listed;
                                listed.generated = std::move(instance);
                                listed.id = listed.generated.id;
                                listed.key = key_of(listed.generated);
                                listed.stub = series.cancelled;
                                events.push_back(std::move(listed));
                              });
}

std::vector<ListedEvent> EventLister::instances_of(const Event& series,
                                                   const std::string& original_start) const {
  // As the answer writes it, as the suffix of an id, or the same instant with another offset.
  const auto wanted_at = gcal::icalendar::parse_rfc3339(original_start);
  const auto is_wanted = [&](const EventTime& original) {
    if (original_start.empty() || instance_suffix(original) == original_start) return true;
    return original.all_day ? original.date == original_start
                            : wanted_at && *wanted_at == original.at;
  };
  std::vector<ListedEvent> events;
  const auto add = [&](ListedEvent listed) {
    const EventHead& head =
        listed.stored ? static_cast<const EventHead&>(*listed.stored) : listed.generated;
    if (!is_wanted(head.original)) return;
    listed.key = head.original.at.time_since_epoch().count();
    listed.id = head.id;
    events.push_back(std::move(listed));
  };
  for_each_generated_instance(calendar_, series, expansion_begin(series), expansion_end(series),
                              kMaxInstances, [&](Event instance) {
                                if (!in_window(instance.start.at, instance.last_end)) return;
                                ListedEvent listed;
                                listed.generated = std::move(instance);
                                add(std::move(listed));
                              });
  for (const StoredEvent* exception : calendar_.exceptions_of(series.id)) {
    if (exception->id_only || (exception->cancelled && !query_.show_deleted.value_or(false)))
      continue;
    if (!exception->cancelled && !in_window(exception->start.at, exception->last_end)) continue;
    ListedEvent listed;
    listed.stored = exception;
    add(std::move(listed));
  }
  std::sort(events.begin(), events.end());
  return events;
}

SysSeconds EventLister::expansion_begin(const Event& series) const {
  return query_.time_min ? *query_.time_min - (series.end.at - series.start.at)
                         : series.start.at - kExpandedBefore;
}

SysSeconds EventLister::expansion_end(const Event& series) const {
  return query_.time_max.value_or(
      std::max(SysSeconds{std::chrono::seconds{now_}}, series.start.at) + kExpandedAfter);
}

std::int64_t EventLister::key_of(const EventHead& event) const {
  if (query_.order_by != "updated") return event.start.at.time_since_epoch().count();
  // The stamp keeps two changes of one millisecond in their order.
  return event.stamp / 1000 == event.updated ? event.stamp : event.updated * 1000;
}

EventView EventLister::view_for(bool masked) const {
  return {calendar_.id, calendar_.zone,
          query_.time_zone.empty() ? calendar_.zone : query_.time_zone, query_.max_attendees,
          masked};
}

void EventLister::write(std::string& out, const StoredEvent& event) const {
  if (event.cancelled && (!event.series.empty() || !query_.show_deleted.value_or(false)))
    return write_stub(out, event);
  if (query_.max_attendees > 0 || !query_.time_zone.empty() ||
      role_rank(role_) < role_rank("writer"))
    return write(out, event.event());
  out += owner_json(calendar_, event);
}

void EventLister::write(std::string& out, const ListedEvent& event) const {
  if (event.stored)
    write(out, *event.stored);
  else if (event.stub)
    write_stub(out, event.generated);
  else
    write(out, event.generated);
}

void EventLister::write(std::string& out, const Event& event) const {
  out += render(event, view_for(is_masked_for(role_, event)));
}

void EventLister::write_stub(std::string& out, const EventHead& event) const {
  out += render_stub(event, !event.id_only, view_for(false));
}

}  // namespace emulator
