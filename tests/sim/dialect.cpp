#include "tests/sim/dialect.hpp"

#include <algorithm>
#include <map>

#include "src/common/base/bytes.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/time_zone.hpp"
#include "src/engine/sync/cycle.hpp"
#include "tests/sim/emulated_google.hpp"
#include "tests/sim/fault_plans.hpp"
#include "tests/support/fake_side.hpp"
#include "tests/support/memory_journal.hpp"
#include "tests/support/run_task.hpp"

namespace gcal::simulation {
namespace {

using namespace gcal::sync;
using base::Json;
using calendar::OriginalStart;
using calendar::ZonedTime;
using support::FakeSide;
using support::Fault;

constexpr std::size_t kSettleCycles = 8;
constexpr int kOccurrences = 6;  // weekly from January on: no change of clocks falls between them

// What people did to the appointments that carry one token in their location. A series that was
// split is several appointments.
struct Life {
  PerSide<bool> edited;  // since both sides last agreed in fair weather
  PerSide<bool> deleted;
  bool split = false;
  PerSide<std::string> summary;  // the last title given on that side
};

class DialectWorld {
 public:
  explicit DialectWorld(std::uint64_t seed)
      : random_(seed), engine_random_(seed ^ 0x5eed), google_(clock_, seed ^ 0x900913, faults) {
    pair_.id = "pair";
    pair_.account = "account";
    pair_.mode = PairMode::two_way;
    pair_.state = PairState::live;
  }

  support::FaultPlan faults;
  Outcome outcome;

  base::SeededRandom& random() { return random_; }
  void note(std::string line) { outcome.trace.push_back(std::move(line)); }

  void create(SideName name, bool recurring, bool guests = false) {
    const std::string token = "t" + std::to_string(++tokens_);
    Series series;
    series.master.summary = "new " + token;
    series.master.location = token;
    const auto start = std::chrono::sys_seconds{std::chrono::seconds{1'893'600'000}} +
                       std::chrono::hours{3 * static_cast<int>(tokens_)};  // January 2030
    if (random_.below(4) == 0) {
      series.master.start = calendar::Date{std::chrono::floor<std::chrono::days>(start)};
      series.master.end =
          calendar::Date{std::chrono::floor<std::chrono::days>(start) + std::chrono::days{1}};
    } else {
      series.master.start = ZonedTime{start, "Europe/Berlin"};
      series.master.end = ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
    }
    if (recurring) series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(kOccurrences)};
    if (guests) {
      calendar::Attendee guest;
      guest.email = EmulatedGoogle::kGuest;
      series.master.attendees.push_back(guest);
    }
    if (name == SideName::crm)
      crm_.user_saves("crm-" + token, series);
    else
      google_.insert(google_event(series, token));
    life(token).edited[name] = true;
    life(token).summary[name] = series.master.summary;
    note(label(name) + " creates " + token + (recurring ? " as a series" : "") +
         (guests ? " with a guest" : ""));
  }

  void edit(SideName name) { name == SideName::crm ? edit_crm() : edit_google(); }

  void erase(SideName name) {
    if (name == SideName::crm) {
      const std::vector<std::string> live = crm_.live();
      if (live.empty()) return;
      const std::string id = live[random_.below(live.size())];
      const std::string token = crm_.objects().at(id).series.master.location;
      crm_.user_deletes(id);
      deleted(name, token);
    } else {
      const std::vector<std::string> live = google_.live();
      if (live.empty()) return;
      const std::string id = live[random_.below(live.size())];
      const std::string token = google_.read(id).string("location");
      if (google_.remove(id)) deleted(name, token);
    }
  }

  void clear_google() {
    for (const std::string& id : google_.live())
      deleted(SideName::remote, google_.read(id).string("location"));
    google_.clear();
    note("google is cleared");
  }

  void expire_cursors() {
    google_.expire_sync_tokens();
    note("google expires its sync tokens");
  }

  bool cycle() {
    ++outcome.cycles;
    faults.restart();
    google_.forget_reading();
    Result<std::vector<Pair>> stored = support::run_task(journal_.pairs("account"));
    Pair pair = stored && !stored->empty() ? stored->front() : pair_;
    Cycle cycle(crm_, google_.side(), journal_, clock_, engine_random_, {});
    const Result<CycleReport> report = support::run_task(cycle.run(pair));
    clock_.advance(std::chrono::minutes{5});
    if (faults.crashed()) ++outcome.crashes;
    if (!report) ++outcome.faults;
    quarantined_ += report ? report->quarantined : 0;
    note(report ? "cycle: " + std::to_string(report->writes()) + " writes"
                : "cycle ends: " + report.error().message);
    return report.has_value();
  }

  void settle_and_check() {
    faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
    bool quiet = false;
    for (std::size_t cycles = 0; !quiet && cycles < kSettleCycles; ++cycles) {
      const std::uint64_t before = crm_.writes() + google_.writes();
      quiet = cycle() && crm_.writes() + google_.writes() == before;
    }
    if (!quiet) violation("the sides do not fall silent");
    const std::size_t requests = google_.requests();
    cycle();
    if (google_.requests() - requests > 1)
      violation("a quiet cycle asks Google " + std::to_string(google_.requests() - requests) +
                " times");
    if (journal_.intents_open() != 0) violation("an intent stays open for ever");
    if (quarantined_ != 0) violation("something is quarantined");
    compare_sides();
    judge_lives();
    judge_mails();
    for (auto& [token, life] : lives_) life.edited = {};
  }

  void finish() {
    std::string text;
    for (const std::string& line : outcome.trace) text += line + "\n";
    for (const std::string& id : crm_.live())
      text += calendar::to_json(crm_.objects().at(id).series).dump() + "\n";
    outcome.hash = base::to_hex(base::sha256(base::as_bytes(text)));
    outcome.points = faults.points();
  }

  // The occurrences of a series by their number, as long as its rule is what `create` made of it or
  // a cut of that.
  static std::optional<OriginalStart> occurrence(const Series& series, int number) {
    if (!series.recurring() || series.recurrence.front().find(
                                   "COUNT=" + std::to_string(kOccurrences)) == std::string::npos)
      return std::nullopt;
    OriginalStart start = OriginalStart::of(series.master.start);
    start.instant += std::chrono::weeks{number};
    return start;
  }

  void split_crm(const std::string& id, int number) {
    Series series = crm_.objects().at(id).series;
    const auto cut = occurrence(series, number);
    if (!cut || number == 0) return;
    Series heir = series;
    heir.master = google::occurrence_by_rule(series.master, *cut);
    heir.master.summary = title(SideName::crm, series.master.location);
    heir.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(kOccurrences - number)};
    std::erase_if(heir.occurrences, [&](const auto& each) { return each.first < *cut; });
    heir.facts = {};
    series.recurrence = calendar::ending_before(series.recurrence, *cut);
    std::erase_if(series.occurrences, [&](const auto& each) { return !(each.first < *cut); });
    crm_.user_saves(id, series);
    crm_.user_saves(id + "-split" + std::to_string(++edits_), heir);
    life(series.master.location).split = true;
    note("crm splits " + series.master.location);
  }

