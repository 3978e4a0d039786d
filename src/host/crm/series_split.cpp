#include "src/host/crm/series_split.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "src/common/icalendar/recurrence_text.hpp"
#include "src/host/crm/occurrences.hpp"
#include "src/host/crm/recurrence_lines.hpp"
#include "src/host/crm/series_shift.hpp"

namespace host {
namespace icalendar = gcal::icalendar;
namespace {

using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::seconds;

enum class Part { before, from };

// Leaves one part of the dates and exceptions of `event`; `change_rule` adapts its rules. An
// exception outside the rule, which Google may leave behind, stays with the earlier part: no other
// series could hold it at Google.
Result<> keep_part(Json& event, const EventView& view, const EventTime& cut, Part part,
                   const std::function<Result<>(RecurrenceLine&)>& change_rule) {
  const auto belongs_elsewhere = [&](const EventTime& time) {
    return (time.instant < cut.instant) != (part == Part::before);
  };
  EventView rule_alone = view;
  rule_alone.exceptions.clear();
  Json lines = Json::array();
  for (const auto& text : view.recurrence) {
    TRY(RecurrenceLine line, icalendar::parse_line(text));
    if (line.is_rule()) {
      TRY_VOID(change_rule(line));
    } else {
      TRY(std::vector<EventTime> dates, dates_of(line, view.master.start));
      const auto removed = std::erase_if(dates, belongs_elsewhere);
      if (dates.empty()) continue;
      if (removed > 0) line = line_of_dates(line.name, dates);
    }
    lines.push(line.text());
  }
  event.set("recurrence", std::move(lines));
  if (Json* list = event.find("occurrences")) {
    std::erase_if(list->mutable_items(), [&](const Json& item) {
      const auto original = event_time_of(item["original_start"]);
      if (!original) return false;
      return has_occurrence(rule_alone, *original) ? belongs_elsewhere(*original)
                                                   : part == Part::from;
    });
    if (list->items().empty()) event.erase("occurrences");
  }
  return {};
}

// The start from which the rule of the later part counts; nothing: the cut. With several rules, no
// single start serves them all.
Result<std::optional<EventTime>> start_of_rule(const EventView& view, const EventTime& cut) {
  std::optional<EventTime> start;
  std::size_t rules = 0;
  for (const auto& text : view.recurrence) {
    TRY(const RecurrenceLine line, icalendar::parse_line(text));
    if (!line.is_rule()) continue;
    ++rules;
    const RuleAround around = rule_around(view, line, cut);
    if (around.at_cut) return std::optional<EventTime>();
    start = view.master.start;
    start->instant = around.before.value_or(start->instant);
  }
  return rules == 1 ? start : std::nullopt;
}

}  // namespace

Result<std::optional<Json>> series_before(const Json& event, const EventView& view,
                                          const EventTime& cut) {
  if (starts_before(view, cut) == 0) return std::optional<Json>();
  Json result = event;
  const auto end_rule = [&](RecurrenceLine& line) -> Result<> {
    RuleParts parts = icalendar::parse_rule(line.value);
    if (const std::string* count = icalendar::find_part(parts, "COUNT")) {
      // A rule that ended before the cut, which a single date follows, must not go on until the
      // cut.
      if (rule_starts_before(view, line, cut) >=
          static_cast<std::size_t>(std::atoll(count->c_str())))
        return {};
      icalendar::erase_part(parts, "COUNT");
    }
    TRY(const local_seconds wall, wall_of(cut));
    bool ends_earlier = false;  // the rule may have ended before the cut already
    if (const std::string* until = icalendar::find_part(parts, "UNTIL")) {
      TRY(const local_seconds ends, until_of(*until, view.master.start));
      ends_earlier = ends < wall;
    }
    const EventTime last = cut.all_day ? EventTime{true, cut.instant - days(1), ""}
                                       : EventTime{false, cut.instant - seconds(1), "UTC"};
    if (!ends_earlier) icalendar::set_part(parts, "UNTIL", basic_text(last));
    line.value = icalendar::format_rule(parts);
    return {};
  };
  TRY_VOID(keep_part(result, view, cut, Part::before, end_rule));
  return std::optional(std::move(result));
}

Result<Json> series_from(const Json& event, const EventView& view, const EventTime& cut,
                         bool keeps_rule) {
  Json result = event;
  std::optional<EventTime> earlier;
  if (keeps_rule) {
    TRY(earlier, start_of_rule(view, cut));
  }
  const EventTime& start = earlier ? *earlier : cut;
  const auto length = view.master.end.instant - view.master.start.instant;
  result.set("start", to_json(EventTime{start.all_day, start.instant, view.master.start.zone}));
  result.set("end",
             to_json(EventTime{start.all_day, start.instant + length, view.master.end.zone}));
  const auto count_down = [&](RecurrenceLine& line) -> Result<> {
    RuleParts parts = icalendar::parse_rule(line.value);
    const std::string* count = icalendar::find_part(parts, "COUNT");
    if (!count) return {};
    const auto passed = static_cast<std::int64_t>(rule_starts_before(view, line, start));
    icalendar::set_part(
        parts, "COUNT",
        std::to_string(std::max<std::int64_t>(1, std::atoll(count->c_str()) - passed)));
    line.value = icalendar::format_rule(parts);
    return {};
  };
  TRY_VOID(keep_part(result, view, cut, Part::from, count_down));
  if (earlier) result.member("recurrence").push(line_of_dates("EXDATE", {*earlier}).text());
  return result;
}

}  // namespace host
