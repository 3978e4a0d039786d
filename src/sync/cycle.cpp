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
constexpr std::size_t kFewDeletions = 20;  // so many may rest on absence without a person's word
constexpr std::size_t kMaxPages = 10'000;
constexpr base::Milliseconds kTokenLife = std::chrono::hours{24};  // Google's tokens live for weeks; nobody promises how many

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

bool is_absent(const Error& error) { return error.code == Code::not_found || error.code == Code::gone; }
bool is_unreadable(const Error& error) { return error.code == Code::invalid || error.code == Code::denied; }

std::size_t guests_of(const Series& series) {
  return static_cast<std::size_t>(std::ranges::count_if(series.master.attendees, [](const calendar::Attendee& guest) { return !guest.self && !guest.resource; }));
}

SideName other(SideName name) { return name == SideName::crm ? SideName::google : SideName::crm; }

}  // namespace

Task<CycleReport> Cycle::run(Pair& pair) {
  pair_ = &pair;
  report_ = {};
  first_ = pair.synced_at == base::Instant{};
  mails_left_ = options_.mail_budget;
  changed_ = false;
  judge_again_ = true;
  calendar_answered_ = false;

  // Taken back before the reading, so that a mark set meanwhile stays. Without a reading the mark is left alone.
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
    if (!observed && (observed.error().code == Code::not_found || observed.error().code == Code::denied)) {
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
    const bool never = !found && is_absent(found.error());
    if (!found && is_unreadable(found.error())) {
      hold_unreadable(commit, link, intent.side, found.error().message);
      co_return co_await journal_.commit(std::move(commit));
    }
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
      commit.observed.push_back({pair_->id, intent.side, std::move(gone), link.generation[at(intent.side)], never});
      commit.links.push_back(link);
    }
  }
  co_return co_await journal_.commit(std::move(commit));
}

// What stands there and cannot be read is no deletion and must not stop the others: it waits until it can be read again.
void Cycle::hold_unreadable(Commit& commit, Link& link, SideName name, const std::string& reason) {
  link.generation[at(name)] = pair_->generation[at(name)];
  if (link.held_reason.empty()) {
    link.held_reason = kHeldUnreadable;
    record(commit, link.id, name, "quarantined", reason);
    ++report_.quarantined;
  }
  commit.links.push_back(link);
}

