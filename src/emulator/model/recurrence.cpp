#include "src/emulator/model/recurrence.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <set>

#include "src/common/icalendar/rule_starts.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/time_zone.hpp"

namespace emulator {
namespace cal = gcal::calendar;
namespace {

constexpr int kMaxSteps = 200'000;  // of one rule: DAILY for five centuries

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

// The rule without UNTIL, which is kept apart: it may be UTC while the start is local.
struct Rule {
  std::string text;
  std::string until;
  bool counted = false;
};

Rule split_rule(const std::string& value) {
  Rule rule;
  std::size_t at = 0;
  while (at <= value.size()) {
    const std::size_t end = std::min(value.find(';', at), value.size());
    const std::string part = value.substr(at, end - at);
    if (upper(part).starts_with("UNTIL=")) {
      rule.until = part.substr(6);
    } else if (!part.empty()) {
      if (upper(part).starts_with("COUNT=")) rule.counted = true;
      rule.text += (rule.text.empty() ? "" : ";") + part;
    }
    at = end + 1;
  }
  return rule;
}

// "20250401T045959Z", "20250401T065959", "20250401" -> RFC 3339 pieces.
std::optional<Moment> read_basic(const std::string& text, const std::string& zone,
                                 const std::string& calendar_zone, bool all_day) {
  if (text.size() < 8) return std::nullopt;
  const std::string date = text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2);
  if (!cal::parse_date(date)) return std::nullopt;
  Moment moment;
  if (all_day) {
    moment.all_day = true;
    moment.date = date;
    moment.at = midnight(date, calendar_zone);
    return moment;
  }
  if (text.size() < 15 || (text[8] != 'T' && text[8] != 't')) return std::nullopt;
  const std::string time =
      date + "T" + text.substr(9, 2) + ":" + text.substr(11, 2) + ":" + text.substr(13, 2);
  auto at = text.size() > 15 && upper(text.substr(15)) == "Z" ? cal::parse_rfc3339(time + "Z")
                                                              : cal::parse_local(time, zone);
  if (!at) return std::nullopt;
  moment.at = *at;
  moment.zone = zone;
  return moment;
}

struct Line {
  std::string name, value, zone;
  bool is_date = false;
};

Line split_line(const std::string& text) {
  Line line;
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return line;
  std::string head = text.substr(0, colon);
  line.value = text.substr(colon + 1);
  const std::size_t semicolon = head.find(';');
  line.name = upper(head.substr(0, semicolon));
  while (semicolon != std::string::npos && head.find(';') != std::string::npos) {
    const std::size_t at = head.find(';');
    const std::size_t end = std::min(head.find(';', at + 1), head.size());
    const std::string parameter = head.substr(at + 1, end - at - 1);
    if (upper(parameter).starts_with("TZID=")) line.zone = parameter.substr(5);
    if (upper(parameter) == "VALUE=DATE") line.is_date = true;
    head.erase(at, end - at);
  }
  return line;
}

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

const std::string& zone_of(const Moment& start, const std::string& calendar_zone) {
  return start.zone.empty() ? calendar_zone : start.zone;
}

icaltimetype to_ical(const Moment& start, const std::string& calendar_zone) {
  if (start.all_day) return icaltime_from_string(instance_suffix(start).c_str());
  const auto local = cal::to_local(start.at, zone_of(start, calendar_zone));
  Moment wall;
  wall.at = Seconds{local ? local->time_since_epoch() : start.at.time_since_epoch()};
  std::string text = instance_suffix(wall);
  text.pop_back();  // the Z: the rule runs on the wall clock
  return icaltime_from_string(text.c_str());
}

// Every start of one rule, in order, until `until`, the limit or the rule ends. visit() answers
// false to stop.
template <class Visit>
void run_rule(const std::string& value, const Moment& start, const std::string& calendar_zone,
              Visit visit) {
  const Rule rule = split_rule(value);
  const std::string& zone = zone_of(start, calendar_zone);
  std::optional<Moment> until;
  if (!rule.until.empty()) {
    until = read_basic(rule.until, zone, calendar_zone, start.all_day || rule.until.size() == 8);
    if (!until) return;
    if (!start.all_day && until->all_day)
      until->at = midnight(date_text(days_of(until->date) + 1), zone) - std::chrono::seconds{1};
  }
  icalrecurrencetype recurrence = icalrecurrencetype_from_string(rule.text.c_str());
  if (recurrence.freq == ICAL_NO_RECURRENCE) return;
  const icaltimetype wall_start = to_ical(start, calendar_zone);
  gcal::expansion::RuleStarts starts(recurrence, wall_start);
  for (int step = 0; step < kMaxSteps; ++step) {
    const icaltimetype next = starts.next();
    if (icaltime_is_null_time(next)) break;
    Moment moment;
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", next.year % 10000, next.month % 100,
                  next.day % 100);
    if (start.all_day) {
      moment.all_day = true;
      moment.date = text;
      moment.at = midnight(moment.date, calendar_zone);
    } else {
      char time[32];
      std::snprintf(time, sizeof time, "T%02d:%02d:%02d", next.hour % 100, next.minute % 100,
                    next.second % 100);
      const auto at = cal::parse_local(std::string(text) + time, zone);
      if (!at) continue;
      moment.at = icaltime_compare(next, wall_start) == 0
                      ? start.at
                      : *at;  // in the hour that comes twice the start says which one it is
      moment.zone = start.zone;
    }
    if (until && moment.at > until->at) break;
    if (!visit(std::move(moment))) break;
  }
}

