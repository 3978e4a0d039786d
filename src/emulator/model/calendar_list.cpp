// The calendarList resource of the model.
#include <algorithm>

#include "src/emulator/model/colors.hpp"
#include "src/emulator/model/google_model.hpp"

namespace emulator {
namespace {

std::string etag_of(std::int64_t stamp) {
  return "\"" + std::to_string(2 * stamp) + "\"";
}

Outcome<> apply_settings(ListEntry& entry, const Json& body, bool rgb) {
  if (const Json* value = body.find("summaryOverride")) entry.summary_override = value->as_string();
  if (const Json* value = body.find("hidden")) entry.hidden = value->as_bool();
  if (const Json* value = body.find("selected")) entry.selected = value->as_bool();
  if (const Json* value = body.find("defaultReminders")) {
    if (value->items().size() > 5) return bad_request("invalid", "Invalid Value");
    entry.default_reminders = value->is_null() ? Json::array() : *value;
  }
  if (const Json* value = body.find("notificationSettings"))
    entry.notifications = (*value)["notifications"];
  if (const Json* value = body.find("colorId")) {
    if (calendar_color(value->as_string()).empty())
      return bad_request("invalid", "Invalid calendar color id.");
    entry.color_id = value->as_string();
    entry.background.clear();
    entry.foreground.clear();
  }
  if (body.contains("backgroundColor") || body.contains("foregroundColor")) {
    if (!rgb)
      return bad_request("invalid", "RGB colors can only be written with colorRgbFormat=true.");
    entry.background = body.string("backgroundColor");
    entry.foreground = body.string("foregroundColor");
    entry.color_id = nearest_calendar_color(entry.background);
  }
  return Done{};
}

}  // namespace

void GoogleModel::mark_entry_changed(Account& account, ListEntry& entry) {
  entry.stamp = next_stamp();
  entry.change = ++account.last_change;
  if (on_change) on_change("", account.email);
}

Json GoogleModel::entry_json(const Account& account, const ListEntry& entry) {
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

Outcome<Json> GoogleModel::calendar_list(const std::string& email, const PageRequest& page,
                                         bool show_deleted, bool show_hidden,
                                         const std::string& min_access_role) {
  Account* reader = account(email);
  if (!reader) return not_a_calendar_user();
  std::uint64_t since = 0, after = 0, covered = reader->last_change;
  const bool incremental = !page.sync_token.empty();
  if (incremental) {
    if (!min_access_role.empty())
      return bad_request("invalid", "Sync token cannot be used with other request restrictions");
    const auto token = CalendarListToken::decode(page.sync_token);
    if (!token || token->kind != TokenKind::sync || token->email != email)
      return bad_request("invalid", "Invalid sync token value.");
    if (token->generation != reader->token_generation) return full_sync_required();
    since = token->change;
  }
  if (!page.page_token.empty()) {
    const auto token = CalendarListToken::decode(page.page_token);
    if (!token || token->kind != TokenKind::page || token->email != email)
      return invalid_parameter("pageToken", "Invalid page token value.");
    after = token->change;
    // As in a list of events: what changes while the client reads pages comes again.
    covered = token->covered;
  }
  std::vector<const ListEntry*> entries;
  for (const auto& [id, entry] : reader->list) {
    if (entry.change <= std::max(since, after)) continue;
    if (!incremental &&
        ((entry.deleted && !show_deleted) || (entry.hidden && !show_hidden && !entry.deleted)))
      continue;
    const Calendar* calendar = find_calendar(id);
    if (!min_access_role.empty() &&
        (!calendar || role_rank(calendar->role_of(email)) < role_rank(min_access_role)))
      continue;
    entries.push_back(&entry);
  }
  std::sort(entries.begin(), entries.end(),
            [](const ListEntry* a, const ListEntry* b) { return a->change < b->change; });
  const auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(page.max_results, 1, 250));
  Json out =
      Json::object({{"kind", "calendar#calendarList"},
                    {"etag", etag_of(static_cast<std::int64_t>(reader->last_change) + 1'000'000)}});
  CalendarListToken next{TokenKind::sync, email, reader->token_generation, covered, covered};
  if (entries.size() > limit) {
    entries.resize(limit);
    next.kind = TokenKind::page;
    next.change = entries.back()->change;
    out.set("nextPageToken", next.encode());
  } else if (min_access_role.empty()) {
    out.set("nextSyncToken", next.encode());
  }
  Json items = Json::array();
  for (const ListEntry* entry : entries) items.push(entry_json(*reader, *entry));
  out.set("items", std::move(items));
  return out;
}

Outcome<Json> GoogleModel::list_entry(const std::string& email, const std::string& calendar_id) {
  Account* reader = account(email);
  if (!reader) return not_found();
  const auto found = reader->list.find(calendar_id == "primary" ? email : calendar_id);
  if (found == reader->list.end() || found->second.deleted) return not_found();
  return entry_json(*reader, found->second);
}

Outcome<Json> GoogleModel::insert_list_entry(const std::string& email, const Json& body, bool rgb) {
  Account* reader = account(email);
  TRY(Calendar * target, calendar(email, body.string("id"), "freeBusyReader"));
  const auto known = reader->list.find(target->id);
  ListEntry changed = known == reader->list.end() ? ListEntry{} : known->second;
  changed.calendar_id = target->id;
  changed.deleted = false;
  TRY_VOID(apply_settings(changed, body, rgb));
  ListEntry& entry = reader->list[target->id] = std::move(changed);
  mark_entry_changed(*reader, entry);
  return entry_json(*reader, entry);
}

Outcome<Json> GoogleModel::write_list_entry(const std::string& email,
                                            const std::string& calendar_id, const Json& body,
                                            bool rgb, bool replace) {
  TRY(const Json known, list_entry(email, calendar_id));
  Account* reader = account(email);
  ListEntry& entry = reader->list[known.string("id")];
  ListEntry changed = entry;
  if (replace) {  // what the body leaves out gets its default; a calendar always has a colour
    changed.summary_override.clear();
    changed.hidden = changed.selected = false;
    changed.default_reminders = changed.notifications = Json::array();
  }
  TRY_VOID(apply_settings(changed, body, rgb));
  entry = std::move(changed);
  mark_entry_changed(*reader, entry);
  return entry_json(*reader, entry);
}

Outcome<> GoogleModel::delete_list_entry(const std::string& email, const std::string& calendar_id) {
  TRY(const Json known, list_entry(email, calendar_id));
  Account* reader = account(email);
  ListEntry& entry = reader->list[known.string("id")];
  if (entry.primary)
    return bad_request("cannotChangeOwnPrimarySubscription",
                       "A primary calendar cannot be unsubscribed.", "calendar");
  entry.deleted = true;
  mark_entry_changed(*reader, entry);
  return Done{};
}

}  // namespace emulator
