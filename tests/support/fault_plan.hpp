// Injects faults into a simulated run: decides at each call of a side or of the journal whether it
// fails before or after its effect, or whether the process dies there. All fakes of one run share
// one plan, so that a run is one numbered sequence of points.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "src/common/base/result.hpp"

namespace gcal::support {

enum class Fault { none, before, after, crash_before, crash_after };

constexpr const char* name_of(Fault fault) {
  switch (fault) {
    case Fault::none: return "none";
    case Fault::before: return "error before";
    case Fault::after: return "error after";
    case Fault::crash_before: return "crash before";
    default: return "crash after";
  }
}

class FaultPlan {
 public:
  // Decides for the n-th point of the run; `where` names the call. The default: no fault.
  std::function<Fault(std::size_t point, std::string_view where)> decide =
      [](std::size_t, std::string_view) { return Fault::none; };

  Fault next(std::string_view where) {
    if (crashed_) return Fault::crash_before;
    const Fault fault = decide(points_++, where);
    if (fault == Fault::crash_before || fault == Fault::crash_after) crashed_ = true;
    return fault;
  }
  // After a crash every call fails until restart(), as for a process that no longer runs.
  bool crashed() const { return crashed_; }
  std::size_t points() const { return points_; }
  void restart() { crashed_ = false; }

 private:
  std::size_t points_ = 0;
  bool crashed_ = false;
};

// What the caller of a failed call gets.
inline Error failure(Fault fault) {
  switch (fault) {
    case Fault::before: return {Code::unavailable, "simulated: nothing was done", {}};
    case Fault::after: return {Code::timeout, "simulated: the answer was lost", {}};
    default: return {Code::cancelled, "simulated: the process died", {}};
  }
}

// Runs `effect` unless the fault of this point comes before it; returns its result if there is no
// fault, otherwise the failure.
template <class Effect>
auto with_fault(FaultPlan& faults, std::string_view where, Effect&& effect) -> decltype(effect()) {
  const Fault fault = faults.next(where);
  if (fault == Fault::before || fault == Fault::crash_before) return failure(fault);
  auto result = effect();
  if (fault == Fault::none) return result;
  return failure(fault);
}

}  // namespace gcal::support
