#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

OriginalStart OriginalStart::of(const EventTime& time) {
  if (const Date* date = std::get_if<Date>(&time)) return {true, std::chrono::sys_days{*date}};
  return {false, std::get<ZonedTime>(time).instant};
}

}  // namespace gcal::calendar
