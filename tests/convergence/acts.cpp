#include "tests/convergence/acts.hpp"

#include <algorithm>

#include "src/common/net/url.hpp"
#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

constexpr int kAttempts = 4;  // to find an event that the act fits

bool is_cancelled(std::string_view item) {
  return text_member(item, "status") == "cancelled";
}

const KnownEvent* choose_known(World& world, Draw& draw, Living living) {
  const bool main = draw.chance(85);
  std::vector<const KnownEvent*> fitting, others;
  for (const KnownEvent& event : world.known())
    if (!event.gone || living == Living::no)
      (event.main == main ? fitting : others).push_back(&event);
  if (fitting.empty()) fitting = std::move(others);
  return fitting.empty() ? nullptr : draw.one_of(fitting);
}

void choose_actor(const World& world, Draw& draw, Side side, Target& target) {
  const int home = target.known.calendar;
  if (side == Side::organizer) {
    target.calendar = home;
    target.person = world.owner(home);
    // A writer of the calendar.
    if (home == kTeam && draw.chance(30)) target.person = kBerta;
    if (home == kBerta && draw.chance(30)) target.person = kAnna;
    return;
  }
  do target.calendar = draw.below(kPeople);
  while (target.calendar == home);
  target.person = target.calendar;
  if (target.calendar == kBerta && draw.chance(10)) target.person = kAnna;
}

// The occurrences in the actor's calendar, also when it has only some of the series.
std::vector<std::string> occurrences(World& world, const Target& target, Living living) {
  std::string query = "?singleEvents=true&maxResults=50&iCalUID=" +
                      gcal::net::percent_encode(target.known.id + "@google.com");
  if (living == Living::no) query += "&showDeleted=true";
  const Answer list = world.call(target.person, "GET", world.events(target.calendar) + query);
  std::vector<std::string> found;
  if (list.status != 200) return found;
  for (const std::string_view item : elements(member(list.body, "items")))
    if (is_cancelled(item) == (living == Living::no)) found.emplace_back(item);
  return found;
}

}  // namespace

namespace {

// A guest acts on a copy of an event that another calendar organizes, with the guest in its list.
bool is_fit(const World& world, Side side, const Target& target) {
  if (side == Side::organizer) return true;
  const std::string& mine = world.calendar_id(target.calendar);
  return text_member(member(target.item, "organizer"), "email") != mine &&
         !attendee(target.item, mine).empty();
}

void note_gone(World& world, Side side, const Target& target) {
  if (side == Side::organizer && target.person == world.owner(target.calendar) && !world.faulty())
    world.set_gone(target.known, true);
}

std::optional<Target> choose_once(World& world, Draw& draw, Side side, Scope scope, Living living) {
  Target target;
  const KnownEvent* known = choose_known(world, draw, living);
  if (!known) return std::nullopt;
  target.known = *known;
  choose_actor(world, draw, side, target);
  target.id = target.known.id;
  target.occurrence = scope == Scope::occurrence || (scope == Scope::either && draw.chance(60));
  if (target.occurrence) {
    const auto found = occurrences(world, target, living);
    if (found.empty()) {
      if (living == Living::yes) note_gone(world, side, target);
      return std::nullopt;
    }
    target.item = draw.one_of(found);
    target.id = text_member(target.item, "id");
    target.occurrence = !text_member(target.item, "recurringEventId").empty();
    return is_fit(world, side, target) ? std::optional(target) : std::nullopt;
  }
  const Answer got = world.call(target.person, "GET", world.event(target.calendar, target.id));
  if (got.status != 200 || is_cancelled(got.body) != (living == Living::no)) {
    if (living == Living::yes) note_gone(world, side, target);
    return std::nullopt;
  }
  target.item = got.body;
  return is_fit(world, side, target) ? std::optional(target) : std::nullopt;
}

}  // namespace

std::optional<Target> choose(World& world, Draw& draw, Side side, Scope scope, Living living) {
  for (int attempts = 0; attempts < kAttempts; ++attempts) {
    auto target = choose_once(world, draw, side, scope, living);
    if (!target) continue;
    if (target->known.main) world.count("acts on the series with guests");
    return target;
  }
  world.count("acts without an event to change");
  return std::nullopt;
}

Answer act(World& world, Draw& draw, int person, const std::string& method, const std::string& path,
           const std::string& body) {
  Answer answer = world.call(person, method, path, body);
  const auto note = [&] {
    world.note(
        "  " + world.email(person) + " " + method + " " + path + " " + body + " -> " +
        std::to_string(answer.status) +
        (answer.status >= 400 ? " " + std::string(member(answer.body, "error", "message")) : ""));
  };
  note();
  const bool failed = answer.status == 0 || answer.status == 429 || answer.status >= 500 ||
                      answer.body.find("rateLimitExceeded") != std::string::npos;
  if (failed && world.faulty() && draw.chance(60)) {
    world.count("repeated requests");
    answer = world.call(person, method, path, body);
    note();
  }
  world.count(succeeded(answer) ? "acts that succeeded" : "acts that were refused");
  return answer;
}

Answer patch(World& world, Draw& draw, const Target& target, const std::string& body) {
  return act(world, draw, target.person, "PATCH", world.event(target.calendar, target.id), body);
}

void expect_success(World& world, const char* what, const Target& target, const Answer& answer) {
  if (world.faulty() || succeeded(answer) || target.person != world.owner(target.calendar)) return;
  world.violation("refused", std::string(what) + " of " + target.id + " by " +
                                 world.email(target.person) + ": " + std::to_string(answer.status) +
                                 " " + answer.body);
}

std::string_view attendee(std::string_view event, std::string_view email) {
  for (const std::string_view entry : elements(member(event, "attendees")))
    if (text_member(entry, "email") == email) return entry;
  return {};
}

const std::vector<ActKind>& act_kinds() {
  static const std::vector<ActKind> kinds = [] {
    std::vector<ActKind> all;
    for (const auto& group : {organizer_acts(), series_acts(), guest_acts(), calendar_acts()})
      all.insert(all.end(), group.begin(), group.end());
    return all;
  }();
  return kinds;
}

}  // namespace convergence
