// What the guests of a simulated history must have been informed by the CRM's mailer: the expected
// set of mails, from the acts of the CRM's user, and a calendar of each guest who applies what
// arrives. Pure; the simulated worlds report acts and deliveries. Used by world.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::simulation {

class GuestMails {
 public:
  // A user of the CRM acted on the appointments with the token.
  void acted(const std::string& token) { ++acts_[token]; }
  // The act gave it a title while both sides held it as the object `remote_id`; guests: whom it
  // has.
  void titled(const std::string& token, const std::string& title, const std::string& remote_id,
              const std::vector<calendar::Attendee>& guests);
  // A user deleted it while both sides held it.
  void deleted(sync::SideName side, const std::string& token);
  // A user took the invitation of a guest back; that of the remote side informed no one. What the
  // guest was not informed of until then is no longer owed to him: if the remote side's user
  // invites him again, so is the mail of the remote service.
  void uninvited(sync::SideName side, const std::string& token, const std::string& guest);
  // A message reached a guest.
  void delivered(const sync::Invitation& message);

  // What is wrong in the end. `remote`: the appointments that the remote side holds, by token;
  // `complete`: nothing interrupted the history, so that everything had to be informed.
  struct Held {
    std::string id;
    sync::Series series;
  };
  std::vector<std::string> judge(const std::map<std::string, Held>& remote, bool complete,
                                 const std::set<std::string>& not_judged) const;
  const std::vector<std::string>& wrong() const { return wrong_; }

 private:
  // One appointment, or one date of it, in a guest's calendar.
  struct Entry {
    bool there = false;
    std::int64_t sequence = -1;
    base::Instant stamp{};
    std::string title;
    std::string token;
  };
  struct Title {
    std::string title;
    std::string remote_id;
    std::set<std::string> guests;
  };
  using Key = std::pair<std::string, std::string>;  // guest, UID

  std::map<std::string, std::size_t> acts_;  // by token
  std::map<std::string, Title> titles_;      // the last that the CRM's user gave, by token
  std::map<std::string, std::set<sync::SideName>> deleted_by_;
  std::map<std::pair<std::string, std::string>, std::size_t> mails_;  // by token and guest
  std::map<Key, Entry> calendars_;
  std::set<std::pair<std::string, std::string>> uninvited_;  // token and guest
  std::set<std::string> keys_;
  std::vector<std::string> wrong_;
};

}  // namespace gcal::simulation