// Every number of a rule within RFC 5545's bounds, and BYDAY's ordinals within what a month or a
// year has: libical takes any and runs for minutes.
bool numbers_fit(const std::string& rule, icalrecurrencetype_frequency frequency) {
  struct Bound {
    std::string_view name;
    long least, most;
    bool negative;
  };
  static constexpr Bound kBounds[] = {{"INTERVAL=", 1, 9'999, false}, {"COUNT=", 1, 99'999, false},
                                      {"BYSECOND=", 0, 60, false},    {"BYMINUTE=", 0, 59, false},
                                      {"BYHOUR=", 0, 23, false},      {"BYMONTHDAY=", 1, 31, true},
                                      {"BYYEARDAY=", 1, 366, true},   {"BYWEEKNO=", 1, 53, true},
                                      {"BYMONTH=", 1, 12, false},     {"BYSETPOS=", 1, 366, true}};
  const auto fits = [](std::string_view text, long least, long most, bool negative) {
    const bool minus = text.starts_with('-');
    if (minus || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || text.size() > 5 ||
        text.find_first_not_of("0123456789") != std::string_view::npos)
      return false;
    const long value = std::strtol(std::string(text).c_str(), nullptr, 10);
    return (!minus || negative) && value >= least && value <= most;
  };
  std::size_t at = 0;
  while (at <= rule.size()) {
    const std::size_t end = std::min(rule.find(';', at), rule.size());
    const std::string part = upper(rule.substr(at, end - at));
    at = end + 1;
    for (const Bound& bound : kBounds) {
      if (!part.starts_with(bound.name)) continue;
      for (const std::string& value : split_commas(part.substr(bound.name.size())))
        if (!fits(value, bound.least, bound.most, bound.negative)) return false;
    }
    if (!part.starts_with("BYDAY=")) continue;
    for (const std::string& value : split_commas(part.substr(6))) {
      if (value.size() < 2) return false;
      const std::string ordinal = value.substr(0, value.size() - 2);
      if (ordinal.empty()) continue;
      if (frequency != ICAL_MONTHLY_RECURRENCE && frequency != ICAL_YEARLY_RECURRENCE) return false;
      if (!fits(ordinal, 1, frequency == ICAL_MONTHLY_RECURRENCE ? 5 : 53, true)) return false;
    }
  }
  return true;
}

struct Earlier {
  bool operator()(const Moment& a, const Moment& b) const { return a.at < b.at; }
};

}  // namespace

Outcome<> check_recurrence(const std::vector<std::string>& lines, const Moment& start) {
  for (const std::string& text : lines) {
    if (!cal::check_recurrence_line(text)) return bad("invalid", "Invalid recurrence rule.");
    const Line line = split_line(text);
    if (line.name == "RRULE" || line.name == "EXRULE") {
      const Rule rule = split_rule(line.value);
      icalrecurrencetype recurrence = icalrecurrencetype_from_string(rule.text.c_str());
      // Nothing repeats within a day. (A guess; and libical walks such rules second by second, for
      // minutes.)
      if (recurrence.freq == ICAL_NO_RECURRENCE || recurrence.freq < ICAL_DAILY_RECURRENCE ||
          !numbers_fit(line.value, recurrence.freq))
        return bad("invalid", "Invalid recurrence rule.");
      if (!rule.until.empty()) {
        if (rule.counted) return bad("invalid", "Invalid recurrence rule.");
        const bool date_only = rule.until.size() == 8;
        if (start.all_day && !date_only) return bad("invalid", "Invalid recurrence rule.");
        if (!read_basic(rule.until, "UTC", "UTC", date_only))
          return bad("invalid", "Invalid recurrence rule.");
      }
    } else if (line.name == "RDATE" || line.name == "EXDATE") {
      if (!line.zone.empty() && !known_zone(line.zone))
        return bad("invalid", "Invalid recurrence rule.");
      for (const std::string& value : split_commas(line.value))
        if (!read_basic(value, "UTC", "UTC", value.size() == 8))
          return bad("invalid", "Invalid recurrence rule.");
    } else {
      return bad("invalid", "Invalid recurrence rule.");
    }
  }
  return Done{};
}

