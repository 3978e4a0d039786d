// What Google's web page does with a series: "this and following" and "all events". The API has no
// such methods.
#include <algorithm>
#include <array>

#include "src/common/base/id.hpp"
#include "src/common/base/json_array.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/emulator/model/event_rules.hpp"
#include "src/emulator/model/google_model.hpp"
#include "src/emulator/model/guest_copy.hpp"
#include "src/emulator/model/guests.hpp"

namespace emulator {
namespace base = gcal::base;
namespace ical = gcal::icalendar;
namespace {

bool is_rule(const std::string& line) {
  return line.starts_with("RRULE");
}

// The rule without UNTIL and COUNT. `count` gets the COUNT.
std::string unbounded_rule(const std::string& line, std::int64_t& count) {
  std::string out;
  std::size_t at = 0;
  while (at <= line.size()) {
    const std::size_t end = std::min(line.find(';', at), line.size());
    std::string part = line.substr(at, end - at);
    const bool first = at == 0;  // "RRULE:FREQ=DAILY"
    std::string head;
    if (first && part.find(':') != std::string::npos) {
      head = part.substr(0, part.find(':') + 1);
      part.erase(0, head.size());
    }
    const bool bound = part.starts_with("UNTIL=") || part.starts_with("COUNT=");
    if (part.starts_with("COUNT=")) count = std::strtoll(part.c_str() + 6, nullptr, 10);
    out += head;
    if (!bound && !part.empty()) out += (out.empty() || out.ends_with(':') ? "" : ";") + part;
    at = end + 1;
  }
  return out;
}

// UNTIL as Google's page writes it: the last second of the day before the cut in the calendar's
// zone, in UTC.
std::string until_before(const EventTime& cut, const std::string& calendar_zone) {
  if (cut.all_day) {
    std::string date = date_text(days_of(cut.date) - 1);
    std::erase(date, '-');
    return date;
  }
  const std::string day = ical::format_rfc3339(cut.at, calendar_zone).substr(0, 10);
  EventTime last;
  last.at = midnight(day, calendar_zone) - std::chrono::seconds{1};
  return instance_suffix(last);
}

// The RDATE line with those of its dates which are on one side of the cut; "" for none of them.
std::string dates_of(const std::string& line, const Event& series, const EventTime& cut,
                     const std::string& calendar_zone, bool behind_the_cut) {
  constexpr std::chrono::hours kFar{24 * 366 * 200};
  const std::size_t colon = line.find(':');
  const std::string name = line.substr(0, colon + 1), dates = line.substr(colon + 1);
  std::string kept;
  for (const std::string_view date : ical::split(dates, ',')) {
    const std::string alone = name + std::string(date);
    const bool behind =
        !expand({alone}, series.start, calendar_zone, cut.at, cut.at + kFar, 1).empty();
    if (behind == behind_the_cut) (kept += kept.empty() ? "" : ",") += date;
  }
  return kept.empty() ? "" : name + kept;
}

bool has_dates(const std::string& line) {
  return line.starts_with("RDATE") && line.find(':') != std::string::npos;
}

// The lines of the series that ends before the cut.
std::vector<std::string> ended_lines(const Event& series, const EventTime& cut,
                                     const std::string& calendar_zone) {
  std::vector<std::string> out;
  for (std::string line : series.recurrence()) {
    std::int64_t count = 0;
    if (is_rule(line))
      line = unbounded_rule(line, count) + ";UNTIL=" + until_before(cut, calendar_zone);
    else if (has_dates(line))
      line = dates_of(line, series, cut, calendar_zone, false);
    if (!line.empty()) out.push_back(std::move(line));
  }
  return out;
}

// The lines of the series that begins at the cut: COUNT is reduced by the starts before the cut.
std::vector<std::string> continued_lines(const Event& series, const EventTime& cut,
                                         const std::string& calendar_zone) {
  std::vector<std::string> out;
  for (std::string line : series.recurrence()) {
    std::int64_t count = 0;
    if (has_dates(line)) line = dates_of(line, series, cut, calendar_zone, true);
    const std::string unbounded = is_rule(line) ? unbounded_rule(line, count) : "";
    if (count > 0) {
      const auto before =
          static_cast<std::int64_t>(count_starts_before(line, series.start, calendar_zone, cut.at));
      line = unbounded + ";COUNT=" + std::to_string(std::max<std::int64_t>(1, count - before));
    }
    if (!line.empty()) out.push_back(std::move(line));
  }
  return out;
}

// The change without times and rule: what also applies to exceptions and to other parts.
Json text_changes(const Json& change) {
  Json out = change;
  for (const char* name : {"start", "end", "recurrence"}) out.erase(name);
  return out;
}

std::string local_text(std::chrono::local_seconds at) {
  EventTime wall;
  wall.at = SysSeconds{at.time_since_epoch()};
  std::string text = ical::format_rfc3339(wall.at, "UTC");
  text.pop_back();
  return text;
}

// The lines of a series whose start moves by `days`: BYDAY with a single day moves too.
std::vector<std::string> moved_lines(const std::vector<std::string>& lines, std::int64_t days) {
  static constexpr std::array<std::string_view, 7> kDays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
  std::vector<std::string> out = lines;
  for (std::string& line : out) {
    const std::size_t at = line.find("BYDAY=");
    if (!is_rule(line) || at == std::string::npos) continue;
    const std::size_t end = std::min(line.find(';', at), line.size());
    const auto day = std::find(kDays.begin(), kDays.end(), line.substr(at + 6, end - at - 6));
    if (day == kDays.end()) continue;
    const std::int64_t moved = ((day - kDays.begin() + days) % 7 + 7) % 7;
    line.replace(at + 6, end - at - 6, kDays[static_cast<std::size_t>(moved)]);
  }
  return out;
}

// The rules without their ends.
std::vector<std::string> patterns_of(const Event& series) {
  std::vector<std::string> out;
  std::int64_t count = 0;
  for (const std::string& line : series.recurrence())
    if (is_rule(line)) out.push_back(unbounded_rule(line, count));
  return out;
}

// The series is at other times: what its exceptions belong to no longer exists.
bool is_made_again(const Event& before, const Event& after, const std::string& calendar_zone) {
  const auto zone_of = [&](const Event& event) {
    return event.start.zone.empty() && !event.start.all_day ? calendar_zone : event.start.zone;
  };
  return after.start.at != before.start.at || after.start.all_day != before.start.all_day ||
         zone_of(after) != zone_of(before) || patterns_of(after) != patterns_of(before);
}

const Json* guest_of(const Json& list, const std::string& email) {
  for (const Json& guest : list.items())
    if (ical::lower(guest.string("email")) == ical::lower(email)) return &guest;
  return nullptr;
}

// The user saw the guests `shown` and saved `saved`. Guests are added and removed one by one, so
// that an event keeps its other guests, and the responses that were given to it
// (developers.googleblog.com, "Changes to all-following behavior in Google Calendar", 2013).
Json changed_guests(const Json& list, const Json& shown, const Json& saved) {
  Json out = Json::array();
  for (const Json& guest : list.items()) {
    const std::string& email = guest.string("email");
    const Json* before = guest_of(shown, email);
    const Json* after = guest_of(saved, email);
    if (before && !after) continue;
    Json entry = guest;
    if (before && after)
      for (const auto& [name, value] : after->members())
        if (!(value == (*before)[name])) entry.set(name, value);
    out.push(std::move(entry));
  }
  for (const Json& guest : saved.items())
    if (!guest_of(shown, guest.string("email")) && !guest_of(list, guest.string("email")))
      out.push(guest);
  return out;
}

}  // namespace

// What a change of one event means for each event of its series.
struct PageChange {
  Json texts;                      // what belongs to every date
  Json shown;                      // the guests that the user saw
  bool own_response_only = false;  // by a guest: exceptions and other parts may have other guests

