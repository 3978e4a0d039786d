// Which requests may be sent to a real account, and in which form. It keeps two promises: only
// calendars that the suite made are written to, and no mail goes to anyone. The one exception is
// the second account's primary calendar: there the copies of the suite's own invitations, named by
// their ids, may be read and written, and nothing else. Pure. Used by
// LiveBackend for every request of a fact. A request that it does not recognise is never sent.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/google_contract/harness/backend.hpp"

namespace live {

using contract::Json;
using contract::NotRun;
using contract::Request;
using contract::Response;

// In front of the name of every calendar that the suite makes, so that its user and --clean
// recognise it. Facts never see it.
inline constexpr std::string_view kMark = "[contract test, may be deleted] ";

// The calendars that a fact may use.
struct Sandbox {
  std::string base;                 // origin of the API
  std::string calendar;             // the one that "primary" names
  std::string own_email;            // whose primary calendar must not be used
  std::string second_email;         // of the user's second account; "" if there is none
  std::set<std::string> calendars;  // all that the suite made, `calendar` among them
  // The suite's events to which the second account is invited: their ids, which Google chose, and
  // iCalUIDs.
  std::map<std::string, std::string> invitations = {};
};

// The request as it may be sent: "primary" replaced by the test calendar, new calendars marked, no
// mail sent. `second`: as the second account. Throws NotRun, with the reason, for everything else.
Request guarded(Request request, const Sandbox& sandbox, bool second);

// Removes the mark from a response, so that a fact sees the names it wrote.
void remove_mark(Response& response);

// True for names at which no mail is ever received (RFC 2606): example.com, example.org,
// example.net, and everything below the top-level domains example, invalid and test.
bool is_reserved(std::string_view email_or_host);

}  // namespace live
