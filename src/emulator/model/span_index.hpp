// Which events touch a range of time, without looking at the others. Used by Calendar, for lists
// with a window and for busy times. Holds no event; before an event gets other times it has to be
// removed, and afterwards added again.
//
// The events are in levels by the power of two above their length, in each level by start. What
// touches a range in a level begins at most that length before it, so that a query reads little
// else, however long single events are.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <set>
#include <utility>

namespace emulator {

struct Span {
  std::int64_t first = 0, last = 0;  // seconds since 1970: first start, last end
};

template <class Event>
class SpanIndex {
 public:
  void add(Span span, Event* event) { levels_[level_of(span)].emplace(span.first, event); }
  void remove(Span span, Event* event) { levels_[level_of(span)].erase({span.first, event}); }

  // Calls visit(Event&) once for each event that touches the range, and for a few others; the order
  // is not defined.
  template <class Visit>
  void for_each_near(Span range, Visit visit) const {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      const auto& events = levels_[level];
      const std::int64_t longest = std::int64_t{1} << level;
      for (auto at = events.lower_bound({range.first - longest, nullptr});
           at != events.end() && at->first <= range.last; ++at)
        visit(*at->second);
    }
  }

 private:
  static std::size_t level_of(Span span) {
    const std::int64_t length = span.last > span.first ? span.last - span.first : 0;
    return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(length)));
  }

  // A length of less than 2^level seconds; kEndless is below 2^62.
  std::array<std::set<std::pair<std::int64_t, Event*>>, 63> levels_;
};

}  // namespace emulator
