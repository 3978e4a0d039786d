#include "src/engine/google/event_json.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <utility>

#include "src/common/base/json_array.hpp"
#include "src/common/base/mutant.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/google/guest_json.hpp"
#include "src/engine/google/kept_item.hpp"
#include "src/engine/google/time_json.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::Attendee;
using calendar::Event;
using calendar::EventTime;
using calendar::EventType;
using calendar::OriginalStart;
using calendar::Reminder;
using calendar::Series;
using calendar::Visibility;

constexpr std::size_t kMaxAttendees = 10'000;
constexpr std::size_t kMaxReminders = 5;  // Google refuses the whole write if there are more
constexpr std::int64_t kMaxReminderMinutes = 40'320;  // four weeks: Google's limit

constexpr std::array<std::pair<Visibility, std::string_view>, 4> kVisibility{
    {{Visibility::default_, "default"},
     {Visibility::public_, "public"},
     {Visibility::private_, "private"},
     {Visibility::confidential, "confidential"}}};
constexpr std::array<std::pair<EventType, std::string_view>, 6> kType{
    {{EventType::default_, "default"},
     {EventType::from_gmail, "fromGmail"},
     {EventType::focus_time, "focusTime"},
     {EventType::out_of_office, "outOfOffice"},
     {EventType::working_location, "workingLocation"},
     {EventType::birthday, "birthday"}}};

Error invalid(std::string message) {
  return Error{Code::invalid, std::move(message), {}};
}

template <class Names, class Enum>
std::string_view name_of(const Names& names, Enum value) {
  for (const auto& [candidate, name] : names)
    if (candidate == value) return name;
  return names[0].second;
}

// An unknown name reads as `fallback`, so that values added by Google later do not stop the sync.
template <class Names, class Enum>
Enum value_of(const Names& names, const std::string& text, Enum fallback) {
  for (const auto& [value, name] : names)
    if (name == text) return value;
  return fallback;
}

// Always both members: reports differ on whether Google merges or replaces this object.
Json reminders_json(const std::optional<std::vector<Reminder>>& reminders) {
  Json overrides = Json::array();
  if (reminders)
    for (const Reminder& reminder : *reminders)
      if (overrides.items().size() < kMaxReminders)
        overrides.push(Json::object({{"method", reminder.method}, {"minutes", reminder.minutes}}));
  return Json::object(
      {{"useDefault", !reminders.has_value()}, {"overrides", std::move(overrides)}});
}

Result<Event> event_of(const Json& json, const std::string& calendar_zone) {
  Event event;
  TRY(event.summary, text_member(json, "summary"));
  TRY(event.description, text_member(json, "description"));
  TRY(event.location, text_member(json, "location"));
  TRY(TimeRange range, range_from_json(json, calendar_zone));
  event.start = std::move(range.start);
  event.end = std::move(range.end);
  if (json.string("status") == "tentative") event.status = calendar::Status::tentative;
  if (json.string("transparency") == "transparent")
    event.transparency = calendar::Transparency::transparent;
  // An unknown visibility counts as private, because it may be a new way to hide an event (P-19).
  event.visibility = json.string("visibility").empty()
                         ? Visibility::default_
                         : value_of(kVisibility, json.string("visibility"), Visibility::private_);
  TRY(event.color, text_member(json, "colorId"));
  if (json["attendees"].items().size() > kMaxAttendees) return invalid("attendees: too many");
  for (const Json& item : json["attendees"].items()) {
    TRY(Attendee attendee, guest_from_json(item));
    // Nothing to show. The entry is kept, like everything beyond the model.
    if (attendee.email.empty() && attendee.name.empty()) continue;
    event.attendees.push_back(std::move(attendee));
  }
  event.attendees_omitted = guests_are_omitted(json);
  const Json& reminders = json["reminders"];
  if (reminders.is_object() && !reminders["useDefault"].as_bool()) {
    event.reminders.emplace();
    for (const Json& item : reminders["overrides"].items())
      event.reminders->push_back(
          {item.string("method"), static_cast<std::int32_t>(std::clamp<std::int64_t>(
                                      item["minutes"].as_integer(), 0, kMaxReminderMinutes))});
  }
  return event;
}

