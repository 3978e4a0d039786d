#include "src/emulator/load/world.hpp"

#include <algorithm>
#include <iterator>

#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/load/world_members.hpp"
#include "src/emulator/load/world_tokens.hpp"
#include "src/emulator/model/event_rules.hpp"

namespace emulator {
using gcal::icalendar::lower;

using gcal::base::Json;

namespace {

WriteOptions loading() {
  WriteOptions options;
  options.attachments = options.conference = options.loading = true;
  return options;
}

// The event as it is written, of a calendar that is being loaded.
void load_event(GoogleModel& google, const std::string& email, Calendar& calendar, const Json& body,
                LoadReport& report) {
  const auto refused = [&](const std::string& why) {
    report.problems.push_back(
        "event \"" +
        (body.string("id").empty() ? body.string("summary") : body.string("id")).substr(0, 80) +
        "\" of " + calendar.id + ": " + why);
  };
  const std::string series_id = body.string("recurringEventId");
  if (series_id.empty()) {
    const auto stored = google.insert(email, calendar, body, loading());
    return stored ? void(++report.events) : refused(stored.error().message);
  }
  const StoredEvent* series = calendar.find(series_id);
  if (!series) return refused("its series " + series_id.substr(0, 80) + " is missing");
  const auto original = parse_event_time(body["originalStartTime"], "original", calendar.zone);
  if (!original) return refused(original.error().message);
  const std::string id = instance_id(*series, *original);
  if (body.string("status") == "cancelled") {
    const auto removed = google.remove(email, calendar, id, loading());
    return removed ? void(++report.events) : refused(removed.error().message);
  }
  Json patch = writable(body);
  patch.erase("recurrence");
  const auto stored = google.patch(email, calendar, id, patch, loading());
  stored ? void(++report.events) : refused(stored.error().message);
}

// Exceptions are loaded after their series, in whatever order the file has them.
void load_events(GoogleModel& google, const std::string& email, Calendar& calendar,
                 const LargeDocument& world, const Json& events, LoadReport& report) {
  std::vector<std::size_t> exceptions;
  for (std::size_t i = 0; i < world.count(events); ++i) {
    const auto body = world.item(events, i);
    if (!body)
      report.problems.push_back("event " + std::to_string(i + 1) + " of " + calendar.id + ": " +
                                body.error().message);
    else if (!body->string("recurringEventId").empty())
      exceptions.push_back(i);
    else
      load_event(google, email, calendar, *body, report);
  }
  for (const std::size_t i : exceptions)
    if (const auto body = world.item(events, i)) load_event(google, email, calendar, *body, report);
}

void load_calendar(GoogleModel& google, const std::string& email, const LargeDocument& world,
                   const Json& written, const std::string& zone, LoadReport& report) {
  Account& account = *google.account(email);
  const bool primary = written["primary"].as_bool();
  std::string id = primary ? email : written.string("id");
  if (id.empty()) id = google.new_calendar_id();
  const std::string role =
      written.string("access_role").empty() ? "owner" : written.string("access_role");
  if (role != "owner" && role != "writer" && role != "reader" && role != "freeBusyReader") {
    report.problems.push_back("calendar " + id.substr(0, 80) + " of " + email +
                              ": unknown access_role " + role.substr(0, 40));
    return;
  }
  if (const std::string& named = written.string("time_zone"); !named.empty() && !known_zone(named))
    report.problems.push_back("calendar " + id.substr(0, 80) + " of " + email +
                              ": unknown time zone " + named.substr(0, 60) + ", " + zone +
                              " is taken");
  Calendar* calendar = google.find_calendar(id);
  const bool fresh = !calendar || primary;
  if (!calendar)
    calendar = &google.add_calendar(
        role == "owner" ? email : "", id, written.string("summary"),
        known_zone(written.string("time_zone")) ? written.string("time_zone") : zone);
  if (primary && !written.string("summary").empty()) calendar->summary = written.string("summary");
  if (!written.string("description").empty()) calendar->description = written.string("description");
  google.subscribe(account, *calendar, role, primary);
  ListEntry& entry = account.list[id];
  if (written.contains("color_id")) entry.color_id = written.string("color_id");
  entry.background = written.string("background_color");
  entry.foreground = written.string("foreground_color");
  entry.selected = written["selected"].as_bool(true);
  entry.hidden = written["hidden"].as_bool(false);
  if (written.contains("default_reminders")) entry.default_reminders = written["default_reminders"];
  if (fresh) load_events(google, email, *calendar, world, written["events"], report);
}

}  // namespace

LoadReport load_world(GoogleModel& google, Tokens& tokens, const Json& world) {
  return load_world(google, tokens, LargeDocument::of(world));
}

LoadReport load_world(GoogleModel& google, Tokens& tokens, const LargeDocument& document) {
  const Json& world = document.root();
  LoadReport report;
  if (world.contains("behaviour")) {
    Behaviour behaviour = google.behaviour();
    if (const auto set = behaviour.merge(world["behaviour"]); !set)
      report.problems.push_back("behaviour: " + set.error().message);
    google.set_behaviour(behaviour);
  }
  if (!world["accounts"].is_array()) report.problems.emplace_back("a world is {\"accounts\": […]}");
  std::ranges::move(check_members(world), std::back_inserter(report.problems));
  WorldTokens given(tokens, report);
  given.load_clients(world);
  given.load_keys(world);
  const Json::Array& accounts = world["accounts"].items();
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const Json& person = accounts[i];
    const std::string email = lower(person.string("email"));
    if (!valid_email(email)) {
      report.problems.push_back("an account needs an e-mail address, not \"" + email.substr(0, 80) +
                                "\"");
      continue;
    }
    std::string zone = "Europe/Berlin";
    for (const Json& calendar : person["calendars"].items())
      if (calendar["primary"].as_bool() && known_zone(calendar.string("time_zone")))
        zone = calendar.string("time_zone");
    google.add_account(email, person.string("name"), zone);
    for (const Json& written : person["calendars"].items())
      load_calendar(google, email, document, written, zone, report);
    given.load_tokens(email, person, "accounts[" + std::to_string(i) + "]");
  }
  google.clear_writes();
  return report;
}

}  // namespace emulator
