// Random histories of one user with one Google account of three calendars: appointments on both
// sides, changes of the default, moves between calendars, disconnecting and connecting again,
// requests that fail. In between and at the end the runs come to rest, and each appointment is
// where the acts say, once, with a title that one of them gave it.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "tests/support/seeded_random.hpp"
#include "tests/unit/plugin/account_histories.hpp"
#include "tests/unit/plugin/settings_page_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;

constexpr const char* kClub = "club@group.calendar.google.com";
constexpr const char* kFuture = "2026-05-";
constexpr const char* kBegin = "10:00:00+02:00";
constexpr const char* kEnd = "11:00:00+02:00";
constexpr int kActs = 40;
const std::vector<std::string> kCalendars{kMe, kTeam, kClub};

class AccountHistories : public SettingsPages, public testing::WithParamInterface<unsigned> {
 protected:
  AccountHistories()
      : SettingsPages(Client::of_site, std::make_unique<support::SeededRandom>(GetParam())) {
    Json calendars = Json::array();
    for (const char* id : {kTeam, kClub})
      calendars.push(Json::object(
          {{"id", id}, {"summary", id}, {"access_role", "owner"}, {"time_zone", "Europe/Berlin"}}));
    emulated("/load",
             Json::object(
                 {{"accounts",
                   Json::array({Json::object(
                       {{"email", kMe}, {"name", "Me"}, {"calendars", std::move(calendars)}})})}}));
  }

  std::size_t draw(std::size_t count) {
    return std::uniform_int_distribution<std::size_t>(0, count - 1)(dice_);
  }
  bool chance(int percent) { return draw(100) < static_cast<std::size_t>(percent); }
  void note(const std::string& act) { acts_.push_back(act); }
  std::string fresh_title() { return "t" + std::to_string(++titles_); }

  // --- what both sides hold ---

