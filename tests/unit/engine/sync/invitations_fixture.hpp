// A pair of calendars whose guests the CRM mails, and what they got. Used by the tests of
// invitations.
#pragma once

#include "src/engine/sync/hand_over.hpp"
#include "tests/support/fake_mailer.hpp"
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {

using Kind = calendar::Mail::Kind;
using State = Invitation::State;
using support::FakeMailer;

inline constexpr const char* kAda = "ada@example.net";
inline constexpr const char* kBob = "bob@example.org";

inline Series meeting(std::string summary, std::vector<std::string> guests = {kAda}) {
  Series series = appointment(std::move(summary));
  for (const std::string& address : guests) series.master.attendees.push_back(guest(address));
  return series;
}

struct InvitationsTest : CycleTest {
  InvitationsTest() { remote.makes_uids = true; }

  CycleOptions options() const {
    CycleOptions options;
    options.mailer = Notify::crm;
    return options;
  }
  Result<CycleReport> pass() { return run(options()); }
  void hand_over() {
    faults.restart();
    const auto report =
        support::run_task(sync::hand_over(journal, mailer, "pair", {}, clock.now()));
    handed_over = report.has_value();
  }
  // A pass, and everything that waits reaches the guests.
  void tell() {
    ASSERT_TRUE(pass());
    hand_over();
    mailer.deliver();
  }
  // An appointment whose guests were invited; its id in the CRM is "one".
  void agree(Series series) {
    ASSERT_TRUE(pass());
    crm.user_saves("one", std::move(series));
    tell();
    ASSERT_EQ(remote.live().size(), 1u);
    seen = mailer.delivered().size();
  }
  void save(std::string summary, std::vector<std::string> guests = {kAda}) {
    Series series = in_crm();
    series.master.summary = std::move(summary);
    series.master.attendees = meeting("", std::move(guests)).master.attendees;
    crm.user_saves("one", series);
  }
  // What the guests got since agree(): "kind guest title".
  std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (std::size_t i = seen; i < mailer.delivered().size(); ++i) {
      const Invitation& row = mailer.delivered()[i];
      const char* kind = row.kind == Kind::invite   ? "invite "
                         : row.kind == Kind::update ? "update "
                                                    : "cancel ";
      const Series& shown = row.kind == Kind::cancel ? *row.before : *row.after;
      lines.push_back(kind + row.guest + " " + shown.master.summary + (row.date ? " once" : ""));
    }
    return lines;
  }
  void lose_the_answer() {
    faults.decide = [](std::size_t, std::string_view where) {
      return where == "remote.write" ? Fault::after : Fault::none;
    };
  }
  void die_after_the_write() {
    faults.decide = [](std::size_t, std::string_view where) {
      return where == "remote.write" ? Fault::crash_after : Fault::none;
    };
  }
  void all_is_well() {
    faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
    remote.get_fails = nullptr;
  }
  using Lines = std::vector<std::string>;

  FakeMailer mailer{faults};
  bool handed_over = false;
  std::size_t seen = 0;
};

}  // namespace gcal::sync
