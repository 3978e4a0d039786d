#include "src/common/net/retry.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "src/common/net/body_wipe.hpp"

namespace gcal::net {
namespace {

constexpr base::Milliseconds kDay = std::chrono::hours{24};

// RFC 9110 section 5.6.7, the one form that servers may still send: "Sun, 06 Nov 1994 08:49:37
// GMT".
Result<base::Instant> http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Error bad{Code::invalid, "not an HTTP date", {}};
  if (text.size() != 29 || !text.ends_with(" GMT")) return bad;
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = -1;
    const char* end = text.data() + at + size;
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    return error == std::errc() && stop == end ? value : -1;
  };
  const auto month = std::ranges::find(months, text.substr(8, 3));
  const int day = number(5, 2), year = number(12, 4), hour = number(17, 2), minute = number(20, 2),
            second = number(23, 2);
  if (month == months.end() || day < 1 || year < 0 || hour < 0 || minute < 0 || second < 0)
    return bad;
  const std::chrono::year_month_day date{
      std::chrono::year{year},
      std::chrono::month{static_cast<unsigned>(month - months.begin() + 1)},
      std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return bad;
  return base::Instant{std::chrono::sys_days{date} + std::chrono::hours{hour} +
                       std::chrono::minutes{minute} + std::chrono::seconds{second}};
}

bool did_not_begin(const Result<HttpResponse>& outcome) {
  return outcome ? outcome->status == 429 || outcome->status == 503
                 : outcome.error().code == Code::unavailable;
}

bool is_temporary(const Result<HttpResponse>& outcome) {
  if (!outcome)
    return outcome.error().code == Code::unavailable || outcome.error().code == Code::timeout;
  return outcome->status == 429 || outcome->status == 500 ||
         (outcome->status >= 502 && outcome->status <= 504);
}

}  // namespace

Task<> TimerPause::wait(base::Milliseconds time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  const auto [stopped] =
      co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  if (stopped) co_return Error{Code::cancelled, "the wait was given up", {}};
  co_return Result<>{};
}

base::Milliseconds retry_after(std::string_view header, base::Instant now) {
  if (header.empty()) return {};
  if (std::ranges::all_of(header, [](char c) { return c >= '0' && c <= '9'; })) {
    std::int64_t seconds = 0;
    const auto [stop, error] =
        std::from_chars(header.data(), header.data() + header.size(), seconds);
    if (error == std::errc::result_out_of_range) return kDay;
    return std::min<base::Milliseconds>(
        kDay, std::chrono::seconds{std::min<std::int64_t>(seconds, 86'400)});
  }
  const Result<base::Instant> date = http_date(header);
  if (!date || *date <= now) return {};
  return std::min(kDay, *date - now);
}

base::Milliseconds back_off(const RetryPolicy& policy, int attempt, base::Random& random) {
  base::Milliseconds ceiling = policy.first;
  for (int i = 1; i < attempt && ceiling < policy.cap; ++i) ceiling *= 2;
  ceiling = std::min(ceiling, policy.cap);
  if (ceiling <= base::Milliseconds{0}) return {};
  return base::Milliseconds{
      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(ceiling.count())))};
}

Task<HttpResponse> send_with_retry(HttpClient& client, HttpRequest request, HttpLimits limits,
                                   RetryPolicy policy, bool idempotent, RetryTools tools) {
  const BodyWipe wipe(request.body);
  for (int attempt = 1;; ++attempt) {
    Result<HttpResponse> outcome = co_await client.send(request, limits);
    if (!is_temporary(outcome) || attempt >= policy.attempts ||
        (!idempotent && !did_not_begin(outcome)))
      co_return outcome;
    const base::Milliseconds told =
        outcome ? retry_after(outcome->headers.get("Retry-After"), tools.clock.now())
                : base::Milliseconds{0};
    if (told > policy.longest_answer) co_return outcome;
    CO_TRY_VOID(co_await tools.pause.wait(std::max(told, back_off(policy, attempt, tools.random))));
  }
}

}  // namespace gcal::net
