// FlowPorts whose answers are public members that the test sets; records the calls that change
// something. Used by flow_test and by the schema tests, which walk through the same steps. Contains
// no logic.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/engine/settings/flow.hpp"

namespace gcal::settings {

class FakePorts final : public FlowPorts {
 public:
  std::optional<OAuthClient> client = OAuthClient{"id", "secret"};
  bool administrator = false;
  Result<Grant> grant = Grant{"sub-1", "me@gmail.example", true};
  std::vector<RemoteCalendar> list{
      {"me@gmail.example", "me@gmail.example", "#9fc6e7", "owner", "Europe/Berlin", true},
      {"team", "Team", "#ff7537", "writer", "Europe/Berlin", false}};
  std::optional<Error> calendars_error;
  PreviewState state{800, 800,
                     PreviewNumbers{.appointments = 800, .existing_future = 3, .existing_all = 12}};
  AccountConfig stored{"sub-1", "me@gmail.example", "Sales", {}, "", ExportExisting::none};
  std::size_t held = 0;
  std::size_t waiting = 0;
  std::size_t withheld = 0;
  HeldConflicts conflicts;
  CopyableCounts movable{};
  RemovableCounts removable_now{};
  RemovalAnswer removal{};
  std::vector<std::string> calls;

  std::string default_elsewhere;
  std::string locale = "de";
  bool has_mailer = true;
  std::optional<Json> first_default_calendar;

  Task<FlowUser> user(std::string id, std::string) override {
    FlowUser user{id, administrator, default_elsewhere, locale, has_mailer};
    co_return user;
  }
  Task<std::optional<OAuthClient>> oauth_client() override { co_return client; }
  Task<> store_oauth_client(OAuthClient c) override {
    client = c;
    co_return Result<>{};
  }
  Task<std::string> begin_consent(std::string, std::string given_state, std::string,
                                  std::string hint) override {
    calls.push_back("begin:" + hint);
    co_return "https://accounts.google.com/?state=" + given_state;
  }
  Task<Grant> end_consent(std::string, std::string, std::string) override {
    calls.emplace_back("exchange");
    co_return grant;
  }
  Task<> keep_grant(std::string) override { return note("keep"); }
  Task<> revoke_grant(std::string) override { return note("revoke"); }
  Task<std::vector<RemoteCalendar>> calendars(std::string) override {
    if (calendars_error) co_return *calendars_error;
    co_return list;
  }
  Task<PreviewState> preview(std::string, std::string, std::vector<RemoteCalendar>) override {
    co_return state;
  }
  Task<std::optional<Json>> first_default(std::string, std::string, AccountConfig) override {
    co_return first_default_calendar;
  }
  Task<AccountConfig> config(std::string) override { co_return stored; }
  Task<AccountConfig> change_config(std::string, ConfigEdit edit) override {
    edit(stored);
    calls.emplace_back("run");
    co_return stored;
  }
  Task<CopyableCounts> copyable(std::string) override { co_return movable; }
  Task<> set_account_state(std::string, std::string state_name) override {
    return note("state:" + state_name);
  }
  Task<std::size_t> held_deletions(std::string) override { co_return held; }
  Task<> decide_held_deletions(std::string, bool) override { return note("decide"); }
  Task<std::size_t> held_items(std::string) override { co_return waiting; }
  Task<> try_held_again(std::string) override { return note("retry"); }
  Task<std::size_t> withheld_mails(std::string) override { co_return withheld; }
  Task<> send_mails(std::string) override { return note("send mails"); }
  Task<HeldConflicts> held_conflicts(std::string) override { co_return conflicts; }
  Task<> decide_conflict(std::string, std::string link, bool take_crm) override {
    if (--conflicts.count > 0) conflicts.link += "'";
    return note("decide:" + link + (take_crm ? ":crm" : ":google"));
  }
  Task<RemovableCounts> removable(std::string) override { co_return removable_now; }
  Task<> choose_removal(std::string, RemovalAnswer answer) override {
    removal = answer;
    return note("removal");
  }
  Task<> forget(std::string) override { return note("forget"); }

 private:
  Task<> note(std::string what) {
    calls.push_back(std::move(what));
    co_return Result<>{};
  }
};

}  // namespace gcal::settings
