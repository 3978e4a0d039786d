// The handlers of events.
#include "src/common/icalendar/rfc3339.hpp"
#include "src/emulator/api/call.hpp"

namespace emulator {

Outcome<std::optional<SysSeconds>> CalendarApi::Call::time(std::string_view name) const {
  if (!has(name)) return std::optional<SysSeconds>{};
  const auto at = gcal::icalendar::parse_rfc3339(parameter(name));
  if (!at) return bad_request("badRequest", "Bad Request");
  return std::optional<SysSeconds>{*at};
}

Outcome<WriteOptions> CalendarApi::Call::write_options() const {
  WriteOptions options;
  options.send_updates = parameter("sendUpdates");
  if (options.send_updates.empty()) {
    TRY(const bool old_form, flag("sendNotifications", false));
    options.send_updates = old_form ? "all" : "none";
  } else if (options.send_updates != "all" && options.send_updates != "externalOnly" &&
             options.send_updates != "none") {
    return invalid_parameter("sendUpdates");
  }
  options.if_match = header(request.headers, "If-Match");
  TRY(options.attachments, flag("supportsAttachments", false));
  TRY(const std::int64_t conference, number("conferenceDataVersion", 0, 0));
  if (conference > 1) return invalid_parameter("conferenceDataVersion");
  options.conference = conference == 1;
  TRY(const std::int64_t labels, number("eventLabelVersion", 0, 0));
  if (labels > 1) return invalid_parameter("eventLabelVersion");
  options.labels = labels == 1;
  return options;
}

Response CalendarApi::events_list(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "freeBusyReader"));
  ListQuery query;
  ANSWER_OR_RETURN(query.max_results, call.number("maxResults", 250, 1));
  ANSWER_OR_RETURN(query.max_attendees, call.number("maxAttendees", 0, 1));
  ANSWER_OR_RETURN(query.time_min, call.time("timeMin"));
  ANSWER_OR_RETURN(query.time_max, call.time("timeMax"));
  ANSWER_OR_RETURN(query.updated_min, call.time("updatedMin"));
  ANSWER_OR_RETURN(query.single_events, call.flag("singleEvents", false));
  ANSWER_OR_RETURN(query.show_hidden_invitations, call.flag("showHiddenInvitations", false));
  if (call.has("showDeleted")) {
    ANSWER_OR_RETURN(query.show_deleted, call.flag("showDeleted", false));
  }
  query.page_token = call.parameter("pageToken");
  query.sync_token = call.parameter("syncToken");
  query.order_by = call.parameter("orderBy");
  query.q = call.parameter("q");
  query.ical_uid = call.parameter("iCalUID");
  query.time_zone = call.parameter("timeZone");
  query.event_types = call.all("eventTypes");
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
  ANSWER_OR_RETURN(const std::int64_t most, call.number("maxAttendees", 0, 1));
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
  ANSWER_OR_RETURN(const WriteOptions options, call.write_options());
  ANSWER_OR_RETURN(const RenderedEvent event,
                   google_.insert(call.email, *calendar, call.body, options));
  return json_text_response(event.json, event.etag);
}

Response CalendarApi::events_import(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  ANSWER_OR_RETURN(const WriteOptions options, call.write_options());
  ANSWER_OR_RETURN(const RenderedEvent event,
                   google_.import(call.email, *calendar, call.body, options));
  return json_text_response(event.json, event.etag);
}

Response CalendarApi::events_write(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  ANSWER_OR_RETURN(const WriteOptions options, call.write_options());
  const std::string& id = call.path["eventId"];
  ANSWER_OR_RETURN(const RenderedEvent event,
                   call.request.method == "PUT"
                       ? google_.update(call.email, *calendar, id, call.body, options)
                       : google_.patch(call.email, *calendar, id, call.body, options));
  return json_text_response(event.json, event.etag);
}

Response CalendarApi::events_delete(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  ANSWER_OR_RETURN(const WriteOptions options, call.write_options());
  const auto done = google_.remove(call.email, *calendar, call.path["eventId"], options);
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::events_move(Call& call) {
  ANSWER_OR_RETURN(Calendar * from,
                   google_.calendar(call.email, call.path["calendarId"], "writer"));
  if (call.parameter("destination").empty())
    return problem_response(
        {400, "global", "required", "Required parameter: destination", "parameter", "destination"});
  ANSWER_OR_RETURN(Calendar * to,
                   google_.calendar(call.email, call.parameter("destination"), "writer"));
  ANSWER_OR_RETURN(const WriteOptions options, call.write_options());
  ANSWER_OR_RETURN(const RenderedEvent event,
                   google_.move(call.email, *from, *to, call.path["eventId"], options));
  return json_text_response(event.json, event.etag);
}

Response CalendarApi::events_instances(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "freeBusyReader"));
  InstancesQuery query;
  ANSWER_OR_RETURN(query.max_results, call.number("maxResults", 250, 1));
  ANSWER_OR_RETURN(query.max_attendees, call.number("maxAttendees", 0, 1));
  ANSWER_OR_RETURN(query.time_min, call.time("timeMin"));
  ANSWER_OR_RETURN(query.time_max, call.time("timeMax"));
  ANSWER_OR_RETURN(query.show_deleted, call.flag("showDeleted", false));
  query.page_token = call.parameter("pageToken");
  query.original_start = call.parameter("originalStart");
  query.time_zone = call.parameter("timeZone");
  ANSWER_OR_RETURN(std::string text,
                   google_.instances(call.email, *calendar, call.path["eventId"], query));
  return json_text_response(std::move(text), calendar->etag());
}

}  // namespace emulator
