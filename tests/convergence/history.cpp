#include "tests/convergence/history.hpp"

#include <algorithm>
#include <sstream>

#include "tests/convergence/acts.hpp"
#include "tests/convergence/checks.hpp"
#include "tests/convergence/json_text.hpp"

namespace convergence {
namespace {

constexpr std::size_t kClients = 8, kLeastActs = 60, kMoreActs = 15;

struct Step {
  enum class Kind { act, sync, lose_page, check };
  Kind kind = Kind::act;
  std::size_t index = 0;  // of the act's kind or of the client
  std::uint64_t seed = 0;
};

std::size_t random_act(Draw& draw) {
  const std::vector<ActKind>& kinds = act_kinds();
  int total = 0;
  for (const ActKind& kind : kinds) total += kind.weight;
  int at = draw.below(static_cast<std::size_t>(total));
  std::size_t index = 0;
  while (at >= kinds[index].weight) at -= kinds[index++].weight;
  return index;
}

std::vector<Step> random_steps(Draw& draw) {
  const std::size_t acts = kLeastActs + static_cast<std::size_t>(draw.below(kMoreActs));
  std::vector<Step> steps;
  for (std::size_t i = 0; i < acts; ++i) {
    steps.push_back({Step::Kind::act, random_act(draw), draw.next()});
    while (draw.chance(33))
      steps.push_back(
          {Step::Kind::sync, static_cast<std::size_t>(draw.below(kClients)), draw.next()});
    if (draw.chance(3))
      steps.push_back(
          {Step::Kind::lose_page, static_cast<std::size_t>(draw.below(kClients)), draw.next()});
    if (draw.chance(2)) steps.push_back({Step::Kind::check, 0, draw.next()});
  }
  return steps;
}

// Readers of all kinds: owners, a writer and a reader of the shared calendar, a writer of another
// account's calendar. Every form is there once alone and once in small pages.
std::vector<SyncClient> random_clients(Draw& draw) {
  static const std::vector<std::pair<int, int>> kReaders{
      {kAnna, kAnna}, {kBerta, kBerta}, {kCarl, kCarl}, {kBerta, kBerta}, {kCarl, kCarl},
      {kAnna, kTeam}, {kBerta, kTeam},  {kCarl, kTeam}, {kAnna, kBerta}};
  std::vector<SyncClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    ListForm form;
    form.single_events = i % 4 == 1 || i == 3;
    form.show_deleted = i % 4 == 2 || i == 3;
    if (i >= 4) form.max_results = form.single_events ? 2 + draw.below(4) : 1 + draw.below(3);
    const auto& [person, calendar] = draw.one_of(kReaders);
    clients.emplace_back(person, calendar, form);
  }
  return clients;
}

void arm_fault(World& world, Draw& draw, bool reads) {
  static const std::vector<std::string> kAny{R"({"status":503})",
                                             R"({"status":429})",
                                             R"({"status":403})",
                                             R"({"drop":true})",
                                             R"({"drop":true,"when":"after"})",
                                             R"({"status":500,"when":"after"})"};
  static const std::vector<std::string> kLists{
      R"({"empty_page":true})", R"({"stale":true})",        R"({"garbage":true})",
      R"({"truncate":true})",   R"({"repeat_items":true})", R"({"drop":true,"when":"after"})",
      R"({"status":410})"};
  const char* events = R"("path":"/calendar/v3/calendars/{calendarId}/events")";
  if (reads)
    return world.arm(std::string(R"({"method":"GET",)") + events + "}",
                     draw.one_of(draw.chance(70) ? kLists : kAny));
  const auto method = draw.one_of(std::vector<std::string>{"PATCH", "PATCH", "POST", "DELETE"});
  world.arm("{\"method\":\"" + method + "\"}", draw.one_of(kAny));
}

void perform(World& world, const Step& step, std::vector<SyncClient>& clients) {
  Draw draw(step.seed);
  if (draw.chance(7)) {
    if (step.kind == Step::Kind::act) arm_fault(world, draw, false);
    if (step.kind == Step::Kind::sync) arm_fault(world, draw, true);
  }
  switch (step.kind) {
    case Step::Kind::act:
      world.note(act_kinds()[step.index].name);
      world.count("acts");
      world.keep_main_series(draw);
      act_kinds()[step.index].perform(world, draw);
      break;
    case Step::Kind::sync:
      world.note("client " + std::to_string(step.index) + ": " + clients[step.index].name(world));
      for (int requests = 1 + draw.below(3); requests > 0; --requests)
        clients[step.index].step(world);
      break;
    case Step::Kind::lose_page: clients[step.index].lose_page(world); break;
    case Step::Kind::check: check_copies(world, all_lists(world, kSingleEvents)); break;
  }
  world.disarm();
}

void catch_up(World& world, std::vector<SyncClient>& clients) {
  for (std::size_t i = 0; i < clients.size(); ++i) {
    world.note("client " + std::to_string(i) + " catches up: " + clients[i].name(world));
    clients[i].catch_up(world);
    clients[i].compare(world);
  }
}

// What each calendar holds at the end, one event a line.
void note_calendars(World& world) {
  if (!world.tracing() || world.violations().empty()) return;
  const Lists lists = all_lists(world, {.show_deleted = true});
  for (int calendar = 0; calendar < kCalendars; ++calendar) {
    world.note("at the end, " + world.calendar_id(calendar) + " has");
    for (const auto& [id, item] : lists[static_cast<std::size_t>(calendar)]) {
      std::string line = "  " + id + " " + std::string(text_member(item, "status"));
      for (const char* name : {"summary", "recurringEventId", "start", "recurrence", "attendees"})
        if (const auto value = member(item, name); !value.empty()) line += " " + std::string(value);
      world.note(line);
    }
  }
}

void check_end(World& world, std::vector<SyncClient>& clients, Draw& draw) {
  catch_up(world, clients);
  const Lists whole = all_lists(world, kDefaultForm);
  const Lists single = all_lists(world, kSingleEvents);
  check_copies(world, single);
  check_expansion(world, whole, single);
  check_free_busy(world, single);
  check_instances(world, whole, single, draw);
  check_searches(world, whole, single, draw);
  note_calendars(world);
}

}  // namespace

