#include "src/sync/cycle.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "src/base/id.hpp"
#include "src/sync/agree.hpp"
#include "src/sync/identity.hpp"
#include "src/sync/observe.hpp"

namespace gcal::sync {
namespace {

constexpr std::size_t kRounds = 6;        // a link needs at most two writes; more rounds only follow conflicts
constexpr std::size_t kPage = 500;
constexpr std::size_t kBurst = 10;        // so many reported deletions: ask whether the calendar itself is still there
constexpr std::size_t kMaxPages = 10'000;

constexpr std::size_t at(SideName name) { return static_cast<std::size_t>(name); }

bool is_gone(const std::optional<Observed>& seen) { return seen && seen->observation.kind == Observation::Kind::gone; }

// What the side holds now, as far as we know; nullptr when it holds nothing.
const Series* current(const LinkView& view, SideName name) {
  const auto& seen = view.seen[at(name)];
  if (seen) return seen->observation.kind == Observation::Kind::gone ? nullptr : &seen->observation.series;
  return view.link.end[at(name)].agreed ? &view.link.end[at(name)].series : nullptr;
}

const Version& version(const LinkView& view, SideName name) {
  const auto& seen = view.seen[at(name)];
  return seen ? seen->observation.version : view.link.end[at(name)].version;
}

SideName other(SideName name) { return name == SideName::crm ? SideName::google : SideName::crm; }

}  // namespace

Task<CycleReport> Cycle::run(Pair& pair) {
  pair_ = &pair;
  report_ = {};
  first_ = pair.synced_at == base::Instant{};
  burst_ = inferred_ = 0;

  Commit begin;
  begin.cleaned.push_back(pair.id);
  CO_TRY_VOID(co_await journal_.commit(std::move(begin)));
  CO_TRY_VOID(co_await resolve_intents());
  CO_TRY_VOID(co_await observe(SideName::crm));
  if (options_.observe_google) {
    const Result<> observed = co_await observe(SideName::google);
    if (!observed && (observed.error().code == Code::not_found || observed.error().code == Code::denied)) {
      CO_TRY(const bool there, co_await side(SideName::google).exists());
      if (there) co_return observed.error();
      CO_TRY_VOID(co_await calendar_gone());
      co_return report_;
    }
    if (!observed) co_return observed.error();
    if (burst_ >= kBurst) {
      CO_TRY(const bool there, co_await side(SideName::google).exists());
      if (!there) {
        CO_TRY_VOID(co_await calendar_gone());
        co_return report_;
      }
    }
  }
  CO_TRY_VOID(co_await match());
  if (inferred_ > 0) CO_TRY_VOID(co_await hold_inferred());
  for (std::size_t i = 0; i < kRounds; ++i) {
    CO_TRY(const bool more, co_await round());
    if (!more) break;
  }
  pair.synced_at = clock_.now();
  Commit end;
  end.pairs.push_back(pair);
  CO_TRY_VOID(co_await journal_.commit(std::move(end)));
  co_return report_;
}

Task<std::size_t> Cycle::preview(Pair& pair) {
  pair_ = &pair;
  CO_TRY_VOID(co_await observe(SideName::google));
  std::size_t count = 0;
  std::string after;
  for (;;) {
    CO_TRY(const std::vector<Observed> page, co_await journal_.unlinked(pair.id, SideName::google, after, kPage));
    if (page.empty()) co_return count;
    count += page.size();
    after = page.back().observation.id;
  }
}

Task<> Cycle::resolve_intents() {
  CO_TRY(std::vector<Intent> intents, co_await journal_.intents(pair_->id));
  for (Intent& intent : intents) CO_TRY_VOID(co_await absorb(std::move(intent)));
  co_return Result<>{};
}

// A write was begun and its answer never stored. What the side holds now tells whether it took place.
Task<> Cycle::absorb(Intent intent) {
  Commit commit;
  commit.dropped_intents.push_back(intent.op_id);
  std::vector<std::string> link_id{intent.link};
  CO_TRY(std::vector<Link> links, co_await journal_.links_by_id(std::move(link_id)));
  if (!links.empty()) {
    Link& link = links.front();
    End& end = link.end[at(intent.side)];
    Result<Observation> found = co_await side(intent.side).get(end.id);
    const bool never = !found && (found.error().code == Code::not_found || found.error().code == Code::gone);
    if (!found && !never) co_return found.error();
    const bool creating = intent.operation.kind == Operation::Kind::put && intent.operation.id.empty();
    if (found && found->kind == Observation::Kind::whole) {
      if (intent.operation.kind == Operation::Kind::put) absorb_sent(link, intent.side, intent.operation, found->series);
      commit.observed.push_back({pair_->id, intent.side, *std::move(found), link.generation[at(intent.side)], false});
      commit.links.push_back(link);
    } else if (!(creating && never)) {
      // It is not there: erased as wanted, or by a person after we wrote it. The planner decides from that.
      if (creating) absorb_sent(link, intent.side, intent.operation, intent.operation.series);
      Observation gone;
      gone.id = end.id;
      gone.kind = Observation::Kind::gone;
      commit.observed.push_back({pair_->id, intent.side, std::move(gone), link.generation[at(intent.side)], false});
      commit.links.push_back(link);
    }
  }
  co_return co_await journal_.commit(std::move(commit));
}

Task<> Cycle::observe(SideName name) {
  std::string position = cursor(name);
  bool listing = position.empty();
  if (listing) CO_TRY_VOID(co_await begin_listing(name));
  std::set<std::string> positions;
  for (std::size_t pages = 0;; ++pages) {
    Result<ChangesPage> page = co_await side(name).changes(position);
    if (!page && page.error().code == Code::gone && !listing) {
      // The cursor expired: list everything under a new generation, once.
      position.clear();
      positions.clear();
      listing = true;
      CO_TRY_VOID(co_await begin_listing(name));
      continue;
    }
    if (!page) co_return std::move(page).error();
    if (page->more && (pages >= kMaxPages || !positions.insert(page->next).second))
      co_return Error{Code::unavailable, "the listing goes in circles; it will be read again", {}};
    CO_TRY_VOID(co_await store_page(name, std::move(page->items), listing));
    position = page->next;
    if (!page->more) break;
  }
  if (listing) CO_TRY_VOID(co_await confirm_absent(name));
  if (cursor(name) != position || listing) {
    cursor(name) = position;
    Commit commit;
    commit.pairs.push_back(*pair_);  // last, so that a cursor never stands for effects that were not stored
    CO_TRY_VOID(co_await journal_.commit(std::move(commit)));
  }
  co_return Result<>{};
}

// The new generation is stored before the first page: what an interrupted listing saw must not pass for seen in the next one.
Task<> Cycle::begin_listing(SideName name) {
  cursor(name).clear();
  ++pair_->generation[at(name)];
  Commit commit;
  commit.pairs.push_back(*pair_);
  co_return co_await journal_.commit(std::move(commit));
}

Task<> Cycle::store_page(SideName name, std::vector<Observation> items, bool listing) {
  if (items.empty()) co_return Result<>{};
  std::vector<std::string> ids;
  for (const Observation& item : items) ids.push_back(item.id);
  CO_TRY(std::vector<Link> links, co_await journal_.links_by_end(pair_->id, name, ids));
  CO_TRY(std::vector<Observed> earlier, co_await journal_.observed(pair_->id, name, ids));
  std::map<std::string, Link> link_of;
  for (Link& link : links) link_of.emplace(link.end[at(name)].id, std::move(link));
  std::map<std::string, std::optional<Observed>> seen;  // the state of each id as this page leaves it
  for (Observed& one : earlier) seen[one.observation.id] = std::move(one);
  std::set<std::string> touched_links;

  const std::uint64_t generation = pair_->generation[at(name)];
  for (Observation& item : items) {
    const auto linked = link_of.find(item.id);
    Link* link = linked == link_of.end() ? nullptr : &linked->second;
    std::optional<Observed>& known = seen[item.id];
    if (item.kind == Observation::Kind::gone) {
      if (name == SideName::google && link) ++burst_;
      if (link) known = Observed{pair_->id, name, std::move(item), generation, false};
      else known.reset();  // never linked: nothing of ours depends on it
      continue;
    }
    const Series* base = nullptr;
    if (known && known->observation.kind == Observation::Kind::whole) base = &known->observation.series;
    else if (link && link->end[at(name)].agreed && !(known && known->observation.kind == Observation::Kind::gone)) base = &link->end[at(name)].series;
    std::optional<Series> series = fold(base, item);
    if (!series) {
      Result<Observation> whole = co_await side(name).get(item.id);
      if (!whole && whole.error().code != Code::not_found && whole.error().code != Code::gone) co_return std::move(whole).error();
      if (!whole || whole->kind == Observation::Kind::gone) continue;  // its master is gone or not ours to see
      item.version = whole->version;
      series = std::move(whole->series);
    }
    if (link) {
      End& end = link->end[at(name)];
      if (listing) {
        link->generation[at(name)] = generation;
        touched_links.insert(link->end[at(name)].id);
      }
      if (!is_news(end, *series)) {
        if (end.version != item.version) {
          end.version = item.version;
          touched_links.insert(end.id);
        }
        known.reset();
        continue;
      }
      // Someone looked at it again: what was put aside because the other side refused it gets another chance.
      if (!link->held_reason.empty()) {
        link->held_reason.clear();
        touched_links.insert(end.id);
      }
    }
    Observation whole;
    whole.id = item.id;
    whole.version = std::move(item.version);
    whole.series = *std::move(series);
    known = Observed{pair_->id, name, std::move(whole), generation, false};
  }

  Commit commit;
  for (auto& [id, state] : seen) {
    if (state) commit.observed.push_back(*std::move(state));
    else commit.dropped_observed.push_back({pair_->id, name, id});
  }
  for (const std::string& id : touched_links) commit.links.push_back(std::move(link_of.at(id)));
  co_return co_await journal_.commit(std::move(commit));
}

Task<> Cycle::confirm_absent(SideName name) {
  std::string after;
  for (;;) {
    CO_TRY(std::vector<Link> absent, co_await journal_.unseen(pair_->id, name, pair_->generation[at(name)], after, kPage));
    if (absent.empty()) co_return Result<>{};
    after = absent.back().id;
    Commit commit;
    for (Link& link : absent) {
      End& end = link.end[at(name)];
      Result<Observation> found = co_await side(name).get(end.id);
      if (!found && found.error().code != Code::not_found && found.error().code != Code::gone) co_return std::move(found).error();
      Observed observed{pair_->id, name, {}, pair_->generation[at(name)], true};
      if (found && found->kind == Observation::Kind::whole) {
        link.generation[at(name)] = pair_->generation[at(name)];
        if (!is_news(end, found->series)) {
          end.version = found->version;
          commit.dropped_observed.push_back({pair_->id, name, end.id});
          commit.links.push_back(std::move(link));
          continue;
        }
        observed.observation = *std::move(found);
        observed.inferred = false;
        commit.links.push_back(std::move(link));
      } else {
        observed.observation.id = end.id;
        observed.observation.kind = Observation::Kind::gone;
        ++inferred_;
      }
      commit.observed.push_back(std::move(observed));
    }
    CO_TRY_VOID(co_await journal_.commit(std::move(commit)));
  }
}

void Cycle::record(Commit& commit, const std::string& link, SideName where, std::string what, std::string detail, std::optional<Series> copy) {
  commit.history.push_back({pair_->id, link, clock_.now(), std::move(what), where, std::move(detail), std::move(copy)});
}

// Deletions that rest on absence wait for a person when they are many: the worst incidents of sync engines began with an empty list.
Task<> Cycle::hold_inferred() {
  CO_TRY(const std::size_t links, co_await journal_.count_links(pair_->id));
  if (inferred_ <= std::max<std::size_t>(20, links / 10)) co_return Result<>{};
  std::string after;
  for (;;) {
    CO_TRY(std::vector<LinkView> views, co_await journal_.work(pair_->id, after, kPage));
    if (views.empty()) co_return Result<>{};
    after = views.back().link.id;
    Commit commit;
    for (LinkView& view : views) {
      const bool inferred = (view.seen[0] && view.seen[0]->inferred) || (view.seen[1] && view.seen[1]->inferred);
      if (!inferred) continue;
      view.link.held_reason = "held.inferred_deletion";
      record(commit, view.link.id, SideName::google, "held", "held.inferred_deletion");
      commit.links.push_back(std::move(view.link));
      ++report_.held;
    }
    CO_TRY_VOID(co_await journal_.commit(std::move(commit)));
  }
}

// The calendar vanished or the right to it was lost: its copies stay as they are, and nothing is written any more.
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
      if (is_gone(view.seen[at(SideName::google)])) commit.dropped_observed.push_back({pair_->id, SideName::google, view.link.end[at(SideName::google)].id});
  }
  pair_->state = PairState::gone;
  pair_->cursor[at(SideName::google)].clear();  // if it comes back, it is listed anew and adopted by its links
  commit.pairs.push_back(*pair_);
  record(commit, {}, SideName::google, "calendar_gone", "history.calendar_gone");
  report_.calendar_gone = true;
  co_return co_await journal_.commit(std::move(commit));
}

