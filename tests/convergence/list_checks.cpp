// The lists of one calendar against each other: occurrences, instances, free/busy, searches.
#include <algorithm>

#include "src/common/net/url.hpp"
#include "tests/convergence/acts.hpp"
#include "tests/convergence/checks.hpp"
#include "tests/convergence/json_text.hpp"
#include "tests/convergence/sync_client.hpp"

namespace convergence {
namespace {

using Spans = std::vector<std::pair<Seconds, Seconds>>;

Items living(Items items) {
  std::erase_if(
      items, [](const auto& entry) { return text_member(entry.second, "status") == "cancelled"; });
  return items;
}

Items living_list(World& world, int calendar, const ListForm& form, const std::string& parameters) {
  Items items;
  (void)full_list(world, world.owner(calendar), calendar, form, parameters, items);
  return living(std::move(items));
}

std::string span_text(const Moment& start, const Moment& end) {
  return basic_text(start) + "/" + basic_text(end);
}

// Busy times of an event without a zone are those of the calendar's zone.
Seconds instant(const Moment& at) {
  return at.all_day ? to_utc(at.at) : at.at;
}

Spans joined(Spans spans) {
  std::sort(spans.begin(), spans.end());
  Spans out;
  for (const auto& span : spans) {
    if (span.first >= span.second) continue;
    if (!out.empty() && span.first <= out.back().second)
      out.back().second = std::max(out.back().second, span.second);
    else
      out.push_back(span);
  }
  return out;
}

std::string text_of(const Spans& spans) {
  std::string text;
  for (const auto& [start, end] : spans) text += " " + span_text({false, start}, {false, end});
  return text;
}

std::string ids_of(const Items& items) {
  std::string ids;
  for (const auto& [id, text] : items) ids += " " + id;
  return ids;
}

// The occurrences that a client finds in the default list: id to "start/end". One id is one event:
// an exception is what its id shows, and of the parts of a split series with the same start, the
// latest has the occurrence (the emulator's guess; the parts are in the order of their ids).
std::map<std::string, std::string> expanded(const Items& whole, bool keeps_start) {
  std::map<std::string, std::string> occurrences;
  for (const auto& [id, item] : whole) {
    if (text_member(item, "status") == "cancelled") continue;
    const Moment start = moment_of(member(item, "start"));
    const Moment end = moment_of(member(item, "end"));
    if (member(item, "recurrence").empty()) {
      occurrences[id] = span_text(start, end);
      continue;
    }
    const std::string base = id.substr(0, id.find("_R"));
    for (const Seconds at : expand(recurrence_lines(item), start, keeps_start)) {
      const Moment slot{start.all_day, at};
      const std::string occurrence = base + "_" + basic_text(slot);
      if (whole.contains(occurrence)) continue;
      occurrences[occurrence] = span_text(slot, {start.all_day, at + end.at - start.at});
    }
  }
  return occurrences;
}

}  // namespace

void check_expansion(World& world, const Lists& whole, const Lists& single) {
  const bool keeps_start = world.assumes("exdate_of_start_outside_rule", "ignored");
  for (int calendar = 0; calendar < kCalendars; ++calendar) {
    const auto index = static_cast<std::size_t>(calendar);
    const auto wanted = expanded(whole[index], keeps_start);
    std::map<std::string, std::string> shown;
    for (const auto& [id, item] : single[index])
      shown[id] = span_text(moment_of(member(item, "start")), moment_of(member(item, "end")));
    for (const auto& [id, span] : wanted)
      if (!shown.contains(id) || shown[id] != span) {
        world.violation("expansion", world.calendar_id(calendar) + ": " + id + " should be " +
                                         span + ", singleEvents shows " + shown[id]);
        return;
      }
    for (const auto& [id, span] : shown)
      if (!wanted.contains(id)) {
        world.violation("expansion", world.calendar_id(calendar) + ": singleEvents shows " + id +
                                         " " + span + ", which no rule gives");
        return;
      }
  }
}

void check_free_busy(World& world, const Lists& single) {
  const Seconds from = world.base() - 40 * kDay, until = world.base() + 300 * kDay;
  for (int calendar = 0; calendar < kCalendars; ++calendar) {
    Spans events;
    for (const auto& [id, item] : single[static_cast<std::size_t>(calendar)]) {
      if (text_member(item, "transparency") == "transparent") continue;
      const auto mine = attendee(item, world.calendar_id(calendar));
      if (text_member(mine, "responseStatus") == "declined") continue;
      events.emplace_back(std::max(from, instant(moment_of(member(item, "start")))),
                          std::min(until, instant(moment_of(member(item, "end")))));
    }
    const std::string& id = world.calendar_id(calendar);
    const Answer answer = world.call(world.owner(calendar), "POST", "/freeBusy",
                                     "{\"timeMin\":" + quoted(date_time_text(from) + "Z") +
                                         ",\"timeMax\":" + quoted(date_time_text(until) + "Z") +
                                         ",\"items\":[{\"id\":" + quoted(id) + "}]}");
    Spans busy;
    for (const std::string_view span :
         elements(member(member(member(answer.body, "calendars"), id), "busy")))
      busy.emplace_back(parse_rfc3339(text_member(span, "start")),
                        parse_rfc3339(text_member(span, "end")));
    const Spans wanted = joined(std::move(events));
    if (busy != wanted)
      world.violation("free/busy",
                      id + " is busy at" + text_of(busy) + "\n    by its events" + text_of(wanted));
  }
}

void check_instances(World& world, const Lists& whole, const Lists& all_single, Draw& draw) {
  const int calendar = draw.below(kCalendars);
  const Items& single = all_single[static_cast<std::size_t>(calendar)];
  for (const auto& [id, master] : whole[static_cast<std::size_t>(calendar)]) {
    if (member(master, "recurrence").empty()) continue;
    const Answer answer = world.call(world.owner(calendar), "GET",
                                     world.event(calendar, id) + "/instances?maxResults=2500");
    Items instances, listed;
    for (const std::string_view item : elements(member(answer.body, "items")))
      instances[std::string(text_member(item, "id"))] = item;
    for (const auto& entry : single)
      if (text_member(entry.second, "recurringEventId") == id) listed.insert(entry);
    if (instances != listed)
      world.violation("instances",
                      "of " + id + ":" + ids_of(instances) + "\n    in the list:" + ids_of(listed));
  }
  if (single.empty()) return;
  const auto item = std::next(single.begin(), draw.below(single.size()));
  const Answer got = world.call(world.owner(calendar), "GET", world.event(calendar, item->first));
  if (got.body != item->second)
    world.violation("get", "the list shows " + item->second + "\n    events.get " + got.body);
}

namespace {

bool has_term(std::string_view event, const std::string& term) {
  for (const char* name : {"summary", "location", "description"}) {
    std::string words = " " + std::string(text_member(event, name)) + " ";
    std::transform(words.begin(), words.end(), words.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (words.find(" " + term + " ") != std::string::npos) return true;
  }
  return false;
}

std::string lower_word(std::string_view text, bool last) {
  const std::size_t space = text.find(' ');
  std::string word(last && space != std::string_view::npos ? text.substr(space + 1)
                                                           : text.substr(0, space));
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word.substr(0, word.find(' '));
}

void expect_same(World& world, const std::string& what, const Items& found, const Items& wanted) {
  if (found == wanted) return;
  world.violation(what.substr(0, what.find(' ')),
                  what + " finds" + ids_of(found) + "\n    in place of" + ids_of(wanted));
}

}  // namespace

void check_searches(World& world, const Lists& whole, const Lists& single, Draw& draw) {
  const int calendar = draw.below(kCalendars);
  const ListForm& form = draw.chance(50) ? kDefaultForm : kSingleEvents;
  const Items all =
      living((form.single_events ? single : whole)[static_cast<std::size_t>(calendar)]);
  if (all.empty()) return;
  const std::string& chosen = std::next(all.begin(), draw.below(all.size()))->second;

  const std::string first = lower_word(text_member(chosen, "summary"), true);
  std::string second = lower_word(text_member(chosen, "location"), false);
  if (second.empty() || draw.chance(50)) second = lower_word(text_member(chosen, "summary"), false);
  Items matching;
  for (const auto& entry : all)
    if (has_term(entry.second, first) && has_term(entry.second, second)) matching.insert(entry);
  expect_same(world, "q " + first + " " + second,
              living_list(world, calendar, form, "&q=" + first + "%20" + second), matching);

  const std::string since(text_member(chosen, "updated"));
  Items later;
  for (const auto& entry : all)
    if (text_member(entry.second, "updated") >= since) later.insert(entry);
  expect_same(world, "updatedMin " + since,
              living_list(world, calendar, form, "&updatedMin=" + gcal::net::percent_encode(since)),
              later);
  expect_same(world, "orderBy updated", living_list(world, calendar, form, "&orderBy=updated"),
              all);
}

}  // namespace convergence