  Json of(const Event& event) const {
    Json change = texts;
    if (!change.contains("attendees")) return change;
    if (own_response_only) {
      change.set("attendeesOmitted", true);
      return change;
    }
    Json list = changed_guests(event.fields["attendees"], shown, texts["attendees"]);
    change.set("attendees", list.items().empty() ? Json() : std::move(list));
    return change;
  }
};

namespace {

// Where the first instance of a series goes when the user moves another one.
struct SeriesShift {
  Json start, end;        // of the first instance, as a patch
  std::int64_t days = 0;  // by which the start moves
};

std::int64_t day_of(const EventTime& time, const std::string& zone) {
  return time.all_day ? days_of(time.date)
                      : days_of(ical::format_rfc3339(time.at, zone).substr(0, 10));
}

// The user moved one instance; the series that begins at `first` moves by as many days and takes
// its new time of day.
Outcome<SeriesShift> shift_series(const SeriesInstance& instance, const EventTime& first,
                                  const Json& change, const std::string& calendar_zone) {
  const auto read = [&](const char* which) {
    return parse_event_time(change.contains(which) ? change[which] : instance.shown.fields[which],
                            which, calendar_zone);
  };
  TRY(const EventTime start, read("start"));
  TRY(const EventTime end, read("end"));
  const std::string& zone = start.zone.empty() ? calendar_zone : start.zone;
  const auto own_day = [&](const EventTime& time) {
    return day_of(time, time.zone.empty() ? calendar_zone : time.zone);
  };
  SeriesShift shift;
  shift.days = day_of(start, zone) - own_day(instance.shown.start);
  const std::int64_t first_day = own_day(first) + shift.days;
  if (start.all_day) {
    if (!end.all_day) return bad_request("invalid", "Invalid start time.");
    const auto date = [](std::int64_t day) {
      return Json::object({{"date", date_text(day)}, {"dateTime", nullptr}, {"timeZone", nullptr}});
    };
    shift.start = date(first_day);
    shift.end = date(first_day + days_of(end.date) - days_of(start.date));
    return shift;
  }
  const auto wall = ical::to_local(start.at, zone);
  if (!wall) return bad_request("invalid", "Invalid start time.");
  const auto time_of_day =
      *wall - std::chrono::local_seconds{std::chrono::floor<std::chrono::days>(*wall)};
  const auto moved = std::chrono::local_days{std::chrono::days{first_day}} + time_of_day;
  const auto date_time = [&](std::chrono::local_seconds at) {
    return Json::object({{"dateTime", local_text(at)}, {"timeZone", zone}, {"date", nullptr}});
  };
  shift.start = date_time(moved);
  shift.end = date_time(moved + (end.at - start.at));
  return shift;
}

}  // namespace

Outcome<SeriesInstance> GoogleModel::series_instance(Calendar& calendar,
                                                     const std::string& instance_id) {
  auto found = locate(calendar, instance_id);
  if (!found || found->event.cancelled) return not_found();
  SeriesInstance instance;
  instance.shown = std::move(found->event);
  const StoredEvent* series =
      calendar.find(instance.shown.is_series() ? instance.shown.id : instance.shown.series);
  if (!series || series->cancelled || !series->is_series())
    return bad_request("invalid", "The event is not part of a series.");
  instance.series = series->event();
  instance.original = instance.shown.is_series() ? instance.shown.start : instance.shown.original;
  return instance;
}

Outcome<RenderedEvent> GoogleModel::change_following(const std::string& email, Calendar& calendar,
                                                     const std::string& instance_id,
                                                     const Json& change,
                                                     const WriteOptions& options) {
  TRY(const SeriesInstance instance, series_instance(calendar, instance_id));
  if (instance.original.at <= instance.series.start.at)
    return change_all(email, calendar, instance_id, change, options);
  if (Calendar* home = Guests(*this).modifiable_home(calendar, instance.series)) {
    TRY(const RenderedEvent there, change_following(email, *home, instance_id, change, options));
    const auto id = Json::parse(there.json);
    return get(email, calendar, id ? id->string("id") : "", 0, "");
  }
  const Event& before = instance.series;
  PageChange parts{text_changes(change), instance.shown.fields["attendees"]};

  Event next = before;
  next.start = instance.original;
  next.start.zone = before.start.zone;
  next.end = make_instance(before, instance.original, calendar.zone).end;
  Json fields = next.fields;
  fields.set("start", event_time_json(next.start, calendar.zone));
  fields.set("end", event_time_json(next.end, calendar.zone));
  std::vector<std::string> lines = continued_lines(before, instance.original, calendar.zone);
  fields.set("recurrence", gcal::base::json_array(lines));
  fields.set("sequence", 0);
  Event continued = next;
  continued.fields.set("recurrence", fields["recurrence"]);
  Json patch = parts.of(before);
  if (change.contains("recurrence")) patch.set("recurrence", change["recurrence"]);
  if (change.contains("start") || change.contains("end")) {
    TRY(SeriesShift shift, shift_series(instance, continued.start, change, calendar.zone));
    patch.set("start", std::move(shift.start));
    patch.set("end", std::move(shift.end));
    if (!change.contains("recurrence") && shift.days != 0)
      patch.set("recurrence", gcal::base::json_array(moved_lines(lines, shift.days)));
  }
  fields = merge_patch(fields, patch);
  TRY_VOID(apply_rules(next, std::move(fields),
                       {calendar.zone, options.attachments, options.conference, false}));
  std::string suffix = instance_suffix(instance.original);
  if (suffix.ends_with('Z')) suffix.pop_back();
  next.id = series_base_id(before.id) + "_R" + suffix;
  // Another series has other ids of instances, so that no exception can go along.
  const bool is_part = next.start.at == instance.original.at &&
                       next.start.all_day == instance.original.all_day && !calendar.find(next.id);
  const bool keeps_exceptions = is_part && !is_made_again(continued, next, calendar.zone);
  if (!is_part) {
    next.id = base::new_id(random_);
    next.fields.set("sequence", 1);
  }
  next.ical_uid = next.id + "@google.com";
  next.change = 0;

  // Everything that can be refused comes before the first effect.
  Event ending = before;
  ending.fields.set("recurrence",
                    gcal::base::json_array(ended_lines(before, instance.original, calendar.zone)));
  TRY_VOID(Guests(*this).check_write(calendar, before, ending));
  const Event ended =
      truncate_series(calendar, before, instance.original, keeps_exceptions ? next.id : "");
  ++writes_;
  const Event stored = commit(calendar, std::move(next), nullptr);
  const std::string& id = stored.id;
  if (!(stored.fields["recurrence"] == continued.fields["recurrence"]))
    drop_exceptions(calendar, stored, false);
  // The new series first: the guests' exceptions behind the cut become its exceptions.
  propagate(email, calendar, stored, nullptr, options);
  propagate(email, calendar, ended, &before, options);
  overwrite_exceptions(email, calendar, id, parts, options);
  TRY_VOID(change_parts(email, calendar, id, instance.original.at, parts, options));
  return rendered(calendar, id);
}

Outcome<> GoogleModel::remove_following(const std::string& email, Calendar& calendar,
                                        const std::string& instance_id,
                                        const WriteOptions& options) {
  TRY(const SeriesInstance instance, series_instance(calendar, instance_id));
  if (instance.original.at <= instance.series.start.at)
    return remove(email, calendar, instance.series.id, options);
  if (Calendar* home = Guests(*this).modifiable_home(calendar, instance.series))
    return remove_following(email, *home, instance_id, options);
  const Event& before = instance.series;
  Event ending = before;
  ending.fields.set("recurrence",
                    gcal::base::json_array(ended_lines(before, instance.original, calendar.zone)));
  TRY_VOID(Guests(*this).check_write(calendar, before, ending));
  propagate(email, calendar, truncate_series(calendar, before, instance.original, ""), &before,
            options);
  for (const std::string& id : other_parts(calendar, before.id, instance.original.at))
    TRY_VOID(remove(email, calendar, id, options));
  return Done{};
}

// Sets UNTIL on the old master. Exceptions from the cut on move to the series `successor`; when it
// is "", they become tombstones that only show their id.
Event GoogleModel::truncate_series(Calendar& calendar, const Event& before, const EventTime& cut,
                                   const std::string& successor) {
  for (StoredEvent* exception : calendar.exceptions_of(before.id)) {
    if (exception->original.at < cut.at) continue;
    if (successor.empty())
      exception->cancelled = exception->id_only = true;
    else {
      calendar.reattach(*exception, successor);
      exception->ical_uid = successor + "@google.com";
    }
  }
  Event ending = before;
  ending.fields.set("recurrence", gcal::base::json_array(ended_lines(before, cut, calendar.zone)));
  ending.last_end = last_end_of(ending, calendar.zone);
  ++writes_;
  return commit(calendar, std::move(ending), &before);
}

void GoogleModel::overwrite_exceptions(const std::string& email, Calendar& calendar,
                                       const std::string& series_id, const PageChange& change,
                                       const WriteOptions& options) {
  if (change.texts.members().empty()) return;
  for (const StoredEvent* exception : calendar.exceptions_of(series_id)) {
    if (exception->cancelled) continue;
    WriteOptions quiet = options;
    quiet.send_updates = "none";  // the guests get one mail for the series
    quiet.if_match.clear();
    (void)write(email, calendar, exception->id, change.of(exception->event()), false, quiet);
  }
}

// As Google's page resets exceptions: all of them, or those that the rule does not have.
void GoogleModel::drop_exceptions(Calendar& calendar, const Event& series, bool all) {
  for (StoredEvent* exception : calendar.exceptions_of(series.id))
    if (all || expand(series.recurrence(), series.start, calendar.zone, exception->original.at,
                      exception->original.at + std::chrono::seconds{1}, 1)
                   .empty())
      exception->cancelled = exception->id_only = true;
}

// The other living parts of a series that "this and following" has split and that begin later.
std::vector<std::string> GoogleModel::other_parts(Calendar& calendar, const std::string& id,
                                                  SysSeconds later_than) {
  std::vector<std::string> out;
  for (const StoredEvent* part : calendar.series_parts(series_base_id(id)))
    if (part->id != id && !part->cancelled && part->is_series() && part->start.at > later_than)
      out.push_back(part->id);
  return out;
}

Outcome<> GoogleModel::change_parts(const std::string& email, Calendar& calendar,
                                    const std::string& id, SysSeconds later_than,
                                    const PageChange& change, const WriteOptions& options) {
  if (change.texts.members().empty()) return Done{};
  WriteOptions others = options;
  others.if_match.clear();
  for (const std::string& part : other_parts(calendar, id, later_than)) {
    TRY_VOID(write(email, calendar, part, change.of(calendar.find(part)->event()), false, others));
    overwrite_exceptions(email, calendar, part, change, others);
  }
  return Done{};
}

Outcome<RenderedEvent> GoogleModel::change_all(const std::string& email, Calendar& calendar,
                                               const std::string& instance_id, const Json& change,
                                               const WriteOptions& options) {
  TRY(const SeriesInstance instance, series_instance(calendar, instance_id));
  const std::string id = instance.series.id;
  const Event& before = instance.series;
  const Json texts = text_changes(change);
  Calendar* home = Guests(*this).modifiable_home(calendar, before);
  if (home && !(texts == change)) {  // the organizer's exceptions move, too
    TRY_VOID(change_all(email, *home, instance_id, change, options));
    return rendered(calendar, id);
  }
  PageChange parts{texts, instance.shown.fields["attendees"]};
  parts.own_response_only = !is_organizer(calendar, before);
  const bool modifies = parts.own_response_only && before.fields["guestsCanModify"].as_bool(false);
  Json patch = modifies ? texts : parts.of(before);
  if (change.contains("recurrence")) patch.set("recurrence", change["recurrence"]);

  if (change.contains("start") || change.contains("end")) {
    TRY(SeriesShift shift, shift_series(instance, before.start, change, calendar.zone));
    patch.set("start", std::move(shift.start));
    patch.set("end", std::move(shift.end));
    if (!change.contains("recurrence") && shift.days != 0)
      patch.set("recurrence", gcal::base::json_array(moved_lines(before.recurrence(), shift.days)));
  }

  TRY_VOID(write(email, calendar, id, patch, false, options));
  const Event stored = calendar.find(id)->event();
  const bool made_again = is_made_again(before, stored, calendar.zone);
  if (made_again || !(stored.fields["recurrence"] == before.fields["recurrence"])) {
    drop_exceptions(calendar, stored, made_again);
    Guests(*this).update_copies(calendar, stored, &before);
  }
  overwrite_exceptions(email, calendar, id, parts, options);
  TRY_VOID(change_parts(email, calendar, id, SysSeconds::min(), parts, options));
  return rendered(calendar, id);
}

Outcome<> GoogleModel::remove_all(const std::string& email, Calendar& calendar,
                                  const std::string& instance_id, const WriteOptions& options) {
  TRY(const SeriesInstance instance, series_instance(calendar, instance_id));
  for (const StoredEvent* part : calendar.series_parts(series_base_id(instance.series.id))) {
    if (part->cancelled || !part->is_series()) continue;
    const std::string id = part->id;
    TRY_VOID(remove(email, calendar, id, options));
  }
  if (const StoredEvent* own = calendar.find(instance.series.id); own && !own->cancelled)
    TRY_VOID(remove(email, calendar, own->id, options));
  return Done{};
}

}  // namespace emulator
