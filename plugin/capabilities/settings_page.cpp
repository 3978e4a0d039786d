#include "plugin/capabilities/settings_page.hpp"

#include <algorithm>

#include "plugin/account/default_calendar.hpp"
#include "plugin/account/disconnect_removal.hpp"
#include "plugin/account/held_decisions.hpp"
#include "plugin/account/move_appointments.hpp"
#include "plugin/account/other_accounts.hpp"
#include "plugin/account/reconcile_pairs.hpp"
#include "plugin/adapters/remote_calendars.hpp"
#include "src/common/base/pkce.hpp"
#include "src/engine/store/journal.hpp"

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

Task<settings::FlowUser> SettingsPage::user(std::string id, std::string account) {
  CO_TRY(const HostUser known, co_await context_.host.user(std::move(id)));
  const std::string of_all_accounts;
  CO_TRY(const std::vector<HostCalendar> calendars,
         co_await context_.host.calendars(of_all_accounts));
  settings::FlowUser user{
      known.id, known.administrator, {}, known.locale, context_.host.services().mailer.has_value()};
  for (const HostCalendar& one : calendars)
    if (one.id == known.default_calendar && one.account != account)
      user.default_elsewhere = one.name;
  co_return user;
}

// Where another account of the user has the default, or shows the calendar, the first run decides:
// it drains one calendar before another becomes the default.
Task<std::optional<Json>> SettingsPage::first_default(std::string user, std::string account,
                                                      settings::AccountConfig config) {
  const auto chosen =
      std::ranges::find(config.visible, config.default_calendar, &settings::RemoteCalendar::id);
  if (chosen == config.visible.end() || !chosen->writable()) co_return std::nullopt;
  CO_TRY(const HostUser known, co_await context_.host.user(user));
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const std::optional<sync::Pair> present,
         co_await journal.pair_of_crm_calendar(known.default_calendar));
  if (present) co_return std::nullopt;
  sync::Pair pair;
  pair.account = account;
  pair.remote_calendar = chosen->id;
  const Account connected{account, user, "active", config, {}};
  CO_TRY(const bool elsewhere, co_await shown_by_another(context_, journal, connected, pair));
  if (elsewhere) co_return std::nullopt;
  co_return to_json(calendar_for(connected, *chosen));
}

Task<std::optional<settings::OAuthClient>> SettingsPage::oauth_client() {
  return context_.vault.oauth_client();
}

Task<> SettingsPage::store_oauth_client(settings::OAuthClient client) {
  CO_TRY_VOID(co_await context_.vault.store_oauth_client(std::move(client)));
  context_.google.forget_all();
  // What the old client could not do is done now.
  CO_TRY(const std::vector<Account> accounts, co_await context_.host.accounts());
  for (const Account& account : accounts)
    if (account.state == "active") CO_TRY_VOID(co_await requests_.now(account_key(account.id)));
  co_return Result<>{};
}

Task<std::string> SettingsPage::begin_consent(std::string account, std::string state,
                                              std::string callback_url, std::string login_hint) {
  CO_TRY(const std::optional<settings::OAuthClient> client, co_await context_.vault.oauth_client());
  if (!client)
    co_return Error{Code::denied, "no OAuth client is set up; an administrator must enter it", {}};
  base::Pkce pkce = base::new_pkce(context_.random);
  oauth::AuthorizationRequest request{
      client->client_id,         std::move(callback_url),        std::move(state),
      std::move(pkce.challenge), oauth::nonce_of(pkce.verifier), std::move(login_hint)};
  CO_TRY_VOID(co_await context_.vault.store_verifier(account, std::move(pkce.verifier)));
  co_return oauth::authorization_url(context_.google.tokens().endpoints(), request);
}

