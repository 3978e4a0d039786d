// The methods of events on one event: insert, import, update, patch, delete, move, get.
#include <algorithm>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/model/event_rules.hpp"
#include "src/emulator/model/google_model.hpp"
#include "src/emulator/model/guessed_rules.hpp"
#include "src/emulator/model/guest_copy.hpp"
#include "src/emulator/model/guests.hpp"
#include "src/emulator/model/labels.hpp"

namespace emulator {
namespace base = gcal::base;
using gcal::icalendar::lower;
namespace {

Problem gone() {
  return {410, "global", "deleted", "Resource has been deleted", {}, {}};
}

// A changed time raises `sequence`, a changed text does not.
bool changes_time(const Event& before, const Event& after) {
  return before.start.at != after.start.at || before.end.at != after.end.at ||
         before.start.all_day != after.start.all_day ||
         !(before.fields["recurrence"] == after.fields["recurrence"]);
}

RuleOptions rules_for(const Calendar& calendar, const WriteOptions& options,
                      const Behaviour& behaviour) {
  return {calendar.zone, options.attachments, options.conference,
          behaviour.until_kind_refuses && !options.loading};
}

// Drops the members which count only with a query parameter that the request does not have.
void drop_unrequested(Json& body, const WriteOptions& options) {
  if (!options.attachments && !options.loading) body.erase("attachments");
  if (!options.conference && !options.loading) body.erase("conferenceData");
  if (!options.loading) body.erase("hangoutLink");
  if (!options.loading) body.erase(options.labels ? "colorId" : "eventLabelId");
}

// An event can only refer to a label of its own calendar.
Outcome<> check_label(const Json& changes, const Calendar& calendar) {
  const std::string& id = changes.string("eventLabelId");
  if (!id.empty() && !has_label(calendar.labels, id))
    return bad_request("invalid", "Invalid event label id.");
  return Done{};
}

Outcome<> check_creatable_type(const Event& event, const Calendar& calendar) {
  const std::string& type = event.fields.string("eventType");
  if (type == "fromGmail")
    return bad_request("eventTypeRestriction", "Events of this type cannot be created.",
                       "calendar");
  if ((type == "focusTime" || type == "outOfOffice" || type == "workingLocation") &&
      calendar.id != calendar.owner)
    return bad_request("eventTypeRestriction",
                       "Events of this type can only be created on the primary calendar.",
                       "calendar");
  return Done{};
}

Outcome<> check_if_match(const WriteOptions& options, const Event& before) {
  if (options.if_match.empty() || options.if_match == "*" || options.if_match == before.etag())
    return Done{};
  return Problem{412, "global", "conditionNotMet", "Precondition Failed", "header", "If-Match"};
}

Json organizer_json(const Calendar& calendar) {
  Json organizer = Json::object({{"email", calendar.id}});
  if (calendar.id != calendar.owner) organizer.set("displayName", calendar.summary);
  return organizer;
}

// The fields after a PUT: what the body leaves out is dropped, except what the client did not
// declare to understand.
Json replaced_fields(const Event& before, const Json& changes, const WriteOptions& options) {
  Json fields = writable(changes);
  const auto keep = [&](const char* name) {
    if (before.fields.contains(name)) fields.set(name, before.fields[name]);
  };
  if (!fields.contains("eventType")) keep("eventType");
  if (!fields.contains("sequence")) fields.set("sequence", before.fields["sequence"].as_integer());
  if (!options.attachments) keep("attachments");
  if (!options.conference) keep("conferenceData");
  keep(options.labels ? "colorId" : "eventLabelId");
  if (!fields.contains("reminders"))
    fields.set("reminders", Json::object({{"useDefault", !before.start.all_day}}));
  return fields;
}

// The fields after a PATCH.
Json patched_fields(const Event& before, const Json& changes, const Calendar& calendar,
                    const Behaviour& behaviour) {
  Json stored = before.fields;
  stored.erase("attendeesOmitted");  // counts when the body has it
  stored.set("start", event_time_json(before.start, calendar.zone));
  stored.set("end", event_time_json(before.end, calendar.zone));
  if (before.cancelled) stored.set("status", "cancelled");
  return merge_patch(stored, changes, behaviour.reminders_merge);
}

// The members that no client can write.
void restore_server_fields(const Event& before, Json& fields) {
  if (before.fields.contains("hangoutLink") && fields.contains("conferenceData"))
    fields.set("hangoutLink", before.fields["hangoutLink"]);
  else
    fields.erase("hangoutLink");
  fields.set("organizer", before.fields["organizer"]);
  fields.set("creator", before.fields["creator"]);
}

bool changes_type(const Event& before, const Json& fields) {
  return fields.contains("eventType") &&
         fields.string("eventType") != before.fields.string("eventType") &&
         fields.string("eventType") != event_type(before.fields);
}

// Raises `sequence` when the time changes. Errors: invalid for a sequence that goes back.
Outcome<> update_sequence(const Event& before, Event& event) {
  const std::int64_t sequence = event.fields["sequence"].as_integer();
  const std::int64_t previous = before.fields["sequence"].as_integer();
  if (sequence < previous)
    return bad_request("invalid",
                       "Invalid sequence value. The specified sequence number is below the current "
                       "sequence number of the resource.");
  if (changes_time(before, event) && sequence == previous)
    event.fields.set("sequence", sequence + 1);
  return Done{};
}

constexpr const char* kMeetIcon =
    "https://fonts.gstatic.com/s/i/productlogos/meet_2020q4/v6/web-512dp/"
    "logo_meet_2020q4_color_2x_web_512dp.png";

// Creates the Meet room of a createRequest at once, as if Google's asynchronous part had already
// succeeded.
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

RenderedEvent GoogleModel::rendered(const Calendar& calendar, const std::string& event_id) const {
  const StoredEvent* stored = calendar.find(event_id);
  if (stored && !stored->id_only) return {stored->etag(), owner_json(calendar, *stored)};
  const Event event = locate(calendar, event_id)->event;
  return {event.etag(), render(event, {calendar.id, calendar.zone, calendar.zone, 0, false})};
}

Event GoogleModel::commit(Calendar& calendar, Event event, const Event* before) {
  // A change of the reminders alone changes the etag but not `updated`.
  bool changes_updated = true;
  if (before && !before->cancelled && !event.cancelled) {
    Json a = before->fields, b = event.fields;
    a.erase("reminders");
    b.erase("reminders");
    changes_updated = !(a == b) || before->fields["reminders"] == event.fields["reminders"];
  }
  StoredEvent& stored = calendar.put(event);
  if (before)
    for (StoredEvent* exception : lost_exceptions(calendar, *before, event, behaviour_)) {
      exception->cancelled = exception->id_only = true;
      exception->orphan = false;  // listed with the series, which a guest may have got just now
    }
  calendar.mark_changed(stored, next_stamp(), changes_updated);
  static_cast<EventHead&>(event) = stored;
  if (!event.cancelled)  // for the response and the next list
    stored.cache_json(render(event, {calendar.id, calendar.zone, calendar.zone, 0, false}));
  if (on_change) on_change(calendar.id, "");
  return event;
}

void GoogleModel::propagate(const std::string& email, Calendar& calendar, const Event& event,
                            const Event* before, const WriteOptions& options) {
  if (options.loading) return;
  Guests(*this).after_write(email, calendar, event, before, options);
}

void GoogleModel::set_default_reminders(const std::string& email, const Calendar& calendar,
                                        Event& event, const WriteOptions& options) {
  if (event.fields.contains("reminders")) return;
  if (!event.start.all_day || options.loading) {
    event.fields.set("reminders", Json::object({{"useDefault", true}}));
    return;
  }
  // An all-day event shows the calendar's default reminders as its own.
  Json reminders = Json::object({{"useDefault", false}});
  if (Account* owner = account(email)) {
    const auto entry = owner->list.find(calendar.id);
    if (entry != owner->list.end() && !entry->second.default_reminders.items().empty())
      reminders.set("overrides", entry->second.default_reminders);
  }
  event.fields.set("reminders", std::move(reminders));
}

Outcome<RenderedEvent> GoogleModel::insert(const std::string& email, Calendar& calendar,
                                           const Json& body, const WriteOptions& options) {
  if (!body.is_object()) return bad_request("parseError", "Parse Error");
  Event event;
  event.id = body.string("id");
  Json fields = writable(body);
  if (!options.loading) fields.erase("organizer");
  if (fields.string("status") == "cancelled" && !options.loading)
    return bad_request("invalid", "Invalid Value");
  drop_unrequested(fields, options);
  if (!options.loading) {
    TRY_VOID(check_label(fields, calendar));
    TRY_VOID(check_insert_identifiers(body, calendar, behaviour_));
  }
  if (event.id.empty())
    event.id = base::new_id(random_);
  else if (!valid_id(event.id) && !options.loading)
    return bad_request("invalid", "Invalid resource id value.");
  if (calendar.find(event.id)) return duplicate();
  event.ical_uid =
      body.string("iCalUID").empty() ? event.id + "@google.com" : body.string("iCalUID");
  if (options.loading && body.contains("recurringEventId")) {  // an instance without its series
    event.series = body.string("recurringEventId");
    TRY(event.original, parse_event_time(body["originalStartTime"], "original", calendar.zone));
  }
  TRY_VOID(apply_rules(event, std::move(fields), rules_for(calendar, options, behaviour_)));
  event.fields.erase("attendeesOmitted");
  if (!options.loading) TRY_VOID(check_creatable_type(event, calendar));
  if (!event.fields["organizer"].is_object())
    event.fields.set("organizer", organizer_json(calendar));
  const Json& creator = body["creator"];
  event.fields.set("creator", options.loading && creator.is_object()
                                  ? creator
                                  : Json::object({{"email", email}}));
  set_default_reminders(email, calendar, event, options);
  make_conference(event, random_);
  event.created = now_ms() / 1000 * 1000;
  event.cancelled = event.fields.string("status") == "cancelled";
  ++writes_;
  const Event stored = commit(calendar, std::move(event), nullptr);
  propagate(email, calendar, stored, nullptr, options);
  return rendered(calendar, stored.id);
}

Outcome<RenderedEvent> GoogleModel::import(const std::string& email, Calendar& calendar,
                                           const Json& body, const WriteOptions& options) {
  if (!body.is_object()) return bad_request("parseError", "Parse Error");
  const std::string& uid = body.string("iCalUID");
  if (uid.empty()) return bad_request("required", "Missing iCalUID.");
  if (body.contains("id")) return bad_request("invalid", "Invalid resource id value.");
  if (!body.string("eventType").empty() && body.string("eventType") != "default")
    return bad_request("eventTypeRestriction", "Only events of the default type can be imported.",
                       "calendar");
  const std::string organizer = lower(body["organizer"].string("email"));
  bool takes_part = organizer.empty() || organizer == calendar.id;
  for (const Json& attendee : body["attendees"].items())
    takes_part = takes_part || lower(attendee.string("email")) == calendar.id;
  if (!takes_part)
    return bad_request(
        "participantIsNeitherOrganizerNorAttendee",
        "The owner of the calendar must either be the organizer or an attendee of an event "
        "that is imported.",
        "calendar");
  TRY_VOID(check_import_uid(uid, calendar, behaviour_));
  if (const StoredEvent* known = calendar.find_by_ical_uid(uid)) {
    WriteOptions quiet = options;
    quiet.send_updates = "none";
    quiet.import =
        known->id.starts_with('_') && !account(known->event().fields["organizer"].string("email"));
    Json whole = body;
    if (whole.string("status").empty()) whole.set("status", "confirmed");
    return write(email, calendar, known->id, whole, true, quiet);
  }
  Json fields = writable(body);
  drop_unrequested(fields, options);
  TRY_VOID(check_label(fields, calendar));
  Event event;
  event.id = "_" + base::to_base32hex(base::as_bytes(uid));
  event.ical_uid = uid;
  TRY_VOID(apply_rules(event, std::move(fields), rules_for(calendar, options, behaviour_)));
  Json organizer_member = Json::object({{"email", organizer.empty() ? calendar.id : organizer}});
  if (!body["organizer"].string("displayName").empty())
    organizer_member.set("displayName", body["organizer"]["displayName"]);
  event.fields.set("organizer", std::move(organizer_member));
  event.fields.set("creator", Json::object({{"email", email}}));
  if (!event.fields.contains("reminders"))
    event.fields.set("reminders", Json::object({{"useDefault", !event.start.all_day}}));
  event.created = now_ms() / 1000 * 1000;
  event.cancelled = event.fields.string("status") == "cancelled";
  ++writes_;
  return rendered(calendar, commit(calendar, std::move(event), nullptr).id);
}

Outcome<RenderedEvent> GoogleModel::update(const std::string& email, Calendar& calendar,
                                           const std::string& event_id, const Json& body,
                                           const WriteOptions& options) {
  return write(email, calendar, event_id, body, true, options);
}

Outcome<RenderedEvent> GoogleModel::patch(const std::string& email, Calendar& calendar,
                                          const std::string& event_id, const Json& body,
                                          const WriteOptions& options) {
  return write(email, calendar, event_id, body, false, options);
}

Outcome<RenderedEvent> GoogleModel::write(const std::string& email, Calendar& calendar,
                                          const std::string& event_id, const Json& body,
                                          bool replace, const WriteOptions& options) {
  if (!body.is_object()) return bad_request("parseError", "Parse Error");
  const auto found = locate(calendar, event_id);
  if (!found || (found->generated && calendar.find(found->event.series)->cancelled))
    return not_found();
  const Event& before = found->event;
  TRY_VOID(check_if_match(options, before));
  if (!options.loading) TRY_VOID(check_not_deleted(before, behaviour_));

  Json changes = body;
  drop_unrequested(changes, options);
  if (!options.loading) TRY_VOID(check_label(changes, calendar));
  Json fields = replace ? replaced_fields(before, changes, options)
                        : patched_fields(before, changes, calendar, behaviour_);
  restore_server_fields(before, fields);
  if (fields.string("status") == "cancelled") {
    if (before.cancelled) return rendered(calendar, before.id);
    WriteOptions unconditional = options;
    unconditional.if_match.clear();
    TRY_VOID(remove(email, calendar, event_id, unconditional));
    return rendered(calendar, event_id);
  }
  if (changes_type(before, fields))
    return bad_request("eventTypeRestriction", "The type of an event cannot be changed.",
                       "calendar");

  Event event = before;
  event.cancelled = event.id_only = event.removed = false;
  if (!before.series.empty()) fields.erase("recurrence");
  TRY_VOID(apply_rules(event, std::move(fields), rules_for(calendar, options, behaviour_)));
  TRY_VOID(update_sequence(before, event));
  if (!options.loading && !options.import)
    TRY_VOID(Guests(*this).check_write(calendar, before, event));
  if (!options.loading && changes_time(before, event)) reset_responses(calendar, event, behaviour_);
  // A guest's write without an effect makes no exception.
  if (found->generated && !is_organizer(calendar, before) && event.fields == before.fields)
    return rendered(calendar, before.id);
  make_conference(event, random_);
  ++writes_;
  const Event stored = commit(calendar, std::move(event), &before);
  propagate(email, calendar, stored, &before, options);
  return rendered(calendar, stored.id);
}

Outcome<> GoogleModel::remove(const std::string& email, Calendar& calendar,
                              const std::string& event_id, const WriteOptions& options) {
  const auto found = locate(calendar, event_id);
  if (!found) return not_found();
  const Event& before = found->event;
  const StoredEvent* series = before.series.empty() ? nullptr : calendar.find(before.series);
  if (before.cancelled || (series && series->cancelled && !before.orphan)) return gone();
  TRY_VOID(check_if_match(options, before));
  Event event = before;
  Guests(*this).mark_deleted(calendar, event);
  ++writes_;
  const Event stored = commit(calendar, std::move(event), &before);
  propagate(email, calendar, stored, &before, options);
  return Done{};
}

Outcome<RenderedEvent> GoogleModel::move(const std::string& email, Calendar& from, Calendar& to,
                                         const std::string& event_id, const WriteOptions& options) {
  const auto found = locate(from, event_id);
  if (!found || found->event.cancelled) return not_found();
  const Event& before = found->event;
  if (!before.series.empty())
    return bad_request("cannotChangeOrganizerOfInstance",
                       "Cannot change the organizer of an instance.", "calendar");
  const std::string type = before.fields.string("eventType");
  if (!type.empty() && type != "default")
    return bad_request("eventTypeRestriction", "Only events of the default type can be moved.",
                       "calendar");
  if (before.fields["organizer"].string("email") != from.id) return forbidden_for_non_organizer();
  if (&from == &to) return rendered(from, before.id);
  const StoredEvent* there = to.find(event_id);
  const bool is_copy =
      there && there->ical_uid == before.ical_uid && !is_organizer(to, there->event());
  if (there && !there->cancelled && !is_copy) return duplicate();
  ++writes_;
  const Event stored = take_over(from, to, before, is_copy);
  Guests(*this).after_move(email, from, to, stored, before, options);
  return rendered(to, stored.id);
}

// Makes `to` the organizer of the event with all its exceptions. A guest's copy that `to` has
// becomes the event itself and keeps the guest's own members.
Event GoogleModel::take_over(Calendar& from, Calendar& to, const Event& before, bool is_copy) {
  const Json organizer = organizer_json(to);
  const auto moved = [&](const Event& original) {
    const StoredEvent* known = is_copy ? to.find(original.id) : nullptr;
    Event event = known ? with_own_members(original, known->event().fields) : original;
    event.fields.set("organizer", organizer);
    event.change = 0;
    anchor_days(event, to.zone);
    return event;
  };
  for (const StoredEvent* own : to.exceptions_of(before.id))
    if (!own->id_only && !from.find(own->id)) {  // changed by the guest only
      Event instance = make_instance(before, own->original, to.zone);
      instance.fields.set("start", event_time_json(instance.start, to.zone));
      instance.fields.set("end", event_time_json(instance.end, to.zone));
      to.put(moved(instance));
    }
  for (const StoredEvent* exception : from.exceptions_of(before.id))
    to.put(moved(exception->event()));
  const StoredEvent* there = to.find(before.id);
  const Event was = there ? there->event() : Event{};
  return commit(to, moved(before), there ? &was : nullptr);
}

Outcome<RenderedEvent> GoogleModel::get(const std::string& email, Calendar& calendar,
                                        const std::string& event_id, std::int64_t max_attendees,
                                        const std::string& zone) {
  const std::string& role = calendar.role_of(email);
  const bool plain = max_attendees == 0 && (zone.empty() || zone == calendar.zone) &&
                     role_rank(role) >= role_rank("writer");
  if (const StoredEvent* stored = calendar.find(event_id);
      plain && stored && stored->series.empty())
    return rendered(calendar, event_id);
  auto found = locate(calendar, event_id);
  if (!found) return not_found();
  Event& event = found->event;
  const StoredEvent* series = event.series.empty() ? nullptr : calendar.find(event.series);
  if (series && series->cancelled && !event.orphan) event.cancelled = true;
  const EventView view{calendar.id, calendar.zone, zone.empty() ? calendar.zone : zone,
                       max_attendees, is_masked_for(role, event)};
  return RenderedEvent{event.etag(), render(event, view)};
}

}  // namespace emulator
