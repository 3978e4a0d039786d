// The mails that Google would send to the participants of an event, by sendUpdates.
#include <algorithm>

#include "src/emulator/model/guest_copy.hpp"
#include "src/emulator/model/guests.hpp"

namespace emulator {
namespace {

// Rooms get no mail.
std::set<std::string> guests_of(const Event& event) {
  std::set<std::string> emails;
  for (const Json& attendee : event.fields["attendees"].items())
    if (!attendee["resource"].as_bool()) emails.insert(attendee.string("email"));
  return emails;
}

}  // namespace

void Guests::record(const char* kind, const std::string& email, const Calendar& calendar,
                    const Event& event, const std::set<std::string>& to,
                    const WriteOptions& options) {
  if (options.send_updates != "all" && options.send_updates != "externalOnly") return;
  Mail mail{kind, calendar.id, event.id, event.fields.string("summary"), {}, google_.now_ms()};
  for (const std::string& address : to) {
    if (address == email) continue;  // who acts gets no mail about it
    if (options.send_updates == "externalOnly" && google_.account(address)) continue;
    mail.recipients.push_back(address);
  }
  if (!mail.recipients.empty()) google_.mails_.push_back(std::move(mail));
}

// A write of the organizer, or of a guest who may change the event; `calendar` is the organizer's.
void Guests::record_mails(const std::string& email, const Calendar& calendar, const Event& event,
                          const Event* before, const WriteOptions& options) {
  const std::string& organizer = event.fields["organizer"].string("email");
  std::set<std::string> now = guests_of(event), earlier = before && !before->cancelled
                                                              ? guests_of(*before)
                                                              : std::set<std::string>{};
  now.erase(organizer);
  earlier.erase(organizer);
  if (event.cancelled) return record("cancellation", email, calendar, event, now, options);
  std::set<std::string> added, kept, removed;
  std::set_difference(now.begin(), now.end(), earlier.begin(), earlier.end(),
                      std::inserter(added, added.end()));
  std::set_intersection(now.begin(), now.end(), earlier.begin(), earlier.end(),
                        std::inserter(kept, kept.end()));
  std::set_difference(earlier.begin(), earlier.end(), now.begin(), now.end(),
                      std::inserter(removed, removed.end()));
  record("invitation", email, calendar, event, added, options);
  record("cancellation", email, calendar, event, removed, options);
  const bool moved = before && before->fields["organizer"].string("email") != organizer;
  if (before && !before->cancelled && (moved || shared_members_differ(*before, event)))
    record("update", email, calendar, event, kept, options);
}

// A guest answered or deleted the copy in `calendar`.
void Guests::record_response(const std::string& email, const Calendar& calendar, const Event& event,
                             const Event* before, const WriteOptions& options) {
  const Json* mine = attendee_of(event.fields, calendar.id);
  const Json* earlier = before ? attendee_of(before->fields, calendar.id) : nullptr;
  if (mine && (!earlier || (*mine)["responseStatus"] != (*earlier)["responseStatus"]))
    record("response", email, calendar, event, {event.fields["organizer"].string("email")},
           options);
}

}  // namespace emulator
