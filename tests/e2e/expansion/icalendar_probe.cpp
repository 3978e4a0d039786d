// Answers questions about recurrence and zones with the code of the engine, the host and the
// emulator. One JSON object per line of the standard input, one answer per line of the output, in
// order. Used by tests/e2e/expansion/probe.mjs. It must never decide which answer is right.
//
//   {"ask": "expand", "start": "2025-03-24T09:00:00" | "...Z" | "2025-03-24", "zone":
//   "Europe/Berlin",
//    "lines": ["RRULE:..."], "to": "2026-03-24T09:00:00Z" | "2026-03-24", "limit": 100}
//   -> {"engine": {}, "host": {"starts": [1742803200]}, "emulator": {"starts": [1742803200]}}
//      or {"error": "..."} in place of an answer; starts of a series of days are midnights in UTC
//   {"ask": "zone", "name": "W. Europe Standard Time"}
//   -> {"engine": "Europe/Berlin", "host": false, "emulator": false}
//   {"ask": "instant", "zone": "Europe/Berlin", "local": "2025-03-30T02:30:00"} -> {"at":
//   1743298200}
//   {"ask": "local", "zone": "Europe/Berlin", "at": 1743298200}
//   -> {"text": "2025-03-30T03:30:00+02:00"}
#include <algorithm>
#include <iostream>
#include <string>

#include "src/common/base/json.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/emulator/model/recurrence.hpp"
#include "src/host/crm/occurrences.hpp"

namespace {

namespace icalendar = gcal::icalendar;
using gcal::base::Json;
using std::chrono::sys_seconds;

Json failure(const std::string& message) {
  return Json::object({{"error", message}});
}

Json starts_json(const std::vector<sys_seconds>& starts) {
  Json list = Json::array();
  for (const sys_seconds start : starts)
    list.push(static_cast<std::int64_t>(start.time_since_epoch().count()));
  return Json::object({{"starts", std::move(list)}});
}

struct Question {
  std::string start, zone, to;
  std::vector<std::string> lines;
  std::size_t limit = 0;

  bool all_day() const { return start.size() == 10; }
  // Start or end of the question as an instant; a day is midnight in UTC.
  sys_seconds instant(const std::string& text) const {
    if (all_day()) {
      const auto date = icalendar::parse_date(text.substr(0, 10));
      return date ? std::chrono::sys_days{*date} : sys_seconds{};
    }
    if (const auto instant = icalendar::parse_rfc3339(text)) return *instant;
    const auto local = icalendar::parse_local(text, zone);
    return local ? *local : sys_seconds{};
  }
};

Json ask_engine(const Question& question) {
  for (const std::string& line : question.lines)
    if (const auto checked = icalendar::check_line(line); !checked)
      return failure(checked.error().message);
  return Json::object();
}

Json ask_host(const Question& question) {
  const auto time = [&](sys_seconds instant) {
    return host::to_json(host::EventTime{question.all_day(), instant,
                                         question.all_day() ? std::string() : question.zone});
  };
  const sys_seconds start = question.instant(question.start);
  Json lines = Json::array();
  for (const std::string& line : question.lines) lines.push(line);
  const std::chrono::seconds length =
      question.all_day() ? std::chrono::days{1} : std::chrono::seconds{1};
  const auto view = host::view_of(Json::object(
      {{"start", time(start)}, {"end", time(start + length)}, {"recurrence", std::move(lines)}}));
  if (!view) return failure(view.error().message);
  std::vector<sys_seconds> starts;
  const std::chrono::days before{4'000};  // RDATE may name a time before the start
  for (const host::Instance& one :
       host::expand(*view, start - before, question.instant(question.to)))
    if (starts.size() < question.limit) starts.push_back(one.start.instant);
  return starts_json(starts);
}

Json ask_emulator(const Question& question) {
  const Json time = question.all_day()
                        ? Json::object({{"date", question.start}})
                        : Json::object({{"dateTime", question.start}, {"timeZone", question.zone}});
  const auto start = emulator::parse_event_time(time, "start", question.zone);
  if (!start) return failure("start");
  if (!emulator::check_recurrence(question.lines, *start)) return failure("recurrence");
  const std::chrono::days before{4'000};
  const sys_seconds to = question.all_day() ? emulator::midnight(question.to, question.zone)
                                            : question.instant(question.to);
  std::vector<sys_seconds> starts;
  for (const emulator::EventTime& one : emulator::expand(question.lines, *start, question.zone,
                                                         start->at - before, to, question.limit))
    starts.push_back(one.all_day ? sys_seconds{std::chrono::days{emulator::days_of(one.date)}}
                                 : one.at);
  return starts_json(starts);
}

Json expand(const Json& asked) {
  Question question{asked.string("start"), asked.string("zone"), asked.string("to"), {}, 0};
  for (const Json& line : asked["lines"].items()) question.lines.push_back(line.as_string());
  question.limit = static_cast<std::size_t>(asked["limit"].as_integer(100));
  return Json::object({{"engine", ask_engine(question)},
                       {"host", ask_host(question)},
                       {"emulator", ask_emulator(question)}});
}

Json zone(const Json& asked) {
  const std::string& name = asked.string("name");
  const auto iana = icalendar::iana_zone(name);
  return Json::object({{"engine", iana ? Json(*iana) : Json()},
                       {"host", icalendar::is_zone(name)},
                       {"emulator", emulator::known_zone(name)}});
}

Json instant(const Json& asked) {
  const auto at = icalendar::parse_local(asked.string("local"), asked.string("zone"));
  if (!at) return failure(at.error().message);
  return Json::object({{"at", static_cast<std::int64_t>(at->time_since_epoch().count())}});
}

Json local(const Json& asked) {
  const sys_seconds at{std::chrono::seconds{asked["at"].as_integer(0)}};
  return Json::object({{"text", icalendar::format_rfc3339(at, asked.string("zone"))}});
}

Json answer(const std::string& line) {
  const auto asked = Json::parse(line);
  if (!asked) return failure("not JSON");
  const std::string& kind = asked->string("ask");
  if (kind == "expand") return expand(*asked);
  if (kind == "zone") return zone(*asked);
  if (kind == "instant") return instant(*asked);
  if (kind == "local") return local(*asked);
  return failure("unknown question");
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(line).dump() << '\n';
  return 0;
}
