#include "src/engine/sync/cycle.hpp"

#include <algorithm>

#include "src/common/base/id.hpp"
#include "src/engine/sync/agree.hpp"
#include "src/engine/sync/identity.hpp"
#include "src/engine/sync/observe.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kRounds =
    6;  // a link needs at most two writes; more rounds only follow conflicts
constexpr std::size_t kPage = 500;
constexpr std::size_t kBurst =
    10;  // so many reported deletions: ask whether the calendar itself is still there
constexpr std::size_t kFewDeletions = 20;  // so many may rest on absence without a person's word

bool is_gone(const std::optional<Observed>& seen) {
  return seen && seen->observation.kind == Observation::Kind::gone;
}

// What the side holds now, as far as we know; nullptr when it holds nothing.
const Series* current(const LinkView& view, SideName name) {
  const auto& seen = view.seen[at(name)];
  if (seen)
    return seen->observation.kind == Observation::Kind::gone ? nullptr : &seen->observation.series;
  return view.link.end[at(name)].agreed ? &view.link.end[at(name)].series : nullptr;
}

const Version& version(const LinkView& view, SideName name) {
  const auto& seen = view.seen[at(name)];
  return seen ? seen->observation.version : view.link.end[at(name)].version;
}

std::size_t guests_of(const Series& series) {
  return static_cast<std::size_t>(std::ranges::count_if(
      series.master.attendees,
      [](const calendar::Attendee& guest) { return !guest.self && !guest.resource; }));
}

SideName other(SideName name) {
  return name == SideName::crm ? SideName::google : SideName::crm;
}

}  // namespace

Task<CycleReport> Cycle::run(Pair& pair) {
  pair_ = &pair;
  report_ = {};
  first_ = pair.synced_at == base::Instant{};
  mails_left_ = options_.mail_budget;
  changed_ = false;
  judge_again_ = true;
  calendar_answered_ = false;

  // Taken back before the reading, so that a mark set meanwhile stays. Without a reading the mark
  // is left alone.
  if (pair.dirty && options_.observe_google) {
    Commit begin;
    begin.cleaned.push_back(pair.id);
    CO_TRY_VOID(co_await journal_.commit(std::move(begin)));
    pair.dirty = false;
  }
  CO_TRY_VOID(co_await resolve_intents());
  CO_TRY_VOID(co_await observe(SideName::crm));
  if (options_.observe_google) {
    const Result<> observed = co_await observe(SideName::google);
    if (!observed &&
        (observed.error().code == Code::not_found || observed.error().code == Code::denied)) {
      CO_TRY(const bool there, co_await side(SideName::google).exists());
      if (there) co_return observed.error();
      CO_TRY_VOID(co_await calendar_gone());
      co_return report_;
    }
    if (!observed) co_return observed.error();
  }
  CO_TRY_VOID(co_await match());
  report_.unfinished = true;
  for (std::size_t i = 0; i < kRounds && report_.unfinished; ++i) {
    CO_TRY(report_.unfinished, co_await round());
    if (report_.calendar_gone) co_return report_;
  }
  // A pass that met nothing new stores nothing: an idle account costs no write.
  if (first_ || changed_) {
    pair.synced_at = clock_.now();
    Commit end;
    end.pairs.push_back(pair);
    CO_TRY_VOID(co_await journal_.commit(std::move(end)));
  }
  co_return report_;
}

Task<std::size_t> Cycle::preview(Pair& pair) {
  pair_ = &pair;
  CO_TRY_VOID(co_await observe(SideName::google));
  std::size_t count = 0;
  std::string after;
  for (;;) {
    CO_TRY(const std::vector<Observed> page,
           co_await journal_.unlinked(pair.id, SideName::google, after, kPage));
    if (page.empty()) co_return count;
    count += page.size();
    after = page.back().observation.id;
  }
}

void Cycle::record(Commit& commit, const std::string& link, SideName where, std::string what,
                   std::string detail, std::optional<Series> copy) {
  commit.history.push_back(
      {pair_->id, link, clock_.now(), std::move(what), where, std::move(detail), std::move(copy)});
}