Task<settings::Grant> SettingsPage::end_consent(std::string account, std::string code,
                                                std::string callback_url) {
  CO_TRY(const std::optional<settings::OAuthClient> client, co_await context_.vault.oauth_client());
  if (!client)
    co_return Error{Code::denied, "no OAuth client is set up; an administrator must enter it", {}};
  Result<std::string> verifier = co_await context_.vault.take_verifier(account);
  if (!verifier && is_missing(verifier.error().code))
    co_return Error{Code::needs_auth, "this consent was used already; start again", {}};
  if (!verifier) co_return std::move(verifier).error();

  oauth::ClientCredentials credentials{client->client_id, client->client_secret};
  const std::string nonce = oauth::nonce_of(*verifier);
  CO_TRY(oauth::Tokens tokens,
         co_await context_.google.tokens().exchange(std::move(credentials), std::move(code),
                                                    *std::move(verifier), std::move(callback_url)));
  const oauth::ExpectedToken expected{client->client_id, nonce, context_.clock.now()};
  Result<oauth::Identity> claimed = oauth::identity_of(tokens.id_token, expected);
  // Without a usable one Google is asked whose token it is; one that contradicts is an end.
  if (!claimed && claimed.error().code == Code::invalid)
    claimed = co_await context_.google.tokens().userinfo(tokens.access_token);
  CO_TRY(const oauth::Identity identity, std::move(claimed));
  if (tokens.refresh_token.empty())
    co_return Error{
        Code::denied,
        "Google gave no lasting access; remove this app from the Google account and try again",
        {}};

  settings::Grant grant{identity.sub, identity.email, oauth::missing_scopes(tokens.scopes).empty(),
                        !identity.hosted_domain.empty()};
  StoredGrant stored{std::move(tokens.refresh_token), identity.sub, identity.email};
  CO_TRY_VOID(co_await context_.vault.note_consent(identity.sub, account));
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

// The grant is out of use when this returns. A run revokes it at Google, and is repeated until
// Google has answered (PD-14).
Task<> SettingsPage::revoke_grant(std::string account) {
  consent_tokens_.erase(account);
  CO_TRY(const bool connected, co_await is_connected(account));
  CO_TRY_VOID(co_await context_.vault.retire_grant(account, Which::offered));
  if (!connected) {
    CO_TRY_VOID(co_await context_.vault.retire_grant(account, Which::kept));
    context_.google.close(account);
  }
  memory_[account].check_retired = true;
  co_return co_await requests_.now(account_key(account));
}

Task<std::vector<settings::RemoteCalendar>> SettingsPage::calendars(std::string account) {
  CO_TRY(const std::shared_ptr<GoogleAccess> access, co_await context_.google.of(account));
  CO_TRY(std::vector<settings::RemoteCalendar> listed,
         co_await read_remote_calendars(access->client()));
  const Result<Account> known = co_await context_.host.account(std::move(account));
  if (!known && known.error().code != Code::not_found) co_return known.error();
  if (known) settings::name_primary_as(known->config.visible, listed);
  co_return listed;
}

Task<settings::PreviewState> SettingsPage::preview(std::string account, std::string user,
                                                   std::vector<settings::RemoteCalendar> visible) {
  CO_TRY(const Previews::Asked asked, previews_.ask(account, visible));
  if (asked.begin) spawn_("preview", previews_.observe(std::move(account), std::move(user)));
  co_return asked.state;
}

// A default that was set in the CRM since the account's last run is the one that the form shows.
Task<settings::AccountConfig> SettingsPage::config(std::string account) {
  CO_TRY(Account known, co_await context_.host.account(std::move(account)));
  CO_TRY(const std::vector<HostCalendar> calendars, co_await context_.host.calendars(known.id));
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(known, co_await follow_default(context_, journal, std::move(known), calendars));
  co_return std::move(known.config);
}

Task<settings::AccountConfig> SettingsPage::change_config(std::string account,
                                                          settings::ConfigEdit edit) {
  CO_TRY(Account stored, co_await context_.host.edit_config(account, std::move(edit)));
  CO_TRY_VOID(co_await requests_.now(account_key(account)));
  co_return std::move(stored.config);
}

Task<settings::CopyableCounts> SettingsPage::copyable(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const std::vector<sync::Pair> pairs, co_await journal.pairs(std::move(account)));
  const auto default_pair = std::ranges::find_if(pairs, [](const sync::Pair& pair) {
    return pair.is_default && pair.state == sync::PairState::live;
  });
  if (default_pair == pairs.end()) co_return settings::CopyableCounts();
  co_return co_await count_copyable(context_, journal, *default_pair);
}

