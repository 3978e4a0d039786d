// What Google's own page does with a series: "this and following" and "all events". The API has no
// such calls; people do this every day.
#include <algorithm>
#include <array>

#include "src/common/base/id.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/emulator/model/event_rules.hpp"
#include "src/emulator/model/google.hpp"
#include "src/emulator/model/guests.hpp"

namespace emulator {
namespace base = gcal::base;
namespace ical = gcal::icalendar;
namespace {

std::string base_of(const std::string& series_id) {
  const std::size_t at = series_id.rfind("_R");
  return at == std::string::npos || at == 0 ? series_id : series_id.substr(0, at);
}

bool is_rule(const std::string& line) {
  return line.starts_with("RRULE");
}

// The rule's parts but UNTIL and COUNT; `count` takes the COUNT.
std::string open_rule(const std::string& line, std::int64_t& count) {
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

// The last second of the day before, in the calendar's zone, as UTC: what Google's page writes.
std::string until_before(const Moment& cut, const std::string& calendar_zone) {
  if (cut.all_day) {
    std::string date = date_text(days_of(cut.date) - 1);
    std::erase(date, '-');
    return date;
  }
  const std::string day = ical::format_rfc3339(cut.at, calendar_zone).substr(0, 10);
  Moment last;
  last.at = midnight(day, calendar_zone) - std::chrono::seconds{1};
  return instance_suffix(last);
}

Json lines_json(const std::vector<std::string>& lines) {
  Json out = Json::array();
  for (const std::string& line : lines) out.push(line);
  return out;
}

std::vector<std::string> ended(const std::vector<std::string>& lines, const Moment& cut,
                               const std::string& calendar_zone) {
  std::vector<std::string> out;
  for (const std::string& line : lines) {
    std::int64_t count = 0;
    out.push_back(is_rule(line)
                      ? open_rule(line, count) + ";UNTIL=" + until_before(cut, calendar_zone)
                      : line);
  }
  return out;
}

// The rest of the series: a COUNT goes down by what came before the cut.
std::vector<std::string> continued(const Event& series, const Moment& cut,
                                   const std::string& calendar_zone) {
  std::vector<std::string> out;
  for (const std::string& line : series.recurrence()) {
    std::int64_t count = 0;
    if (is_rule(line)) {
      const std::string open = open_rule(line, count);
      if (count > 0) {
        const auto before = named_before(line, series.start, calendar_zone, cut.at);
        out.push_back(
            open + ";COUNT=" +
            std::to_string(std::max<std::int64_t>(1, count - static_cast<std::int64_t>(before))));
        continue;
      }
    }
    out.push_back(line);
  }
  return out;
}

Json without_times(const Json& change) {
  Json out = change;
  for (const char* name : {"start", "end", "recurrence"}) out.erase(name);
  return out;
}

bool empty(const Json& change) {
  return change.members().empty();
}

std::string local_text(std::chrono::local_seconds at) {
  Moment wall;
  wall.at = Seconds{at.time_since_epoch()};
  std::string text = ical::format_rfc3339(wall.at, "UTC");
  text.pop_back();
  return text;
}

// A weekly series on one day follows its start to another day.
std::vector<std::string> moved_rule(const std::vector<std::string>& lines, std::int64_t days) {
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

}  // namespace

Outcome<SeriesPoint> Google::point_of(Calendar& calendar, const std::string& instance_id) {
  auto found = locate(calendar, instance_id);
  if (!found || found->event.cancelled) return not_found();
  SeriesPoint point;
  point.shown = std::move(found->event);
  const StoredEvent* series =
      calendar.find(point.shown.is_series() ? point.shown.id : point.shown.series);
  if (!series || series->cancelled || !series->is_series())
    return bad("invalid", "The event is not part of a series.");
  point.series = series->event();
  point.original = point.shown.is_series() ? point.shown.start : point.shown.original;
  return point;
}

Outcome<Shown> Google::change_following(const std::string& email, Calendar& calendar,
                                        const std::string& instance_id, const Json& change,
                                        const WriteOptions& options) {
  TRY(const SeriesPoint point, point_of(calendar, instance_id));
  if (point.original.at <= point.series.start.at)
    return change_all(email, calendar, instance_id, change, options);
  const Event& before = point.series;

  Event next = before;
  next.start = point.original;
  next.end = make_instance(before, point.original, calendar.zone).end;
  Json fields = next.fields;
  fields.set("start",
             write_moment(next.start, next.start.zone.empty() ? calendar.zone : next.start.zone,
                          calendar.zone));
  fields.set("end", write_moment(next.end, next.end.zone.empty() ? calendar.zone : next.end.zone,
                                 calendar.zone));
  fields.set("recurrence", lines_json(continued(before, point.original, calendar.zone)));
  fields.set("sequence", 0);
  fields = merge_patch(fields, change);
  TRY_VOID(apply_rules(next, std::move(fields),
                       {calendar.zone, options.attachments, options.conference}));
  const bool same_start =
      next.start.at == point.original.at && next.start.all_day == point.original.all_day;
  std::string suffix = instance_suffix(point.original);
  if (suffix.ends_with('Z')) suffix.pop_back();
  next.id = base_of(before.id) + "_R" + suffix;
  if (!same_start || calendar.find(next.id)) {
    next.id = base::new_id(random_);
    next.fields.set("sequence", 1);
  }
  next.ical_uid = next.id + "@google.com";
  next.change = 0;

  // First what may be refused, then the effects.
  Event ending = before;
  ending.fields.set("recurrence",
                    lines_json(ended(before.recurrence(), point.original, calendar.zone)));
  TRY_VOID(Guests(*this).check_write(calendar, before, ending));
  end_series(email, calendar, before, point.original, same_start ? next.id : "", options);
  ++writes_;
  const Event stored = commit(calendar, std::move(next), nullptr);
  const std::string& id = stored.id;
  finish(email, calendar, stored, nullptr, options);
  if (const Json texts = without_times(change); same_start && !empty(texts))
    overwrite_exceptions(email, calendar, id, texts, options);
  return shown(calendar, id);
}

Outcome<> Google::remove_following(const std::string& email, Calendar& calendar,
                                   const std::string& instance_id, const WriteOptions& options) {
  TRY(const SeriesPoint point, point_of(calendar, instance_id));
  if (point.original.at <= point.series.start.at)
    return remove(email, calendar, point.series.id, options);
  const Event& before = point.series;
  Event ending = before;
  ending.fields.set("recurrence",
                    lines_json(ended(before.recurrence(), point.original, calendar.zone)));
  TRY_VOID(Guests(*this).check_write(calendar, before, ending));
  end_series(email, calendar, before, point.original, "", options);
  return Done{};
}

// UNTIL on the old master. Exceptions from the cut on go over to `heir`; without one they are
// tombstones that only show their id.
void Google::end_series(const std::string& email, Calendar& calendar, const Event& before,
                        const Moment& cut, const std::string& heir, const WriteOptions& options) {
  for (StoredEvent* exception : calendar.exceptions_of(before.id)) {
    if (exception->original.at < cut.at) continue;
    if (heir.empty())
      exception->cancelled = exception->bare = true;
    else
      calendar.reattach(*exception, heir);
  }
  Event ending = before;
  ending.fields.set("recurrence", lines_json(ended(before.recurrence(), cut, calendar.zone)));
  const std::int64_t last = last_start(ending.recurrence(), ending.start, calendar.zone);
  ending.last_end = last >= kEndless ? kEndless : last + (ending.end.at - ending.start.at).count();
  ++writes_;
  const Event stored = commit(calendar, std::move(ending), &before);
  finish(email, calendar, stored, &before, options);
}

void Google::overwrite_exceptions(const std::string& email, Calendar& calendar,
                                  const std::string& series_id, const Json& texts,
                                  const WriteOptions& options) {
  for (const StoredEvent* exception : calendar.exceptions_of(series_id)) {
    if (exception->cancelled) continue;
    WriteOptions quiet = options;
    quiet.send_updates = "none";  // the mail about the series says it
    quiet.if_match.clear();
    (void)write(email, calendar, exception->id, texts, false, quiet);
  }
}

Outcome<Shown> Google::change_all(const std::string& email, Calendar& calendar,
                                  const std::string& instance_id, const Json& change,
                                  const WriteOptions& options) {
  TRY(const SeriesPoint point, point_of(calendar, instance_id));
  const std::string id = point.series.id;
  const Event& before = point.series;
  const Json texts = without_times(change);
  Json patch = texts;
  if (change.contains("recurrence")) patch.set("recurrence", change["recurrence"]);

  if (change.contains("start") || change.contains("end")) {
    // The person moved one instance; the whole series moves by as much, on the wall clock.
    TRY(const Moment start,
        read_moment(change.contains("start") ? change["start"] : point.shown.fields["start"],
                    "start", calendar.zone));
    TRY(const Moment end,
        read_moment(change.contains("end") ? change["end"] : point.shown.fields["end"], "end",
                    calendar.zone));
    const auto zone_of = [&](const Moment& moment) {
      return moment.zone.empty() ? calendar.zone : moment.zone;
    };
    const auto day_of = [&](const Moment& moment, const std::string& zone) {
      return moment.all_day ? days_of(moment.date)
                            : days_of(ical::format_rfc3339(moment.at, zone).substr(0, 10));
    };
    const std::int64_t days =
        day_of(start, zone_of(start)) - day_of(point.shown.start, zone_of(start));
    const std::int64_t first_day = day_of(before.start, zone_of(start)) + days;
    if (start.all_day) {
      if (!end.all_day) return bad("invalid", "Invalid start time.");
      patch.set("start", Json::object({{"date", date_text(first_day)},
                                       {"dateTime", nullptr},
                                       {"timeZone", nullptr}}));
      patch.set(
          "end",
          Json::object({{"date", date_text(first_day + days_of(end.date) - days_of(start.date))},
                        {"dateTime", nullptr},
                        {"timeZone", nullptr}}));
    } else {
      const std::string zone = zone_of(start);
      const auto wall = ical::to_local(start.at, zone);
      if (!wall) return bad("invalid", "Invalid start time.");
      const auto first = std::chrono::local_seconds{std::chrono::floor<std::chrono::days>(*wall)};
      const auto moved = std::chrono::local_days{std::chrono::days{first_day}} + (*wall - first);
      const auto until = moved + (end.at - start.at);
      patch.set(
          "start",
          Json::object({{"dateTime", local_text(moved)}, {"timeZone", zone}, {"date", nullptr}}));
      patch.set(
          "end",
          Json::object({{"dateTime", local_text(until)}, {"timeZone", zone}, {"date", nullptr}}));
    }
    if (!change.contains("recurrence") && days != 0)
      patch.set("recurrence", lines_json(moved_rule(before.recurrence(), days)));
  }

  TRY_VOID(write(email, calendar, id, patch, false, options));
  const Event stored = calendar.find(id)->event();
  const bool moved = stored.start.at != before.start.at ||
                     !(stored.fields["recurrence"] == before.fields["recurrence"]);
  if (moved) {
    for (StoredEvent* exception : calendar.exceptions_of(id))
      exception->cancelled = exception->bare = true;  // Google's page resets them
  } else if (!empty(texts)) {
    overwrite_exceptions(email, calendar, id, texts, options);
  }
  if (!empty(texts))
    for (const StoredEvent* sibling : calendar.series_named(
             base_of(id))) {  // parts of one series that an earlier "this and following" cut
      if (sibling->id == id || sibling->cancelled || !sibling->is_series()) continue;
      const std::string other = sibling->id;
      TRY_VOID(write(email, calendar, other, texts, false, options));
      overwrite_exceptions(email, calendar, other, texts, options);
    }
  return shown(calendar, id);
}

Outcome<> Google::remove_all(const std::string& email, Calendar& calendar,
                             const std::string& instance_id, const WriteOptions& options) {
  TRY(const SeriesPoint point, point_of(calendar, instance_id));
  for (const StoredEvent* part : calendar.series_named(base_of(point.series.id))) {
    if (part->cancelled || !part->is_series()) continue;
    const std::string id = part->id;
    TRY_VOID(remove(email, calendar, id, options));
  }
  if (const StoredEvent* own = calendar.find(point.series.id); own && !own->cancelled)
    TRY_VOID(remove(email, calendar, own->id, options));
  return Done{};
}

}  // namespace emulator
