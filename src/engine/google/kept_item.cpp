#include "src/engine/google/kept_item.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "src/engine/google/event_json.hpp"
#include "src/engine/google/guest_json.hpp"

namespace gcal::google {
namespace {

using base::Json;

// In the model, or set by Google for one copy or one state of an event.
constexpr std::array<std::string_view, 28> kNotKept{"kind",         "etag",
                                                    "id",           "status",
                                                    "htmlLink",     "created",
                                                    "updated",      "creator",
                                                    "summary",      "description",
                                                    "location",     "colorId",
                                                    "organizer",    "start",
                                                    "end",          "recurrence",
                                                    "iCalUID",      "recurringEventId",
                                                    "sequence",     "locked",
                                                    "transparency", "originalStartTime",
                                                    "visibility",   "hangoutLink",
                                                    "privateCopy",  "endTimeUnspecified",
                                                    "attendees",    "reminders"};

// Kept, but not for a new event: a label belongs to one calendar, an event type to its properties.
constexpr std::array<std::string_view, 7> kNotCopied{
    "attendees", "attendeesOmitted",          "reminders",         "eventLabelId",
    "eventType", "workingLocationProperties", "birthdayProperties"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_blank(const Json& value) {
  return value.is_null() || (value.is_object() && value.members().empty()) ||
         (value.is_array() && value.items().empty());
}

bool all_plain(const Json& guests) {
  return std::ranges::all_of(guests.items(), is_plain_guest);
}

// The model has the minutes and methods, and whether the calendar's default holds.
bool has_unknown_reminders(const Json& reminders) {
  const auto unknown = [](const Json& json, std::string_view first, std::string_view second) {
    return std::ranges::any_of(json.members(), [&](const Json::Member& member) {
      return member.first != first && member.first != second;
    });
  };
  return unknown(reminders, "useDefault", "overrides") ||
         std::ranges::any_of(reminders["overrides"].items(),
                             [&](const Json& one) { return unknown(one, "method", "minutes"); });
}

// Without our own mark.
Json foreign_properties(Json properties) {
  if (Json* own = properties.find("private")) {
    own->erase(kLinkProperty);
    if (is_blank(*own)) properties.erase("private");
  }
  return properties;
}

// A room is taken over by its data. The request that once made it would make another one.
Json existing_conference(Json conference) {
  if (is_blank(conference["entryPoints"])) return {};
  conference.erase("createRequest");
  return conference;
}

// Events of these types have properties and can be created, both only together.
bool is_creatable_type(const std::string& type) {
  return type == "focusTime" || type == "outOfOffice";
}

}  // namespace

std::string kept_item(const Json& item) {
  Json kept = Json::object();
  for (const auto& [name, value] : item.members())
    if (!contains(kNotKept, name) && !is_blank(value)) kept.set(name, value);
  if (item.string("eventType") == "default") kept.erase("eventType");
  if (Json* properties = kept.find("extendedProperties")) {
    *properties = foreign_properties(std::move(*properties));
    if (is_blank(*properties)) kept.erase("extendedProperties");
  }
  if (!all_plain(item["attendees"])) kept.set("attendees", item["attendees"]);
  if (has_unknown_reminders(item["reminders"])) kept.set("reminders", item["reminders"]);
  kept.erase("attendeesOmitted");
  if (guests_are_omitted(item)) kept.set("attendeesOmitted", true);
  const bool exception = item.contains("recurringEventId");
  return kept.members().empty() && !exception ? std::string() : kept.dump();
}

Json reminders_to_send(Json reminders, const Json& held) {
  for (Json& one : reminders.member("overrides").mutable_items())
    for (const Json& known : held["overrides"].items())
      if (known["method"] == one["method"] && known["minutes"] == one["minutes"]) one = known;
  for (const auto& [name, value] : held.members())
    if (!reminders.contains(name)) reminders.set(name, value);
  return reminders;
}

Json parse_kept(const std::string& bytes) {
  if (bytes.empty()) return Json::object();
  Result<Json> kept = Json::parse(bytes);
  return kept && kept->is_object() ? *std::move(kept) : Json::object();
}

bool guests_are_omitted(const Json& item) {
  if (item["attendeesOmitted"].as_bool()) return true;
  // A guest who may not see the others gets a list with themselves and the organizer.
  const Json& organizer = item["organizer"];
  return !item["guestsCanSeeOtherGuests"].as_bool(true) && organizer.is_object() &&
         !organizer["self"].as_bool();
}

Error hidden_guests() {
  return Error{
      Code::denied,
      "Google shows only some of the guests of this event, so its list of guests cannot be "
      "changed from here",
      {}};
}

Json copied_members(const Json& kept) {
  Json copied = Json::object();
  const bool typed = is_creatable_type(kept.string("eventType"));
  for (const auto& [name, value] : kept.members()) {
    const bool of_type =
        name == "eventType" || name == "focusTimeProperties" || name == "outOfOfficeProperties";
    if (of_type ? typed : !contains(kNotCopied, name)) copied.set(name, value);
  }
  if (Json* conference = copied.find("conferenceData")) {
    *conference = existing_conference(std::move(*conference));
    if (is_blank(*conference)) copied.erase("conferenceData");
  }
  return copied;
}

void add_copied_differences(Json& patch, const Json& exception, const Json& master) {
  const Json own = copied_members(exception);
  const Json inherited = copied_members(master);
  for (const auto& [name, value] : own.members())
    if (!(inherited[name] == value)) patch.set(name, value);
  for (const auto& [name, value] : inherited.members())
    if (!own.contains(name)) patch.set(name, nullptr);
}

}  // namespace gcal::google