// Before deletions are carried out. Those that rest on absence wait for a person when they are
// many: the worst incidents of sync engines began with an empty list. All is counted from the
// journal, so that a crash between reading and judging changes nothing.
Task<> Cycle::judge_deletions() {
  judge_again_ = false;
  CO_TRY(const PendingDeletions pending, co_await journal_.pending_deletions(pair_->id));
  hold_inferred_ = false;
  if (pending.told_by_google == 0 && pending.inferred() == 0) co_return Result<>{};
  CO_TRY(const std::size_t links, co_await journal_.count_links(pair_->id));
  hold_inferred_ = pending.inferred() > std::max(kFewDeletions, links / 10);
  // Absence proves nothing, and neither does a burst of cancellations, while the calendar itself
  // may have vanished.
  const bool doubtful =
      pending.inferred_at_google > 0 ||
      pending.told_by_google >= std::min(kBurst, std::max<std::size_t>(2, (links + 1) / 2));
  if (!doubtful || calendar_answered_) co_return Result<>{};
  CO_TRY(calendar_answered_, co_await side(SideName::google).exists());
  if (!calendar_answered_) CO_TRY_VOID(co_await calendar_gone());
  co_return Result<>{};
}

// The calendar vanished or the right to it was lost: its copies stay as they are, and nothing is
// written any more.
Task<> Cycle::calendar_gone() {
  CO_TRY(std::vector<Intent> intents, co_await journal_.intents(pair_->id));
  Commit commit;
  for (Intent& intent : intents) commit.dropped_intents.push_back(std::move(intent.op_id));
  std::string after;
  for (;;) {
    CO_TRY(std::vector<LinkView> views, co_await journal_.work(pair_->id, after, kPage));
    if (views.empty()) break;
    after = views.back().link.id;
    for (LinkView& view : views)
      if (is_gone(view.seen[at(SideName::google)]))
        commit.dropped_observed.push_back(
            {pair_->id, SideName::google, view.link.end[at(SideName::google)].id});
  }
  pair_->state = PairState::gone;
  pair_->cursor[at(SideName::google)]
      .clear();  // if it comes back, it is listed anew and adopted by its links
  commit.pairs.push_back(*pair_);
  record(commit, {}, SideName::google, "calendar_gone", "history.calendar_gone");
  report_.calendar_gone = true;
  co_return co_await journal_.commit(std::move(commit));
}

Task<bool> Cycle::round() {
  bool any = false;
  std::string after;
  for (;;) {
    if (judge_again_) CO_TRY_VOID(co_await judge_deletions());
    if (report_.calendar_gone) co_return false;
    CO_TRY(std::vector<LinkView> views, co_await journal_.work(pair_->id, after, kPage));
    if (views.empty()) co_return any;
    after = views.back().link.id;
    CO_TRY(const bool done, co_await perform(std::move(views)));
    any |= done;
  }
}

