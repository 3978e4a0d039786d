#include "tests/sim/guest_mails.hpp"

#include "src/common/icalendar/address.hpp"

namespace gcal::simulation {

using sync::Invitation;
using Kind = calendar::Mail::Kind;

namespace {

std::set<std::string> addresses_of(const std::vector<calendar::Attendee>& guests) {
  std::set<std::string> addresses;
  for (const calendar::Attendee& guest : guests)
    addresses.insert(icalendar::normalised_address(guest.email));
  return addresses;
}

}  // namespace

void GuestMails::titled(const std::string& token, const std::string& title,
                        const std::string& remote_id,
                        const std::vector<calendar::Attendee>& guests) {
  titles_[token] = {title, remote_id, addresses_of(guests)};
}

void GuestMails::deleted(sync::SideName side, const std::string& token) {
  deleted_by_[token].insert(side);
}

void GuestMails::uninvited(sync::SideName side, const std::string& token,
                           const std::string& guest) {
  if (side == sync::SideName::remote) uninvited_.insert({token, guest});
  if (const auto given = titles_.find(token); given != titles_.end())
    given->second.guests.erase(guest);
}

void GuestMails::delivered(const Invitation& message) {
  const sync::Series& series = message.after ? *message.after : *message.before;
  const std::string& token = series.master.location;
  const std::string about = token + " for " + message.guest;
  if (!keys_.insert(message.id).second) wrong_.push_back("one mail twice about " + about);
  if (message.uid.empty()) wrong_.push_back("a mail without UID about " + about);
  Entry& entry = calendars_[{message.guest, message.uid}];
  // Newer than what the guest has, or his calendar ignores it.
  const bool newer = message.sequence > entry.sequence ||
                     (message.sequence == entry.sequence && message.stamp > entry.stamp);
  if (!newer && !message.date) wrong_.push_back("an older mail after a newer one about " + about);
  if (message.kind == Kind::cancel && !message.date && message.sequence <= entry.sequence)
    wrong_.push_back("a cancellation that does not raise SEQUENCE about " + about);
  entry.token = token;
  // Several dates of one act are several mails; the whole appointment is one for each act.
  if (message.date) return;
  entry.sequence = std::max(entry.sequence, message.sequence);
  entry.stamp = std::max(entry.stamp, message.stamp);
  entry.there = message.kind != Kind::cancel;
  if (message.after) entry.title = message.after->master.summary;
  ++mails_[{token, message.guest}];
}

std::vector<std::string> GuestMails::judge(const std::map<std::string, Held>& remote, bool complete,
                                           const std::set<std::string>& not_judged) const {
  std::vector<std::string> wrong = wrong_;
  for (const auto& [key, count] : mails_) {
    const auto& [token, guest] = key;
    const auto acts = acts_.find(token);
    const std::size_t allowed = acts == acts_.end() ? 0 : acts->second;
    if (count > allowed && !not_judged.contains(token))
      wrong.push_back(guest + " got " + std::to_string(count) + " mails about " + token + " for " +
                      std::to_string(allowed) + " acts");
  }
  if (!complete) return wrong;
  for (const auto& [token, given] : titles_) {
    const auto held = remote.find(token);
    if (held == remote.end() || not_judged.contains(token) || held->second.id != given.remote_id ||
        held->second.series.master.summary != given.title)
      continue;
    const std::set<std::string> guests = addresses_of(held->second.series.master.attendees);
    for (const std::string& guest : given.guests) {
      if (!guests.contains(guest)) continue;
      const auto entry = calendars_.find({guest, held->second.series.facts.ical_uid});
      if (entry == calendars_.end() || !entry->second.there)
        wrong.push_back(guest + " never learnt of " + token + ", " + given.title);
      else if (entry->second.title != given.title)
        wrong.push_back(guest + " knows " + token + " as " + entry->second.title + ", not as " +
                        given.title);
    }
  }
  for (const auto& [key, entry] : calendars_) {
    if (!entry.there || remote.contains(entry.token) || not_judged.contains(entry.token)) continue;
    if (uninvited_.contains({entry.token, key.first})) continue;
    const auto by = deleted_by_.find(entry.token);
    if (by == deleted_by_.end() || by->second != std::set{sync::SideName::crm}) continue;
    wrong.push_back(key.first + " still expects " + entry.token);
  }
  return wrong;
}

}  // namespace gcal::simulation
