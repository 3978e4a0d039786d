// What the facts about guests share: invitations, answers, and a guest's view of one event.
#pragma once

#include "tests/google_contract/harness/fact.hpp"

namespace contract {

// {"attendees": [...]} with these addresses.
Json guest_list(const std::vector<std::string>& guests);
// `body` with these guests.
Json inviting(Json body, const std::vector<std::string>& guests);
// The change by which a guest answers: the attendees of the copy with their own status.
Json answered(const Response& copy, const std::string& email, const std::string& status);
// {"attendeesOmitted": true, "attendees": [own entry]}.
Json own_answer(const std::string& email, const std::string& status);

// The responseStatus of `email` in an event; "" if it is not among the attendees.
std::string response_of(const Json& event, const std::string& email);

// What the guest's primary calendar lists of the event or series `made`, exceptions too. `query`
// begins with "&".
Response copies(TwoAccounts& client, const User& guest, const Response& made,
                const std::string& query = "");
// The same as instances, cancelled ones left out: "start status" in order, one a line.
std::string occurrences(TwoAccounts& client, const User& guest, const Response& made);
// The same of the organizer's calendar.
std::string occurrences(Client& client, const Response& made);

}  // namespace contract
