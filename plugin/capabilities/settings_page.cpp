#include "plugin/capabilities/settings_page.hpp"

#include <algorithm>

#include "plugin/account/move_appointments.hpp"
#include "plugin/adapters/channel_store.hpp"
#include "src/common/base/pkce.hpp"
#include "src/engine/google/calendar_list.hpp"
#include "src/engine/google/watch.hpp"
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
  CO_TRY(const HostUser known, co_await parts_.host.user(std::move(id)));
  settings::FlowUser user{known.id, known.administrator, known.default_calendar};
  co_return user;
}

Task<std::optional<settings::OAuthClient>> SettingsPage::oauth_client() {
  return parts_.vault.oauth_client();
}

Task<> SettingsPage::store_oauth_client(settings::OAuthClient client) {
  CO_TRY_VOID(co_await parts_.vault.store_oauth_client(std::move(client)));
  parts_.google.forget_all();
  co_return Result<>{};
}

Task<std::string> SettingsPage::begin_consent(std::string account, std::string state,
                                              std::string callback_url, std::string login_hint) {
  CO_TRY(const std::optional<settings::OAuthClient> client, co_await parts_.vault.oauth_client());
  if (!client)
    co_return Error{Code::denied, "no OAuth client is set up; an administrator must enter it", {}};
  base::Pkce pkce = base::new_pkce(parts_.random);
  CO_TRY_VOID(co_await parts_.vault.store_verifier(account, std::move(pkce.verifier)));
  oauth::AuthorizationRequest request{client->client_id, std::move(callback_url), std::move(state),
                                      std::move(pkce.challenge), std::move(login_hint)};
  co_return oauth::authorization_url(parts_.google.tokens().endpoints(), request);
}

Task<settings::Grant> SettingsPage::end_consent(std::string account, std::string code,
                                                std::string callback_url) {
  CO_TRY(const std::optional<settings::OAuthClient> client, co_await parts_.vault.oauth_client());
  if (!client)
    co_return Error{Code::denied, "no OAuth client is set up; an administrator must enter it", {}};
  Result<std::string> verifier = co_await parts_.vault.take_verifier(account);
  if (!verifier && verifier.error().code == Code::not_found)
    co_return Error{Code::needs_auth, "this consent was used already; start again", {}};
  if (!verifier) co_return std::move(verifier).error();

  oauth::ClientCredentials credentials{client->client_id, client->client_secret};
  CO_TRY(oauth::Tokens tokens,
         co_await parts_.google.tokens().exchange(std::move(credentials), std::move(code),
                                                  *std::move(verifier), std::move(callback_url)));
  Result<oauth::Identity> told = oauth::identity_of(tokens.id_token, client->client_id);
  if (!told) told = co_await parts_.google.tokens().userinfo(tokens.access_token);
  CO_TRY(const oauth::Identity identity, std::move(told));
  if (tokens.refresh_token.empty())
    co_return Error{
        Code::denied,
        "Google gave no lasting access; remove this app from the Google account and try again",
        {}};

  settings::Grant grant{identity.sub, identity.email, oauth::missing_scopes(tokens.scopes).empty()};
  StoredGrant stored{std::move(tokens.refresh_token), identity.sub, identity.email};
  CO_TRY_VOID(co_await parts_.vault.store_grant(account, Which::offered, std::move(stored)));
  fresh_[account] = std::move(tokens);
  co_return grant;
}

Task<> SettingsPage::keep_grant(std::string account) {
  CO_TRY(StoredGrant grant, co_await parts_.vault.grant(account, Which::offered));
  CO_TRY_VOID(co_await parts_.vault.store_grant(account, Which::kept, std::move(grant)));
  CO_TRY_VOID(co_await parts_.vault.erase_grant(account, Which::offered));
  parts_.google.forget(account);
  if (const auto fresh = fresh_.find(account); fresh != fresh_.end()) {
    oauth::Tokens tokens = std::move(fresh->second);
    fresh_.erase(fresh);
    CO_TRY(const std::shared_ptr<GoogleAccess> access, co_await parts_.google.of(account));
    access->begin_with(std::move(tokens));
  }
  co_return Result<>{};
}

Task<bool> SettingsPage::is_connected(std::string account) {
  const Result<Account> known = co_await parts_.host.account(std::move(account));
  if (!known && known.error().code == Code::not_found) co_return false;
  if (!known) co_return known.error();
  co_return known->state != "disconnected";
}

Task<> SettingsPage::revoke_grant(std::string account) {
  fresh_.erase(account);
  CO_TRY(const bool connected, co_await is_connected(account));
  std::string except =
      connected ? std::string()
                : account;  // named: GCC 12 destroys a conditional's text twice inside co_await
  CO_TRY_VOID(co_await give_back(account, Which::offered, std::move(except)));
  if (connected) co_return Result<>{};
  CO_TRY_VOID(co_await give_back(account, Which::kept, account));
  parts_.google.forget(account);
  co_return Result<>{};
}

// Google revokes a person's whole grant for our client, whichever token is named: only when no
// other account lives on it.
Task<> SettingsPage::give_back(std::string account, Which which, std::string except) {
  Result<StoredGrant> grant = co_await parts_.vault.grant(account, which);
  if (!grant && grant.error().code == Code::not_found) co_return Result<>{};
  if (!grant) co_return std::move(grant).error();
  CO_TRY(const std::vector<Account> accounts, co_await parts_.host.accounts());
  const bool needed = std::ranges::any_of(accounts, [&](const Account& one) {
    return one.id != except && one.state != "disconnected" && one.config.sub == grant->sub;
  });
  if (!needed) {
    const Result<> revoked =
        co_await parts_.google.tokens().revoke(std::move(grant->refresh_token));
    // Erased here in any case; what Google could not be told ends when the person removes the app
    // there.
    if (!revoked)
      parts_.log.warning("grant.not_revoked", Json::object({{"reason", revoked.error().message}}));
  }
  co_return co_await parts_.vault.erase_grant(account, which);
}

