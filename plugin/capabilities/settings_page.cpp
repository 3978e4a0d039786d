#include "plugin/capabilities/settings_page.hpp"

#include <algorithm>

#include "plugin/account/move_appointments.hpp"
#include "plugin/adapters/pair_channels.hpp"
#include "plugin/adapters/remote_calendars.hpp"
#include "src/common/base/pkce.hpp"
#include "src/engine/google/push_channels.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/held_deletions.hpp"

namespace gcal::plugin {

using base::Json;
using Which = SecretVault::Which;

void SettingsPage::step(std::string request, SharedReply reply) {
  spawn_("settings step", answer(std::move(request), std::move(reply)));
}

Task<> SettingsPage::answer(std::string request, SharedReply reply) {
  Result<Json> document = Json::parse(request);
  if (!document) {
    reply->send(Error{Code::invalid, "the request is not JSON: " + document.error().message, {}});
    co_return Result<>{};
  }
  reply->send_json(co_await flow_.step(*std::move(document)));
  co_return Result<>{};
}

Task<settings::FlowUser> SettingsPage::user(std::string id) {
  CO_TRY(const HostUser known, co_await context_.host.user(std::move(id)));
  settings::FlowUser user{known.id, known.administrator, known.default_calendar};
  co_return user;
}

Task<std::optional<settings::OAuthClient>> SettingsPage::oauth_client() {
  return context_.vault.oauth_client();
}

Task<> SettingsPage::store_oauth_client(settings::OAuthClient client) {
  CO_TRY_VOID(co_await context_.vault.store_oauth_client(std::move(client)));
  context_.google.forget_all();
  co_return Result<>{};
}

Task<std::string> SettingsPage::begin_consent(std::string account, std::string state,
                                              std::string callback_url, std::string login_hint) {
  CO_TRY(const std::optional<settings::OAuthClient> client, co_await context_.vault.oauth_client());
  if (!client)
    co_return Error{Code::denied, "no OAuth client is set up; an administrator must enter it", {}};
  base::Pkce pkce = base::new_pkce(context_.random);
  CO_TRY_VOID(co_await context_.vault.store_verifier(account, std::move(pkce.verifier)));
  oauth::AuthorizationRequest request{client->client_id, std::move(callback_url), std::move(state),
                                      std::move(pkce.challenge), std::move(login_hint)};
  co_return oauth::authorization_url(context_.google.tokens().endpoints(), request);
}

Task<settings::Grant> SettingsPage::end_consent(std::string account, std::string code,
                                                std::string callback_url) {
  CO_TRY(const std::optional<settings::OAuthClient> client, co_await context_.vault.oauth_client());
  if (!client)
    co_return Error{Code::denied, "no OAuth client is set up; an administrator must enter it", {}};
  Result<std::string> verifier = co_await context_.vault.take_verifier(account);
  if (!verifier && verifier.error().code == Code::not_found)
    co_return Error{Code::needs_auth, "this consent was used already; start again", {}};
  if (!verifier) co_return std::move(verifier).error();

  oauth::ClientCredentials credentials{client->client_id, client->client_secret};
  CO_TRY(oauth::Tokens tokens,
         co_await context_.google.tokens().exchange(std::move(credentials), std::move(code),
                                                    *std::move(verifier), std::move(callback_url)));
  Result<oauth::Identity> claimed = oauth::identity_of(tokens.id_token, client->client_id);
  if (!claimed) claimed = co_await context_.google.tokens().userinfo(tokens.access_token);
  CO_TRY(const oauth::Identity identity, std::move(claimed));
  if (tokens.refresh_token.empty())
    co_return Error{
        Code::denied,
        "Google gave no lasting access; remove this app from the Google account and try again",
        {}};

  settings::Grant grant{identity.sub, identity.email, oauth::missing_scopes(tokens.scopes).empty()};
  StoredGrant stored{std::move(tokens.refresh_token), identity.sub, identity.email};
  CO_TRY_VOID(co_await context_.vault.store_grant(account, Which::offered, std::move(stored)));
  consent_tokens_[account] = std::move(tokens);
  co_return grant;
}

Task<> SettingsPage::keep_grant(std::string account) {
  CO_TRY(StoredGrant grant, co_await context_.vault.grant(account, Which::offered));
  CO_TRY_VOID(co_await context_.vault.store_grant(account, Which::kept, std::move(grant)));
  CO_TRY_VOID(co_await context_.vault.erase_grant(account, Which::offered));
  context_.google.forget(account);
  if (const auto fresh = consent_tokens_.find(account); fresh != consent_tokens_.end()) {
    oauth::Tokens tokens = std::move(fresh->second);
    consent_tokens_.erase(fresh);
    CO_TRY(const std::shared_ptr<GoogleAccess> access, co_await context_.google.of(account));
    access->use_consent_tokens(std::move(tokens));
  }
  co_return Result<>{};
}

Task<bool> SettingsPage::is_connected(std::string account) {
  const Result<Account> known = co_await context_.host.account(std::move(account));
  if (!known && known.error().code == Code::not_found) co_return false;
  if (!known) co_return known.error();
  co_return known->state != "disconnected";
}

Task<> SettingsPage::revoke_grant(std::string account) {
  consent_tokens_.erase(account);
  CO_TRY(const bool connected, co_await is_connected(account));
  std::string except =
      connected
          ? std::string()
          : account;  // named: GCC 12 destroys the temporary of a conditional twice inside co_await
  CO_TRY_VOID(co_await revoke_if_unused(account, Which::offered, std::move(except)));
  if (connected) co_return Result<>{};
  CO_TRY_VOID(co_await revoke_if_unused(account, Which::kept, account));
  context_.google.forget(account);
  co_return Result<>{};
}

// Deletes a grant. Google revokes all access of the user's Google account to this client, whichever
// token is given, so it is revoked only if no other connected account uses the same Google account
// (PD-14).
Task<> SettingsPage::revoke_if_unused(std::string account, Which which, std::string except) {
  Result<StoredGrant> grant = co_await context_.vault.grant(account, which);
  if (!grant && grant.error().code == Code::not_found) co_return Result<>{};
  if (!grant) co_return std::move(grant).error();
  CO_TRY(const std::vector<Account> accounts, co_await context_.host.accounts());
  const bool needed = std::ranges::any_of(accounts, [&](const Account& one) {
    return one.id != except && one.state != "disconnected" && one.config.sub == grant->sub;
  });
  if (!needed) {
    const Result<> revoked =
        co_await context_.google.tokens().revoke(std::move(grant->refresh_token));
    // The token is erased here in any case. If the revocation failed, the grant remains at Google
    // until the user removes the app there.
    if (!revoked)
      context_.log.warning("grant.not_revoked",
                           Json::object({{"reason", revoked.error().message}}));
  }
  co_return co_await context_.vault.erase_grant(account, which);
}

Task<std::vector<settings::RemoteCalendar>> SettingsPage::calendars(std::string account) {
  CO_TRY(const std::shared_ptr<GoogleAccess> access,
         co_await context_.google.of(std::move(account)));
  co_return co_await read_remote_calendars(access->client());
}

Task<settings::PreviewState> SettingsPage::preview(std::string account, std::string user,
                                                   std::vector<settings::RemoteCalendar> visible) {
  CO_TRY(const Previews::Asked asked, previews_.ask(account, visible));
  if (asked.begin)
    spawn_("preview", previews_.observe(std::move(account), std::move(user), std::move(visible)));
  co_return asked.state;
}

Task<settings::AccountConfig> SettingsPage::config(std::string account) {
  CO_TRY(Account known, co_await context_.host.account(std::move(account)));
  co_return std::move(known.config);
}

Task<> SettingsPage::change_config(std::string account, settings::AccountConfig config) {
  CO_TRY_VOID(co_await context_.host.put_config(account, std::move(config)));
  co_return co_await requests_.now(account_key(account));
}

Task<settings::CopyableCounts> SettingsPage::copyable(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const std::vector<sync::Pair> pairs, co_await journal.pairs(std::move(account)));
  const auto default_pair = std::ranges::find_if(pairs, [](const sync::Pair& pair) {
    return pair.mode == sync::PairMode::two_way && pair.state == sync::PairState::live;
  });
  if (default_pair == pairs.end()) co_return settings::CopyableCounts();
  co_return co_await count_copyable(journal, *default_pair);
}

