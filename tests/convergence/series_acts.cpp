// Rules of series changed through the API, and what a person does with a series on Google's page:
// "this and following" and "all".
#include "src/common/net/url.hpp"
#include "tests/convergence/acts.hpp"
#include "tests/convergence/bodies.hpp"
#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

std::string recurrence_body(const std::vector<std::string>& lines) {
  std::string list;
  for (const std::string& line : lines) list += (list.empty() ? "" : ",") + quoted(line);
  return "{\"recurrence\":[" + list + "]}";
}

std::set<Seconds> slots(const World& world, const std::vector<std::string>& lines,
                        const Moment& start) {
  return expand(lines, start, world.assumes("exdate_of_start_outside_rule", "ignored"));
}

// The living exceptions of a series: id to originalStartTime.
std::map<std::string, Seconds> exceptions_of(World& world, const Target& series) {
  std::map<std::string, Seconds> exceptions;
  const Answer list =
      world.call(series.person, "GET",
                 world.events(series.calendar) + "?maxResults=2500&iCalUID=" +
                     gcal::net::percent_encode(text_member(series.item, "iCalUID")));
  for (const std::string_view item : elements(member(list.body, "items")))
    if (text_member(item, "recurringEventId") == series.id &&
        text_member(item, "status") != "cancelled")
      exceptions[std::string(text_member(item, "id"))] =
          moment_of(member(item, "originalStartTime")).at;
  return exceptions;
}

bool moves_series(const Target& series, std::string_view after) {
  const auto pattern = [](std::string_view event) {
    std::string rules;
    for (const std::string_view line : elements(member(event, "recurrence")))
      if (unquoted(line).starts_with("RRULE")) rules += without_end(std::string(unquoted(line)));
    return rules;
  };
  return moment_of(member(series.item, "start")).at != moment_of(member(after, "start")).at ||
         pattern(series.item) != pattern(after);
}

// A change of a series through the API, and what the assumed behaviour makes of its exceptions.
void patch_series(World& world, Draw& draw, const Target& series, const std::string& body) {
  const auto before = exceptions_of(world, series);
  const Answer answer = patch(world, draw, series, body);
  if (world.faulty() || !succeeded(answer)) return;
  std::vector<std::string> lines;
  for (const std::string_view line : elements(member(answer.body, "recurrence")))
    lines.emplace_back(unquoted(line));
  std::set<std::string> wanted;
  const auto places = slots(world, lines, moment_of(member(answer.body, "start")));
  const std::string rule = "exceptions_after_master_change";
  for (const auto& [id, original] : before) {
    const bool stays = lines.empty() ? world.assumes("exceptions_after_rule_removal", "orphan")
                       : !moves_series(series, answer.body) || world.assumes(rule, "orphan")
                           ? true
                           : world.assumes(rule, "reset") && places.contains(original);
    if (stays) wanted.insert(id);
  }
  std::set<std::string> shown;
  for (const auto& [id, original] : exceptions_of(world, series)) shown.insert(id);
  if (!before.empty()) world.count("changes of series with exceptions");
  if (shown == wanted) return;
  std::string detail = "of " + series.id + " after " + body + ":";
  for (const std::string& id : shown) detail += " " + id;
  detail += "\n    in place of";
  for (const std::string& id : wanted) detail += " " + id;
  world.violation("exceptions", detail);
}

// A series, and one of the starts that its rule gives.
struct Slot {
  Target series;
  std::vector<std::string> lines;
  Moment start, slot;
};

std::optional<Slot> choose_slot(World& world, Draw& draw) {
  auto target = choose(world, draw, Side::organizer, Scope::whole);
  if (!target) return std::nullopt;
  Slot chosen{*std::move(target), {}, {}, {}};
  chosen.lines = recurrence_lines(chosen.series.item);
  if (chosen.lines.empty()) return std::nullopt;
  chosen.start = moment_of(member(chosen.series.item, "start"));
  const std::set<Seconds> starts = slots(world, chosen.lines, chosen.start);
  if (starts.empty()) return std::nullopt;
  const std::vector<Seconds> list(starts.begin(), starts.end());
  chosen.slot = {chosen.start.all_day, draw.one_of(list)};
  return chosen;
}

void cut_series(World& world, Draw& draw) {
  const auto chosen = choose_slot(world, draw);
  if (!chosen) return;
  std::vector<std::string> lines = chosen->lines;
  const Moment before{chosen->slot.all_day, chosen->slot.at - (chosen->slot.all_day ? kDay : 1)};
  for (std::string& line : lines)
    if (line.starts_with("RRULE"))
      line = without_end(line) + (draw.chance(50) && before.at >= chosen->start.at
                                      ? ";UNTIL=" + basic_text(before)
                                      : ";COUNT=" + std::to_string(1 + draw.below(3)));
  patch_series(world, draw, chosen->series, recurrence_body(lines));
}

void change_rule(World& world, Draw& draw) {
  const auto chosen = choose_slot(world, draw);
  if (chosen)
    patch_series(world, draw, chosen->series, recurrence_body({random_rule(draw, chosen->start)}));
}