Task<> Cycle::observe(SideName name) {
  std::string position = cursor(name);
  bool listing = position.empty();
  if (listing) CO_TRY_VOID(co_await begin_listing(name));
  std::set<std::string> positions;
  bool news = listing;
  for (std::size_t pages = 0;; ++pages) {
    Result<ChangesPage> page = co_await side(name).changes(position);
    if (!page && page.error().code == Code::gone && !listing) {
      // The cursor expired: list everything under a new generation, once.
      position.clear();
      positions.clear();
      listing = news = true;
      CO_TRY_VOID(co_await begin_listing(name));
      continue;
    }
    if (!page) co_return std::move(page).error();
    if (page->more && (pages >= kMaxPages || !positions.insert(page->next).second))
      co_return Error{Code::unavailable, "the listing goes in circles; it will be read again", {}};
    news |= !page->items.empty() || !page->unreadable.empty();
    CO_TRY_VOID(co_await store_page(name, std::move(page->items), listing));
    CO_TRY_VOID(co_await store_unreadable(name, std::move(page->unreadable)));
    position = page->next;
    if (!page->more) break;
  }
  if (listing) CO_TRY_VOID(co_await confirm_absent(name));
  // Google hands out another token with every answer. One that brought nothing is only worth a write before the old one grows too old.
  if (cursor(name) != position && !news) news = clock_.now() - pair_->synced_at > kTokenLife;
  if (news) {
    changed_ = true;
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

Task<> Cycle::store_unreadable(SideName name, std::vector<Unreadable> unreadable) {
  if (unreadable.empty()) co_return Result<>{};
  std::map<std::string, std::string> reason_of;
  std::vector<std::string> ids;
  for (Unreadable& one : unreadable) {
    ids.push_back(one.id);
    reason_of[one.id] = std::move(one.reason);
  }
  CO_TRY(std::vector<Link> links, co_await journal_.links_by_end(pair_->id, name, std::move(ids)));
  Commit commit;
  for (Link& link : links) {
    const auto reason = reason_of.find(link.end[at(name)].id);
    if (reason == reason_of.end()) continue;
    hold_unreadable(commit, link, name, reason->second);
    reason_of.erase(reason);
  }
  for (const auto& [id, reason] : reason_of) {
    record(commit, {}, name, "quarantined", reason);
    ++report_.quarantined;
  }
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
      if (link) known = Observed{pair_->id, name, std::move(item), generation, false};
      else known.reset();  // never linked: nothing of ours depends on it
      continue;
    }
    const Series* base = nullptr;
    if (known && known->observation.kind == Observation::Kind::whole) base = &known->observation.series;
    else if (link && link->end[at(name)].agreed && !(known && known->observation.kind == Observation::Kind::gone)) base = &link->end[at(name)].series;
    // A listing names every exception of a series: those that it does not name are no more.
    if (listing && item.kind == Observation::Kind::fragment && item.has_master) base = nullptr;
    std::optional<Series> series = fold(base, item);
    if (!series) {
      Result<Observation> whole = co_await side(name).get(item.id);
      if (!whole && is_unreadable(whole.error())) continue;  // its own page says so
      if (!whole && !is_absent(whole.error())) co_return std::move(whole).error();
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
      if (link->held_reason == kHeldUnreadable) {
        link->held_reason.clear();
        touched_links.insert(end.id);
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
      if (!link->held_reason.empty() && link->held_reason != kRetired) {
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
      if (!found && is_unreadable(found.error())) {
        hold_unreadable(commit, link, name, found.error().message);
        continue;
      }
      if (!found && !is_absent(found.error())) co_return std::move(found).error();
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
      }
      commit.observed.push_back(std::move(observed));
    }
    CO_TRY_VOID(co_await journal_.commit(std::move(commit)));
  }
}

void Cycle::record(Commit& commit, const std::string& link, SideName where, std::string what, std::string detail, std::optional<Series> copy) {
  commit.history.push_back({pair_->id, link, clock_.now(), std::move(what), where, std::move(detail), std::move(copy)});
}

// Before deletions are carried out. Those that rest on absence wait for a person when they are many: the worst incidents of sync engines began with an
// empty list. All is counted from the journal, so that a crash between reading and judging changes nothing.
Task<> Cycle::judge_deletions() {
  judge_again_ = false;
  CO_TRY(const PendingDeletions pending, co_await journal_.pending_deletions(pair_->id));
  hold_inferred_ = false;
  if (pending.told_by_google == 0 && pending.inferred() == 0) co_return Result<>{};
  CO_TRY(const std::size_t links, co_await journal_.count_links(pair_->id));
  hold_inferred_ = pending.inferred() > std::max(kFewDeletions, links / 10);
  // Absence proves nothing, and neither does a burst of cancellations, while the calendar itself may have vanished.
  const bool doubtful = pending.inferred_at_google > 0 || pending.told_by_google >= std::min(kBurst, std::max<std::size_t>(2, (links + 1) / 2));
  if (!doubtful || calendar_answered_) co_return Result<>{};
  CO_TRY(calendar_answered_, co_await side(SideName::google).exists());
  if (!calendar_answered_) CO_TRY_VOID(co_await calendar_gone());
  co_return Result<>{};
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
      record(commit, view.link.id, is_gone(view.seen[at(SideName::crm)]) ? SideName::crm : SideName::google, "held", decided.hold);
      commit.links.push_back(std::move(view.link));
      ++report_.held;
      continue;
    }
    if (decided.drop) {
      // Deleted on both sides, or our deletion whose answer was lost: the copy that can be restored is what was agreed last.
      const End& end = view.link.end[at(SideName::crm)].agreed ? view.link.end[at(SideName::crm)] : view.link.end[at(SideName::google)];
      if (end.agreed) record(commit, view.link.id, SideName::google, "deleted", "history.deleted", end.series);
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
  if (name != SideName::google || !plan.guests || first_ || past) return operation;
  // Someone else's meeting: our answer reaches its organiser, who is one person.
  const std::size_t readers = about.facts.organized_by_self ? std::max(guests_of(about), guests_of(operation.before)) : 1;
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
  // What Google alone can know of a new event (its UID, its page) has to travel to the CRM.
  if (creating && name == SideName::google) mine.series.facts = theirs.series.facts;
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
  const bool absent = !found && is_absent(found.error());
  if (!found && is_unreadable(found.error())) {
    hold_unreadable(commit, link, name, found.error().message);
    co_return Result<>{};
  }
  if (!found && !absent) co_return std::move(found).error();
  const bool creating = operation.id.empty() && operation.kind == Operation::Kind::put;
  if (creating && absent) co_return Error{Code::unavailable, "the other side refuses an id that it does not know; the creation is repeated", {}};
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