Task<> SettingsPage::set_account_state(std::string account, std::string state) {
  if (state == "disconnected") CO_TRY_VOID(co_await stop_channels(account));
  CO_TRY_VOID(co_await context_.host.set_account_state(account, std::move(state)));
  co_return co_await requests_.now(account_key(account));
}

// Called before the grant is revoked. A channel that cannot be stopped expires by itself; until
// then its notifications are rejected as unknown.
Task<> SettingsPage::stop_channels(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const std::vector<sync::Pair> pairs, co_await journal.pairs(account));
  const Result<std::shared_ptr<GoogleAccess>> access = co_await context_.google.of(account);
  if (!access || (*access)->dead()) co_return Result<>{};
  for (const sync::Pair& pair : pairs) {
    PairChannels channels(context_.database, context_.blocking, pair.id);
    google::ChannelRequest unwanted{pair.remote_calendar, {}, false, {}};
    const Result<google::ChannelReport> report = co_await google::maintain_channels(
        (*access)->client(), channels, std::move(unwanted), context_.clock, context_.random);
    if (!report)
      context_.log.warning("channel.not_stopped",
                           Json::object({{"pair", pair.id}, {"reason", report.error().message}}));
  }
  co_return Result<>{};
}

Task<std::size_t> SettingsPage::held_deletions(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const auto reasons, co_await journal.held_reasons(std::move(account)));
  const auto found = reasons.find(sync::kHeldInferred);
  co_return found == reasons.end() ? std::size_t{0} : found->second;
}

// apply: the links become active again and the next cycle deletes. Otherwise the appointments stay
// in the CRM without a link.
Task<> SettingsPage::decide_held_deletions(std::string account, bool apply) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(std::vector<sync::Link> links, co_await journal.held(account));
  CO_TRY_VOID(co_await sync::resolve_held_deletions(
      journal, std::move(links), apply ? sync::HeldDecision::remove : sync::HeldDecision::keep));
  co_return co_await requests_.now(account_key(account));
}

Task<> SettingsPage::forget(std::string account) {
  Result<std::string> verifier = co_await context_.vault.take_verifier(account);
  if (!verifier && verifier.error().code != Code::not_found) co_return std::move(verifier).error();
  CO_TRY_VOID(co_await context_.vault.erase_grant(account, Which::offered));
  const Result<Account> known = co_await context_.host.account(account);
  if (known) co_return Result<>{};
  if (known.error().code != Code::not_found) co_return known.error();
  CO_TRY_VOID(co_await context_.vault.erase_grant(account, Which::kept));
  context_.google.forget(account);
  co_return co_await previews_.forget(std::move(account));
}

}  // namespace gcal::plugin
