// Loads an iCalendar file into the model: the file is taken apart (ics_text), its events are read
// (ics_event), those of one UID come together, their times and lines get a zone (ics_series), and
// each series is stored before its exceptions.
#include <algorithm>
#include <list>
#include <map>

#include "src/common/base/json_array.hpp"
#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/zone_names.hpp"
#include "src/emulator/load/ics_series.hpp"
#include "src/emulator/load/world.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

// The events of one UID, in whichever VCALENDAR of the file.
struct IcsGroup {
  std::optional<IcsEvent> series;  // or a single event
  std::vector<IcsEvent> exceptions;
};

// In the order of the file. An event without UID is a group of its own. Of two events with the same
// UID and no RECURRENCE-ID one replaces the other.
std::list<IcsGroup> by_uid(std::vector<IcsEvent> events, std::vector<std::string>& problems) {
  std::list<IcsGroup> groups;
  std::map<std::string, IcsGroup*> known;
  for (IcsEvent& event : events) {
    IcsGroup*& group = known[event.uid];
    if (!group || event.uid.empty()) group = &groups.emplace_back();
    if (event.recurrence_id) {
      group->exceptions.push_back(std::move(event));
      continue;
    }
    if (group->series) {
      const bool later = replaces(event, *group->series);
      problems.push_back(event_problem(later ? *group->series : event,
                                       "left out, its UID is there twice: line " +
                                           std::to_string((later ? event : *group->series).line()) +
                                           " is the newer version"));
      if (!later) continue;
    }
    group->series = std::move(event);
  }
  return groups;
}

// In a patch the other form of a time has to go.
Json whole_time(const EventTime& time, const std::string& calendar_zone) {
  Json json = event_time_json(time, calendar_zone);
  for (const char* name : {"date", "dateTime", "timeZone"})
    if (!json.contains(name)) json.set(name, nullptr);
  return json;
}

// Loads the events of a file into one calendar.
class IcsLoader {
 public:
  // `zones`: of each VCALENDAR.
  IcsLoader(GoogleModel& google, const std::string& email, Calendar& calendar,
            std::vector<IcsZones> zones, LoadReport& report)
      : google_(google),
        email_(email),
        calendar_(calendar),
        zones_(std::move(zones)),
        report_(report) {
    options_.attachments = options_.conference = options_.loading = true;
  }

  void load(const IcsGroup& group) {
    std::optional<IcsSeries> series;
    std::string id;
    if (group.series) {
      series = read(*group.series);
      if (series) id = store_series(*group.series, *series);
    }
    if (id.empty()) {
      for (const IcsEvent& exception : newest(group.exceptions, nullptr))
        store_orphan(exception, event_id_of(exception), "");
      return;
    }
    if (group.series->cancelled) return;
    store_lengths(id, *series);
    load_exceptions(group, *series, id);
  }

 private:
  void report(const IcsEvent& event, const std::string& why) {
    report_.problems.push_back(event_problem(event, why));
  }

  IcsZones& zones_of(const IcsEvent& event) { return zones_[event.calendar]; }
  std::optional<IcsSeries> read(const IcsEvent& event) {
    return read_series(event, zones_of(event), calendar_.zone, report_.problems);
  }

  // The id under which it is stored; "" when the model refuses it.
  std::string store_series(const IcsEvent& event, const IcsSeries& series) {
    Json body = members_of(event, false);
    body.set("id", free_id(event));
    if (!event.uid.empty()) body.set("iCalUID", event.uid);
    body.set("start", event_time_json(series.start, calendar_.zone));
    body.set("end", event_time_json(series.end, calendar_.zone));
    if (!series.lines.empty()) body.set("recurrence", gcal::base::json_array(series.lines));
    const auto stored = google_.insert(email_, calendar_, body, options_);
    if (!stored) {
      report(event, "left out, " + stored.error().message);
      return "";
    }
    ++report_.events;
    return body.string("id");
  }

  // Another VCALENDAR of the file may have the same UID, and events without UID may be alike.
  std::string free_id(const IcsEvent& event) const {
    std::string id = event_id_of(event);
    for (int copy = 2; event.uid.empty() && calendar_.find(id); ++copy)
      id = event_id_of(event) + "c" + std::to_string(copy);
    return id;
  }

  // PERIODs of RDATE with a length of their own are exceptions at their own place.
  void store_lengths(const std::string& id, const IcsSeries& series) {
    for (const auto& [start, end] : series.lengths) {
      const Json change = Json::object({{"end", whole_time(end, calendar_.zone)}});
      (void)google_.patch(email_, calendar_, instance_id(*calendar_.find(id), start), change,
                          options_);
    }
  }

