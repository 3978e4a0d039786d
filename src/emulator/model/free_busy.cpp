// The busy times of a calendar, for freeBusy.query.
#include <algorithm>

#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/model/google_model.hpp"
#include "src/emulator/model/occurrences.hpp"

namespace emulator {
using gcal::icalendar::lower;
namespace {

constexpr std::size_t kMaxBusyInstances = 20'000;

bool blocks_time(const Event& event, const std::string& calendar_id) {
  if (event.fields.string("transparency") == "transparent") return false;
  for (const Json& attendee : event.fields["attendees"].items())
    if (attendee.string("email") == calendar_id && attendee.string("responseStatus") == "declined")
      return false;
  return true;
}

}  // namespace

const std::vector<std::string>* GoogleModel::group(const std::string& address) const {
  const auto found = groups_.find(lower(address));
  return found == groups_.end() ? nullptr : &found->second;
}

std::vector<std::pair<SysSeconds, SysSeconds>> GoogleModel::busy(const Calendar& calendar,
                                                                 SysSeconds from,
                                                                 SysSeconds until) const {
  std::vector<std::pair<SysSeconds, SysSeconds>> busy;
  const auto add = [&](SysSeconds start, SysSeconds end) {
    start = std::max(start, from);
    end = std::min(end, until);
    if (start < end) busy.emplace_back(start, end);
  };
  calendar.for_each_near(
      {from.time_since_epoch().count(), until.time_since_epoch().count()},
      [&](const StoredEvent& stored) {
        if (SysSeconds{std::chrono::seconds{stored.last_end}} <= from) return;
        if (is_deleted(calendar, stored)) return;
        if (!stored.is_series() && stored.start.at >= until) return;
        const Event event = stored.event();
        if (!blocks_time(event, calendar.id)) return;
        if (!event.is_series()) return add(event.start.at, event.end.at);
        const auto length = event.end.at - event.start.at;
        for_each_generated_instance(
            calendar, event, from - length - std::chrono::hours{2}, until, kMaxBusyInstances,
            [&](const EventTime& original) {
              add(original.at, instance_end(event.start, event.end, original, calendar.zone).at);
            });
      });
  std::sort(busy.begin(), busy.end());
  std::vector<std::pair<SysSeconds, SysSeconds>> joined;
  for (const auto& range : busy) {
    if (!joined.empty() && range.first <= joined.back().second)
      joined.back().second = std::max(joined.back().second, range.second);
    else
      joined.push_back(range);
  }
  return joined;
}

}  // namespace emulator
