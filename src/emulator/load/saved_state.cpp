#include "src/emulator/load/saved_state.hpp"

#include "src/common/base/json_array.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr int kFormat = 1;

std::uint64_t unsigned_of(const Json& value) {
  return static_cast<std::uint64_t>(value.as_integer());
}

Json time_json(const EventTime& time) {
  if (time.all_day) return Json::object({{"date", time.date}});
  return Json::object({{"at", time.at.time_since_epoch().count()}, {"zone", time.zone}});
}

EventTime time_from(const Json& json, const std::string& calendar_zone) {
  EventTime time;
  if (json.contains("date")) {
    time.all_day = true;
    time.date = json.string("date");
    time.at = midnight(time.date, calendar_zone);
  } else {
    time.at = SysSeconds{std::chrono::seconds{json["at"].as_integer()}};
    time.zone = json.string("zone");
  }
  return time;
}

// The text of an object, which must have members, with one more whose value is JSON text.
std::string with_member(const Json& object, const char* name, const std::string& json) {
  std::string text = object.dump();
  text.back() = ',';
  return (((((text += '"') += name) += "\":") += json) += '}');
}

template <class Range, class Write>
std::string array_text(const Range& range, Write write) {
  std::string text;
  for (const auto& item : range) (text += text.empty() ? '[' : ',') += write(item);
  return text.empty() ? "[]" : text += ']';
}

std::vector<std::string> strings_from(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& text : list.items()) texts.push_back(text.as_string());
  return texts;
}

Json former_json(const FormerTimes& times) {
  return Json::object({{"start", time_json(times.start)},
                       {"end", time_json(times.end)},
                       {"recurrence", gcal::base::json_array(times.recurrence)},
                       {"last_end", times.last_end},
                       {"until_change", times.until_change}});
}

std::vector<FormerTimes> former_from(const Json& list, const std::string& zone) {
  std::vector<FormerTimes> former;
  for (const Json& json : list.items())
    former.push_back({time_from(json["start"], zone), time_from(json["end"], zone),
                      strings_from(json["recurrence"]), json["last_end"].as_integer(),
                      unsigned_of(json["until_change"])});
  return former;
}

std::string event_text(const StoredEvent& event, std::span<const FormerTimes> former) {
  Json out = Json::object({{"id", event.id},
                           {"uid", event.ical_uid},
                           {"created", event.created},
                           {"updated", event.updated},
                           {"stamp", event.stamp},
                           {"change", event.change},
                           {"start", time_json(event.start)},
                           {"end", time_json(event.end)},
                           {"last_end", event.last_end}});
  if (!event.series.empty()) {
    out.set("series", event.series);
    out.set("original", time_json(event.original));
  }
  if (event.cancelled) out.set("cancelled", true);
  if (event.id_only) out.set("bare", true);
  if (event.removed) out.set("removed", true);
  if (event.orphan) out.set("orphan", true);
  if (!former.empty()) {
    Json list = Json::array();
    for (const FormerTimes& times : former) list.push(former_json(times));
    out.set("former", std::move(list));
  }
  return with_member(out, "fields", event.fields);
}

Event event_from(const Json& json, const std::string& zone) {
  Event event;
  event.id = json.string("id");
  event.ical_uid = json.string("uid");
  event.fields = json["fields"];
  event.series = json.string("series");
  event.cancelled = json["cancelled"].as_bool();
  event.id_only = json["bare"].as_bool();
  event.removed = json["removed"].as_bool();
  event.orphan = json["orphan"].as_bool();
  event.created = json["created"].as_integer();
  event.updated = json["updated"].as_integer();
  event.stamp = json["stamp"].as_integer();
  event.change = unsigned_of(json["change"]);
  event.start = time_from(json["start"], zone);
  event.end = time_from(json["end"], zone);
  event.last_end = json["last_end"].as_integer();
  if (!event.series.empty()) event.original = time_from(json["original"], zone);
  return event;
}

Json entry_json(const ListEntry& entry) {
  return Json::object({{"calendar", entry.calendar_id},
                       {"summary_override", entry.summary_override},
                       {"color_id", entry.color_id},
                       {"background", entry.background},
                       {"foreground", entry.foreground},
                       {"primary", entry.primary},
                       {"selected", entry.selected},
                       {"hidden", entry.hidden},
                       {"deleted", entry.deleted},
                       {"default_reminders", entry.default_reminders},
                       {"notifications", entry.notifications},
                       {"stamp", entry.stamp},
                       {"change", entry.change}});
}