  // One exception for each slot, in the order of the slots.
  std::vector<IcsEvent> newest(const std::vector<IcsEvent>& exceptions, const IcsSeries* series) {
    std::map<SysSeconds, IcsEvent> by_slot;
    for (const IcsEvent& event : exceptions) {
      const SysSeconds slot = slot_of_event(event, series).at;
      const auto [known, fresh] = by_slot.emplace(slot, event);
      if (fresh) continue;
      const bool later = replaces(event, known->second);
      report(later ? known->second : event,
             "left out, its RECURRENCE-ID is there twice: line " +
                 std::to_string((later ? event : known->second).line()) + " is the newer version");
      if (later) known->second = event;
    }
    std::vector<IcsEvent> out;
    for (auto& [slot, event] : by_slot) out.push_back(std::move(event));
    return out;
  }

  EventTime slot_of_event(const IcsEvent& event, const IcsSeries* series) {
    std::vector<std::string>& problems = report_.problems;
    if (series)
      return slot_of(*event.recurrence_id, *series, zones_of(event), calendar_.zone, event.line(),
                     problems);
    return single_time(*event.recurrence_id,
                       zones_of(event).zone_of(*event.recurrence_id, event.line(), problems),
                       calendar_.zone);
  }

  void load_exceptions(const IcsGroup& group, const IcsSeries& series, std::string id) {
    std::chrono::seconds moved{0};  // by RANGE=THISANDFUTURE
    for (const IcsEvent& event : newest(group.exceptions, &series)) {
      EventTime slot = slot_of_event(event, &series);
      // An EXDATE of an older version is what some programs write beside the exception; one of a
      // newer version removes it (niccokunzmann/python-recurring-ical-events#163).
      if (series.left_out.contains(slot.at) && group.series->sequence > event.sequence) continue;
      if (!slot.all_day) slot.at += moved;
      auto own = read(event);
      if (!own) continue;
      if (event.this_and_future && !event.cancelled) {
        split(event, *own, slot, id, moved);
        continue;
      }
      store_exception(event, *own, slot, id, series.lines.empty());
    }
  }

  Json exception_body(const IcsEvent& event, const IcsSeries& own) const {
    Json body = members_of(event, true);
    body.set("start", whole_time(own.start, calendar_.zone));
    body.set("end", whole_time(own.end, calendar_.zone));
    return body;
  }

  void store_exception(const IcsEvent& event, const IcsSeries& own, const EventTime& slot,
                       const std::string& series_id, bool single) {
    const StoredEvent& master = *calendar_.find(series_id);
    // A single event with a RECURRENCE-ID at its own start: the other version of it.
    const bool same = single && master.start.at == slot.at;
    const std::string id = same ? series_id : instance_id(master, slot);
    const auto stored = google_.patch(email_, calendar_, id, exception_body(event, own), options_);
    if (stored)
      ++report_.events;
    else if (stored.error().status == 404)
      store_orphan(event, series_id, single ? "" : series_id);
    else
      report(event, "left out, " + stored.error().message);
  }

  // An instance without its series, as Google has it for a guest of one instance only: an event
  // with `recurringEventId`. With a series: its rule has no such instance.
  void store_orphan(const IcsEvent& event, const std::string& base, const std::string& series_id) {
    auto own = read(event);
    if (!own) return;
    const EventTime slot = slot_of_event(event, nullptr);
    Json body = members_of(event, false);
    body.set("id", base + "_" + instance_suffix(slot));
    if (!event.uid.empty()) body.set("iCalUID", event.uid);
    body.set("recurringEventId", series_id.empty() ? base : series_id);
    body.set("originalStartTime", event_time_json(slot, calendar_.zone));
    body.set("start", event_time_json(own->start, calendar_.zone));
    body.set("end", event_time_json(own->end, calendar_.zone));
    const auto stored = google_.insert(email_, calendar_, body, options_);
    if (stored)
      ++report_.events;
    else
      report(event, "left out, " + stored.error().message);
  }

