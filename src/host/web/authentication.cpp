#include "src/host/web/authentication.hpp"

#include "src/common/base/bytes.hpp"
#include "src/hosting/web/request_json.hpp"

namespace host {
namespace {

using gcal::base::as_bytes;

constexpr std::chrono::minutes kKnownFor{10};
constexpr std::size_t kMaxKnown = 10'000;

std::string hash_of(std::string_view token) {
  const auto hash = gcal::base::sha256(as_bytes(token));
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

}  // namespace

Result<Authentication> Authenticator::authenticate(const gcal::net::ServerRequest& request) {
  Authentication authentication;
  authentication.token = cookies_.session(request.headers);
  TRY(authentication.session, session(authentication.token));
  return authentication;
}

Result<Session> Authenticator::session(const std::string& token) {
  auto session = users_.session(token);
  if (!session) {
    if (session.error().code == Code::needs_auth) forget(token);
    return session;
  }
  const auto now = clock_.monotonic();
  const std::lock_guard lock(mutex_);
  if (seen_.size() >= kMaxKnown)
    std::erase_if(seen_, [&](const auto& entry) { return now - entry.second > kKnownFor; });
  if (seen_.size() < kMaxKnown) seen_[hash_of(token)] = now;
  return session;
}

bool Authenticator::is_known(const gcal::net::Headers& headers) const {
  const std::string token = cookies_.session(headers);
  if (token.empty()) return false;
  const std::string hash = hash_of(token);
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(hash);
  return found != seen_.end() && clock_.monotonic() - found->second <= kKnownFor;
}

void Authenticator::forget(std::string_view token) {
  if (token.empty()) return;
  const std::string hash = hash_of(token);
  const std::lock_guard lock(mutex_);
  if (const auto found = seen_.find(hash); found != seen_.end()) seen_.erase(found);
}

bool has_csrf_token(const gcal::net::ServerRequest& request, const Session& session) {
  return hosting::is_read_only(request.method) ||
         gcal::base::equal_in_constant_time(as_bytes(request.headers.get("X-CSRF-Token")),
                                            as_bytes(session.csrf));
}

ApiResponse no_csrf_response() {
  return error_response(403, "denied", "error.csrf",
                        "the header X-CSRF-Token is missing or of another session");
}

ApiResponse authentication_error_response(const Error& error) {
  if (error.code == Code::needs_auth) return hosting::no_session_response();
  return error_response(503, "unavailable", "error.unavailable",
                        "the session could not be looked up");
}

}  // namespace host
