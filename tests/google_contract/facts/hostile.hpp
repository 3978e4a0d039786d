// What the facts about hostile input share. Whatever is sent, a response arrives, a refusal has
// Google's form, and the next request is served. Never asked of the real Google.
#pragma once

#include <string>
#include <vector>

#include "tests/google_contract/harness/fact.hpp"

namespace contract {

using Texts = std::vector<std::string>;

inline constexpr const char* kEvents = "/calendars/primary/events";
// The start and end of a good event, to be put between braces.
inline const std::string kDates = R"("start":{"date":"2026-12-01"},"end":{"date":"2026-12-02"})";

std::string repeated(const std::string& text, std::size_t count);

// A response that is no 5xx and, if it refuses, has Google's error body. `what`: the input.
void expect_well_formed(const Response& response, const std::string& what);
// The service still answers.
void expect_alive(Client& client);

Response insert_text(Client& client, const std::string& body);

}  // namespace contract