std::string video_of(const Json& json) {
  for (const Json& entry : json["conferenceData"]["entryPoints"].items())
    if (entry.string("entryPointType") == "video") return entry.string("uri");
  return json.string("hangoutLink");
}

calendar::Facts facts_of(const Json& json) {
  calendar::Facts facts;
  facts.ical_uid = json.string("iCalUID");
  facts.sequence = json["sequence"].as_integer();
  facts.type = json.string("eventType").empty()
                   ? EventType::default_
                   : value_of(kType, json.string("eventType"), EventType::unknown);
  const Json& organizer = json["organizer"];
  facts.organizer_email = organizer.string("email");
  facts.organizer_name = organizer.string("displayName");
  facts.organized_by_self = !organizer.is_object() || organizer["self"].as_bool();
  const Json& creator = json["creator"];
  if (!creator["self"].as_bool()) {
    facts.creator_email = creator.string("email");
    facts.creator_name = creator.string("displayName");
  }
  facts.guests_can_modify = json["guestsCanModify"].as_bool();
  facts.locked = json["locked"].as_bool();
  // Links are shown to users: accept only schemes that are safe to open.
  const std::string& page = json.string("htmlLink");
  if (page.starts_with("https://") || page.starts_with("http://")) facts.html_link = page;
  const std::string video = video_of(json);
  if (video.starts_with("https://")) facts.conference_uri = video;
  facts.link_mark = json["extendedProperties"]["private"].string(kLinkProperty);
  facts.guests_see_guests = json["guestsCanSeeOtherGuests"].as_bool(true);
  if (const auto updated = icalendar::parse_rfc3339(json.string("updated")))
    facts.updated = base::Instant{*updated};
  return facts;
}

void text_patch(Json& patch, const char* key, const std::string& before, const std::string& after) {
  if (before != after) patch.set(key, after.empty() ? Json(nullptr) : Json(after));
}

// Of a list that Google shows in part, only the own answer can be written: Google has a form of its
// own for it, in which the other guests stay as they are.
void patch_guests(Json& patch, const Event& before, const Event& after, const Json& kept) {
  if (calendar::equal_attendees(before.attendees, after.attendees)) return;
  const Json& held = kept["attendees"];
  const bool in_part = guests_are_omitted(kept);
  if (in_part) patch.set("attendeesOmitted", true);
  const Missing missing = kept.contains(kGuestsReadWhole) ? Missing::left : Missing::added;
  patch.set("attendees", in_part
                             ? own_answer(held, after.attendees)
                             : changed_guests(held, before.attendees, after.attendees, missing));
}

void patch_event(Json& patch, const Event& before, const Event& after, const Json& kept) {
  text_patch(patch, "summary", before.summary, after.summary);
  text_patch(patch, "description", before.description, after.description);
  text_patch(patch, "location", before.location, after.location);
  text_patch(patch, "colorId", before.color, after.color);
  // Start and end are always sent together, because Google validates them as a pair.
  if (before.start != after.start || before.end != after.end) {
    const bool switched = is_all_day(before.start) != is_all_day(after.start) &&
                          !base::mutant("other_kind_of_time_is_added");
    patch.set("start", time_json(after.start, switched));
    patch.set("end", time_json(after.end, switched));
  }
  if (before.status != after.status)
    patch.set("status", after.status == calendar::Status::tentative ? "tentative" : "confirmed");
  if (before.transparency != after.transparency)
    patch.set("transparency",
              after.transparency == calendar::Transparency::transparent ? "transparent" : "opaque");
  if (before.visibility != after.visibility)
    patch.set("visibility", name_of(kVisibility, after.visibility));
  patch_guests(patch, before, after, kept);
  if (before.reminders != after.reminders)
    patch.set("reminders", reminders_to_send(reminders_json(after.reminders), kept["reminders"]));
}

}  // namespace

