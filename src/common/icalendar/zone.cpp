#include "src/common/icalendar/zone.hpp"

#include <date/tz.h>

#include <algorithm>

#include "src/common/icalendar/zone_names.hpp"

namespace gcal::icalendar {
namespace {

using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::size_t kMaxName = 64;
constexpr year kLastYear{2037};  // of the zone files

Error unknown(std::string_view name) {
  return {
      Code::invalid, "\"" + std::string(name.substr(0, kMaxName)) + "\" is no known time zone", {}};
}

// From a time after the zone files to the time of 2027 to 2037 with the same date and weekday.
// Those eleven years begin on every weekday, before the leap day and after it.
days to_last_years(sys_days day) {
  const year_month_day date{day};
  const auto month =
      date.month() <= std::chrono::February ? std::chrono::January : std::chrono::March;
  const sys_days anchor{date.year() / month / 1};
  for (year candidate = kLastYear;; --candidate) {
    const sys_days moved{candidate / month / 1};
    if ((anchor - moved).count() % 7 == 0) return moved - anchor;
  }
}

// Is this the last rule of a file that ends in the middle of a zone's clock changes?
bool ends_early(const date::sys_info& info) {
  const year_month_day begin{std::chrono::floor<days>(info.begin)};
  const year_month_day end{std::chrono::floor<days>(info.end)};
  return begin.year() == kLastYear && end.year() > year{9999};
}

date::local_seconds to_date(local_seconds local) {
  return date::local_seconds{local.time_since_epoch()};
}

}  // namespace

std::optional<Zone> Zone::find(std::string_view name) {
  if (name.empty() || name.size() > kMaxName) return std::nullopt;
  try {
    return Zone(date::locate_zone(std::string(name)));
  } catch (const std::exception&) {
    return std::nullopt;  // how the library reports an unknown zone
  }
}

seconds Zone::offset(sys_seconds instant) const {
  const date::sys_info info = tables_->get_info(instant);
  const sys_days day = std::chrono::floor<days>(instant);
  if (year_month_day{day}.year() <= kLastYear || !ends_early(info)) return info.offset;
  return tables_->get_info(instant + to_last_years(day)).offset;
}

local_seconds Zone::to_local(sys_seconds instant) const {
  return local_seconds{(instant + offset(instant)).time_since_epoch()};
}

sys_seconds Zone::to_instant(local_seconds local) const {
  date::local_info info = tables_->get_info(to_date(local));
  const sys_days day{std::chrono::floor<days>(local).time_since_epoch()};
  if (year_month_day{day}.year() > kLastYear && ends_early(info.first))
    info = tables_->get_info(to_date(local + to_last_years(day)));
  // `first` is the offset before a clock change. A wall clock inside a gap was never shown: the
  // offset before the gap moves it past its end.
  return sys_seconds{local.time_since_epoch() - info.first.offset};
}

bool is_zone(std::string_view name) {
  return Zone::find(name).has_value();
}

std::vector<std::string> zone_names() {
  std::vector<std::string> names;
  for (const date::time_zone& zone : date::get_tzdb().zones)
    // Debian's copies of the whole tree are no names of IANA's.
    if (!zone.name().starts_with("posix") && !zone.name().starts_with("right"))
      names.push_back(zone.name());
  std::ranges::sort(names);
  return names;
}

Result<local_seconds> to_local(sys_seconds instant, std::string_view zone) {
  const std::optional<Zone> found = Zone::find(zone);
  if (!found) return unknown(zone);
  return found->to_local(instant);
}

Result<sys_seconds> to_instant(local_seconds local, std::string_view zone) {
  const std::optional<Zone> found = Zone::find(zone);
  if (!found) return unknown(zone);
  return found->to_instant(local);
}

Result<std::string> iana_zone(std::string_view name) {
  if (is_zone(name)) return std::string(name);
  if (auto known = zone_of_name(name)) return std::move(known->zone);
  return unknown(name);
}

}  // namespace gcal::icalendar
