#include "tests/convergence/bodies.hpp"

#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

const std::vector<std::string> kWords{"alpha", "bravo",  "delta",   "echo",   "foxtrot", "golf",
                                      "hotel", "juliet", "kilo",    "lima",   "oscar",   "papa",
                                      "romeo", "sierra", "uniform", "victor", "yankee",  "zulu"};
const std::vector<std::string> kPlaces{"Hamburg", "Lyon", "Porto", "Riga", "Turku"};
const std::vector<std::string> kDays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

std::string date_time(Seconds utc) {
  return "{\"dateTime\":\"" + date_time_text(to_wall_clock(utc)) +
         "\",\"timeZone\":\"Europe/Berlin\"}";
}

std::string time_json(const Moment& at) {
  return at.all_day ? "{\"date\":\"" + date_text(at.at) + "\"}" : date_time(at.at);
}

}  // namespace

std::string random_title(Draw& draw) {
  const std::string& first = draw.one_of(kWords);
  return first + " " + draw.one_of(kWords);
}

std::string random_place(Draw& draw) {
  return draw.one_of(kPlaces);
}

Times random_times(const World& world, Draw& draw, bool all_day) {
  const Seconds day = world.base() + draw.below(30) * kDay;
  if (all_day) return {{true, day}, (1 + draw.below(2)) * kDay};
  const Seconds wall_clock = day + (6 + draw.below(14)) * 3'600 + draw.below(2) * 1'800;
  return {{false, to_utc(wall_clock)}, (1 + draw.below(3)) * 1'800};
}

std::string times_members(const Times& times) {
  const Moment end{times.start.all_day, times.start.at + times.length};
  return "\"start\":" + time_json(times.start) + ",\"end\":" + time_json(end);
}

std::string random_rule(Draw& draw, const Moment& start) {
  std::string rule = draw.chance(50) ? "RRULE:FREQ=DAILY" : "RRULE:FREQ=WEEKLY";
  const bool weekly = rule.ends_with("WEEKLY");
  if (draw.chance(25)) rule += ";INTERVAL=2";
  if (weekly && draw.chance(40)) {
    const Seconds day = start.all_day ? start.at : to_wall_clock(start.at);
    const auto first = static_cast<std::size_t>((day / kDay + 3) % 7);
    rule += ";BYDAY=" + kDays[first];
    if (draw.chance(60)) rule += "," + kDays[(first + 2) % 7];
  }
  const int count = 2 + draw.below(5);
  if (draw.chance(60)) return rule + ";COUNT=" + std::to_string(count);
  return rule + ";UNTIL=" +
         basic_text({start.all_day, start.at + count * kDay * (weekly ? 7 : 1) + draw.below(2)});
}

std::string attendees_json(const std::vector<std::string>& emails) {
  std::string list;
  for (const std::string& email : emails)
    list += (list.empty() ? "{\"email\":" : ",{\"email\":") + quoted(email) + "}";
  return "[" + list + "]";
}

std::vector<std::string> random_guests(const World& world, Draw& draw, int calendar) {
  std::vector<std::string> guests;
  for (int person = 0; person < kPeople; ++person)
    if (person != calendar && draw.chance(60)) guests.push_back(world.email(person));
  for (const char* outside : {"dora@outside.example", "emil@outside.example"})
    if (draw.chance(30)) guests.emplace_back(outside);
  return guests;
}

std::string main_series_body(const World& world, Draw& draw) {
  const Times times = random_times(world, draw, draw.chance(20));
  const std::string rule =
      draw.chance(50) ? "RRULE:FREQ=DAILY;COUNT=6" : "RRULE:FREQ=WEEKLY;COUNT=5";
  std::vector<std::string> guests{world.email(kBerta), "dora@outside.example"};
  if (draw.chance(70)) guests.push_back(world.email(kCarl));
  return "{\"summary\":" + quoted(random_title(draw)) + "," + times_members(times) +
         ",\"recurrence\":[" + quoted(rule) + "],\"attendees\":" + attendees_json(guests) + "}";
}

std::string event_body(const World& world, Draw& draw, int calendar, bool series) {
  const Times times = random_times(world, draw, draw.chance(20));
  std::string body = "{\"summary\":" + quoted(random_title(draw)) + "," + times_members(times);
  if (series) body += ",\"recurrence\":[" + quoted(random_rule(draw, times.start)) + "]";
  if (draw.chance(40)) body += ",\"location\":" + quoted(random_place(draw));
  if (draw.chance(15)) body += ",\"transparency\":\"transparent\"";
  if (draw.chance(10)) body += ",\"guestsCanModify\":true";
  if (draw.chance(8)) body += ",\"guestsCanSeeOtherGuests\":false";
  if (draw.chance(10)) body += ",\"visibility\":\"private\"";
  if (draw.chance(10)) body += ",\"status\":\"tentative\"";
  if (draw.chance(70))
    body += ",\"attendees\":" + attendees_json(random_guests(world, draw, calendar));
  return body + "}";
}

std::string acl_body(const std::string& email, const std::string& role) {
  return "{\"role\":" + quoted(role) + R"(,"scope":{"type":"user","value":)" + quoted(email) + "}}";
}

}  // namespace convergence
