// What users did to the appointments with one token in their location, which no user edits, and
// what follows from it: the expected result of a history. The token finds the appointments again on
// both sides; a series that was split is several of them. Pure; the simulated worlds report acts
// and what both sides show.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"
#include "tests/sim/register.hpp"

namespace gcal::simulation {

// The values of an appointment that are followed one by one, by name.
using Values = std::map<std::string, std::string>;

class UserActs {
 public:
  // A user of `side` created it there. What it has no value of yet gets one when both sides agree.
  void created(sync::SideName side, const Values& values);
  // A user of `side` gave it these values, or changed something else that outweighs a deletion.
  // `titles` is what both sides show before the act; nullopt: it does not exist there. writing: a
  // cycle runs, and may have read a title that the other side's user gave before deleting.
  void edited(sync::SideName side, const Values& values,
              const sync::PerSide<std::optional<std::string>>& titles, bool writing);
  // writing: a cycle runs. The form in which a side stores what that cycle writes may count as an
  // edit of that side, and outweigh the deletion.
  void deleted(sync::SideName side, const sync::PerSide<std::optional<std::string>>& titles,
               bool writing);
  // The other side stores what a user of `side` gave it in another form. While it is not known
  // whether it arrived, that form counts as an edit of the other side.
  void stored_otherwise(sync::SideName side) { unsettled_[sync::other(side)] = true; }
  // What users did leaves open which value this is, until both sides agree.
  void doubt(const std::string& name) { doubted_.insert(name); }
  // It is no longer one appointment: what can be said about one is no longer checked.
  void split() { split_ = true; }
  // Users acted at a moment of which it cannot be said whether it counts.
  void excuse() { excused_ = true; }
  // The CRM is no longer followed. What the user deleted there and Google still has comes back
  // (decision 0034).
  void left(bool at_remote, bool in_crm);

  // A pass met a fault while this act was open: until both sides agree it is not known what the
  // engine knows of the other side, so an unseen edit need not outweigh a deletion.
  void disturbed();
  // After each pass: what both sides show.
  void shown(const sync::PerSide<std::optional<std::string>>& titles);
  // A pass that no fault met and nothing disturbed left both sides equal.
  void agreed(const Values& values);

  // Both users gave it this value since both sides agreed.
  bool is_conflict(const std::string& name) const {
    const auto known = registers_.find(name);
    return known != registers_.end() && known->second.is_set_by_both();
  }
  bool is_split() const { return split_; }
  bool at_remote() const { return at_remote_; }
  bool open() const { return open_; }  // a user acted since both sides last agreed
  // The remote side's user gave it the title that it has there, and the CRM shows another one.
  bool waits_for_crm(const sync::PerSide<std::optional<std::string>>& titles) const {
    return unseen_.remote && !excused_ && titles.crm && titles.remote == title_.remote &&
           *titles.crm != title_.remote;
  }

  // What is wrong with the end of the history. nullopt: it exists on neither side.
  std::vector<std::string> judge(const std::optional<Values>& values) const;

 private:
  // Whether Google may reset its dates with what the CRM's user changed of their series. Until each
  // is written again, what the CRM has there counts as an edit, which outweighs a cancellation and
  // may win a conflict against an edit in Google.
  bool may_reset_dates() const;

  std::map<std::string, Register> registers_;
  std::set<std::string> doubted_;       // values that are not judged
  bool cancelled_may_return_ = false;   // a date that the remote side's user cancelled
  sync::PerSide<std::string> title_;    // the last one that a user of the side gave
  sync::PerSide<bool> unseen_;          // that title has not been shown on the other side yet
  sync::PerSide<bool> unsettled_;       // edited there since both sides agreed
  sync::PerSide<bool> deleted_;         // at any time
  sync::PerSide<bool> gone_;            // a user deleted it there, and it has not come back since
  std::optional<sync::SideName> dead_;  // deleted there, and nothing may bring it back
  bool outweighed_ = false;             // an edit that the deleting user had not seen keeps it
  bool retracted_ = false;  // deleted with a title that the other side may not have shown yet
  bool split_ = false;
  bool excused_ = false;
  bool disturbed_ = false;
  bool at_remote_ = false;
  bool open_ = false;
  bool agreed_once_ = false;
};

}  // namespace gcal::simulation
