#include "src/engine/google/guest_json.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/people.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::Attendee;
using calendar::PartStat;

constexpr std::size_t kMaxTextBytes = 1 << 20;

constexpr std::array<std::pair<PartStat, std::string_view>, 4> kPartStat{
    {{PartStat::needs_action, "needsAction"},
     {PartStat::accepted, "accepted"},
     {PartStat::declined, "declined"},
     {PartStat::tentative, "tentative"}}};

// Set by Google for each copy of an event; no client can write them.
constexpr std::array<std::string_view, 3> kSetByGoogle{"self", "organizer", "id"};

std::string_view name_of(PartStat partstat) {
  for (const auto& [value, name] : kPartStat)
    if (value == partstat) return name;
  return kPartStat[0].second;
}

Json guest_json(const Attendee& guest) {
  Json json = Json::object({{"email", guest.email}, {"responseStatus", name_of(guest.partstat)}});
  if (!guest.name.empty()) json.set("displayName", guest.name);
  if (!guest.comment.empty()) json.set("comment", guest.comment);
  if (guest.optional) json.set("optional", true);
  if (guest.resource) json.set("resource", true);
  return json;
}

// Google refuses the whole event because of one invalid address, so such a guest is not sent unless
// Google sent them: then the entry goes back as it came.
bool is_sendable(const Attendee& guest) {
  return !icalendar::normalised_address(guest.email).empty();
}

bool is_of(const Json& entry, const Attendee& guest) {
  const std::string address = icalendar::normalised_address(entry.string("email"));
  return !address.empty() && address == icalendar::normalised_address(guest.email);
}

const Attendee* find_guest(const Guests& guests, const Attendee& wanted) {
  return calendar::find_guest(guests, calendar::guest_key(wanted));
}

Json* find_entry(Json& list, const Attendee& guest) {
  for (Json& entry : list.mutable_items())
    if (is_of(entry, guest)) return &entry;
  return nullptr;
}

// Writes into `entry` what `after` has and `before` has not. An empty name or comment is no change:
// a user edits neither.
void change_guest(Json& entry, const Attendee& before, const Attendee& after) {
  if (before.partstat != after.partstat) entry.set("responseStatus", name_of(after.partstat));
  if (before.optional != after.optional) entry.set("optional", after.optional);
  if (before.resource != after.resource) entry.set("resource", after.resource);
  if (!after.name.empty() && before.name != after.name) entry.set("displayName", after.name);
  if (!after.comment.empty() && before.comment != after.comment)
    entry.set("comment", after.comment);
}

Json list_of(const Guests& guests) {
  Json list = Json::array();
  for (const Attendee& guest : guests)
    if (is_sendable(guest)) list.push(guest_json(guest));
  return list;
}

}  // namespace

Result<std::string> text_member(const Json& json, std::string_view key) {
  const auto invalid = [&](const char* message) {
    return Error{Code::invalid, std::string(key) + message, {}};
  };
  std::string text = json.string(key);
  if (text.size() > kMaxTextBytes) return invalid(": longer than any calendar shows");
  for (std::size_t at = 0; (at = text.find('\0', at)) != std::string::npos;)
    text.replace(at, 1, base::kReplacementCharacter);
  return text;
}

Result<Attendee> guest_from_json(const Json& json) {
  Attendee guest;
  TRY(guest.email, text_member(json, "email"));
  TRY(guest.name, text_member(json, "displayName"));
  TRY(guest.comment, text_member(json, "comment"));
  // An unknown answer counts as none, so that values added by Google later do not stop the sync.
  for (const auto& [value, name] : kPartStat)
    if (json.string("responseStatus") == name) guest.partstat = value;
  guest.optional = json["optional"].as_bool();
  guest.resource = json["resource"].as_bool();
  guest.organizer = json["organizer"].as_bool();
  guest.self = json["self"].as_bool();
  return guest;
}

bool is_plain_guest(const Json& json) {
  const Result<Attendee> guest = guest_from_json(json);
  if (!guest || !is_sendable(*guest)) return false;
  const Json known = guest_json(*guest);
  return std::ranges::all_of(json.members(), [&](const Json::Member& member) {
    const auto& [name, value] = member;
    if (std::ranges::find(kSetByGoogle, name) != kSetByGoogle.end()) return true;
    if (name == "optional" || name == "resource") return value.is_bool();
    const Json* same = known.find(name);
    return same ? *same == value : value.is_string() && value.as_string().empty();
  });
}

Json changed_guests(const Json& held, const Guests& before, const Guests& after, Missing missing) {
  Json list = held.is_array() ? held : list_of(before);
  std::erase_if(list.mutable_items(), [&](const Json& entry) {
    const auto is_entry = [&](const Attendee& guest) { return is_of(entry, guest); };
    return std::ranges::any_of(before, is_entry) && std::ranges::none_of(after, is_entry);
  });
  for (const Attendee& guest : after) {
    const Attendee* was = find_guest(before, guest);
    Json* entry = find_entry(list, guest);
    if (entry && was) change_guest(*entry, *was, guest);
    const bool invited = !was || missing == Missing::added;
    if (!entry && invited && is_sendable(guest)) list.push(guest_json(guest));
  }
  return list;
}

Json copied_guests(const Json& source, const Guests& guests) {
  Json known = source.is_array() ? source : Json::array();
  Json list = Json::array();
  for (const Attendee& guest : guests) {
    if (!is_sendable(guest)) continue;
    const Json* entry = find_entry(known, guest);
    const Result<Attendee> was =
        entry ? guest_from_json(*entry) : Result<Attendee>(Error{Code::not_found, {}, {}});
    if (!was) {
      list.push(guest_json(guest));
      continue;
    }
    Json& copy = list.push(*entry);
    for (const std::string_view name : kSetByGoogle) copy.erase(name);
    change_guest(copy, *was, guest);
  }
  return list;
}

bool only_own_answer_differs(const Guests& before, const Guests& after) {
  Guests answered = before;
  for (Attendee& guest : answered)
    if (guest.self)
      if (const Attendee* now = find_guest(after, guest)) guest.partstat = now->partstat;
  return calendar::equal_attendees(answered, after);
}

Json own_answer(const Json& held, const Guests& after) {
  Json list = Json::array();
  for (const Attendee& guest : after) {
    if (!guest.self) continue;
    Json all = held.is_array() ? held : Json::array();
    const Json* entry = find_entry(all, guest);
    list.push(entry ? *entry : guest_json(guest)).set("responseStatus", name_of(guest.partstat));
  }
  return list;
}

}  // namespace gcal::google
