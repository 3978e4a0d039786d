// The calls of Calendar API v3 that this product makes, one function each. Used by google_side,
// watch and the plugin's settings page. Never deletes or clears a calendar, never puts a token into
// a URL, never decides what a change means.
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

// Where access tokens come from; implemented over oauth::TokenSource where the product is wired.
class AccessTokens {
 public:
  virtual ~AccessTokens() = default;
  virtual Task<std::string> token() = 0;
  // Google refused `rejected`: another one. Errors: needs_auth.
  virtual Task<std::string> renew(std::string rejected) = 0;
};

inline constexpr const char* kApi = "https://www.googleapis.com";

enum class SendUpdates { none, all };

// [loop thread] One account. Everything passed by reference outlives it.
class Client {
 public:
  // base_url: kApi, or the emulator's address; "/calendar/v3" is added here.
  Client(std::string base_url, AccessTokens& tokens, net::HttpClient& http, net::RetryTools tools)
      : base_url_(std::move(base_url)), tokens_(tokens), http_(http), tools_(tools) {}

  Task<base::Json> list_calendars(std::string page_token);
  Task<base::Json> get_calendar(std::string calendar);  // the entry in the user's list
  Task<base::Json> list_events(std::string calendar, net::Parameters parameters);
  Task<base::Json> get_event(std::string calendar, std::string event);
  Task<base::Json> insert_event(std::string calendar, base::Json body, SendUpdates updates);
  Task<base::Json> patch_event(std::string calendar, std::string event, base::Json body,
                               std::string if_match, SendUpdates updates);
  Task<> delete_event(std::string calendar, std::string event, std::string if_match,
                      SendUpdates updates);
  Task<base::Json> watch_events(std::string calendar, base::Json channel);
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
