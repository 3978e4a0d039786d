// The handlers of events.
#include "src/common/icalendar/rfc3339.hpp"
#include "src/emulator/api/call.hpp"
#include "src/emulator/api/quick_add.hpp"

namespace emulator {

// The answer to a write: the event, with at most `maxAttendees` of its guests.
Response CalendarApi::written(Call& call, Calendar& calendar, const RenderedEvent& event) {
  const std::int64_t most = call.number("maxAttendees", 0);
  if (most == 0) return json_text_response(event.json, event.etag);
  const auto body = Json::parse(event.json);
  ANSWER_OR_RETURN(const RenderedEvent shown,
                   google_.get(call.email, calendar, body ? body->string("id") : "", most, ""));
  return json_text_response(shown.json, shown.etag);
}

WriteOptions CalendarApi::Call::write_options() const {
  WriteOptions options;
  options.send_updates = parameter("sendUpdates");
  if (options.send_updates.empty())
    options.send_updates = flag("sendNotifications") ? "all" : "none";
  options.if_match = header(request.headers, "If-Match");
  options.attachments = flag("supportsAttachments");
  options.conference = number("conferenceDataVersion", 0) == 1;
  options.labels = number("eventLabelVersion", 0) == 1;
  return options;
}

Response CalendarApi::events_list(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "freeBusyReader"));
  ListQuery query;
  query.max_results = call.number("maxResults", 250);
  query.max_attendees = call.number("maxAttendees", 0);
  query.time_min = call.time("timeMin");
  query.time_max = call.time("timeMax");
  query.updated_min = call.milliseconds("updatedMin");
  query.single_events = call.flag("singleEvents");
  query.show_hidden_invitations = call.flag("showHiddenInvitations");
  if (call.has("showDeleted")) query.show_deleted = call.flag("showDeleted");
  query.page_token = call.parameter("pageToken");
  query.sync_token = call.parameter("syncToken");
  query.order_by = call.parameter("orderBy");
  query.q = call.parameter("q");
  query.ical_uid = call.parameter("iCalUID");
  query.time_zone = call.parameter("timeZone");
  query.event_types = call.all("eventTypes");
  std::erase(query.event_types, "");
  query.private_properties = call.all("privateExtendedProperty");
  query.shared_properties = call.all("sharedExtendedProperty");
  query.empty_page = call.faults.empty_page;
  query.stale = call.faults.stale;
  query.stale_ms = call.faults.stale_seconds * 1000;
  ANSWER_OR_RETURN(std::string text, google_.list(call.email, *calendar, query));
  return json_text_response(std::move(text), calendar->etag());
}

Response CalendarApi::events_get(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "freeBusyReader"));
  const std::int64_t most = call.number("maxAttendees", 0);
  const std::string zone = call.parameter("timeZone");
  if (!zone.empty() && !known_zone(zone))
    return problem_response(invalid_parameter("timeZone", "Invalid time zone."));
  ANSWER_OR_RETURN(const RenderedEvent event,
                   google_.get(call.email, *calendar, call.path["eventId"], most, zone));
  return json_text_response(event.json, event.etag);
}

Response CalendarApi::events_insert(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  const WriteOptions options = call.write_options();
  ANSWER_OR_RETURN(const RenderedEvent event,
                   google_.insert(call.email, *calendar, call.body, options));
  return written(call, *calendar, event);
}

Response CalendarApi::quick_add(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  const SysSeconds now{std::chrono::seconds{google_.now_ms() / 1000}};
  ANSWER_OR_RETURN(const Json body, read_quick_add(call.parameter("text"), now, calendar->zone));
  ANSWER_OR_RETURN(const RenderedEvent event,
                   google_.insert(call.email, *calendar, body, call.write_options()));
  return json_text_response(event.json, event.etag);
}

Response CalendarApi::events_import(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  const WriteOptions options = call.write_options();
  ANSWER_OR_RETURN(const RenderedEvent event,
                   google_.import(call.email, *calendar, call.body, options));
  return json_text_response(event.json, event.etag);
}

Response CalendarApi::events_write(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  const WriteOptions options = call.write_options();
  const std::string& id = call.path["eventId"];
  ANSWER_OR_RETURN(const RenderedEvent event,
                   call.request.method == "PUT"
                       ? google_.update(call.email, *calendar, id, call.body, options)
                       : google_.patch(call.email, *calendar, id, call.body, options));
  return written(call, *calendar, event);
}

Response CalendarApi::events_delete(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  const WriteOptions options = call.write_options();
  const auto done = google_.remove(call.email, *calendar, call.path["eventId"], options);
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::events_move(Call& call) {
  ANSWER_OR_RETURN(Calendar * from,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  ANSWER_OR_RETURN(Calendar * to,
                   google_.calendar(call.email, call.parameter("destination"), "writer"));
  const WriteOptions options = call.write_options();
  ANSWER_OR_RETURN(const RenderedEvent event,
                   google_.move(call.email, *from, *to, call.path["eventId"], options));
  return json_text_response(event.json, event.etag);
}

Response CalendarApi::events_instances(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "freeBusyReader"));
  InstancesQuery query;
  query.max_results = call.number("maxResults", 250);
  query.max_attendees = call.number("maxAttendees", 0);
  query.time_min = call.time("timeMin");
  query.time_max = call.time("timeMax");
  query.show_deleted = call.flag("showDeleted");
  query.page_token = call.parameter("pageToken");
  query.original_start = call.parameter("originalStart");
  query.time_zone = call.parameter("timeZone");
  ANSWER_OR_RETURN(std::string text,
                   google_.instances(call.email, *calendar, call.path["eventId"], query));
  return json_text_response(std::move(text), calendar->etag());
}

}  // namespace emulator
