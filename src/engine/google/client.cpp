#include "src/engine/google/client.hpp"

#include "src/engine/google/broken_items.hpp"
#include "src/engine/google/errors.hpp"
#include "src/engine/google/repaired_json.hpp"

namespace gcal::google {
namespace {

using base::Json;

// Google compresses answers only if the user agent contains "gzip".
constexpr const char* kUserAgent = "crm-google-calendar/1 (gzip)";

std::string event_path(const std::string& calendar_id, const std::string& event_id) {
  return "/calendars/" + net::percent_encode(calendar_id) + "/events" +
         (event_id.empty() ? "" : "/" + net::percent_encode(event_id));
}

// Google takes a conference or attachments only from who says that they know them.
net::Parameters write_parameters(const Json& body, SendUpdates updates) {
  net::Parameters parameters{{"sendUpdates", updates == SendUpdates::all ? "all" : "none"}};
  if (body.contains("conferenceData")) parameters.emplace_back("conferenceDataVersion", "1");
  if (body.contains("attachments")) parameters.emplace_back("supportsAttachments", "true");
  return parameters;
}

// What the source of tokens answers is no answer about the event or calendar of the request.
template <class T>
Result<T> about_account(Result<T> token) {
  if (token) return token;
  Error error = std::move(token).error();
  error.scope = Scope::account;
  return error;
}

}  // namespace

Task<Json> Client::call(Call call) {
  if (call.method != std::string_view("GET") && call.path.find("//") != std::string::npos)
    co_return Error{Code::invalid, "a write needs the id of what it writes", {}};
  call.parameters.emplace_back("prettyPrint", "false");
  net::HttpRequest request;
  request.method = call.method;
  request.url = base_url_ + "/calendar/v3" + call.path + "?" + net::form_encode(call.parameters);
  request.headers.set("User-Agent", kUserAgent);
  request.headers.set("Accept", "application/json");
  if (call.body) {
    request.headers.set("Content-Type", "application/json; charset=UTF-8");
    request.body = call.body->dump();
  }
  if (!call.if_match.empty()) request.headers.set("If-Match", call.if_match);

  CO_TRY(std::string token, about_account(co_await tokens_.token()));
  for (bool renewed = false;; renewed = true) {
    request.headers.set("Authorization", "Bearer " + token);
    const net::HttpLimits limits;
    const net::RetryPolicy policy;
    CO_TRY(const net::HttpResponse response,
           co_await net::send_with_retry(http_, request, limits, policy, call.idempotent, tools_));
    if (response.status == 401 && !renewed) {
      CO_TRY(token, about_account(co_await tokens_.renew(std::move(token))));
      continue;
    }
    if (response.status < 200 || response.status > 299) {
      Error error = error_of(response, tools_.clock.now());
      // A token that was issued a moment ago is not accepted. That passes: only a refused refresh
      // means that the account must be connected again.
      if (response.status == 401 && error.code == Code::needs_auth)
        error = {Code::unavailable, "Google did not accept a new access token", {}, Scope::account};
      co_return error;
    }
    if (response.body.empty()) co_return Json();
    Result<Json> json = Json::parse(response.body);
    if (!json) {
      const std::string repaired = repaired_json(response.body);
      json = Json::parse(repaired);
      if (!json) json = Json::parse(without_broken_items(repaired));
    }
    // A captive portal answers 200 with HTML. A read can be repeated later. The outcome of a write
    // is unknown, which is what timeout means.
    if (!json || !json->is_object())
      co_return Error{call.method == std::string_view("GET") ? Code::unavailable : Code::timeout,
                      "what answered does not speak like Google's API",
                      {}};
    co_return json;
  }
}

Task<Json> Client::list_calendars(std::string page_token) {
  Call list;
  list.path = "/users/me/calendarList";
  list.parameters = {{"maxResults", "250"}};
  if (!page_token.empty()) list.parameters.emplace_back("pageToken", std::move(page_token));
  co_return co_await call(std::move(list));
}

Task<Json> Client::get_calendar(std::string calendar_id) {
  Call get;
  get.path = "/users/me/calendarList/" + net::percent_encode(calendar_id);
  co_return co_await call(std::move(get));
}

Task<Json> Client::list_events(std::string calendar_id, net::Parameters parameters) {
  Call list;
  list.path = event_path(calendar_id, {});
  list.parameters = std::move(parameters);
  co_return co_await call(std::move(list));
}

Task<Json> Client::get_event(std::string calendar_id, std::string event_id) {
  if (event_id.empty())
    co_return Error{Code::not_found, "an event without an id does not exist", {}};
  Call get;
  get.path = event_path(calendar_id, event_id);
  co_return co_await call(std::move(get));
}

Task<Json> Client::insert_event(std::string calendar_id, Json body, SendUpdates updates) {
  Call insert;
  insert.method = "POST";
  insert.path = event_path(calendar_id, {});
  insert.parameters = write_parameters(body, updates);
  insert.idempotent = !body.string("id").empty();  // with an id a repetition is answered with 409
  insert.body = std::move(body);
  co_return co_await call(std::move(insert));
}

Task<Json> Client::patch_event(std::string calendar_id, std::string event_id, Json body,
                               std::string if_match, SendUpdates updates) {
  if (event_id.empty()) co_return Error{Code::invalid, "a change needs the id of its event", {}};
  Call patch;
  patch.method = "PATCH";
  patch.path = event_path(calendar_id, event_id);
  patch.parameters = write_parameters(body, updates);
  patch.idempotent = false;  // a repetition would meet its own new ETag and look like a conflict
  patch.body = std::move(body);
  patch.if_match = std::move(if_match);
  co_return co_await call(std::move(patch));
}

Task<> Client::delete_event(std::string calendar_id, std::string event_id, std::string if_match,
                            SendUpdates updates) {
  if (event_id.empty()) co_return Error{Code::invalid, "a deletion needs the id of its event", {}};
  Call erase;
  erase.method = "DELETE";
  erase.path = event_path(calendar_id, event_id);
  erase.parameters = write_parameters(Json(), updates);
  erase.if_match = std::move(if_match);
  CO_TRY_VOID(co_await call(std::move(erase)));
  co_return Result<>{};
}

Task<Json> Client::watch_events(std::string calendar_id, Json channel) {
  Call watch;
  watch.method = "POST";
  watch.path = event_path(calendar_id, {}) + "/watch";
  watch.idempotent = false;
  watch.body = std::move(channel);
  co_return co_await call(std::move(watch));
}

Task<> Client::stop_channel(std::string channel_id, std::string resource_id) {
  Call stop;
  stop.method = "POST";
  stop.path = "/channels/stop";
  stop.body = Json::object({{"id", std::move(channel_id)}, {"resourceId", std::move(resource_id)}});
  CO_TRY_VOID(co_await call(std::move(stop)));
  co_return Result<>{};
}

}  // namespace gcal::google
