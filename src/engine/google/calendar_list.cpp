#include "src/engine/google/calendar_list.hpp"

#include "src/engine/google/paging.hpp"

namespace gcal::google {

Task<std::vector<CalendarEntry>> read_calendar_list(Client& client) {
  std::vector<CalendarEntry> entries;
  Paging paging;
  std::string token;
  for (;;) {
    CO_TRY(const base::Json page, co_await client.list_calendars(token));
    for (const base::Json& item : page["items"].items()) {
      if (item["deleted"].as_bool()) continue;
      CalendarEntry entry;
      entry.id = item.string("id");
      if (entry.id.empty())
        co_return Error{Code::unavailable, "Google listed a calendar without an id", {}};
      entry.name = item.string("summaryOverride").empty() ? item.string("summary")
                                                          : item.string("summaryOverride");
      entry.color = item.string("backgroundColor");
      entry.role = item.string("accessRole");
      entry.time_zone = item.string("timeZone");
      entry.primary = item["primary"].as_bool();
      entries.push_back(std::move(entry));
    }
    token = page.string("nextPageToken");
    CO_TRY(const bool more, paging.more(token));
    if (!more) co_return entries;
  }
}

}  // namespace gcal::google
