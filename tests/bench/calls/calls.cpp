#include "tests/bench/calls/calls.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "src/common/base/id.hpp"
#include "src/common/net/url.hpp"
#include "src/engine/store/channels.hpp"

namespace gcal::bench {
namespace {

struct Sum {
  std::size_t jobs = 0, reached = 0, requests = 0, minimum = 0;
};

Sum& sum() {
  static Sum value;
  return value;
}

std::string two(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

// 28 days a month, 18 hours a day.
std::string time_of(int number, const char* minute) {
  const int hour = number % 18, day = 1 + number / 18 % 28, month = 1 + number / 504 % 12;
  return "2027-" + two(month) + "-" + two(day) + "T" + two(hour) + ":" + minute + ":00Z";
}

std::string path(const std::string& calendar) {
  return "/calendars/" + net::percent_encode(calendar) + "/events";
}

std::optional<host::EventTime> original(const std::string& date) {
  if (date.empty()) return std::nullopt;
  return host::test::must(host::occurrence_of_key(date));
}

}  // namespace

using host::test::must;

Json google_event(const std::string& summary, int number) {
  return google_timed(summary, time_of(number, "00"), time_of(number, "30"));
}

Json crm_event(const std::string& summary, int number) {
  return host::test::timed(summary, time_of(number, "00"), time_of(number, "30"));
}

CallsTest::CallsTest() {
  const Json team = Json::object({{"id", kTeam},
                                  {"summary", "Team"},
                                  {"access_role", "owner"},
                                  {"time_zone", "Europe/Berlin"}});
  const Json account =
      Json::object({{"email", kMe}, {"name", "Me"}, {"calendars", Json::array({team})}});
  emulated("/load", Json::object({{"accounts", Json::array({account})}}));
}

void CallsTest::fill(const std::string& calendar, int count, const std::string& prefix) {
  Json events = Json::array();
  for (int i = 0; i < count; ++i) events.push(google_event(prefix + " " + std::to_string(i), i));
  Json target = Json::object({{"id", calendar}, {"access_role", "owner"}});
  if (calendar == kMe) target.set("primary", true);
  target.set("events", std::move(events));
  const Json account = Json::object({{"email", kMe}, {"calendars", Json::array({target})}});
  emulated("/load", Json::object({{"accounts", Json::array({account})}}));
}

void CallsTest::create(int count, const std::string& prefix) {
  for (int i = 0; i < count; ++i)
    create_in_crm(crm_event(prefix + " " + std::to_string(i), 3'000 + i));
}

void CallsTest::set_up(const char* existing, std::vector<std::string> visible) {
  account_ = base::new_id(random_);
  must(flows().create(plugin::test::kId, user_.id, "setup", account_));
  const std::string code = consent(step("setup", ""));
  const Json form = step("setup", "consent", Json::object({{"code", code}}));
  Json ids = Json::array();
  for (std::string& id : visible) ids.push(std::move(id));
  Json now =
      step("setup", "account",
           Json::object({{"name", "Nord"}, {"visible", std::move(ids)}, {"default_calendar", kMe}}),
           form["memo"]);
  while (now.string("type") == "progress") now = step("setup", now.string("step"), {}, now["memo"]);
  now = step("setup", "preview", Json::object({{"existing", existing}}), now["memo"]);
  if (now.string("type") != "finish") throw std::runtime_error(now.dump());
  hosting::NewAccount account;
  account.id = account_;
  account.plugin = plugin::test::kId;
  account.user = user_.id;
  account.unique_id = now.string("unique_id");
  account.title = now.string("title");
  account.identity = now.string("identity");
  account.config = now["config"];
  account_ = must(crm_->accounts().finish_setup(account)).id;
  settle();
}

void CallsTest::confirm_channels() {
  must(database_->transact(store::Mode::write, 0, [&](store::Connection& c) -> Result<> {
    for (const char* remote : {kMe, kTeam}) {
      std::string id;
      TRY_VOID(c.exec("SELECT id FROM pairs WHERE google_calendar = $1", {std::string(remote)},
                      [&](store::Row row) -> Result<> {
                        id = row[0].text();
                        return {};
                      }));
      TRY(std::vector<store::Channel> channels, store::channels_of(c, id));
      for (store::Channel& channel : channels) {
        channel.confirmed = true;
        TRY_VOID(store::put_channel(c, channel));
      }
    }
    return {};
  }));
}

void CallsTest::notify(const std::string& calendar) {
  const std::string id = pair(calendar).id;
  must(database_->transact(store::Mode::write, 0, [&](store::Connection& c) -> Result<> {
    TRY(const std::optional<std::string> account, store::mark_dirty(c, id));
    EXPECT_EQ(account, account_);
    return {};
  }));
}

void CallsTest::settle() {
  for (int i = 0; i < 5; ++i) {
    const plugin::RunOutcome outcome = run();
    confirm_channels();
    if (i > 0 && (!outcome.next || *outcome.next > clock_.now() + std::chrono::seconds{20})) return;
  }
}

void CallsTest::begin() {
  http_.forget();
}

void CallsTest::finish(const std::string& job, std::size_t minimum, std::size_t most) {
  const std::size_t sent = http_.sent().size();
  const double ratio = minimum == 0 ? (sent == 0 ? 1.0 : static_cast<double>(sent))
                                    : static_cast<double>(sent) / static_cast<double>(minimum);
  std::printf("  %-26s %6zu requests, at least %6zu  ratio %.2f\n", job.c_str(), sent, minimum,
              ratio);
  sum().jobs += 1;
  sum().reached += sent <= minimum;
  sum().requests += sent;
  sum().minimum += minimum;
  if (sent > minimum && std::getenv("CALLS_VERBOSE"))
    for (const std::string& one : http_.sent()) std::printf("      %s\n", one.c_str());
  EXPECT_LE(sent, most) << job;
}

void print_sum() {
  if (sum().jobs == 0) return;
  std::printf("%zu of %zu jobs at the minimum; %zu requests, at least %zu: ratio %.3f\n",
              sum().reached, sum().jobs, sum().requests, sum().minimum,
              static_cast<double>(sum().requests) /
                  static_cast<double>(std::max<std::size_t>(1, sum().minimum)));
}

Json CallsTest::appointment(const std::string& calendar_id, const std::string& summary) {
  const std::string id = calendar(calendar_id).string("id");
  const Json page = must(Json::parse(must(services_->events.changes(id, "", 2'500))));
  for (const Json& change : page["changes"].items())
    if (change["document"]["event"].string("summary") == summary) return change["document"];
  throw std::runtime_error("the CRM has no " + summary);
}

void CallsTest::edit(const std::string& summary, const Json& changes, Scope scope,
                     const std::string& date) {
  const Json found = appointment(kMe, summary);
  must(crm_->appointment_editor().edit(user_.id, found.string("id"), found.string("revision"),
                                       scope, original(date), changes));
}

void CallsTest::erase(const std::string& summary, Scope scope, const std::string& date) {
  const Json found = appointment(kMe, summary);
  must(crm_->appointment_editor().erase(user_.id, found.string("id"), found.string("revision"),
                                        scope, original(date)));
}

Json CallsTest::event_at_google(const std::string& summary) {
  const Json page = google("GET", path(kMe) + "?maxResults=2500");
  for (const Json& item : page["items"].items())
    if (item.string("summary") == summary) return item;
  throw std::runtime_error("Google has no " + summary);
}

void CallsTest::patch_at_google(const std::string& id, const Json& change) {
  google("PATCH", path(kMe) + "/" + id, change);
}

void CallsTest::refuse(const std::string& method, int status, const std::string& reason) {
  Json effect = Json::object({{"status", status}});
  if (!reason.empty()) effect.set("reason", reason);
  emulated("/faults", Json::object({{"match", Json::object({{"method", method}})},
                                    {"times", 0},
                                    {"effect", std::move(effect)}}));
}

}  // namespace gcal::bench

// A test program with a line of its own behind gtest's.
int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  const int failed = RUN_ALL_TESTS();
  gcal::bench::print_sum();
  return failed;
}