ListEntry entry_from(const Json& json) {
  ListEntry entry;
  entry.calendar_id = json.string("calendar");
  entry.summary_override = json.string("summary_override");
  entry.color_id = json.string("color_id");
  entry.background = json.string("background");
  entry.foreground = json.string("foreground");
  entry.primary = json["primary"].as_bool();
  entry.selected = json["selected"].as_bool();
  entry.hidden = json["hidden"].as_bool();
  entry.deleted = json["deleted"].as_bool();
  entry.default_reminders = json["default_reminders"];
  entry.notifications = json["notifications"];
  entry.stamp = json["stamp"].as_integer();
  entry.change = unsigned_of(json["change"]);
  return entry;
}

}  // namespace

std::string SavedState::calendar_text(const Calendar& calendar) {
  Json acl = Json::array();
  for (const auto& [rule_id, rule] : calendar.acl)
    acl.push(Json::object({{"type", rule.type},
                           {"value", rule.value},
                           {"role", rule.role},
                           {"stamp", rule.stamp},
                           {"change", rule.change}}));
  const Json head = Json::object({{"id", calendar.id},
                                  {"summary", calendar.summary},
                                  {"description", calendar.description},
                                  {"location", calendar.location},
                                  {"zone", calendar.zone},
                                  {"owner", calendar.owner},
                                  {"labels", calendar.labels},
                                  {"maker", calendar.creator_client},
                                  {"acl", std::move(acl)},
                                  {"last_acl_change", calendar.last_acl_change},
                                  {"stamp", calendar.stamp},
                                  {"updated", calendar.updated},
                                  {"generation", calendar.token_generation},
                                  {"deleted", calendar.deleted},
                                  {"last_change", calendar.last_change_}});
  return with_member(head, "events", array_text(calendar.events_, [&](const auto& event) {
                       return event_text(*event, calendar.former_times_of(event->id));
                     }));
}

Json SavedState::accounts_json(const GoogleModel& google) {
  Json accounts = Json::array();
  for (const auto& [email, account] : google.accounts_) {
    Json list = Json::array();
    for (const auto& [id, entry] : account.list) list.push(entry_json(entry));
    accounts.push(Json::object({{"email", email},
                                {"name", account.name},
                                {"sub", account.sub},
                                {"last_change", account.last_change},
                                {"generation", account.token_generation},
                                {"admin", account.admin},
                                {"list", std::move(list)}}));
  }
  return accounts;
}

void SavedState::save_tokens(const Tokens& tokens, Json& document) {
  Json refresh = Json::array();
  for (const auto& [text, token] : tokens.refresh_)
    refresh.push(Json::object({{"token", text},
                               {"email", token.email},
                               {"client", token.client_id},
                               {"scopes", join_scopes(token.scopes)},
                               {"order", token.order},
                               {"dead", token.revoked},
                               {"expires", token.expires}}));
  Json access = Json::array();
  for (const auto& [text, token] : tokens.access_)
    access.push(Json::object({{"token", text},
                              {"email", token.email},
                              {"client", token.client_id},
                              {"refresh", token.refresh_token},
                              {"scopes", join_scopes(token.scopes)},
                              {"expires", token.expires}}));
  Json consents = Json::array();
  for (const auto& [key, scopes] : tokens.consents_)
    consents.push(Json::object(
        {{"email", key.first}, {"client", key.second}, {"scopes", join_scopes(scopes)}}));
  Json clients = Json::array();
  for (const auto& [id, client] : tokens.clients)
    clients.push(Json::object({{"id", id},
                               {"secret", client.secret},
                               {"name", client.name},
                               {"redirect_uris", gcal::base::json_array(client.redirect_uris)}}));
  document.set("refresh_tokens", std::move(refresh));
  document.set("access_tokens", std::move(access));
  document.set("consents", std::move(consents));
  document.set("clients", std::move(clients));
  document.set("api_keys", gcal::base::json_array(tokens.api_keys));
}

std::string SavedState::save(const GoogleModel& google, const Tokens& tokens, Json rest) {
  Json groups = Json::object();
  for (const auto& [group, members] : google.groups_)
    groups.set(group, gcal::base::json_array(members));
  rest.set("google_emulator_state", kFormat);
  rest.set("last_stamp", google.last_stamp_);
  rest.set("behaviour", google.behaviour_.to_json());
  rest.set("accounts", accounts_json(google));
  rest.set("groups", std::move(groups));
  save_tokens(tokens, rest);
  return with_member(rest, "calendars", array_text(google.calendars_, [](const auto& entry) {
                       return calendar_text(*entry.second);
                     }));
}

