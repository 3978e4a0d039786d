// The people and calendars of one history, the events that it knows, and its requests to the
// emulator. Used by the acts, the syncing clients and the checks. Documented means only, except
// the emulator's controls for what a person does on Google's page, for the clock and for faults.
#pragma once

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/convergence/draw.hpp"
#include "tests/convergence/service.hpp"
#include "tests/convergence/times.hpp"

namespace convergence {

// Three accounts with their primary calendars, and a calendar that the first one owns and shares.
// An index of an account is also the index of its primary calendar.
inline constexpr int kAnna = 0, kBerta = 1, kCarl = 2, kTeam = 3;
inline constexpr int kPeople = 3, kCalendars = 4;

using Counters = std::map<std::string, std::size_t>;

// An event that an act made. Occurrences and copies have its id.
struct KnownEvent {
  int calendar = 0;  // its organizer's
  std::string id;
  bool main = false;  // the series with guests that half of the acts are about, or a part of it
  bool gone = false;  // deleted, as far as is known
};

struct Violation {
  std::string check, detail;
};

class World {
 public:
  World(Service& service, Counters& counters, bool tracing)
      : service_(service), counters_(counters), tracing_(tracing) {}

  void set_up(std::uint64_t seed, Draw& draw);

  // A request to the Calendar API with the person's token, which is renewed when it has expired.
  Answer call(int person, const std::string& method, const std::string& path,
              const std::string& body = "");
  Answer control(const std::string& path, const std::string& body);  // POST /_emulator<path>
  void advance(Seconds seconds) { service_.advance(seconds); }

  // The next request that matches fails as `effect` says. Without a fault, every act of a person
  // who may do it must succeed.
  void arm(const std::string& match, const std::string& effect);
  void disarm();
  bool faulty() const { return faulty_; }

  const std::string& email(int person) const { return emails_[static_cast<std::size_t>(person)]; }
  const std::string& calendar_id(int calendar) const;
  int owner(int calendar) const { return calendar == kTeam ? kAnna : calendar; }
  int person_of(std::string_view email) const;                   // -1 for people without an account
  int calendar_of(std::string_view organizer) const;             // -1 when it is not of this world
  std::string events(int calendar) const;                        // /calendars/.../events
  std::string event(int calendar, const std::string& id) const;  // /calendars/.../events/ID

  std::vector<KnownEvent>& known() { return known_; }
  void set_gone(const KnownEvent& event, bool gone);
  // Inserts the series with guests that half of the acts are about, unless a part of one lives.
  void keep_main_series(Draw& draw);
  // The ids of occurrences do not say to which part of a split series they belong. Two parts with
  // an occurrence at the same time would give it the same id; the acts avoid that.
  bool is_split(const std::string& id) const;
  void learn(int calendar, const Answer& inserted, bool main);
  // A guest who deletes an event need not see it any more.
  void guest_removed(int guest, const std::string& id);
  bool removed_by_guest(int guest, const std::string& id) const;

  // What is only guessed about Google: each history has its own values (src/emulator/BEHAVIOUR.md).
  bool assumes(const std::string& name, const std::string& value) const;

  // Clients begin again when the sharing of their calendar changes while they read pages.
  void sharing_changed(int calendar) { ++sharing_[static_cast<std::size_t>(calendar)]; }
  int sharing(int calendar) const { return sharing_[static_cast<std::size_t>(calendar)]; }

  Seconds base() const { return base_; }  // the first day of the history
  void count(const std::string& name, std::size_t by = 1) { counters_[name] += by; }
  bool tracing() const { return tracing_; }
  void note(const std::string& line);  // in the trace
  void violation(const std::string& check, const std::string& detail);
  const std::vector<Violation>& violations() const { return violations_; }
  const std::vector<std::string>& trace() const { return trace_; }

 private:
  void renew_token(int person);
  void draw_behaviour(Draw& draw);

  Service& service_;
  Counters& counters_;
  bool tracing_;
  bool faulty_ = false;
  Seconds base_ = 0;
  std::array<std::string, kPeople> emails_{"anna@example.com", "berta@example.com",
                                           "carl@example.com"};
  std::array<std::string, kPeople> access_, refresh_;
  std::string team_;
  std::array<int, kCalendars> sharing_{};
  std::map<std::string, std::string> behaviour_;
  std::vector<KnownEvent> known_;
  std::set<std::pair<int, std::string>> guest_removed_;
  std::vector<Violation> violations_;
  std::vector<std::string> trace_;
};

// The id of the series without the suffixes of occurrences and of parts.
std::string base_id(std::string_view id);
bool succeeded(const Answer& answer);

}  // namespace convergence
