// The invitations of the second account: recorded, found again after a kill, deleted.
#include <algorithm>

#include "tests/google_contract/live/live_backend.hpp"

namespace live {

using contract::Json;
using contract::Request;
using contract::Response;

// An event of our calendar, or an instance of one, to which the second account is invited.
void LiveBackend::track_invitation(const Request& request, const Response& response) {
  if (sandbox_.second_email.empty() ||
      request.url.find("/calendars/primary/") != std::string::npos ||
      (request.body + response.body).find(sandbox_.second_email) == std::string::npos ||
      response.text("kind") != "calendar#event")
    return;
  add_invitation(response.text("id"), response.text("iCalUID"));
}

// `id` may be that of an instance: the series is recorded.
void LiveBackend::add_invitation(const std::string& id, const std::string& ical_uid) {
  sandbox_.invitations[id.substr(0, id.find('_'))] = ical_uid;
  if (auto stored = folder_.store_invitations(sandbox_.invitations); !stored)
    throw RunStopped{stored.error().message};
}

// Deletes the event and what is left of it in the second account's calendar.
bool LiveBackend::withdraw(const std::string& id, const std::string& ical_uid) {
  const std::string ours =
      "/calendars/" + contract::escape(sandbox_.calendar) + "/events/" + id + "?sendUpdates=none";
  if (!sandbox_.calendar.empty()) (void)call("DELETE", ours);
  const Response list =
      call("GET", "/calendars/primary/events?iCalUID=" + contract::escape(ical_uid), Json(), true);
  bool gone = list.status == 200;
  for (const Json& item : list.list("items")) {
    if (item.string("status") == "cancelled") continue;
    const int status = call("DELETE",
                            "/calendars/primary/events/" + contract::escape(item.string("id")) +
                                "?sendUpdates=none",
                            Json(), true)
                           .status;
    gone = gone && ((status >= 200 && status < 300) || status == 404 || status == 410);
  }
  return gone;
}

// A run that was killed, or whose response was lost, has not recorded what it invited.
void LiveBackend::find_invitations(const std::string& calendar) {
  if (sandbox_.second_email.empty()) return;
  const std::string events = "/calendars/" + contract::escape(calendar) + "/events?maxResults=2500";
  std::string page;
  do {
    const Response list =
        call("GET", events + (page.empty() ? "" : "&pageToken=" + contract::escape(page)));
    if (list.status != 200) return;  // without the calendar there is nothing to find
    for (const Json& event : list.list("items")) {
      const auto& guests = event["attendees"].items();
      if (std::any_of(guests.begin(), guests.end(), [&](const Json& guest) {
            return guest.string("email") == sandbox_.second_email;
          }))
        add_invitation(event.string("id"), event.string("iCalUID"));
    }
    page = list.text("nextPageToken");
  } while (!page.empty());
}

std::size_t LiveBackend::withdraw_invitations() {
  if (sandbox_.invitations.empty() || !second_) return sandbox_.invitations.size();
  std::erase_if(sandbox_.invitations,
                [&](const auto& one) { return withdraw(one.first, one.second); });
  if (auto stored = folder_.store_invitations(sandbox_.invitations); !stored)
    throw RunStopped{stored.error().message};
  return sandbox_.invitations.size();
}

}  // namespace live
