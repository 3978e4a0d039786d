#include "tests/sim/simulation.hpp"

#include <map>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/calendar/people.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/sync/listed_dates.hpp"
#include "tests/sim/random_faults.hpp"
#include "tests/sim/series_acts.hpp"
#include "tests/sim/world.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::simulation {
namespace {

using namespace gcal::sync;
using support::FakeSide;
using support::Fault;

constexpr std::size_t kSettleCycles = 6;
constexpr std::size_t kLeastActs = 100;

class MemoryWorld final : public World {
 public:
  explicit MemoryWorld(std::uint64_t seed, Storage storage = Storage::memory)
      : World(seed, storage) {
    google_.writes_in_steps = seed % 2 == 0;
    google_.resets_exceptions = seed % 4 == 0;
    google_.makes_uids = true;
    google_.write_fails = [this](const Operation& operation) {
      const auto object = google_.objects().find(operation.id);
      const Series& series =
          object == google_.objects().end() ? operation.series : object->second.series;
      return refusals().of_write(series.master.location, operation.id.empty());
    };
    google_.read_fails = [this] { return refusals().of_read(); };
    google_.get_fails = [this](const std::string&) { return refusals().of_read(); };
  }

  void create(SideName side) {
    const std::string token = next_token();
    const auto start =
        std::chrono::sys_seconds{std::chrono::hours{24 * 365 * 60 + static_cast<int>(tokens_) * 3}};
    Series series = new_series(token, start);
    if (!calendar::is_all_day(series.master.start) && random_.below(3) == 0)
      series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=10"};
    const std::string id = side == SideName::crm ? "crm-" + token : "google" + token;
    if (crm_mails() && tokens_ % 3 != 0) series.master.attendees.push_back(guest(0));
    if (side == SideName::remote) series.facts.ical_uid = id + "@google.com";
    if (side == SideName::crm) guest_mails_.acted(token);
    calendar_of(side).user_saves(id, series);
    touched(token);
    acts(token).created(side, values_of(calendar_of(side).objects().at(id).series));
    note(label(side) + " creates " + token);
  }

  // Changes a random field of a random appointment, or takes the last change back.
  void edit(SideName side) {
    if (random_.below(8) == 0 && take_back(side)) return;
    const std::vector<std::string> live = calendar_of(side).live();
    if (live.empty()) return;
    const std::string id = draw(side, live);
    const Series before = calendar_of(side).objects().at(id).series;
    Series series = before;
    const std::string token = series.master.location;
    switch (random_.below(7)) {
      case 0:
        series.master.description = next_edit() + " " + std::string(random_.below(40), 'd');
        note(label(side) + " describes " + token);
        break;
      case 1:
        series.master.transparency = series.master.transparency == calendar::Transparency::opaque
                                         ? calendar::Transparency::transparent
                                         : calendar::Transparency::opaque;
        note(label(side) + " toggles " + token);
        break;
      case 2:
        if (auto* time = std::get_if<calendar::ZonedTime>(&series.master.start)) {
          const std::chrono::minutes by{15 * static_cast<int>(1 + random_.below(8))};
          time->instant += by;
          std::get<calendar::ZonedTime>(series.master.end).instant += by;
        }
        note(label(side) + " moves " + token);
        break;
      case 3:
        if (series.recurring()) {
          change_occurrence(series);
          note(label(side) + " changes one of " + token);
          break;
        }
        [[fallthrough]];
      case 4:
        if (random_.below(3) == 0 && !calendar::is_all_day(series.master.start)) {
          change_recurrence(series);
          note(label(side) + (series.recurring() ? " repeats " : " no longer repeats ") + token);
          break;
        }
        [[fallthrough]];
      default:
        series.master.summary = "edit " + next_edit();
        note(label(side) + " renames " + token + " to " + series.master.summary);
        if (side == SideName::crm) tell(token, series.master.summary, before.master.attendees);
    }
    if (side == SideName::crm && crm_mails() && random_.below(6) == 0) {
      toggle(series.master.attendees, guest(random_.below(2)));
      note("crm changes the guests of " + token);
    }
    save(side, id, before, series);
    // Titles and texts are unique: by them it is known whose edit holds.
    const bool unique = series.master.summary == before.master.summary &&
                        series.master.description == before.master.description;
    last_edit_[side].reset();
    if (unique) last_edit_[side] = Edit{id, before, series};
  }

  void erase(SideName side) {
    const std::vector<std::string> live = calendar_of(side).live();
    if (live.empty()) return;
    const std::string id = draw(side, live);
    const std::string token = calendar_of(side).objects().at(id).series.master.location;
    record_deletion(side, token);
    if (side == SideName::crm) guest_mails_.acted(token);
    calendar_of(side).user_deletes(id);
    note(label(side) + " deletes " + token);
  }

  void expire_cursors() {
    google_.expire_cursors();
    note("google expires its cursors");
  }

