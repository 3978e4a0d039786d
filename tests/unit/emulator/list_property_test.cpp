// Random histories of one calendar: lists with a window against the same lists without the index of
// spans, and clients that keep what lists and increments bring against full lists. A failing test
// names its seed.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "src/emulator/load/saved_state.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr const char* kEvents = "/calendar/v3/calendars/primary/events";
constexpr const char* kCalendar = "/calendar/v3/calendars/primary";

std::string pick(gcal::base::Random& random, const std::vector<std::string>& from) {
  return from[random.below(from.size())];
}

// A time in the first 40 days of March 2026, and one up to three days later.
Json random_times(gcal::base::Random& random) {
  const std::int64_t day = days_of("2026-03-01") + static_cast<std::int64_t>(random.below(40));
  Json times = Json::object();
  if (random.below(3) == 0) {
    const auto last = day + 1 + static_cast<std::int64_t>(random.below(4));
    times.set("start", Json::object({{"date", date_text(day)}, {"dateTime", nullptr}}));
    times.set("end", Json::object({{"date", date_text(last)}, {"dateTime", nullptr}}));
    return times;
  }
  const auto hour = static_cast<int>(random.below(20));
  const std::string zone = pick(random, {"Europe/Berlin", "America/New_York", "UTC"});
  const auto at = [&](std::int64_t on, int hours) {
    return Json::object({{"dateTime", date_text(on) + "T" + (hours < 10 ? "0" : "") +
                                          std::to_string(hours) + ":00:00"},
                         {"timeZone", zone},
                         {"date", nullptr}});
  };
  times.set("start", at(day, hour));
  times.set("end", at(day + (random.below(4) == 0 ? 2 : 0), hour + 2));
  return times;
}

std::string random_rule(gcal::base::Random& random) {
  return pick(random, {"RRULE:FREQ=DAILY;COUNT=6", "RRULE:FREQ=DAILY;COUNT=3",
                       "RRULE:FREQ=WEEKLY;COUNT=4", "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=9",
                       "RRULE:FREQ=WEEKLY;UNTIL=20260420T000000Z", "RRULE:FREQ=MONTHLY"});
}

// One calendar and what happens to it.
class History {
 public:
  // A change of the calendar's zone moves its all-day events in time, but is no change of an event.
  explicit History(std::uint64_t seed, bool changes_zone = false)
      : random(seed), google(seed), changes_zone_(changes_zone) {}

  void act() {
    const std::uint64_t kind = random.below(100);
    if (ids_.size() < 3 || kind < 15) return insert();
    const std::string id = kind < 60 ? random_instance() : pick(random, ids_);
    const std::string path = std::string(kEvents) + "/" + id;
    if (random.below(4) == 0) {
      (void)google.call("DELETE", path);
    } else if (changes_zone_ && random.below(12) == 0) {
      (void)google.call("PATCH", kCalendar, Json::object({{"timeZone", random_zone()}}).dump());
    } else if (random.below(10) == 0) {
      series_edit(id);
    } else {
      (void)google.call("PATCH", path, random_patch().dump());
    }
    if (random.below(5) == 0) google.clock.advance(std::chrono::seconds{random.below(50)});
  }

  Json list(const std::string& query) {
    Json answer = google.json("GET", kEvents + ("?" + query));
    EXPECT_TRUE(answer.contains("items")) << answer.dump();
    return answer;
  }

  gcal::support::SeededRandom random;
  InProcess google;

 private:
  void insert() {
    Json body = random_times(random);
    if (random.below(2) == 0) body.set("recurrence", Json::array({random_rule(random)}));
    ids_.push_back(google.json("POST", kEvents, body.dump()).string("id"));
  }
  Json random_patch() {
    Json patch = random.below(2) == 0 ? random_times(random) : Json::object();
    if (random.below(4) == 0) patch.set("summary", "S" + std::to_string(random.below(100)));
    if (random.below(4) == 0) patch.set("status", "confirmed");
    const std::uint64_t rule = random.below(8);
    if (rule < 2) patch.set("recurrence", Json::array({random_rule(random)}));
    if (rule == 2) patch.set("recurrence", nullptr);
    return patch;
  }
  void series_edit(const std::string& id) {
    Json edit = Json::object({{"email", "anna@example.com"},
                              {"calendar", "primary"},
                              {"event", id},
                              {"scope", pick(random, {"following", "all"})}});
    if (random.below(3) == 0) {
      edit.set("delete", true);
    } else {
      Json change = random.below(2) == 0 ? random_times(random) : Json::object();
      change.set("summary", "S" + std::to_string(random.below(100)));
      edit.set("change", change);
    }
    const Json answer = google.json("POST", "/_emulator/series", edit.dump());
    if (!answer.string("id").empty()) ids_.push_back(answer.string("id"));
  }
  std::string random_instance() {
    const Json instances =
        google.json("GET", std::string(kEvents) + "/" + pick(random, ids_) + "/instances");
    const auto& items = instances["items"].items();
    return items.empty() ? pick(random, ids_) : items[random.below(items.size())].string("id");
  }
  std::string random_zone() {
    return pick(random, {"Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"});
  }

  bool changes_zone_;
  std::vector<std::string> ids_;
};

