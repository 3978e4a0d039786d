#include "plugin/adapters/google_access.hpp"

#include "src/engine/oauth/wipe.hpp"

namespace gcal::plugin {
namespace {

constexpr const char* kClosed = "the account was paused or disconnected";

// The token of a grant that is about to be revoked. A rotation is kept as long as the object: what
// revokes the grant is any of its tokens.
class RetiredGrantVault final : public oauth::TokenVault {
 public:
  explicit RetiredGrantVault(std::string token) : token_(std::move(token)) {}
  ~RetiredGrantVault() override { oauth::wipe(token_); }
  Task<std::string> refresh_token() override { co_return token_; }
  Task<> replace_refresh_token(std::string, std::string fresh) override {
    token_ = std::move(fresh);
    co_return Result<>{};
  }

 private:
  std::string token_;
};

}  // namespace

Task<net::HttpResponse> GatedHttp::send(net::HttpRequest request, net::HttpLimits limits) {
  if (closed_) co_return Error{Code::cancelled, kClosed, {}};
  co_return co_await http_.send(std::move(request), limits);
}

GoogleAccess::GoogleAccess(boost::asio::any_io_executor executor, oauth::TokenClient& tokens,
                           oauth::ClientCredentials credentials,
                           std::unique_ptr<oauth::TokenVault> vault, const base::Clock& clock,
                           const std::string& base_url, net::HttpClient& http,
                           net::RetryTools tools, google::Budget& budget, const std::string& user)
    : clock_(clock),
      vault_(std::move(vault)),
      source_(std::move(executor), tokens, std::move(credentials), *vault_, clock),
      gate_(http) {
  using google::Priority;
  for (const Priority priority :
       {Priority::user, Priority::push, Priority::poll, Priority::backfill}) {
    clients_.emplace_back(google::PacedHttp(gate_, budget, clock, user, priority), base_url, *this,
                          tools);
  }
}

GoogleAccess::~GoogleAccess() {
  oauth::wipe(consent_token_);
}

void GoogleAccess::use_consent_tokens(oauth::Tokens tokens) {
  consent_token_ = std::move(tokens.access_token);
  consent_token_expires_ = clock_.monotonic() + tokens.expires_in - std::chrono::seconds{60};
}

Result<std::string> GoogleAccess::note_rejection(Result<std::string> token) {
  if (!token && token.error().code == Code::needs_auth) dead_ = true;
  return token;
}

void GoogleAccess::close() {
  closed_ = true;
  gate_.close();
  oauth::wipe(consent_token_);
}

Result<> GoogleAccess::usable() const {
  if (closed_) return Error{Code::cancelled, kClosed, {}};
  if (dead_)
    return Error{
        Code::needs_auth, "Google no longer accepts the access; connect the account again", {}};
  return {};
}

Task<std::string> GoogleAccess::token() {
  CO_TRY_VOID(usable());
  if (!consent_token_.empty() && clock_.monotonic() < consent_token_expires_)
    co_return consent_token_;
  oauth::wipe(consent_token_);
  co_return note_rejection(co_await source_.token());
}

Task<std::string> GoogleAccess::renew(std::string rejected) {
  CO_TRY_VOID(usable());
  if (rejected == consent_token_) {
    oauth::wipe(consent_token_);
    co_return note_rejection(co_await source_.token());
  }
  co_return note_rejection(co_await source_.renew(std::move(rejected)));
}

Task<oauth::ClientCredentials> GoogleAccesses::credentials() {
  CO_TRY(const std::optional<settings::OAuthClient> client, co_await vault_.oauth_client());
  if (!client)
    co_return Error{Code::denied,
                    "no OAuth client is set up; an administrator must enter it",
                    {},
                    Scope::account,
                    "refusal.oauth_client"};
  oauth::ClientCredentials credentials{client->client_id, client->client_secret};
  co_return credentials;
}

std::shared_ptr<GoogleAccess> GoogleAccesses::make(oauth::ClientCredentials credentials,
                                                   std::unique_ptr<oauth::TokenVault> vault,
                                                   const std::string& user) {
  return std::make_shared<GoogleAccess>(executor_, tokens_, std::move(credentials),
                                        std::move(vault), clock_, base_url_, http_, tools_, budget_,
                                        user);
}

Task<std::shared_ptr<GoogleAccess>> GoogleAccesses::of(std::string account) {
  if (const auto found = accesses_.find(account); found != accesses_.end()) co_return found->second;
  CO_TRY(oauth::ClientCredentials client, co_await credentials());
  // Another caller may have created it while the client was read.
  std::shared_ptr<GoogleAccess>& access = accesses_[account];
  if (!access)
    access = make(std::move(client), std::make_unique<AccountVault>(vault_, account), account);
  co_return access;
}

Task<std::shared_ptr<GoogleAccess>> GoogleAccesses::with_grant(StoredGrant grant) {
  CO_TRY(oauth::ClientCredentials client, co_await credentials());
  const std::string user = grant.sub;
  co_return make(std::move(client),
                 std::make_unique<RetiredGrantVault>(std::move(grant.refresh_token)), user);
}

void GoogleAccesses::close(const std::string& account) {
  if (const auto found = accesses_.find(account); found != accesses_.end()) {
    found->second->close();
    accesses_.erase(found);
  }
}

}  // namespace gcal::plugin