Task<bool> Cycle::perform(std::vector<LinkView> views) {
  Commit commit;
  std::vector<LinkView> for_side[2];
  std::vector<Plan> plans_for[2];
  bool any = false;
  for (LinkView& view : views) {
    Plan decided = plan(view, pair_->mode, options_.policy);
    const bool erases = decided.crm == Plan::Do::erase || decided.google == Plan::Do::erase;
    if (erases && decided.inferred && hold_inferred_) decided.hold = kHeldInferred;
    if (decided.hold) {
      view.link.held_reason = decided.hold;
      record(commit, view.link.id,
             is_gone(view.seen[at(SideName::crm)]) ? SideName::crm : SideName::google, "held",
             decided.hold);
      commit.links.push_back(std::move(view.link));
      ++report_.held;
      continue;
    }
    if (decided.drop) {
      // Deleted on both sides, or our deletion whose answer was lost: the copy that can be restored
      // is what was agreed last.
      const End& end = view.link.end[at(SideName::crm)].agreed
                           ? view.link.end[at(SideName::crm)]
                           : view.link.end[at(SideName::google)];
      if (end.agreed)
        record(commit, view.link.id, SideName::google, "deleted", "history.deleted", end.series);
      for (const SideName name : {SideName::crm, SideName::google})
        if (view.seen[at(name)])
          commit.dropped_observed.push_back({pair_->id, name, view.seen[at(name)]->observation.id});
      commit.dropped_links.push_back(view.link.id);
      continue;
    }
    if (decided.settle) {
      for (const SideName name : {SideName::crm, SideName::google}) {
        End& end = view.link.end[at(name)];
        if (std::optional<Observed>& seen = view.seen[at(name)]) {
          commit.dropped_observed.push_back({pair_->id, name, end.id});
          end.version = seen->observation.version;
          end.series = std::move(seen->observation.series);
        }
        end.agreed = true;
      }
      commit.links.push_back(std::move(view.link));
      continue;
    }
    // One side at a time: the other follows in the next round from what is then true.
    const SideName name = decided.google != Plan::Do::nothing ? SideName::google : SideName::crm;
    if ((name == SideName::google ? decided.google : decided.crm) == Plan::Do::nothing) continue;
    any = changed_ = true;
    for_side[at(name)].push_back(std::move(view));
    plans_for[at(name)].push_back(std::move(decided));
  }
  if (!commit.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(commit)));

  for (const SideName name : {SideName::crm, SideName::google}) {
    std::vector<LinkView>& todo = for_side[at(name)];
    std::vector<Plan>& plans = plans_for[at(name)];
    const std::size_t limit = std::max<std::size_t>(1, side(name).batch_limit());
    for (std::size_t begin = 0; begin < todo.size(); begin += limit) {
      const std::size_t end = std::min(begin + limit, todo.size());
      std::vector<LinkView> batch(
          std::make_move_iterator(todo.begin() + static_cast<std::ptrdiff_t>(begin)),
          std::make_move_iterator(todo.begin() + static_cast<std::ptrdiff_t>(end)));
      std::vector<Plan> decided(
          std::make_move_iterator(plans.begin() + static_cast<std::ptrdiff_t>(begin)),
          std::make_move_iterator(plans.begin() + static_cast<std::ptrdiff_t>(end)));
      CO_TRY_VOID(co_await write(name, std::move(batch), std::move(decided)));
    }
  }
  co_return any;
}

Operation Cycle::operation_for(SideName name, Link& link, const LinkView& view, const Plan& plan) {
  const bool erase = (name == SideName::crm ? plan.crm : plan.google) == Plan::Do::erase;
  const bool create = name == SideName::crm ? plan.create_crm : plan.create_google;
  End& end = link.end[at(name)];
  Operation operation;
  operation.kind = erase ? Operation::Kind::erase : Operation::Kind::put;
  operation.op_id = base::new_id(random_);
  operation.link_id = link.id;
  if (create) {
    // Its id was used before when it stood there once or was seen to be gone: a new life gets a new
    // id.
    if (end.agreed || is_gone(view.seen[at(name)])) ++link.incarnation;
    end.id = name == SideName::crm ? derived_crm_id(link.id, link.incarnation)
                                   : derived_google_id(link.id, link.incarnation);
    end.version.clear();
    end.agreed = false;
    link.end[at(other(name))].agreed =
        false;  // the new object has no history in common with the other one yet
  } else {
    operation.id = end.id;
    operation.if_version = version(view, name);
    if (const Series* held = current(view, name)) operation.before = *held;
  }
  operation.incarnation = link.incarnation;
  if (!erase) operation.series = name == SideName::crm ? plan.crm_series : plan.google_series;
  const Series& about = erase ? operation.before : operation.series;
  const bool past =
      !about.recurring() &&
      base::Instant{calendar::OriginalStart::of(about.master.end).instant} < clock_.now();
  if (name != SideName::google || !plan.guests || first_ || past) return operation;
  // Someone else's meeting: our answer reaches its organiser, who is one person.
  const std::size_t readers =
      about.facts.organized_by_self ? std::max(guests_of(about), guests_of(operation.before)) : 1;
  if (readers == 0) return operation;
  if (readers > mails_left_) {
    report_.mails_withheld += readers;
    return operation;
  }
  mails_left_ -= readers;
  operation.notify = Notify::guests;
  return operation;
}

