// Google's writes on events: insert, import, update, patch, delete, move, get.
#include <algorithm>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"
#include "src/emulator/model/event_rules.hpp"
#include "src/emulator/model/google.hpp"
#include "src/emulator/model/guests.hpp"
#include "src/emulator/model/labels.hpp"

namespace emulator {
namespace base = gcal::base;
namespace {

Problem precondition() {
  return {412, "global", "conditionNotMet", "Precondition Failed", "header", "If-Match"};
}
Problem gone() {
  return {410, "global", "deleted", "Resource has been deleted", {}, {}};
}

// A changed summary is no new invitation; a changed time is.
bool moves(const Event& before, const Event& after) {
  return before.start.at != after.start.at || before.end.at != after.end.at ||
         before.start.all_day != after.start.all_day ||
         !(before.fields["recurrence"] == after.fields["recurrence"]);
}

RuleOptions rules_for(const Calendar& calendar, const WriteOptions& options) {
  return {calendar.zone, options.attachments, options.conference};
}

// What a body may not bring along unless a query parameter asks for it.
void drop_unasked(Json& body, const WriteOptions& options) {
  if (!options.attachments && !options.loading) body.erase("attachments");
  if (!options.conference && !options.loading) body.erase("conferenceData");
  if (!options.loading) body.erase("hangoutLink");
  if (!options.loading) body.erase(options.labels ? "colorId" : "eventLabelId");
}

// A label that an event points to is one of its calendar's.
Outcome<> check_label(const Json& changes, const Calendar& calendar) {
  const std::string& id = changes.string("eventLabelId");
  if (!id.empty() && !has_label(calendar.labels, id))
    return bad("invalid", "Invalid event label id.");
  return Done{};
}

bool looks_like_instance(const std::string& suffix) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return from + count <= suffix.size() &&
           std::all_of(suffix.begin() + static_cast<long>(from),
                       suffix.begin() + static_cast<long>(from + count),
                       [](char c) { return c >= '0' && c <= '9'; });
  };
  return (suffix.size() == 8 && digits(0, 8)) ||
         (suffix.size() == 16 && digits(0, 8) && suffix[8] == 'T' && digits(9, 6) &&
          suffix[15] == 'Z');
}

constexpr const char* kMeetIcon =
    "https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/"
    "logo_meet_2020q4_color_2x_web_512dp.png";

// A Meet room for a createRequest: made at once, as if the asynchronous part had already succeeded.
void make_conference(Event& event, base::Random& random) {
  Json* data = event.fields.find("conferenceData");
  if (!data || !(*data)["createRequest"].is_object() || data->contains("entryPoints")) return;
  std::string code;
  for (int i = 0; i < 10; ++i)
    code +=
        (i == 3 || i == 7 ? "-" : "") + std::string(1, static_cast<char>('a' + random.below(26)));
  const std::string url = "https://meet.google.com/" + code;
  data->member("createRequest").set("status", Json::object({{"statusCode", "success"}}));
  data->set(
      "entryPoints",
      Json::array({Json::object(
          {{"entryPointType", "video"}, {"uri", url}, {"label", "meet.google.com/" + code}})}));
  data->set("conferenceSolution", Json::object({{"key", Json::object({{"type", "hangoutsMeet"}})},
                                                {"name", "Google Meet"},
                                                {"iconUri", kMeetIcon}}));
  data->set("conferenceId", code);
  event.fields.set("hangoutLink", url);
}

}  // namespace

