// Imports, sharing, clearing, and what makes tokens too old.
#include "src/common/net/url.hpp"
#include "tests/convergence/acts.hpp"
#include "tests/convergence/bodies.hpp"
#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

void import_event(World& world, Draw& draw) {
  const int calendar = draw.below(kPeople);
  const std::string& mine = world.calendar_id(calendar);
  std::string body = "{\"iCalUID\":\"mail" + std::to_string(draw.below(2)) +
                     "@outside.example\",\"summary\":" + quoted(random_title(draw)) + "," +
                     times_members(random_times(world, draw, false)) +
                     ",\"organizer\":{\"email\":\"dora@outside.example\"},\"attendees\":" +
                     attendees_json({"dora@outside.example", mine});
  if (draw.chance(15)) body += ",\"status\":\"cancelled\"";
  (void)act(world, draw, calendar, "POST", world.events(calendar) + "/import", body + "}");
}

void clear(World& world, Draw& draw) {
  const int calendar = draw.below(kPeople);
  const Answer list =
      world.call(calendar, "GET", world.events(calendar) + "?maxResults=2500&showDeleted=true");
  if (list.status != 200) return;  // a fault: what is cleared would be unknown
  const Answer answer =
      act(world, draw, calendar, "POST",
          "/calendars/" + gcal::net::percent_encode(world.calendar_id(calendar)) + "/clear", "");
  if (!succeeded(answer) && !world.faulty()) return;
  for (const std::string_view item : elements(member(list.body, "items")))
    world.guest_removed(calendar, std::string(text_member(item, "id")));
}

void share(World& world, Draw& draw) {
  const int calendar = draw.chance(75) ? kTeam : kBerta;
  const int with = calendar == kBerta ? kAnna : draw.chance(70) ? kCarl : kBerta;
  const std::string role =
      draw.one_of(std::vector<std::string>{"writer", "reader", "writer", "freeBusyReader", ""});
  const std::string acl =
      "/calendars/" + gcal::net::percent_encode(world.calendar_id(calendar)) + "/acl";
  world.sharing_changed(calendar);
  if (role.empty())
    (void)act(world, draw, world.owner(calendar), "DELETE",
              acl + "/user:" + gcal::net::percent_encode(world.email(with)), "");
  else
    (void)act(world, draw, world.owner(calendar), "POST", acl, acl_body(world.email(with), role));
}

void expire_tokens(World& world, Draw& draw) {
  const std::string calendar = draw.chance(50) ? "" : world.calendar_id(draw.below(kCalendars));
  (void)world.control("/sync_tokens/expire", "{\"calendar\":" + quoted(calendar) + "}");
  world.note("  sync tokens of " + (calendar.empty() ? "all calendars" : calendar) + " expire");
}

void wait(World& world, Draw& draw) {
  const Seconds seconds = draw.one_of(std::vector<Seconds>{1, 30, 600, 4'000, 20'000});
  world.advance(seconds);
  world.note("  " + std::to_string(seconds) + " s pass");
}

}  // namespace

std::vector<ActKind> calendar_acts() {
  return {{"import", 3, import_event},
          {"clear a calendar", 1, clear},
          {"share", 2, share},
          {"sync tokens expire", 1, expire_tokens},
          {"time passes", 3, wait}};
}

}  // namespace convergence
