#include "src/emulator/model/occurrences.hpp"

#include <algorithm>

#include "src/emulator/model/google_model.hpp"

namespace emulator {
namespace {

bool is_instance_suffix(const std::string& suffix) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return from + count <= suffix.size() &&
           std::all_of(suffix.begin() + static_cast<long>(from),
                       suffix.begin() + static_cast<long>(from + count),
                       [](char c) { return c >= '0' && c <= '9'; });
  };
  return (suffix.size() == 8 && digits(0, 8)) ||
         (suffix.size() == 16 && digits(0, 8) && suffix[8] == 'T' && digits(9, 6) &&
          suffix[15] == 'Z');
}

// The instance of the series whose id ends with the suffix.
std::optional<Event> generated_instance(const Calendar& calendar, const Event& series,
                                        const std::string& suffix) {
  if (series.start.all_day != (suffix.size() == 8)) return std::nullopt;
  const std::string date =
      suffix.substr(0, 4) + "-" + suffix.substr(4, 2) + "-" + suffix.substr(6, 2);
  const SysSeconds day = midnight(date, "UTC");
  const auto starts =
      expand(series.recurrence(), series.start, calendar.zone, day - std::chrono::hours{26},
             day + std::chrono::hours{50}, 400'000, calendar.expansion);
  for (const EventTime& start : starts) {
    if (instance_suffix(start) != suffix) continue;
    Event instance = make_instance(series, start, calendar.zone);
    instance.fields.set("start", event_time_json(instance.start, calendar.zone));
    instance.fields.set("end", event_time_json(instance.end, calendar.zone));
    instance.change = 0;
    return instance;
  }
  return std::nullopt;
}

}  // namespace

bool is_deleted(const Calendar& calendar, const EventHead& event) {
  if (event.cancelled || event.series.empty() || event.orphan) return event.cancelled;
  const StoredEvent* series = calendar.find(event.series);
  return series && series->cancelled;
}

bool keeps_its_id(const Calendar& calendar, const StoredEvent& exception) {
  const StoredEvent* part = calendar.find(exception.series);
  if (exception.id_only || (exception.orphan && exception.cancelled)) return false;
  return !part || !part->cancelled || exception.orphan;
}

std::vector<StoredEvent*> parts_by_ownership(const Calendar& calendar, const std::string& base_id) {
  std::vector<StoredEvent*> parts = calendar.series_parts(base_id);
  // "abc" < "abc_R20260410" < "abc_R20260417"
  std::sort(parts.begin(), parts.end(), [](const StoredEvent* a, const StoredEvent* b) {
    return a->cancelled != b->cancelled ? b->cancelled : a->id > b->id;
  });
  return parts;
}

std::set<std::string> ids_of_two_parts(const Calendar& calendar, const std::string& base_id) {
  constexpr std::int64_t kTwoYears = std::int64_t{2} * 366 * 86'400;
  std::set<std::string> seen, shared;
  std::vector<StoredEvent*> parts = calendar.series_parts(base_id);
  std::erase_if(parts, [](const StoredEvent* one) { return one->cancelled || !one->is_series(); });
  for (const StoredEvent* part : parts) {
    // Where another part has starts, too.
    std::int64_t from = kEndless, until = -kEndless;
    for (const StoredEvent* other : parts) {
      if (other == part) continue;
      from = std::min(from, other->span.first);
      until = std::max(until, other->last_end);
    }
    from = std::max(from, part->span.first);
    until = std::min({until, part->last_end, from + kTwoYears});
    if (from >= until) continue;
    const Event series = part->event();
    for (const EventTime& start :
         expand(series.recurrence(), series.start, calendar.zone,
                SysSeconds{std::chrono::seconds{from}}, SysSeconds{std::chrono::seconds{until}},
                kMaxInstances, calendar.expansion))
      if (std::string id = instance_id(series, start); !seen.insert(id).second)
        shared.insert(std::move(id));
  }
  return shared;
}

ForeignStarts::ForeignStarts(const Calendar& calendar, const Event& series, SysSeconds from,
                             SysSeconds until, std::size_t limit)
    : calendar_(calendar), series_(series) {
  const std::string base_id = series_base_id(series.id);
  split_ = calendar.is_split(base_id);
  if (!split_) return;
  for (const StoredEvent* part : calendar.series_parts(base_id)) {
    if (part->id <= series.id || part->cancelled || !part->is_series() ||
        part->start.all_day != series.start.all_day || part->span.first >= series.last_end)
      continue;
    for (const EventTime& start : expand(part->event().recurrence(), part->start, calendar.zone,
                                         from, until, limit, calendar.expansion))
      of_later_parts_.insert(start.at);
  }
}

bool ForeignStarts::contains(const EventTime& original) const {
  if (!split_) return false;
  if (of_later_parts_.contains(original.at)) return true;
  const StoredEvent* stored = calendar_.find(instance_id(series_, original));
  return stored && stored->series != series_.id && keeps_its_id(calendar_, *stored);
}

std::optional<LocatedEvent> GoogleModel::locate(const Calendar& calendar,
                                                const std::string& event_id) const {
  const StoredEvent* stored = calendar.find(event_id);
  const auto as_stored = [&] {
    return stored ? std::optional<LocatedEvent>({stored->event(), false}) : std::nullopt;
  };
  // The place of an exception that was reset, or went with its part of a series, may belong to a
  // living part again.
  if (stored && keeps_its_id(calendar, *stored)) return as_stored();
  const std::size_t cut = event_id.rfind('_');
  if (cut == std::string::npos || cut == 0) return as_stored();
  const std::string suffix = event_id.substr(cut + 1);
  if (!is_instance_suffix(suffix)) return as_stored();
  for (const StoredEvent* part : parts_by_ownership(calendar, event_id.substr(0, cut))) {
    if (!part->is_series() || (stored && part->cancelled)) continue;
    if (auto instance = generated_instance(calendar, part->event(), suffix))
      return LocatedEvent{*std::move(instance), true};
  }
  return as_stored();
}

}  // namespace emulator
