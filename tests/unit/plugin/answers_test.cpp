// No loop of the plugin is faster than its back-off, whatever Google answers: random answers of
// every endpoint for ten minutes of a virtual clock, as the host starts the runs. Prints the seed.
// GCAL_SEQUENCES: how many sequences are played; each endpoint draws one of its own in each.
#include <array>
#include <cstdlib>

#include "src/common/base/json_array.hpp"
#include "src/engine/store/channels.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using namespace std::chrono_literals;

constexpr base::Milliseconds kLength = 10min;

enum class Endpoint { list, get, insert, patch, erase, watch, stop, calendars, calendar, token };
constexpr std::size_t kEndpoints = 10;
constexpr std::array<const char*, kEndpoints> kNames{
    "events.list",  "events.get",    "events.insert",     "events.patch",     "events.delete",
    "events.watch", "channels.stop", "calendarList.list", "calendarList.get", "token"};

Endpoint endpoint_of(const net::HttpRequest& request) {
  const auto in = [&](const char* part) { return request.url.find(part) != std::string::npos; };
  if (in("/token")) return Endpoint::token;
  if (in("/channels/stop")) return Endpoint::stop;
  if (in("/calendarList?")) return Endpoint::calendars;
  if (in("/calendarList/")) return Endpoint::calendar;
  if (in("/watch")) return Endpoint::watch;
  if (request.method == "PATCH") return Endpoint::patch;
  if (request.method == "DELETE") return Endpoint::erase;
  if (request.method == "POST") return Endpoint::insert;
  return in("/events?") ? Endpoint::list : Endpoint::get;
}

