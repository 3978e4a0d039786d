// Occurrences and appointments: what the calendar page shows, and what users change there.
#include "src/common/icalendar/zone.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/web/common_json.hpp"
#include "src/host/web/routes.hpp"
#include "src/hosting/plugins/plugins.hpp"
#include "src/hosting/web/plugin_states.hpp"

namespace host {
namespace {

Json to_json(const SaveResult& saved) {
  Json json = Json::object({{"id", saved.id}, {"revision", saved.revision}, {"undo", saved.undo}});
  if (!saved.new_id.empty()) json.set("new_id", saved.new_id);
  return json;
}

// A day of a range begins at midnight in the viewer's time zone.
Result<std::chrono::sys_seconds> instant(std::string_view text, std::string_view name,
                                         const User& viewer) {
  const auto time = occurrence_of_key(text);
  if (!time)
    return Error{
        Code::invalid, std::string(name) + ": a day or a time as in RFC 3339 is expected", {}};
  if (!time->all_day) return time->instant;
  return gcal::icalendar::to_instant(std::chrono::local_seconds(time->instant.time_since_epoch()),
                                     viewer.time_zone);
}

Result<std::optional<EventTime>> occurrence(std::string_view text) {
  if (text.empty()) return std::optional<EventTime>{};
  auto time = occurrence_of_key(text);
  if (!time)
    return Error{Code::invalid, "original_start: a day or a time as in RFC 3339 is expected", {}};
  return std::optional<EventTime>{*std::move(time)};
}

// Whom the act shall inform: absent or "guests" is as usual.
std::string_view notify_of(std::string_view text) {
  return text == "guests" ? std::string_view() : text;
}

// The response to a stale revision holds the current document, so that the page can show both.
Result<ApiResponse> save_response(Crm& crm, const ApiRequest& request,
                                  const Result<SaveResult>& saved) {
  if (saved) return ApiResponse{200, to_json(*saved)};
  if (saved.error().code != Code::conflict) return saved.error();
  ApiResponse response = error_response(saved.error());
  if (const auto current =
          crm.appointment_queries().get(request.user(), request.path_parameters[0]))
    response.body.set("current", current->to_json());
  return response;
}

Result<ApiResponse> change(Crm& crm, const ApiRequest& request) {
  const Json& body = request.body;
  const std::string& revision = body.string("if_revision");
  if (revision.empty())
    return Error{Code::invalid, "if_revision: the revision that was shown is needed", {}};
  TRY(const Scope scope, scope_of(body.string("scope")));
  TRY(const auto original_start, occurrence(body.string("original_start")));
  if (const Json* calendar = body.find("calendar")) {
    if (!calendar->is_string() || body.contains("changes") || scope != Scope::all)
      return Error{
          Code::invalid, "calendar: moves the whole appointment, without other changes", {}};
    return save_response(crm, request,
                         crm.appointment_editor().move(request.user(), request.path_parameters[0],
                                                       revision, calendar->as_string()));
  }
  if (const Json* answer = body.find("answer")) {
    if (!answer->is_string() || body.contains("changes"))
      return Error{Code::invalid, "answer: a text is expected, without other changes", {}};
    return save_response(
        crm, request,
        crm.appointment_editor().answer(request.user(), request.path_parameters[0], revision, scope,
                                        original_start, answer->as_string()));
  }
  if (!body["changes"].is_object())
    return Error{Code::invalid, "changes: an object is expected", {}};
  return save_response(crm, request,
                       crm.appointment_editor().edit(
                           request.user(), request.path_parameters[0], revision, scope,
                           original_start, body["changes"], notify_of(body.string("notify"))));
}

// The calendar of a new appointment. Where nothing is said and the plugin of the default calendar
// does not run, nothing would carry it to the other side: it goes to the user's own calendar.
Result<std::string> calendar_for(Crm& crm, const Plugins& plugins, const ApiRequest& request) {
  const std::string& named = request.body.string("calendar");
  if (!named.empty()) return named;
  TRY(const Calendar usual, crm.calendars().default_of(request.user()));
  if (hosting::PluginStates(plugins).works(usual.plugin)) return usual.id;
  return crm.calendars().own_of(request.user());
}

Result<ApiResponse> erase(Crm& crm, const ApiRequest& request) {
  const std::string_view revision = request.parameter("if_revision");
  if (revision.empty())
    return Error{Code::invalid, "if_revision: the revision that was shown is needed", {}};
  TRY(const Scope scope, scope_of(request.parameter("scope")));
  TRY(const auto original_start, occurrence(request.parameter("original_start")));
  return save_response(
      crm, request,
      crm.appointment_editor().erase(request.user(), request.path_parameters[0], revision, scope,
                                     original_start, notify_of(request.parameter("notify"))));
}

// The appointment with its state towards the provider, as the account's plugin knows it. Without
// that state if it is another user's, or the plugin does not answer.
void show(Crm& crm, Plugins& plugins, const ApiRequest& request, Respond respond) {
  const auto page = crm.appointment_queries().get(request.user(), request.path_parameters[0]);
  if (!page) return respond(error_response(page.error()));
  const hosting::EventDocument& document = page->document;
  const auto calendar = crm.calendars().get(document.calendar);
  if (!calendar || calendar->account.empty() || calendar->user != request.user())
    return respond({200, page->to_json()});
  plugins.status(calendar->plugin,
                 Json::object({{"account", calendar->account},
                               {"user", request.user()},
                               {"event", document.id},
                               {"calendar", document.calendar},
                               {"revision", document.revision}}),
                 [body = page->to_json(),
                  respond = std::move(respond)](const Result<std::string>& answer) mutable {
                   const auto status = Json::parse(answer ? *answer : "{}");
                   if (status && (*status)["event"].is_object())
                     body.set("sync", (*status)["event"]);
                   respond({200, std::move(body)});
                 });
}

// A list; with `limit` a page {items, more}. A list that was cut says so in a Link header, which
// names the next one. With `brief` the rows do not have their usual members.
Result<ApiResponse> occurrences(Crm& crm, const ApiRequest& request) {
  OccurrenceQuery query;
  TRY(query.start, instant(request.parameter("start"), "start", request.session.user));
  TRY(query.end, instant(request.parameter("end"), "end", request.session.user));
  query.calendar = request.parameter("calendar");
  query.after = request.parameter("after");
  const auto most = static_cast<std::int64_t>(request.rows);
  TRY(const std::int64_t rows, number(request, "limit", most, 1, most));
  query.rows = static_cast<std::size_t>(rows);
  TRY(const OccurrencePage page, crm.appointment_queries().occurrences(request.user(), query));
  const bool brief = request.parameter("brief") == "1";
  const auto members = brief ? OccurrenceRow::Members::unusual : OccurrenceRow::Members::all;
  Json list = Json::array();
  for (const OccurrenceRow& row : page.rows) list.push(row.to_json(members));
  if (!request.parameter("limit").empty())
    return ApiResponse{200, Json::object({{"items", std::move(list)}, {"more", page.more}})};
  ApiResponse response{200, std::move(list)};
  if (!page.more.empty()) {
    gcal::net::Parameters next{{"start", std::string(request.parameter("start"))},
                               {"end", std::string(request.parameter("end"))},
                               {"after", page.more}};
    if (!query.calendar.empty()) next.emplace_back("calendar", std::string(query.calendar));
    if (brief) next.emplace_back("brief", "1");
    response.headers.set("Link",
                         "</api/occurrences?" + gcal::net::form_encode(next) + ">; rel=\"next\"");
  }
  return response;
}

}  // namespace

void add_event_routes(Api& api, Crm& crm, Plugins& plugins) {
  api.add("GET", "/api/occurrences",
          [&crm](const ApiRequest& request) { return occurrences(crm, request); });

  api.add_async("GET", "/api/events/{}",
                [&crm, &plugins](const ApiRequest& request, Respond respond) {
                  show(crm, plugins, request, std::move(respond));
                });

  api.add(
      "POST", "/api/events",
      [&crm, &plugins](const ApiRequest& request) -> Result<ApiResponse> {
        if (!request.body["event"].is_object())
          return Error{Code::invalid, "event: an object is expected", {}};
        TRY(const std::string calendar, calendar_for(crm, plugins, request));
        TRY(const SaveResult saved,
            crm.appointment_editor().create(request.user(), calendar, request.body["event"],
                                            notify_of(request.body.string("notify"))));
        return ApiResponse{201, to_json(saved)};
      },
      Api::Access::user, Api::kEventLimits);

  api.add(
      "PATCH", "/api/events/{}", [&crm](const ApiRequest& request) { return change(crm, request); },
      Api::Access::user, Api::kEventLimits);
  api.add("DELETE", "/api/events/{}",
          [&crm](const ApiRequest& request) { return erase(crm, request); });

  api.add("POST", "/api/undo/{}", [&crm](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const SaveResult saved,
        crm.appointment_editor().undo(request.user(), request.path_parameters[0]));
    return ApiResponse{200, to_json(saved)};
  });
}

}  // namespace host