std::optional<Located> Google::locate(const Calendar& calendar, const std::string& event_id) const {
  const StoredEvent* stored = calendar.find(event_id);
  const auto as_stored = [&] {
    return stored ? std::optional<Located>({stored->event(), false}) : std::nullopt;
  };
  if (stored && !(stored->bare && !stored->series.empty()))
    return as_stored();  // the slot of a reset exception may be in the rule again
  const std::size_t cut = event_id.rfind('_');
  if (cut == std::string::npos || cut == 0) return as_stored();
  const std::string suffix = event_id.substr(cut + 1);
  if (!looks_like_instance(suffix)) return as_stored();
  for (const StoredEvent* master : calendar.series_named(event_id.substr(0, cut))) {
    if (!master->is_series() || master->start.all_day != (suffix.size() == 8)) continue;
    const Event series = master->event();
    const std::string date =
        suffix.substr(0, 4) + "-" + suffix.substr(4, 2) + "-" + suffix.substr(6, 2);
    const Seconds day = midnight(date, "UTC");
    const auto starts = expand(series.recurrence(), series.start, calendar.zone,
                               day - std::chrono::hours{26}, day + std::chrono::hours{50}, 400'000);
    for (const Moment& start : starts) {
      if (instance_suffix(start) != suffix) continue;
      Event instance = make_instance(series, start, calendar.zone);
      instance.change = 0;
      return Located{std::move(instance), true};
    }
  }
  return as_stored();
}

const std::string& shown_to_owner(const Calendar& calendar, const StoredEvent& event) {
  if (event.shown.empty())
    event.keep(render(event.event(), {calendar.id, calendar.zone, calendar.zone, 0, false}));
  return event.shown;
}

Shown Google::shown(const Calendar& calendar, const std::string& event_id) {
  const StoredEvent& event = *calendar.find(event_id);
  return {event.etag(), shown_to_owner(calendar, event)};
}

Event Google::commit(Calendar& calendar, Event event, const Event* before) {
  // A change of reminders alone moves the etag but not `updated`.
  bool shows = true;
  if (before && !before->cancelled && !event.cancelled) {
    Json a = before->fields, b = event.fields;
    a.erase("reminders");
    b.erase("reminders");
    shows = !(a == b) || before->fields["reminders"] == event.fields["reminders"];
  }
  const bool lost_rule =
      before && before->is_series() && !event.is_series() && event.series.empty();
  StoredEvent& stored = calendar.put(event);
  if (lost_rule)
    for (StoredEvent* exception : calendar.exceptions_of(stored.id))
      exception->cancelled = exception->bare = true;
  calendar.touch(stored, next_stamp(), shows);
  static_cast<EventHead&>(event) = stored;
  if (!event.cancelled)
    stored.keep(render(event, {calendar.id, calendar.zone, calendar.zone, 0,
                               false}));  // the answer, and the next list
  if (on_change) on_change(calendar.id, "");
  return event;
}

void Google::finish(const std::string& email, Calendar& calendar, const Event& event,
                    const Event* before, const WriteOptions& options) {
  if (options.loading) return;
  Guests(*this).after_write(email, calendar, event, before, options);
}

Outcome<Shown> Google::insert(const std::string& email, Calendar& calendar, const Json& body,
                              const WriteOptions& options) {
  if (!body.is_object()) return bad("parseError", "Parse Error");
  Event event;
  event.id = body.string("id");
  Json fields = writable(body);
  if (!options.loading) fields.erase("organizer");
  if (fields.string("status") == "cancelled" && !options.loading)
    return bad("invalid", "Invalid Value");
  drop_unasked(fields, options);
  if (!options.loading) TRY_VOID(check_label(fields, calendar));
  if (event.id.empty())
    event.id = base::new_id(random_);
  else if (!valid_id(event.id) && !options.loading)
    return bad("invalid", "Invalid resource id value.");
  if (calendar.find(event.id))
    return Problem{409, "global", "duplicate", "The requested identifier already exists.", {}, {}};
  event.ical_uid =
      body.string("iCalUID").empty() ? event.id + "@google.com" : body.string("iCalUID");
  TRY_VOID(apply_rules(event, std::move(fields), rules_for(calendar, options)));
  if (!options.loading && (event.fields.string("eventType") == "fromGmail"))
    return bad("eventTypeRestriction", "Events of this type cannot be created.", "calendar");
  const std::string type = event.fields.string("eventType");
  if (!options.loading &&
      (type == "focusTime" || type == "outOfOffice" || type == "workingLocation") &&
      calendar.id != calendar.owner)
    return bad("eventTypeRestriction",
               "Events of this type can only be created on the primary calendar.", "calendar");
  if (!event.fields["organizer"].is_object()) {
    Json organizer = Json::object({{"email", calendar.id}});
    if (calendar.id != calendar.owner) organizer.set("displayName", calendar.summary);
    event.fields.set("organizer", std::move(organizer));
  }
  const Json& creator = body["creator"];
  event.fields.set("creator", options.loading && creator.is_object()
                                  ? creator
                                  : Json::object({{"email", email}}));
  if (event.start.all_day && !event.fields.contains("reminders") && !options.loading) {
    // An all-day event shows the calendar's defaults as if they had been set.
    Json reminders = Json::object({{"useDefault", false}});
    if (Account* owner = account(email)) {
      const auto entry = owner->list.find(calendar.id);
      if (entry != owner->list.end() && !entry->second.default_reminders.items().empty())
        reminders.set("overrides", entry->second.default_reminders);
    }
    event.fields.set("reminders", std::move(reminders));
  } else if (!event.fields.contains("reminders")) {
    event.fields.set("reminders", Json::object({{"useDefault", true}}));
  }
  make_conference(event, random_);
  event.created = now_ms() / 1000 * 1000;
  event.cancelled = event.fields.string("status") == "cancelled";
  ++writes_;
  const Event stored = commit(calendar, std::move(event), nullptr);
  finish(email, calendar, stored, nullptr, options);
  return shown(calendar, stored.id);
}

Outcome<Shown> Google::import(const std::string& email, Calendar& calendar, const Json& body,
                              const WriteOptions& options) {
  if (!body.is_object()) return bad("parseError", "Parse Error");
  const std::string& uid = body.string("iCalUID");
  if (uid.empty()) return bad("required", "Missing iCalUID.");
  if (body.contains("id")) return bad("invalid", "Invalid resource id value.");
  if (!body.string("eventType").empty() && body.string("eventType") != "default")
    return bad("eventTypeRestriction", "Only events of the default type can be imported.",
               "calendar");
  const std::string organizer = lower(body["organizer"].string("email"));
  bool takes_part = organizer.empty() || organizer == calendar.id;
  for (const Json& attendee : body["attendees"].items())
    takes_part = takes_part || lower(attendee.string("email")) == calendar.id;
  if (!takes_part)
    return bad("participantIsNeitherOrganizerNorAttendee",
               "The owner of the calendar must either be the organizer or an attendee of an event "
               "that is imported.",
               "calendar");
  if (const StoredEvent* known = calendar.with_uid(uid)) {
    WriteOptions quiet = options;
    quiet.send_updates = "none";
    quiet.import =
        known->id.starts_with('_') && !account(known->event().fields["organizer"].string("email"));
    Json whole = body;
    if (whole.string("status").empty()) whole.set("status", "confirmed");
    return write(email, calendar, known->id, whole, true, quiet);
  }
  Json fields = writable(body);
  drop_unasked(fields, options);
  TRY_VOID(check_label(fields, calendar));
  Event event;
  event.id = "_" + base::to_base32hex(base::as_bytes(uid));
  event.ical_uid = uid;
  TRY_VOID(apply_rules(event, std::move(fields), rules_for(calendar, options)));
  Json person = Json::object({{"email", organizer.empty() ? calendar.id : organizer}});
  if (!body["organizer"].string("displayName").empty())
    person.set("displayName", body["organizer"]["displayName"]);
  event.fields.set("organizer", std::move(person));
  event.fields.set("creator", Json::object({{"email", email}}));
  if (!event.fields.contains("reminders"))
    event.fields.set("reminders", Json::object({{"useDefault", !event.start.all_day}}));
  event.created = now_ms() / 1000 * 1000;
  event.cancelled = event.fields.string("status") == "cancelled";
  ++writes_;
  return shown(calendar, commit(calendar, std::move(event), nullptr).id);  // import mails nobody
}

Outcome<Shown> Google::update(const std::string& email, Calendar& calendar,
                              const std::string& event_id, const Json& body,
                              const WriteOptions& options) {
  return write(email, calendar, event_id, body, true, options);
}

Outcome<Shown> Google::patch(const std::string& email, Calendar& calendar,
                             const std::string& event_id, const Json& body,
                             const WriteOptions& options) {
  return write(email, calendar, event_id, body, false, options);
}

Outcome<Shown> Google::write(const std::string& email, Calendar& calendar,
                             const std::string& event_id, const Json& body, bool replace,
                             const WriteOptions& options) {
  if (!body.is_object()) return bad("parseError", "Parse Error");
  const auto found = locate(calendar, event_id);
  if (!found || (found->made && calendar.find(found->event.series)->cancelled)) return not_found();
  const Event& before = found->event;
  if (!options.if_match.empty() && options.if_match != "*" && options.if_match != before.etag())
    return precondition();

  Json changes = body;
  drop_unasked(changes, options);
  if (!options.loading) TRY_VOID(check_label(changes, calendar));
  Json fields;
  if (replace) {
    fields = writable(changes);
    if (!fields.contains("eventType") && before.fields.contains("eventType"))
      fields.set("eventType", before.fields["eventType"]);
    if (!fields.contains("sequence"))
      fields.set("sequence", before.fields["sequence"].as_integer());
    if (!options.attachments && before.fields.contains("attachments"))
      fields.set("attachments", before.fields["attachments"]);
    if (!options.conference && before.fields.contains("conferenceData"))
      fields.set("conferenceData", before.fields["conferenceData"]);
    const char* other = options.labels
                            ? "colorId"
                            : "eventLabelId";  // of what this client does not speak nothing is lost
    if (before.fields.contains(other)) fields.set(other, before.fields[other]);
    if (!fields.contains("reminders"))
      fields.set("reminders", Json::object({{"useDefault", !before.start.all_day}}));
  } else {
    Json stored = before.fields;
    stored.set("start", write_moment(before.start,
                                     before.start.zone.empty() ? calendar.zone : before.start.zone,
                                     calendar.zone));
    stored.set("end",
               write_moment(before.end, before.end.zone.empty() ? calendar.zone : before.end.zone,
                            calendar.zone));
    if (before.cancelled) stored.set("status", "cancelled");
    fields = merge_patch(stored, changes);
  }
  if (before.fields.contains("hangoutLink") && fields.contains("conferenceData"))
    fields.set("hangoutLink", before.fields["hangoutLink"]);
  else
    fields.erase("hangoutLink");
  fields.set("organizer", before.fields["organizer"]);
  fields.set("creator", before.fields["creator"]);
  if (fields.string("status") == "cancelled") {
    if (before.cancelled) return shown(calendar, before.id);
    WriteOptions unconditional = options;
    unconditional.if_match.clear();
    TRY_VOID(remove(email, calendar, event_id, unconditional));
    return shown(calendar, event_id);
  }
  if (fields.string("eventType") != before.fields.string("eventType") &&
      fields.contains("eventType") &&
      fields.string("eventType") !=
          (before.fields.contains("eventType") ? before.fields.string("eventType") : "default"))
    return bad("eventTypeRestriction", "The type of an event cannot be changed.", "calendar");

  Event event = before;
  event.cancelled = event.bare = false;
  if (!before.series.empty()) fields.erase("recurrence");
  TRY_VOID(apply_rules(event, std::move(fields), rules_for(calendar, options)));
  const std::int64_t sequence = event.fields["sequence"].as_integer();
  if (sequence < before.fields["sequence"].as_integer())
    return bad("invalid",
               "Invalid sequence value. The specified sequence number is below the current "
               "sequence number of the resource.");
  if (moves(before, event) && sequence == before.fields["sequence"].as_integer())
    event.fields.set("sequence", sequence + 1);
  if (!options.loading && !options.import)
    TRY_VOID(Guests(*this).check_write(calendar, before, event));
  make_conference(event, random_);
  ++writes_;
  const Event stored = commit(calendar, std::move(event), &before);
  finish(email, calendar, stored, &before, options);
  return shown(calendar, stored.id);
}

Outcome<> Google::remove(const std::string& email, Calendar& calendar, const std::string& event_id,
                         const WriteOptions& options) {
  const auto found = locate(calendar, event_id);
  if (!found) return not_found();
  const Event& before = found->event;
  const StoredEvent* series = before.series.empty() ? nullptr : calendar.find(before.series);
  if (before.cancelled || (series && series->cancelled)) return gone();
  if (!options.if_match.empty() && options.if_match != "*" && options.if_match != before.etag())
    return precondition();
  Event event = before;
  event.cancelled = true;
  ++writes_;
  const Event stored = commit(calendar, std::move(event), &before);
  finish(email, calendar, stored, &before, options);
  return Done{};
}

Outcome<Shown> Google::move(const std::string& email, Calendar& from, Calendar& to,
                            const std::string& event_id, const WriteOptions& options) {
  const auto found = locate(from, event_id);
  if (!found || found->event.cancelled) return not_found();
  const Event& before = found->event;
  if (!before.series.empty())
    return bad("cannotChangeOrganizerOfInstance", "Cannot change the organizer of an instance.",
               "calendar");
  const std::string type = before.fields.string("eventType");
  if (!type.empty() && type != "default")
    return bad("eventTypeRestriction", "Only events of the default type can be moved.", "calendar");
  if (before.fields["organizer"].string("email") != from.id)
    return Problem{403,
                   "calendar",
                   "forbiddenForNonOrganizer",
                   "Shared properties can only be changed by the organizer of the event.",
                   {},
                   {}};
  if (&from == &to) return shown(from, before.id);
  if (const StoredEvent* there = to.find(event_id); there && !there->cancelled)
    return Problem{409, "global", "duplicate", "The requested identifier already exists.", {}, {}};
  std::vector<Event> exceptions;
  for (const StoredEvent* exception : from.exceptions_of(event_id))
    exceptions.push_back(exception->event());
  ++writes_;
  Event stub = before;
  stub.cancelled = true;
  commit(from, std::move(stub), &before);
  Json organizer = Json::object({{"email", to.id}});
  if (to.id != to.owner) organizer.set("displayName", to.summary);
  for (Event& exception : exceptions) {
    exception.fields.set("organizer", organizer);
    exception.change = 0;
    to.put(exception);
  }
  Event moved = before;
  moved.fields.set("organizer", std::move(organizer));
  const Event stored = commit(to, std::move(moved), nullptr);
  finish(email, to, stored, &before, options);
  return shown(to, stored.id);
}

Outcome<Shown> Google::get(const std::string& email, Calendar& calendar,
                           const std::string& event_id, std::int64_t max_attendees,
                           const std::string& zone) {
  const std::string& role = calendar.role_of(email);
  const bool plain =
      max_attendees == 0 && (zone.empty() || zone == calendar.zone) && rank(role) >= rank("writer");
  if (const StoredEvent* stored = calendar.find(event_id);
      plain && stored && stored->series.empty())
    return shown(calendar, event_id);
  auto found = locate(calendar, event_id);
  if (!found) return not_found();
  Event& event = found->event;
  const StoredEvent* series = event.series.empty() ? nullptr : calendar.find(event.series);
  if (series && series->cancelled) event.cancelled = true;
  const View view{calendar.id, calendar.zone, zone.empty() ? calendar.zone : zone, max_attendees,
                  masked_for(role, event)};
  return Shown{event.etag(), render(event, view)};
}

}  // namespace emulator
