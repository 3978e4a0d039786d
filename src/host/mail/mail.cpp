#include "src/host/mail/mail.hpp"

#include <curl/curl.h>

#include <utility>

#include "src/common/base/id.hpp"
#include "src/host/mail/address.hpp"
#include "src/host/mail/composition.hpp"
#include "src/host/mail/host_mails.hpp"
#include "src/host/mail/mail_batch.hpp"

namespace host::mail {
namespace {

// Messages of the host have no plugin.
constexpr std::string_view kHost;

Error stale_fence() {
  return {Code::conflict, "a newer run of this task has begun", {}};
}

Json refusal(const Error& error) {
  return Json::object(
      {{"status", static_cast<std::int64_t>(error.code)}, {"message", error.message}});
}

Json acceptance(const StoredMail& mail) {
  return Json::object({{"status", 0}, {"id", mail.id}, {"state", mail.state}});
}

Json limits() {
  return Json::object({{"key", kMaxKey},
                       {"group", kMaxGroup},
                       {"subject", kMaxSubject},
                       {"text", kMaxText},
                       {"html", kMaxText},
                       {"calendar", kMaxCalendar},
                       {"images", kMaxImages},
                       {"image", kMaxImage},
                       {"message", kMaxMessage},
                       {"batch", kMaxBatch},
                       {"waiting", kMaxWaiting}});
}

// A delay that the mail server asks for one recipient says nothing about the others.
bool is_of_this_message(const SmtpOutcome& outcome) {
  return (outcome.curl_code == CURLE_SEND_ERROR || outcome.curl_code == CURLE_WEIRD_SERVER_REPLY) &&
         outcome.code >= 400 && outcome.code < 500 && outcome.code != 421;
}

}  // namespace

Mail::Mail(Crm& crm, MailOptions options)
    : crm_(crm),
      transport_(options.transport ? std::move(options.transport) : smtp_transport()),
      public_url_(std::move(options.public_url)),
      queue_(crm.database(), crm.random()),
      logos_(crm.database()),
      settings_(crm.database(), crm.secrets(), crm.random()) {}

Result<std::unique_ptr<Mail>> Mail::open(Crm& crm, MailOptions options) {
  std::unique_ptr<Mail> mail(new Mail(crm, std::move(options)));
  TRY(mail->installation_, mail->settings_.installation());
  TRY(const std::int64_t held, mail->queue_.hold_after_restore(mail->now()));
  if (held > 0) crm.log().warning("mail.held", Json::object({{"messages", held}}));
  TRY_VOID(mail->queue_.release_leases(mail->now()));
  return mail;
}

std::int64_t Mail::now() const {
  return crm_.clock().now().time_since_epoch().count();
}

void Mail::on_change(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void Mail::changed() {
  tell_users();
  const std::lock_guard lock(mutex_);
  if (wake_) wake_();
}

void Mail::tell_users() {
  for (const std::string& user : queue_.take_changed_users())
    crm_.bus().publish({.kind = hosting::Change::Kind::mail, .user = user});
}

// --- crm.mailer/0 ---

Result<Json> Mail::info(std::string_view plugin) const {
  TRY(const MailSettings settings, settings_.read());
  TRY(const std::string state, settings_.state(now()));
  TRY(const auto logos, logos_.of_plugin(plugin));
  Json domains = Json::array(), by_account = Json::object();
  for (const std::string& domain : settings.own_domains) domains.push(domain);
  for (const Logo& logo : logos) by_account.set(logo.account, logo.to_json());
  return Json::object({{"state", state},
                       {"from", settings.from},
                       {"own_domains", std::move(domains)},
                       {"hold_ms", settings.hold_ms},
                       {"limits", limits()},
                       {"logos", std::move(by_account)}});
}

Result<std::string> Mail::first_message_id(std::string_view plugin, const MailMessage& message,
                                           std::string_view from) const {
  if (message.first_key.empty()) return std::string();
  return crm_.database().read([&](Connection& c) -> Result<std::string> {
    TRY(const auto known, c.text("SELECT message_id FROM mail_messages WHERE plugin=?1 AND key=?2",
                                 plugin, message.first_key));
    return known ? *known : identity_of(installation_, plugin, message.first_key, from).message_id;
  });
}

Result<Mail::Composed> Mail::compose_one(std::string_view plugin, const MailSettings& settings,
                                         MailMessage message) const {
  const Mailbox from{message.from_name,
                     message.from_address.empty() ? settings.from : message.from_address};
  const MessageIdentity identity = identity_of(installation_, plugin, message.key, from.address);
  TRY(const std::string first, first_message_id(plugin, message, from.address));
  Composed out;
  TRY(out.mail.bytes, compose(message, from, identity, first, crm_.clock().now()));
  out.mail.plugin = std::string(plugin);
  out.mail.sender = settings.envelope_sender();
  out.mail.message_id = identity.message_id;
  out.mail.content =
      Json::object({{"text", message.text},
                    {"html", html_for_page(message)},
                    {"calendar", message.calendar ? message.calendar->text : std::string()}})
          .dump();
  out.message = std::move(message);
  return out;
}

Result<Mail::Composed> Mail::read_and_compose(std::string_view plugin, const MailSettings& settings,
                                              const Json& batch, const Json& message) const {
  const FindLogo find_logo = [&](std::string_view account) -> Result<std::optional<Logo>> {
    TRY(auto logo, logos_.of_account(account));
    if (logo && logo->plugin != plugin) logo.reset();
    return logo;
  };
  TRY(MailMessage read, read_message(batch, message, settings, find_logo));
  const auto user = crm_.users().get(read.user);
  if (!user) return Error{Code::invalid, "user: there is no such user", {}};
  return compose_one(plugin, settings, std::move(read));
}

Result<std::optional<StoredMail>> Mail::accepted_before(std::string_view plugin,
                                                        const std::string& key) const {
  return crm_.database().read([&](Connection& c) { return queue_.find(c, plugin, key); });
}

// Rendered before the transaction: a fault is answered to the caller, and the writer is not kept
// waiting.
Result<Json> Mail::submit(std::string_view plugin, std::int64_t fence, const Json& batch,
                          const hosting::FenceCheck& fence_is_current) {
  TRY(const Json::Array messages, messages_of(batch, kMaxBatch));
  TRY(const MailSettings settings, settings_.read());
  if (settings.is_off()) return Error{Code::unavailable, "no mail server is configured", {}};
  std::vector<Result<Composed>> composed;
  for (const Json& message : messages) {
    TRY(const auto before, accepted_before(plugin, message.string("key")));
    if (before) {
      Composed known;
      known.message.key = before->key;
      composed.emplace_back(std::move(known));
    } else {
      composed.push_back(read_and_compose(plugin, settings, batch, message));
    }
  }
  TRY(Json results, crm_.database().write([&](Connection& c) -> Result<Json> {
    if (!fence_is_current(plugin, fence)) return stale_fence();
    Json list = Json::array();
    for (const auto& one : composed) {
      if (!one) {
        list.push(refusal(one.error()));
        continue;
      }
      TRY(const auto before, queue_.find(c, plugin, one->message.key));
      if (before) {
        list.push(acceptance(*before));
        continue;
      }
      auto stored = queue_.put(c, one->message, one->mail, settings.hold_ms, now());
      if (!stored && stored.error().message.find("too many messages") == std::string::npos)
        return std::move(stored).error();
      list.push(stored ? acceptance(*stored) : refusal(stored.error()));
    }
    return list;
  }));
  changed();
  return results;
}

Result<Json> Mail::withdraw(std::string_view plugin, std::int64_t fence,
                            const std::vector<std::string>& keys,
                            const hosting::FenceCheck& fence_is_current) {
  if (keys.size() > kMaxKeys)
    return Error{Code::invalid, "keys: at most " + std::to_string(kMaxKeys), {}};
  auto results = crm_.database().write([&](Connection& c) -> Result<Json> {
    if (!fence_is_current(plugin, fence)) return stale_fence();
    Json list = Json::array();
    for (const std::string& key : keys) {
      auto mail = queue_.withdraw(c, plugin, key, now());
      if (!mail && mail.error().code != Code::conflict && mail.error().code != Code::not_found)
        return std::move(mail).error();
      if (mail) {
        list.push(acceptance(*mail));
        continue;
      }
      Json result = refusal(mail.error());
      TRY(const auto found, queue_.find(c, plugin, key));
      if (found) result.set("state", found->state);
      list.push(std::move(result));
    }
    return list;
  });
  tell_users();
  return results;
}

Result<Json> Mail::changes(std::string_view plugin, std::string_view cursor,
                           std::uint32_t limit) const {
  return queue_.changes(plugin, cursor, limit);
}

Result<Json> Mail::preview(std::string_view plugin, const Json& batch) const {
  TRY(const Json::Array messages, messages_of(batch, 1));
  TRY(MailSettings settings, settings_.read());
  if (settings.from.empty()) settings.from = "calendar@crm.invalid";
  TRY(const Composed composed, read_and_compose(plugin, settings, batch, messages.front()));
  return Json::object({{"subject", header_text(composed.message.subject)},
                       {"text", composed.message.text},
                       {"html", html_for_page(composed.message)},
                       {"raw", composed.mail.bytes}});
}

Result<> Mail::test(std::string_view user) {
  TRY(const User to, crm_.users().get(user));
  if (to.role != "admin" || to.is_removed())
    return Error{Code::denied, "test mails go to administrators", {}};
  TRY(const std::string code, settings_.new_code(now()));
  return put_own(test_mail(to, "test-" + gcal::base::new_id(crm_.random()), code, now()));
}

Result<> Mail::put_own(MailMessage message) {
  TRY(message.to.address, sendable_address(message.to.address));
  TRY(const MailSettings settings, settings_.read());
  TRY(const Composed composed, compose_one(kHost, settings, std::move(message)));
  TRY_VOID(crm_.database().write([&](Connection& c) -> Result<> {
    TRY(const auto before, queue_.find(c, kHost, composed.message.key));
    if (before) return {};
    TRY_VOID(queue_.put(c, composed.message, composed.mail, 0, now()));
    return {};
  }));
  changed();
  return {};
}

// --- delivery ---

Result<bool> Mail::deliver_one() {
  TRY(const MailSettings settings, settings_.read());
  if (settings.is_off()) return false;
  TRY(const auto next, queue_.next_at());
  if (!next || *next > now()) return false;
  TRY(const std::string state, settings_.state(now()));
  // Until a test mail of a new configuration was confirmed, nothing else leaves.
  TRY(const auto mail, queue_.take_due(now(), state == "untested"));
  tell_users();
  if (!mail) return false;
  TRY(const std::string password, settings_.password());
  const SmtpOutcome outcome =
      transport_->send(settings, password, {mail->sender, mail->recipient, mail->bytes});
  const Verdict verdict = verdict_of(outcome, tls_breaks_);
  tls_breaks_ = is_tls_break(outcome) ? tls_breaks_ + 1 : 0;
  AttemptEnd end{"queued", outcome.code, without_addresses(outcome.words())};
  if (verdict == Verdict::sent) end = {"sent", outcome.code, ""};
  if (verdict == Verdict::failed) end.state = "failed";
  TRY_VOID(queue_.end_attempt(*mail, end, now()));
  tell_users();
  TRY_VOID(note_outcome(outcome, verdict));
  crm_.log().info("mail.attempt", Json::object({{"id", mail->id},
                                                {"state", end.state},
                                                {"code", outcome.code},
                                                {"curl", outcome.curl_code}}));
  return true;
}

Result<> Mail::note_outcome(const SmtpOutcome& outcome, Verdict verdict) {
  TRY(const Trouble before, settings_.trouble());
  if (verdict == Verdict::sent || verdict == Verdict::failed || is_of_this_message(outcome)) {
    if (before.since == 0) return {};
    crm_.log().info("mail.works_again");
    return settings_.set_trouble({});
  }
  const bool is_configuration = verdict == Verdict::configuration;
  if (before.since == 0 || is_configuration != before.is_configuration)
    crm_.log().warning("mail.trouble", Json::object({{"configuration", is_configuration},
                                                     {"code", outcome.code},
                                                     {"curl", outcome.curl_code}}));
  return settings_.set_trouble({before.since == 0 ? now() : before.since, is_configuration,
                                outcome.code, without_addresses(outcome.words())});
}

// Once for each loss: a mark is kept until the account works again.
Result<> Mail::report_lost_grant(std::string_view id) {
  std::string plugin, state, health;
  bool reported = false;
  const std::string mark = "mail.grant." + std::string(id);
  TRY_VOID(crm_.database().read([&](Connection& c) {
    return c.each(
        "SELECT a.plugin, a.state, a.health, CASE WHEN s.value IS NULL THEN 0 ELSE 1 END FROM "
        "accounts a LEFT JOIN settings s ON s.name=?2 WHERE a.id=?1",
        [&](const Row& row) {
          plugin = row.text(0), state = row.text(1), health = row.text(2);
          reported = row.integer(3) != 0;
        },
        id, mark);
  }));
  if (plugin.empty()) return {};
  TRY(const Json known, Json::parse(health));
  const bool lost = state == "active" && known.string("state") == "needs_auth";
  const auto write = [&](std::string_view sql, auto... values) {
    return crm_.database().write([&](Connection& c) { return c.run(sql, mark, values...); });
  };
  if (!lost) {
    const bool works = known.string("state") == "ok" || state == "disconnected";
    if (!reported || !works) return {};
    return write("DELETE FROM settings WHERE name=?1");
  }
  if (reported) return {};
  TRY(const std::string mailer, settings_.state(now()));
  if (mailer != "ready") return {};
  TRY(const hosting::Account account, crm_.accounts().of_plugin(plugin, id));
  const auto user = crm_.users().get(account.user);
  if (!user || user->is_removed() || user->locked) return {};
  const std::string key = "grant-" + gcal::base::new_id(crm_.random());
  TRY_VOID(put_own(lost_grant_mail(*user, account, key, public_url_, now())));
  return write(
      "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT(name) DO UPDATE SET value=excluded.value",
      key);
}

Result<> Mail::report_lost_grants() {
  std::vector<std::string> ids;
  TRY_VOID(crm_.database().read([&](Connection& c) {
    return c.each("SELECT id FROM accounts", [&](const Row& row) { ids.push_back(row.text(0)); });
  }));
  for (const std::string& id : ids) TRY_VOID(report_lost_grant(id));
  return {};
}

Result<> Mail::retry_now() {
  TRY_VOID(queue_.retry_now(now()));
  changed();
  return {};
}

Result<> Mail::purge() {
  TRY_VOID(queue_.purge(now()));
  return logos_.purge(now());
}

}  // namespace host::mail
