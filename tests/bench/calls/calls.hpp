// Plays the jobs of tests/bench/README.md and counts the requests that the plugin sends to Google.
// Each test is one job: it prepares what is there before, calls begin(), acts, and ends with
// finish(), which prints the requests beside the minimum.
#pragma once

#include <string>
#include <vector>

#include "tests/unit/plugin/settings_page_fixture.hpp"

namespace gcal::bench {

using base::Json;
using host::Scope;
using plugin::test::google_timed;
using plugin::test::kMe;
using plugin::test::kTeam;
using plugin::test::SettingsPages;

// An event at Google; each number has a time of its own.
Json google_event(const std::string& summary, int number);
// The same as an appointment of the CRM.
Json crm_event(const std::string& summary, int number);

class CallsTest : public SettingsPages {
 protected:
  CallsTest();

  // Loads `count` events, "PREFIX 0" and on, into a calendar of the account.
  void fill(const std::string& calendar, int count, const std::string& prefix = "event");
  void create(int count, const std::string& prefix = "mine");
  // The set-up as a user plays it, from Google's consent page to the first runs. The last visible
  // calendar is the own one, and the default.
  void set_up(const char* existing = "none", std::vector<std::string> visible = {kMe});

  // What Google's push messages do: of the channel that opens, and of a change.
  void confirm_channels();
  void notify(const std::string& calendar);

  // Runs as the host does it, until no run wants another one soon.
  void settle();
  // Everything before is at rest, and the requests of the job are counted from here.
  void begin();
  // Prints the job's requests. The test fails above `most`: the minimum, unless it is known that
  // the plugin needs more.
  void finish(const std::string& job, std::size_t minimum, std::size_t most);
  void finish(const std::string& job, std::size_t minimum) { finish(job, minimum, minimum); }

  // The newest document of an appointment of this title.
  Json appointment(const std::string& calendar, const std::string& summary);
  void edit(const std::string& summary, const Json& changes, Scope scope = Scope::all,
            const std::string& date = {});
  void erase(const std::string& summary, Scope scope = Scope::all, const std::string& date = {});
  // Of the own calendar at Google.
  Json event_at_google(const std::string& summary);
  void patch_at_google(const std::string& id, const Json& change);
  void refuse(const std::string& method, int status, const std::string& reason);
};

// Prints what all jobs needed together.
void print_sum();

}  // namespace gcal::bench
