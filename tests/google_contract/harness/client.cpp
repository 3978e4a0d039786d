#include "tests/google_contract/harness/client.hpp"

namespace contract {

Response Client::raw(const std::string& method, const std::string& target, const std::string& body,
                     Fields headers) {
  return backend_.send(
      {method, target.starts_with("http") ? target : base + target, body, std::move(headers)});
}

Response Client::as(const User& user, const std::string& method, const std::string& path,
                    const std::string& body, Fields headers) {
  headers.emplace_back("Authorization", "Bearer " + user.token);
  return raw(method, "/calendar/v3" + path, body, std::move(headers));
}

Response Client::call(const std::string& method, const std::string& path, const std::string& body,
                      Fields headers) {
  return as(me, method, path, body, std::move(headers));
}
Response Client::get(const std::string& path, Fields headers) {
  return call("GET", path, "", std::move(headers));
}
Response Client::post(const std::string& path, const Json& body, Fields headers) {
  return call("POST", path, body.dump(), std::move(headers));
}
Response Client::patch(const std::string& path, const Json& body, Fields headers) {
  return call("PATCH", path, body.dump(), std::move(headers));
}
Response Client::put(const std::string& path, const Json& body, Fields headers) {
  return call("PUT", path, body.dump(), std::move(headers));
}
Response Client::remove(const std::string& path, Fields headers) {
  return call("DELETE", path, "", std::move(headers));
}

Response Client::insert(const Json& body, const std::string& query) {
  return post("/calendars/primary/events" + query, body);
}
Response Client::events(const std::string& query) {
  return get("/calendars/primary/events" + query);
}
Response Client::event(const std::string& id) {
  return get("/calendars/primary/events/" + id);
}
std::string Client::sync_token() {
  return events("?fields=nextSyncToken").text("nextSyncToken");
}
Response Client::changes_since(const std::string& sync_token, const std::string& more) {
  return events("?syncToken=" + escape(sync_token) + more);
}
Response Client::instances(const std::string& series, const std::string& query) {
  return get("/calendars/primary/events/" + series + "/instances" + query);
}
std::string Client::new_calendar(const std::string& summary) {
  return post("/calendars", Json::object({{"summary", summary}})).text("id");
}

}  // namespace contract
