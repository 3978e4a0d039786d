// A real account as a stage. A check gets a calendar of ours as "primary": emptied after the check
// before, or new where it asks for that. Requests pass the guard, wait for their turn, and are
// repeated when Google asks to slow down. Used by the live programme. It never shows a check an
// answer other than Google's, but for the mark in our calendars' names.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "src/common/base/random.hpp"
#include "tests/google_contract/facts/contract.hpp"
#include "tests/google_contract/live/account.hpp"
#include "tests/google_contract/live/guard.hpp"
#include "tests/google_contract/live/patience.hpp"

namespace live {

// Google did not answer, or with 5xx: the check may be tried again.
struct Unanswered {
  std::string why;
};

// One request of a check and its answer, without tokens and without the person's other calendars.
struct Exchange {
  std::string method, target, body;
  int status = 0;
  std::string answer;
};

struct Pace {
  int per_minute =
      300;  // requests, a PATCH counting three as in Google's quota; 0 is as fast as it goes
  int calendars = 55;   // how many may be made in one run: at about 60 Google refuses for hours
  int repetitions = 8;  // of one request, when Google asks to slow down
};

class LiveStage final : public contract::Stage {
 public:
  LiveStage(const Endpoints& endpoints, Account& account, Account* second, const Folder& folder,
            Pace pace, gcal::base::Random& random);

  // Around each check. `settle`: how long a read waits after a write, for what Google shows late.
  // `again`: it is the same check as before.
  void begin(contract::Needs needs, std::chrono::milliseconds settle, bool again);
  void end();                         // takes away what the check made beside its calendar
  std::vector<Exchange> exchanges();  // of the check since begin()
  // Deletes every calendar of this run. Answers how many are left, as far as is known.
  std::size_t close();

  std::string base() const override { return endpoints_.api; }
  contract::Person me() override;
  std::string calendar() const override { return ground_.room; }
  contract::Answer send(contract::Request request) override;
  contract::Person another(const std::string& scopes) override;
  std::string token(const std::string& email, const std::string& scopes,
                    const std::string& client) override;
  contract::Answer control(const std::string& method, const std::string& path,
                           const contract::Json& body) override;

  std::size_t requests() const { return requests_; }
  std::size_t slowed() const { return slowed_; }
  std::size_t calendars_made() const { return made_; }

  // Of one calendar, whoever made it; 404 and 410 are a success as well. For --clean.
  bool delete_calendar(const std::string& id);
  // Ids of the account's calendars that bear our mark.
  std::vector<std::string> marked_calendars();

 private:
  contract::Answer call(
      const std::string& method, const std::string& path,
      const contract::Json& body = contract::Json());  // of our own, not a check's
  contract::Answer deliver(const contract::Request& request, bool second, bool real_token);
  void wait_turn(const std::string& method);
  bool spare_calendar() const;
  void new_room();
  void empty_room();
  void unshare();
  bool furnish();
  void forget(const std::string& id);
  void made(const std::string& id);
  void look_at(const contract::Request& request, const contract::Answer& answer);
  void record(const contract::Request& request, const contract::Answer& answer);

  const Endpoints& endpoints_;
  Account& account_;
  Account* second_;  // nullptr: none
  const Folder& folder_;
  Pace pace_;
  gcal::base::Random& random_;
  contract::Wire wire_;
  Ground ground_;
  std::vector<std::string> of_check_;     // calendars that the running check made
  std::vector<contract::Json> channels_;  // push channels that it opened
  std::vector<Exchange> exchanges_;
  // The room: holds events; has rules; its own properties were changed; it cannot be had as it was;
  // a check had it.
  bool dirty_ = false, shared_ = false, changed_ = false, spoiled_ = false, used_ = false;
  bool named_ =
      false;  // the check gave its events ids, which are used up even when the events are deleted
  bool uncertain_ =
      false;  // the answer to a new calendar was lost: there may be one more of ours than we know
  std::chrono::milliseconds settle_{0};
  std::chrono::steady_clock::time_point last_write_{}, next_turn_{};
  std::size_t requests_ = 0, slowed_ = 0, made_ = 0;
};

}  // namespace live
