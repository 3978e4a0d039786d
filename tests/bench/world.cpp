#include "tests/bench/world.hpp"

#include <array>
#include <cstdio>
#include <fstream>

#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "tests/support/seeded_random.hpp"

namespace bench {
namespace {

using gcal::base::Json;

template <std::size_t N>
const char* one_of(gcal::base::Random& random, const std::array<const char*, N>& words) {
  return words[random.below(N)];
}

constexpr std::array kWhat{"Review",   "Planning", "Jour fixe",  "Vertragsgespräch",
                           "Handover", "Workshop", "Site visit", "Budget meeting"};
constexpr std::array kWhom{"Example GmbH", "Müller & Söhne", "Contoso",      "the board",
                           "Vertrieb Süd", "Team Blue",      "the auditors", "Stadtwerke"};
constexpr std::array kWhere{"Room 4.12, Hauptstraße 5, 80331 München", "Besprechungsraum Alpspitze",
                            "Video call", "Example GmbH, Ringstr. 12, Köln"};
constexpr std::array kText{"please bring the figures of the last quarter",
                           "agenda: status, open points, next steps",
                           "who cannot come sends a deputy",
                           "Unterlagen liegen im gemeinsamen Ordner",
                           "the offer has to leave the house this week",
                           "parking is behind the building"};

Json time_at(std::int64_t hours_since_2024) {
  const std::chrono::sys_days day{std::chrono::year{2024} / 1 / 1};
  const auto at = day + std::chrono::hours{hours_since_2024};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(at)};
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:00:00", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(hours_since_2024 % 24));
  return Json::object({{"dateTime", text}, {"timeZone", "Europe/Berlin"}});
}

}  // namespace

std::string event_id(std::size_t number) {
  char id[32];
  std::snprintf(id, sizeof id, "bench%020zu", number);
  return id;
}

std::string event_body(std::size_t number, std::uint64_t seed) {
  gcal::support::SeededRandom random(seed ^ (number * 0x9E3779B97F4A7C15));
  const std::int64_t start = static_cast<std::int64_t>(random.below(5 * 365)) * 24 + 7 +
                             static_cast<std::int64_t>(random.below(11));
  const auto guest = [&](const char* name, const char* answer) {
    return Json::object({{"email", "guest" + std::to_string(random.below(5'000)) + "@example.org"},
                         {"displayName", name},
                         {"responseStatus", answer}});
  };
  Json body =
      Json::object({{"id", event_id(number)},
                    {"summary", std::string(one_of(random, kWhat)) + ": " + one_of(random, kWhom)},
                    {"description", std::string(one_of(random, kText)) + "; " +
                                        one_of(random, kText) + ".\n" + std::to_string(number)},
                    {"location", one_of(random, kWhere)},
                    {"start", time_at(start)},
                    {"end", time_at(start + 1)}});
  if (number % 25 == 0) body.set("recurrence", Json::array({"RRULE:FREQ=WEEKLY;COUNT=20"}));
  body.set("attendees", Json::array({guest("Jonas Weber", "accepted"),
                                     guest("Sofia Lindqvist", "needsAction")}));
  body.set(
      "extendedProperties",
      Json::object(
          {{"private",
            Json::object({{"crmLink", "contact-" + std::to_string(random.below(1'000'000))}})}}));
  body.set("reminders",
           Json::object({{"useDefault", false},
                         {"overrides",
                          Json::array({Json::object({{"method", "popup"}, {"minutes", 10}})})}}));
  return body.dump();
}

bool write_world(const std::string& path, std::size_t events, std::uint64_t seed) {
  std::ofstream file(path, std::ios::binary);
  file << R"({"accounts":[{"email":")" << kEmail
       << R"(","name":"Anna","calendars":[{"primary":true,"time_zone":"Europe/Berlin","events":[)";
  for (std::size_t i = 0; i < events; ++i) file << (i == 0 ? "" : ",") << event_body(i, seed);
  file << "]}]}]}\n";
  file.close();
  return file.good();
}

}  // namespace bench
