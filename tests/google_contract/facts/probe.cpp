// What every check is written with.
#include <unistd.h>

#include <atomic>

#include "tests/google_contract/facts/contract.hpp"

namespace contract {

const char* word(Known known) {
  return known == Known::documented ? "documented"
         : known == Known::observed ? "observed"
                                    : "guessed";
}

const char* word(Needs needs) {
  switch (needs) {
    case Needs::calendar: return "live";
    case Needs::fresh_calendar: return "live, in a calendar of its own";
    case Needs::second_account: return "live, with a second account";
    case Needs::own_account: return "not live: about primary calendars or a whole account";
    case Needs::emulator: break;
  }
  return "not live: needs the emulator's controls";
}

Json js(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  auto parsed = Json::parse(text);
  if (!parsed) {
    ADD_FAILURE() << "the check's own JSON is broken: " << text;
    return Json();
  }
  return *std::move(parsed);
}

std::string unique(const std::string& prefix) {
  static std::atomic<int> count{0};
  return prefix + std::to_string(::getpid()) + "n" + std::to_string(++count);
}

Json laid_over(Json body, const std::string& change) {
  const Json changes = js(change);
  for (const auto& [name, value] : changes.members()) {
    body.erase(name);
    if (!value.is_null()) body.set(name, value);
  }
  return body;
}

Json timed(const std::string& summary, const std::string& start, const std::string& end) {
  return Json::object({{"summary", summary},
                       {"start", Json::object({{"dateTime", start}})},
                       {"end", Json::object({{"dateTime", end}})}});
}
Json daily(const std::string& summary, const std::string& rule) {
  Json event =
      js("{'start':{'dateTime':'2026-12-01T09:00:00','timeZone':'Europe/"
         "Berlin'},'end':{'dateTime':'2026-12-01T09:30:00','timeZone':'Europe/Berlin'}}");
  event.set("summary", summary);
  event.set("recurrence", Json::array({rule}));
  return event;
}
Json all_day(const std::string& summary, const std::string& start, const std::string& end) {
  return Json::object({{"summary", summary},
                       {"start", Json::object({{"date", start}})},
                       {"end", Json::object({{"date", end}})}});
}

Probe::Probe(Stage& stage)
    : base(stage.base()), me(stage.me()), calendar(stage.calendar()), stage_(stage) {}

Answer Probe::raw(const std::string& method, const std::string& target, const std::string& body,
                  Fields headers) {
  return stage_.send(
      {method, target.starts_with("http") ? target : base + target, body, std::move(headers)});
}

Answer Probe::as(const Person& person, const std::string& method, const std::string& path,
                 const std::string& body, Fields headers) {
  headers.emplace_back("Authorization", "Bearer " + person.token);
  return raw(method, "/calendar/v3" + path, body, std::move(headers));
}

Answer Probe::since(const std::string& token, const std::string& more) {
  return events("?syncToken=" + escape(token) + more);
}

}  // namespace contract
