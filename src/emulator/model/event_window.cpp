#include "src/emulator/model/event_window.hpp"

#include <algorithm>

namespace emulator {
namespace {

constexpr std::chrono::hours kExpandedBefore{24 * 366};  // without timeMin
constexpr std::chrono::hours kExpandedAfter{24 * 731};   // without timeMax
constexpr std::chrono::hours kClockChange{2};  // by which a day may be longer than another one

}  // namespace

bool EventWindow::contains(SysSeconds start, std::int64_t end) const {
  return (!max || start < *max) && (!min || end > min->time_since_epoch().count());
}

SysSeconds EventWindow::expansion_begin(const EventTime& start, const EventTime& end) const {
  return min ? *min - (end.at - start.at) - kClockChange : start.at - kExpandedBefore;
}

SysSeconds EventWindow::expansion_end(const EventTime& start) const {
  return max.value_or(std::max(now, start.at) + kExpandedAfter);
}

}  // namespace emulator