std::string random_window(gcal::base::Random& random) {
  const std::int64_t from = days_of("2026-02-25") + static_cast<std::int64_t>(random.below(50));
  const std::int64_t until = from + 1 + static_cast<std::int64_t>(random.below(12));
  std::string window = "timeMin=" + date_text(from) + "T05:00:00Z";
  if (random.below(4) != 0) window += "&timeMax=" + date_text(until) + "T05:00:00Z";
  return window;
}

std::set<std::string> living(const Json& list) {
  std::set<std::string> ids;
  for (const Json& item : list["items"].items())
    if (item.string("status") != "cancelled") ids.insert(item.string("id"));
  return ids;
}

// showDeleted=true lists tombstones too and so reads every event.
TEST(ListProperty, WindowsOfTheIndexShowWhatAWalkOverAllEventsShows) {
  for (std::uint64_t seed = 1; seed <= 25; ++seed) {
    History history(seed, true);
    for (int step = 0; step < 60; ++step) {
      history.act();
      if (step % 4 != 3) continue;
      for (const char* form : {"", "&singleEvents=true", "&singleEvents=true&orderBy=startTime"}) {
        const std::string query = "maxResults=2500&" + random_window(history.random) + form;
        EXPECT_EQ(living(history.list(query)), living(history.list(query + "&showDeleted=true")))
            << "seed " << seed << ", step " << step << ", " << query;
      }
    }
    if (testing::Test::HasFailure()) return;
  }
}

// A client that keeps what it gets and drops what comes as cancelled.
struct ListClient {
  std::string parameters, window;
  int page_size = 2;
  std::string token;
  std::map<std::string, std::pair<std::string, std::string>> items = {};  // series and content

  void read(History& history, bool acts_between_pages) {
    std::string page_token;
    do {
      std::string query = parameters + "&maxResults=" + std::to_string(page_size);
      query += token.empty() ? window : "&syncToken=" + gcal::net::percent_encode(token);
      if (!page_token.empty()) query += "&pageToken=" + gcal::net::percent_encode(page_token);
      const Json page = history.list(query);
      for (const Json& item : page["items"].items()) keep(item);
      page_token = page.string("nextPageToken");
      if (page_token.empty()) token = page.string("nextSyncToken");
      if (acts_between_pages && history.random.below(4) == 0) history.act();
    } while (!page_token.empty());
    ASSERT_FALSE(token.empty());
  }

 private:
  void keep(const Json& item) {
    const std::string& id = item.string("id");
    if (item.string("status") != "cancelled") {
      items[id] = {item.string("recurringEventId"),
                   item["start"].dump() + item["recurrence"].dump() + item.string("summary")};
      return;
    }
    items.erase(id);
    // A deleted series is one tombstone where masters are listed; its exceptions go with it.
    if (parameters.find("singleEvents") == std::string::npos)
      std::erase_if(items, [&](const auto& kept) { return kept.second.first == id; });
  }
};

std::vector<ListClient> all_clients() {
  const std::string window = "&timeMin=2026-03-10T00:00:00Z&timeMax=2026-03-25T00:00:00Z";
  return {{"", "", 2, ""},
          {"", "", 100, ""},
          {"", window, 3, ""},
          {"showDeleted=true", "", 3, ""},
          {"singleEvents=true", window, 3, ""},
          {"singleEvents=true", window, 100, ""},
          {"singleEvents=true&showDeleted=true", window, 5, ""},
          {"singleEvents=true", "&timeMax=2026-05-01T00:00:00Z", 7, ""}};
}

TEST(ListProperty, ClientsHaveAfterIncrementsWhatAFullListHas) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    History history(seed);
    std::vector<ListClient> clients = all_clients();
    for (int step = 0; step < 60; ++step) {
      history.act();
      if (history.random.below(6) == 0)
        clients[history.random.below(clients.size())].read(history, true);
    }
    for (ListClient& client : clients) {
      client.read(history, false);
      client.read(history, false);  // what changed while the last pages were read
      ListClient fresh = client;
      fresh.token.clear();
      fresh.items.clear();
      fresh.read(history, false);
      EXPECT_EQ(client.items, fresh.items) << "seed " << seed << ", client " << client.parameters
                                           << client.window << " in pages of " << client.page_size;
    }
    if (testing::Test::HasFailure()) return;
  }
}

TEST(ListProperty, IncrementsOfASavedStateAreThoseOfTheModelItWasSavedFrom) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    History history(seed);
    for (int step = 0; step < 20; ++step) history.act();
    std::vector<ListClient> clients = all_clients();
    for (ListClient& client : clients) client.read(history, false);
    for (int step = 0; step < 30; ++step) history.act();
    const std::string saved = SavedState::save(history.google.emulator.google(),
                                               history.google.emulator.tokens(), Json::object());
    gcal::support::ManualClock clock(history.google.clock.now());
    gcal::support::SeededRandom random(7);
    Emulator resumed(clock, random);
    const auto document = LargeDocument::parse(saved);
    ASSERT_TRUE(document);
    ASSERT_TRUE(SavedState::load(*document, resumed.google(), resumed.tokens()));
    for (const ListClient& client : clients) {
      Request request;
      request.headers = {{"Authorization", "Bearer " + history.google.token}};
      request.path = kEvents;
      request.query = client.parameters +
                      "&maxResults=2500&syncToken=" + gcal::net::percent_encode(client.token);
      EXPECT_EQ(resumed.handle(request).body,
                history.google.call("GET", kEvents + ("?" + request.query)).body)
          << "seed " << seed << ", " << request.query;
    }
    if (testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace emulator
