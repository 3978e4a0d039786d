// When somebody is busy, for freeBusy.query.
#include <algorithm>

#include "src/emulator/model/google.hpp"

namespace emulator {
namespace {

constexpr std::size_t kMaxInstances = 20'000;

bool blocks(const Event& event, const std::string& calendar_id) {
  if (event.fields.string("transparency") == "transparent") return false;
  for (const Json& attendee : event.fields["attendees"].items())
    if (attendee.string("email") == calendar_id && attendee.string("responseStatus") == "declined")
      return false;
  return true;
}

}  // namespace

const std::vector<std::string>* Google::group(const std::string& address) const {
  const auto found = groups_.find(lower(address));
  return found == groups_.end() ? nullptr : &found->second;
}

std::vector<std::pair<Seconds, Seconds>> Google::busy(const Calendar& calendar, Seconds from,
                                                      Seconds until) const {
  std::vector<std::pair<Seconds, Seconds>> stretches;
  const auto add = [&](Seconds start, Seconds end) {
    start = std::max(start, from);
    end = std::min(end, until);
    if (start < end) stretches.emplace_back(start, end);
  };
  for (const auto& [change, stored] : calendar.changes()) {
    if (stored->cancelled || Seconds{std::chrono::seconds{stored->last_end}} <= from) continue;
    if (!stored->is_series() && stored->start.at >= until) continue;
    const Event event = stored->event();
    if (!blocks(event, calendar.id)) continue;
    if (!event.is_series()) {
      add(event.start.at, event.end.at);
      continue;
    }
    const auto length = event.end.at - event.start.at;
    for (const Moment& original :
         expand(event.recurrence(), event.start, calendar.zone,
                from - length - std::chrono::hours{2}, until, kMaxInstances)) {
      if (const StoredEvent* exception = calendar.exception_at(event.id, original.at);
          exception && !exception->bare)
        continue;
      const Event instance = make_instance(event, original, calendar.zone);
      add(instance.start.at, instance.end.at);
    }
  }
  std::sort(stretches.begin(), stretches.end());
  std::vector<std::pair<Seconds, Seconds>> merged;
  for (const auto& stretch : stretches) {
    if (!merged.empty() && stretch.first <= merged.back().second)
      merged.back().second = std::max(merged.back().second, stretch.second);
    else
      merged.push_back(stretch);
  }
  return merged;
}

}  // namespace emulator
