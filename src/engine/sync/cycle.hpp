// One pass for one pair of calendars: resolve what an earlier pass left open, observe both sides,
// match, plan, apply, until quiet. Called by the plugin's background run and by the simulation.
// Never runs twice at once for a pair, never waits for a person, never decides by a clock.
#pragma once

#include <cstddef>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/engine/sync/plan.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

struct CycleOptions {
  Policy policy = Policy::google_wins;
  bool observe_google =
      true;  // false: the preview has just read Google, its observations wait in the journal
  std::size_t mail_budget = 200;  // guests that Google may mail in one pass; beyond it changes
                                  // travel without mail, and the report says so
};

struct CycleReport {
  std::size_t created[2] = {0, 0};  // by SideName: what this cycle wrote
  std::size_t updated[2] = {0, 0};
  std::size_t erased[2] = {0, 0};
  std::size_t conflicts = 0;
  std::size_t held = 0;
  std::size_t quarantined = 0;
  std::size_t mails_withheld =
      0;  // guests that were not mailed because the budget of the pass was used up
  bool calendar_gone = false;
  bool unfinished = false;  // conflicts took all rounds: run again at once

  std::size_t writes() const {
    return created[0] + created[1] + updated[0] + updated[1] + erased[0] + erased[1];
  }
};

class Cycle {
 public:
  // Everything is borrowed for the life of the cycle.
  Cycle(Side& crm, Side& google, Journal& journal, const base::Clock& clock, base::Random& random,
        CycleOptions options)
      : sides_{&crm, &google},
        journal_(journal),
        clock_(clock),
        random_(random),
        options_(options) {}

  // `pair` is brought up to date. An error ends the pass and loses nothing: what was begun stays in
  // the journal. Errors: needs_auth (a person must connect anew), unavailable and timeout (repeat
  // later), conflict (another pass of the pair wrote; repeat), internal.
  Task<CycleReport> run(Pair& pair);

  // Reads Google only and stores what it saw, for the preview of a set-up: `pair` is a draft.
  // Answers the number of series seen.
  Task<std::size_t> preview(Pair& pair);

 private:
  Side& side(SideName name) { return *sides_[static_cast<std::size_t>(name)]; }
  std::string& cursor(SideName name) { return pair_->cursor[static_cast<std::size_t>(name)]; }

  Task<> resolve_intents();
  Task<> absorb(Intent intent);
  Task<> observe(SideName name);
  Task<> begin_listing(SideName name);
  Task<> store_page(SideName name, std::vector<Observation> items, bool listing);
  Task<> store_unreadable(SideName name, std::vector<Unreadable> unreadable);
  void hold_unreadable(Commit& commit, Link& link, SideName name, const std::string& reason);
  Task<> confirm_absent(SideName name);
  Task<> match();
  Task<bool> round();  // true: something was done, look again
  Task<bool> perform(std::vector<LinkView> views);
  Task<> write(SideName name, std::vector<LinkView> views, std::vector<Plan> plans);
  Task<> store_answer(Commit& commit, SideName name, const Operation& operation,
                      const LinkView& view, const Plan& plan, Result<Written> answer);
  Task<> store_conflict(Commit& commit, SideName name, const Operation& operation,
                        const LinkView& view);
  Task<> judge_deletions();
  Task<> calendar_gone();

  Operation operation_for(SideName name, Link& link, const LinkView& view, const Plan& plan);
  void record(Commit& commit, const std::string& link, SideName where, std::string what,
              std::string detail, std::optional<Series> copy = {});

  Side* sides_[2];
  Journal& journal_;
  const base::Clock& clock_;
  base::Random& random_;
  CycleOptions options_;
  Pair* pair_ = nullptr;
  CycleReport report_;
  bool changed_ = false;  // something was read or written that the pair's row has to remember
  bool first_ = false;    // what stood there before is no act of a person now: nobody is mailed
  std::size_t mails_left_ = 0;
  bool judge_again_ = true;         // deletions may have come that nobody has judged yet
  bool hold_inferred_ = false;      // too many deletions rest on absence: they wait for a person
  bool calendar_answered_ = false;  // Google's calendar answered after the last absence was seen
};

}  // namespace gcal::sync
