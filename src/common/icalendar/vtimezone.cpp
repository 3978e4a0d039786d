#include "src/common/icalendar/vtimezone.hpp"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "src/common/icalendar/content_line.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"

namespace gcal::icalendar {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kWeekdays{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
constexpr sys_seconds kEarliest = sys_days{year{1970} / 1 / 1};
constexpr year kLastYear{2037};  // of the zone files: zone.hpp
constexpr std::size_t kLeastForRule = 3;

// A moment at which the clocks of a zone change, or its name does.
struct Onset {
  sys_seconds at;
  seconds from, to;
  std::string name;

  // On the clock that is changed.
  local_seconds wall() const { return local_seconds{(at + from).time_since_epoch()}; }
  year_month_day day() const { return year_month_day{std::chrono::floor<days>(wall())}; }
  bool same_kind(const Onset& other) const {
    return from == other.from && to == other.to && name == other.name;
  }
};

Onset onset_of(const date::time_zone& zone, const date::sys_info& info) {
  Onset onset{info.begin, info.offset, info.offset, info.abbrev};
  if (info.begin <= kEarliest)
    onset.at = kEarliest - info.offset;
  else
    onset.from = zone.get_info(info.begin - seconds{1}).offset;
  return onset;
}

// A yearly rule by which onsets of one kind come.
struct Pattern {
  std::chrono::month month;
  seconds time{};
  unsigned weekday = 0;
  int position = 0;           // of the weekday in its month, -1: the last
  unsigned first_day = 0;     // without a position: the weekday on or after this day
  bool is_fixed_day = false;  // of a month: first_day, whatever weekday it is

