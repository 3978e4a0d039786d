#include "src/emulator/model/event.hpp"

#include "src/common/base/bytes.hpp"
#include "src/emulator/model/event_members.hpp"

namespace emulator {
namespace base = gcal::base;
namespace {

// Writes a JSON object member by member. Lists hold thousands of events, and building a tree for
// each would cost more than the rest of the request.
class ObjectText {
 public:
  explicit ObjectText(std::size_t expected_size) { out_.reserve(expected_size); }
  void add(std::string_view name, const Json& value) {
    ((out_ += out_.empty() ? "{\"" : ",\"") += name) += "\":";
    value.append_to(out_);
  }
  void copy(const Json& fields, const EventMember& member) {
    const Json* value = fields.find(member.name);
    if (value && !is_default(member, *value)) add(member.name, *value);
  }
  void copy(const Json& fields, std::string_view name) { copy(fields, *find_event_member(name)); }
  void copy(const Json& fields, MemberPlace place) {
    for (const EventMember& member : event_members())
      if (member.place == place) copy(fields, member);
  }
  void add_json(std::string_view name, const std::string& json) {
    (((out_ += ",\"") += name) += "\":") += json;
  }
  std::string close() { return std::move(out_ += '}'); }

 private:
  std::string out_;
};

Json with_self(const Json& stored, const std::string& calendar_id) {
  Json out = stored;
  if (stored.string("email") == calendar_id) out.set("self", true);
  return out;
}

std::string attendees(const Event& event, const EventView& view, bool omitted) {
  const std::string& organizer = event.fields["organizer"].string("email");
  std::string out;
  for (const Json& attendee : event.fields["attendees"].items()) {
    const std::string& email = attendee.string("email");
    const bool self = email == view.calendar_id;
    if (omitted && !self) continue;
    ObjectText shown(256);
    for (const auto& [name, value] : attendee.members()) {
      if (name == "responseStatus") {  // after `self`, as Google writes it
        if (email == organizer) shown.add("organizer", true);
        if (self) shown.add("self", true);
      }
      shown.add(name, value);
    }
    (out += out.empty() ? "[" : ",") += shown.close();
  }
  return out.empty() ? "[]" : out + "]";
}

}  // namespace

std::vector<std::string> Event::recurrence() const {
  std::vector<std::string> lines;
  for (const Json& line : fields["recurrence"].items()) lines.push_back(line.as_string());
  return lines;
}

Event StoredEvent::event() const {
  Event event;
  static_cast<EventHead&>(event) = *this;
  event.fields = *Json::parse(fields);  // written by us
  return event;
}

FormerTimes times_of(const StoredEvent& event) {
  return {event.start, event.end,
          event.is_series() ? event.event().recurrence() : std::vector<std::string>{},
          event.last_end, 0};
}

std::string html_link(const std::string& event_id, const std::string& calendar_id) {
  std::string calendar = calendar_id;
  if (calendar.ends_with("@gmail.com")) calendar.resize(calendar.size() - 8);
  if (calendar.ends_with("@group.calendar.google.com")) calendar.resize(calendar.size() - 24);
  std::string eid = base::to_base64(base::as_bytes(event_id + " " + calendar));
  while (eid.ends_with('=')) eid.pop_back();
  return "https://www.google.com/calendar/event?eid=" + eid;
}

std::string instance_id(const EventHead& series, const EventTime& original) {
  return series_base_id(series.id) + "_" + instance_suffix(original);
}

std::string series_base_id(const std::string& series_id) {
  const std::size_t at = series_id.rfind("_R");
  return at == std::string::npos || at == 0 ? series_id : series_id.substr(0, at);
}

EventTime instance_end(const EventTime& start, const EventTime& end, const EventTime& original,
                       const std::string& calendar_zone) {
  EventTime result = end;
  if (original.all_day) {
    result.date = date_text(days_of(original.date) + days_of(end.date) - days_of(start.date));
    result.at = midnight(result.date, calendar_zone);
  } else {
    result.at = original.at + (end.at - start.at);
  }
  return result;
}

Event make_instance(const Event& series, const EventTime& original,
                    const std::string& calendar_zone) {
  Event instance = series;
  instance.series = series.id;
  instance.id = instance_id(series, original);
  instance.fields.erase("recurrence");
  instance.original = original;
  instance.start = original;
  instance.end = instance_end(series.start, series.end, original, calendar_zone);
  instance.last_end = instance.end.at.time_since_epoch().count();
  return instance;
}

std::string render_stub(const EventHead& event, bool with_original, const EventView& view) {
  Json out = Json::object({{"kind", "calendar#event"},
                           {"etag", event.etag()},
                           {"id", event.id},
                           {"status", "cancelled"}});
  if (with_original && !event.series.empty()) {
    out.set("recurringEventId", event.series);
    out.set("originalStartTime",
            event_time_json(event.original, view.answer_zone, view.calendar_zone));
  }
  return out.dump();
}

std::string render(const Event& event, const EventView& view) {
  const Json& fields = event.fields;
  const Json* status = fields.find("status");
  ObjectText out(1'536);
  out.add("kind", "calendar#event");
  out.add("etag", event.etag());
  out.add("id", event.id);
  out.add("status", event.cancelled ? Json("cancelled") : status ? *status : Json("confirmed"));
  if (!view.masked) {
    std::string linked = event.id;
    if (event.is_series()) linked = instance_id(event, event.start);
    out.add("htmlLink", html_link(linked, view.calendar_id));
  }
  out.add("created", timestamp(event.created));
  out.add("updated", timestamp(event.updated));
  if (!view.masked) {
    out.copy(fields, MemberPlace::before_creator);
    out.add("creator", with_self(fields["creator"], view.calendar_id));
    out.add("organizer", with_self(fields["organizer"], view.calendar_id));
  }
  out.add("start", event_time_json(event.start, view.answer_zone, view.calendar_zone));
  out.add("end", event_time_json(event.end, view.answer_zone, view.calendar_zone));
  out.copy(fields, "endTimeUnspecified");
  out.copy(fields, "recurrence");
  if (!event.series.empty()) {
    out.add("recurringEventId", event.series);
    out.add("originalStartTime",
            event_time_json(event.original, view.answer_zone, view.calendar_zone));
  }
  out.copy(fields, "transparency");
  if (view.masked)
    out.add("visibility", "private");
  else
    out.copy(fields, "visibility");
  out.add("iCalUID", event.ical_uid);
  out.add("sequence", fields["sequence"].as_integer(0));
  if (!view.masked) {
    const auto count = static_cast<std::int64_t>(fields["attendees"].items().size());
    const bool omitted = view.max_attendees > 0 && count > view.max_attendees;
    if (count > 0) out.add_json("attendees", attendees(event, view, omitted));
    if (omitted || fields["attendeesOmitted"].as_bool(false)) out.add("attendeesOmitted", true);
    out.copy(fields, MemberPlace::after_attendees);
  }
  const Json* type = fields.find("eventType");
  out.add("eventType", type ? *type : Json("default"));
  return out.close();
}

}  // namespace emulator
