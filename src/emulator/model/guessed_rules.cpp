#include "src/emulator/model/guessed_rules.hpp"

#include <algorithm>

#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/model/guest_copy.hpp"

namespace emulator {
namespace {

// The RRULE and EXRULE lines without UNTIL and COUNT.
std::vector<std::string> pattern_of(const Event& series) {
  std::vector<std::string> pattern;
  for (const std::string& line : series.recurrence()) {
    if (!line.starts_with("RRULE") && !line.starts_with("EXRULE")) continue;
    std::string kept;
    for (const std::string_view part : gcal::icalendar::split(line, ';'))
      if (!part.starts_with("UNTIL=") && !part.starts_with("COUNT=")) (kept += part) += ';';
    pattern.push_back(std::move(kept));
  }
  return pattern;
}

bool moves_series(const Event& before, const Event& after) {
  return before.start.at != after.start.at || before.start.all_day != after.start.all_day ||
         before.start.zone != after.start.zone || pattern_of(before) != pattern_of(after);
}

bool has_place_for(const Calendar& calendar, const Event& series, const EventTime& original) {
  return series.start.all_day == original.all_day &&
         !expand(series.recurrence(), series.start, calendar.zone, original.at,
                 original.at + std::chrono::seconds{1}, 1, calendar.expansion)
              .empty();
}

// Whether the calendar has a living event of this iCalUID.
bool has_ical_uid(const Calendar& calendar, const std::string& uid) {
  const StoredEvent* known = calendar.find_by_ical_uid(uid);
  return known && !known->cancelled;
}

}  // namespace

Outcome<> check_insert_identifiers(const Json& body, const Calendar& calendar,
                                   const Behaviour& behaviour) {
  const std::string& uid = body.string("iCalUID");
  if (uid.empty()) return Done{};
  if (behaviour.id_with_uid_refuses && !body.string("id").empty())
    return bad_request("invalid", "Only one of id and iCalUID can be supplied.");
  if (behaviour.same_uid_refuses && has_ical_uid(calendar, uid)) return duplicate();
  return Done{};
}

Outcome<> check_import_uid(const std::string& uid, const Calendar& calendar,
                           const Behaviour& behaviour) {
  if (behaviour.second_import_refuses && has_ical_uid(calendar, uid)) return duplicate();
  return Done{};
}

Outcome<> check_not_deleted(const Event& before, const Behaviour& behaviour) {
  if (behaviour.deleted_event_refuses && before.cancelled && before.series.empty())
    return Problem{403, "global", "forbidden", "Forbidden", {}, {}};
  return Done{};
}

void reset_responses(const Calendar& calendar, Event& event, const Behaviour& behaviour) {
  if (!behaviour.time_change_resets) return;
  if (!is_organizer(calendar, event)) return;
  if (Json* attendees = event.fields.find("attendees"))
    for (Json& attendee : attendees->mutable_items())
      if (attendee.string("email") != calendar.id) attendee.set("responseStatus", "needsAction");
}

std::vector<StoredEvent*> lost_exceptions(const Calendar& calendar, const Event& before,
                                          const Event& after, const Behaviour& behaviour) {
  using Exceptions = Behaviour::Exceptions;
  if (!before.is_series() || !after.series.empty() || after.cancelled) return {};
  std::vector<StoredEvent*> exceptions = calendar.exceptions_of(after.id);
  if (exceptions.empty()) return {};
  if (!after.is_series())
    return behaviour.rule_removal_orphans ? std::vector<StoredEvent*>{} : exceptions;
  const Exceptions rule = behaviour.exceptions_after_master_change;
  if (rule == Exceptions::orphan || !moves_series(before, after)) return {};
  if (rule == Exceptions::reset)
    std::erase_if(exceptions, [&](const StoredEvent* exception) {
      return has_place_for(calendar, after, exception->original);
    });
  return exceptions;
}

}  // namespace emulator
