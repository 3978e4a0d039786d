#include "src/emulator/load/ics_zones.hpp"

#include <algorithm>

#include "src/common/base/utf8.hpp"
#include "src/common/icalendar/windows_zones.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/common/icalendar/zone_names.hpp"

namespace emulator {
namespace ical = gcal::icalendar;
namespace {

using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

// A single event should get a zone with the clocks of the whole year, not any with its offset.
constexpr days kAround{366};

sys_seconds as_utc(local_seconds wall) {
  return sys_seconds{wall.time_since_epoch()};
}

// The property TZID is a text, in which commas are escaped; the parameter is not.
std::string plain(const std::string& tzid) {
  const std::string text = unescape_ics(tzid);
  const std::size_t begin = text.find_first_not_of(" \"");
  return begin == std::string::npos ? ""
                                    : text.substr(begin, text.find_last_not_of(" \"") + 1 - begin);
}

// Do both clocks show the same from `from` until `until`? Asked each week and around each change of
// the rules: no zone changes for less than a week.
bool agree(const VTimeZone& rules, const ical::Zone& zone, sys_seconds from, sys_seconds until) {
  for (sys_seconds at = from; at <= until; at += days{7})
    if (rules.offset(at) != zone.offset(at)) return false;
  for (const VTimeZone::Change& change : rules.changes()) {
    if (change.at < from || change.at > until) continue;
    for (const sys_seconds at : {change.at - seconds{1}, change.at})
      if (rules.offset(at) != zone.offset(at)) return false;
  }
  return rules.offset(until) == zone.offset(until);
}

bool agree(const VTimeZone& rules, const std::string& name, sys_seconds from, sys_seconds until) {
  const auto zone = ical::Zone::find(name);
  return zone && agree(rules, *zone, from, until);
}

}  // namespace

sys_seconds IcsZone::to_instant(local_seconds local) const {
  if (rules) return rules->to_instant(local);
  const auto zone = ical::Zone::find(name);
  return zone ? zone->to_instant(local) : as_utc(local);
}

local_seconds IcsZone::to_local(sys_seconds instant) const {
  if (rules) return local_seconds{(instant + rules->offset(instant)).time_since_epoch()};
  const auto zone = ical::Zone::find(name);
  return zone ? zone->to_local(instant) : local_seconds{instant.time_since_epoch()};
}

IcsZones::IcsZones(const std::vector<IcsComponent>& zones, std::string floating,
                   std::vector<std::string>& problems)
    : floating_(std::move(floating)) {
  for (const IcsComponent& zone : zones) {
    const IcsProperty* tzid = zone.first("TZID");
    if (!tzid) {
      problems.push_back(at_line(zone.line, "VTIMEZONE without TZID"));
      continue;
    }
    const std::string name = plain(tzid->value);
    if (const IcsProperty* location = zone.first("X-LIC-LOCATION"))
      locations_.emplace(name, location->value);
    if (auto rules = VTimeZone::read(zone, problems)) rules_.emplace(name, *rules);
  }
}

std::optional<std::string> IcsZones::same_clocks(const std::string& tzid, const VTimeZone& rules,
                                                 sys_seconds from, sys_seconds until) {
  const auto location = locations_.find(tzid);
  const auto fits = [&](const std::string& name) { return agree(rules, name, from, until); };
  for (const std::string& name :
       {location == locations_.end() ? std::string() : location->second, tzid}) {
    const auto named = ical::zone_of_name(name);
    if (named && fits(named->zone)) return named->zone;
  }
  if (const std::string& last = last_found_[tzid]; fits(last)) return last;
  if (fits(floating_)) return last_found_[tzid] = floating_;
  for (const ical::WindowsZone& zone : ical::windows_zones())
    if (fits(std::string(zone.iana))) return last_found_[tzid] = zone.iana;
  static const std::vector<std::string> kNames = ical::zone_names();
  for (const std::string& name : kNames)
    if (fits(name)) return last_found_[tzid] = name;
  return std::nullopt;
}

std::optional<std::string> IcsZones::zone_of_first_year(const std::string& written,
                                                        local_seconds start) {
  const std::string tzid = plain(written);
  const auto rules = rules_.find(tzid);
  if (rules == rules_.end()) return std::nullopt;
  return same_clocks(tzid, rules->second, as_utc(start) - days{1}, as_utc(start) + kAround);
}

IcsZone IcsZones::find(const std::string& written, local_seconds from, local_seconds until,
                       std::size_t line, std::vector<std::string>& problems) {
  const std::string tzid = plain(written);
  if (tzid.empty()) return {floating_, nullptr};
  const auto named = ical::zone_of_name(tzid);
  if (named && named->exact) return {named->zone, nullptr};
  if (const auto rules = rules_.find(tzid); rules != rules_.end()) {
    for (const days around : {kAround, days{1}})
      if (auto zone =
              same_clocks(tzid, rules->second, as_utc(from) - days{1}, as_utc(until) + around))
        return {*zone, nullptr};
    return {"UTC", &rules->second};
  }
  if (named) return {named->zone, nullptr};
  if (reported_.insert(tzid).second)
    problems.push_back(at_line(line, "TZID " + std::string(gcal::base::beginning(tzid, 60)) +
                                         " is no known time zone and the file has no rules for " +
                                         "it: " + floating_ + " is taken"));
  return {floating_, nullptr};
}

IcsZone IcsZones::zone_of(const IcsTime& time, std::size_t line,
                          std::vector<std::string>& problems) {
  if (time.is_utc) return {"UTC", nullptr};
  return find(time.zone, time.wall, time.wall, line, problems);
}

}  // namespace emulator
