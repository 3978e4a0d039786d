// The methods of Calendar API v3 that this product uses, one function each. Adds authorization,
// retries and error codes; does not interpret calendar content. Used by google_side, push_channels
// and calendar_list. There is deliberately no function that deletes or clears a calendar (S-31),
// and a token is never written into a URL. Runs on the loop thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "src/common/base/json.hpp"
#include "src/common/base/task.hpp"
#include "src/common/net/http.hpp"
#include "src/common/net/retry.hpp"
#include "src/common/net/url.hpp"

namespace gcal::google {

// Source of the account's access tokens. Implemented by the plugin over oauth::TokenSource.
class AccessTokens {
 public:
  virtual ~AccessTokens() = default;
  // A token that is valid for at least one request. Errors: those of oauth::TokenSource::token.
  virtual Task<std::string> token() = 0;
  // Called after Google answered 401 to `rejected`: returns a different token. Errors: needs_auth.
  virtual Task<std::string> renew(std::string rejected) = 0;
};

inline constexpr const char* kApi = "https://www.googleapis.com";

// The query parameter sendUpdates: whether Google notifies the guests about this write.
enum class SendUpdates { none, all };

// The client of one account. Objects passed by reference must outlive it. Every function repeats
// requests that are safe to repeat (net::send_with_retry), renews the token once after a 401, and
// answers with the errors of error_of(), or with timeout if the outcome of a write is unknown.
// Errors of the tokens have the scope `account`.
// [loop thread]
class Client {
 public:
  // base_url: kApi or the emulator's address, without "/calendar/v3".
  Client(std::string base_url, AccessTokens& tokens, net::HttpClient& http, net::RetryTools tools)
      : base_url_(std::move(base_url)), tokens_(tokens), http_(http), tools_(tools) {}

  // calendarList.list, one page. page_token: "" for the first page.
  Task<base::Json> list_calendars(std::string page_token);
  // calendarList.get: the calendar's entry in the account's list.
  Task<base::Json> get_calendar(std::string calendar_id);
  // events.list, one page.
  Task<base::Json> list_events(std::string calendar_id, net::Parameters parameters);
  // events.get. Errors: not_found also if `event_id` is empty.
  Task<base::Json> get_event(std::string calendar_id, std::string event_id);
  // events.insert. Repeated after a lost answer only if `body` has an id: the repetition is then
  // answered with conflict instead of creating a second event.
  Task<base::Json> insert_event(std::string calendar_id, base::Json body, SendUpdates updates);
  // events.patch. if_match: the ETag the change is based on, "" for none. Never repeated: after a
  // lost answer the second request would meet its own new ETag and look like a conflict.
  Task<base::Json> patch_event(std::string calendar_id, std::string event_id, base::Json body,
                               std::string if_match, SendUpdates updates);
  // events.delete. if_match as above.
  Task<> delete_event(std::string calendar_id, std::string event_id, std::string if_match,
                      SendUpdates updates);
  // events.watch: opens a push channel. `channel` is the request body.
  Task<base::Json> watch_events(std::string calendar_id, base::Json channel);
  // channels.stop.
  Task<> stop_channel(std::string channel_id, std::string resource_id);

 private:
  struct Call {
    const char* method = "GET";
    std::string path;
    net::Parameters parameters = {};
    std::optional<base::Json> body = {};
    std::string if_match = {};
    bool idempotent = true;
  };

  Task<base::Json> call(Call call);

  std::string base_url_;
  AccessTokens& tokens_;
  net::HttpClient& http_;
  net::RetryTools tools_;
};

}  // namespace gcal::google