Task<bool> Cycle::round() {
  bool any = false;
  std::string after;
  for (;;) {
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
    if (decided.drop) {
      for (const SideName name : {SideName::crm, SideName::google})
        if (view.seen[at(name)]) commit.dropped_observed.push_back({pair_->id, name, view.seen[at(name)]->observation.id});
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
    any = true;
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
      std::vector<LinkView> batch(std::make_move_iterator(todo.begin() + static_cast<std::ptrdiff_t>(begin)), std::make_move_iterator(todo.begin() + static_cast<std::ptrdiff_t>(end)));
      std::vector<Plan> decided(std::make_move_iterator(plans.begin() + static_cast<std::ptrdiff_t>(begin)), std::make_move_iterator(plans.begin() + static_cast<std::ptrdiff_t>(end)));
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
    // Its id was used before when it stood there once or was seen to be gone: a new life gets a new id.
    if (end.agreed || is_gone(view.seen[at(name)])) ++link.incarnation;
    end.id = name == SideName::crm ? derived_crm_id(link.id, link.incarnation) : derived_google_id(link.id, link.incarnation);
    end.version.clear();
    end.agreed = false;
    link.end[at(other(name))].agreed = false;  // the new object has no history in common with the other one yet
  } else {
    operation.id = end.id;
    operation.if_version = version(view, name);
    if (const Series* held = current(view, name)) operation.before = *held;
  }
  operation.incarnation = link.incarnation;
  if (!erase) operation.series = name == SideName::crm ? plan.crm_series : plan.google_series;
  const Series& about = erase ? operation.before : operation.series;
  const bool past = !about.recurring() && base::Instant{calendar::OriginalStart::of(about.master.end).instant} < clock_.now();
  operation.notify = name == SideName::google && plan.guests && !first_ && !past ? Notify::guests : Notify::nobody;
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
    if (link.end[at(name)].id != old_id || link.incarnation != before.incarnation || link.end[0].agreed != before.end[0].agreed) {
      // The new name is stored before it is used, so that a repetition uses it too. The old one's tombstone has been heard. What the other side holds
      // stays known as an observation, because the common base is void.
      begin.links.push_back(link);
      if (is_gone(views[i].seen[at(name)])) {
        begin.dropped_observed.push_back({pair_->id, name, views[i].seen[at(name)]->observation.id});
        views[i].seen[at(name)].reset();
      }
      const SideName held = other(name);
      if (!views[i].seen[at(held)] && before.end[at(held)].agreed) {
        Observation observation;
        observation.id = before.end[at(held)].id;
        observation.version = before.end[at(held)].version;
        observation.series = before.end[at(held)].series;
        views[i].seen[at(held)] = Observed{pair_->id, held, std::move(observation), link.generation[at(held)], false};
        begin.observed.push_back(*views[i].seen[at(held)]);
      }
    }
    // An import into the CRM needs no intent: its id derives from the link, and the CRM's feed tells what became of it.
    if (name == SideName::google) begin.intents.push_back({operations.back().op_id, pair_->id, link.id, name, operations.back()});
  }
  if (!begin.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(begin)));

  CO_TRY(std::vector<Result<Written>> answers, co_await side(name).apply(operations));
  if (answers.size() != operations.size()) co_return Error{Code::internal, "a side answered another number of operations", {}};

  Commit commit;
  std::vector<std::string> settled;
  std::optional<Error> stop;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (!answers[i]) {
      const Error& error = answers[i].error();
      const bool outcome_unknown = error.code == Code::unavailable || error.code == Code::timeout || error.code == Code::needs_auth ||
                                   error.code == Code::cancelled || error.code == Code::internal;
      if (outcome_unknown) {
        if (!stop) stop = error;
        continue;  // the intent stays and is resolved by reading
      }
    } else {
      settled.push_back(operations[i].op_id);
    }
    if (name == SideName::google) commit.dropped_intents.push_back(operations[i].op_id);
    const Result<> stored = co_await store_answer(commit, name, operations[i], views[i], plans[i], std::move(answers[i]));
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

