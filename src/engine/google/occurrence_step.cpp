#include "src/engine/google/occurrence_step.hpp"

#include <set>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/google/event_json.hpp"

namespace gcal::google {
namespace {

using base::Json;
using calendar::Occurrence;
using calendar::OriginalStart;
using calendar::Series;

Json cancellation() {
  // Not DELETE, whose answer has no ETag for the next request.
  return Json::object({{"status", "cancelled"}});
}

// Answers which dates the wanted rule has; walks the rule at the first question only.
class DatesOfRule {
 public:
  DatesOfRule(const Series& before, const Series& wanted) : before_(before), wanted_(wanted) {}

  bool contains(const OriginalStart& start) {
    if (!asked_) {
      std::set<OriginalStart> removed;
      for (const auto& [each, occurrence] : before_.occurrences)
        if (!calendar::find_occurrence(wanted_, each)) removed.insert(each);
      existing_ = calendar::existing_dates(wanted_, removed);
      asked_ = true;
    }
    return existing_ ? existing_->contains(start)
                     : !calendar::ends_before(wanted_.recurrence, start);
  }

 private:
  const Series& before_;
  const Series& wanted_;
  bool asked_ = false;
  std::optional<std::set<OriginalStart>> existing_;
};

// The step that brings one occurrence from `was` to `will`; without members of its patch: nothing
// to do.
OccurrenceStep step_of(const Series& wanted, const OriginalStart& start, const Occurrence* was,
                       const Occurrence* will, DatesOfRule& dates) {
  OccurrenceStep step;
  step.start = start;
  step.wanted = will && !will->cancelled;
  const bool was_cancelled = was && was->cancelled;
  if (will ? will->cancelled : !dates.contains(start) && !base::mutant("old_exceptions_stay")) {
    step.patch = was_cancelled ? Json::object() : cancellation();
    return step;
  }
  const calendar::Event by_rule = calendar::occurrence_by_rule(wanted.master, start);
  step.restores = was_cancelled;
  step.from = was && !was_cancelled ? was->event : by_rule;
  step.to = will ? will->event : by_rule;
  step.patch = was_cancelled && !base::mutant("restored_date_stays_away")
                   ? full_body(*step.to, Json())
                   : patch_body(*step.from, *step.to, Json());
  return step;
}

}  // namespace

std::optional<OccurrenceStep> next_step(const Series& before, const Series& wanted) {
  const std::set<OriginalStart> starts = calendar::exception_starts({&before, &wanted});
  DatesOfRule dates(before, wanted);
  for (const OriginalStart& start : starts) {
    const Occurrence* was = calendar::find_occurrence(before, start);
    const Occurrence* will = calendar::find_occurrence(wanted, start);
    if (was && will && *was == *will) continue;
    OccurrenceStep step = step_of(wanted, start, was, will, dates);
    if (!step.patch.members().empty()) return step;
  }
  return std::nullopt;
}

}  // namespace gcal::google
