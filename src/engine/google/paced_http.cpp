#include "src/engine/google/paced_http.hpp"

#include "src/common/net/retry.hpp"
#include "src/engine/google/errors.hpp"

namespace gcal::google {
namespace {

// As Google's quotas page counts them.
constexpr unsigned kRead = 1;
constexpr unsigned kWrite = 3;
// A refusal for the pace did not begin, so any request may be repeated, after the budget's wait.
constexpr int kAttempts = 4;

}  // namespace

Task<net::HttpResponse> PacedHttp::send(net::HttpRequest request, net::HttpLimits limits) {
  const unsigned units = request.method == "GET" ? kRead : kWrite;
  for (int attempt = 1;; ++attempt) {
    CO_TRY_VOID(co_await budget_.take(user_, units, priority_));
    Result<net::HttpResponse> outcome = co_await http_.send(request, limits);
    if (!outcome || !asks_for_slower_pace(*outcome)) co_return outcome;
    const base::Milliseconds wait =
        net::retry_after(outcome->headers.get("Retry-After"), clock_.now());
    budget_.refused(user_, wait);
    // Who repeats requests knows 429 and waits for what it says.
    if (outcome->status == 429 || wait > kLongestPause || attempt == kAttempts) co_return outcome;
  }
}

}  // namespace gcal::google