Task<> Cycle::store_answer(Commit& commit, SideName name, const Operation& operation, const LinkView& view, const Plan& plan, Result<Written> answer) {
  const std::string& link_id = view.link.id;
  if (operation.kind == Operation::Kind::erase) {
    const bool done = answer || answer.error().code == Code::not_found || answer.error().code == Code::gone;
    if (done) {
      for (const SideName seen : {SideName::crm, SideName::google})
        if (view.seen[at(seen)]) commit.dropped_observed.push_back({pair_->id, seen, view.seen[at(seen)]->observation.id});
      commit.dropped_links.push_back(link_id);
      record(commit, link_id, name, "deleted", plan.inferred ? "history.deleted_by_absence" : "history.deleted", plan.lost);
      ++report_.erased[at(name)];
      co_return Result<>{};
    }
  }
  if (!answer && answer.error().code != Code::denied && answer.error().code != Code::invalid) co_return co_await store_conflict(commit, name, operation, view);
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
  agree(link, name, operation.series, answer->series, other_series ? *other_series : operation.series);
  End& mine = link.end[at(name)];
  End& theirs = link.end[at(held)];
  mine.id = answer->id;
  // What the side holds now against its base: equal means that nothing is left to say about it.
  if (!is_news(mine, answer->series)) {
    if (view.seen[at(name)]) commit.dropped_observed.push_back({pair_->id, name, view.seen[at(name)]->observation.id});
  } else {
    Observation observation;
    observation.id = answer->id;
    observation.version = answer->version;
    observation.series = answer->series;
    commit.observed.push_back({pair_->id, name, std::move(observation), link.generation[at(name)], false});
  }
  mine.version = answer->version;
  if (const std::optional<Observed>& seen = view.seen[at(held)]; seen && !is_news(theirs, seen->observation.series)) {
    commit.dropped_observed.push_back({pair_->id, held, seen->observation.id});
    theirs.version = seen->observation.version;
  }
  link.generation[at(name)] = std::max(link.generation[at(name)], pair_->generation[at(name)]);
  commit.links.push_back(std::move(link));
  if (plan.conflicts.any()) {
    ++report_.conflicts;
    record(commit, link_id, name, "conflict", "history.conflict", plan.lost);
  }
  record(commit, link_id, name, creating ? "created" : "updated", plan.edit_beat_delete ? "history.edit_beat_delete" : "history.synchronised");
  ++(creating ? report_.created : report_.updated)[at(name)];
  co_return Result<>{};
}

