// A CRM with a mailer whose mail server does what the test says. Used by the tests of this folder.
#pragma once

#include <curl/curl.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "src/host/mail/mail.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::mail::test {

using gcal::base::Json;
using host::test::code_of;
using host::test::CrmTest;
using host::test::json;
using host::test::kPlugin;
using host::test::must;

inline constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute;

// Gives the outcomes of the list, then accepts. Keeps what it was given.
class ScriptedTransport final : public MailTransport {
 public:
  struct Sent {
    std::string sender, recipient, bytes, password;
  };
  SmtpOutcome send(const MailSettings&, std::string_view password,
                   const Envelope& envelope) override {
    sent.push_back({std::string(envelope.sender), std::string(envelope.recipient),
                    std::string(envelope.bytes), std::string(password)});
    if (outcomes.empty()) return {CURLE_OK, 250, ""};
    SmtpOutcome outcome = outcomes.front();
    outcomes.pop_front();
    return outcome;
  }
  std::deque<SmtpOutcome> outcomes;
  std::vector<Sent> sent;
};

// A message to Erika in a group of its own.
inline Json message(const std::string& key, const std::string& user,
                    const std::string& group = "") {
  return Json::object(
      {{"key", key},
       {"group", group.empty() ? "group of " + key : group},
       {"user", user},
       {"to", Json::object({{"name", "Erika Muster"}, {"address", "erika.muster@example.net"}})},
       {"reply_to", Json::object({{"name", "Jana Nord"}, {"address", "jana.nord@gmail.com"}})},
       {"from_name", "Jana Nord (Nord Vertrieb)"},
       {"subject", "Einladung: Angebot"},
       {"language", "de"},
       {"text", "Guten Tag\n"},
       {"html", "<p>Guten Tag</p>\n"},
       {"calendar",
        Json::object({{"method", "REQUEST"},
                      {"text", "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"}})},
       {"kind", "invite"},
       {"expires_at", std::int64_t{4'000'000'000'000}}});
}

inline Json batch(Json::Array messages) {
  return Json::object({{"messages", Json(std::move(messages))}});
}

class MailTest : public CrmTest {
 protected:
  MailTest() : user_(add_user("jana@example.com")) {
    must(crm_->users().set_role(user_.id, "admin"));
    open();
  }
  ~MailTest() override { mail_.reset(); }

  void open() {
    auto transport = std::make_unique<ScriptedTransport>();
    transport_ = transport.get();
    MailOptions options;
    options.transport = std::move(transport);
    options.public_url = "https://crm.example.com";
    mail_ = must(Mail::open(*crm_, std::move(options)));
  }
  // As after the end of the process, whenever it came.
  void restart() {
    mail_.reset();
    reopen();
    open();
  }
  void configure(std::int64_t hold_seconds = 60) {
    must(mail_->settings().write(Json::object({{"host", "relay.example.com"},
                                               {"port", 587},
                                               {"security", "starttls"},
                                               {"user", "crm"},
                                               {"password", "s3cret of the relay"},
                                               {"from", "termine@crm.example.com"},
                                               {"hold_seconds", hold_seconds}})));
  }
  // As an administrator does: a test mail, its code.
  void make_ready() {
    configure();
    confirm_test_mail();
  }
  std::string code_of_test_mail() {
    must(mail_->test(user_.id));
    EXPECT_TRUE(must(mail_->deliver_one()));
    const std::string& bytes = transport_->sent.back().bytes;
    const std::size_t at = bytes.find("code: ");
    EXPECT_NE(at, std::string::npos) << bytes;
    return at == std::string::npos ? std::string() : bytes.substr(at + 6, 6);
  }
  void confirm_test_mail() {
    must(mail_->settings().confirm(code_of_test_mail(), mail_->now()));
    transport_->sent.clear();
  }

  static bool any_fence(std::string_view, std::int64_t) { return true; }
  Json submit(const Json& messages) { return must(mail_->submit(kPlugin, 0, messages, any_fence)); }
  Json submit_one(const Json& one) { return submit(batch({one})).items()[0]; }
  Json withdraw(const std::string& key) {
    return must(mail_->withdraw(kPlugin, 0, {key}, any_fence)).items()[0];
  }
  void pass(std::int64_t ms) { clock_.advance(std::chrono::milliseconds(ms)); }
  int deliver_all() {
    int count = 0;
    while (must(mail_->deliver_one())) ++count;
    return count;
  }
  // The newest state of each message of the plugin.
  std::string state_of(const std::string& key) {
    const Json page = must(mail_->changes(kPlugin, "", 2500));
    for (const Json& change : page["changes"].items())
      if (change.string("key") == key) return change.string("state");
    return "";
  }
  Json change_of(const std::string& key) {
    const Json page = must(mail_->changes(kPlugin, "", 2500));
    for (const Json& change : page["changes"].items())
      if (change.string("key") == key) return change;
    return {};
  }

  User user_;
  ScriptedTransport* transport_ = nullptr;
  std::unique_ptr<Mail> mail_;
};

}  // namespace host::mail::test
