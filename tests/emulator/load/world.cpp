#include "tests/emulator/load/world.hpp"

#include "tests/emulator/model/event_rules.hpp"

namespace emulator {

using gcal::base::Json;

namespace {

WriteOptions loading() {
  WriteOptions options;
  options.attachments = options.conference = options.loading = true;
  return options;
}

// Exceptions come after their series, whatever the order in the file.
Outcome<std::int64_t> load_events(Google& google, const std::string& email, Calendar& calendar, const Json& events) {
  std::int64_t count = 0;
  for (const bool exceptions : {false, true})
    for (const Json& body : events.items()) {
      const std::string series_id = body.string("recurringEventId");
      if (series_id.empty() == exceptions) continue;
      ++count;
      const std::string where = "event \"" + (body.string("id").empty() ? body.string("summary") : body.string("id")) + "\" of " + calendar.id + ": ";
      if (!exceptions) {
        const auto stored = google.insert(email, calendar, body, loading());
        if (!stored) return bad("invalid", where + stored.error().message);
        continue;
      }
      const Event* series = calendar.find(series_id);
      if (!series) return bad("invalid", where + "its series " + series_id + " is missing");
      const auto original = read_moment(body["originalStartTime"], "original", calendar.zone);
      if (!original) return bad("invalid", where + original.error().message);
      const std::string id = instance_id(*series, *original);
      if (body.string("status") == "cancelled") {
        if (const auto removed = google.remove(email, calendar, id, loading()); !removed) return bad("invalid", where + removed.error().message);
        continue;
      }
      Json patch = writable(body);
      patch.erase("recurrence");
      const auto stored = google.patch(email, calendar, id, patch, loading());
      if (!stored) return bad("invalid", where + stored.error().message);
    }
  return count;
}

}  // namespace

Outcome<std::int64_t> load_world(Google& google, const Json& world) {
  std::int64_t total = 0;
  for (const Json& person : world["accounts"].items()) {
    const std::string email = lower(person.string("email"));
    if (!valid_email(email)) return bad("invalid", "an account needs an e-mail address");
    std::string zone = "Europe/Berlin";
    for (const Json& calendar : person["calendars"].items())
      if (calendar["primary"].as_bool() && !calendar.string("time_zone").empty()) zone = calendar.string("time_zone");
    google.add_account(email, person.string("name"), zone);
    for (const Json& written : person["calendars"].items()) {
      Account& account = *google.account(email);
      const bool primary = written["primary"].as_bool();
      std::string id = primary ? email : written.string("id");
      if (id.empty()) id = google.new_calendar_id();
      const std::string role = written.string("access_role").empty() ? "owner" : written.string("access_role");
      if (role != "owner" && role != "writer" && role != "reader" && role != "freeBusyReader") return bad("invalid", "unknown access_role " + role);
      Calendar* calendar = google.find_calendar(id);
      const bool fresh = !calendar || primary;
      if (!calendar) {
        calendar = &google.add_calendar(role == "owner" ? email : "", id, written.string("summary"),
                                        written.string("time_zone").empty() ? zone : written.string("time_zone"));
      }
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
      if (!fresh) continue;
      TRY(const std::int64_t count, load_events(google, email, *calendar, written["events"]));
      total += count;
    }
  }
  google.forget_writes();
  return total;
}

}  // namespace emulator
