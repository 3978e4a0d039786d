#include "tests/emulator/model/event.hpp"

#include <array>

#include "src/base/bytes.hpp"

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

void copy_member(Json& out, const Json& fields, const char* name) {
  const Json* value = fields.find(name);
  if (value && !is_default(name, *value)) out.set(name, *value);
}

Json person(const Json& stored, const std::string& calendar_id) {
  Json out = stored;
  if (stored.string("email") == calendar_id) out.set("self", true);
  return out;
}

Json attendees(const Event& event, const View& view, bool& omitted) {
  const std::string& organizer = event.fields["organizer"].string("email");
  Json out = Json::array();
  const auto& all = event.fields["attendees"].items();
  omitted = view.max_attendees > 0 && static_cast<std::int64_t>(all.size()) > view.max_attendees;
  for (const Json& attendee : all) {
    const std::string& email = attendee.string("email");
    const bool self = email == view.calendar_id;
    if (omitted && !self) continue;
    Json shown = Json::object();
    for (const auto& [name, value] : attendee.members()) {
      if (name == "responseStatus") {  // after `self`, as Google writes it
        if (email == organizer) shown.set("organizer", true);
        if (self) shown.set("self", true);
      }
      shown.set(name, value);
    }
    out.push(std::move(shown));
  }
  return out;
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
  if (field == "guestsCanInviteOthers" || field == "guestsCanSeeOtherGuests") return value.as_bool(true);
  if (field == "guestsCanModify" || field == "anyoneCanAddSelf" || field == "privateCopy" || field == "locked" || field == "attendeesOmitted" ||
      field == "endTimeUnspecified")
    return !value.as_bool(false);
  if (field == "attendees" || field == "recurrence" || field == "attachments") return value.items().empty();
  if (field == "summary" || field == "description" || field == "location" || field == "colorId" || field == "eventLabelId")
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
  if (const std::size_t at = base_id.rfind("_R"); at != std::string::npos && at > 0) base_id.resize(at);
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
    instance.end.date = date_text(days_of(original.date) + days_of(series.end.date) - days_of(series.start.date));
    instance.end.at = midnight(instance.end.date, calendar_zone);
  } else {
    instance.end.at = original.at + (series.end.at - series.start.at);
  }
  instance.last_end = instance.end.at.time_since_epoch().count();
  return instance;
}

Json render_stub(const EventHead& event, bool with_original, const View& view) {
  Json out = Json::object({{"kind", "calendar#event"}, {"etag", event.etag()}, {"id", event.id}, {"status", "cancelled"}});
  if (with_original && !event.series.empty()) {
    out.set("recurringEventId", event.series);
    out.set("originalStartTime", write_moment(event.original, view.answer_zone, view.calendar_zone));
  }
  return out;
}

Json render(const Event& event, const View& view) {
  const Json& fields = event.fields;
  const Json* status = fields.find("status");
  Json out = Json::object({{"kind", "calendar#event"}, {"etag", event.etag()}, {"id", event.id}});
  out.set("status", event.cancelled ? Json("cancelled") : status ? *status : Json("confirmed"));
  if (!view.masked) {
    std::string linked = event.id;
    if (event.is_series()) linked = instance_id(event, event.start);
    out.set("htmlLink", html_link(linked, view.calendar_id));
  }
  out.set("created", timestamp(event.created));
  out.set("updated", timestamp(event.updated));
  if (!view.masked) {
    for (const char* name : kBefore) copy_member(out, fields, name);
    out.set("creator", person(fields["creator"], view.calendar_id));
    out.set("organizer", person(fields["organizer"], view.calendar_id));
  }
  out.set("start", write_moment(event.start, view.answer_zone, view.calendar_zone));
  out.set("end", write_moment(event.end, view.answer_zone, view.calendar_zone));
  copy_member(out, fields, "endTimeUnspecified");
  copy_member(out, fields, "recurrence");
  if (!event.series.empty()) {
    out.set("recurringEventId", event.series);
    out.set("originalStartTime", write_moment(event.original, view.answer_zone, view.calendar_zone));
  }
  copy_member(out, fields, "transparency");
  if (view.masked) {
    out.set("visibility", "private");
  } else {
    copy_member(out, fields, "visibility");
  }
  out.set("iCalUID", event.ical_uid);
  out.set("sequence", fields["sequence"].as_integer(0));
  if (!view.masked) {
    if (!fields["attendees"].items().empty()) {
      bool omitted = false;
      out.set("attendees", attendees(event, view, omitted));
      if (omitted) out.set("attendeesOmitted", true);
    }
    for (const char* name : kAfter) copy_member(out, fields, name);
  }
  const Json* type = fields.find("eventType");
  out.set("eventType", type ? *type : Json("default"));
  return out;
}

}  // namespace emulator
