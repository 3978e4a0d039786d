#include "tests/convergence/world.hpp"

#include <algorithm>

#include "src/common/net/url.hpp"
#include "tests/convergence/bodies.hpp"
#include "tests/convergence/json_text.hpp"

namespace convergence {

namespace {

constexpr std::size_t kTraceWidth = 1'500;

}  // namespace

std::string base_id(std::string_view id) {
  return std::string(id.substr(0, id.find('_', 1)));
}

bool succeeded(const Answer& answer) {
  return answer.status >= 200 && answer.status < 300;
}

void World::set_up(std::uint64_t seed, Draw& draw) {
  service_.begin(seed);
  // Half of the histories cross the begin of summer time.
  base_ = draw.chance(50) ? day_of(2026, 1, 12) : day_of(2026, 3, 16);
  draw_behaviour(draw);
  for (int person = 0; person < kPeople; ++person) {
    (void)control("/accounts", "{\"email\":" + quoted(email(person)) + ",\"name\":\"Person\"}");
    const Answer tokens =
        control("/tokens", "{\"email\":" + quoted(email(person)) + ",\"scopes\":[\"calendar\"]}");
    access_[static_cast<std::size_t>(person)] = text_member(tokens.body, "access_token");
    refresh_[static_cast<std::size_t>(person)] = text_member(tokens.body, "refresh_token");
  }
  team_ = text_member(
      call(kAnna, "POST", "/calendars", R"({"summary":"Team","timeZone":"Europe/Berlin"})").body,
      "id");
  const auto share = [&](int calendar, int with, const char* role) {
    (void)call(owner(calendar), "POST",
               "/calendars/" + gcal::net::percent_encode(calendar_id(calendar)) + "/acl",
               acl_body(email(with), role));
  };
  share(kTeam, kBerta, "writer");
  share(kTeam, kCarl, "reader");
  share(kBerta, kAnna, "writer");
  keep_main_series(draw);
}

void World::keep_main_series(Draw& draw) {
  const bool lives = std::any_of(known_.begin(), known_.end(),
                                 [](const KnownEvent& event) { return event.main && !event.gone; });
  if (lives) return;
  learn(kAnna, call(kAnna, "POST", events(kAnna), main_series_body(*this, draw)), true);
  note("  a series with guests: " + known_.back().id);
}

void World::set_gone(const KnownEvent& event, bool gone) {
  for (KnownEvent& known : known_)
    if (known.id == event.id && known.calendar == event.calendar) known.gone = gone;
}

void World::draw_behaviour(Draw& draw) {
  const Answer known = service_.send({"GET", "/_emulator/behaviour", "", ""});
  std::string values;
  for (const std::string_view one : elements(member(known.body, "switches"))) {
    const std::string name(text_member(one, "name"));
    behaviour_[name] = unquoted(draw.one_of(elements(member(one, "values"))));
    values += (values.empty() ? "" : ",") + quoted(name) + ":" + quoted(behaviour_[name]);
  }
  note("assumed: " + values);
  if (const Answer set = control("/behaviour", "{" + values + "}"); !succeeded(set))
    violation("behaviour", set.body);
}

bool World::assumes(const std::string& name, const std::string& value) const {
  const auto found = behaviour_.find(name);
  return found != behaviour_.end() && found->second == value;
}

Answer World::call(int person, const std::string& method, const std::string& path,
                   const std::string& body) {
  count("requests");
  const auto index = static_cast<std::size_t>(person);
  const char mark = path.find('?') == std::string::npos ? '?' : '&';
  const std::string target = "/calendar/v3" + path + mark + "prettyPrint=false";
  Answer answer = service_.send({method, target, body, access_[index]});
  if (answer.status == 401) {
    renew_token(person);
    answer = service_.send({method, target, body, access_[index]});
  }
  if (answer.status == 0) count("lost answers");
  if (answer.status >= 500 && !faulty_)
    violation("answers", std::to_string(answer.status) + " to " + method + " " + path);
  return answer;
}

void World::renew_token(int person) {
  count("token renewals");
  const auto index = static_cast<std::size_t>(person);
  const Answer answer =
      service_.send({"POST", "/token",
                     "grant_type=refresh_token&client_id=emulator&client_secret=x&refresh_token=" +
                         gcal::net::percent_encode(refresh_[index]),
                     "", "application/x-www-form-urlencoded"});
  if (succeeded(answer)) access_[index] = text_member(answer.body, "access_token");
}

Answer World::control(const std::string& path, const std::string& body) {
  return service_.send({"POST", "/_emulator" + path, body, ""});
}

void World::arm(const std::string& match, const std::string& effect) {
  const Answer set =
      control("/faults", "{\"match\":" + match + ",\"times\":1,\"effect\":" + effect + "}");
  if (!succeeded(set)) violation("faults", set.body);
  note("  (fault " + effect + ")");
  count("faults");
  faulty_ = true;
}

void World::disarm() {
  if (!faulty_) return;
  (void)service_.send({"DELETE", "/_emulator/faults", "", ""});
  faulty_ = false;
}

const std::string& World::calendar_id(int calendar) const {
  return calendar == kTeam ? team_ : emails_[static_cast<std::size_t>(calendar)];
}

int World::person_of(std::string_view email) const {
  for (int person = 0; person < kPeople; ++person)
    if (emails_[static_cast<std::size_t>(person)] == email) return person;
  return -1;
}

int World::calendar_of(std::string_view organizer) const {
  return organizer == team_ ? kTeam : person_of(organizer);
}

std::string World::events(int calendar) const {
  return "/calendars/" + gcal::net::percent_encode(calendar_id(calendar)) + "/events";
}

std::string World::event(int calendar, const std::string& id) const {
  return events(calendar) + "/" + gcal::net::percent_encode(id);
}

void World::learn(int calendar, const Answer& inserted, bool main) {
  if (!succeeded(inserted)) return;
  std::string id(text_member(inserted.body, "id"));
  if (id.empty()) return;  // a fault has cut the answer
  for (const KnownEvent& event : known_)
    if (event.id == id && event.calendar == calendar) return;
  known_.push_back({calendar, std::move(id), main});
}

bool World::is_split(const std::string& id) const {
  const std::string base = base_id(id);
  std::size_t parts = 0;
  for (const KnownEvent& event : known_)
    if (base_id(event.id) == base) ++parts;
  return parts > 1;
}

void World::guest_removed(int guest, const std::string& id) {
  guest_removed_.emplace(guest, base_id(id));
}

bool World::removed_by_guest(int guest, const std::string& id) const {
  return guest_removed_.contains({guest, base_id(id)});
}

void World::note(const std::string& line) {
  if (tracing_) trace_.push_back(line.substr(0, kTraceWidth));
}

void World::violation(const std::string& check, const std::string& detail) {
  note("  VIOLATION " + check + ": " + detail);
  violations_.push_back({check, detail});
}

}  // namespace convergence