Task<> SettingsPage::set_account_state(std::string account, std::string state) {
  const bool active = state == "active";
  CO_TRY_VOID(co_await context_.host.set_account_state(account, std::move(state)));
  if (!active) context_.google.close(account);  // a run under way sends no further request
  co_return co_await requests_.now(account_key(account));
}

Task<std::size_t> SettingsPage::held_deletions(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const auto reasons, co_await journal.held_reasons(std::move(account)));
  const auto found = reasons.find(sync::kHeldInferred);
  co_return found == reasons.end() ? std::size_t{0} : found->second;
}

// apply: the links become active again and the next cycle deletes. Otherwise the appointments stay
// in the CRM without a link. The run does both, because a run may be writing the links now.
Task<> SettingsPage::decide_held_deletions(std::string account, bool apply) {
  CO_TRY_VOID(co_await record_deletion_decision(context_, account, apply));
  memory_[account].check_held_decisions = true;
  co_return co_await requests_.now(account_key(account));
}

Task<settings::HeldConflicts> SettingsPage::held_conflicts(std::string account) {
  return plugin::held_conflicts(context_, std::move(account));
}

Task<> SettingsPage::decide_conflict(std::string account, std::string link, bool take_crm) {
  CO_TRY_VOID(co_await record_conflict_decision(context_, account, std::move(link), take_crm));
  memory_[account].check_held_decisions = true;
  co_return co_await requests_.now(account_key(account));
}

Task<std::size_t> SettingsPage::held_items(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const std::vector<sync::HeldItem> items,
         co_await journal.held_items_of_account(std::move(account)));
  co_return static_cast<std::size_t>(std::ranges::count_if(
      items, [](const sync::HeldItem& item) { return item.reason != sync::kHeldMails; }));
}

Task<> SettingsPage::try_held_again(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY_VOID(co_await journal.try_held_again(account));
  co_return co_await requests_.now(account_key(account));
}

Task<std::size_t> SettingsPage::withheld_mails(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY(const std::vector<sync::HeldItem> items,
         co_await journal.held_items_of_account(std::move(account)));
  co_return static_cast<std::size_t>(
      std::ranges::count(items, sync::kHeldMails, &sync::HeldItem::reason));
}

// Also what only waits for its undo leaves now.
Task<> SettingsPage::send_mails(std::string account) {
  store::SqlJournal journal(context_.database, context_.blocking, context_.random, 0);
  CO_TRY_VOID(co_await journal.allow_mails(account));
  memory_[account].send_mails = true;
  co_return co_await requests_.now(account_key(account));
}

Task<settings::RemovableCounts> SettingsPage::removable(std::string account) {
  CO_TRY(const sync::RemovalCounts counts, co_await count_removable(context_, std::move(account)));
  settings::RemovableCounts found{counts.copies, counts.remote_events, counts.with_guests};
  co_return found;
}

Task<> SettingsPage::choose_removal(std::string account, settings::RemovalAnswer answer) {
  const sync::RemovalChoice choice{answer.copies, answer.events, answer.mail_guests};
  return record_removal(context_, std::move(account), choice, 0);
}

Task<> SettingsPage::forget(std::string account) {
  Result<std::string> verifier = co_await context_.vault.take_verifier(account);
  if (!verifier && !is_missing(verifier.error().code)) co_return std::move(verifier).error();
  CO_TRY_VOID(co_await context_.vault.erase_grant(account, Which::offered));
  const Result<Account> known = co_await context_.host.account(account);
  if (known) co_return Result<>{};
  if (known.error().code != Code::not_found) co_return known.error();
  CO_TRY_VOID(co_await context_.vault.erase_grant(account, Which::kept));
  context_.google.forget(account);
  co_return co_await previews_.forget(std::move(account));
}

}  // namespace gcal::plugin
