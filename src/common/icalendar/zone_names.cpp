#include "src/common/icalendar/zone_names.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/windows_zones.hpp"
#include "src/common/icalendar/zone.hpp"

namespace gcal::icalendar {
namespace {

using std::chrono::seconds;

struct DisplayName {
  std::string_view shown, windows;
};

// Display names of Windows (Microsoft's page "Default time zones", also of older versions) whose
// places are no zones of IANA's with the same clocks; in lower case, "and" for "&".
constexpr std::array<DisplayName, 53> kDisplayNames{{
    {"international date line west", "Dateline Standard Time"},
    {"eniwetok, kwajalein", "Dateline Standard Time"},
    {"coordinated universal time", "UTC"},
    {"coordinated universal time-11", "UTC-11"},
    {"coordinated universal time-09", "UTC-09"},
    {"coordinated universal time-08", "UTC-08"},
    {"coordinated universal time-02", "UTC-02"},
    {"coordinated universal time+12", "UTC+12"},
    {"coordinated universal time+13", "UTC+13"},
    {"aleutian islands", "Aleutian Standard Time"},
    {"marquesas islands", "Marquesas Standard Time"},
    {"baja california", "Pacific Standard Time (Mexico)"},
    {"pacific time (us and canada); tijuana", "Pacific Standard Time"},
    {"central america", "Central America Standard Time"},
    {"easter island", "Easter Island Standard Time"},
    {"guadalajara, mexico city, monterrey", "Central Standard Time (Mexico)"},
    {"chihuahua, la paz, mazatlan", "Mountain Standard Time (Mexico)"},
    {"la paz, mazatlan", "Mountain Standard Time (Mexico)"},
    {"chetumal", "Eastern Standard Time (Mexico)"},
    {"indiana (east)", "US Eastern Standard Time"},
    {"turks and caicos", "Turks And Caicos Standard Time"},
    {"georgetown, la paz, manaus, san juan", "SA Western Standard Time"},
    {"brasilia", "E. South America Standard Time"},
    {"cayenne, fortaleza", "SA Eastern Standard Time"},
    {"city of buenos aires", "Argentina Standard Time"},
    {"salvador", "Bahia Standard Time"},
    {"saint pierre and miquelon", "Saint Pierre Standard Time"},
    {"cabo verde is.", "Cape Verde Standard Time"},
    {"cape verde is.", "Cape Verde Standard Time"},
    {"monrovia, reykjavik", "Greenwich Standard Time"},
    {"west central africa", "W. Central Africa Standard Time"},
    {"athens, bucharest, istanbul", "GTB Standard Time"},
    {"athens, beirut, istanbul, minsk", "GTB Standard Time"},
    {"athens, istanbul, minsk", "GTB Standard Time"},
    {"helsinki, kiev, riga, sofia, tallinn, vilnius", "FLE Standard Time"},
    {"abu dhabi, muscat", "Arabian Standard Time"},
    {"kuwait, riyadh", "Arab Standard Time"},
    {"port louis", "Mauritius Standard Time"},
    {"islamabad, karachi", "Pakistan Standard Time"},
    {"ashgabat, tashkent", "West Asia Standard Time"},
    {"ekaterinburg", "Ekaterinburg Standard Time"},
    {"chennai, kolkata, mumbai, new delhi", "India Standard Time"},
    {"sri jayawardenepura", "Sri Lanka Standard Time"},
    {"yangon (rangoon)", "Myanmar Standard Time"},
    {"beijing, chongqing, hong kong, urumqi", "China Standard Time"},
    {"lord howe island", "Lord Howe Standard Time"},
    {"bougainville island", "Bougainville Standard Time"},
    {"solomon is., new caledonia", "Central Pacific Standard Time"},
    {"anadyr, petropavlovsk-kamchatsky", "Russia Time Zone 11"},
    {"chokurdakh", "Russia Time Zone 10"},
    {"auckland, wellington", "New Zealand Standard Time"},
    {"nuku'alofa", "Tonga Standard Time"},
    {"kiritimati island", "Line Islands Standard Time"},
}};

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '"')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '"')) text.remove_suffix(1);
  return std::string(text);
}