Outcome run_history(Service& service, std::uint64_t seed, const std::set<std::size_t>& left_out,
                    Counters& counters, bool tracing) {
  Draw draw(seed);
  World world(service, counters, tracing);
  world.set_up(seed, draw);
  std::vector<SyncClient> clients = random_clients(draw);
  const std::vector<Step> steps = random_steps(draw);
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (!left_out.contains(i)) perform(world, steps[i], clients);
  check_end(world, clients, draw);
  return {world.violations(), world.trace(), steps.size()};
}

std::string kind_of(const Violation& violation) {
  std::string kind = violation.check;
  std::istringstream words(violation.detail.substr(0, violation.detail.find('{')));
  for (std::string word; words >> word;)
    if (word.find_first_of("@_0123456789") == std::string::npos) kind += " " + word;
  return kind;
}

std::set<std::size_t> shrink(Service& service, std::uint64_t seed, const Outcome& outcome) {
  const std::string kind = kind_of(outcome.violations.front());
  Counters ignored;
  const auto still_fails = [&](const std::set<std::size_t>& left_out) {
    const Outcome shorter = run_history(service, seed, left_out, ignored, false);
    return std::any_of(shorter.violations.begin(), shorter.violations.end(),
                       [&](const Violation& violation) { return kind_of(violation) == kind; });
  };
  std::set<std::size_t> left_out;
  for (std::size_t length = outcome.steps / 2; length > 0; length /= 2)
    for (std::size_t from = 0; from < outcome.steps; from += length) {
      std::set<std::size_t> more = left_out;
      for (std::size_t i = from; i < std::min(from + length, outcome.steps); ++i) more.insert(i);
      if (more.size() > left_out.size() && still_fails(more)) left_out = std::move(more);
    }
  return left_out;
}

std::vector<std::string> required_counters() {
  return {"acts",
          "acts that succeeded",
          "acts that were refused",
          "acts on the series with guests",
          "requests",
          "pages",
          "token resumes",
          "pages with a token",
          "resumes in the middle of pages",
          "pages lost",
          "410 answers",
          "faults",
          "lost answers",
          "repeated requests",
          "token renewals",
          "calendars without access",
          "changes of series with exceptions"};
}

}  // namespace convergence