Task<std::vector<settings::RemoteCalendar>> SettingsPage::calendars(std::string account) {
  CO_TRY(const std::shared_ptr<GoogleAccess> access, co_await parts_.google.of(std::move(account)));
  CO_TRY(std::vector<google::CalendarEntry> entries,
         co_await google::read_calendar_list(access->client()));
  std::vector<settings::RemoteCalendar> calendars;
  for (google::CalendarEntry& entry : entries)
    calendars.push_back({std::move(entry.id), std::move(entry.name), std::move(entry.color),
                         std::move(entry.role), std::move(entry.time_zone), entry.primary});
  co_return calendars;
}

Task<settings::PreviewState> SettingsPage::preview(std::string account, std::string user,
                                                   std::vector<settings::RemoteCalendar> visible) {
  CO_TRY(const Previews::Asked asked, previews_.ask(account, visible));
  if (asked.begin)
    spawn_("preview", previews_.observe(std::move(account), std::move(user), std::move(visible)));
  co_return asked.state;
}

Task<settings::AccountConfig> SettingsPage::config(std::string account) {
  CO_TRY(Account known, co_await parts_.host.account(std::move(account)));
  co_return std::move(known.config);
}

Task<> SettingsPage::change_config(std::string account, settings::AccountConfig config) {
  CO_TRY_VOID(co_await parts_.host.put_config(account, std::move(config)));
  co_return co_await requests_.now(account_key(account));
}

Task<settings::Copyable> SettingsPage::copyable(std::string account) {
  store::SqlJournal journal(parts_.database, parts_.blocking, parts_.random, 0);
  CO_TRY(const std::vector<sync::Pair> pairs, co_await journal.pairs(std::move(account)));
  const auto home = std::ranges::find_if(pairs, [](const sync::Pair& pair) {
    return pair.mode == sync::PairMode::two_way && pair.state == sync::PairState::live;
  });
  if (home == pairs.end()) co_return settings::Copyable();
  co_return co_await count_copyable(journal, *home);
}

Task<> SettingsPage::set_account_state(std::string account, std::string state) {
  if (state == "disconnected") CO_TRY_VOID(co_await stop_channels(account));
  CO_TRY_VOID(co_await parts_.host.set_account_state(account, std::move(state)));
  co_return co_await requests_.now(account_key(account));
}

// While the grant is still good. A channel that cannot be stopped ends by itself, and its messages
// are those of a stranger by then.
Task<> SettingsPage::stop_channels(std::string account) {
  store::SqlJournal journal(parts_.database, parts_.blocking, parts_.random, 0);
  CO_TRY(const std::vector<sync::Pair> pairs, co_await journal.pairs(account));
  const Result<std::shared_ptr<GoogleAccess>> access = co_await parts_.google.of(account);
  if (!access || (*access)->dead()) co_return Result<>{};
  for (const sync::Pair& pair : pairs) {
    PairChannels channels(parts_.database, parts_.blocking, pair.id);
    google::Watch unwanted{pair.remote_calendar, {}, false, {}};
    const Result<google::WatchReport> report = co_await google::tend_channels(
        (*access)->client(), channels, std::move(unwanted), parts_.clock, parts_.random);
    if (!report)
      parts_.log.warning("channel.not_stopped",
                         Json::object({{"pair", pair.id}, {"reason", report.error().message}}));
  }
  co_return Result<>{};
}

Task<std::size_t> SettingsPage::held_deletions(std::string account) {
  store::SqlJournal journal(parts_.database, parts_.blocking, parts_.random, 0);
  CO_TRY(const auto reasons, co_await journal.held_reasons(std::move(account)));
  const auto found = reasons.find(sync::kHeldInferred);
  co_return found == reasons.end() ? std::size_t{0} : found->second;
}

// Apply: the links wake up and the next cycle deletes. Keep: the appointments stay in the CRM
// without a link.
Task<> SettingsPage::decide_held_deletions(std::string account, bool apply) {
  store::SqlJournal journal(parts_.database, parts_.blocking, parts_.random, 0);
  CO_TRY(std::vector<sync::Link> links, co_await journal.held(account));
  CO_TRY_VOID(co_await sync::resolve_held_deletions(
      journal, std::move(links), apply ? sync::HeldDecision::remove : sync::HeldDecision::keep));
  co_return co_await requests_.now(account_key(account));
}

Task<> SettingsPage::forget(std::string account) {
  Result<std::string> verifier = co_await parts_.vault.take_verifier(account);
  if (!verifier && verifier.error().code != Code::not_found) co_return std::move(verifier).error();
  CO_TRY_VOID(co_await parts_.vault.erase_grant(account, Which::offered));
  const Result<Account> known = co_await parts_.host.account(account);
  if (known) co_return Result<>{};
  if (known.error().code != Code::not_found) co_return known.error();
  CO_TRY_VOID(co_await parts_.vault.erase_grant(account, Which::kept));
  parts_.google.forget(account);
  co_return co_await previews_.forget(std::move(account));
}

}  // namespace gcal::plugin
