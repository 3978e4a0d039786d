// The handlers of calendarList, calendars, settings and channels.
#include <algorithm>

#include "src/common/base/bytes.hpp"
#include "src/emulator/api/call.hpp"

namespace emulator {

using gcal::base::Json;

Response CalendarApi::calendar_list_list(Call& call) {
  const std::int64_t limit = call.number("maxResults", 100);
  const bool deleted = call.flag("showDeleted");
  const bool hidden = call.flag("showHidden");
  if (call.has("syncToken") &&
      ((call.has("showDeleted") && !deleted) || (call.has("showHidden") && !hidden)))
    return problem_response(
        bad_request("invalid", "Sync token cannot be used with other request restrictions"));
  ANSWER_OR_RETURN(const Json body, google_.calendar_list(call.email, call.page(limit), deleted,
                                                          hidden, call.parameter("minAccessRole")));
  return json_response(200, body);
}

Response CalendarApi::calendar_list_get(Call& call) {
  ANSWER_OR_RETURN(const Json body, google_.list_entry(call.email, call.path["calendarId"]));
  return json_response(200, body);
}

Response CalendarApi::calendar_list_insert(Call& call) {
  ANSWER_OR_RETURN(const Json body,
                   google_.insert_list_entry(call.email, call.body, call.flag("colorRgbFormat")));
  return json_response(200, body);
}

Response CalendarApi::calendar_list_write(Call& call) {
  const bool rgb = call.flag("colorRgbFormat");
  ANSWER_OR_RETURN(const Json body,
                   google_.write_list_entry(call.email, call.path["calendarId"], call.body, rgb,
                                            call.request.method == "PUT"));
  return json_response(200, body);
}

Response CalendarApi::calendar_list_delete(Call& call) {
  const auto done = google_.delete_list_entry(call.email, call.path["calendarId"]);
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::calendars_get(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "freeBusyReader"));
  return json_response(200, google_.calendar_json(*calendar));
}

Response CalendarApi::calendars_insert(Call& call) {
  ANSWER_OR_RETURN(const Json body, google_.insert_calendar(call.email, call.body));
  if (Calendar* made = google_.find_calendar(body.string("id")))
    made->creator_client = call.client_id;
  return json_response(200, body);
}

Response CalendarApi::calendars_write(Call& call) {
  ANSWER_OR_RETURN(const Json body,
                   google_.patch_calendar(call.email, call.path["calendarId"], call.body,
                                          call.request.method == "PUT"));
  return json_response(200, body);
}

