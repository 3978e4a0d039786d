#include "src/emulator/model/event.hpp"

#include <array>

#include "src/common/base/bytes.hpp"

namespace emulator {
namespace base = gcal::base;
namespace {

// The order in which Google writes the members that are taken over as they are.
constexpr std::array kBefore{"summary", "description", "location", "colorId", "eventLabelId"};
constexpr std::array kAfter{"extendedProperties",
                            "hangoutLink",
                            "conferenceData",
                            "anyoneCanAddSelf",
                            "guestsCanInviteOthers",
                            "guestsCanModify",
                            "guestsCanSeeOtherGuests",
                            "privateCopy",
                            "locked",
                            "reminders",
                            "source",
                            "attachments",
                            "birthdayProperties",
                            "focusTimeProperties",
                            "outOfOfficeProperties",
                            "workingLocationProperties"};

// A JSON object written member by member: lists hold thousands of events, and a tree for each would
// cost more than all the rest.
class ObjectText {
 public:
  explicit ObjectText(std::size_t about) { out_.reserve(about); }
  void add(std::string_view name, const Json& value) {
    ((out_ += out_.empty() ? "{\"" : ",\"") += name) += "\":";
    value.append_to(out_);
  }
  void copy(const Json& fields, std::string_view name) {
    const Json* value = fields.find(name);
    if (value && !is_default(name, *value)) add(name, *value);
  }
  void add_text(std::string_view name, const std::string& json) {
    (((out_ += ",\"") += name) += "\":") += json;
  }
  std::string close() { return std::move(out_ += '}'); }

 private:
  std::string out_;
};

Json person(const Json& stored, const std::string& calendar_id) {
  Json out = stored;
  if (stored.string("email") == calendar_id) out.set("self", true);
  return out;
}

std::string attendees(const Event& event, const View& view, bool omitted) {
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
  event.fields = *Json::parse(fields);  // our own writing
  return event;
}

bool is_default(std::string_view field, const Json& value) {
  if (value.is_null()) return true;
  if (field == "transparency") return value.as_string() == "opaque";
  if (field == "visibility") return value.as_string() == "default";
  if (field == "guestsCanInviteOthers" || field == "guestsCanSeeOtherGuests")
    return value.as_bool(true);
  if (field == "guestsCanModify" || field == "anyoneCanAddSelf" || field == "privateCopy" ||
      field == "locked" || field == "attendeesOmitted" || field == "endTimeUnspecified")
    return !value.as_bool(false);
  if (field == "attendees" || field == "recurrence" || field == "attachments")
    return value.items().empty();
  if (field == "summary" || field == "description" || field == "location" || field == "colorId" ||
      field == "eventLabelId")
    return value.as_string().empty();
  return false;
}

std::string html_link(const std::string& event_id, const std::string& calendar_id) {
  std::string calendar = calendar_id;
  if (calendar.ends_with("@gmail.com")) calendar.resize(calendar.size() - 8);
  if (calendar.ends_with("@group.calendar.google.com")) calendar.resize(calendar.size() - 24);
  std::string eid = base::to_base64(base::as_bytes(event_id + " " + calendar));
  while (eid.ends_with('=')) eid.pop_back();
  return "https://www.google.com/calendar/event?eid=" + eid;
}

std::string instance_id(const EventHead& series, const Moment& original) {
  std::string base_id = series.id;
  if (const std::size_t at = base_id.rfind("_R"); at != std::string::npos && at > 0)
    base_id.resize(at);
  return base_id + "_" + instance_suffix(original);
}

Event make_instance(const Event& series, const Moment& original, const std::string& calendar_zone) {
  Event instance = series;
  instance.series = series.id;
  instance.id = instance_id(series, original);
  instance.fields.erase("recurrence");
  instance.original = original;
  instance.start = original;
  if (original.all_day) {
    instance.end.date =
        date_text(days_of(original.date) + days_of(series.end.date) - days_of(series.start.date));
    instance.end.at = midnight(instance.end.date, calendar_zone);
  } else {
    instance.end.at = original.at + (series.end.at - series.start.at);
  }
  instance.last_end = instance.end.at.time_since_epoch().count();
  return instance;
}

std::string render_stub(const EventHead& event, bool with_original, const View& view) {
  Json out = Json::object({{"kind", "calendar#event"},
                           {"etag", event.etag()},
                           {"id", event.id},
                           {"status", "cancelled"}});
  if (with_original && !event.series.empty()) {
    out.set("recurringEventId", event.series);
    out.set("originalStartTime",
            write_moment(event.original, view.answer_zone, view.calendar_zone));
  }
  return out.dump();
}

std::string render(const Event& event, const View& view) {
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
    for (const char* name : kBefore) out.copy(fields, name);
    out.add("creator", person(fields["creator"], view.calendar_id));
    out.add("organizer", person(fields["organizer"], view.calendar_id));
  }
  out.add("start", write_moment(event.start, view.answer_zone, view.calendar_zone));
  out.add("end", write_moment(event.end, view.answer_zone, view.calendar_zone));
  out.copy(fields, "endTimeUnspecified");
  out.copy(fields, "recurrence");
  if (!event.series.empty()) {
    out.add("recurringEventId", event.series);
    out.add("originalStartTime",
            write_moment(event.original, view.answer_zone, view.calendar_zone));
  }
  out.copy(fields, "transparency");
  if (view.masked)
    out.add("visibility", "private");
  else
    out.copy(fields, "visibility");
  out.add("iCalUID", event.ical_uid);
  out.add("sequence", fields["sequence"].as_integer(0));
  if (!view.masked) {
    if (const std::size_t count = fields["attendees"].items().size(); count > 0) {
      const bool omitted =
          view.max_attendees > 0 && static_cast<std::int64_t>(count) > view.max_attendees;
      out.add_text("attendees", attendees(event, view, omitted));
      if (omitted) out.add("attendeesOmitted", true);
    }
    for (const char* name : kAfter) out.copy(fields, name);
  }
  const Json* type = fields.find("eventType");
  out.add("eventType", type ? *type : Json("default"));
  return out.close();
}

}  // namespace emulator
