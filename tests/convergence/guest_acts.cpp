// What a guest does with the copy in their own calendar: answer, private members, deletion, and
// changes that only the organizer may make.
#include "src/common/base/json.hpp"
#include "tests/convergence/acts.hpp"
#include "tests/convergence/bodies.hpp"
#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

using gcal::base::Json;

std::string get(World& world, int person, int calendar, const std::string& id) {
  const Answer answer = world.call(person, "GET", world.event(calendar, id));
  return answer.status == 200 ? answer.body : std::string();
}

// The organizer's event must show this response of the guest.
void expect_response(World& world, const char* after, const Target& target,
                     const std::string& response) {
  const int home = world.calendar_of(text_member(member(target.item, "organizer"), "email"));
  if (home < 0) return;
  const std::string event = get(world, world.owner(home), home, target.id);
  if (event.empty() || text_member(event, "status") == "cancelled") return;
  const std::string_view entry = attendee(event, world.calendar_id(target.calendar));
  if (!entry.empty() && text_member(entry, "responseStatus") != response)
    world.violation("response", std::string(after) + " of " + target.id + " the organizer sees " +
                                    std::string(entry) + " in place of " + response);
}

void answer_invitation(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::guest, Scope::either);
  if (!target) return;
  const std::string& mine = world.calendar_id(target->calendar);
  const std::string response =
      draw.one_of(std::vector<std::string>{"accepted", "declined", "tentative"});
  Json list = Json::array();
  const bool omit = draw.chance(40) || member(target->item, "guestsCanSeeOtherGuests") == "false";
  if (const auto all = Json::parse(member(target->item, "attendees"))) list = *all;
  Json body = Json::object();
  if (omit) {
    list = Json::array({Json::object({{"email", mine}})});
    body.set("attendeesOmitted", true);
  }
  for (Json& entry : list.mutable_items())
    if (entry.string("email") == mine) entry.set("responseStatus", response);
  body.set("attendees", std::move(list));
  const Answer answer = patch(world, draw, *target, body.dump());
  expect_success(world, "an answer", *target, answer);
  if (world.faulty() || !succeeded(answer)) return;
  const std::string copy = get(world, target->person, target->calendar, target->id);
  if (text_member(attendee(copy, mine), "responseStatus") != response)
    world.violation("response", "the guest's answer " + response + " is not in the copy: " + copy);
  expect_response(world, "after the answer", *target, response);
}

void private_change(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::guest, Scope::either);
  if (!target) return;
  struct Change {
    const char *name, *body, *shown;
  };
  const auto change = draw.one_of(std::vector<Change>{
      {"colorId", R"({"colorId":"7"})", "\"7\""},
      {"transparency", R"({"transparency":"transparent"})", "\"transparent\""},
      {"extendedProperties", R"({"extendedProperties":{"private":{"mine":"1"}}})", nullptr},
      {"reminders",
       R"({"reminders":{"useDefault":false,"overrides":[{"method":"popup","minutes":7}]}})",
       R"({"useDefault":false,"overrides":[{"method":"popup","minutes":7}]})"},
      {"reminders", R"({"reminders":{"useDefault":true,"overrides":null}})",
       R"({"useDefault":true})"},
  });
  const Answer answer = patch(world, draw, *target, change.body);
  expect_success(world, "a guest's private change", *target, answer);
  if (world.faulty() || !succeeded(answer) || !change.shown) return;
  const std::string copy = get(world, target->person, target->calendar, target->id);
  if (member(copy, change.name) != change.shown)
    world.violation("private change", std::string(change.body) + " is not in the copy: " + copy);
}

void delete_copy(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::guest, Scope::either);
  if (!target) return;
  const std::string path = world.event(target->calendar, target->id);
  world.guest_removed(target->calendar, target->id);
  const Answer answer = act(world, draw, target->person, "DELETE", path, "");
  expect_success(world, "a guest's deletion", *target, answer);
  if (world.faulty() || !succeeded(answer)) return;
  const std::string copy = get(world, target->person, target->calendar, target->id);
  if (!copy.empty() && text_member(copy, "status") != "cancelled")
    world.violation("guest's deletion", "the guest still gets " + copy);
  const Answer again = world.call(target->person, "DELETE", path);
  if (again.status != 410)
    world.violation("guest's deletion",
                    "the second one is answered with " + std::to_string(again.status));
  expect_response(world, "after the guest's deletion", *target, "declined");
}

void change_as_guest(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::guest, Scope::either);
  if (!target) return;
  const bool allowed = member(target->item, "guestsCanModify") == "true";
  const Answer answer =
      patch(world, draw, *target, "{\"summary\":" + quoted(random_title(draw) + " guest") + "}");
  if (world.faulty()) return;
  if (allowed) expect_success(world, "a change that guests may make", *target, answer);
  if (!allowed && answer.status != 403)
    world.violation("guest's change",
                    "a guest changes the title: " + std::to_string(answer.status));
}

}  // namespace

std::vector<ActKind> guest_acts() {
  return {{"answer", 9, answer_invitation},
          {"guest's private change", 6, private_change},
          {"guest deletes the copy", 3, delete_copy},
          {"guest changes the title", 2, change_as_guest}};
}

}  // namespace convergence