// Lower case, single spaces, "and" for "&".
std::string normal(std::string_view text) {
  std::string out;
  for (const char c : lower(trimmed(text))) {
    if (c == '&')
      out += "and";
    else if (c != ' ' || !out.ends_with(' '))
      out += c;
  }
  return out;
}

// Names in lower case with '_' for spaces -> IANA names. Neither table is ever destroyed: a plugin
// may hold no static with a destructor.
const std::map<std::string, std::string, std::less<>>& zones_by_name() {
  using Names = std::map<std::string, std::string, std::less<>>;
  static const Names* const kZones = [] {
    auto zones = std::make_unique<Names>();
    for (const std::string& name : zone_names()) (*zones)[lower(name)] = name;
    return zones.release();
  }();
  return *kZones;
}

// Places in lower case (the last part of a name with '/') -> every zone that has it.
const std::multimap<std::string, std::string, std::less<>>& zones_by_place() {
  using Places = std::multimap<std::string, std::string, std::less<>>;
  static const Places* const kZones = [] {
    auto zones = std::make_unique<Places>();
    for (const std::string& name : zone_names()) {
      const std::size_t slash = name.rfind('/');
      if (slash == std::string::npos || name.starts_with("Etc/")) continue;
      std::string place = lower(name.substr(slash + 1));
      std::ranges::replace(place, '_', ' ');
      zones->emplace(std::move(place), name);
    }
    return zones.release();
  }();
  return *kZones;
}

// An IANA name in any case, with spaces for '_'; also the last parts of a path, as
// "/softwarestudio.org/Tzfile/America/Chicago" has them. One part alone only behind such a path.
std::optional<NamedZone> iana_name(const std::string& name) {
  if (is_zone(name)) return NamedZone{name, true};
  std::string text = lower(name);
  std::ranges::replace(text, ' ', '_');
  const auto& zones = zones_by_name();
  if (const auto found = zones.find(text); found != zones.end())
    return NamedZone{found->second, true};
  for (std::size_t at = text.find('/'); at != std::string::npos; at = text.find('/', at + 1)) {
    const std::string_view rest = std::string_view(text).substr(at + 1);
    if (rest.find('/') == std::string_view::npos && !text.starts_with('/')) break;
    if (const auto found = zones.find(rest); found != zones.end())
      return NamedZone{found->second, true};
  }
  return std::nullopt;
}

std::optional<std::string> windows_name(std::string_view text) {
  const std::string wanted = normal(text);
  for (const WindowsZone& zone : windows_zones())
    if (lower(zone.windows) == wanted) return std::string(zone.iana);
  return std::nullopt;
}

// "+01:00", "-0500", "+1" -> seconds; nothing for another text.
std::optional<seconds> offset_of(std::string_view text) {
  if (text.size() < 2 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const bool minus = text.front() == '-';
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c == ':') continue;
    if (c < '0' || c > '9') return std::nullopt;
    digits += c;
  }
  if (digits.size() > 4) return std::nullopt;
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const int minutes = digits.size() <= 2 ? number * 60 : number / 100 * 60 + number % 100;
  return seconds{(minus ? -60 : 60) * minutes};
}

// "UTC+01:00", "GMT-5", "+05:30", "Z": a zone whose clocks never change.
std::optional<std::string> fixed_offset(const std::string& name) {
  const std::string text = lower(name);
  if (text == "z") return "UTC";
  const bool named = text.starts_with("utc") || text.starts_with("gmt");
  const auto offset = offset_of(std::string_view(text).substr(named ? 3 : 0));
  return offset ? zone_of_offset(*offset) : std::nullopt;
}

// The offset of winter and of summer in 2026.
std::pair<seconds, seconds> clocks(const std::string& zone) {
  const auto at = [&](std::chrono::month month) {
    return Zone::find(zone)->offset(std::chrono::sys_days{std::chrono::year{2026} / month / 15});
  };
  return {at(std::chrono::January), at(std::chrono::July)};
}

