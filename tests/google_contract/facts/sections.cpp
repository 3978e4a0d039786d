// The sections with their titles, in the order they are shown, and all checks.
#include "tests/google_contract/facts/contract.hpp"

namespace contract {

std::string title(const std::string& section) {
  static const std::map<std::string, std::string> titles{
      {"oauth.page", "Sign-in: Google's pages for choosing an account and allowing"},
      {"oauth.token", "Sign-in: codes, access tokens, refresh tokens"},
      {"oauth.identity", "Sign-in: who it is, discovery, revocation"},
      {"scopes", "Which call accepts which scope"},
      {"calendarList", "The list of a person's calendars"},
      {"calendars", "Calendars, colours, settings"},
      {"acl", "Sharing a calendar, and what each role may do"},
      {"labels", "Event labels"},
      {"freeBusy", "Busy times"},
      {"events.refused", "Events: bodies that are refused, and with which reason"},
      {"events.shown", "Events: how what was written reads"},
      {"events.ids", "Events: ids, given by Google and by the client"},
      {"events.limits", "Events: how long, how many"},
      {"events.types", "Events: focus time, out of office, working location, birthdays"},
      {"events.write", "Events: patch, update, delete, import, move"},
      {"series.rules", "Series: which instances a rule gives"},
      {"series", "Series: instances, exceptions, cancelled instances"},
      {"series.page",
       "Series: what Google's own page does with \"this and following\" and \"all\""},
      {"events.list", "Lists: windows, order, filters, pages"},
      {"sync", "Sync tokens"},
      {"guests", "Guests: copies, answers, what a guest may change"},
      {"mails", "Mails that Google sends"},
      {"conditions", "ETags and conditional requests"},
      {"requests", "What is common to all requests: authorisation, bodies, errors"},
      {"fields", "Partial answers"},
      {"hostile", "Hostile input"},
      {"faults", "Faults on demand (of the emulator, not of Google): rules and error bodies"},
      {"faults.doors", "Faults before the first byte: connecting and TLS"},
      {"faults.wire", "Faults on the bytes of an answer"},
      {"faults.lists", "Faults in what a list says"},
      {"faults.push", "Faults of notifications"},
      {"faults.oauth", "Faults of sign-in"},
      {"faults.batch", "Faults in batches"},
      {"push", "Push: channels and their messages"},
      {"batch", "Batches"},
      {"golden", "Whole stories that a sync engine has to survive"},
  };
  const auto found = titles.find(section);
  return found == titles.end() ? "" : found->second;
}

Checks all_checks() {
  Checks checks;
  for (const auto add :
       {oauth_checks, oauth_identity_checks, scope_checks, calendar_checks, sharing_checks,
        event_checks, event_write_checks, series_checks, list_checks, sync_checks, guest_checks,
        request_checks, fault_checks, fault_wire_checks, push_checks, batch_checks, golden_checks,
        hostile_checks})
    add(checks);
  std::map<std::string, std::size_t> places;  // a section's checks may be added in two goes
  for (const Check& check : checks) places.try_emplace(check.section, places.size());
  std::stable_sort(checks.begin(), checks.end(), [&](const Check& a, const Check& b) {
    return places[a.section] < places[b.section];
  });
  return checks;
}

}  // namespace contract
