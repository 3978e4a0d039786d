#include "plugin/adapters/remote_calendars.hpp"

namespace gcal::plugin {

Task<std::vector<settings::RemoteCalendar>> read_remote_calendars(google::Client& client) {
  CO_TRY(std::vector<google::CalendarEntry> entries, co_await google::read_calendar_list(client));
  std::vector<settings::RemoteCalendar> calendars;
  for (google::CalendarEntry& entry : entries)
    calendars.push_back({std::move(entry.id), std::move(entry.name), std::move(entry.color),
                         std::move(entry.role), std::move(entry.time_zone), entry.primary});
  co_return calendars;
}

}  // namespace gcal::plugin
