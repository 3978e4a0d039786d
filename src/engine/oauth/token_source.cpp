#include "src/engine/oauth/token_source.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "src/engine/oauth/secret.hpp"

namespace gcal::oauth {
namespace {

namespace asio = boost::asio;
constexpr base::Milliseconds kEarly = std::chrono::seconds{60};

}  // namespace

// Where those wait who came while a refresh was under way.
struct TokenSource::Landing {
  explicit Landing(asio::any_io_executor executor)
      : done(std::move(executor), asio::steady_timer::time_point::max()) {}
  asio::steady_timer done;
  bool in_flight = false;
  Result<> last;
};

// Marks the refresh; ended by whatever way the coroutine ends, cancellation included.
class TokenSource::Flight {
 public:
  explicit Flight(std::shared_ptr<Landing> landing) : landing_(std::move(landing)) {
    landing_->in_flight = true;
    landing_->last = Error{Code::cancelled, "the refresh was given up", {}};
  }
  ~Flight() {
    landing_->in_flight = false;
    landing_->done.cancel();
  }
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

 private:
  std::shared_ptr<Landing> landing_;
};

TokenSource::TokenSource(asio::any_io_executor executor, TokenClient& client,
                         ClientCredentials credentials, TokenVault& vault, const base::Clock& clock)
    : client_(client),
      credentials_(std::move(credentials)),
      vault_(vault),
      clock_(clock),
      landing_(std::make_shared<Landing>(std::move(executor))) {}

TokenSource::~TokenSource() {
  wipe(access_);
  wipe(credentials_.client_secret);
}

Task<std::string> TokenSource::token() {
  const base::Milliseconds now = clock_.monotonic();
  if (!access_.empty() && now + kEarly < expires_) co_return access_;
  const Result<> refreshed = co_await refresh();
  if (refreshed) co_return access_;
  const Code code = refreshed.error().code;
  const bool passing = code == Code::unavailable || code == Code::timeout;
  if (passing && !access_.empty() && clock_.monotonic() < expires_) co_return access_;
  co_return refreshed.error();
}

Task<std::string> TokenSource::renew(std::string rejected) {
  if (!access_.empty() && access_ != rejected) co_return access_;
  wipe(access_);
  expires_ = base::Milliseconds{0};
  CO_TRY_VOID(co_await refresh());
  co_return access_;
}

Task<> TokenSource::refresh() {
  const std::shared_ptr<Landing> landing = landing_;
  if (landing->in_flight) {
    while (landing->in_flight)
      co_await landing->done.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return landing->last;
  }
  const Flight flight(landing);
  landing->last = co_await ask();
  co_return landing->last;
}

Task<> TokenSource::ask() {
  Result<std::string> stored = co_await vault_.refresh_token();
  if (!stored && stored.error().code == Code::not_found)
    co_return Error{Code::needs_auth, "the account is not connected; connect it again", {}};
  if (!stored) co_return std::move(stored).error();
  CO_TRY(Tokens tokens, co_await client_.refresh(credentials_, *std::move(stored)));
  // Stored before use: after a crash the old one may already be dead.
  if (!tokens.refresh_token.empty())
    CO_TRY_VOID(co_await vault_.store_refresh_token(std::move(tokens.refresh_token)));
  wipe(access_);
  access_ = std::move(tokens.access_token);
  expires_ = clock_.monotonic() + tokens.expires_in;
  co_return Result<>{};
}

}  // namespace gcal::oauth