Result<Item> item_from_json(const Json& json, const std::string& calendar_zone) {
  Item item;
  item.id = json.string("id");
  if (item.id.empty() || item.id.size() > 1'024) return invalid("id: missing or too long");
  item.etag = json.string("etag");
  item.series_id = json.string("recurringEventId");
  // Before anything else, because a cancelled item may have no other member (P-08).
  item.cancelled = json.string("status") == "cancelled";
  if (!item.series_id.empty()) {
    TRY(const EventTime original,
        time_from_json(json["originalStartTime"], "originalStartTime", calendar_zone));
    item.original_start = OriginalStart::of(original);
  }
  if (item.cancelled) return item;
  TRY(item.series.master, event_of(json, calendar_zone));
  item.series.facts = facts_of(json);
  item.kept = kept_item(json);
  for (const Json& line : json["recurrence"].items()) {
    TRY_VOID(icalendar::check_line(line.as_string()));
    item.series.recurrence.push_back(line.as_string());
  }
  return item;
}

Json insert_body(const Series& series, const std::string& id, const std::string& link_id,
                 const Json& kept) {
  Json body = copied_members(kept);
  body.set("id", id);
  Event nothing;
  nothing.start = series.master.start;
  nothing.end = series.master.end;
  nothing.attendees = series.master.attendees;
  patch_event(body, nothing, series.master, kept);
  if (!series.master.attendees.empty())
    body.set("attendees", copied_guests(kept["attendees"], series.master.attendees));
  body.set("start", time_json(series.master.start, false));
  body.set("end", time_json(series.master.end, false));
  if (series.recurring()) body.set("recurrence", base::json_array(series.recurrence));
  body.member("extendedProperties").member("private").set(kLinkProperty, link_id);
  return body;
}

Json patch_body(const Event& before, const Event& after, const Json& kept) {
  Json patch = Json::object();
  patch_event(patch, before, after, kept);
  return patch;
}

Json full_body(const Event& event, const Json& kept) {
  const auto text = [](const std::string& value) {
    return value.empty() ? Json(nullptr) : Json(value);
  };
  Json body = Json::object(
      {{"status", event.status == calendar::Status::tentative ? "tentative" : "confirmed"},
       {"summary", text(event.summary)},
       {"description", text(event.description)},
       {"location", text(event.location)},
       {"colorId", text(event.color)},
       {"start", time_json(event.start, true)},
       {"end", time_json(event.end, true)},
       {"transparency",
        event.transparency == calendar::Transparency::transparent ? "transparent" : "opaque"},
       {"visibility", name_of(kVisibility, event.visibility)},
       {"reminders", reminders_to_send(reminders_json(event.reminders), kept["reminders"])}});
  // Google still has the whole list of an event of which it shows a part.
  if (!guests_are_omitted(kept))
    body.set("attendees", copied_guests(kept["attendees"], event.attendees));
  return body;
}

Json patch_body(const Series& before, const Series& after, const Json& kept) {
  Json patch = patch_body(before.master, after.master, kept);
  if (calendar::canonical(before.recurrence) != calendar::canonical(after.recurrence))
    patch.set("recurrence", after.recurring() ? base::json_array(after.recurrence) : Json(nullptr));
  return patch;
}

std::string instance_id(const std::string& master_id, const OriginalStart& original_start) {
  std::string id = master_id;
  if (const std::size_t split = id.rfind("_R");
      split != std::string::npos &&
      id.find_first_not_of("0123456789T", split + 2) == std::string::npos)
    id.resize(split);
  const auto day = std::chrono::floor<std::chrono::days>(original_start.instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{original_start.instant - day};
  std::array<char, 32> text{};
  if (original_start.all_day) {
    std::snprintf(text.data(), text.size(), "_%04d%02u%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  } else {
    std::snprintf(text.data(), text.size(), "_%04d%02u%02uT%02d%02d%02dZ",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
  }
  return id + text.data();
}

calendar::Occurrence occurrence_of(Item instance) {
  calendar::Occurrence occurrence;
  occurrence.cancelled = instance.cancelled;
  if (!occurrence.cancelled) occurrence.event = std::move(instance.series.master);
  return occurrence;
}

}  // namespace gcal::google