  void split_google(const std::string& id, int number) {
    const Result<google::Item> item = google::item_from_json(google_.read(id), "Europe/Berlin");
    if (!item) return;
    const auto cut = occurrence(item->series, number);
    if (!cut || number == 0) return;
    const std::string token = item->series.master.location;
    const bool deletes = random_.below(3) == 0;
    const Life before = life(token);
    const std::string instance = google::instance_id(id, *cut);
    const bool done =
        deletes ? google_.remove_following(instance)
                : google_.change_following(
                      instance, Json::object({{"summary", title(SideName::remote, token)}}));
    if (!done) {
      life(token) = before;
      return;
    }
    life(token).split = true;
    note(std::string("google ") + (deletes ? "ends " : "splits ") + token);
  }

  std::vector<std::string> crm_live() const { return crm_.live(); }
  std::vector<std::string> google_live() { return google_.live(); }

 private:
  static std::string label(SideName name) { return name == SideName::crm ? "crm" : "google"; }
  void violation(std::string what) { outcome.violations.push_back(std::move(what)); }
  Life& life(const std::string& token) { return lives_[token]; }

  void deleted(SideName name, const std::string& token) {
    life(token).deleted[name] = true;
    note(label(name) + " deletes " + token);
  }

  std::string title(SideName name, const std::string& token) {
    std::string text = "edit " + std::to_string(++edits_);
    life(token).edited[name] = true;
    life(token).summary[name] = text;
    return text;
  }

  static Json google_event(const Series& series, const std::string& token) {
    Json event = google::insert_body(series, "google" + token, "none");
    event.erase("extendedProperties");
    return event;
  }

  void edit_crm() {
    const std::vector<std::string> live = crm_.live();
    if (live.empty()) return;
    const std::string id = live[random_.below(live.size())];
    Series series = crm_.objects().at(id).series;
    const std::string token = series.master.location;
    const int number = static_cast<int>(random_.below(kOccurrences));
    switch (random_.below(8)) {
      case 0:
        series.master.description = "said " + std::to_string(++edits_);
        note("crm describes " + token);
        break;
      case 1:
        series.master.transparency = series.master.transparency == calendar::Transparency::opaque
                                         ? calendar::Transparency::transparent
                                         : calendar::Transparency::opaque;
        note("crm toggles " + token);
        break;
      case 2:
        if (series.recurring() || !move(series.master)) return;
        note("crm moves " + token);
        break;
      case 3:
      case 4: {
        const auto start = occurrence(series, number);
        if (!start) return;
        change_occurrence(series, *start);
        note("crm changes one of " + token);
        break;
      }
      case 5: return split_crm(id, number);
      case 6:
        if (series.recurring()) return;
        invite(series);
        note("crm changes the guests of " + token);
        break;
      default:
        series.master.summary = title(SideName::crm, token);
        note("crm renames " + token + " to " + series.master.summary);
    }
    crm_.user_saves(id, series);
    life(token).edited.crm = true;
  }

