// The handlers of acl and freeBusy.
#include <algorithm>

#include "src/common/icalendar/rfc3339.hpp"
#include "src/emulator/api/call.hpp"

namespace emulator {

using gcal::base::Json;

Response CalendarApi::acl_list(Call& call) {
  ANSWER_OR_RETURN(const std::int64_t limit, call.number("maxResults", 100, 1));
  ANSWER_OR_RETURN(const bool deleted, call.flag("showDeleted", false));
  if (call.has("syncToken") && call.has("showDeleted") && !deleted)
    return problem_response(
        bad_request("invalid", "Sync token cannot be used with other request restrictions"));
  ANSWER_OR_RETURN(const Json body, google_.acl_list(call.email, call.path["calendarId"],
                                                     call.page(limit), deleted));
  return json_response(200, body);
}

Response CalendarApi::acl_get(Call& call) {
  ANSWER_OR_RETURN(const Json body,
                   google_.acl_get(call.email, call.path["calendarId"], call.path["ruleId"]));
  return json_response(200, body);
}

Response CalendarApi::acl_insert(Call& call) {
  ANSWER_OR_RETURN(const bool notify, call.flag("sendNotifications", true));
  ANSWER_OR_RETURN(const Json body,
                   google_.acl_set(call.email, call.path["calendarId"], "", call.body, notify));
  return json_response(200, body);
}

Response CalendarApi::acl_write(Call& call) {
  ANSWER_OR_RETURN(const bool notify, call.flag("sendNotifications", true));
  if (call.request.method == "PUT" && !call.body["scope"].is_object())
    return problem_response(bad_request("required", "Required"));
  ANSWER_OR_RETURN(const Json body, google_.acl_set(call.email, call.path["calendarId"],
                                                    call.path["ruleId"], call.body, notify));
  return json_response(200, body);
}

Response CalendarApi::acl_delete(Call& call) {
  const auto done = google_.acl_remove(call.email, call.path["calendarId"], call.path["ruleId"]);
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::acl_watch(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "owner"));
  return watch(call, calendar->id + "/acl",
               "calendars/" + gcal::net::percent_encode(calendar->id) + "/acl");
}

Response CalendarApi::free_busy(Call& call) {
  constexpr std::int64_t kLongest = 366 * 86'400;  // seconds
  const auto time = [&](const char* name) -> Outcome<SysSeconds> {
    const std::string& text = call.body.string(name);
    if (text.empty()) return bad_request("required", "Required");
    const auto at = gcal::icalendar::parse_rfc3339(text);
    if (!at) return bad_request("badRequest", "Bad Request");
    return *at;
  };
  ANSWER_OR_RETURN(const SysSeconds from, time("timeMin"));
  ANSWER_OR_RETURN(const SysSeconds until, time("timeMax"));
  if (until <= from)
    return problem_response({400, "calendar", "timeRangeEmpty",
                             "The specified time range is empty.", "parameter", "timeMax"});
  if ((until - from).count() > kLongest)
    return problem_response(
        bad_request("timeRangeTooLong", "The requested time range is too long.", "calendar"));
  const std::string zone =
      call.body.string("timeZone").empty() ? "UTC" : call.body.string("timeZone");
  if (!known_zone(zone)) return problem_response(bad_request("invalid", "Invalid time zone."));
  const std::int64_t most_calendars =
      std::min(call.body["calendarExpansionMax"].as_integer(50), std::int64_t{50});
  const std::int64_t most_members =
      std::min(call.body["groupExpansionMax"].as_integer(100), std::int64_t{100});
  const auto errors = [](const char* reason) {
    return Json::array({Json::object({{"domain", "global"}, {"reason", reason}})});
  };
  Json calendars = Json::object(), groups = Json::object();
  std::int64_t count = 0;
  const auto add = [&](const std::string& id) {
    if (calendars.contains(id)) return;
    const auto calendar = google_.calendar(call.email, id, "freeBusyReader");
    Json busy = Json::array();
    if (++count > most_calendars) {
      calendars.set(id, Json::object({{"errors", errors("tooManyCalendarsRequested")},
                                      {"busy", std::move(busy)}}));
    } else if (!calendar) {
      calendars.set(id, Json::object({{"errors", errors("notFound")}, {"busy", std::move(busy)}}));
    } else {
      for (const auto& [start, end] : google_.busy(**calendar, from, until))
        busy.push(Json::object({{"start", gcal::icalendar::format_rfc3339(start, zone)},
                                {"end", gcal::icalendar::format_rfc3339(end, zone)}}));
      calendars.set(id, Json::object({{"busy", std::move(busy)}}));
    }
  };
  for (const Json& item : call.body["items"].items()) {
    const std::string& id = item.string("id");
    const std::vector<std::string>* members = google_.group(id);
    if (!members) {
      add(id);
    } else if (static_cast<std::int64_t>(members->size()) > most_members) {
      groups.set(id, Json::object({{"errors", errors("groupTooBig")}}));
    } else {
      Json ids = Json::array();
      for (const std::string& member : *members) ids.push(member);
      groups.set(id, Json::object({{"calendars", std::move(ids)}}));
      for (const std::string& member : *members) add(member);
    }
  }
  Json answer = Json::object({{"kind", "calendar#freeBusy"},
                              {"timeMin", gcal::icalendar::format_rfc3339(from, "UTC")},
                              {"timeMax", gcal::icalendar::format_rfc3339(until, "UTC")}});
  if (!groups.members().empty()) answer.set("groups", std::move(groups));
  answer.set("calendars", std::move(calendars));
  return json_response(200, answer);
}

Response CalendarApi::quick_add(Call&) {
  return problem_response(
      {501, "global", "notImplemented", "This emulator does not read free text.", {}, {}});
}

}  // namespace emulator
