// Does the time of a refused notification tell how much of a channel's token is right? A million
// pairs of measurements, a token whose first half is right and one that is wrong from its first
// letter, in random order, compared by Welch's t-test as dudect does (Reparaz and others, "dude, is
// my code constant time?", 2017). Beside it, what a refusal costs. Part of ./dev verify attacks.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "src/common/base/bytes.hpp"
#include "src/common/net/http.hpp"
#include "src/engine/google/push_channels.hpp"
#include "tests/bench/report.hpp"
#include "tests/support/seeded_random.hpp"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPairs = 1'000'000;
constexpr double kMaxT = 4.5;
constexpr std::string_view kToken = "r8Wq-2bZkQm1xTn0v7YcLd5sHf3gJpAe9uXoVi4tBwE";
const gcal::base::Instant kNow{gcal::base::Milliseconds(1'800'000'000'000)};

gcal::google::Channel channel() {
  gcal::google::Channel channel;
  channel.id = "channel";
  channel.token_hash = gcal::base::to_base64url(gcal::base::sha256(gcal::base::as_bytes(kToken)));
  channel.resource_id = "resource";
  channel.expires_at = kNow + std::chrono::hours(1);
  return channel;
}

gcal::net::Headers headers(const std::string& token) {
  gcal::net::Headers headers;
  headers.add("X-Goog-Channel-ID", "channel");
  headers.add("X-Goog-Channel-Token", token);
  headers.add("X-Goog-Resource-ID", "resource");
  headers.add("X-Goog-Resource-State", "exists");
  headers.add("X-Goog-Message-Number", "7");
  return headers;
}

// Whether the notification is taken for Google's own.
bool accepted(const gcal::google::Channel& channel, const gcal::net::Headers& headers) {
  const auto notification = gcal::google::notification_of(headers, kNow);
  return notification && gcal::google::is_genuine(channel, *notification, kNow);
}

// Mean and variance, one value after the other (Welford).
struct Moments {
  double count = 0, mean = 0, squares = 0;
  void add(double value) {
    ++count;
    const double delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  double variance() const { return squares / (count - 1); }
};

double welch(const Moments& a, const Moments& b) {
  return (a.mean - b.mean) / std::sqrt(a.variance() / a.count + b.variance() / b.count);
}

}  // namespace

int main() {
  const gcal::google::Channel known = channel();
  std::string near(kToken), far(kToken);
  std::fill(near.begin() + static_cast<long>(near.size() / 2), near.end(), '!');
  std::fill(far.begin(), far.end(), '!');
  const std::string guesses[2] = {near, far};
  if (!accepted(known, headers(std::string(kToken))) || accepted(known, headers(near)) ||
      accepted(known, headers(far))) {
    std::fprintf(stderr, "the tokens are not told apart\n");
    return 1;
  }

  gcal::support::SeededRandom random(1);
  std::vector<double> times[2];
  for (std::vector<double>& of_guess : times) of_guess.reserve(kPairs);
  const auto begin = Clock::now();
  for (std::size_t pair = 0; pair < kPairs; ++pair) {
    // Both guesses, the first drawn: what disturbs the machine meets both alike.
    const std::size_t first = random.below(2);
    for (const std::size_t guess : {first, 1 - first}) {
      // Made for each measurement, so that no guess has a place in memory of its own.
      const gcal::net::Headers asked = headers(guesses[guess]);
      const auto start = Clock::now();
      const bool is_accepted = accepted(known, asked);
      const auto end = Clock::now();
      if (is_accepted) return 1;
      times[guess].push_back(std::chrono::duration<double, std::nano>(end - start).count());
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();

  // Interruptions of the machine are longer than any compare: cut off above the 95th percentile of
  // both together.
  std::vector<double> all = times[0];
  all.insert(all.end(), times[1].begin(), times[1].end());
  const auto limit = all.begin() + static_cast<long>(all.size() * 95 / 100);
  std::nth_element(all.begin(), limit, all.end());
  Moments moments[2];
  for (int guess : {0, 1})
    for (double time : times[guess])
      if (time <= *limit) moments[guess].add(time);
  const double t = std::abs(welch(moments[0], moments[1]));
  std::printf("%zu pairs; mean %.1f ns with half the token, %.1f ns with none\n", kPairs,
              moments[0].mean, moments[1].mean);
  bool reached =
      bench::report("t of a token that is half right against one that is not", t, "", kMaxT, false);
  reached &= bench::report("refusals in a second of one core, without HTTP",
                           2 * static_cast<double>(kPairs) / seconds, "1/s", 50'000);
  return reached ? 0 : 1;
}
