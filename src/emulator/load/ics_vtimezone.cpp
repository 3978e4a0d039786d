#include "src/emulator/load/ics_vtimezone.hpp"

#include <algorithm>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rule_starts.hpp"
#include "src/emulator/load/ics_time.hpp"

namespace emulator {
namespace ical = gcal::icalendar;
namespace {

using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::size_t kMaxOnsets = 2'000;  // of one observance
constexpr local_seconds kEnd =
    std::chrono::local_days{std::chrono::year{2100} / std::chrono::January / 1};

// UTC-OFFSET (RFC 5545 section 3.3.14): "+0100", "-013045"; "+01:00" is read as well.
std::optional<seconds> read_offset(const IcsProperty* property) {
  if (!property) return std::nullopt;
  std::string text = property->value;
  std::erase_if(text, [](char c) { return c == ':' || c == ' '; });
  if (text.size() == 3) text += "00";
  if (text.size() != 5 && text.size() != 7) return std::nullopt;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  if (!std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  const int value = two(1) * 3600 + two(3) * 60 + (text.size() == 7 ? two(5) : 0);
  if (value > 15 * 3600) return std::nullopt;
  return seconds{text[0] == '-' ? -value : value};
}

struct Observance {
  local_seconds start{};
  seconds from{}, to{};
  std::vector<local_seconds> onsets;  // on the clock of `from`
};

// The onsets that one RRULE names. The start is one of them only where the rule says so.
void add_rule(const IcsProperty& property, Observance& out, std::vector<std::string>& problems) {
  const auto refuse = [&] {
    problems.push_back(at_line(property.line, "a rule of the time zone cannot be read"));
  };
  const auto line = ical::parse_line("RRULE:" + property.value);
  if (!line) return refuse();
  const ical::RuleParts parts = ical::parse_rule(line->value);
  const auto rule = ical::RecurrenceRule::parse(*line);
  if (!rule || rule->is_within_day() || !ical::numbers_in_bounds(parts)) return refuse();
  std::optional<local_seconds> until;
  if (const std::string* text = ical::find_part(parts, "UNTIL")) {
    const auto value = ical::parse_date_or_time(*text);
    if (!value) return refuse();
    until = value->wall + (value->is_utc ? out.from : seconds{0}) +
            (value->is_date ? std::chrono::hours{24} - seconds{1} : seconds{0});
  }
  ical::RuleStarts starts(*rule, out.start, false, until);
  while (out.onsets.size() < kMaxOnsets) {
    const auto next = starts.next();
    if (!next || *next >= kEnd) break;
    out.onsets.push_back(*next);
  }
}

std::optional<Observance> read_observance(const IcsComponent& part,
                                          std::vector<std::string>& problems) {
  const IcsProperty* start = part.first("DTSTART");
  const auto time = start ? read_time(start->value, *start, problems) : std::nullopt;
  const auto from = read_offset(part.first("TZOFFSETFROM"));
  const auto to = read_offset(part.first("TZOFFSETTO"));
  if (!time || !to) {
    problems.push_back(at_line(
        part.line, part.name + " of a time zone needs DTSTART, " + "TZOFFSETFROM and TZOFFSETTO"));
    return std::nullopt;
  }
  Observance out{time->wall, from.value_or(*to), *to, {}};
  if (time->is_utc) out.start += out.from;
  for (const IcsProperty* rule : part.all("RRULE")) add_rule(*rule, out, problems);
  for (const IcsProperty* dates : part.all("RDATE"))
    for (const std::string_view text : ical::split(dates->value, ','))
      if (const auto date = read_time(text.substr(0, text.find('/')), *dates, problems))
        out.onsets.push_back(date->wall + (date->is_utc ? out.from : seconds{0}));
  // The start is an onset itself unless a rule says when the clocks change.
  if (part.all("RRULE").empty() || out.onsets.empty()) out.onsets.push_back(out.start);
  return out;
}

}  // namespace

std::optional<VTimeZone> VTimeZone::read(const IcsComponent& zone,
                                         std::vector<std::string>& problems) {
  VTimeZone out;
  std::vector<Observance> observances;
  for (const IcsComponent& part : zone.parts)
    if (part.name == "STANDARD" || part.name == "DAYLIGHT")
      if (auto observance = read_observance(part, problems))
        observances.push_back(std::move(*observance));
  if (observances.empty()) return std::nullopt;
  for (const Observance& observance : observances)
    for (const local_seconds onset : observance.onsets)
      out.changes_.push_back(
          {sys_seconds{onset.time_since_epoch() - observance.from}, observance.to});
  std::ranges::stable_sort(out.changes_, {}, &Change::at);
  const auto first = std::ranges::min_element(observances, {}, &Observance::start);
  out.first_ = first->from;
  return out;
}

seconds VTimeZone::offset(sys_seconds instant) const {
  const auto next = std::ranges::upper_bound(changes_, instant, {}, &Change::at);
  return next == changes_.begin() ? first_ : std::prev(next)->offset;
}

sys_seconds VTimeZone::to_instant(local_seconds local) const {
  seconds offset = first_;
  for (const Change& change : changes_) {
    // The clock of before counts up to the end of what is left out or comes twice.
    if (local.time_since_epoch() < change.at.time_since_epoch() + std::max(offset, change.offset))
      break;
    offset = change.offset;
  }
  return sys_seconds{local.time_since_epoch() - offset};
}

}  // namespace emulator