// "(UTC+08:00) Kuala Lumpur, Singapore": the first place that is one of IANA's, where all that are
// have the same clocks. `standard` is the offset in front, if there is one.
std::optional<std::string> zone_of_places(std::string_view text, std::optional<seconds> standard) {
  std::optional<std::string> found;
  for (const std::string_view part : split(text, ',')) {
    const auto [begin, end] = zones_by_place().equal_range(normal(part));
    for (auto place = begin; place != end; ++place) {
      const auto [winter, summer] = clocks(place->second);
      if (standard && std::min(winter, summer) != *standard) continue;
      if (found && clocks(*found) != std::pair(winter, summer)) return std::nullopt;
      if (!found) found = place->second;
    }
  }
  return found;
}

// "Eastern", "Eastern Time (US & Canada)", "Eastern Daylight Time", "Eastern Standard Time 1" ->
// the zone of "Eastern Standard Time".
std::optional<std::string> zone_of_short_name(std::string text) {
  while (!text.empty() && ((text.back() >= '0' && text.back() <= '9') || text.back() == ' '))
    text.pop_back();
  if (auto zone = windows_name(text)) return zone;
  if (text.ends_with(')')) text = text.substr(0, text.rfind('('));
  text = trimmed(text);
  for (const std::string_view end : {" daylight time", " summer time", " standard time", " time"})
    if (text.ends_with(end)) {
      text.resize(text.size() - end.size());
      break;
    }
  return text.empty() ? std::nullopt : windows_name(text + " standard time");
}

}  // namespace

std::optional<std::string> zone_of_offset(seconds offset) {
  using std::chrono::hours;
  using std::chrono::minutes;
  // IANA's zones of a fixed offset have whole hours. These have other ones, and no summer time.
  static constexpr std::array<std::pair<minutes, std::string_view>, 8> kPlaces{
      {{hours{3} + minutes{30}, "Asia/Tehran"},
       {hours{4} + minutes{30}, "Asia/Kabul"},
       {hours{5} + minutes{30}, "Asia/Kolkata"},
       {hours{5} + minutes{45}, "Asia/Kathmandu"},
       {hours{6} + minutes{30}, "Asia/Yangon"},
       {hours{8} + minutes{45}, "Australia/Eucla"},
       {hours{9} + minutes{30}, "Australia/Darwin"},
       {-(hours{9} + minutes{30}), "Pacific/Marquesas"}}};
  for (const auto& [place_offset, place] : kPlaces)
    if (place_offset == offset) return std::string(place);
  if (offset.count() % 3600 != 0) return std::nullopt;
  const long long whole = offset.count() / 3600;
  if (whole == 0) return "Etc/UTC";
  std::string zone =
      std::string("Etc/GMT") + (whole > 0 ? "-" : "+") + std::to_string(std::abs(whole));
  if (!is_zone(zone)) return std::nullopt;
  return zone;
}

std::optional<NamedZone> zone_of_name(std::string_view tzid) {
  if (tzid.size() > 256) return std::nullopt;
  std::string name = trimmed(tzid);
  if (lower(name).starts_with("tzone://microsoft/")) name = name.substr(18);
  if (name.empty()) return std::nullopt;
  if (auto zone = iana_name(name)) return zone;
  const auto loosely = [](std::string zone) { return NamedZone{std::move(zone), false}; };
  if (const auto zone = windows_name(name)) return loosely(*zone);
  if (const auto zone = fixed_offset(name)) return loosely(*zone);
  std::string text = normal(name);
  std::optional<seconds> standard;
  if (text.starts_with("(utc") || text.starts_with("(gmt")) {
    const std::size_t close = text.find(')');
    if (close == std::string::npos) return std::nullopt;
    standard = close == 4 ? seconds{0} : offset_of(std::string_view(text).substr(4, close - 4));
    text = normal(std::string_view(text).substr(close + 1));
    if (text.empty() && standard) {
      const auto zone = zone_of_offset(*standard);
      return zone ? std::optional(loosely(*zone)) : std::nullopt;
    }
  }
  if (const std::size_t colon = text.find(" : "); colon != std::string::npos)
    text = text.substr(colon + 3);  // "Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London"
  for (const DisplayName& known : kDisplayNames)
    if (known.shown == text) return loosely(std::string(*zone_of_windows_name(known.windows)));
  if (const auto zone = zone_of_short_name(text)) return loosely(*zone);
  if (const auto zone = zone_of_places(text, standard)) return loosely(*zone);
  return std::nullopt;
}

}  // namespace gcal::icalendar