// Someone was quicker, or the id is taken: look at what is there now; the next round decides from it.
Task<> Cycle::store_conflict(Commit& commit, SideName name, const Operation& operation, const LinkView& view) {
  Link link = view.link;
  End& end = link.end[at(name)];
  Result<Observation> found = co_await side(name).get(end.id);
  const bool absent = !found && (found.error().code == Code::not_found || found.error().code == Code::gone);
  if (!found && !absent) co_return std::move(found).error();
  const bool creating = operation.id.empty() && operation.kind == Operation::Kind::put;
  if (creating && absent) co_return Error{Code::unavailable, "the other side refuses an id that it does not know; the creation is repeated", {}};
  Observed observed{pair_->id, name, {}, pair_->generation[at(name)], false};
  if (absent || found->kind == Observation::Kind::gone) {
    if (creating) absorb_sent(link, name, operation, operation.series);
    observed.observation.id = end.id;
    observed.observation.kind = Observation::Kind::gone;
  } else {
    if (creating) absorb_sent(link, name, operation, found->series);  // an earlier try of ours had arrived
    observed.observation = *std::move(found);
  }
  commit.links.push_back(std::move(link));
  commit.observed.push_back(std::move(observed));
  co_return Result<>{};
}

bool Commit::empty() const {
  return pairs.empty() && cleaned.empty() && links.empty() && dropped_links.empty() && observed.empty() && dropped_observed.empty() && intents.empty() &&
         dropped_intents.empty() && history.empty();
}

}  // namespace gcal::sync
