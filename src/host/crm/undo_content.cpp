#include "src/host/crm/undo_content.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/icalendar/address.hpp"
#include "src/host/crm/event_view.hpp"
#include "src/host/crm/guest_changes.hpp"

namespace host {
namespace {

// Written by the organiser's system, never by a change of a user.
constexpr std::string_view kFacts = "facts";

bool is_default(std::string_view name, const Json& value) {
  if (value.is_null()) return true;
  if (value.is_array()) return value.items().empty() && name != "reminders";
  if (!value.is_string()) return false;
  const std::string& text = value.as_string();
  return text.empty() || text == "default" || (name == "transparency" && text == "opaque") ||
         (name == "status" && text == "confirmed");
}

std::set<std::string> addresses_of(const Json& guests) {
  std::set<std::string> out;
  for (const Json& guest : guests.items())
    if (!guest["self"].as_bool() && !guest["organizer"].as_bool())
      out.insert(gcal::icalendar::normalised_address(guest.string("email")));
  return out;
}

std::multiset<std::string> lines_of(const Json& recurrence) {
  std::multiset<std::string> out;
  for (const Json& line : recurrence.items()) out.insert(line.as_string());
  return out;
}

bool same_time(const Json& a, const Json& b) {
  const auto one = event_time_of(a), other = event_time_of(b);
  if (!one || !other) return a == b;
  return one->all_day == other->all_day && one->instant == other->instant;
}

const Json* date_at(const Json& dates, const Json& original_start) {
  const auto found = std::ranges::find_if(dates.items(), [&](const Json& item) {
    return same_time(item["original_start"], original_start);
  });
  return found == dates.items().end() ? nullptr : &*found;
}

bool same_date(const Json* a, const Json* b) {
  if (!a || !b) return a == b;
  if ((*a)["cancelled"].as_bool() != (*b)["cancelled"].as_bool()) return false;
  return (*a)["cancelled"].as_bool() || shows_the_same((*a)["event"], (*b)["event"]);
}

bool same_dates(const Json& a, const Json& b) {
  return a.items().size() == b.items().size() &&
         std::ranges::all_of(a.items(), [&](const Json& item) {
           return same_date(&item, date_at(b, item["original_start"]));
         });
}

bool same_member(std::string_view name, const Json& a, const Json& b) {
  if (name == kFacts) return true;
  if (name == "attendees") return addresses_of(a) == addresses_of(b);
  if (name == "recurrence") return lines_of(a) == lines_of(b);
  if (name == "occurrences") return same_dates(a, b);
  if (name == "start" || name == "end") return same_time(a, b);
  return a == b || (is_default(name, a) && is_default(name, b));
}

void put(Json& event, std::string_view name, const Json& value) {
  if (value.is_null())
    event.erase(name);
  else
    event.set(name, value);
}

std::set<std::string, std::less<>> names_of(const Json& a, const Json& b) {
  std::set<std::string, std::less<>> names;
  for (const Json* event : {&a, &b})
    for (const auto& [name, value] : event->members()) names.insert(name);
  return names;
}

// One date that differs from its series. False: it was changed since.
bool revert_date(Json& dates, const Json* before, const Json* after, const Json* now) {
  if (same_date(before, after)) return true;
  if (same_date(after, now)) {
    if (now)
      std::erase_if(dates.mutable_items(),
                    [&, original = Json((*now)["original_start"])](const Json& item) {
                      return same_time(item["original_start"], original);
                    });
    if (before) dates.push(*before);
    return true;
  }
  const auto has_event = [](const Json* date) { return date && (*date)["event"].is_object(); };
  if (!has_event(before) || !has_event(after) || !has_event(now)) return same_date(before, now);
  auto event = without_change((*before)["event"], (*after)["event"], (*now)["event"]);
  if (!event) return false;
  for (Json& item : dates.mutable_items())
    if (same_time(item["original_start"], (*before)["original_start"])) {
      item.set("event", *std::move(event));
      break;
    }
  return true;
}

std::optional<Json> reverted_dates(const Json& before, const Json& after, const Json& now) {
  Json dates = now.is_array() ? now : Json::array();
  std::vector<Json> originals;
  for (const Json* list : {&before, &after})
    for (const Json& item : list->items())
      if (std::ranges::none_of(originals, [&](const Json& known) {
            return same_time(known, item["original_start"]);
          }))
        originals.push_back(item["original_start"]);
  for (const Json& original : originals)
    if (!revert_date(dates, date_at(before, original), date_at(after, original),
                     date_at(now, original)))
      return std::nullopt;
  if (dates.items().empty()) return Json();
  return dates;
}

}  // namespace

bool shows_the_same(const Json& after, const Json& now) {
  return std::ranges::all_of(names_of(after, now), [&](const std::string& name) {
    return same_member(name, after[name], now[name]);
  });
}

std::optional<Json> without_change(const Json& before, const Json& after, const Json& now) {
  if (now == after) return before;
  Json event = now;
  for (const std::string& name : names_of(before, after)) {
    if (name == kFacts || before[name] == after[name]) continue;
    if (name == "attendees") {
      const Json guests = GuestChanges(after[name], before[name]).applied_to(now[name]);
      put(event, name, guests.items().empty() ? Json() : guests);
    } else if (name == "occurrences") {
      auto dates = reverted_dates(before[name], after[name], now[name]);
      if (!dates) return std::nullopt;
      put(event, name, *dates);
    } else if (same_member(name, after[name], now[name])) {
      put(event, name, before[name]);
    } else if (!same_member(name, before[name], now[name])) {
      return std::nullopt;
    }
  }
  return event;
}

}  // namespace host
