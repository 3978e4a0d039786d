// Prints one line of a benchmark's report: a figure beside its target. Used by the programs of
// ./dev bench. Figures that depend on the load of the machine have no target: callers measure
// processor time, and print wall-clock figures with target 0.
#pragma once

#include <cstdio>

namespace bench {

// `target` 0: printed only. Returns whether the target is reached.
inline bool report(const char* name, double value, const char* unit, double target = 0,
                   bool at_least = true) {
  const bool reached = target == 0 || (at_least ? value >= target : value <= target);
  std::printf("  %-58s %12.*f %-10s", name, value < 10 ? 2 : 0, value, unit);
  if (target != 0)
    std::printf(" (%s %.0f)%s", at_least ? "at least" : "at most", target,
                reached ? "" : "  MISSED");
  std::printf("\n");
  std::fflush(stdout);
  return reached;
}

}  // namespace bench