Outcome<> SavedState::load_calendar(const LargeDocument& state, const Json& json,
                                    GoogleModel& google) {
  auto calendar = std::make_unique<Calendar>();
  calendar->id = json.string("id");
  calendar->summary = json.string("summary");
  calendar->description = json.string("description");
  calendar->location = json.string("location");
  calendar->zone = json.string("zone");
  calendar->owner = json.string("owner");
  if (json["labels"].is_array()) calendar->labels = json["labels"];
  calendar->creator_client = json.string("maker");
  if (calendar->id.empty() || !known_zone(calendar->zone))
    return bad_request("invalid", "a calendar without id or with an unknown zone");
  for (const Json& rule : json["acl"].items())
    calendar->acl[acl_rule_id(rule.string("type"), rule.string("value"))] = {
        rule.string("type"), rule.string("value"), rule.string("role"), rule["stamp"].as_integer(),
        unsigned_of(rule["change"])};
  calendar->last_acl_change = unsigned_of(json["last_acl_change"]);
  calendar->stamp = json["stamp"].as_integer();
  calendar->updated = json["updated"].as_integer();
  calendar->token_generation = static_cast<int>(json["generation"].as_integer());
  calendar->deleted = json["deleted"].as_bool();
  for (std::size_t i = 0; i < state.count(json["events"]); ++i) {
    const auto event = state.item(json["events"], i);
    if (!event)
      return bad_request("invalid", "an event of " + calendar->id + ": " + event.error().message);
    calendar->restore(event_from(*event, calendar->zone),
                      former_from((*event)["former"], calendar->zone));
  }
  calendar->last_change_ = unsigned_of(json["last_change"]);
  calendar->expansion = google.behaviour_.expansion();
  google.calendars_[calendar->id] = std::move(calendar);
  return Done{};
}

Outcome<> SavedState::load_account(const Json& json, GoogleModel& google) {
  Account& account = google.accounts_[json.string("email")];
  account.email = json.string("email");
  account.name = json.string("name");
  account.sub = json.string("sub");
  account.last_change = unsigned_of(json["last_change"]);
  account.token_generation = static_cast<int>(json["generation"].as_integer());
  account.admin = json["admin"].as_bool();
  for (const Json& entry : json["list"].items())
    account.list[entry.string("calendar")] = entry_from(entry);
  if (!google.find_calendar(account.email))
    return bad_request("invalid", "the account " + account.email + " has no primary calendar");
  return Done{};
}

void SavedState::load_tokens(const Json& document, Tokens& tokens) {
  for (const Json& json : document["refresh_tokens"].items()) {
    tokens.refresh_[json.string("token")] = {
        json.string("email"),       json.string("client"),  split_scopes(json.string("scopes")),
        unsigned_of(json["order"]), json["dead"].as_bool(), json["expires"].as_integer()};
    tokens.order_ = std::max(tokens.order_, unsigned_of(json["order"]));
  }
  for (const Json& json : document["access_tokens"].items())
    tokens.access_[json.string("token")] = {
        json.string("email"), json.string("client"), json.string("refresh"),
        split_scopes(json.string("scopes")), json["expires"].as_integer()};
  for (const Json& json : document["consents"].items())
    tokens.consents_[{json.string("email"), json.string("client")}] =
        split_scopes(json.string("scopes"));
  for (const Json& key : document["api_keys"].items()) tokens.api_keys.insert(key.as_string());
  for (const Json& json : document["clients"].items()) {
    Client& client = tokens.clients[json.string("id")];
    client.secret = json.string("secret");
    client.name = json.string("name");
    client.redirect_uris = strings_from(json["redirect_uris"]);
  }
}

Outcome<> SavedState::load(const LargeDocument& state, GoogleModel& google, Tokens& tokens) {
  const Json& document = state.root();
  if (document["google_emulator_state"].as_integer() != kFormat)
    return bad_request("invalid", "no state of this program (google_emulator_state: 1 is missing)");
  google.last_stamp_ = document["last_stamp"].as_integer();
  if (document.contains("behaviour")) TRY_VOID(google.behaviour_.merge(document["behaviour"]));
  for (const Json& json : document["calendars"].items())
    TRY_VOID(load_calendar(state, json, google));
  for (const auto& [group, members] : document["groups"].members())
    for (const Json& member : members.items())
      google.groups_[std::string(group)].push_back(member.as_string());
  for (const Json& json : document["accounts"].items()) TRY_VOID(load_account(json, google));
  load_tokens(document, tokens);
  return Done{};
}

}  // namespace emulator
