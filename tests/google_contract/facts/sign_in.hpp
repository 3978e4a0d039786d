// A user's way through Google's sign-in, one request a function. Used by the facts of sign-in.
// Every field can be changed; the value "(none)" removes it. Never live: the emulator's consent
// page only.
#pragma once

#include <string>
#include <vector>

#include "tests/google_contract/harness/fact.hpp"

namespace contract::sign_in {

inline constexpr const char* kFormType = "application/x-www-form-urlencoded";
inline constexpr const char* kVerifier = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~";
inline constexpr const char* kRedirectUri = "http://127.0.0.1:9/back";
inline constexpr const char* kEventsScope = "https://www.googleapis.com/auth/calendar.events";
inline constexpr const char* kCalendarListScope =
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly";

// The authorization request and Google's page for it.
Fields authorization_request(const User& user, const Fields& changes = {});
Response consent_page(EmulatorOnly& client, const Fields& request,
                      const std::string& language = "en");

// The consent form as a browser sends it; `decision` is "allow" or "cancel".
Response submit_consent(EmulatorOnly& client, const Fields& request, const std::string& decision,
                        const std::vector<std::string>& ticked = {kEventsScope,
                                                                  kCalendarListScope});
// A parameter of the address that a response redirects to; "" if there is none.
std::string redirect_parameter(const Response& response, const std::string& name);
// The code of an allowed request.
std::string authorization_code(EmulatorOnly& client, const Fields& changes = {});

// A whole sign-in, with these `changes` of its first request: the response with the tokens.
Response new_tokens(EmulatorOnly& client, const Fields& changes = {});

// The token endpoint: the request that exchanges a code, sending one, refreshing.
Fields token_request(const std::string& code, const Fields& changes = {});
Response post_token(EmulatorOnly& client, Fields fields, Fields headers = {});
Response post_refresh(EmulatorOnly& client, const std::string& refresh_token,
                      const std::string& client_id = "crm");

}  // namespace contract::sign_in