Task<> Cycle::write(SideName name, std::vector<LinkView> views, std::vector<Plan> plans) {
  std::vector<Operation> operations;
  Commit begin;
  for (std::size_t i = 0; i < views.size(); ++i) {
    Link& link = views[i].link;
    const std::string old_id = link.end[at(name)].id;
    const Link before = link;
    operations.push_back(operation_for(name, link, views[i], plans[i]));
    if (link.end[at(name)].id != old_id || link.incarnation != before.incarnation ||
        link.end[0].agreed != before.end[0].agreed) {
      // The new name is stored before it is used, so that a repetition uses it too. The old one's
      // tombstone has been heard. What the other side holds stays known as an observation, because
      // the common base is void.
      begin.links.push_back(link);
      if (is_gone(views[i].seen[at(name)])) {
        begin.dropped_observed.push_back(
            {pair_->id, name, views[i].seen[at(name)]->observation.id});
        views[i].seen[at(name)].reset();
      }
      const SideName held = other(name);
      if (!views[i].seen[at(held)] && before.end[at(held)].agreed) {
        Observation observation;
        observation.id = before.end[at(held)].id;
        observation.version = before.end[at(held)].version;
        observation.series = before.end[at(held)].series;
        views[i].seen[at(held)] =
            Observed{pair_->id, held, std::move(observation), link.generation[at(held)], false};
        begin.observed.push_back(*views[i].seen[at(held)]);
      }
    }
    // An import into the CRM needs no intent: its id derives from the link, and the CRM's feed
    // tells what became of it.
    if (name == SideName::google)
      begin.intents.push_back(
          {operations.back().op_id, pair_->id, link.id, name, operations.back()});
  }
  if (!begin.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(begin)));

  CO_TRY(std::vector<Result<Written>> answers, co_await side(name).apply(operations));
  if (answers.size() != operations.size())
    co_return Error{Code::internal, "a side answered another number of operations", {}};

  Commit commit;
  std::vector<std::string> settled;
  std::optional<Error> stop;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (!answers[i]) {
      const Error& error = answers[i].error();
      const bool outcome_unknown = error.code == Code::unavailable || error.code == Code::timeout ||
                                   error.code == Code::needs_auth ||
                                   error.code == Code::cancelled || error.code == Code::internal;
      if (outcome_unknown) {
        if (!stop) stop = error;
        continue;  // the intent stays and is resolved by reading
      }
    } else {
      settled.push_back(operations[i].op_id);
    }
    if (name == SideName::google) commit.dropped_intents.push_back(operations[i].op_id);
    const Result<> stored = co_await store_answer(commit, name, operations[i], views[i], plans[i],
                                                  std::move(answers[i]));
    if (!stored) {
      if (name == SideName::google) commit.dropped_intents.pop_back();
      if (!stop) stop = stored.error();
    }
  }
  if (!commit.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(commit)));
  if (!settled.empty()) CO_TRY_VOID(co_await side(name).settle(std::move(settled)));
  if (stop) co_return *stop;
  co_return Result<>{};
}

