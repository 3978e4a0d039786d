// Events and occurrences changed by their organizer, or by a writer of the organizer's calendar.
#include "src/common/base/json.hpp"
#include "tests/convergence/acts.hpp"
#include "tests/convergence/bodies.hpp"
#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

using gcal::base::Json;

void insert_into(World& world, Draw& draw, bool series) {
  const int calendar = draw.below(kCalendars);
  const int person = calendar == kTeam && draw.chance(40) ? kBerta : world.owner(calendar);
  world.learn(calendar,
              act(world, draw, person, "POST", world.events(calendar),
                  event_body(world, draw, calendar, series)),
              false);
}

void insert_event(World& world, Draw& draw) {
  insert_into(world, draw, false);
}
void insert_series(World& world, Draw& draw) {
  insert_into(world, draw, true);
}

std::string text_change(Draw& draw) {
  switch (draw.below(12)) {
    case 0: return "\"location\":" + quoted(random_place(draw));
    case 1: return "\"description\":" + quoted(random_title(draw));
    case 2: return "\"location\":null";
    case 3: return "\"extendedProperties\":{\"shared\":{\"k\":" + quoted(random_place(draw)) + "}}";
    case 4: return draw.chance(50) ? "\"transparency\":\"transparent\"" : "\"transparency\":null";
    case 5: return draw.chance(50) ? "\"status\":\"tentative\"" : "\"status\":\"confirmed\"";
    case 6: return draw.chance(30) ? "\"guestsCanModify\":true" : "\"guestsCanModify\":false";
    case 7: return "\"colorId\":\"4\"";
    default: return "\"summary\":" + quoted(random_title(draw));
  }
}

void patch_text(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::organizer, Scope::either);
  if (!target) return;
  expect_success(world, "a PATCH", *target,
                 patch(world, draw, *target, "{" + text_change(draw) + "}"));
}

void patch_time(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::organizer, Scope::either);
  if (!target) return;
  const bool all_day = moment_of(member(target->item, "start")).all_day;
  (void)patch(world, draw, *target, "{" + times_members(random_times(world, draw, all_day)) + "}");
}

void put_whole(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::organizer, Scope::either);
  if (!target) return;
  auto body = Json::parse(target->item);
  if (!body) return;
  body->set("summary", random_title(draw));
  expect_success(world, "a PUT", *target,
                 act(world, draw, target->person, "PUT", world.event(target->calendar, target->id),
                     body->dump()));
}

void delete_target(World& world, Draw& draw, Scope scope) {
  const auto target = choose(world, draw, Side::organizer, scope);
  if (!target) return;
  const Answer answer = draw.chance(60) ? act(world, draw, target->person, "DELETE",
                                              world.event(target->calendar, target->id), "")
                                        : patch(world, draw, *target, R"({"status":"cancelled"})");
  expect_success(world, "a deletion", *target, answer);
}

void delete_event(World& world, Draw& draw) {
  delete_target(world, draw, Scope::whole);
}
void delete_occurrence(World& world, Draw& draw) {
  delete_target(world, draw, Scope::occurrence);
}

void restore(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::organizer, Scope::either, Living::no);
  if (!target) return;
  if (succeeded(patch(world, draw, *target, R"({"status":"confirmed"})")))
    world.set_gone(target->known, false);
}

// The list of attendees without `email`; "" for none of them.
Json attendees_without(const Target& target, const std::string& email) {
  const auto list = Json::parse(member(target.item, "attendees"));
  Json kept = Json::array();
  if (!list) return kept;
  for (const Json& entry : list->items())
    if (entry.string("email") != email) kept.push(entry);
  return kept;
}

void patch_attendees(World& world, Draw& draw, const Target& target, const Json& list) {
  expect_success(world, "a PATCH of the guests", target,
                 patch(world, draw, target, "{\"attendees\":" + list.dump() + "}"));
}

void invite(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::organizer, Scope::either);
  if (!target) return;
  const int guest = draw.below(kPeople);
  const std::string email = guest == target->calendar ? "emil@outside.example" : world.email(guest);
  Json list = attendees_without(*target, email);
  list.push(Json::object({{"email", email}}));
  patch_attendees(world, draw, *target, list);
}

void uninvite(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::organizer, Scope::either);
  if (!target) return;
  const auto entries = elements(member(target->item, "attendees"));
  if (entries.empty()) return;
  const std::string email(text_member(draw.one_of(entries), "email"));
  patch_attendees(world, draw, *target,
                  draw.chance(20) ? Json::array() : attendees_without(*target, email));
}

void move(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::organizer, Scope::whole);
  if (!target) return;
  const int to = draw.one_of(std::vector<int>{kAnna, kBerta, kTeam});
  if (to == target->calendar || world.is_split(target->id)) return;
  const Answer answer = act(
      world, draw, kAnna, "POST",
      world.event(target->calendar, target->id) + "/move?destination=" + world.calendar_id(to), "");
  // A move whose answer was lost may have been done: then the destination organizes the event.
  const bool moved =
      succeeded(answer) ||
      (world.faulty() &&
       text_member(member(world.call(world.owner(to), "GET", world.event(to, target->id)).body,
                          "organizer"),
                   "email") == world.calendar_id(to));
  if (!moved) return;
  for (KnownEvent& event : world.known())
    if (event.id == target->id && event.calendar == target->calendar) event.calendar = to;
}

}  // namespace

std::vector<ActKind> organizer_acts() {
  return {{"insert an event", 5, insert_event},
          {"insert a series", 4, insert_series},
          {"patch a text", 9, patch_text},
          {"patch a time", 7, patch_time},
          {"put the whole event", 4, put_whole},
          {"delete an event", 2, delete_event},
          {"delete an occurrence", 5, delete_occurrence},
          {"restore", 4, restore},
          {"invite", 6, invite},
          {"uninvite", 5, uninvite},
          {"move to another calendar", 3, move}};
}

}  // namespace convergence
