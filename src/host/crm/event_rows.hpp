// How appointments are held in memory between a table row and a view. Used by the three .cpp files
// of Events only. It must never be included elsewhere.
#pragma once

#include "src/host/crm/calendar_rows.hpp"
#include "src/host/crm/events.hpp"

namespace host {

struct Events::Parsed {
  Json event;
  EventView view;
};

struct Events::Stored {
  std::int64_t row = 0;
  std::string id, revision, json;
  Calendar calendar;
  std::shared_ptr<const Parsed> parsed;
};

struct Events::Undo {
  struct Step {
    std::string id, calendar;
    std::optional<Json> before;  // absent: the change created it, so undo erases it
    std::string after_revision;  // "": the change erased it
  };
  std::string viewer;
  gcal::base::Milliseconds expires{};
  std::vector<Step> steps;
};

Permission permission_of(std::string_view viewer, const Calendar& calendar, const EventView& view);
Result<LinkedRecords> records_of_event(Connection& c, std::int64_t row);
bool plugin_may_know(Connection& c, std::string_view plugin, const Calendar& calendar);
bool plugin_may_read(Connection& c, std::string_view plugin, const Calendar& calendar);

}  // namespace host