  // Without faults, both sides must hold the same within a few cycles, and write no more.
  void settle_and_check() {
    (void)settle(kSettleCycles);
    const std::size_t before = writes();
    cycle();
    if (writes() != before) violation("the sides do not fall silent");
    check_nothing_is_left();
    compare_sides();
    check_mails();
    for (const auto& [token, acts] : acts_) {
      const auto found = final_.find(token);
      check_acts(token,
                 found == final_.end() ? std::nullopt : std::optional(values_of(found->second)));
    }
  }

  void finish() { finish_outcome({&crm_, &google_}); }

 private:
  Side& remote() override { return google_; }
  std::size_t remote_mails() override { return google_.mails(); }
  std::string remote_id(const std::string& token) override { return google_.find(token); }
  std::map<std::string, GuestMails::Held> held_at_remote() override {
    std::map<std::string, GuestMails::Held> held;
    for (const std::string& id : google_.live()) {
      const Series& series = google_.objects().at(id).series;
      held[series.master.location] = {id, series};
    }
    return held;
  }
  static calendar::Attendee guest(std::uint64_t number) {
    calendar::Attendee one;
    one.email = number == 0 ? "ada@example.net" : "bob@example.org";
    return one;
  }
  static void toggle(std::vector<calendar::Attendee>& guests, const calendar::Attendee& guest) {
    if (std::erase_if(guests, [&](const calendar::Attendee& known) {
          return known.email == guest.email;
        }) == 0)
      guests.push_back(guest);
  }
  std::size_t remote_writes() override { return google_.writes(); }
  std::size_t engine_writes() override { return google_.writes(); }
  struct Edit {
    std::string id;
    Series before, after;
  };

  // Returns false if there is none, or the appointment is no longer what it made of it.
  bool take_back(SideName side) {
    const std::optional<Edit> last = std::exchange(last_edit_[side], std::nullopt);
    if (!last) return false;
    const auto object = calendar_of(side).objects().find(last->id);
    if (object == calendar_of(side).objects().end() || object->second.deleted ||
        calendar::changed(object->second.series, last->after).any())
      return false;
    note(label(side) + " takes back the last edit of " + last->before.master.location);
    Series restored = last->before;
    restored.facts = object->second.series.facts;
    save(side, last->id, last->after, restored);
    return true;
  }

  void save(SideName side, const std::string& id, const Series& before, const Series& after) {
    const std::string& token = before.master.location;
    if (side == SideName::crm) guest_mails_.acted(token);
    record_edit(side, token, changed_values(side, before, after));
    // Beside another rule only a move within the day holds.
    if (day_of(before) != day_of(after)) acts(token).doubt("start");
    if (!calendar::equal(after, with_short_texts(after), calendar::Field::description))
      acts(token).stored_otherwise(side);
    for (const calendar::Attendee& guest : before.master.attendees)
      if (!calendar::find_guest(after.master.attendees, calendar::guest_key(guest)))
        guest_mails_.uninvited(side, token, guest.email);
    calendar_of(side).user_saves(id, after);
  }

  FakeSide& calendar_of(SideName side) { return side == SideName::crm ? crm_ : google_; }

  void restart_process() override {
    google_.may_write = !refusals().role;
    refusals().gone ? google_.remove_calendar() : google_.return_calendar();
  }

  void user_acts() override {
    const SideName side = random_side(fault_random_);
    switch (fault_random_.below(4)) {
      case 0: return create(side);
      case 1: return erase(side);
      default: edit(side);
    }
  }

  std::string draw(SideName side, const std::vector<std::string>& live) {
    return draw_object(
        live, [this, side](const std::string& token) { return calendar_of(side).find(token); });
  }

  static Values values_of(const Series& series) {
    const calendar::Event& event = series.master;
    const calendar::OriginalStart start = calendar::OriginalStart::of(event.start);
    return {{"title", event.summary},
            {"text", event.description},
            {"busy", event.transparency == calendar::Transparency::opaque ? "yes" : "no"},
            {"start", std::to_string(start.instant.time_since_epoch().count())}};
  }

  // What of it a user has just changed. Google stores the beginning of a long text.
  static Values changed_values(SideName side, const Series& before, const Series& now) {
    const Values old = values_of(before);
    Values values = values_of(side == SideName::remote ? with_short_texts(now) : now);
    std::erase_if(values, [&](const auto& each) { return old.at(each.first) == each.second; });
    return values;
  }

  const Series* find(SideName side, const std::string& token) {
    const std::string id = calendar_of(side).find(token);
    return id.empty() ? nullptr : &calendar_of(side).objects().at(id).series;
  }

  Titles titles(const std::string& token) override {
    Titles found;
    for (const SideName side : kBothSides)
      if (const Series* series = find(side, token)) found[side] = series->master.summary;
    return found;
  }

