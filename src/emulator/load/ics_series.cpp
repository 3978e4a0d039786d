#include "src/emulator/load/ics_series.hpp"

#include <algorithm>

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"

namespace emulator {
namespace ical = gcal::icalendar;
namespace {

using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::seconds;

using Problems = std::vector<std::string>;

constexpr days kEndlessSpan{3'653};          // in which the zone of an endless series has to agree
constexpr std::size_t kLongLine = 32 << 10;  // the model refuses lines of twice this
constexpr std::size_t kMaxStarts = 1'000;    // of a series without a zone of IANA's

SysSeconds as_utc(local_seconds wall) {
  return SysSeconds{wall.time_since_epoch()};
}

std::string basic(SysSeconds at) {
  return ical::basic_format(ical::format_rfc3339(at, "UTC"));
}

std::string shown(const IcsProperty& property) {
  return property.name + ":" + std::string(gcal::base::beginning(property.value, 60));
}

EventTime day_time(local_seconds wall, const std::string& calendar_zone) {
  EventTime time;
  time.all_day = true;
  time.date = ical::format_date(ical::Date{std::chrono::floor<days>(wall)});
  time.at = midnight(time.date, calendar_zone);
  return time;
}

EventTime instant_time(SysSeconds at, const std::string& zone) {
  EventTime time;
  time.at = at;
  time.zone = zone;
  return time;
}

// Reads one VEVENT. Its lines are made on a clock: that of the series' zone, or, where only the
// file's own rules say what it shows, the wall clock taken for UTC.
class SeriesReader {
 public:
  SeriesReader(const IcsEvent& event, IcsZones& zones, const std::string& calendar_zone,
               Problems& problems)
      : event_(event), zones_(zones), calendar_zone_(calendar_zone), problems_(problems) {}

  std::optional<IcsSeries> read() {
    read_rules();
    read_added();
    out_.zone = event_.start.is_utc ? IcsZone{"UTC", nullptr}
                                    : zones_.find(event_.start.zone, event_.start.wall, last_wall(),
                                                  event_.line(), problems_);
    if (out_.zone.rules && is_endless()) take_zone_of_first_year();
    out_.start = single_time(event_.start, out_.zone, calendar_zone_);
    if (!read_end()) return std::nullopt;
    const bool repeats = !rules_.empty() || !added_.empty();
    if (repeats) {
      add_rules();
      add_dates();
      leave_out_dates();
      if (out_.zone.rules && !all_day() && !follow_rules()) return std::nullopt;
    }
    return std::move(out_);
  }

 private:
  bool all_day() const { return event_.start.is_date; }
  void report(std::size_t line, const std::string& what) {
    problems_.push_back(at_line(line, what));
  }

  // A wall clock and an instant on the clock of the lines.
  SysSeconds on_clock(local_seconds wall) const {
    return out_.zone.rules ? as_utc(wall) : out_.zone.to_instant(wall);
  }
  SysSeconds on_clock(SysSeconds instant) const {
    return out_.zone.rules ? as_utc(out_.zone.to_local(instant)) : instant;
  }
  SysSeconds instant_of(const IcsTime& time, std::size_t line) {
    if (time.zone.empty() && !time.is_utc) return out_.zone.to_instant(time.wall);
    return zones_.zone_of(time, line, problems_).to_instant(time.wall);
  }
  EventTime clock_start() const {
    if (all_day() || !out_.zone.rules) return out_.start;
    return instant_time(as_utc(event_.start.wall), "UTC");
  }

  // "RRULE:RRULE:FREQ=..." and spaces are forgiven; UNTIL of a series of days is a day, whatever
  // Exchange makes of it.
  void read_rules() {
    for (const char* name : {"RRULE", "EXRULE"})
      for (const IcsProperty* property : event_.written->all(name)) {
        std::string value = ical::upper(property->value);
        std::erase_if(value, [](char c) { return c == ' ' || c == '\t'; });
        if (value.starts_with(property->name + ":")) value.erase(0, property->name.size() + 1);
        ical::RuleParts parts = ical::parse_rule(value);
        const std::string* until = ical::find_part(parts, "UNTIL");
        if (until && all_day() && until->size() > 8)
          ical::set_part(parts, "UNTIL", until->substr(0, 8));
        const std::string line = property->name + ":" + ical::format_rule(parts);
        EventTime start = all_day() ? day_time(event_.start.wall, calendar_zone_)
                                    : instant_time(as_utc(event_.start.wall), "UTC");
        if (check_recurrence({line}, start))
          rules_.push_back(line);
        else
          report(property->line, "left out, the rule cannot be read: " + shown(*property));
      }
  }

  void read_added() {
    for (const IcsProperty* property : event_.written->all("RDATE"))
      for (const std::string_view text : ical::split(property->value, ',')) {
        if (text.empty()) continue;
        std::optional<IcsPeriod> period;
        if (text.find('/') != std::string_view::npos)
          period = read_period(text, *property, problems_);
        else if (const auto time = read_time(text, *property, problems_))
          period = IcsPeriod{*time, std::nullopt, std::nullopt};
        if (!period)
          report(property->line, "the value cannot be read: " + shown(*property));
        else if (period->start.is_date && !all_day())
          report(property->line, "left out, a day in a series of times: " + shown(*property));
        else
          added_.emplace_back(property->line, *period);
      }
  }

  bool is_endless() const {
    return !rules_.empty() &&
           last_start(rules_, instant_time(as_utc(event_.start.wall), "UTC"), "UTC") >= kEndless;
  }

  void take_zone_of_first_year() {
    const std::string& tzid = event_.start.zone;
    const auto name = zones_.zone_of_first_year(tzid, event_.start.wall);
    if (!name) return;
    out_.zone = {*name, nullptr};
    report(event_.line(), "TZID " + std::string(gcal::base::beginning(tzid, 60)) +
                              " has the clocks of " + *name + " in the first year only, which is " +
                              "taken: the series has no end");
  }

  // Where the series ends on its wall clock, for the choice of a zone.
  local_seconds last_wall() const {
    const local_seconds start = event_.start.wall;
    local_seconds last = start;
    if (is_endless())
      last += kEndlessSpan;
    else if (!rules_.empty())
      last = local_seconds{seconds{last_start(rules_, instant_time(as_utc(start), "UTC"), "UTC")}};
    for (const auto& [line, period] : added_) last = std::max(last, period.start.wall);
    const local_seconds limit = std::chrono::local_days{std::chrono::year{2100} / 1 / 1};
    return std::max(start, std::min(last, limit));
  }

  bool empty_range() {
    problems_.push_back(event_problem(event_, "left out, its end is before its start"));
    return false;
  }

  bool read_end() {
    if (event_.end && event_.end->is_date != all_day())
      report(event_.line(), "DTEND is of another kind than DTSTART (RFC 5545 section 3.8.2.2)");
    return all_day() ? read_last_day() : read_end_time();
  }

  // DTEND = DTSTART is one day: many files of holidays mean that.
  bool read_last_day() {
    const auto first = std::chrono::floor<days>(event_.start.wall);
    days length{1};
    if (event_.end) {
      length = std::chrono::floor<days>(event_.end->wall) - first;
    } else if (event_.duration) {
      length = event_.duration->days + std::chrono::floor<days>(event_.duration->seconds);
    }
    if (length.count() < 0) return empty_range();
    out_.end = day_time(first + std::max(length, days{1}), calendar_zone_);
    return true;
  }

  bool read_end_time() {
    out_.end = out_.start;
    if (event_.end) {
      const bool own = event_.end->is_utc || !event_.end->zone.empty();
      const IcsZone zone = own ? zones_.zone_of(*event_.end, event_.line(), problems_) : out_.zone;
      out_.end = instant_time(zone.to_instant(event_.end->wall), zone.name);
    } else if (event_.duration) {
      out_.end.at = after(out_.start.at, *event_.duration);
    }
    return out_.end.at >= out_.start.at || empty_range();
  }

  // Days are nominal, the rest is exact (RFC 5545 section 3.3.6).
  SysSeconds after(SysSeconds start, const IcsDuration& duration) const {
    if (duration.days.count() == 0) return start + duration.seconds;
    return out_.zone.to_instant(out_.zone.to_local(start) + duration.days) + duration.seconds;
  }

  void add_rules() {
    for (const std::string& line : rules_) {
      ical::RecurrenceLine parsed = *ical::parse_line(line);
      ical::RuleParts parts = ical::parse_rule(parsed.value);
      const std::string* until = ical::find_part(parts, "UNTIL");
      if (until && until->ends_with('Z') && out_.zone.rules) {
        const auto value = ical::parse_date_or_time(*until);
        if (value) ical::set_part(parts, "UNTIL", basic(on_clock(as_utc(value->wall))));
      }
      parsed.value = ical::format_rule(parts);
      out_.lines.push_back(parsed.text());
    }
  }

  // Adds one date or time of the series, to the line before where that is of the same form.
  void add_value(const std::string& form, const std::string& value) {
    if (!out_.lines.empty() && out_.lines.back().starts_with(form + ":") &&
        out_.lines.back().size() < kLongLine)
      out_.lines.back() += "," + value;
    else
      out_.lines.push_back(form + ":" + value);
  }
  void add_day(const std::string& name, local_seconds wall) {
    std::string date = ical::format_date(ical::Date{std::chrono::floor<days>(wall)});
    add_value(name + ";VALUE=DATE", ical::basic_format(std::move(date)));
  }
  void add_time(const std::string& name, SysSeconds instant, bool is_utc) {
    const local_seconds wall = out_.zone.to_local(instant);
    if (is_utc || out_.zone.rules || out_.zone.name == "UTC" ||
        out_.zone.to_instant(wall) != instant)
      return add_value(name, basic(on_clock(instant)));
    std::string text = basic(as_utc(wall));
    text.pop_back();
    add_value(name + ";TZID=" + out_.zone.name, text);
  }

  void add_dates() {
    for (const auto& [line, period] : added_) {
      if (all_day()) {
        add_day("RDATE", period.start.wall);
        continue;
      }
      const SysSeconds start = instant_of(period.start, line);
      add_time("RDATE", start, period.start.is_utc);
      if (!period.end && !period.duration) continue;
      const SysSeconds end =
          period.end ? instant_of(*period.end, line) : after(start, *period.duration);
      if (end < start)
        report(line, "a PERIOD ends before it starts: it is as long as the others");
      else if (end - start != out_.end.at - out_.start.at)
        out_.lengths.emplace_back(instant_time(start, out_.zone.name),
                                  instant_time(end, out_.zone.name));
    }
  }

  // A day in a series of times leaves out what starts on that day; a time in a series of days
  // leaves out its day.
  void leave_out_dates() {
    const std::vector<std::string> all = out_.lines;
    for (const IcsProperty* property : event_.written->all("EXDATE"))
      for (const std::string_view text : ical::split(property->value, ',')) {
        if (text.empty()) continue;
        const auto time = read_time(text, *property, problems_);
        if (!time) {
          report(property->line, "the value cannot be read: " + shown(*property));
        } else if (all_day()) {
          add_day("EXDATE", time->wall);
          out_.left_out.insert(day_time(time->wall, calendar_zone_).at);
        } else if (time->is_date) {
          for (const EventTime& start :
               expand(all, clock_start(), calendar_zone_, on_clock(time->wall),
                      on_clock(time->wall + days{1}), 100))
            leave_out(out_.zone.rules
                          ? out_.zone.to_instant(local_seconds{start.at.time_since_epoch()})
                          : start.at,
                      false);
        } else {
          leave_out(instant_of(*time, property->line), time->is_utc);
        }
      }
  }
  void leave_out(SysSeconds instant, bool is_utc) {
    add_time("EXDATE", instant, is_utc);
    out_.left_out.insert(instant);
  }

  // No zone of IANA's has the clocks of the file: the starts are written out, in UTC.
  bool follow_rules() {
    const std::string name = "TZID " + std::string(gcal::base::beginning(event_.start.zone, 60));
    if (last_start(out_.lines, clock_start(), calendar_zone_) >= kEndless) {
      problems_.push_back(event_problem(event_, "left out, no zone of IANA's has the clocks of " +
                                                    name + " and the series has no end"));
      return false;
    }
    const auto starts = expand(out_.lines, clock_start(), calendar_zone_, SysSeconds::min(),
                               SysSeconds::max(), kMaxStarts + 1);
    if (starts.empty() || starts.size() > kMaxStarts) {
      problems_.push_back(event_problem(event_, "left out, it has no instance or over " +
                                                    std::to_string(kMaxStarts) +
                                                    " in the zone of " + name));
      return false;
    }
    out_.lines.clear();
    for (const EventTime& start : starts) {
      const SysSeconds at = out_.zone.to_instant(local_seconds{start.at.time_since_epoch()});
      if (at != out_.start.at) add_value("RDATE", basic(at));
    }
    if (out_.left_out.contains(out_.start.at))
      out_.lines.push_back("EXDATE:" + basic(out_.start.at));
    problems_.push_back(event_problem(event_, "no zone of IANA's has the clocks of " + name +
                                                  ": its instances are dates in UTC"));
    return true;
  }

  const IcsEvent& event_;
  IcsZones& zones_;
  const std::string& calendar_zone_;
  Problems& problems_;
  IcsSeries out_;
  std::vector<std::string> rules_;
  std::vector<std::pair<std::size_t, IcsPeriod>> added_;  // line and value of each RDATE
};

}  // namespace

EventTime single_time(const IcsTime& written, const IcsZone& zone,
                      const std::string& calendar_zone) {
  if (written.is_date) return day_time(written.wall, calendar_zone);
  return instant_time(zone.to_instant(written.wall), zone.name);
}

std::optional<IcsSeries> read_series(const IcsEvent& event, IcsZones& zones,
                                     const std::string& calendar_zone, Problems& problems) {
  return SeriesReader(event, zones, calendar_zone, problems).read();
}

EventTime slot_of(const IcsTime& written, const IcsSeries& series, IcsZones& zones,
                  const std::string& calendar_zone, std::size_t line, Problems& problems) {
  if (series.start.all_day) return day_time(written.wall, calendar_zone);
  if (!written.is_date) {
    const bool own = written.is_utc || !written.zone.empty();
    const IcsZone zone = own ? zones.zone_of(written, line, problems) : series.zone;
    return instant_time(zone.to_instant(written.wall), series.zone.name);
  }
  const auto starts =
      expand(series.lines, series.start, calendar_zone, series.zone.to_instant(written.wall),
             series.zone.to_instant(written.wall + days{1}), 1);
  if (!starts.empty()) return starts.front();
  const local_seconds start = series.zone.to_local(series.start.at);
  return instant_time(
      series.zone.to_instant(written.wall + (start - std::chrono::floor<days>(start))),
      series.zone.name);
}

}  // namespace emulator
