#include "plugin/account/conflict_question.hpp"

#include <array>

#include "src/common/base/utf8.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/sync/link_state.hpp"
#include "src/engine/sync/merge.hpp"

namespace gcal::plugin {
namespace {

using base::Json;
using calendar::Field;
using calendar::Series;

constexpr std::size_t kShownBytes = 120;

// By calendar::Field; the texts are "options.conflict_<name>".
constexpr std::array<const char*, calendar::kFieldCount> kNames{
    "summary",      "description", "location", "schedule",  "status",
    "transparency", "visibility",  "color",    "attendees", "reminders"};

std::string shown(const std::string& text) {
  const std::string_view begin = base::beginning(text, kShownBytes);
  return begin.size() == text.size() ? text : std::string(begin) + "…";
}

// "2026-05-05 10:00" as on the clock of the appointment's zone, or the date alone.
std::string start_of(const Series& series) {
  const Json time = calendar::to_json(series.master.start);
  if (time.contains("date")) return time.string("date");
  const std::string& text = time.string("date_time");
  return text.substr(0, 10) + " " + text.substr(11, 5);
}

std::string value_of(const Series& series, Field field) {
  switch (field) {
    case Field::summary: return shown(series.master.summary);
    case Field::description: return shown(series.master.description);
    case Field::location: return shown(series.master.location);
    default: return start_of(series);
  }
}

settings::Note note_of(Field field, const Series& crm, const Series& there) {
  const bool has_value =
      field <= Field::location || (field == Field::schedule && start_of(crm) != start_of(there));
  const std::string key = std::string("options.conflict_") + kNames[calendar::index(field)];
  if (!has_value) return {field == Field::schedule ? "options.conflict_dates" : key};
  return {key, Json::object({{"crm", value_of(crm, field)}, {"google", value_of(there, field)}})};
}

}  // namespace

std::vector<settings::Note> differences(const sync::LinkWithChanges& linked) {
  const sync::PerSide<sync::SideState>& sides = linked.link.side;
  const Series* crm = sync::current(linked, sync::SideName::crm);
  const Series* there = sync::current(linked, sync::SideName::remote);
  std::vector<settings::Note> notes;
  if (!crm || !there || !sides.crm.has_base || !sides.remote.has_base) return notes;
  const sync::Merged merged =
      sync::merge(&sides.crm.base, *crm, &sides.remote.base, *there, sync::ConflictPolicy::ask);
  for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
    if (merged.conflicts[i]) notes.push_back(note_of(static_cast<Field>(i), *crm, *there));
  return notes;
}

}  // namespace gcal::plugin
