// What is only guessed about Google, where a client's outcome depends on the guess: each guess is a
// switch with the values that Google may have, so that a client can be proved under every one.
// Plain data, part of GoogleModel. Set by --assume, by /_emulator/behaviour, by a world and by
// simulations; `./dev live` asks Google which value holds. BEHAVIOUR.md describes the switches.
#pragma once

#include <span>
#include <string_view>

#include "src/common/base/json.hpp"
#include "src/emulator/model/problem.hpp"
#include "src/emulator/model/recurrence.hpp"
#include "src/emulator/model/search_terms.hpp"

namespace emulator {

struct Behaviour {
  // A series' start or pattern is changed through the API (or through import): its exceptions keep
  // their places in the old pattern; or those whose place the new pattern lacks are gone; or all
  // are gone, as when Google's page moves a series.
  enum class Exceptions { orphan, reset, page };
  Exceptions exceptions_after_master_change = Exceptions::orphan;
  bool rule_removal_orphans = false;     // the series becomes a single event: they stay
  bool deleted_event_refuses = false;    // a write to a deleted event is 403, it does not restore
  bool time_change_resets = false;       // the guests' answers become needsAction
  bool reminders_merge = false;          // PATCH merges `reminders` by member
  bool exdate_of_other_kind = false;     // such an EXDATE excludes
  bool exdate_leaves_start = false;      // EXDATE does not exclude a start outside the rule
  bool gap_skips = false;                // a start that a clock change leaves out does not occur
  bool until_kind_refuses = false;       // UNTIL of another kind than the start is 400
  WordMatch q_words = WordMatch::whole;  // what a term of `q` finds
  bool token_parameters_refuse = false;  // a sync token with other parameters is 400
  bool same_uid_refuses = false;         // insert of an iCalUID that the calendar has is 409
  bool id_with_uid_refuses = false;      // insert with id and iCalUID is 400
  bool second_import_refuses = false;    // import of an iCalUID that the calendar has is 409

  // One guess.
  struct Switch {
    std::string_view name;
    std::span<const std::string_view> values;  // the first one is the default
    std::size_t strict;                        // the value under --strict
    std::string_view question;                 // what Google is asked
    std::string_view sources;                  // public reports; "" when there is none
    std::size_t (*get)(const Behaviour&);
    void (*put)(Behaviour&, std::size_t);
  };
  // In the order of the lists.
  static std::span<const Switch> all();
  static const Switch* find(std::string_view name);

  // Errors: invalid, naming what there is instead of an unknown name or value.
  Outcome<> set(std::string_view name, std::string_view value);
  std::string_view value(const Switch& one) const { return one.values[one.get(*this)]; }
  // {"<name>": "<value>", ...}: as in the controls, a world and a saved state. merge() sets all
  // or, with the error of set(), none.
  gcal::base::Json to_json() const;
  Outcome<> merge(const gcal::base::Json& values);
  // The values under --strict: what is only guessed to be refused is refused.
  static Behaviour strict();

  ExpansionRules expansion() const {
    return {.exdate_of_other_kind = exdate_of_other_kind,
            .exdate_leaves_start = exdate_leaves_start,
            .gap_skips = gap_skips};
  }
};

}  // namespace emulator
