// The handlers of acl and freeBusy.
#include <algorithm>

#include "src/common/base/json_array.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/emulator/api/call.hpp"

namespace emulator {

using gcal::base::Json;

Response CalendarApi::acl_list(Call& call) {
  const std::int64_t limit = call.number("maxResults", 100);
  const bool deleted = call.flag("showDeleted");
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
  const bool notify = call.flag("sendNotifications", true);
  ANSWER_OR_RETURN(const Json body,
                   google_.acl_set(call.email, call.path["calendarId"], "", call.body, notify));
  return json_response(200, body);
}

Response CalendarApi::acl_write(Call& call) {
  const bool notify = call.flag("sendNotifications", true);
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

namespace {

constexpr std::int64_t kMaxBusyRange = 366 * 86'400;  // seconds
constexpr std::int64_t kMaxBusyCalendars = 50, kMaxGroupMembers = 100;

Outcome<SysSeconds> busy_bound(const Json& body, const char* name) {
  const std::string& text = body.string(name);
  if (text.empty()) return bad_request("required", "Required");
  const auto at = gcal::icalendar::parse_rfc3339(text);
  if (!at) return bad_request("badRequest", "Bad Request");
  return *at;
}

Json busy_errors(const char* reason) {
  return Json::array({Json::object({{"domain", "global"}, {"reason", reason}})});
}

// The calendars and groups of one freeBusy response.
class BusyAnswer {
 public:
  BusyAnswer(GoogleModel& google, const std::string& email, const Json& body, SysSeconds from,
             SysSeconds until, std::string zone)
      : google_(google),
        email_(email),
        from_(from),
        until_(until),
        zone_(std::move(zone)),
        max_calendars_(std::min(body["calendarExpansionMax"].as_integer(50), kMaxBusyCalendars)),
        max_members_(std::min(body["groupExpansionMax"].as_integer(100), kMaxGroupMembers)) {}

  // A calendar's id or a group's address.
  void add(const std::string& id) {
    const std::vector<std::string>* members = google_.group(id);
    if (!members) return add_calendar(id);
    if (static_cast<std::int64_t>(members->size()) > max_members_) {
      groups_.set(id, Json::object({{"errors", busy_errors("groupTooBig")}}));
      return;
    }
    groups_.set(id, Json::object({{"calendars", gcal::base::json_array(*members)}}));
    for (const std::string& member : *members) add_calendar(member);
  }

  Json json() && {
    Json answer = Json::object({{"kind", "calendar#freeBusy"},
                                {"timeMin", gcal::icalendar::format_rfc3339(from_, "UTC")},
                                {"timeMax", gcal::icalendar::format_rfc3339(until_, "UTC")}});
    if (!groups_.members().empty()) answer.set("groups", std::move(groups_));
    answer.set("calendars", std::move(calendars_));
    return answer;
  }

 private:
  void add_calendar(const std::string& id) {
    if (calendars_.contains(id)) return;
    const auto calendar = google_.calendar(email_, id, "freeBusyReader");
    Json busy = Json::array();
    const char* error = ++count_ > max_calendars_ ? "tooManyCalendarsRequested"
                        : !calendar               ? "notFound"
                                                  : nullptr;
    if (error) {
      calendars_.set(id, Json::object({{"errors", busy_errors(error)}, {"busy", std::move(busy)}}));
      return;
    }
    for (const auto& [start, end] : google_.busy(**calendar, from_, until_))
      busy.push(Json::object({{"start", gcal::icalendar::format_rfc3339(start, zone_)},
                              {"end", gcal::icalendar::format_rfc3339(end, zone_)}}));
    calendars_.set(id, Json::object({{"busy", std::move(busy)}}));
  }

  GoogleModel& google_;
  const std::string& email_;
  SysSeconds from_, until_;
  std::string zone_;
  std::int64_t max_calendars_, max_members_;
  std::int64_t count_ = 0;
  Json calendars_ = Json::object(), groups_ = Json::object();
};

}  // namespace

Response CalendarApi::free_busy(Call& call) {
  ANSWER_OR_RETURN(const SysSeconds from, busy_bound(call.body, "timeMin"));
  ANSWER_OR_RETURN(const SysSeconds until, busy_bound(call.body, "timeMax"));
  if (until <= from)
    return problem_response({400, "calendar", "timeRangeEmpty",
                             "The specified time range is empty.", "parameter", "timeMax"});
  if ((until - from).count() > kMaxBusyRange)
    return problem_response(
        bad_request("timeRangeTooLong", "The requested time range is too long.", "calendar"));
  const std::string& named = call.body.string("timeZone");
  const std::string zone = named.empty() ? "UTC" : named;
  if (!known_zone(zone)) return problem_response(bad_request("invalid", "Invalid time zone."));
  BusyAnswer answer(google_, call.email, call.body, from, until, zone);
  for (const Json& item : call.body["items"].items()) answer.add(item.string("id"));
  return json_response(200, std::move(answer).json());
}

}  // namespace emulator