Task<> Cycle::store_answer(Commit& commit, SideName name, const Operation& operation,
                           const LinkView& view, const Plan& plan, Result<Written> answer) {
  const std::string& link_id = view.link.id;
  if (operation.kind == Operation::Kind::erase) {
    const bool done =
        answer || answer.error().code == Code::not_found || answer.error().code == Code::gone;
    if (done) {
      for (const SideName seen : {SideName::crm, SideName::google})
        if (view.seen[at(seen)])
          commit.dropped_observed.push_back({pair_->id, seen, view.seen[at(seen)]->observation.id});
      commit.dropped_links.push_back(link_id);
      record(commit, link_id, name, "deleted",
             plan.inferred ? "history.deleted_by_absence" : "history.deleted", plan.lost);
      ++report_.erased[at(name)];
      co_return Result<>{};
    }
  }
  if (!answer && answer.error().code != Code::denied && answer.error().code != Code::invalid)
    co_return co_await store_conflict(commit, name, operation, view);
  Link link = view.link;
  if (!answer) {
    link.held_reason = answer.error().code == Code::denied ? "held.denied" : "held.invalid";
    commit.links.push_back(std::move(link));
    record(commit, link_id, name, "quarantined", answer.error().message);
    ++report_.quarantined;
    co_return Result<>{};
  }

  const SideName held = other(name);
  const bool creating = operation.id.empty();
  const Series* other_series = current(view, held);
  agree(link, name, operation.series, answer->series,
        other_series ? *other_series : operation.series);
  End& mine = link.end[at(name)];
  End& theirs = link.end[at(held)];
  mine.id = answer->id;
  // What Google alone can know of a new event (its UID, its page) has to travel to the CRM.
  if (creating && name == SideName::google) mine.series.facts = theirs.series.facts;
  // What the side holds now against its base: equal means that nothing is left to say about it.
  if (!is_news(mine, answer->series)) {
    if (view.seen[at(name)])
      commit.dropped_observed.push_back({pair_->id, name, view.seen[at(name)]->observation.id});
  } else {
    Observation observation;
    observation.id = answer->id;
    observation.version = answer->version;
    observation.series = answer->series;
    commit.observed.push_back(
        {pair_->id, name, std::move(observation), link.generation[at(name)], false});
  }
  mine.version = answer->version;
  if (const std::optional<Observed>& seen = view.seen[at(held)];
      seen && !is_news(theirs, seen->observation.series)) {
    commit.dropped_observed.push_back({pair_->id, held, seen->observation.id});
    theirs.version = seen->observation.version;
  }
  link.generation[at(name)] = std::max(link.generation[at(name)], pair_->generation[at(name)]);
  commit.links.push_back(std::move(link));
  if (plan.conflicts.any()) {
    ++report_.conflicts;
    record(commit, link_id, name, "conflict", "history.conflict", plan.lost);
  }
  record(commit, link_id, name, creating ? "created" : "updated",
         plan.edit_beat_delete ? "history.edit_beat_delete" : "history.synchronised");
  ++(creating ? report_.created : report_.updated)[at(name)];
  co_return Result<>{};
}

// Someone was quicker, or the id is taken: look at what is there now; the next round decides from
// it.
Task<> Cycle::store_conflict(Commit& commit, SideName name, const Operation& operation,
                             const LinkView& view) {
  Link link = view.link;
  End& end = link.end[at(name)];
  Result<Observation> found = co_await side(name).get(end.id);
  const bool absent = !found && is_absent(found.error());
  if (!found && is_unreadable(found.error())) {
    hold_unreadable(commit, link, name, found.error().message);
    co_return Result<>{};
  }
  if (!found && !absent) co_return std::move(found).error();
  const bool creating = operation.id.empty() && operation.kind == Operation::Kind::put;
  if (creating && absent)
    co_return Error{Code::unavailable,
                    "the other side refuses an id that it does not know; the creation is repeated",
                    {}};
  Observed observed{pair_->id, name, {}, pair_->generation[at(name)], absent};
  if (absent) {
    judge_again_ = true;
    calendar_answered_ = false;  // it may have vanished with all that stood in it
  }
  if (absent || found->kind == Observation::Kind::gone) {
    if (creating) absorb_sent(link, name, operation, operation.series);
    observed.observation.id = end.id;
    observed.observation.kind = Observation::Kind::gone;
  } else {
    if (creating)
      absorb_sent(link, name, operation, found->series);  // an earlier try of ours had arrived
    observed.observation = *std::move(found);
  }
  commit.links.push_back(std::move(link));
  commit.observed.push_back(std::move(observed));
  co_return Result<>{};
}

bool Commit::empty() const {
  return pairs.empty() && cleaned.empty() && links.empty() && dropped_links.empty() &&
         observed.empty() && dropped_observed.empty() && intents.empty() &&
         dropped_intents.empty() && history.empty();
}

}  // namespace gcal::sync