  std::optional<Values> common_values(const std::string& token) override {
    const Series* crm = find(SideName::crm, token);
    const Series* google = find(SideName::remote, token);
    if (!crm || !google ||
        calendar::changed(with_short_texts(*crm), with_short_texts(*google)).any())
      return std::nullopt;
    return values_of(*crm);
  }

  std::vector<std::string> tokens_in_crm() override {
    std::vector<std::string> tokens;
    for (const std::string& id : crm_.live())
      tokens.push_back(crm_.objects().at(id).series.master.location);
    return tokens;
  }

  // A single appointment becomes a series, a series a single appointment.
  static void change_recurrence(Series& series) {
    if (series.recurring()) {
      series.recurrence.clear();
      series.occurrences.clear();
    } else {
      series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=10"};
    }
  }

  void change_occurrence(Series& series) {
    const auto offset = std::chrono::weeks{static_cast<int>(random_.below(10))};
    const calendar::OriginalStart start{
        false, std::get<calendar::ZonedTime>(series.master.start).instant + offset};
    calendar::Occurrence occurrence;
    occurrence.cancelled = random_.below(2) == 0;
    occurrence.event = series.master;
    occurrence.event.summary = "once " + next_edit();
    std::get<calendar::ZonedTime>(occurrence.event.start).instant += offset;
    std::get<calendar::ZonedTime>(occurrence.event.end).instant += offset;
    series.occurrences.insert_or_assign(start, occurrence);
  }

  std::map<std::string, Series> by_token(SideName side) {
    std::map<std::string, Series> found;
    for (const std::string& id : calendar_of(side).live()) {
      const Series& series = calendar_of(side).objects().at(id).series;
      if (!found.emplace(series.master.location, series).second)
        violation(label(side) + " holds " + series.master.location + " twice");
    }
    return found;
  }

  // Google's documented limit is the only difference allowed. A changed occurrence has the text as
  // its series has it on that side.
  static Series with_short_texts(Series series) {
    calendar::drop_void_cancellations(series);
    const auto shorten = [](calendar::Event& event) {
      if (event.description.size() > 24) event.description.resize(24);
    };
    shorten(series.master);
    for (auto& [start, occurrence] : series.occurrences) shorten(occurrence.event);
    return sync::with_listed_dates(std::move(series));
  }

  void compare_sides() {
    const auto crm = by_token(SideName::crm);
    const auto google = by_token(SideName::remote);
    for (const auto& [token, series] : crm) {
      const auto twin = google.find(token);
      if (twin == google.end()) {
        if (!view_only() || acts(token).at_remote()) violation(token + " exists only in the crm");
        continue;
      }
      const auto differing =
          calendar::changed(with_short_texts(series), with_short_texts(twin->second));
      if (!differing.any()) continue;
      violation(token + " differs in fields " + differing.to_string());
      violation("  crm    " + calendar::to_json(series).dump());
      violation("  google " + calendar::to_json(twin->second).dump());
    }
    for (const auto& [token, series] : google)
      if (!crm.contains(token)) violation(token + " exists only in google");
    final_ = crm;
  }

  FakeSide google_{support::Dialect::google, faults};
  PerSide<std::optional<Edit>> last_edit_;
  std::map<std::string, Series> final_;  // as both sides hold it after settling, by token
};

}  // namespace

Outcome run_seed(const History& history) {
  MemoryWorld world(history.seed, history.storage);
  world.draw_kind(history.seed);
  for (std::size_t i = world.random().below(6); i > 0; --i)
    world.create(random_side(world.random()));
  const std::size_t acts = kLeastActs + world.random().below(60);
  world.play(history, acts, [&world] {
    const SideName side = random_side(world.random());
    switch (world.random().below(12)) {
      case 0:
      case 1: return world.create(side);
      case 2:
      case 3:
      case 4:
      case 5: return world.edit(side);
      case 6: return world.erase(side);
      case 7:
        if (world.random().below(3) == 0) world.expire_cursors();
        return;
      case 8:
        if (world.random().below(2) == 0) return world.interrupt();
        [[fallthrough]];
      default: world.cycle_with_faults(5);
    }
  });
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

Outcome run_seed(std::uint64_t seed) {
  return run_seed(History{seed, {}, Storage::memory});
}

Outcome run_story(std::function<Fault(std::size_t, std::string_view)> decide) {
  MemoryWorld world(7);
  for (int i = 0; i < 3; ++i) {
    world.create(SideName::crm);
    world.create(SideName::remote);
  }
  world.faults.decide = decide;
  world.cycle();
  world.cycle();
  for (int i = 0; i < 4; ++i) {
    world.edit(SideName::crm);
    world.edit(SideName::remote);
  }
  world.erase(SideName::crm);
  world.erase(SideName::remote);
  world.cycle();
  world.expire_cursors();
  world.edit(SideName::crm);
  world.create(SideName::crm);
  world.cycle();
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

}  // namespace gcal::simulation
