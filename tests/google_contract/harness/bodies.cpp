#include "tests/google_contract/harness/bodies.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

namespace contract {

Json json(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  auto parsed = Json::parse(text);
  if (!parsed) {
    ADD_FAILURE() << "the JSON of the fact itself cannot be parsed: " << text;
    return Json();
  }
  return *std::move(parsed);
}

Json merged(Json body, const std::string& change) {
  const Json changes = json(change);
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
  Json event = json(
      "{'start':{'dateTime':'2026-12-01T09:00:00','timeZone':'Europe/Berlin'},"
      "'end':{'dateTime':'2026-12-01T09:30:00','timeZone':'Europe/Berlin'}}");
  event.set("summary", summary);
  event.set("recurrence", Json::array({rule}));
  return event;
}

Json all_day(const std::string& summary, const std::string& start, const std::string& end) {
  return Json::object({{"summary", summary},
                       {"start", Json::object({{"date", start}})},
                       {"end", Json::object({{"date", end}})}});
}

std::string event_path(const std::string& id, const std::string& query) {
  return "/calendars/primary/events/" + id + query;
}

std::string unique_id(const std::string& prefix) {
  static std::atomic<int> count{0};
  return prefix + std::to_string(::getpid()) + "n" + std::to_string(++count);
}

}  // namespace contract