  bool move(calendar::Event& event) {
    auto* start = std::get_if<ZonedTime>(&event.start);
    if (!start) return false;
    const std::chrono::minutes by{15 * static_cast<int>(1 + random_.below(8))};
    start->instant += by;
    std::get<ZonedTime>(event.end).instant += by;
    return true;
  }

  void invite(Series& series) {
    auto& guests = series.master.attendees;
    const auto known = std::ranges::find_if(guests, [](const calendar::Attendee& guest) {
      return guest.email == EmulatedGoogle::kGuest;
    });
    if (known != guests.end()) {
      guests.erase(known);
    } else {
      calendar::Attendee guest;
      guest.email = EmulatedGoogle::kGuest;
      guests.push_back(guest);
      ++invitations_;
    }
  }

  void change_occurrence(Series& series, const OriginalStart& start) {
    calendar::Occurrence occurrence;
    occurrence.cancelled = random_.below(2) == 0;
    occurrence.event = google::occurrence_by_rule(series.master, start);
    occurrence.event.summary = "once " + std::to_string(++edits_);
    if (random_.below(2) == 0) move(occurrence.event);
    const auto known = series.occurrences.find(start);
    if (known != series.occurrences.end() && random_.below(3) == 0)
      series.occurrences.erase(known);  // back to what the rule says
    else
      series.occurrences.insert_or_assign(start, occurrence);
  }

  void edit_google() {
    const std::vector<std::string> live = google_.live();
    if (live.empty()) return;
    const std::string id = live[random_.below(live.size())];
    const Json event = google_.read(id);
    const Result<google::Item> item = google::item_from_json(event, "Europe/Berlin");
    if (!item) return violation("google holds what we cannot read: " + item.error().message);
    const std::string token = event.string("location");
    const int number = static_cast<int>(random_.below(kOccurrences));
    bool done = false;
    switch (random_.below(8)) {
      case 0:
        done = google_.patch(
            id, Json::object({{"description", "written " + std::to_string(++edits_)}}));
        break;
      case 1:
        done = google_.patch(
            id, Json::object(
                    {{"transparency",
                      event.string("transparency") == "transparent" ? "opaque" : "transparent"}}));
        break;
      case 2: {
        if (item->series.recurring()) return;
        calendar::Event moved = item->series.master;
        done = move(moved) && google_.patch(id, google::patch_body(item->series.master, moved));
        break;
      }
      case 3: {
        const auto start = occurrence(item->series, number);
        done =
            start && google_.patch(google::instance_id(id, *start),
                                   Json::object({{"summary", "once " + std::to_string(++edits_)}}));
        break;
      }
      case 4: {
        const auto start = occurrence(item->series, number);
        done = start && google_.remove(google::instance_id(id, *start));
        break;
      }
      case 5: return split_google(id, number);
      case 6:
        done = google_.answer_as_guest(id, random_.below(2) == 0 ? "accepted" : "declined");
        break;
      default:
        done = google_.patch(id, Json::object({{"summary", title(SideName::remote, token)}}));
    }
    if (!done) return;
    life(token).edited.remote = true;
    note("google edits " + token);
  }

  // What a person sees of a series: exceptions that say what the rule says are none, nor are
  // cancelled ones behind its end.
  static Json seen(Series series) {
    series.facts = {};
    const auto plain = [](calendar::Event& event) {
      event.reminders
          .reset();  // an all-day event shows the calendar's defaults as if they had been set
      for (calendar::Attendee& guest : event.attendees)
        guest.name.clear(), guest.organizer = guest.self = false;
    };
    plain(series.master);
    for (auto& [start, occurrence] : series.occurrences) {
      if (occurrence.cancelled) occurrence.event = series.master;
      plain(occurrence.event);
    }
    std::erase_if(series.occurrences, [&](const auto& each) {
      if (each.second.cancelled) return calendar::ends_before(series.recurrence, each.first);
      return calendar::equal_event(each.second.event,
                                   google::occurrence_by_rule(series.master, each.first));
    });
    return calendar::to_json(series);
  }

