// calendarList and calendars of the model.
#include <algorithm>
#include <charconv>

#include "src/common/base/bytes.hpp"
#include "src/emulator/model/colors.hpp"
#include "src/emulator/model/google.hpp"
#include "src/emulator/model/labels.hpp"

namespace emulator {
namespace {

Problem too_old() {
  return {410,
          "calendar",
          "fullSyncRequired",
          "Sync token is no longer valid, a full sync is required.",
          "parameter",
          "syncToken"};
}

std::string etag_of(std::int64_t stamp) {
  return "\"" + std::to_string(2 * stamp) + "\"";
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::uint64_t number(const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Outcome<> write_settings(ListEntry& entry, const Json& body, bool rgb) {
  if (const Json* value = body.find("summaryOverride")) entry.summary_override = value->as_string();
  if (const Json* value = body.find("hidden")) entry.hidden = value->as_bool();
  if (const Json* value = body.find("selected")) entry.selected = value->as_bool();
  if (const Json* value = body.find("defaultReminders")) {
    if (value->items().size() > 5) return bad("invalid", "Invalid Value");
    entry.default_reminders = value->is_null() ? Json::array() : *value;
  }
  if (const Json* value = body.find("notificationSettings"))
    entry.notifications = (*value)["notifications"];
  if (const Json* value = body.find("colorId")) {
    if (calendar_color(value->as_string()).empty())
      return bad("invalid", "Invalid calendar color id.");
    entry.color_id = value->as_string();
    entry.background.clear();
    entry.foreground.clear();
  }
  if (body.contains("backgroundColor") || body.contains("foregroundColor")) {
    if (!rgb) return bad("invalid", "RGB colors can only be written with colorRgbFormat=true.");
    entry.background = body.string("backgroundColor");
    entry.foreground = body.string("foregroundColor");
    entry.color_id = nearest_calendar_color(entry.background);
  }
  return Done{};
}

}  // namespace

void Google::touch_entry(Account& account, ListEntry& entry) {
  entry.stamp = next_stamp();
  entry.change = ++account.last_change;
  if (on_change) on_change("", account.email);
}

Json Google::entry_json(const Account& account, const ListEntry& entry) {
  Json out = Json::object({{"kind", "calendar#calendarListEntry"},
                           {"etag", etag_of(entry.stamp)},
                           {"id", entry.calendar_id}});
  const Calendar* calendar = find_calendar(entry.calendar_id);
  if (calendar && !entry.deleted) {
    out.set("summary", calendar->summary);
    if (!calendar->description.empty()) out.set("description", calendar->description);
    if (!calendar->location.empty()) out.set("location", calendar->location);
    out.set("timeZone", calendar->zone);
  }
  if (entry.deleted || !calendar) {
    out.set("deleted", true);
    return out;
  }
  if (!entry.summary_override.empty()) out.set("summaryOverride", entry.summary_override);
  out.set("colorId", entry.color_id);
  out.set("backgroundColor",
          entry.background.empty() ? calendar_color(entry.color_id) : entry.background);
  out.set("foregroundColor", entry.foreground.empty() ? "#000000" : entry.foreground);
  if (entry.hidden) out.set("hidden", true);
  if (entry.selected) out.set("selected", true);
  out.set("accessRole", calendar->role_of(account.email));
  out.set("defaultReminders", entry.default_reminders);
  if (!entry.notifications.items().empty())
    out.set("notificationSettings", Json::object({{"notifications", entry.notifications}}));
  if (entry.primary) out.set("primary", true);
  if (!calendar->owner.empty() && calendar->role_of(calendar->owner) == "owner" && !entry.primary)
    out.set("dataOwner", calendar->owner);
  out.set("conferenceProperties",
          Json::object({{"allowedConferenceSolutionTypes", Json::array({"hangoutsMeet"})}}));
  return out;
}

Outcome<Json> Google::calendar_list(const std::string& email, std::int64_t max_results,
                                    const std::string& page_token, const std::string& sync_token,
                                    bool show_deleted, bool show_hidden,
                                    const std::string& min_access_role) {
  Account* reader = account(email);
  if (!reader)
    return Problem{
        403, "calendar", "notACalendarUser", "The user must be signed up for Google Calendar.",
        {},  {}};
  std::uint64_t since = 0, after = 0;
  const bool incremental = !sync_token.empty();
  const auto read = [&](const std::string& token,
                        const char* kind) -> std::optional<std::vector<std::string>> {
    const auto payload = unseal(token);
    if (!payload) return std::nullopt;
    auto parts = split(*payload, '\n');
    if (parts.size() != 4 || parts[0] != kind || parts[1] != email) return std::nullopt;
    return parts;
  };
  if (incremental) {
    if (!min_access_role.empty())
      return bad("invalid", "Sync token cannot be used with other request restrictions");
    const auto parts = read(sync_token, "list-sync");
    if (!parts) return bad("invalid", "Invalid sync token value.");
    if (number((*parts)[2]) != static_cast<std::uint64_t>(reader->token_generation))
      return too_old();
    since = number((*parts)[3]);
  }
  if (!page_token.empty()) {
    const auto parts = read(page_token, "list-page");
    if (!parts) return wrong_parameter("pageToken", "Invalid page token value.");
    after = number((*parts)[3]);
  }
  std::vector<const ListEntry*> entries;
  for (const auto& [id, entry] : reader->list) {
    if (entry.change <= std::max(since, after)) continue;
    if (!incremental &&
        ((entry.deleted && !show_deleted) || (entry.hidden && !show_hidden && !entry.deleted)))
      continue;
    const Calendar* calendar = find_calendar(id);
    if (!min_access_role.empty() &&
        (!calendar || rank(calendar->role_of(email)) < rank(min_access_role)))
      continue;
    entries.push_back(&entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](const ListEntry* a, const ListEntry* b) { return a->change < b->change; });
  const std::size_t limit = static_cast<std::size_t>(std::clamp<std::int64_t>(max_results, 1, 250));
  Json out =
      Json::object({{"kind", "calendar#calendarList"},
                    {"etag", etag_of(static_cast<std::int64_t>(reader->last_change) + 1'000'000)}});
  const std::string generation = std::to_string(reader->token_generation);
  if (entries.size() > limit) {
    entries.resize(limit);
    out.set("nextPageToken", seal("list-page\n" + email + "\n" + generation + "\n" +
                                  std::to_string(entries.back()->change)));
  } else if (min_access_role.empty()) {
    out.set("nextSyncToken", seal("list-sync\n" + email + "\n" + generation + "\n" +
                                  std::to_string(reader->last_change)));
  }
  Json items = Json::array();
  for (const ListEntry* entry : entries) items.push(entry_json(*reader, *entry));
  out.set("items", std::move(items));
  return out;
}

Outcome<Json> Google::list_entry(const std::string& email, const std::string& calendar_id) {
  Account* reader = account(email);
  if (!reader) return not_found();
  const auto found = reader->list.find(calendar_id == "primary" ? email : calendar_id);
  if (found == reader->list.end() || found->second.deleted) return not_found();
  return entry_json(*reader, found->second);
}

Outcome<Json> Google::insert_list_entry(const std::string& email, const Json& body) {
  Account* reader = account(email);
  TRY(Calendar * target, calendar(email, body.string("id"), "freeBusyReader"));
  ListEntry& entry = reader->list[target->id];
  entry.calendar_id = target->id;
  entry.deleted = false;
  TRY_VOID(write_settings(entry, body, true));
  touch_entry(*reader, entry);
  return entry_json(*reader, entry);
}

Outcome<Json> Google::write_list_entry(const std::string& email, const std::string& calendar_id,
                                       const Json& body, bool rgb, bool replace) {
  TRY(const Json known, list_entry(email, calendar_id));
  Account* reader = account(email);
  ListEntry& entry = reader->list[known.string("id")];
  ListEntry changed = entry;
  if (replace) {  // what the body leaves out is at its default again; a colour is never none
    changed.summary_override.clear();
    changed.hidden = changed.selected = false;
    changed.default_reminders = changed.notifications = Json::array();
  }
  TRY_VOID(write_settings(changed, body, rgb));
  entry = std::move(changed);
  touch_entry(*reader, entry);
  return entry_json(*reader, entry);
}

Outcome<> Google::delete_list_entry(const std::string& email, const std::string& calendar_id) {
  TRY(const Json known, list_entry(email, calendar_id));
  Account* reader = account(email);
  ListEntry& entry = reader->list[known.string("id")];
  if (entry.primary)
    return bad("cannotChangeOwnPrimarySubscription", "A primary calendar cannot be unsubscribed.",
               "calendar");
  entry.deleted = true;
  touch_entry(*reader, entry);
  return Done{};
}

Json Google::calendar_json(const Calendar& calendar) const {
  Json out = Json::object({{"kind", "calendar#calendar"},
                           {"etag", calendar.etag()},
                           {"id", calendar.id},
                           {"summary", calendar.summary}});
  if (!calendar.description.empty()) out.set("description", calendar.description);
  if (!calendar.location.empty()) out.set("location", calendar.location);
  out.set("timeZone", calendar.zone);
  out.set("conferenceProperties",
          Json::object({{"allowedConferenceSolutionTypes", Json::array({"hangoutsMeet"})}}));
  if (!calendar.owner.empty()) out.set("dataOwner", calendar.owner);
  if (!calendar.labels.items().empty())
    out.set("labelProperties", Json::object({{"eventLabels", calendar.labels}}));
  return out;
}

Outcome<Json> Google::insert_calendar(const std::string& email, const Json& body) {
  Account* owner = account(email);
  if (!owner)
    return Problem{
        403, "calendar", "notACalendarUser", "The user must be signed up for Google Calendar.",
        {},  {}};
  if (body.string("summary").empty()) return bad("required", "Required");
  std::string zone = body.string("timeZone");
  if (!zone.empty() && !known_zone(zone)) return bad("invalid", "Invalid time zone.");
  if (zone.empty()) zone = find_calendar(email)->zone;
  Json labels = Json::array();
  if (body.contains("labelProperties")) {
    TRY(labels, read_labels(body["labelProperties"], random_));
  }
  Calendar& calendar = add_calendar(email, new_calendar_id(), body.string("summary"), zone);
  calendar.description = body.string("description");
  calendar.location = body.string("location");
  calendar.labels = std::move(labels);
  subscribe(*owner, calendar, "owner", false);
  ++writes_;
  return calendar_json(calendar);
}

Outcome<Json> Google::patch_calendar(const std::string& email, const std::string& calendar_id,
                                     const Json& body, bool replace) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  const std::string& zone = body.string("timeZone");
  if (!zone.empty() && !known_zone(zone)) return bad("invalid", "Invalid time zone.");
  if (replace && body.string("summary").empty()) return bad("required", "Required");
  if (body.contains("labelProperties")) {  // absent they stay, even in an update
    TRY(target->labels, read_labels(body["labelProperties"], random_));
  }
  if (body.contains("summary") && !body.string("summary").empty())
    target->summary = body.string("summary");
  if (replace || body.contains("description")) target->description = body.string("description");
  if (replace || body.contains("location")) target->location = body.string("location");
  if (!zone.empty() && zone != target->zone) {
    target->zone = zone;
    for (const auto& [change, event] : target->changes()) event->shown.clear();
  }
  target->stamp = next_stamp();
  target->updated = target->stamp / 1000;
  ++writes_;
  return calendar_json(*target);
}

Outcome<> Google::transfer_calendar(const std::string& email, const std::string& calendar_id,
                                    const std::string& new_owner) {
  const Account* caller = account(email);
  if (!caller || !caller->admin)
    return Problem{
        403,
        "global",
        "forbidden",
        "The caller must be a Workspace administrator with the Manage Calendars privilege.",
        {},
        {}};
  Calendar* target = find_calendar(calendar_id == "primary" ? email : calendar_id);
  if (!target) return not_found();
  if (accounts_.contains(target->id))
    return bad("invalid", "A primary calendar cannot be transferred.", "calendar");
  Account* heir = account(new_owner);
  if (!heir) return wrong_parameter("newDataOwner", "Invalid new data owner.");
  target->owner = heir->email;
  subscribe(*heir, *target, "owner", false);
  target->stamp = next_stamp();
  target->updated = target->stamp / 1000;
  ++writes_;
  return Done{};
}

Outcome<> Google::delete_calendar(const std::string& email, const std::string& calendar_id) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  if (accounts_.contains(target->id))
    return bad("cannotDeletePrimaryCalendar", "Cannot delete a primary calendar.", "calendar");
  const std::string id = target->id;
  target->deleted = true;
  ++writes_;
  for (auto& [address, holder] : accounts_)
    if (const auto entry = holder.list.find(id); entry != holder.list.end()) {
      entry->second.deleted = true;
      touch_entry(holder, entry->second);
    }
  if (on_change) on_change(id, "");
  return Done{};
}

Outcome<> Google::clear_calendar(const std::string& email, const std::string& calendar_id) {
  TRY(Calendar * target, calendar(email, calendar_id, "owner"));
  if (!accounts_.contains(target->id))
    return bad("invalid", "Only a primary calendar can be cleared.");
  std::vector<StoredEvent*> living;
  for (const auto& [change, event] : target->changes())
    if (!event->cancelled && (event->series.empty() || !target->find(event->series)))
      living.push_back(event);
  for (StoredEvent* event : living) {
    event->cancelled = true;
    target->touch(*event, next_stamp(), true);
    ++writes_;
  }
  if (on_change) on_change(target->id, "");
  return Done{};
}

}  // namespace emulator
