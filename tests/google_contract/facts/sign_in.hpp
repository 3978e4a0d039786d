// A person's way through Google's sign-in, as requests: for the checks of the sections oauth.*.
// Every step's fields can be changed; "(none)" leaves one out.
#pragma once

#include <string>
#include <vector>

#include "src/common/net/url.hpp"
#include "tests/google_contract/facts/contract.hpp"

namespace contract::sign_in {

inline constexpr const char* kForm = "application/x-www-form-urlencoded";
inline constexpr const char* kVerifier = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~";
inline constexpr const char* kBack = "http://127.0.0.1:9/back";
inline constexpr const char* kEvents = "https://www.googleapis.com/auth/calendar.events";
inline constexpr const char* kListRead =
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly";

std::string challenge(const std::string& verifier);
Fields request(const Person& person, Fields changes = {});  // of the authorisation page
Answer page(Emulated& probe, const Fields& fields, const std::string& language = "en");
// The consent form as a browser sends it.
Answer decide(Emulated& probe, const Fields& fields, const std::string& decision,
              const std::vector<std::string>& ticked = {kEvents, kListRead});
gcal::net::Parameters back(const Answer& answer);  // what the redirect brings
std::string back(const Answer& answer, std::string_view name);
std::string code(Emulated& probe, const Fields& changes = {});

Answer token(Emulated& probe, Fields fields, Fields headers = {});
Fields exchange(const std::string& code_text, const Fields& changes = {});  // of the token endpoint
Answer renew(Emulated& probe, const std::string& refresh, const std::string& client = "crm");

}  // namespace contract::sign_in
