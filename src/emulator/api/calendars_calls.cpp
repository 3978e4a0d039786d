// The handlers of calendarList, calendars and channels.
#include <algorithm>
#include <array>
#include <ctime>

#include "src/common/base/bytes.hpp"
#include "src/emulator/api/call.hpp"

namespace emulator {

using gcal::base::Json;

Response CalendarApi::calendar_list_list(Call& call) {
  ANSWER_OR_RETURN(const std::int64_t limit, call.number("maxResults", 100, 1));
  ANSWER_OR_RETURN(const bool deleted, call.flag("showDeleted", false));
  ANSWER_OR_RETURN(const bool hidden, call.flag("showHidden", false));
  if (call.has("syncToken") &&
      ((call.has("showDeleted") && !deleted) || (call.has("showHidden") && !hidden)))
    return problem_response(
        bad("invalid", "Sync token cannot be used with other request restrictions"));
  ANSWER_OR_RETURN(const Json body,
                   e_.google_->calendar_list(call.email, limit, call.parameter("pageToken"),
                                             call.parameter("syncToken"), deleted, hidden,
                                             call.parameter("minAccessRole")));
  return json_response(200, body);
}

Response CalendarApi::calendar_list_get(Call& call) {
  ANSWER_OR_RETURN(const Json body, e_.google_->list_entry(call.email, call.path["calendarId"]));
  return json_response(200, body);
}

Response CalendarApi::calendar_list_insert(Call& call) {
  ANSWER_OR_RETURN(const Json body, e_.google_->insert_list_entry(call.email, call.body));
  return json_response(200, body);
}

Response CalendarApi::calendar_list_write(Call& call) {
  ANSWER_OR_RETURN(const bool rgb, call.flag("colorRgbFormat", false));
  ANSWER_OR_RETURN(const Json body,
                   e_.google_->write_list_entry(call.email, call.path["calendarId"], call.body, rgb,
                                                call.request.method == "PUT"));
  return json_response(200, body);
}

Response CalendarApi::calendar_list_delete(Call& call) {
  const auto done = e_.google_->delete_list_entry(call.email, call.path["calendarId"]);
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::calendars_get(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   e_.google_->calendar(call.email, call.path["calendarId"], "freeBusyReader"));
  return json_response(200, e_.google_->calendar_json(*calendar));
}

Response CalendarApi::calendars_insert(Call& call) {
  ANSWER_OR_RETURN(const Json body, e_.google_->insert_calendar(call.email, call.body));
  if (Calendar* made = e_.google_->find_calendar(body.string("id"))) made->maker = call.client_id;
  return json_response(200, body);
}

Response CalendarApi::calendars_write(Call& call) {
  ANSWER_OR_RETURN(const Json body,
                   e_.google_->patch_calendar(call.email, call.path["calendarId"], call.body,
                                              call.request.method == "PUT"));
  return json_response(200, body);
}

Response CalendarApi::calendars_delete(Call& call) {
  const auto done = e_.google_->delete_calendar(call.email, call.path["calendarId"]);
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::calendars_clear(Call& call) {
  const auto done = e_.google_->clear_calendar(call.email, call.path["calendarId"]);
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::calendars_transfer(Call& call) {
  for (const char* name : {"newDataOwner", "useAdminAccess"})
    if (call.parameter(name).empty())
      return problem_response({400, "global", "required",
                               std::string("Required parameter: ") + name, "parameter", name});
  ANSWER_OR_RETURN(const bool as_admin, call.flag("useAdminAccess", false));
  if (!as_admin) return problem_response(wrong_parameter("useAdminAccess"));
  const auto done = e_.google_->transfer_calendar(call.email, call.path["calendarId"],
                                                  call.parameter("newDataOwner"));
  return done ? empty_response() : problem_response(done.error());
}

Response CalendarApi::calendar_list_watch(Call& call) {
  return watch(call, "", "users/me/calendarList");
}

Response CalendarApi::settings_list(Call& call) {
  ANSWER_OR_RETURN(const std::int64_t limit, call.number("maxResults", 100, 1));
  ANSWER_OR_RETURN(const Json body,
                   e_.google_->settings(call.email, limit, call.parameter("pageToken"),
                                        call.parameter("syncToken")));
  return json_response(200, body);
}

Response CalendarApi::settings_get(Call& call) {
  ANSWER_OR_RETURN(const Json body, e_.google_->setting(call.email, call.path["setting"]));
  return json_response(200, body);
}

// Settings do not change here: the channel has its first message and no other.
Response CalendarApi::settings_watch(Call& call) {
  return watch(call, "settings/" + call.email, "users/me/settings");
}

Response CalendarApi::events_watch(Call& call) {
  ANSWER_OR_RETURN(Calendar * calendar,
                   e_.google_->calendar(call.email, call.path["calendarId"], "freeBusyReader"));
  if (!calendar->has_push())
    return problem_response(bad("pushNotSupportedForRequestedResource",
                                "Push notifications are not supported by this resource."));
  return watch(call, calendar->id,
               "calendars/" + gcal::net::percent_encode(calendar->id) + "/events");
}

Response CalendarApi::watch(Call& call, const std::string& calendar_id,
                            const std::string& resource) {
  const Json& body = call.body;
  Channel channel;
  channel.id = body.string("id");
  channel.address = body.string("address");
  channel.token = body.string("token");
  const std::string& type = body.string("type");
  if (channel.id.empty()) return problem_response(bad("required", "Required"));
  if (type != "web_hook" && type != "webhook")
    return problem_response(
        bad("push.channelTypeNotSupported", "The channel type is not supported."));
  if (channel.id.size() > 64 || channel.token.size() > 256)
    return problem_response(bad("invalid", "Invalid Value"));
  const auto address = gcal::net::parse_url(channel.address);
  if (!address || (address->scheme != "https" && !gcal::net::is_loopback(*address)))
    return problem_response(bad("push.webhookUrlNotHttps", "WebHook callback must be HTTPS: " +
                                                               channel.address.substr(0, 200)));
  if (e_.channels_.contains(channel.id))
    return problem_response(bad("channelIdNotUnique", "Channel id " + channel.id + " not unique"));

  const std::int64_t now = e_.google_->now_ms();
  const std::int64_t longest = now + std::int64_t{7} * 86'400'000;
  channel.expires = longest;
  const Json& expiration = body["expiration"];
  std::int64_t wished = expiration.as_integer(0);
  if (expiration.is_string()) wished = std::strtoll(expiration.as_string().c_str(), nullptr, 10);
  if (wished > 0) channel.expires = std::min(channel.expires, wished);
  const Json& ttl = body["params"]["ttl"];
  const std::int64_t seconds =
      ttl.is_string() ? std::strtoll(ttl.as_string().c_str(), nullptr, 10) : ttl.as_integer(0);
  if (seconds > 0 && seconds < 100 * 86'400)
    channel.expires = std::min(channel.expires, now + seconds * 1000);
  if (channel.expires <= now) return problem_response(bad("invalid", "Invalid Value"));

  channel.calendar_id = calendar_id;
  channel.email = call.email;
  channel.client_id = call.client_id;
  channel.resource_uri = call.request.origin + "/calendar/v3/" + resource + "?alt=json";
  const auto digest = gcal::base::sha256(
      gcal::base::as_bytes(resource + "\n" + (calendar_id.empty() ? call.email : "")));
  channel.resource_id = gcal::base::to_base64url(gcal::base::ByteView(digest).subspan(0, 20));
  Channel& stored = e_.channels_[channel.id] = std::move(channel);
  const std::uint64_t before = e_.last_push_;
  e_.notify(stored, "sync");
  Json out = Json::object({{"kind", "api#channel"},
                           {"id", stored.id},
                           {"resourceId", stored.resource_id},
                           {"resourceUri", stored.resource_uri}});
  if (!stored.token.empty()) out.set("token", stored.token);
  out.set("expiration", std::to_string(stored.expires));
  Response response = json_response(200, out);
  if (e_.last_push_ > before) response.after_push = e_.last_push_;
  return response;
}

Response CalendarApi::channels_stop(Call& call) {
  const std::string& id = call.body.string("id");
  const auto found = e_.channels_.find(id);
  if (found == e_.channels_.end() || found->second.resource_id != call.body.string("resourceId") ||
      found->second.email != call.email || found->second.client_id != call.client_id)
    return problem_response({404,
                             "global",
                             "notFound",
                             "Channel '" + id.substr(0, 64) + "' not found for project '1'",
                             {},
                             {}});
  e_.close_channel(found);
  return empty_response();
}

}  // namespace emulator