  Side crm() {
    Side found;
    std::vector<std::pair<std::string, std::string>> calendars{
        {"", must(services_->calendars.own(user_.id))}};
    const Json list = must(Json::parse(must(services_->calendars.list(account_))));
    for (const Json& one : list.items())
      calendars.emplace_back(one.string("remote_id"), one.string("id"));
    for (const auto& [remote, id] : calendars) {
      const Json page = must(Json::parse(must(services_->events.changes(id, "", 2'500))));
      for (const Json& change : page["changes"].items()) {
        if (!change.contains("document")) continue;
        const Json& document = change["document"];
        found.emplace(document["event"].string("location"),
                      Found{remote, document.string("id"), document.string("revision"),
                            document["event"].string("summary")});
      }
    }
    return found;
  }
  Side at_google() {
    Side found;
    for (const std::string& calendar : kCalendars) {
      const Json page = google("GET", events(calendar) + "?maxResults=2500");
      for (const Json& item : page["items"].items())
        found.emplace(item.string("location"),
                      Found{calendar, item.string("id"), "", item.string("summary")});
    }
    return found;
  }
  static std::string events(const std::string& calendar) {
    return "/calendars/" + net::percent_encode(calendar) + "/events";
  }
  // Where the CRM shows the appointment, or will show it, or where the acts left it. A move at
  // Google took the event away from where it is shown; a new default has not brought it there yet.
  std::string home_of(const std::string& key, const Side& in_crm, const Side& events_now) {
    const Expected& one = expected_[key];
    const auto found = in_crm.find(key);
    if (found == in_crm.end()) return one.moved_to.empty() ? one.home : one.moved_to;
    const std::string& shown = found->second.calendar;
    return one.moved_from.contains(shown) && !is_in(events_now, key, shown) ? one.moved_to : shown;
  }

  // --- acts ---

  std::string new_key() { return "k" + std::to_string(++keys_); }
  // A time on a day of its own, unless there are very many appointments.
  std::string time_of_day(const char* time) const {
    const std::string day = std::to_string(101 + keys_ % 28).substr(1);
    return kFuture + day + "T" + time;
  }
  void create_in_crm_at_random() {
    const std::string key = new_key();
    const std::string title = fresh_title();
    Json event = timed(title, time_of_day(kBegin), time_of_day(kEnd));
    event.set("location", key);
    must(crm_->appointment_editor().create(user_.id, "", event));
    Expected& one = expected_[key];
    one.titles = {title};
    one.crm_title = title;
    one.home = crm().find(key)->second.calendar;
    note("CRM: create " + key + " in \"" + one.home + "\" as " + title);
  }
  void create_at_google_at_random() {
    const std::string& calendar = kCalendars[draw(kCalendars.size())];
    const std::string key = new_key();
    const std::string title = fresh_title();
    Json event = google_timed(title, time_of_day(kBegin), time_of_day(kEnd));
    event.set("location", key);
    add_at_google(calendar, event);
    Expected& one = expected_[key];
    one.titles = {title};
    one.google_title = title;
    one.home = calendar;
    note("Google: create " + key + " in " + calendar + " as " + title);
  }
  void edit_in_crm() {
    const Side now = crm();
    if (now.empty()) return;
    const auto found = std::next(now.begin(), static_cast<std::ptrdiff_t>(draw(now.size())));
    const std::string title = fresh_title();
    const auto saved = crm_->appointment_editor().edit(
        user_.id, found->second.id, found->second.revision, host::Scope::all, std::nullopt,
        Json::object({{"summary", title}}));
    if (!saved) return;
    note("CRM: " + found->first + " in \"" + found->second.calendar + "\" becomes " + title);
    // What is done to a copy while the account is disconnected is not carried over (PD-14).
    Expected& one = expected_[found->first];
    if (!connected_ && !found->second.calendar.empty()) {
      if (one.crm_title) one.titles.insert(title);  // it may never have been at Google
      return;
    }
    one.crm_title = title;
    // Where it moved to is perhaps not edited in the CRM (D-03): then Google's title stays.
    if (one.moved_to.empty() && !returning_) one.titles.clear();
    one.titles.insert(title);
    if (one.google_title) one.titles.insert(*one.google_title);
    if (one.fate != Fate::alive) one.fate = Fate::either;
  }
  void erase_in_crm() {
    const Side now = crm();
    if (now.empty()) return;
    const auto found = std::next(now.begin(), static_cast<std::ptrdiff_t>(draw(now.size())));
    const Found& it = found->second;
    if (!crm_->appointment_editor().erase(user_.id, it.id, it.revision, host::Scope::all, {}))
      return;
    note("CRM: delete " + found->first + " in \"" + found->second.calendar + "\"");
    Expected& one = expected_[found->first];
    one.home = found->second.calendar;
    if (!one.moved_from.contains(one.home) || is_in(at_google(), found->first, one.home))
      one.moved_to.clear();
    if (!connected_ && !found->second.calendar.empty()) {
      // A copy comes back (PD-14); what was never at Google may have gone.
      if (one.crm_title) one.fate = Fate::either;
      return;
    }
    // An edit or a move at Google that the deleting user has not seen keeps it (P-22).
    const bool unseen = one.google_title || !one.moved_to.empty() || returning_;
    one.fate = unseen && !one.home.empty() ? Fate::either : Fate::deleted;
    one.erasing = true;
  }
  // An event at Google, and whether it is the one that the CRM shows.
  std::optional<std::pair<std::string, Found>> any_event(bool& shown) {
    const Side events_now = at_google();
    if (events_now.empty()) return std::nullopt;
    const auto found =
        std::next(events_now.begin(), static_cast<std::ptrdiff_t>(draw(events_now.size())));
    shown = home_of(found->first, crm(), events_now) == found->second.calendar;
    return std::pair(found->first, found->second);
  }
  void edit_at_google() {
    bool shown = false;
    const auto found = any_event(shown);
    if (!found) return;
    const std::string title = fresh_title();
    google("PATCH", events(found->second.calendar) + "/" + found->second.id,
           Json::object({{"summary", title}}));
    note("Google: " + found->first + " in " + found->second.calendar + " becomes " + title +
         (shown ? "" : ", not shown in the CRM"));
    Expected& one = expected_[found->first];
    if (!shown) {
      one.left_titles[found->second.calendar] = title;
      return;
    }
    one.google_title = title;
    one.titles = {title};
    if (one.crm_title) one.titles.insert(*one.crm_title);
    if (one.fate != Fate::alive) one.fate = Fate::either;
  }
  void erase_at_google() {
    bool shown = false;
    const auto found = any_event(shown);
    if (!found) return;
    google("DELETE", events(found->second.calendar) + "/" + found->second.id);
    const std::string& calendar = found->second.calendar;
    note("Google: delete " + found->first + " in " + calendar + (shown ? "" : ", not shown"));
    if (!shown) return;
    Expected& one = expected_[found->first];
    one.home = calendar;
    one.fate = one.crm_title ? Fate::either : Fate::deleted;
  }
  void move_at_google() {
    bool shown = false;
    const auto found = any_event(shown);
    if (!found || !shown || at_google().count(found->first) != 1) return;
    const std::string& into = kCalendars[draw(kCalendars.size())];
    if (into == found->second.calendar) return;
    google("POST", events(found->second.calendar) + "/" + found->second.id +
                       "/move?destination=" + net::percent_encode(into));
    note("Google: move " + found->first + " from " + found->second.calendar + " to " + into);
    Expected& one = expected_[found->first];
    one.moved_to = into;
    one.moved_from.insert(found->second.calendar);
    one.titles.insert(found->second.title);
    if (one.fate == Fate::deleted) one.fate = Fate::either;  // one of a former default
  }
  void choose_default() {
    if (!connected_) return;
    std::vector<std::string> choices = kCalendars;
    choices.insert(choices.begin(), "");
    const std::string chosen = choices[draw(choices.size())];
    Json form = step("options", "calendars");
    Json values = form["values"];
    values.set("default_calendar", chosen);
    Json answer = step("options", "calendars", values, form["memo"]);
    if (answer.string("step") == "default")
      answer =
          step("options", "default", Json::object({{"with_guests", chance(50)}}), answer["memo"]);
    ASSERT_EQ(answer.string("type"), "finish") << answer.dump();
    note("options: the default is \"" + chosen + "\"");
    // What lies at Google in the new default may be adopted again, with either side's title.
    const Side events_now = at_google();
    for (const auto& [key, event] : events_now) {
      Expected& one = expected_[key];
      if (event.calendar != chosen) continue;
      one.titles.insert(event.title);
      one.left_titles[chosen] = event.title;
      if (!one.google_title) one.google_title = event.title;
      if (one.fate == Fate::deleted) one.fate = Fate::either;
    }
  }
  void disconnect() {
    if (!connected_) return;
    const Json done = step("options", "disconnect", Json::object({{"confirm", true}}));
    ASSERT_EQ(done.string("type"), "finish") << done.dump();
    note("disconnect");
    connected_ = false;
    for (auto& [key, one] : expected_)
      if (one.erasing) one.fate = Fate::either;  // it may not have been written (PD-14)
    quiet_run();
  }
  void connect_again() {
    if (connected_) return;
    const std::string chosen = chance(30) ? "" : kCalendars[draw(kCalendars.size())];
    connect_all(chosen);
    returning_ = true;
    note("connect with the default \"" + chosen + "\"");
    for (const auto& [key, event] : at_google()) {
      Expected& one = expected_[key];
      one.titles.insert(event.title);
      one.google_title = event.title;
      if (one.fate == Fate::deleted && event.calendar == chosen) one.fate = Fate::either;
    }
    ++drafts_;
    change([&](settings::AccountConfig& config) {
      config.draft = "draft-" + std::to_string(drafts_);
    });
  }
  void connect_all(const std::string& chosen) {
    connect(kCalendars, chosen);
    accesses_->forget(account_);
    connected_ = true;
  }
  void add_fault() {
    static const std::vector<std::pair<std::string, std::string>> kRequests{
        {"POST", "/calendar/v3/calendars/{calendarId}/events"},
        {"PATCH", "/calendar/v3/calendars/{calendarId}/events/{eventId}"},
        {"DELETE", "/calendar/v3/calendars/{calendarId}/events/{eventId}"},
        {"GET", "/calendar/v3/calendars/{calendarId}/events"},
        {"GET", "/calendar/v3/calendars/{calendarId}/events/{eventId}"},
        {"POST", "/calendar/v3/calendars/{calendarId}/events/{eventId}/move"}};
    const auto& [method, path] = kRequests[draw(kRequests.size())];
    Json effect = Json::object({{"status", chance(50) ? 503 : 500}});
    if (chance(50)) effect.set("when", "after");
    const int times = chance(50) ? 1 : 6;  // more often than a request is repeated
    note("fault: " + method + " " + path + " " + effect.dump() + " times " + std::to_string(times));
    faults_.push_back(Json::object({{"match", Json::object({{"method", method}, {"path", path}})},
                                    {"times", times},
                                    {"effect", std::move(effect)}}));
  }
  // The faults meet the requests of a run, not those of a user at Google.
  void quiet_run() {
    for (const Json& fault : std::exchange(faults_, {})) emulated("/faults", fault);
    runs_[account_].read_all = chance(70);
    (void)run();
    clear_faults();
    note_adopted();
  }
  // What was left in a former default is shown again with the title that it was given there, and
  // keeps it when the appointment moves on.
  void note_adopted() {
    for (const auto& [key, shown] : crm()) {
      Expected& one = expected_[key];
      const auto left = one.left_titles.find(shown.calendar);
      if (left != one.left_titles.end() && left->second == shown.title)
        one.titles.insert(shown.title);
    }
  }
  void one_run() {
    note("run");
    quiet_run();
    clock_.advance(std::chrono::minutes{1 + static_cast<int>(draw(10))});
  }

  // --- rest ---

  void come_to_rest() {
    note("rest");
    faults_.clear();
    clock_.advance(std::chrono::hours{26});  // what was held is tried again
    for (int i = 0; i < 5; ++i) {
      runs_[account_].read_all = true;
      (void)run();
      clock_.advance(std::chrono::minutes{10});
    }
    http_.forget();
    runs_[account_].read_all = true;
    const RunOutcome last = run();
    if (connected_) {
      if (last.error) fail("a run without a fault ends with: " + last.error->message);
      if (http_.writes() > 0) fail("a run at rest writes: " + writes());
      if (health().string("state") != "ok") fail("health: " + health().dump());
    }
    check();
    learn();
  }
  std::string writes() {
    std::string all;
    for (const std::string& one : http_.sent())
      if (!one.starts_with("GET ") && !one.ends_with("/watch")) all += " " + one;
    return all;
  }
  void check() {
    const Side in_crm = crm();
    const Side events_now = at_google();
    for (const auto& [key, one] : expected_) {
      const std::size_t count = in_crm.count(key);
      const auto shown = in_crm.find(key);
      if (count > 1) fail(key + " is shown " + std::to_string(count) + " times");
      if (!connected_) continue;
      if (one.fate == Fate::alive && count == 0) fail(key + " is lost in the CRM");
      if (one.fate == Fate::deleted && count > 0) fail(key + " was deleted and is shown");
      if (one.fate == Fate::deleted && !one.home.empty() && is_in(events_now, key, one.home))
        fail(key + " was deleted and is at Google in " + one.home);
      if (count != 1) continue;
      const auto left = one.left_titles.find(shown->second.calendar);
      if (!one.titles.contains(shown->second.title) &&
          (left == one.left_titles.end() || left->second != shown->second.title))
        fail(key + " has the title " + shown->second.title + " in the CRM");
      if (!shown->second.calendar.empty()) check_pair(key, shown->second, events_now);
    }
    if (connected_) check_events(in_crm, events_now);
  }
  static bool is_in(const Side& side, const std::string& key, const std::string& calendar) {
    const auto [first, last] = side.equal_range(key);
    return std::any_of(first, last,
                       [&](const auto& entry) { return entry.second.calendar == calendar; });
  }
  void check_pair(const std::string& key, const Found& shown, const Side& events_now) {
    std::vector<std::string> titles;
    const auto [first, last] = events_now.equal_range(key);
    for (auto at = first; at != last; ++at)
      if (at->second.calendar == shown.calendar) titles.push_back(at->second.title);
    if (titles.size() != 1)
      fail(key + " of " + shown.calendar + " is " + std::to_string(titles.size()) +
           " times at Google");
    else if (titles[0] != shown.title)
      fail(key + " is " + shown.title + " in the CRM and " + titles[0] + " at Google");
  }
  void check_events(const Side& in_crm, const Side& events_now) {
    for (const auto& [key, event] : events_now)
      if (expected_[key].fate == Fate::alive && !in_crm.contains(key))
        fail(key + " at Google in " + event.calendar + " is not shown");
  }
  // At rest both sides agree: what holds now is what the next acts start from.
  void learn() {
    if (!connected_) return;
    returning_ = false;
    const Side in_crm = crm();
    for (auto& [key, one] : expected_) {
      const auto shown = in_crm.find(key);
      const bool alive = shown != in_crm.end();
      Expected now;
      now.fate = alive ? Fate::alive : Fate::deleted;
      now.titles = alive ? std::set{shown->second.title} : one.titles;
      now.home = alive ? shown->second.calendar : one.home;
      one = std::move(now);
    }
  }
  void fail(const std::string& what) {
    if (!failures_.empty()) return;
    failures_ = what;
    std::string all;
    for (const std::string& act : acts_) all += "\n  " + act;
    ADD_FAILURE() << "seed " << GetParam() << ": " << what << all << "\n  CRM:" << text_of(crm())
                  << "\n  Google:" << text_of(at_google());
  }
  static std::string text_of(const Side& side) {
    std::string all;
    for (const auto& [key, one] : side)
      all += " " + key + "=" + one.title + "@\"" + one.calendar.substr(0, 4) + "\"";
    return all;
  }

  void act() {
    using Act = void (AccountHistories::*)();
    static const std::vector<std::pair<int, Act>> kKinds{
        {14, &AccountHistories::create_in_crm_at_random},
        {10, &AccountHistories::create_at_google_at_random},
        {14, &AccountHistories::edit_in_crm},
        {12, &AccountHistories::edit_at_google},
        {6, &AccountHistories::erase_in_crm},
        {5, &AccountHistories::erase_at_google},
        {4, &AccountHistories::move_at_google},
        {7, &AccountHistories::choose_default},
        {3, &AccountHistories::disconnect},
        {12, &AccountHistories::connect_again},
        {7, &AccountHistories::add_fault},
        {20, &AccountHistories::one_run},
        {5, &AccountHistories::come_to_rest}};
    int sum = 0;
    for (const auto& kind : kKinds) sum += kind.first;
    int drawn = static_cast<int>(draw(static_cast<std::size_t>(sum)));
    for (const auto& [weight, kind] : kKinds) {
      if (drawn < weight) return (this->*kind)();
      drawn -= weight;
    }
  }

  std::mt19937_64 dice_{GetParam()};
  std::map<std::string, Expected> expected_;  // by key
  std::vector<std::string> acts_;
  std::vector<Json> faults_;  // for the next run
  std::string failures_;
  bool connected_ = false;
  bool returning_ = false;  // until it rests what is done may count as done while away (0058)
  int keys_ = 0, titles_ = 0, drafts_ = 0;
};

TEST_P(AccountHistories, EachAppointmentIsOnBothSidesOnceAndNothingIsLost) {  // S-26 to S-29
  connect_all(kCalendars[draw(kCalendars.size())]);
  note("connect");
  for (int i = 0; i < kActs && failures_.empty(); ++i) act();
  if (failures_.empty()) {
    connect_again();
    come_to_rest();
  }
}

// The seeds of ACCOUNT_HISTORIES=A..B, or the ones that each test run plays.
std::vector<unsigned> seeds() {
  unsigned first = 1, last = 40;
  if (const char* asked = std::getenv("ACCOUNT_HISTORIES")) {
    const std::string text = asked;
    const std::size_t dots = text.find("..");
    first = static_cast<unsigned>(std::stoul(text));
    last = dots == std::string::npos ? first
                                     : static_cast<unsigned>(std::stoul(text.substr(dots + 2)));
  }
  std::vector<unsigned> all;
  for (unsigned seed = first; seed <= last; ++seed) all.push_back(seed);
  return all;
}

INSTANTIATE_TEST_SUITE_P(Seeds, AccountHistories, testing::ValuesIn(seeds()));

}  // namespace
}  // namespace gcal::plugin::test