void remove_recurrence(World& world, Draw& draw) {
  const auto chosen = choose_slot(world, draw);
  if (chosen)
    patch_series(world, draw, chosen->series,
                 draw.chance(50) ? R"({"recurrence":null})" : R"({"recurrence":[]})");
}

void move_series(World& world, Draw& draw) {
  const auto chosen = choose_slot(world, draw);
  if (!chosen) return;
  const Times times = random_times(world, draw, chosen->start.all_day);
  patch_series(world, draw, chosen->series, "{" + times_members(times) + "}");
}

void add_recurrence(World& world, Draw& draw) {
  const auto target = choose(world, draw, Side::organizer, Scope::whole);
  if (!target || !recurrence_lines(target->item).empty()) return;
  const Moment start = moment_of(member(target->item, "start"));
  (void)patch(world, draw, *target, recurrence_body({random_rule(draw, start)}));
}

void exclude_or_add_date(World& world, Draw& draw) {
  const auto chosen = choose_slot(world, draw);
  if (!chosen) return;
  std::vector<std::string> lines = chosen->lines;
  const std::string kind = chosen->start.all_day ? ";VALUE=DATE:" : ":";
  if (draw.chance(50))
    lines.push_back("EXDATE" + kind + basic_text(chosen->slot));
  else
    lines.push_back(
        "RDATE" + kind +
        basic_text({chosen->start.all_day, chosen->slot.at + (1 + draw.below(9)) * kDay}));
  patch_series(world, draw, chosen->series, recurrence_body(lines));
}

// The page's control; it answers as the method would that the API has not.
Answer on_page(World& world, const Target& target, const std::string& scope,
               const std::string& change) {
  const std::string body = "{\"email\":" + quoted(world.email(target.person)) +
                           ",\"calendar\":" + quoted(world.calendar_id(target.calendar)) +
                           ",\"event\":" + quoted(target.id) + ",\"scope\":" + quoted(scope) + "," +
                           change + "}";
  Answer answer = world.control("/series", body);
  world.note("  page " + body + " -> " + std::to_string(answer.status) +
             (succeeded(answer) ? "" : " " + answer.body));
  world.count(succeeded(answer) ? "acts that succeeded" : "acts that were refused");
  if (answer.status >= 500) world.violation("answers", "500 to " + body);
  world.learn(target.calendar, answer, target.known.main);
  return answer;
}

std::optional<Target> choose_occurrence(World& world, Draw& draw) {
  auto target = choose(world, draw, Side::organizer, Scope::occurrence);
  return target && target->occurrence ? std::move(target) : std::nullopt;
}

void page_change(World& world, Draw& draw, const char* scope, bool time) {
  const auto target = choose_occurrence(world, draw);
  if (!target) return;
  const Moment start = moment_of(member(target->item, "start"));
  std::string change = "\"summary\":" + quoted(random_title(draw));
  if (time) {
    const Seconds days = draw.below(3) - 1;
    const Seconds half_hours = start.all_day ? 0 : draw.below(5) - 2;
    const Seconds shift = days * kDay + half_hours * 1'800;
    change = times_members({{start.all_day, start.at + shift}, start.all_day ? kDay : 3'600});
  }
  (void)on_page(world, *target, scope, "\"change\":{" + change + "}");
}

void page_text_following(World& world, Draw& draw) {
  page_change(world, draw, "following", false);
}
void page_time_following(World& world, Draw& draw) {
  page_change(world, draw, "following", true);
}
void page_text_all(World& world, Draw& draw) {
  page_change(world, draw, "all", false);
}
void page_time_all(World& world, Draw& draw) {
  page_change(world, draw, "all", true);
}

void page_guests(World& world, Draw& draw) {
  const auto target = choose_occurrence(world, draw);
  if (!target) return;
  (void)on_page(world, *target, draw.chance(50) ? "all" : "following",
                "\"change\":{\"attendees\":" +
                    attendees_json(random_guests(world, draw, target->calendar)) + "}");
}

void page_delete_following(World& world, Draw& draw) {
  const auto target = choose_occurrence(world, draw);
  if (target) (void)on_page(world, *target, "following", "\"delete\":true");
}
void page_delete_all(World& world, Draw& draw) {
  const auto target = choose_occurrence(world, draw);
  if (!target) return;
  // A part that is only a copy is deleted as by a guest.
  if (world.is_split(target->id)) world.guest_removed(target->calendar, target->id);
  (void)on_page(world, *target, "all", "\"delete\":true");
}

}  // namespace

std::vector<ActKind> series_acts() {
  return {{"cut a series", 4, cut_series},
          {"change the rule", 3, change_rule},
          {"patch the start of a series", 3, move_series},
          {"remove the recurrence", 1, remove_recurrence},
          {"make a series of an event", 2, add_recurrence},
          {"exclude or add a date", 3, exclude_or_add_date},
          {"page: text, this and following", 3, page_text_following},
          {"page: time, this and following", 3, page_time_following},
          {"page: text, all", 3, page_text_all},
          {"page: time, all", 3, page_time_all},
          {"page: guests", 2, page_guests},
          {"page: delete this and following", 2, page_delete_following},
          {"page: delete all", 1, page_delete_all}};
}

}  // namespace convergence
