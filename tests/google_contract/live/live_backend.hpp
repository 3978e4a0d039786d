// A real account as backend. A fact gets a test calendar as "primary": emptied after the fact
// before it, or new if the fact needs that. Every request passes the guard, waits for its turn, and
// is repeated when Google asks to slow down. Used by `./dev live`. A fact sees Google's responses
// unchanged, except for the mark in the names of our calendars.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "src/common/base/random.hpp"
#include "tests/google_contract/harness/fact.hpp"
#include "tests/google_contract/live/account.hpp"
#include "tests/google_contract/live/guard.hpp"
#include "tests/google_contract/live/interrupt.hpp"

namespace live {

// Google did not respond, or with 5xx. The fact may be asked again.
struct Unavailable {
  std::string reason;
};

// A request of a fact and its response, without tokens and without the user's other calendars.
struct Exchange {
  std::string method, target, body;
  int status = 0;
  std::string response;
};

struct Limits {
  int requests_per_minute = 300;  // a PATCH counts as three, as in Google's quota; 0: no limit
  int calendars = 55;             // new ones in one run: after about 60 Google refuses for hours
  int attempts = 8;               // of one request, while Google asks to slow down
};

// [one thread]
class LiveBackend final : public contract::Backend {
 public:
  LiveBackend(const Endpoints& endpoints, Account& account, Account* second,
              const StateFolder& folder, Limits limits, gcal::base::Random& random);

  // Around each fact. `settle`: how long a read waits after a write, for what Google shows late.
  // `again`: the same fact as before. begin() throws NotRun and RunStopped.
  void begin(contract::Needs needs, std::chrono::milliseconds settle, bool again);
  void end();                         // deletes what the fact made beside its calendar
  std::vector<Exchange> exchanges();  // of the fact, since begin()
  // Deletes every calendar of this run. Answers how many are left, as far as is known.
  std::size_t close();

  std::string base() const override { return endpoints_.api; }
  contract::User new_user() override;  // always the same account
  std::string calendar() const override { return sandbox_.calendar; }
  contract::Response send(contract::Request request) override;
  contract::User another_user(const std::string& scopes) override;
  std::string token(const std::string& email, const std::string& scopes,
                    const std::string& client_id) override;
  contract::Response control(const std::string& method, const std::string& path,
                             const contract::Json& body) override;

  std::size_t requests() const { return requests_; }
  std::size_t rate_limited() const { return rate_limited_; }
  std::size_t calendars_made() const { return calendars_made_; }

  // Records the events of a calendar of ours to which the second account is invited, so that their
  // copies are deleted too. Called before the calendar is deleted: the copies outlive it.
  void find_invitations(const std::string& calendar);
  // Deletes the copies of invitations that facts have left in the second account. Answers how many
  // may be left.
  std::size_t withdraw_invitations();
  // Deletes one calendar. True also if it did not exist (404, 410). For --clean.
  bool delete_calendar(const std::string& id);
  // Ids of the account's calendars that have our mark.
  std::vector<std::string> marked_calendars();

 private:
  // What facts have done to the test calendar, and how it is restored.
  struct CalendarState {
    bool has_events = false;  // they are deleted
    bool has_rules = false;   // of sharing; they are deleted
    bool modified = false;    // its own properties; they are set again
    bool unusable = false;    // it cannot be restored: the next fact gets another calendar
    bool used = false;        // a fact had it
  };

  // A request of the backend's own, below /calendar/v3. Throws RunStopped if Google stays
  // unavailable.
  contract::Response call(const std::string& method, const std::string& path,
                          const contract::Json& body = contract::Json(), bool second = false);
  contract::Response deliver(const contract::Request& request, bool second, bool real_token);
  contract::Request with_token(contract::Request request, bool second);
  void wait_turn(const std::string& method);
  void wait_settled();
  void check_refusal(const contract::Request& request, const contract::Response& response);
  bool makes_calendar(const contract::Request& request) const;
  bool may_make_calendar() const;
  void new_test_calendar();
  bool set_up_calendar();
  void delete_events();
  void delete_rules();
  void add_calendar(const std::string& id);
  void forget_calendar(const std::string& id);
  void store_calendars();
  void track_invitation(const contract::Request& request, const contract::Response& response);
  void add_invitation(const std::string& id, const std::string& ical_uid);
  bool withdraw(const std::string& id, const std::string& ical_uid);
  void track_changes(const contract::Request& request, const contract::Response& response);
  void record(const contract::Request& request, const contract::Response& response);

  const Endpoints& endpoints_;
  Account& account_;
  Account* second_;  // nullptr: none
  const StateFolder& folder_;
  Limits limits_;
  gcal::base::Random& random_;
  contract::HttpClient http_;
  Sandbox sandbox_;
  CalendarState state_;
  std::vector<std::string> made_by_fact_;  // calendars that the running fact made
  std::vector<contract::Json> channels_;   // push channels that it opened
  std::vector<Exchange> exchanges_;
  // The fact gave its events ids, which stay taken although the events are deleted.
  bool chose_ids_ = false;
  // The response to a new calendar was lost: there may be one more than we know of.
  bool lost_calendar_ = false;
  std::chrono::milliseconds settle_{0};
  std::chrono::steady_clock::time_point last_write_{}, next_turn_{};
  std::size_t requests_ = 0, rate_limited_ = 0, calendars_made_ = 0;
};

}  // namespace live