std::vector<Moment> expand(const std::vector<std::string>& lines, const Moment& start,
                           const std::string& calendar_zone, Seconds from, Seconds until,
                           std::size_t limit) {
  std::set<Moment, Earlier> starts;
  std::set<Seconds> left_out;
  for (const std::string& text : lines) {
    const Line line = split_line(text);
    const std::string& zone = line.zone.empty() ? zone_of(start, calendar_zone) : line.zone;
    if (line.name == "RRULE") {
      run_rule(line.value, start, calendar_zone, [&](Moment moment) {
        if (moment.at >= until) return false;
        if (moment.at >= from) starts.insert(std::move(moment));
        return starts.size() < limit + 400;  // room for what EXDATE lines take away
      });
    } else if (line.name == "EXRULE") {
      run_rule(line.value, start, calendar_zone, [&](const Moment& moment) {
        if (moment.at >= until) return false;
        left_out.insert(moment.at);
        return true;
      });
    } else if (line.name == "RDATE" || line.name == "EXDATE") {
      for (std::string value : split_commas(line.value)) {
        value = value.substr(0, value.find('/'));
        // A date on a timed series names nothing, as with Google.
        if ((value.size() == 8) != start.all_day) continue;
        std::optional<Moment> moment = read_basic(value, zone, calendar_zone, start.all_day);
        if (!moment) continue;
        if (line.name == "EXDATE") {
          left_out.insert(moment->at);
        } else if (moment->at >= from && moment->at < until) {
          moment->zone = start.zone;
          starts.insert(std::move(*moment));
        }
      }
    }
  }
  // The start belongs to the set even when no line names it, and then a COUNT does not count it.
  if (start.at >= from && start.at < until) starts.insert(start);
  std::vector<Moment> result;
  for (const Moment& moment : starts) {
    if (left_out.contains(moment.at)) continue;
    if (result.size() == limit) break;
    result.push_back(moment);
  }
  return result;
}

std::size_t named_before(const std::string& rule, const Moment& start,
                         const std::string& calendar_zone, Seconds until) {
  std::size_t count = 0;
  run_rule(split_line(rule).value, start, calendar_zone, [&](const Moment& moment) {
    if (moment.at >= until) return false;
    ++count;
    return true;
  });
  return count;
}

std::int64_t last_start(const std::vector<std::string>& lines, const Moment& start,
                        const std::string& calendar_zone) {
  std::int64_t last = start.at.time_since_epoch().count();
  for (const std::string& text : lines) {
    const Line line = split_line(text);
    if (line.name == "RRULE") {
      const Rule rule = split_rule(line.value);
      if (rule.counted) {
        run_rule(line.value, start, calendar_zone, [&](const Moment& moment) {
          last = std::max<std::int64_t>(last, moment.at.time_since_epoch().count());
          return true;
        });
      } else if (rule.until.empty()) {
        return kEndless;
      } else if (auto until = read_basic(rule.until, zone_of(start, calendar_zone), calendar_zone,
                                         start.all_day || rule.until.size() == 8)) {
        last = std::max<std::int64_t>(
            last, until->at.time_since_epoch().count() + (until->all_day ? 86'400 : 0));
      }
    } else if (line.name == "RDATE") {
      for (std::string value : split_commas(line.value)) {
        value = value.substr(0, value.find('/'));
        if (auto moment =
                read_basic(value, line.zone.empty() ? zone_of(start, calendar_zone) : line.zone,
                           calendar_zone, start.all_day))
          last = std::max<std::int64_t>(last, moment->at.time_since_epoch().count());
      }
    }
  }
  return last;
}

}  // namespace emulator
