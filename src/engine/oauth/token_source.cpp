#include "src/engine/oauth/token_source.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "src/engine/oauth/wipe.hpp"

namespace gcal::oauth {
namespace {

namespace asio = boost::asio;
constexpr base::Milliseconds kRefreshBeforeExpiry = std::chrono::seconds{60};

}  // namespace

// The state of the current refresh. Callers that arrive while one is in flight wait for `done`.
struct TokenSource::SharedRefresh {
  explicit SharedRefresh(const asio::any_io_executor& executor)
      : done(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer done;
  bool in_flight = false;
  Result<> last;
};

// Marks a refresh as in flight and wakes the waiting callers when the coroutine ends, also if it is
// cancelled.
class TokenSource::RefreshGuard {
 public:
  explicit RefreshGuard(std::shared_ptr<SharedRefresh> shared) : shared_(std::move(shared)) {
    shared_->in_flight = true;
    shared_->last = Error{Code::cancelled, "the refresh was given up", {}};
  }
  ~RefreshGuard() {
    shared_->in_flight = false;
    shared_->done.cancel();
  }
  RefreshGuard(const RefreshGuard&) = delete;
  RefreshGuard& operator=(const RefreshGuard&) = delete;

 private:
  std::shared_ptr<SharedRefresh> shared_;
};

TokenSource::TokenSource(asio::any_io_executor executor, TokenClient& client,
                         ClientCredentials credentials, TokenVault& vault, const base::Clock& clock)
    : client_(client),
      credentials_(std::move(credentials)),
      vault_(vault),
      clock_(clock),
      shared_(std::make_shared<SharedRefresh>(std::move(executor))) {}

TokenSource::~TokenSource() {
  wipe(access_);
  wipe(rotated_from_);
  wipe(rotated_to_);
  wipe(credentials_.client_secret);
}

Task<std::string> TokenSource::token() {
  const base::Milliseconds now = clock_.monotonic();
  if (!rotated() && !access_.empty() && now + kRefreshBeforeExpiry < expires_) co_return access_;
  const Result<> refreshed = co_await refresh();
  if (refreshed) co_return access_;
  const Code code = refreshed.error().code;
  const bool transient = code == Code::unavailable || code == Code::timeout;
  if (transient && !rotated() && !access_.empty() && clock_.monotonic() < expires_)
    co_return access_;
  co_return refreshed.error();
}

Task<std::string> TokenSource::renew(std::string rejected) {
  if (!rotated() && !access_.empty() && access_ != rejected) co_return access_;
  wipe(access_);
  expires_ = base::Milliseconds{0};
  CO_TRY_VOID(co_await refresh());
  co_return access_;
}

Task<> TokenSource::refresh() {
  const std::shared_ptr<SharedRefresh> shared = shared_;
  if (shared->in_flight) {
    while (shared->in_flight) co_await shared->done.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return shared->last;
  }
  const RefreshGuard guard(shared);
  shared->last = co_await request_refresh();
  co_return shared->last;
}

Task<> TokenSource::request_refresh() {
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool unsaved = rotated();
    const Result<> saved = co_await save_rotated();
    if (!saved && saved.error().code != Code::conflict) co_return saved;
    if (unsaved && saved && !access_.empty() && clock_.monotonic() < expires_) co_return saved;

    Result<std::string> stored = co_await vault_.refresh_token();
    const Code code = stored ? Code::ok : stored.error().code;
    if (code == Code::not_found || code == Code::gone || code == Code::denied)
      co_return Error{Code::needs_auth, "the account is not connected; connect it again", {}};
    if (!stored) co_return std::move(stored).error();
    CO_TRY(Tokens tokens, co_await client_.refresh(credentials_, *stored));
    wipe(access_);
    access_ = std::move(tokens.access_token);
    expires_ = clock_.monotonic() + tokens.expires_in;
    if (tokens.refresh_token.empty()) {
      wipe(*stored);
      co_return Result<>{};
    }
    rotated_from_ = *std::move(stored);
    rotated_to_ = std::move(tokens.refresh_token);
    const Result<> kept = co_await save_rotated();
    if (kept || kept.error().code != Code::conflict) co_return kept;
  }
  co_return Error{Code::unavailable, "the account is being connected again", {}};
}

// Errors: conflict if the account was connected again meanwhile; the rotation and its access token
// are then dropped, because they belong to the earlier grant. After any other failure the rotation
// is kept for the next call.
Task<> TokenSource::save_rotated() {
  if (!rotated()) co_return Result<>{};
  Result<> stored = co_await vault_.replace_refresh_token(rotated_from_, rotated_to_);
  if (!stored && stored.error().code == Code::conflict) {
    // An earlier attempt may have stored it without an answer.
    const Result<std::string> present = co_await vault_.refresh_token();
    if (present && *present == rotated_to_)
      stored = Result<>{};
    else
      wipe(access_);
  } else if (!stored) {
    co_return stored;
  }
  wipe(rotated_from_);
  wipe(rotated_to_);
  co_return stored;
}

}  // namespace gcal::oauth