Response CalendarApi::calendars_delete(Call& call) {
  const auto done = google_.delete_calendar(call.email, call.path["calendarId"]);
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::calendars_clear(Call& call) {
  const auto done = google_.clear_calendar(call.email, call.path["calendarId"]);
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::calendars_transfer(Call& call) {
  const bool as_admin = call.flag("useAdminAccess");
  if (!as_admin) return problem_response(invalid_parameter("useAdminAccess"));
  const auto done = google_.transfer_calendar(call.email, call.path["calendarId"],
                                              call.parameter("newDataOwner"));
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::calendar_list_watch(Call& call) {
  return watch(call, "", "users/me/calendarList");
}

Response CalendarApi::settings_list(Call& call) {
  const std::int64_t limit = call.number("maxResults", 100);
  ANSWER_OR_RETURN(const Json body, google_.settings(call.email, call.page(limit)));
  return json_response(200, body);
}

Response CalendarApi::settings_get(Call& call) {
  ANSWER_OR_RETURN(const Json body, google_.setting(call.email, call.path["setting"]));
  return json_response(200, body);
}

// Settings never change: the channel gets its first message and no other.
Response CalendarApi::settings_watch(Call& call) {
  return watch(call, "settings/" + call.email, "users/me/settings");
}

Response CalendarApi::events_watch(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   google_.calendar(call.email, call.path["calendarId"], "freeBusyReader"));
  if (!calendar->has_push())
    return problem_response(bad_request("pushNotSupportedForRequestedResource",
                                        "Push notifications are not supported by this resource."));
  return watch(call, calendar->id,
               "calendars/" + gcal::net::percent_encode(calendar->id) + "/events");
}

namespace {

constexpr std::int64_t kMaxChannelLife = std::int64_t{7} * 86'400'000;  // milliseconds

std::int64_t integer_of(const Json& value) {
  return value.is_string() ? std::strtoll(value.as_string().c_str(), nullptr, 10)
                           : value.as_integer(0);
}

Outcome<> check_channel(const Channel& channel, const std::string& type) {
  if (channel.id.empty()) return bad_request("required", "Required");
  if (type != "web_hook" && type != "webhook")
    return bad_request("push.channelTypeNotSupported", "The channel type is not supported.");
  if (channel.id.size() > 64 || channel.token.size() > 256)
    return bad_request("invalid", "Invalid Value");
  const auto address = gcal::net::parse_url(channel.address);
  if (!address || (address->scheme != "https" && !gcal::net::is_loopback(*address)))
    return bad_request("push.webhookUrlNotHttps",
                       "WebHook callback must be HTTPS: " + channel.address.substr(0, 200));
  return Done{};
}

// The earliest of `expiration`, `params.ttl` and Google's limit. Errors: invalid when it has
// passed.
Outcome<std::int64_t> channel_expiration(const Json& body, std::int64_t now) {
  std::int64_t expires = now + kMaxChannelLife;
  const std::int64_t requested = integer_of(body["expiration"]);
  if (requested > 0) expires = std::min(expires, requested);
  const std::int64_t ttl = integer_of(body["params"]["ttl"]);  // seconds
  if (ttl > 0 && ttl < 100 * 86'400) expires = std::min(expires, now + ttl * 1000);
  if (expires <= now) return bad_request("invalid", "Invalid Value");
  return expires;
}

std::string resource_id_of(const std::string& resource, const std::string& owner) {
  const auto digest = gcal::base::sha256(gcal::base::as_bytes(resource + "\n" + owner));
  return gcal::base::to_base64url(gcal::base::ByteView(digest).subspan(0, 20));
}

}  // namespace

Response CalendarApi::watch(Call& call, const std::string& calendar_id,
                            const std::string& resource) {
  const Json& body = call.body;
  Channel channel;
  channel.id = body.string("id");
  channel.address = body.string("address");
  channel.token = body.string("token");
  if (const auto checked = check_channel(channel, body.string("type")); !checked)
    return problem_response(checked.error());
  if (context_.channels.open_channels().contains(channel.id))
    return problem_response(
        bad_request("channelIdNotUnique", "Channel id " + channel.id + " not unique"));
  ANSWER_OR_RETURN(channel.expires, channel_expiration(body, google_.now_ms()));

  channel.calendar_id = calendar_id;
  channel.email = call.email;
  channel.client_id = call.client_id;
  channel.resource_uri = call.request.origin + "/calendar/v3/" + resource + "?alt=json";
  channel.resource_id = resource_id_of(resource, calendar_id.empty() ? call.email : "");
  Json out = Json::object({{"kind", "api#channel"},
                           {"id", channel.id},
                           {"resourceId", channel.resource_id},
                           {"resourceUri", channel.resource_uri}});
  if (!channel.token.empty()) out.set("token", channel.token);
  out.set("expiration", std::to_string(channel.expires));
  Response response = json_response(200, out);
  response.after_push = context_.channels.open(std::move(channel));
  return response;
}

Response CalendarApi::channels_stop(Call& call) {
  const std::string& id = call.body.string("id");
  const auto& open = context_.channels.open_channels();
  const auto found = open.find(id);
  if (found == open.end() || found->second.resource_id != call.body.string("resourceId") ||
      found->second.email != call.email || found->second.client_id != call.client_id)
    return problem_response({404,
                             "global",
                             "notFound",
                             "Channel '" + id.substr(0, 64) + "' not found for project '1'",
                             {},
                             {}});
  context_.channels.close(id);
  return empty_response();
}

}  // namespace emulator
