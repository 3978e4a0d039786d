// What a fact acts with: a user's requests to the Calendar API. Each type below offers more than
// the one before and so says, as the first argument of FACT, what the fact needs. The first three
// can be had of the real Google. A client is made for one fact and never shared between two.
#pragma once

#include <string>
#include <utility>

#include "tests/google_contract/harness/backend.hpp"

namespace contract {

// One user and one calendar without events, which "primary" names. With the emulator it is the
// user's new primary calendar; live it is a secondary one, which earlier facts may have used.
class Client {
 public:
  explicit Client(Backend& backend)
      : base(backend.base()),
        me(backend.new_user()),
        calendar(backend.calendar()),
        backend_(backend) {}

  std::string base;
  User me;
  std::string calendar;  // the id behind "primary"

  // To any address; without a token.
  Response raw(const std::string& method, const std::string& target, const std::string& body = "",
               Fields headers = {});
  // Below /calendar/v3, as `user`.
  Response as(const User& user, const std::string& method, const std::string& path,
              const std::string& body = "", Fields headers = {});
  // Below /calendar/v3, as `me`.
  Response call(const std::string& method, const std::string& path, const std::string& body = "",
                Fields headers = {});
  Response get(const std::string& path, Fields headers = {});
  Response post(const std::string& path, const Json& body, Fields headers = {});
  Response patch(const std::string& path, const Json& body, Fields headers = {});
  Response put(const std::string& path, const Json& body, Fields headers = {});
  Response remove(const std::string& path, Fields headers = {});  // DELETE

  // Events of the calendar. A `query` begins with "?".
  Response insert(const Json& body, const std::string& query = "");
  Response events(const std::string& query = "");
  Response event(const std::string& id);
  std::string sync_token();
  Response changes_since(const std::string& sync_token, const std::string& more = "");
  Response instances(const std::string& series, const std::string& query = "");
  // Makes a secondary calendar. Answers its id.
  std::string new_calendar(const std::string& summary = "Second");

 protected:
  Backend& backend_;
};

// The calendar has never been used: no tombstones, no ids that are taken.
class NewCalendar : public Client {
  using Client::Client;
};

// A second user, to share the calendar with and to invite. Their own calendars are left alone: of
// their primary calendar only copies of our events may be named.
class TwoAccounts : public NewCalendar {
  using NewCalendar::NewCalendar;

 public:
  User another_user(const std::string& scopes = "calendar") {
    return backend_.another_user(scopes);
  }
};

// The account is the fact's alone: the fact is about its primary calendar, about all of its
// calendars, or reads more of a guest's primary calendar than a copy. Never live.
class PrivateAccount : public TwoAccounts {
  using TwoAccounts::TwoAccounts;
};

// The emulator's controls (accounts, scopes, faults, time, edits on Google's own page) and web
// hooks on this machine. Never live.
class EmulatorOnly : public PrivateAccount {
 public:
  using PrivateAccount::PrivateAccount;

  std::string token(const std::string& email, const std::string& scopes,
                    const std::string& client_id = "contract") {
    return backend_.token(email, scopes, client_id);
  }
  Response control(const std::string& method, const std::string& path, const Json& body = Json()) {
    return backend_.control(method, path, body);
  }
};

}  // namespace contract
