// The mail of this host: takes messages of plugins, renders and stores them, delivers them one at a
// time, and answers the pages for users and administrators. Implements crm.mailer/0. Created by
// main before the plugins are loaded; MailThread calls deliver_one. It must never log an address, a
// subject or a password, and never show a message to anybody but its user.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "src/host/crm/crm.hpp"
#include "src/host/mail/logo_store.hpp"
#include "src/host/mail/mail_queue.hpp"
#include "src/host/mail/settings_store.hpp"
#include "src/host/mail/smtp_transport.hpp"
#include "src/hosting/services/mail_port.hpp"

namespace host::mail {

struct MailOptions {
  std::unique_ptr<MailTransport> transport;  // null: smtp_transport()
  std::string public_url;                    // for links in messages of the host
};

class Mail final : public hosting::MailPort {
 public:
  // Holds what waits if the database was restored from a backup. crm outlives the object. Errors:
  // those of the database.
  static Result<std::unique_ptr<Mail>> open(Crm& crm, MailOptions options = {});

  // --- crm.mailer/0 [any thread] ---
  Result<Json> info(std::string_view plugin) const override;
  Result<Json> submit(std::string_view plugin, std::int64_t fence, const Json& batch,
                      const hosting::FenceCheck& fence_is_current) override;
  Result<Json> withdraw(std::string_view plugin, std::int64_t fence,
                        const std::vector<std::string>& keys,
                        const hosting::FenceCheck& fence_is_current) override;
  Result<Json> changes(std::string_view plugin, std::string_view cursor,
                       std::uint32_t limit) const override;
  Result<Json> preview(std::string_view plugin, const Json& batch) const override;
  // denied: the user is no administrator.
  Result<> test(std::string_view user) override;

  // --- delivery [one thread] ---

  // Attempts the earliest message that is due. False: none is.
  Result<bool> deliver_one();
  // Makes an attempt that still waits for the mail server end. [any thread]
  void stop() { transport_->stop(); }
  // When the next one may be due, in ms since 1970; nothing when none waits.
  Result<std::optional<std::int64_t>> next_at() const { return queue_.next_at(); }
  // Called after a change that may make a message due, on the changing thread.
  void on_change(std::function<void()> wake);
  // Mails the user of an account once that its access was lost, while the mailer is ready.
  Result<> report_lost_grant(std::string_view account);
  Result<> report_lost_grants();  // of all accounts

  // --- for pages [any thread] ---
  MailQueue& queue() { return queue_; }
  LogoStore& logos() { return logos_; }
  SettingsStore& settings() { return settings_; }
  Result<std::string> state() const { return settings_.state(now()); }
  // A change of the mail server: what waits is due again.
  Result<> retry_now();
  void changed();
  std::int64_t now() const;
  // Erases what is too old. Daily.
  Result<> purge();

 private:
  struct Composed {
    MailMessage message;
    ComposedMail mail;
  };

  Mail(Crm& crm, MailOptions options);
  Result<Composed> compose_one(std::string_view plugin, const MailSettings& settings,
                               MailMessage message) const;
  Result<Composed> read_and_compose(std::string_view plugin, const MailSettings& settings,
                                    const Json& batch, const Json& message) const;
  Result<std::string> first_message_id(std::string_view plugin, const MailMessage& message,
                                       std::string_view from) const;
  Result<std::optional<StoredMail>> accepted_before(std::string_view plugin,
                                                    const std::string& key) const;
  Result<> put_own(MailMessage message);
  // Open pages of the users whose messages changed fetch them again.
  void tell_users();
  Result<> note_outcome(const SmtpOutcome& outcome, Verdict verdict);

  Crm& crm_;
  std::unique_ptr<MailTransport> transport_;
  const std::string public_url_;
  MailQueue queue_;
  LogoStore logos_;
  SettingsStore settings_;
  std::string installation_;
  int tls_breaks_ = 0;  // in succession; of the delivering thread
  std::mutex mutex_;
  std::function<void()> wake_;
};

}  // namespace host::mail
