#include "tests/sim/small_world.hpp"

#include <algorithm>
#include <set>

#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "tests/sim/emulated_google.hpp"
#include "tests/sim/random_faults.hpp"
#include "tests/sim/register.hpp"
#include "tests/sim/visible.hpp"
#include "tests/sim/world.hpp"

namespace gcal::simulation {
namespace {

using namespace gcal::sync;
using base::Json;
using calendar::OriginalStart;
using calendar::ZonedTime;
using support::Fault;

constexpr std::size_t kSettleCycles = 8;
constexpr int kDates = 4;  // weekly, in January: the clocks do not change
constexpr int kException = 1;
constexpr int kCancelled = 2;
constexpr const char* kId = "appointment";

class SmallWorld final : public World {
 public:
  SmallWorld(bool series, const emulator::Behaviour& behaviour)
      : World(1), recurring_(series), google_(clock_, 0x5ca11, faults, behaviour) {
    Series one;
    one.master.summary = "first";
    one.master.location = "t1";
    const auto start = std::chrono::sys_seconds{std::chrono::seconds{1'893'664'800}};
    one.master.start = ZonedTime{start, "Europe/Berlin"};
    one.master.end = ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
    if (series) {
      one.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(kDates)};
      calendar::Occurrence exception;
      exception.event = calendar::occurrence_by_rule(one.master, date(one, kException));
      exception.event.summary = "once";
      one.occurrences.emplace(date(one, kException), exception);
    }
    crm_.user_saves(kId, one);
    faults.decide = no_fault;
    cycle();
    cycle();
    if (google_.live().size() != 1) violation("the appointment did not reach Google");
  }

  void play(const std::vector<SmallStep>& steps, std::optional<std::size_t> crash) {
    const std::size_t first = faults.points();
    faults.decide = [crash, first](std::size_t point, std::string_view) {
      return crash && point == first + *crash ? Fault::crash_before : Fault::none;
    };
    for (const SmallStep& step : steps) {
      if (step.act == SmallAct::cycle) {
        if (cycle() && !crashed_since_agreement_) agree();
        continue;
      }
      step.side == SideName::crm ? act_in_crm(step.act) : act_at_google(step.act);
      if (outcome.crashes > 0) crashed_since_agreement_ = true;
    }
    if (cycle() && !crashed_since_agreement_) agree();
    outcome.points = faults.points() - first;
    if (!settle(kSettleCycles)) violation("the sides do not fall silent");
    check_nothing_is_left();
    check();
  }

 private:
  Side& remote() override { return google_.side(); }
  std::size_t remote_writes() override { return google_.writes(); }
  std::size_t engine_writes() override { return google_.engine_writes(); }
  void restart_process() override { google_.forget_reading(); }

  static OriginalStart date(const Series& series, int number) {
    OriginalStart start = OriginalStart::of(series.master.start);
    start.instant += std::chrono::weeks{number};
    return start;
  }

  static void move(calendar::Event& event) {
    std::get<ZonedTime>(event.start).instant += std::chrono::minutes{30};
    std::get<ZonedTime>(event.end).instant += std::chrono::minutes{30};
  }

  void did(SideName side, SmallAct act) {
    edited_[side] = true;
    // Taking a date away does not outweigh the deletion of the series (decision 0026).
    outweighing_[side] |= act != SmallAct::cancel_date;
    outcome.trace.push_back(text_of({{act, side}}));
  }

  void deleted(SideName side) {
    deleted_[side] = true;
    for (Register* const one : {&title_, &start_, &once_}) one->forget(side);
    outcome.trace.push_back(text_of({{SmallAct::erase, side}}));
  }

  void act_in_crm(SmallAct act) {
    const std::vector<std::string> live = crm_.live();
    if (live.empty()) return;
    Series series = crm_.objects().at(live.front()).series;
    const std::string title = "crm " + next_edit();
    switch (act) {
      case SmallAct::erase:
        crm_.user_deletes(live.front());
        deleted(SideName::crm);
        return;
      case SmallAct::rename:
        series.master.summary = title;
        title_.set(SideName::crm, title);
        break;
      case SmallAct::move: {
        std::map<OriginalStart, calendar::Occurrence> moved;
        for (auto& [start, occurrence] : series.occurrences) {
          OriginalStart later = start;
          later.instant += std::chrono::minutes{30};
          if (!occurrence.cancelled) move(occurrence.event);
          moved.emplace(later, occurrence);
        }
        series.occurrences = std::move(moved);
        move(series.master);
        start_.set(SideName::crm, start_of(series));
        break;
      }
      case SmallAct::rename_date: {
        calendar::Occurrence& occurrence = exception_of(series, kException);
        if (occurrence.cancelled)
          occurrence.event = calendar::occurrence_by_rule(series.master, date(series, kException));
        occurrence.cancelled = false;
        occurrence.event.summary = title;
        once_.set(SideName::crm, title);
        break;
      }
      default: exception_of(series, kCancelled).cancelled = true;
    }
    crm_.user_saves(live.front(), series);
    did(SideName::crm, act);
  }

  static calendar::Occurrence& exception_of(Series& series, int number) {
    const OriginalStart start = date(series, number);
    const auto known = series.occurrences.find(start);
    if (known != series.occurrences.end()) return known->second;
    calendar::Occurrence occurrence;
    occurrence.event = calendar::occurrence_by_rule(series.master, start);
    return series.occurrences.emplace(start, occurrence).first->second;
  }

  void act_at_google(SmallAct act) {
    const std::vector<std::string> live = google_.live();
    if (live.empty()) return;
    const std::string& id = live.front();
    const Result<google::Item> item = google::item_from_json(google_.read(id), "Europe/Berlin");
    if (!item) return violation("google holds what cannot be read: " + item.error().message);
    const Series& series = item->series;
    const std::string title = "google " + next_edit();
    switch (act) {
      case SmallAct::erase:
        if (!google_.remove(id)) return;
        deleted(SideName::remote);
        return;
      case SmallAct::rename:
        if (!google_.patch(id, Json::object({{"summary", title}}))) return;
        title_.set(SideName::remote, title);
        break;
      case SmallAct::move: {
        Series moved = series;
        move(moved.master);
        if (!google_.patch(id, google::patch_body(series.master, moved.master, base::Json())))
          return;
        start_.set(SideName::remote, start_of(moved));
        google_moved_ = true;
        break;
      }
      case SmallAct::rename_date:
        if (!google_.patch(google::instance_id(id, date(series, kException)),
                           Json::object({{"summary", title}})))
          return;
        once_.set(SideName::remote, title);
        break;
      default:
        if (!google_.remove(google::instance_id(id, date(series, kCancelled)))) return;
    }
    did(SideName::remote, act);
  }

  static std::string start_of(const Series& series) {
    return std::to_string(
        std::get<ZonedTime>(series.master.start).instant.time_since_epoch().count());
  }

  // What the dates of a series are on one side: those of the rule that are not cancelled, and
  // exceptions that stand outside the rule.
  static int dates_of(const Series& series) {
    int dates = kDates;
    std::set<OriginalStart> by_rule;
    for (int number = 0; number < kDates; ++number) by_rule.insert(date(series, number));
    for (const auto& [start, occurrence] : series.occurrences) {
      if (by_rule.contains(start))
        dates -= occurrence.cancelled ? 1 : 0;
      else
        dates += occurrence.cancelled ? 0 : 1;
    }
    return dates;
  }

  static std::string once_of(const Series& series) {
    const auto found = series.occurrences.find(date(series, kException));
    if (found == series.occurrences.end()) return series.master.summary;
    return found->second.cancelled ? "cancelled" : found->second.event.summary;
  }

  // After a pass that no fault met, what the CRM holds is what both sides agreed on.
  void agree() {
    const std::vector<std::string> live = crm_.live();
    edited_ = deleted_ = outweighing_ = {};
    exists_ = !live.empty();
    if (!exists_) return;
    const Series& series = crm_.objects().at(live.front()).series;
    check_registers(series);
    title_.agree(series.master.summary);
    start_.agree(start_of(series));
    once_.agree(once_of(series));
  }

  void check_registers(const Series& series) {
    if (!title_.allows(series.master.summary))
      violation("the title is " + series.master.summary + ", expected " + title_.expected());
    if (!start_.allows(start_of(series)))
      violation("the start is " + start_of(series) + ", expected " + start_.expected());
    // An exception that Google's own PATCH of the series left outside the rule is Google's matter.
    if (!recurring_ || google_moved_) return;
    if (const std::string once = once_of(series); !once_.allows(once))
      violation("the exception is " + once + ", expected " + once_.expected());
    if (const int dates = dates_of(series); dates > kDates || dates < kDates - 1)
      violation("the series has " + std::to_string(dates) + " dates");
  }

  void check() {
    const std::vector<std::string> live = crm_.live();
    const std::vector<FeedItem> google = google_.listing();
    if (live.size() > 1 || google.size() > 1) violation("the appointment stands twice");
    if (live.size() != google.size()) violation("the appointment stands on one side only");
    if (live.empty() || google.empty()) {
      // A deletion loses against an edit of the other side that the deleting user had not seen.
      if (exists_ && !deleted_.crm && !deleted_.remote) violation("the appointment vanished");
      if (deleted_.crm != deleted_.remote &&
          outweighing_[deleted_.crm ? SideName::remote : SideName::crm] &&
          !crashed_since_agreement_)
        violation("an edit of the other side was lost with the appointment");
      return;
    }
    if (!exists_) violation("a deleted appointment came back");
    for (const SideName side : kBothSides)
      if (deleted_[side] && !edited_[other(side)]) violation("a deletion was taken back");
    const Series& series = crm_.objects().at(live.front()).series;
    const std::string crm = visible(series).dump();
    const std::string remote = visible(google.front().series).dump();
    if (crm != remote) violation("crm    " + crm + "\n           google " + remote);
    check_registers(series);
  }

  bool recurring_;
  EmulatedGoogle google_;
  Register title_{"first"};
  Register start_{"1893664800"};
  Register once_{"once"};
  bool exists_ = true;
  PerSide<bool> edited_;       // since both sides agreed
  PerSide<bool> deleted_;      // since both sides agreed
  PerSide<bool> outweighing_;  // an edit that outweighs a deletion, since both sides agreed
  bool google_moved_ = false;
  bool crashed_since_agreement_ = false;
};

void extend(std::vector<std::vector<SmallStep>>& out, std::vector<SmallStep>& steps, bool series,
            std::size_t length) {
  if (steps.size() == length) {
    out.push_back(steps);
    return;
  }
  const bool after_remote = !steps.empty() && steps.back().act != SmallAct::cycle &&
                            steps.back().side == SideName::remote;
  steps.push_back({SmallAct::cycle, SideName::crm});
  extend(out, steps, series, length);
  steps.pop_back();
  for (const SideName side : kBothSides) {
    if (side == SideName::crm && after_remote) continue;
    for (const SmallAct act : {SmallAct::rename, SmallAct::move, SmallAct::erase,
                               SmallAct::rename_date, SmallAct::cancel_date}) {
      if (!series && (act == SmallAct::rename_date || act == SmallAct::cancel_date)) continue;
      steps.push_back({act, side});
      extend(out, steps, series, length);
      steps.pop_back();
    }
  }
}

}  // namespace

std::string text_of(const std::vector<SmallStep>& steps) {
  constexpr const char* kNames[]{"cycle", "rename", "move", "erase", "rename date", "cancel date"};
  std::string out;
  for (const SmallStep& step : steps) {
    if (!out.empty()) out += ", ";
    if (step.act != SmallAct::cycle) out += step.side == SideName::crm ? "crm " : "google ";
    out += kNames[static_cast<std::size_t>(step.act)];
  }
  return out;
}

std::vector<std::vector<SmallStep>> small_histories(bool series, std::size_t length) {
  std::vector<std::vector<SmallStep>> out;
  std::vector<SmallStep> steps;
  extend(out, steps, series, length);
  return out;
}

Outcome run_small(bool series, const std::vector<SmallStep>& steps,
                  std::optional<std::size_t> crash, const emulator::Behaviour& behaviour) {
  SmallWorld world(series, behaviour);
  world.play(steps, crash);
  return std::move(world.outcome);
}

}  // namespace gcal::simulation
