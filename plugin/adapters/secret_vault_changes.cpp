// The entries of the vault that change while others read them: a rotated refresh token, and grants
// that wait to be revoked.
#include <algorithm>
#include <array>

#include "plugin/adapters/secret_vault.hpp"
#include "src/common/base/json.hpp"
#include "src/engine/oauth/wipe.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

constexpr int kMaxEdits = 8;

std::string retired_key(const std::string& account) {
  return "retired/" + account;
}
std::string consents_key(const std::string& sub) {
  return "consents/" + sub;
}

Json list_of(const std::string& text) {
  Result<Json> list = Json::parse(text.empty() ? "[]" : text);
  return list && list->is_array() ? *std::move(list) : Json::array();
}

}  // namespace

Result<> SecretVault::edit_now(const std::string& key, const Change& change) {
  for (int attempt = 0; attempt < kMaxEdits; ++attempt) {
    Result<std::string> stored = secrets_.get(key);
    if (!stored && !is_missing(stored.error().code)) return std::move(stored).error();
    std::string value = stored ? *std::move(stored) : std::string();
    TRY(std::string changed, change(value));
    Result<> written = changed == value  ? Result<>()
                       : changed.empty() ? secrets_.erase(key)
                                         : secrets_.put_if(key, value, changed);
    oauth::wipe(value);
    oauth::wipe(changed);
    if (written || written.error().code != Code::conflict) return written;
  }
  return Error{Code::unavailable, "a secret keeps changing", {}};
}

Task<> SecretVault::edit(std::string key, Change change) {
  std::function<Result<>()> work = [this, &key, &change] { return edit_now(key, change); };
  co_return co_await blocking_.run<void>(std::move(work));
}

Task<> SecretVault::replace_refresh_token(std::string account, std::string old, std::string fresh) {
  Change change = [&](const std::string& value) -> Result<std::string> {
    StoredGrant grant;
    if (!value.empty()) {
      TRY(const Json json, Json::parse(value));
      grant = grant_of(json);
    }
    if (grant.refresh_token != old)
      return Error{Code::conflict, "the account was connected or disconnected meanwhile", {}};
    grant.refresh_token = fresh;
    return to_json(grant).dump();
  };
  co_return co_await edit(grant_key(account, Which::kept), std::move(change));
}

// The grant is listed before it is erased: a crash in between leaves it in both places, and the
// next call lists it once.
Task<> SecretVault::retire_grant(std::string account, Which which) {
  std::function<Result<>()> work = [this, &account, which]() -> Result<> {
    const std::string key = grant_key(account, which);
    const Result<std::string> text = secrets_.get(key);
    // What cannot be opened cannot be revoked either.
    if (!text && is_missing(text.error().code)) return secrets_.erase(key);
    if (!text) return text.error();
    TRY(const Json grant, Json::parse(*text));
    TRY_VOID(edit_now(retired_key(account), [&](const std::string& value) -> Result<std::string> {
      Json list = list_of(value);
      if (std::ranges::find(list.items(), grant) == list.items().end()) list.push(grant);
      return list.dump();
    }));
    return secrets_.erase(key);
  };
  co_return co_await blocking_.run<void>(std::move(work));
}

Task<std::vector<StoredGrant>> SecretVault::retired_grants(std::string account) {
  const Result<std::string> text = co_await get(retired_key(account));
  std::vector<StoredGrant> grants;
  if (!text && is_missing(text.error().code)) co_return grants;
  if (!text) co_return text.error();
  const Json list = list_of(*text);
  for (const Json& json : list.items()) grants.push_back(grant_of(json));
  co_return grants;
}

Task<> SecretVault::erase_retired_grant(std::string account, std::string refresh_token) {
  Change change = [&](const std::string& value) -> Result<std::string> {
    Json left = Json::array();
    const Json list = list_of(value);
    for (const Json& grant : list.items())
      if (grant.string("refresh_token") != refresh_token) left.push(grant);
    return left.items().empty() ? std::string() : left.dump();
  };
  co_return co_await edit(retired_key(account), std::move(change));
}

Task<> SecretVault::note_consent(std::string sub, std::string account) {
  Change change = [&](const std::string& value) -> Result<std::string> {
    Json accounts = Json::array({account});
    const Json known = list_of(value);
    for (const Json& one : known.items())
      if (one.as_string() != account && has_grant_of(one.as_string(), sub)) accounts.push(one);
    return accounts.dump();
  };
  co_return co_await edit(consents_key(sub), std::move(change));
}

Task<> SecretVault::prune_consents(std::string sub) {
  Change change = [&](const std::string& value) -> Result<std::string> {
    Json left = Json::array();
    const Json known = list_of(value);
    for (const Json& one : known.items())
      if (has_grant_of(one.as_string(), sub)) left.push(one);
    return left.items().empty() ? std::string() : left.dump();
  };
  co_return co_await edit(consents_key(sub), std::move(change));
}

Task<bool> SecretVault::has_consent(std::string sub) {
  std::function<Result<bool>()> work = [this, &sub]() -> Result<bool> {
    const Result<std::string> text = secrets_.get(consents_key(sub));
    if (!text && is_missing(text.error().code)) return false;
    if (!text) return text.error();
    const Json accounts = list_of(*text);
    return std::ranges::any_of(accounts.items(), [&](const Json& account) {
      return has_grant_of(account.as_string(), sub);
    });
  };
  co_return co_await blocking_.run<bool>(std::move(work));
}

bool SecretVault::has_grant_of(const std::string& account, const std::string& sub) const {
  return std::ranges::any_of(std::array{Which::kept, Which::offered}, [&](Which which) {
    const Result<std::string> text = secrets_.get(grant_key(account, which));
    const Result<Json> grant = text ? Json::parse(*text) : Result<Json>(text.error());
    return grant && grant->string("sub") == sub;
  });
}

}  // namespace gcal::plugin