  // RANGE=THISANDFUTURE (RFC 5545 section 3.2.13): what Google's page does with "this and
  // following". A move to another day would need another rule; it is reported and moves one
  // instance.
  void split(const IcsEvent& event, const IcsSeries& own, const EventTime& slot, std::string& id,
             std::chrono::seconds& moved) {
    const StoredEvent& master = *calendar_.find(id);
    const bool same_day = !slot.all_day && !own.start.all_day &&
                          std::chrono::floor<std::chrono::days>(own.zone.to_local(own.start.at)) ==
                              std::chrono::floor<std::chrono::days>(own.zone.to_local(slot.at));
    if (own.start.at != slot.at && !same_day) {
      report(event, "RANGE=THISANDFUTURE to another day: only this instance is moved");
      return store_exception(event, own, slot, id, false);
    }
    const auto stored = google_.change_following(email_, calendar_, instance_id(master, slot),
                                                 exception_body(event, own), options_);
    if (!stored) return report(event, "left out, " + stored.error().message);
    ++report_.events;
    id = Json::parse(stored->json)->string("id");
    moved += own.start.at - slot.at;
  }

  GoogleModel& google_;
  const std::string& email_;
  Calendar& calendar_;
  std::vector<IcsZones> zones_;
  LoadReport& report_;
  WriteOptions options_;
};

// Answers, counter-proposals and requests for a new copy are no events of their own (RFC 5546
// section 3.2).
bool is_reply(const std::string& method) {
  return method == "REPLY" || method == "COUNTER" || method == "REFRESH" ||
         method == "DECLINECOUNTER";
}

void add_events(const IcsCalendar& file, std::size_t calendar, std::vector<IcsEvent>& events,
                std::vector<std::string>& problems) {
  const IcsProperty* property = file.properties.first("METHOD");
  const std::string method = property ? gcal::icalendar::upper(property->value) : "";
  if (is_reply(method))
    return problems.push_back(at_line(
        property->line, "METHOD:" + method + " is no publication, its events are left out"));
  for (const IcsComponent& written : file.events) {
    auto event = read_event(written, problems);
    if (!event) continue;
    event->calendar = calendar;
    event->cancelled = event->cancelled || method == "CANCEL";
    events.push_back(std::move(*event));
  }
}

// The zone of X-WR-TIMEZONE; `otherwise` without one that is known.
std::string zone_of_calendar(const IcsCalendar& file, const std::string& otherwise,
                             std::vector<std::string>& problems) {
  const IcsProperty* property = file.properties.first("X-WR-TIMEZONE");
  if (!property || property->value.empty()) return otherwise;
  if (const auto named = gcal::icalendar::zone_of_name(property->value)) return named->zone;
  problems.push_back(
      at_line(property->line, "X-WR-TIMEZONE: unknown time zone " +
                                  std::string(gcal::base::beginning(property->value, 60)) + ", " +
                                  otherwise + " is taken"));
  return otherwise;
}

std::string text_of(const IcsCalendar& file, std::string_view name) {
  const IcsProperty* property = file.properties.first(name);
  return property ? unescape_ics(property->value) : "";
}

// The times of an event may be read more than once, as those of an exception without its series.
void drop_repeated(std::vector<std::string>& problems) {
  std::set<std::string> seen;
  std::erase_if(problems, [&](const std::string& problem) { return !seen.insert(problem).second; });
}

}  // namespace

LoadReport load_ics(GoogleModel& google, const std::string& email, const std::string& file_name,
                    const std::string& text, bool read_only) {
  LoadReport report;
  const IcsText file = parse_ics(text);
  report.problems = file.problems;
  Account* account = google.account(email);
  if (!account || file.calendars.empty()) {
    report.problems.push_back(account ? "no iCalendar file: BEGIN:VCALENDAR is missing"
                                      : "no account " + email);
    return report;
  }
  const IcsCalendar& first = file.calendars.front();
  const std::string zone =
      zone_of_calendar(first, google.find_calendar(account->email)->zone, report.problems);
  std::string id = google.new_calendar_id();
  if (read_only) id = "de." + id.substr(2, 12) + "#holiday@group.v.calendar.google.com";
  const std::string name = text_of(first, "X-WR-CALNAME");
  Calendar& calendar = google.add_calendar(read_only ? "" : account->email, id,
                                           name.empty() ? file_name : name, zone);
  calendar.description = text_of(first, "X-WR-CALDESC");
  google.subscribe(*account, calendar, read_only ? "reader" : "owner", false);
  std::vector<IcsZones> zones;
  std::vector<IcsEvent> events;
  for (const IcsCalendar& one : file.calendars) {
    zones.emplace_back(one.zones,
                       &one == &first ? zone : zone_of_calendar(one, zone, report.problems),
                       report.problems);
    add_events(one, zones.size() - 1, events, report.problems);
  }
  IcsLoader loader(google, account->email, calendar, std::move(zones), report);
  for (const IcsGroup& group : by_uid(std::move(events), report.problems)) loader.load(group);
  drop_repeated(report.problems);
  google.clear_writes();
  return report;
}

}  // namespace emulator
