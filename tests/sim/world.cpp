#include "tests/sim/world.hpp"

#include <algorithm>
#include <cctype>

#include "src/common/base/bytes.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/sync/hand_over.hpp"
#include "src/engine/sync/held_deletions.hpp"
#include "tests/sim/random_faults.hpp"
#include "tests/support/run_task.hpp"

namespace gcal::simulation {

using namespace gcal::sync;

namespace {

constexpr std::size_t kRecent = 3;

}  // namespace

World::World(std::uint64_t seed, Storage storage)
    : random_(generator(seed, Draws::world)),
      fault_random_(generator(seed, Draws::faults)),
      engine_random_(generator(seed, Draws::engine)),
      storage_(make_journal(storage, seed, faults)),
      journal_(storage_->journal()) {
  pair_.id = "pair";
  pair_.account = "account";
  pair_.mode = PairMode::two_way;
  pair_.state = PairState::live;
}

void World::draw_kind(std::uint64_t seed) {
  support::SeededRandom kind = generator(seed, Draws::kind);
  calm_ = kind.below(3) == 0;
  asks_again_ = kind.below(2) == 0;
  if (kind.below(6) == 0) pair_.mode = PairMode::view_only;
  crm_mails_ = kind.below(2) == 0;
  counts_faults_ = true;
}

void World::note(std::string line) {
  std::size_t end = 0;
  while (end < line.size() && !(line.compare(end, 2, " t") == 0 && end + 2 < line.size() &&
                                std::isdigit(static_cast<unsigned char>(line[end + 2]))))
    ++end;
  reached("act: " + line.substr(0, end));
  outcome.trace.push_back(std::move(line));
}

void World::begin_act(std::uint64_t seed, std::size_t number) {
  random_ = generator(seed, Draws::acts, number);
  fault_random_ = generator(seed, Draws::faults, number);
}

void World::cycle_with_faults(std::uint64_t fault_rate) {
  const auto decide = random_faults(fault_random_, fault_rate);
  const bool busy = fault_random_.below(4) == 0;
  faults.decide = [this, decide, busy](std::size_t point, std::string_view where) {
    if (busy && in_cycle_ && fault_random_.below(16) == 0) {
      ++acts_in_cycle_;
      reached("act during a cycle");
      user_acts();
    }
    const support::Fault fault = decide(point, where);
    if (fault != support::Fault::none) {
      ++faults_met_;
      reached(std::string("fault: ") + support::name_of(fault) + " " + std::string(where));
    }
    return fault;
  };
  cycle();
  faults.decide = no_fault;
}

// Only after a crash it is another process.
void World::start_process() {
  storage_->restart();
  faults.restart();
  restart_process();
}

bool World::cycle() {
  start_process();
  Pair pair = stored_pair().value_or(pair_);
  if (disconnected_ || pair.state == PairState::gone) {
    outcome.trace.emplace_back("no cycle");
    return true;
  }
  ++outcome.cycles;
  if (pair.returning) reached("cycle: restores copies");
  CycleOptions options;
  options.try_held_again = settling_ && asks_again_;
  options.remote_writable = writable_;
  options.no_creations_before = no_creations_before_;
  if (crm_mails_) options.mailer = Notify::crm;
  Cycle cycle(crm_, remote(), journal_, clock_, engine_random_, options);
  away_in_cycle_ = pair.returning;
  faults_met_ = acts_in_cycle_ = 0;
  in_cycle_ = true;
  hand_over();  // what an earlier process left
  const Result<CycleReport> report = support::run_task(loop_, cycle.run(pair));
  in_cycle_ = false;
  hand_over();
  deliver();
  clock_.advance(std::chrono::minutes{5});
  if (faults.crashed()) ++outcome.crashes;
  if (!report) ++outcome.faults;
  if (!report && outcome.cycles == 1) reached("cycle: the first fails");
  if (view_only()) reached("cycle: of a view-only pair");
  if (view_only() && engine_writes() > 0) violation("a view-only calendar is written");
  quarantined_ += report ? report->quarantined : 0;
  reached(report ? (report->writes() == 0 ? "cycle: quiet" : "cycle: writes") : "cycle: fails");
  outcome.trace.push_back(report ? "cycle: " + std::to_string(report->writes()) + " writes"
                                 : "cycle ends: " + report.error().message);
  after_cycle();
  const bool nothing_held = check_held(report ? &*report : nullptr);
  check_other_direction(report);
  update_acts(nothing_held && report && !report->error && faults_met_ + acts_in_cycle_ == 0);
  return report.has_value();
}

void World::hand_over() {
  if (!crm_mails_) return;
  const Result<HandOverReport> report =
      support::run_task(loop_, sync::hand_over(journal_, mailer_, pair_.id, {}, clock_.now()));
  if (report && report->handed_over > 0) reached("mail: handed over");
  if (!report) reached("mail: not handed over");
}

// The mailer attempts what waits: some at once, some after the next act.
void World::deliver() {
  if (!crm_mails_) return;
  mailer_.deliver([this](const support::FakeMailer::Message& message) {
    return settling_ || message.age > message.row.id.front() % 3U;
  });
  const std::vector<Invitation>& delivered = mailer_.delivered();
  for (; delivered_ < delivered.size(); ++delivered_) {
    guest_mails_.delivered(delivered[delivered_]);
    reached("mail: delivered");
  }
}

void World::tell(const std::string& token, const std::string& title,
                 const std::vector<calendar::Attendee>& guests) {
  const Titles now = titles(token);
  if (!crm_mails_ || in_cycle_ || outcome.cycles == 0 || !now.crm || now.crm != now.remote ||
      acts(token).open())
    return;
  guest_mails_.titled(token, title, remote_id(token), guests);
}

void World::check_mails() {
  if (!crm_mails_) return;
  if (remote_mails() > 0) violation("the remote service mails guests whom the CRM mails");
  const Result<std::vector<std::string>> left =
      support::run_task(loop_, journal_.uids_to_tell(pair_.id));
  if (!left || !left->empty()) violation("guests wait for mail for ever");
  std::set<std::string> not_judged;
  for (const auto& [token, acts] : acts_)
    if (acts.is_split()) not_judged.insert(token);
  for (std::string& wrong : guest_mails_.judge(held_at_remote(), calm_ && !view_only(), not_judged))
    violation(std::move(wrong));
}

// What the caller of a cycle remembers of its report. Returns whether nothing is held.
bool World::check_held(const CycleReport* report) {
  if (report) {
    if (report->right_is_lost) writable_ = false;
    if (report->right_is_back) writable_ = true;
    if (report->no_creations_until != base::Instant{})
      no_creations_before_ = report->no_creations_until;
    if (report->right_is_lost) reached("cycle: the right is lost");
    if (report->right_is_back) reached("cycle: the right is back");
    if (report->calendar_gone) reached("cycle: the calendar is gone");
  }
  const Result<std::vector<HeldItem>> held =
      support::run_task(loop_, journal_.held_items(pair_.id));
  only_denied_ = held && std::ranges::all_of(*held, [](const HeldItem& item) {
                   return item.reason == kHeldDenied;
                 });
  if (!held) return false;
  for (const HeldItem& item : *held) {
    reached("held: " + (item.reason.empty() ? "suspect" : item.reason));
    if (item.reason == kHeldDenied && !item_refused_)
      violation("an appointment is held that nothing refuses: " + item.detail);
  }
  return held->empty();
}

// What the service does not take - an appointment, new ones, any write - neither ends the run nor
// keeps from the CRM what the remote side's user did.
void World::check_other_direction(const Result<CycleReport>& report) {
  if (!counts_faults_ || faults_met_ + acts_in_cycle_ > 0 || refusals_.account || refusals_.gone ||
      away_in_cycle_)
    return;
  const std::optional<Pair> pair = stored_pair();
  if (!pair || pair->state != PairState::live || pair->returning) return;
  if (!report) return violation("a run that nothing disturbs ends: " + report.error().message);
  if (!only_denied_ || report->unfinished) return;
  for (auto& [token, acts] : acts_) {
    if (acts.is_split() || !acts.open()) continue;
    const Titles now = titles(token);
    acts.shown(now);
    if (!acts.waits_for_crm(now)) continue;
    violation("the CRM shows " + token + " as " + *now.crm + ", google as " + *now.remote);
  }
}

void World::update_acts(bool undisturbed) {
  const std::optional<Pair> pair = stored_pair();
  const bool left = pair && pair->state == PairState::gone && !pair->cursor.crm.empty();
  undisturbed = undisturbed && !refusals_.any() && pair && !pair->returning;
  for (auto& [token, acts] : acts_) {
    if (acts.is_split() || (!acts.open() && !left)) continue;
    const Titles now = titles(token);
    acts.shown(now);
    if (faults_met_ > 0) acts.disturbed();
    if (left) acts.left(now.remote.has_value(), now.crm.has_value());
    if (!undisturbed || !acts.open() || !now.crm || !now.remote) continue;
    const std::optional<Values> values = common_values(token);
    if (!values) continue;
    check_acts(token, values);
    acts.agreed(*values);
  }
}

std::string World::draw_object(const std::vector<std::string>& live,
                               const std::function<std::string(const std::string&)>& id_of) {
  const std::string& any = live[random_.below(live.size())];
  if (recent_.empty() || random_.below(2) == 0) return any;
  const std::string recent = id_of(recent_[random_.below(recent_.size())]);
  return recent.empty() ? any : recent;
}

void World::touched(const std::string& token) {
  std::erase(recent_, token);
  recent_.push_back(token);
  if (recent_.size() > kRecent) recent_.pop_front();
}

void World::record_edit(SideName side, const std::string& token, const Values& values) {
  touched(token);
  if (is_left_out(side, token)) return;
  acts(token).edited(side, values, titles(token), in_cycle_);
}

// A copy whose original is gone too does not come back.
void World::record_deletion(SideName side, const std::string& token) {
  touched(token);
  const Titles now = titles(token);
  guest_mails_.deleted(side, token);
  if (is_left_out(side, token) && now.remote) return;
  acts(token).deleted(side, now, in_cycle_);
}

Series World::new_series(const std::string& token, std::chrono::sys_seconds start) {
  Series series;
  series.master.summary = "new " + token;
  series.master.location = token;
  if (random_.below(4) == 0) {
    const auto day = std::chrono::floor<std::chrono::days>(start);
    series.master.start = calendar::Date{day};
    series.master.end = calendar::Date{day + std::chrono::days{1}};
  } else {
    series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
    series.master.end = calendar::ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
  }
  return series;
}

bool World::settle(std::size_t max_cycles) {
  faults.decide = no_fault;
  end_interruption();
  settling_ = true;
  bool quiet = false;
  for (std::size_t cycles = 0; !quiet && cycles < max_cycles; ++cycles) {
    clock_.advance(std::chrono::hours{25});  // whatever waits is due
    const std::size_t before = writes();
    quiet = cycle() && writes() == before && !confirm_held_deletions();
  }
  return quiet;
}

// The user says that the appointments which a listing lacks were deleted on purpose.
bool World::confirm_held_deletions() {
  constexpr std::size_t kMany = 1'000;
  Result<std::vector<Link>> links = support::run_task(loop_, journal_.links(pair_.id, "", kMany));
  if (!links) return false;
  std::erase_if(*links, [](const Link& link) { return link.held_reason != sync::kHeldInferred; });
  if (links->empty()) return false;
  reached("held: many deletions");
  return support::run_task(loop_, sync::resolve_held_deletions(journal_, *std::move(links),
                                                               sync::HeldDecision::remove))
      .has_value();
}

void World::check_nothing_is_left() {
  const auto count = [](const auto& found) { return found ? found->size() : 1; };
  if (count(support::run_task(loop_, journal_.intents(pair_.id))) != 0)
    violation("an intent stays open for ever");
  if (count(support::run_task(loop_, journal_.splits(pair_.id))) != 0)
    violation("a split stays open for ever");
  if (count(support::run_task(loop_, journal_.held_items(pair_.id))) != 0)
    violation("something is held for ever");
  if (quarantined_ != 0 && !item_refused_) violation("something is quarantined");
}

void World::check_acts(const std::string& token, const std::optional<Values>& values) {
  for (const std::string& wrong : acts(token).judge(values)) violation(token + " " + wrong);
}

void World::finish_outcome(const std::vector<const support::FakeSide*>& sides) {
  std::string text;
  for (const std::string& line : outcome.trace) text += line + "\n";
  for (const support::FakeSide* side : sides)
    for (const std::string& id : side->live())
      text += calendar::to_json(side->objects().at(id).series).dump() + "\n";
  outcome.hash = base::to_hex(base::sha256(base::as_bytes(text)));
  outcome.points = faults.points();
}

}  // namespace gcal::simulation