struct Kind {
  int status;          // 0: Google's own answer; -1: none; -2: Google's own, lost on the way
  const char* reason;  // "": HTML; otherwise an error of the API, or its body if it begins with {
  int retry_after = 0;
};
constexpr Kind kKinds[] = {{-1, ""},
                           {-2, ""},
                           {200, "{}"},
                           {200, R"({"kind":"calendar#events","items":[]})"},
                           {200, ""},
                           {204, "{}"},
                           {302, ""},
                           {400, "invalid"},
                           {400, R"({"error":"invalid_client"})"},
                           {401, "authError"},
                           {403, ""},
                           {403, "rateLimitExceeded"},
                           {403, "userRateLimitExceeded", 1},
                           {403, "quotaExceeded"},
                           {403, "dailyLimitExceeded"},
                           {403, "accessNotConfigured"},
                           {403, "forbiddenForNonOrganizer"},
                           {403, "requiredAccessLevel"},
                           {403, "insufficientPermissions"},
                           {404, "notFound"},
                           {408, ""},
                           {409, "duplicate"},
                           {410, "deleted"},
                           {410, "fullSyncRequired"},
                           {412, "conditionNotMet"},
                           {429, "rateLimitExceeded"},
                           {429, "rateLimitExceeded", 20},
                           {500, "backendError"},
                           {502, ""},
                           {503, "backendError", 5},
                           {504, ""}};

net::HttpResponse response_of(const Kind& kind) {
  net::HttpResponse response;
  response.status = kind.status;
  const std::string reason = kind.reason;
  if (reason.empty())
    response.body = "<html>no</html>";
  else if (reason.starts_with("{"))
    response.body = reason;
  else
    response.body =
        Json::object(
            {{"error",
              Json::object({{"code", kind.status},
                            {"errors", Json::array({Json::object({{"reason", reason}})})}})}})
            .dump();
  if (kind.retry_after > 0) response.headers.add("Retry-After", std::to_string(kind.retry_after));
  return response;
}

// What one endpoint answers: always the same, or now and then, or something else each time.
struct Script {
  bool always = false;
  std::uint64_t in_ten = 0;  // so many of ten requests get Google's own answer
  const Kind* kind = nullptr;
};

class RandomAnswers final : public net::HttpClient {
 public:
  RandomAnswers(net::HttpClient& google, base::Random& random) : google_(google), random_(random) {}

  void draw() {
    for (Script& one : scripts_)
      one = {random_.below(2) == 0, random_.below(3) == 0 ? 10 : random_.below(10), any()};
    counts_ = {};
  }
  void stop() {
    for (Script& one : scripts_) one = {false, 10, nullptr};
  }
  std::size_t count(std::size_t endpoint) const { return counts_[endpoint]; }

  Task<net::HttpResponse> send(net::HttpRequest request, net::HttpLimits limits) override {
    const auto endpoint = static_cast<std::size_t>(endpoint_of(request));
    ++counts_[endpoint];
    const Script& script = scripts_[endpoint];
    if (random_.below(10) < script.in_ten) co_return co_await google_.send(request, limits);
    const Kind& kind = script.always ? *script.kind : *any();
    if (kind.status == -1) co_return Error{Code::unavailable, "no connection", {}};
    if (kind.status == -2) {
      CO_TRY_VOID(co_await google_.send(request, limits));
      co_return Error{Code::timeout, "the answer was lost", {}};
    }
    co_return response_of(kind);
  }

 private:
  const Kind* any() { return &kKinds[random_.below(std::size(kKinds))]; }

  net::HttpClient& google_;
  base::Random& random_;
  std::array<Script, kEndpoints> scripts_{};
  std::array<std::size_t, kEndpoints> counts_{};
};

class Answers : public InstallationTest {
 protected:
  Answers() {
    const net::RetryTools tools{random_, clock_, pause_};
    tokens_.emplace(oauth::Endpoints::at(site_.google_base), answers_, tools);
    budget_.emplace(google::Quota{}, tools);
    accesses_.emplace(loop_.get_executor(), *tokens_, *vault_, clock_, site_.api_base(), answers_,
                      tools, *budget_);
    answers_.stop();
    emulated("/load",
             Json::object(
                 {{"accounts", Json::array({Json::object({{"email", kMe}, {"name", "Me"}})})}}));
    connect({kMe}, kMe);
    run();
  }

  // "" if the appointment does not exist any more.
  std::string revision_of(const std::string& id) {
    const std::vector<std::string> ids{id};
    const Json found = must(Json::parse(must(services_->events.get(base::json_array(ids).dump()))));
    return found.items().empty() ? std::string() : found.items().front().string("revision");
  }

  // What users do at the beginning of a sequence, so that every endpoint has something to do.
  void act() {
    const std::string mine = calendar(kMe).string("id");
    const auto hour = [&](int at) {
      return timed("Call " + std::to_string(draw_.below(1'000'000)),
                   "2027-05-05T" + std::to_string(10 + at) + ":00:00+02:00",
                   "2027-05-05T" + std::to_string(11 + at) + ":00:00+02:00");
    };
    host::AppointmentEditor& editor = crm_->appointment_editor();
    for (int i = 0; i < 2; ++i)
      if (const auto made = editor.create(user_.id, mine, hour(i))) events_.push_back(made->id);
    for (; events_.size() > 6; events_.erase(events_.begin()))
      if (const std::string at = revision_of(events_.front()); !at.empty())
        (void)editor.erase(user_.id, events_.front(), at, host::Scope::all, {});
    if (const std::string at = events_.empty() ? "" : revision_of(events_.front()); !at.empty())
      (void)editor.edit(user_.id, events_.front(), at, host::Scope::all, {},
                        Json::object({{"summary", "Moved " + at}, {"location", "Hall"}}));
    const std::string pair_id = pair(kMe).id;
    must(database_->transact(store::Mode::write, 0, [&](store::Connection& connection) -> Result<> {
      if (draw_.below(2) == 0) TRY_VOID(store::mark_dirty(connection, pair_id));
      TRY_VOID(connection.exec("DELETE FROM channels WHERE pair = $1", {pair_id}));
      if (draw_.below(3) > 0) return {};
      const base::Instant now = clock_.now();
      const std::string id = std::to_string(draw_.below(1'000'000));
      TRY_VOID(
          store::put_channel(connection, {"old" + id, pair_id, "h", "r", now + 1h, now, true}));
      return store::put_channel(connection,
                                {"new" + id, pair_id, "h", "r", now + 48h, now + 24h, true});
    }));
    memory_.pairs[pair_id].channel_check_at = {};
    memory_.pairs[pair_id].channel_not_before = {};
    if (draw_.below(3) == 0) memory_.read_all = true;
    if (draw_.below(4) == 0) accesses_->forget(account_);
    must(database_->transact(store::Mode::write, 0, [&](store::Connection& connection) {
      return store::write_value(connection, "upkeep:" + account_, "1");
    }));
    memory_.upkeep.clear();
  }

  // Runs as the host starts them, until the sequence ends. Returns how many there were.
  std::size_t play() {
    const base::Instant end = clock_.now() + kLength;
    std::size_t runs = 0;
    std::size_t failures = 0;
    while (clock_.now() < end) {
      ++runs;
      const Result<RunOutcome> outcome = try_run(next_fence());
      if (outcome && !outcome->next) break;
      const base::Milliseconds pause =
          std::min<base::Milliseconds>(5min, 1s * (1 << std::min<std::size_t>(failures, 9)));
      failures = outcome ? 0 : failures + 1;
      const base::Instant next = outcome ? *outcome->next : clock_.now() + pause;
      if (next > clock_.now()) clock_.advance(std::min(next, end) - clock_.now());
    }
    return runs;
  }

  support::SeededRandom draw_{1};
  RandomAnswers answers_{http_, draw_};
  std::vector<std::string> events_;
};

// The bounds. A run that fails is followed by another after 30 s at the earliest: 20 in ten
// minutes, and 2 for what the user asked for meanwhile. In each run a request is sent up to four
// times, and again after a 401, for each of the objects that a sequence leaves to do.
constexpr std::size_t kMostRuns = 22;
constexpr std::size_t kMostRequests = 150;

TEST_F(Answers, NoLoopIsFasterThanItsBackOffWhateverGoogleAnswers) {  // P-14, P-15
  const char* wanted = std::getenv("GCAL_SEQUENCES");
  const int sequences = wanted ? std::atoi(wanted) : 300;
  std::array<std::size_t, kEndpoints> most{};
  std::array<std::size_t, kEndpoints> met{};
  std::size_t most_runs = 0;
  for (int seed = 1; seed <= sequences; ++seed) {
    draw_ = support::SeededRandom(static_cast<std::uint64_t>(seed));
    answers_.draw();
    act();
    const std::size_t runs = play();
    most_runs = std::max(most_runs, runs);
    EXPECT_LE(runs, kMostRuns) << "seed " << seed;
    for (std::size_t i = 0; i < kEndpoints; ++i) {
      most[i] = std::max(most[i], answers_.count(i));
      met[i] += answers_.count(i) > 0 ? 1 : 0;
      EXPECT_LE(answers_.count(i), kMostRequests) << kNames[i] << ", seed " << seed;
    }
    if (HasFailure()) break;
    // Everything heals before the next sequence begins.
    answers_.stop();
    clock_.advance(25h);
    http_.forget();
    accesses_->forget(account_);
    memory_.read_all = true;
    (void)try_run(next_fence());
    (void)try_run(next_fence());
  }
  std::printf("seeds 1..%d: at most %zu runs in ten minutes\n", sequences, most_runs);
  for (std::size_t i = 0; i < kEndpoints; ++i) {
    std::printf("  %-18s at most %zu requests, met in %zu sequences\n", kNames[i], most[i], met[i]);
    EXPECT_GE(met[i], static_cast<std::size_t>(sequences) / 20) << kNames[i];
  }
}

}  // namespace
}  // namespace gcal::plugin::test
