#include "plugin/account/crm_appointments.hpp"

#include "src/engine/calendar/event_json.hpp"

namespace gcal::plugin {

using base::Json;

Task<> visit_appointments(PluginContext& context, std::string crm_calendar,
                          VisitAppointment visit) {
  std::string cursor;
  for (;;) {
    CO_TRY(const Json page, co_await context.host.event_changes(crm_calendar, cursor));
    for (const Json& change : page["changes"].items()) {
      const Json* document = change.find("document");
      if (!document) continue;
      const Result<calendar::Series> series = calendar::series_from_json((*document)["event"]);
      if (series) visit(*document, *series);
    }
    cursor = page.string("cursor");
    if (!page["more"].as_bool()) co_return Result<>{};
  }
}

Json move_operation(std::string op_id, const std::string& id, const std::string& revision,
                    const std::string& calendar) {
  return Json::object({{"op", "move"},
                       {"op_id", std::move(op_id)},
                       {"id", id},
                       {"if_revision", revision},
                       {"calendar", calendar}});
}

}  // namespace gcal::plugin
