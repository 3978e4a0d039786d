#include "src/emulator/oauth/tokens.hpp"

#include <algorithm>

#include "src/common/base/id.hpp"

namespace emulator {
namespace base = gcal::base;

// Per account and client. One more revokes the oldest, as at Google.
constexpr std::size_t kMaxRefreshTokens = 100;

// The last second of the year 9999, in milliseconds: of an access token that does not expire.
constexpr std::int64_t kEndOfTime = 253'402'300'799'000;

Scopes split_scopes(const std::string& text) {
  Scopes scopes;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) scopes.insert(text.substr(at, end - at));
    at = end + 1;
  }
  return scopes;
}

std::string join_scopes(const Scopes& scopes) {
  std::string text;
  for (const std::string& scope : scopes) text += (text.empty() ? "" : " ") + scope;
  return text;
}

Scopes full_scopes(const Scopes& given) {
  Scopes full;
  for (const std::string& scope : given) {
    if (scope == "email" || scope == "profile")
      full.insert("https://www.googleapis.com/auth/userinfo." + scope);
    else if (scope == "openid" || scope.starts_with("https://"))
      full.insert(scope);
    else
      full.insert("https://www.googleapis.com/auth/" + scope);
  }
  return full;
}

std::string Tokens::issue_code(AuthorizationCode code) {
  std::string text = "4/0A" + base::new_secret(random_);
  code.expires = now() + 600'000;
  codes_[text] = std::move(code);
  return text;
}

AuthorizationCode* Tokens::code(const std::string& text) {
  const auto found = codes_.find(text);
  return found == codes_.end() ? nullptr : &found->second;
}

std::string Tokens::issue_refresh(const std::string& email, const std::string& client_id,
                                  const Scopes& scopes) {
  std::vector<RefreshToken*> living;
  for (auto& [text, token] : refresh_)
    if (!token.revoked && token.email == email && token.client_id == client_id)
      living.push_back(&token);
  if (living.size() >= kMaxRefreshTokens)
    (*std::min_element(living.begin(), living.end(), [](const auto* a, const auto* b) {
      return a->order < b->order;
    }))->revoked = true;
  std::string text = "1//0" + base::new_secret(random_);
  refresh_[text] = {email,    client_id, scopes,
                    ++order_, false,     grant_seconds > 0 ? now() + grant_seconds * 1000 : 0};
  return text;
}

std::string Tokens::issue_access(const std::string& email, const std::string& client_id,
                                 const Scopes& scopes, const std::string& refresh_token) {
  std::string text = "ya29." + base::new_secret(random_) + base::new_secret(random_);
  access_[text] = {email, client_id, refresh_token, scopes, now() + lifetime_seconds * 1000};
  return text;
}

bool Tokens::give(const GivenTokens& given) {
  const auto fits = [&](const auto& kind, const auto& other_kind, const std::string& text) {
    const auto known = kind.find(text);
    return !other_kind.contains(text) &&
           (known == kind.end() ||
            (known->second.email == given.email && known->second.client_id == given.client_id));
  };
  if (!fits(access_, refresh_, given.access) || !fits(refresh_, access_, given.refresh))
    return false;
  const auto end = [&](const std::optional<std::int64_t>& seconds, std::int64_t never) {
    return seconds ? now() + *seconds * 1000 : never;
  };
  if (!given.access.empty())
    access_[given.access] = {given.email, given.client_id, given.refresh, given.scopes,
                             end(given.access_seconds, kEndOfTime)};
  if (!given.refresh.empty())
    refresh_[given.refresh] = {given.email, given.client_id, given.scopes,
                               ++order_,    false,           end(given.refresh_seconds, 0)};
  consent(given.email, given.client_id, given.scopes);
  return true;
}

const AccessToken* Tokens::access(const std::string& token) const {
  const auto found = access_.find(token);
  return found == access_.end() || found->second.expires <= now() ? nullptr : &found->second;
}

RefreshToken* Tokens::refresh(const std::string& token) {
  const auto found = refresh_.find(token);
  if (found == refresh_.end()) return nullptr;
  if (found->second.expires > 0 && found->second.expires <= now()) found->second.revoked = true;
  return &found->second;
}

bool Tokens::revoke(const std::string& token) {
  std::string refresh_text = token;
  std::string email, client_id;
  if (const AccessToken* known = access(token)) {
    refresh_text = known->refresh_token;
    email = known->email;
    client_id = known->client_id;
    access_.erase(token);
  } else {
    const RefreshToken* grant = refresh(token);
    if (!grant || grant->revoked) return false;
    email = grant->email;
    client_id = grant->client_id;
  }
  if (RefreshToken* grant = refresh(refresh_text)) grant->revoked = true;
  std::erase_if(access_, [&](const auto& entry) {
    return !refresh_text.empty() && entry.second.refresh_token == refresh_text;
  });
  forget_consent(email, client_id);
  return true;
}

int Tokens::revoke_all(const std::string& email) {
  int count = 0;
  for (auto& [text, token] : refresh_)
    if (!token.revoked && (email.empty() || token.email == email)) {
      token.revoked = true;
      ++count;
    }
  count += static_cast<int>(std::erase_if(
      access_, [&](const auto& entry) { return email.empty() || entry.second.email == email; }));
  std::erase_if(consents_,
                [&](const auto& entry) { return email.empty() || entry.first.first == email; });
  return count;
}

Scopes Tokens::consented(const std::string& email, const std::string& client_id) const {
  const auto found = consents_.find({email, client_id});
  return found == consents_.end() ? Scopes{} : found->second;
}

void Tokens::consent(const std::string& email, const std::string& client_id, const Scopes& scopes) {
  Scopes& known = consents_[{email, client_id}];
  known.insert(scopes.begin(), scopes.end());
}

void Tokens::forget_consent(const std::string& email, const std::string& client_id) {
  consents_.erase({email, client_id});
}

}  // namespace emulator