  std::string rule() const {
    std::string text = "FREQ=YEARLY;BYMONTH=" + std::to_string(static_cast<unsigned>(month));
    const std::string name(kWeekdays[weekday]);
    if (position != 0) return text + ";BYDAY=" + std::to_string(position) + name;
    text += ";BYMONTHDAY=" + std::to_string(first_day);
    if (is_fixed_day) return text;
    for (unsigned day = first_day + 1; day < first_day + 7; ++day)
      text += "," + std::to_string(day);
    return text + ";BYDAY=" + name;
  }
};

unsigned weekday_of(const year_month_day& date) {
  return std::chrono::weekday{local_days{date}}.c_encoding();
}

bool is_last_of_month(const year_month_day& date) {
  return year_month_day{local_days{date} + days{7}}.month() != date.month();
}

int position_of(const year_month_day& date) {
  return static_cast<int>((static_cast<unsigned>(date.day()) - 1) / 7 + 1);
}

bool names(const Pattern& pattern, const Onset& onset) {
  const year_month_day date = onset.day();
  const unsigned day = static_cast<unsigned>(date.day());
  if (date.month() != pattern.month ||
      onset.wall() - std::chrono::floor<days>(onset.wall()) != pattern.time)
    return false;
  if (pattern.is_fixed_day) return day == pattern.first_day;
  if (weekday_of(date) != pattern.weekday) return false;
  if (pattern.position == -1) return is_last_of_month(date);
  if (pattern.position != 0) return position_of(date) == pattern.position;
  return day >= pattern.first_day && day < pattern.first_day + 7;
}

// The rule that names all these onsets, one in each year; nothing if there is none.
std::optional<Pattern> pattern_of(const std::vector<Onset>& onsets) {
  const year_month_day last = onsets.back().day();
  Pattern pattern;
  pattern.month = last.month();
  pattern.time = onsets.back().wall() - std::chrono::floor<days>(onsets.back().wall());
  pattern.weekday = weekday_of(last);
  unsigned first_day = static_cast<unsigned>(last.day());
  for (std::size_t i = 0; i < onsets.size(); ++i) {
    if (i > 0 && onsets[i].day().year() != onsets[i - 1].day().year() + std::chrono::years{1})
      return std::nullopt;
    first_day = std::min(first_day, static_cast<unsigned>(onsets[i].day().day()));
  }
  const auto fits = [&](const Pattern& candidate) {
    return std::ranges::all_of(onsets, [&](const Onset& each) { return names(candidate, each); });
  };
  pattern.position = -1;
  if (fits(pattern)) return pattern;
  pattern.position = position_of(last);
  if (fits(pattern)) return pattern;
  pattern.position = 0;
  pattern.first_day = first_day;
  if (first_day <= 22 + 3 && fits(pattern)) return pattern;
  pattern.is_fixed_day = true;
  if (fits(pattern)) return pattern;
  return std::nullopt;
}

struct Timeline {
  std::vector<Onset> before;  // the latest first
  std::vector<Onset> within;  // from the one in force at `first` on
  sys_seconds horizon;
};

// Do the clocks of the zone still change where its file ends?
bool ends_early(const date::time_zone& zone) {
  const date::sys_info last = zone.get_info(sys_days{year{9999} / 1 / 1});
  return year_month_day{std::chrono::floor<days>(last.begin)}.year() == kLastYear;
}

Timeline timeline_of(const date::time_zone& zone, sys_seconds first, sys_seconds horizon) {
  if (ends_early(zone)) {
    // The last ten years of the file speak for all later ones.
    first = std::min<sys_seconds>(first, sys_days{(kLastYear - std::chrono::years{10}) / 1 / 1});
    horizon = std::min<sys_seconds>(horizon, sys_days{(kLastYear + std::chrono::years{1}) / 1 / 1});
  }
  Timeline out;
  out.horizon = horizon;
  date::sys_info info = zone.get_info(first);
  for (sys_seconds at = info.begin; at > kEarliest;) {
    const date::sys_info earlier = zone.get_info(at - seconds{1});
    out.before.push_back(onset_of(zone, earlier));
    at = earlier.begin;
  }
  for (;; info = zone.get_info(info.end)) {
    const Onset onset = onset_of(zone, info);
    if (out.within.empty() || onset.from != onset.to) out.within.push_back(onset);
    if (info.end >= horizon) return out;
  }
}

std::string offset_text(seconds offset) {
  const auto two = [](long long number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const long long all = offset.count() < 0 ? -offset.count() : offset.count();
  std::string text = offset.count() < 0 ? "-" : "+";
  text += two(all / 3600) + two(all / 60 % 60);
  if (all % 60 != 0) text += two(all % 60);
  return text;
}

std::string wall_text(local_seconds wall) {
  return basic_format(format_rfc3339(sys_seconds{wall.time_since_epoch()}, "UTC")).substr(0, 15);
}

// One STANDARD or DAYLIGHT component.
void write(std::string& out, bool daylight, const std::vector<Onset>& onsets,
           const std::optional<Pattern>& pattern) {
  const std::string kind = daylight ? "DAYLIGHT" : "STANDARD";
  append_line(out, "BEGIN:" + kind);
  append_line(out, "DTSTART:" + wall_text(onsets.front().wall()));
  if (pattern) {
    append_line(out, "RRULE:" + pattern->rule());
  } else {
    for (std::size_t i = 1; i < onsets.size(); ++i)
      append_line(out, "RDATE:" + wall_text(onsets[i].wall()));
  }
  append_line(out, "TZNAME:" + escaped_text(onsets.front().name));
  append_line(out, "TZOFFSETFROM:" + offset_text(onsets.front().from));
  append_line(out, "TZOFFSETTO:" + offset_text(onsets.front().to));
  append_line(out, "END:" + kind);
}

// The observances of one kind: those of single years, then the rule that goes on.
void write_kind(std::string& out, bool daylight, std::vector<Onset> onsets,
                const Timeline& timeline) {
  std::vector<Onset> single;
  const bool goes_on = onsets.back().at + days{367} >= timeline.horizon;
  std::optional<Pattern> pattern;
  while (goes_on && onsets.size() >= kLeastForRule && !(pattern = pattern_of(onsets))) {
    single.push_back(onsets.front());
    onsets.erase(onsets.begin());
  }
  if (!pattern) {
    single.insert(single.end(), onsets.begin(), onsets.end());
    write(out, daylight, single, std::nullopt);
    return;
  }
  if (!single.empty()) write(out, daylight, single, std::nullopt);
  for (const Onset& earlier : timeline.before) {
    if (!single.empty() || earlier.at <= kEarliest) break;
    if (!earlier.same_kind(onsets.front())) {
      if (earlier.day().year() < onsets.front().day().year() - std::chrono::years{1}) break;
      continue;
    }
    if (earlier.day().year() != onsets.front().day().year() - std::chrono::years{1} ||
        !names(*pattern, earlier))
      break;
    onsets.front() = earlier;
  }
  write(out, daylight, {onsets.front()}, pattern);
}

const date::time_zone* find_zone(std::string_view name) {
  return Zone::find(name) ? date::locate_zone(std::string(name)) : nullptr;
}

}  // namespace

bool is_utc(std::string_view zone) {
  if (zone.starts_with("Etc/")) zone.remove_prefix(4);
  return zone == "UTC" || zone == "UCT" || zone == "Zulu" || zone == "Universal";
}

std::string vtimezone(std::string_view name, sys_seconds first, sys_seconds horizon) {
  const date::time_zone* const zone = find_zone(name);
  if (!zone) return "";
  const Timeline timeline = timeline_of(*zone, first, horizon);
  std::vector<std::vector<Onset>> kinds;
  for (const Onset& onset : timeline.within) {
    const auto known = std::ranges::find_if(
        kinds, [&](const auto& kind) { return kind.front().same_kind(onset); });
    if (known == kinds.end())
      kinds.push_back({onset});
    else
      known->push_back(onset);
  }
  // Summer time is what the clocks are put forward to and back from: tzdata has it the other way
  // round for Ireland, and a country that changes its offset for good has none.
  const auto is_daylight = [&](const Onset& onset) {
    return onset.to > onset.from && std::ranges::any_of(kinds, [&](const auto& kind) {
             return kind.front().from == onset.to && kind.front().to == onset.from;
           });
  };
  std::string out;
  append_line(out, "BEGIN:VTIMEZONE");
  append_line(out, "TZID:" + std::string(name));
  for (const bool daylight : {true, false})
    for (const auto& kind : kinds)
      if (is_daylight(kind.front()) == daylight) write_kind(out, daylight, kind, timeline);
  append_line(out, "END:VTIMEZONE");
  return out;
}

}  // namespace gcal::icalendar