  void compare_sides() {
    std::multimap<std::string, std::string> crm, google;
    for (const std::string& id : crm_.live()) {
      const Series& series = crm_.objects().at(id).series;
      crm.emplace(series.master.location, seen(series).dump());
    }
    for (const FeedItem& item : google_.listing())
      google.emplace(item.series.master.location, seen(item.series).dump());
    PerSide<std::map<std::string, std::multiset<std::string>>> by_token;
    for (const auto& [token, text] : crm) by_token.crm[token].insert(text);
    for (const auto& [token, text] : google) by_token.remote[token].insert(text);
    for (const auto& [token, texts] : by_token.crm)
      if (by_token.remote[token] != texts) {
        violation(token + " differs");
        for (const std::string& text : texts) violation("  crm    " + text);
        for (const std::string& text : by_token.remote[token]) violation("  google " + text);
      }
    for (const auto& [token, texts] : by_token.remote) {
      if (!by_token.crm.contains(token)) violation(token + " stands only in google");
      if (!life(token).split && texts.size() > 1) violation(token + " stands twice");
    }
    standing_ = by_token.crm;
  }

  void judge_lives() {
    for (const auto& [token, life] : lives_) {
      if (life.split) continue;
      const bool stands = standing_.contains(token) && !standing_.at(token).empty();
      const bool deleted = life.deleted.crm || life.deleted.remote;
      if (!deleted && !stands) violation(token + " vanished though nobody deleted it");
      for (const SideName side : kBothSides)
        if (life.deleted[side] && !life.edited[other(side)] && !life.edited[side] && stands)
          violation(token + " came back from the dead");
      if (!stands || deleted) continue;
      const std::string title = Json::parse(*standing_.at(token).begin())->string("summary");
      if (title != life.summary.crm && title != life.summary.remote)
        violation(token + " lost its last titles: " + title);
    }
  }

  // Google mails what a person did in the CRM, once: never an echo, a repetition or what was done
  // at Google itself.
  void judge_mails() {
    std::map<std::pair<std::string, std::string>, std::size_t> invitations;
    for (const emulator::Mail& mail : google_.mails())
      if (mail.kind == "invitation")
        for (const std::string& to : mail.recipients) ++invitations[{mail.event_id, to}];
    std::size_t total = 0;
    for (const auto& [who, count] : invitations) total += count;
    if (total > invitations_ + crm_guest_series_)
      violation(std::to_string(total) + " invitations for " + std::to_string(invitations_) +
                " acts");
  }

  base::SeededRandom random_;
  base::SeededRandom engine_random_;
  base::ManualClock clock_;
  FakeSide crm_{support::Dialect::crm, faults};
  EmulatedGoogle google_;
  support::MemoryJournal journal_{faults};
  Pair pair_;
  std::map<std::string, Life> lives_;
  std::map<std::string, std::multiset<std::string>> standing_;
  std::size_t tokens_ = 0;
  std::size_t edits_ = 0;
  std::size_t invitations_ = 0;
  std::size_t crm_guest_series_ = 0;
  std::size_t quarantined_ = 0;
};

}  // namespace

Outcome run_dialect_seed(std::uint64_t seed) {
  DialectWorld world(seed);
  base::SeededRandom storm(seed * 31 + 7);
  for (std::size_t i = world.random().below(5); i > 0; --i)
    world.create(either(world.random()), world.random().below(2) == 0);
  const std::size_t steps = 20 + world.random().below(50);
  for (std::size_t step = 0; step < steps; ++step) {
    const SideName name = either(world.random());
    switch (world.random().below(14)) {
      case 0: world.create(name, world.random().below(2) == 0); break;
      case 1:
      case 2:
      case 3:
      case 4:
      case 5: world.edit(name); break;
      case 6: world.erase(name); break;
      case 7:
        if (world.random().below(3) == 0) world.expire_cursors();
        if (world.random().below(25) == 0) world.clear_google();
        break;
      default: world.faults.decide = next_fault_plan(storm, 6); world.cycle();
    }
  }
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

Outcome run_dialect_story(std::function<Fault(std::size_t, std::string_view)> decide) {
  DialectWorld world(11);
  world.faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  world.cycle();  // the set-up is over
  world.faults.decide = decide;
  world.create(SideName::crm, true);
  world.create(SideName::remote, true);
  world.create(SideName::crm, false);
  for (int i = 0; i < 8; ++i) world.edit(SideName::crm);
  world.cycle();
  for (int i = 0; i < 6; ++i) world.edit(SideName::remote);
  for (int i = 0; i < 6; ++i) world.edit(SideName::crm);
  world.cycle();
  for (const std::string& id : world.crm_live()) world.split_crm(id, 3);
  for (const std::string& id : world.google_live()) world.split_google(id, 4);
  world.cycle();
  world.erase(SideName::crm);
  world.erase(SideName::remote);
  world.expire_cursors();
  world.cycle();
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

}  // namespace gcal::simulation
