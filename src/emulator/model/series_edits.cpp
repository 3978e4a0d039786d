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

// What a guest's change of a whole series does to its exceptions and other parts, which may have
// other guests: of the attendees, only the own response is changed.
Json own_response_only(Json texts) {
  if (texts.contains("attendees")) texts.set("attendeesOmitted", true);
  return texts;
}

// Where the first instance of a series goes when the user moves another one.
struct SeriesShift {
  Json start, end;        // of the first instance, as a patch
  std::int64_t days = 0;  // by which the start moves
};

std::int64_t day_of(const EventTime& time, const std::string& zone) {
  return time.all_day ? days_of(time.date)
                      : days_of(ical::format_rfc3339(time.at, zone).substr(0, 10));
}

// The user moved one instance; the whole series moves by as much, on the wall clock.
Outcome<SeriesShift> shift_series(const SeriesInstance& instance, const Json& change,
                                  const std::string& calendar_zone) {
  const auto read = [&](const char* which) {
    return parse_event_time(change.contains(which) ? change[which] : instance.shown.fields[which],
                            which, calendar_zone);
  };
  TRY(const EventTime start, read("start"));
  TRY(const EventTime end, read("end"));
  const std::string& zone = start.zone.empty() ? calendar_zone : start.zone;
  SeriesShift shift;
  shift.days = day_of(start, zone) - day_of(instance.shown.start, zone);
  const std::int64_t first_day = day_of(instance.series.start, zone) + shift.days;
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

  Event next = before;
  next.start = instance.original;
  next.end = make_instance(before, instance.original, calendar.zone).end;
  Json fields = next.fields;
  fields.set("start", event_time_json(next.start, calendar.zone));
  fields.set("end", event_time_json(next.end, calendar.zone));
  fields.set("recurrence",
             gcal::base::json_array(continued_lines(before, instance.original, calendar.zone)));
  fields.set("sequence", 0);
  fields = merge_patch(fields, change);
  TRY_VOID(apply_rules(next, std::move(fields),
                       {calendar.zone, options.attachments, options.conference, false}));
  std::string suffix = instance_suffix(instance.original);
  if (suffix.ends_with('Z')) suffix.pop_back();
  next.id = series_base_id(before.id) + "_R" + suffix;
  // Another series has other ids of instances, so that no exception can go along.
  const bool is_part = next.start.at == instance.original.at &&
                       next.start.all_day == instance.original.all_day && !calendar.find(next.id);
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
  const Event ended = truncate_series(calendar, before, instance.original, is_part ? next.id : "");
  ++writes_;
  const Event stored = commit(calendar, std::move(next), nullptr);
  const std::string& id = stored.id;
  // The new series first: the guests' exceptions behind the cut become its exceptions.
  propagate(email, calendar, stored, nullptr, options);
  propagate(email, calendar, ended, &before, options);
  if (const Json texts = text_changes(change); is_part && !texts.members().empty())
    overwrite_exceptions(email, calendar, id, texts, options);
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
                                       const std::string& series_id, const Json& texts,
                                       const WriteOptions& options) {
  for (const StoredEvent* exception : calendar.exceptions_of(series_id)) {
    if (exception->cancelled) continue;
    WriteOptions quiet = options;
    quiet.send_updates = "none";  // the guests get one mail for the series
    quiet.if_match.clear();
    (void)write(email, calendar, exception->id, texts, false, quiet);
  }
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
  const Json elsewhere = is_organizer(calendar, before) ? texts : own_response_only(texts);
  Json patch = texts;
  if (change.contains("recurrence")) patch.set("recurrence", change["recurrence"]);

  if (change.contains("start") || change.contains("end")) {
    TRY(SeriesShift shift, shift_series(instance, change, calendar.zone));
    patch.set("start", std::move(shift.start));
    patch.set("end", std::move(shift.end));
    if (!change.contains("recurrence") && shift.days != 0)
      patch.set("recurrence", gcal::base::json_array(moved_lines(before.recurrence(), shift.days)));
  }

  TRY_VOID(write(email, calendar, id, patch, false, options));
  const Event stored = calendar.find(id)->event();
  const bool moved = stored.start.at != before.start.at ||
                     !(stored.fields["recurrence"] == before.fields["recurrence"]);
  if (moved) {
    for (StoredEvent* exception : calendar.exceptions_of(id))
      exception->cancelled = exception->id_only = true;  // as Google's page resets them
    Guests(*this).update_copies(calendar, stored, &before);
  } else if (!texts.members().empty()) {
    overwrite_exceptions(email, calendar, id, elsewhere, options);
  }
  if (!texts.members().empty())
    // The other parts of a series that an earlier "this and following" has split.
    for (const StoredEvent* sibling : calendar.series_parts(series_base_id(id))) {
      if (sibling->id == id || sibling->cancelled || !sibling->is_series()) continue;
      const std::string other = sibling->id;
      TRY_VOID(write(email, calendar, other, elsewhere, false, options));
      overwrite_exceptions(email, calendar, other, elsewhere, options);
    }
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
