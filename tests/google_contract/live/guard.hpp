// What may leave for a real account, and in which form: the promise that only calendars of our own
// are written to and that nobody is written to. Pure. Used by LiveStage for every request of a
// check. It must never let a request pass that it does not know.
#pragma once

#include <set>
#include <string>

#include "tests/google_contract/facts/stage.hpp"

namespace live {

using contract::Answer;
using contract::Json;
using contract::NotHere;
using contract::Request;

// Stands before the name of every calendar that we make, so that a person and --clean recognise it.
// Checks never see it.
inline constexpr std::string_view kMark = "[contract test, may be deleted] ";

// Where a check stands.
struct Ground {
  std::string base;                 // origin of the API
  std::string room;                 // the calendar that "primary" stands for
  std::string own_email;            // whose primary calendar is not to be touched
  std::string second_email;         // the person's second account; "" for none
  std::set<std::string> calendars;  // those that we made, the room among them
};

// The request as it may be sent: "primary" is the room, new calendars bear the mark, nobody is
// mailed. `second`: it is the second account's. Throws NotHere, with the reason, for everything
// else.
Request guarded(Request request, const Ground& ground, bool second);

// An answer as the check would have it without the mark.
void take_mark_off(Answer& answer);

// Nobody ever gets mail there (RFC 2606): example.com, example.org, example.net and the top-level
// domains example, invalid, test.
bool is_reserved(std::string_view email_or_host);

}  // namespace live
