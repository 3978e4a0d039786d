#include <algorithm>

#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "tests/sim/emulator_world.hpp"
#include "tests/sim/random_faults.hpp"
#include "tests/sim/series_acts.hpp"

namespace gcal::simulation {

using namespace gcal::sync;
using base::Json;
using calendar::OriginalStart;
using calendar::ZonedTime;

namespace {

// Of the value that says whether this person is invited.
std::string address_of(const std::string& value) {
  return value == "guest" ? EmulatedGoogle::kGuest : EmulatedGoogle::kColleague;
}

}  // namespace

void EmulatorWorld::create(SideName side, bool recurring) {
  const std::string token = next_token();
  const auto start = std::chrono::sys_seconds{std::chrono::seconds{1'893'600'000}} +
                     std::chrono::hours{3 * static_cast<int>(tokens_)};  // January 2030
  Series series = new_series(token, start);
  if (recurring) series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(kOccurrences)};
  if (side == SideName::crm)
    crm_.user_saves("crm-" + token, series);
  else
    google_.insert(google_event(series, token));
  token_of_title_[series.master.summary] = token;
  if (side == SideName::crm) {
    ++acts_to_mail_[token];
    guest_mails_.acted(token);
  }
  touched(token);
  acts(token).created(side, values_of(series));
  note(label(side) + " creates " + token + (recurring ? " as a series" : ""));
}

std::string EmulatorWorld::draw_in_crm(const std::vector<std::string>& live) {
  if (std::string id = crm_.find(edited_); !edited_.empty() && !id.empty()) return id;
  return draw_object(live, [this](const std::string& token) { return crm_.find(token); });
}

std::string EmulatorWorld::draw_at_google(const std::vector<std::string>& live) {
  if (std::string id = google_.find(edited_); !edited_.empty() && !id.empty()) return id;
  return draw_object(live, [this](const std::string& token) { return google_.find(token); });
}

void EmulatorWorld::edit_on_both_sides() {
  const std::vector<std::string> live = crm_.live();
  if (live.empty()) return;
  const Series& series = crm_.objects().at(draw_in_crm(live)).series;
  edited_ = series.master.location;
  // What goes wrong most easily: a series moves while one of its dates changes.
  moves_beside_date_ = series.recurring() && random_.below(2) == 0;
  edit_crm();
  edit_google();
  edited_.clear();
  moves_beside_date_ = false;
}

void EmulatorWorld::erase(SideName side) {
  if (side == SideName::crm) {
    const std::vector<std::string> live = crm_.live();
    if (live.empty()) return;
    const std::string id = draw_in_crm(live);
    deleted(side, crm_.objects().at(id).series.master.location);
    crm_.user_deletes(id);
  } else {
    const std::vector<std::string> live = google_.live();
    if (live.empty()) return;
    const std::string id = draw_at_google(live);
    deleted(side, google_.read(id).string("location"));
    if (!google_.remove(id)) violation("google's user cannot delete an event");
  }
}

void EmulatorWorld::clear_google() {
  for (const std::string& id : google_.live())
    deleted(SideName::remote, google_.read(id).string("location"));
  google_.clear();
  note("google is cleared");
}

void EmulatorWorld::expire_cursors() {
  google_.expire_sync_tokens();
  note("google expires its sync tokens");
}

bool EmulatorWorld::ends_early(const Json& event) {
  return event["recurrence"].dump().find("UNTIL") != std::string::npos;
}

std::optional<OriginalStart> EmulatorWorld::occurrence(const Series& series, int number) {
  if (!series.recurring() ||
      series.recurrence.front().find("COUNT=" + std::to_string(kOccurrences)) == std::string::npos)
    return std::nullopt;
  OriginalStart start = OriginalStart::of(series.master.start);
  start.instant += std::chrono::weeks{number};
  return start;
}

void EmulatorWorld::split_crm(const std::string& id, int number) {
  Series series = crm_.objects().at(id).series;
  const auto cut = occurrence(series, number);
  if (!cut || number == 0) return;
  Series heir = series;
  heir.master = calendar::occurrence_by_rule(series.master, *cut);
  if (view_only() || is_left_out(SideName::crm, series.master.location)) return;
  heir.master.summary = title(SideName::crm, series.master.location);
  heir.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(kOccurrences - number)};
  // Exceptions that Google left at dates outside the rule stay with the old series.
  std::set<OriginalStart> moved;
  for (int i = number; i < kOccurrences; ++i) moved.insert(*occurrence(series, i));
  std::erase_if(heir.occurrences, [&](const auto& each) { return !moved.contains(each.first); });
  heir.facts = {};
  series.recurrence = calendar::ending_before(series.recurrence, *cut);
  std::erase_if(series.occurrences, [&](const auto& each) { return moved.contains(each.first); });
  crm_.user_saves(id, series);
  crm_.user_saves(id + "-split" + next_edit(), heir, id);
  if (const std::string origin = google_.find(series.master.location);
      !origin.empty() && !ends_early(google_.read(origin)))
    cut_[series.master.location] = origin;
  acts(series.master.location).split();
  note("crm splits " + series.master.location);
}

void EmulatorWorld::split_google(const std::string& id, int number) {
  const Result<google::Item> item = google::item_from_json(google_.read(id), "Europe/Berlin");
  if (!item) return;
  const auto cut = occurrence(item->series, number);
  if (!cut || number == 0) return;
  const std::string token = item->series.master.location;
  const bool deletes = random_.below(3) == 0;
  const UserActs before = acts(token);
  const std::string instance = google::instance_id(id, *cut);
  const bool done =
      deletes ? google_.remove_following(instance)
              : google_.change_following(
                    instance, Json::object({{"summary", title(SideName::remote, token)}}));
  if (!done) {
    acts(token) = before;
    return;
  }
  acts(token).split();
  note(std::string("google ") + (deletes ? "ends " : "splits ") + token);
}

void EmulatorWorld::restart_process() {
  google_.forget_reading();
  google_.refuse(refusals());
}

void EmulatorWorld::user_acts() {
  const SideName side = random_side(fault_random_);
  switch (fault_random_.below(5)) {
    case 0: return create(side, fault_random_.below(2) == 0);
    case 1: return erase(side);
    default: edit(side);
  }
}

void EmulatorWorld::deleted(SideName side, const std::string& token) {
  record_deletion(side, token);
  cut_.erase(token);
  // An heir takes over what is known of its origin, which may be gone before.
  if (acts(token).is_split()) made_at_google_.erase(token);
  if (side == SideName::crm) {
    ++acts_to_mail_[token];
    guest_mails_.acted(token);
  }
  note(label(side) + " deletes " + token);
}

std::string EmulatorWorld::title(SideName side, const std::string& token) {
  std::string text = "edit " + next_edit();
  token_of_title_[text] = token;
  if (side == SideName::crm) {
    ++acts_to_mail_[token];
    guest_mails_.acted(token);
    if (const Series* series = in_crm(token)) tell(token, text, series->master.attendees);
  }
  record_edit(side, token, {{"title", text}});
  return text;
}

Json EmulatorWorld::google_event(const Series& series, const std::string& token) {
  Json event = google::insert_body(series, "google" + token, "none", base::Json());
  // What only Google knows of the event.
  event.set("extendedProperties", Json::object({{"shared", Json::object({{"made", token}})}}));
  made_at_google_.insert(token);
  return event;
}

void EmulatorWorld::edit_crm() {
  const std::vector<std::string> live = crm_.live();
  if (live.empty()) return;
  const std::string id = draw_in_crm(live);
  Series series = crm_.objects().at(id).series;
  const std::string token = series.master.location;
  const int number = static_cast<int>(random_.below(kOccurrences));
  switch (moves_beside_date_ ? 7 : random_.below(9)) {
    case 0:
      series.master.description = "said " + next_edit();
      record_edit(SideName::crm, token, {{"text", series.master.description}});
      note("crm describes " + token);
      break;
    case 1:
      series.master.transparency = series.master.transparency == calendar::Transparency::opaque
                                       ? calendar::Transparency::transparent
                                       : calendar::Transparency::opaque;
      record_edit(SideName::crm, token, {{"busy", values_of(series).at("busy")}});
      note("crm toggles " + token);
      break;
    case 2:
      if (series.recurring() || !move(series.master)) return;
      record_move(SideName::crm, token, series.master);
      note("crm moves " + token);
      break;
    case 3:
    case 4: {
      const auto start = occurrence(series, number);
      if (!start) return;
      change_occurrence(series, *start);
      record_edit(SideName::crm, token, {{name_of(number), title_of(series, *start)}});
      note("crm changes one of " + token);
      break;
    }
    case 5: return split_crm(id, number);
    case 6: {
      if (series.recurring()) return;
      const std::string guest = invite(series);
      record_edit(SideName::crm, token, {{guest, values_of(series).at(guest)}});
      acts(token).doubt("answer");
      if (values_of(series).at(guest) == "no")
        guest_mails_.uninvited(SideName::crm, token, address_of(guest));
      note("crm changes the guests of " + token);
      break;
    }
    case 7:
      if (!change_rule(series)) return;
      record_rule(SideName::crm, token, crm_.objects().at(id).series, series);
      note("crm changes the rule of " + token + " to " + series.recurrence.front());
      break;
    default:
      series.master.summary = title(SideName::crm, token);
      note("crm renames " + token + " to " + series.master.summary);
  }
  record_edit(SideName::crm, token);
  ++acts_to_mail_[token];
  guest_mails_.acted(token);
  crm_.user_saves(id, series);
}

bool EmulatorWorld::move(calendar::Event& event) {
  auto* start = std::get_if<ZonedTime>(&event.start);
  if (!start) return false;
  const std::chrono::minutes by{15 * static_cast<int>(1 + random_.below(8))};
  start->instant += by;
  std::get<ZonedTime>(event.end).instant += by;
  return true;
}

bool EmulatorWorld::change_rule(Series& series) {
  if (!occurrence(series, 0)) return false;
  const auto each_second_week = [&] {
    series.recurrence = {"RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"};
    keep_dates(series, {0, 2, 4});
  };
  switch (moves_beside_date_ ? 0 : random_.below(5)) {
    case 0: move_series(series, std::chrono::minutes{15 * (1 + random_.below(8))}); break;
    case 1: move_series(series, std::chrono::days{1 + random_.below(7)}); break;
    case 2: each_second_week(); break;
    case 3:
      keep_dates(series, {0, 1, 2, 3});
      series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=4"};
      break;
    default: change_kind(series);
  }
  return true;
}

// Google may reset the answers of guests when an event moves.
void EmulatorWorld::record_move(SideName side, const std::string& token,
                                const calendar::Event& moved) {
  record_edit(side, token, {{"start", start_of(moved)}});
  acts(token).doubt("answer");
}

// A move within the day and other lines of the rule can both be. Of other pairs one is lost, and
// with it what else its side changed of them.
void EmulatorWorld::record_rule(SideName side, const std::string& token, const Series& before,
                                const Series& after) {
  const Values then = values_of(before), now = values_of(after);
  if (now.at("start") != then.at("start")) record_edit(side, token, {{"start", now.at("start")}});
  if (now.at("rule") != then.at("rule")) record_edit(side, token, {{"rule", now.at("rule")}});
  const bool within_day =
      day_of(before) == day_of(after) &&
      calendar::is_all_day(before.master.start) == calendar::is_all_day(after.master.start);
  if (!within_day || acts(token).is_conflict("start") || acts(token).is_conflict("rule"))
    for (const char* name : {"start", "rule"}) acts(token).doubt(name);
  // Google may reset its exceptions; of a new rule the dates are others.
  const bool dates_move = side == SideName::crm && within_day && now.at("rule") == then.at("rule");
  if (dates_move) return;
  for (int number = 0; number < kOccurrences; ++number) acts(token).doubt(name_of(number));
}

std::string EmulatorWorld::invite(Series& series) {
  std::string name = random_.below(2) == 0 ? "colleague" : "guest";
  const std::string address = address_of(name);
  auto& guests = series.master.attendees;
  const auto known = std::ranges::find(guests, address, &calendar::Attendee::email);
  if (known != guests.end()) {
    guests.erase(known);
  } else {
    calendar::Attendee guest;
    guest.email = address;
    guests.push_back(guest);
  }
  return name;
}

void EmulatorWorld::change_occurrence(Series& series, const OriginalStart& start) {
  calendar::Occurrence occurrence;
  occurrence.cancelled = random_.below(2) == 0;
  occurrence.event = calendar::occurrence_by_rule(series.master, start);
  occurrence.event.summary = "once " + next_edit();
  if (random_.below(2) == 0) move(occurrence.event);
  const auto known = series.occurrences.find(start);
  if (known != series.occurrences.end() && random_.below(3) == 0)
    series.occurrences.erase(known);  // back to what the rule says
  else
    series.occurrences.insert_or_assign(start, occurrence);
}

void EmulatorWorld::edit_google() {
  const std::vector<std::string> live = google_.live();
  if (live.empty()) return;
  const std::string id = draw_at_google(live);
  const Json event = google_.read(id);
  const Result<google::Item> item = google::item_from_json(event, "Europe/Berlin");
  if (!item) return violation("google holds what we cannot read: " + item.error().message);
  const std::string& token = event.string("location");
  cut_.erase(token);
  const int number = static_cast<int>(random_.below(kOccurrences));
  const UserActs before = acts(token);  // what is recorded of an act that Google refuses goes
  bool done = false;
  switch (moves_beside_date_ ? 3 + random_.below(2) : random_.below(10)) {
    case 0: {
      const std::string text = "written " + next_edit();
      record_edit(SideName::remote, token, {{"text", text}});
      done = google_.patch(id, Json::object({{"description", text}}));
      break;
    }
    case 1: {
      const bool free = event.string("transparency") == "transparent";
      record_edit(SideName::remote, token, {{"busy", free ? "yes" : "no"}});
      done = google_.patch(id, Json::object({{"transparency", free ? "opaque" : "transparent"}}));
      break;
    }
    case 2: {
      if (item->series.recurring()) return;
      calendar::Event moved = item->series.master;
      if (!move(moved)) return;
      record_move(SideName::remote, token, moved);
      done = google_.patch(id, google::patch_body(item->series.master, moved, base::Json()));
      break;
    }
    case 3: {
      const auto start = occurrence(item->series, number);
      if (!start || google_.read(google::instance_id(id, *start)).string("status") == "cancelled")
        return;  // the page does not show it
      const std::string text = "once " + next_edit();
      record_edit(SideName::remote, token, {{name_of(number), text}});
      done = google_.patch(google::instance_id(id, *start), Json::object({{"summary", text}}));
      break;
    }
    case 4: {
      const auto start = occurrence(item->series, number);
      if (!start) return;
      record_edit(SideName::remote, token, {{name_of(number), "cancelled"}});
      done = google_.remove(google::instance_id(id, *start));
      break;
    }
    case 5: return split_google(id, number);
    case 6: {
      const bool accepts = random_.below(2) == 0;
      const auto answer = accepts ? calendar::PartStat::accepted : calendar::PartStat::declined;
      record_edit(SideName::remote, token, {{"answer", std::to_string(static_cast<int>(answer))}});
      done = google_.answer_as_guest(id, accepts ? "accepted" : "declined");
      break;
    }
    case 9: {
      if (item->series.recurring()) return;
      Series changed = item->series;
      const std::string guest = invite(changed);
      record_edit(SideName::remote, token, {{guest, values_of(changed).at(guest)}});
      acts(token).doubt("answer");
      // After a lost answer this looks as if what the CRM wrote, the guest's invitation or removal,
      // had not arrived: it is sent again. So does what a run had written to the CRM when it died.
      if (before.open()) ++acts_to_mail_[token];
      if (values_of(changed).at(guest) == "no") {
        guest_mails_.uninvited(SideName::remote, token, address_of(guest));
        if (before.open()) acts(token).doubt(guest);
      }
      done =
          google_.patch(id, google::patch_body(item->series.master, changed.master, base::Json()));
      break;
    }
    case 7: {
      // Exceptions that another program's PATCH leaves outside the rule are not played: Google's
      // page makes none.
      if (orphans_) return;
      Series changed = item->series;
      if (!change_rule(changed)) return;
      if (changed.recurrence.front().ends_with(";COUNT=4")) return;  // leaves them in any case
      record_rule(SideName::remote, token, item->series, changed);
      done = google_.patch(id, google::patch_body(item->series, changed, base::Json()));
      break;
    }
    default: done = google_.patch(id, Json::object({{"summary", title(SideName::remote, token)}}));
  }
  if (!done) {
    acts(token) = before;
    return;
  }
  record_edit(SideName::remote, token);
  note("google edits " + token);
}

}  // namespace gcal::simulation
