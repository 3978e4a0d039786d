// The mailer as a whole: its states, its settings, the test mail, logos in messages, lost grants.
#include "src/host/mail/mail_thread.hpp"
#include "tests/unit/host/mail/mail_fixture.hpp"
#include "tests/unit/host/mail/pictures.hpp"

namespace host::mail::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class MailerTest : public MailTest {
 protected:
  std::string state() { return must(mail_->state()); }
  Json info() { return must(mail_->info(kPlugin)); }
  Json settings_with(std::string_view member, Json value) {
    Json settings = Json::object({{"host", "relay.example.com"},
                                  {"port", 587},
                                  {"security", "starttls"},
                                  {"from", "termine@crm.example.com"}});
    settings.set(member, std::move(value));
    return settings;
  }
};

TEST_F(MailerTest, ItIsReadyOnceACodeWasEntered) {  // I-02
  EXPECT_EQ(state(), "off");
  EXPECT_EQ(code_of(mail_->submit(kPlugin, 0, batch({message("a", user_.id)}), any_fence)),
            Code::unavailable);
  configure();
  EXPECT_EQ(state(), "untested");
  submit_one(message("a", user_.id));
  pass(kMinute);
  EXPECT_EQ(deliver_all(), 0) << "only test mails leave under a new configuration";
  const std::string code = code_of_test_mail();
  const std::string wrong = code == "123456" ? "654321" : "123456";
  EXPECT_EQ(mail_->settings().confirm(wrong, mail_->now()).error().message.substr(0, 5), "code:");
  must(mail_->settings().confirm(code, mail_->now()));
  EXPECT_EQ(state(), "ready");
  EXPECT_EQ(info().string("state"), "ready");
  EXPECT_EQ(info().string("from"), "termine@crm.example.com");
  EXPECT_EQ(deliver_all(), 1);
  restart();
  EXPECT_EQ(state(), "ready");
}

TEST_F(MailerTest, ACodeEndsAfterFiveGuessesAndHalfAnHour) {
  configure();
  std::string code = code_of_test_mail();
  const std::string wrong = code == "123456" ? "654321" : "123456";
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(mail_->settings().confirm(wrong, mail_->now()).error().code, Code::invalid);
  EXPECT_EQ(mail_->settings().confirm(code, mail_->now()).error().code, Code::gone);
  EXPECT_EQ(mail_->test(user_.id).error().code, Code::unavailable) << "once a minute";
  pass(kMinute);
  code = code_of_test_mail();
  pass(31 * kMinute);
  EXPECT_EQ(mail_->settings().confirm(code, mail_->now()).error().code, Code::gone);
  EXPECT_EQ(state(), "untested");
}

TEST_F(MailerTest, TestMailsGoToAdministratorsOnly) {
  configure();
  const User sales = add_user("bert@example.com");
  EXPECT_EQ(mail_->test(sales.id).error().code, Code::denied);
}

TEST_F(MailerTest, AnotherServerUserSenderOrAuthorityIsUntested) {
  const std::pair<const char*, Json> changes[] = {{"host", "relay2.example.com"},
                                                  {"user", "other"},
                                                  {"from", "other@crm.example.com"},
                                                  {"ca_file", "/etc/ssl/own.pem"}};
  for (const auto& [member, value] : changes) {
    make_ready();
    EXPECT_EQ(state(), "ready");
    Json wanted = Json::object({{member, value}, {"password", "again"}});
    must(mail_->settings().write(wanted));
    EXPECT_EQ(state(), "untested") << member;
    pass(kMinute);
  }
  make_ready();
  must(mail_->settings().write(Json::object({{"hold_seconds", 0}})));
  EXPECT_EQ(state(), "ready") << "the time of undo is no matter of the mail server";
}

TEST_F(MailerTest, ThePasswordIsSealedAndLeavesForNoOtherServer) {  // I-46
  configure();
  EXPECT_EQ(must(mail_->settings().password()), "s3cret of the relay");
  bool found = false;
  must(crm_->database().read([&](Connection& c) {
    return c.each(
        "SELECT value FROM settings UNION ALL SELECT sealed FROM secrets",
        [&](const Row& row) { found |= row.text(0).find("s3cret") != std::string::npos; });
  }));
  EXPECT_FALSE(found);
  const auto moved = mail_->settings().write(Json::object({{"host", "evil.example.com"}}));
  EXPECT_EQ(code_of(moved), Code::invalid);
  EXPECT_THAT(moved.error().message, HasSubstr("password: "));
  EXPECT_EQ(must(mail_->settings().read()).host, "relay.example.com");
  must(mail_->settings().remove());
  EXPECT_EQ(must(mail_->settings().password()), "");
  EXPECT_EQ(state(), "off");
}

TEST_F(MailerTest, SettingsThatCannotWorkAreRefusedByName) {  // I-45, I-46
  const std::tuple<const char*, Json, const char*> cases[] = {
      {"host", "", "host: "},
      {"host", "a b", "host: "},
      {"host", "relay/path", "host: "},
      {"port", 0, "port: "},
      {"port", 70000, "port: "},
      {"security", "some", "security: "},
      {"security", "none", "security: "},
      {"from", "nobody", "from: "},
      {"bounce", "\u00e4@b.c", "bounce: "},
      {"hold_seconds", 601, "hold_seconds: "},
      {"user", "a\r\nb", "user: "},
      {"own_domains", Json::array({"a b"}), "own_domains: "}};
  for (const auto& [member, value, begin] : cases) {
    const auto written = mail_->settings().write(settings_with(member, value));
    ASSERT_FALSE(written) << member << value.dump();
    EXPECT_EQ(written.error().message.substr(0, std::string_view(begin).size()), begin);
  }
  Json local = settings_with("security", "none");
  local.set("host", "127.0.0.1");
  EXPECT_TRUE(mail_->settings().write(local));
}

TEST_F(MailerTest, ARefusedPasswordFailsAtOnceAndARelayThatIsAwayAfterTenMinutes) {  // I-44
  make_ready();
  submit_one(message("a", user_.id));
  pass(kMinute);
  transport_->outcomes = {{CURLE_COULDNT_CONNECT, 0, "refused"}};
  deliver_all();
  EXPECT_EQ(state(), "ready");
  transport_->outcomes = {{CURLE_COULDNT_CONNECT, 0, "refused"}};
  pass(kMinute);
  deliver_all();
  pass(9 * kMinute);
  EXPECT_EQ(state(), "failing");
  deliver_all();
  EXPECT_EQ(state(), "ready") << "it works again";
  submit_one(message("b", user_.id));
  pass(kMinute);
  transport_->outcomes = {{CURLE_LOGIN_DENIED, 535, "Login denied"}};
  deliver_all();
  EXPECT_EQ(state(), "failing");
  EXPECT_EQ(must(mail_->settings().trouble()).text, "Login denied");
  EXPECT_EQ(state_of("b"), "queued") << "the message waits";
  configure();
  must(mail_->retry_now());
  EXPECT_EQ(state(), "ready");
  EXPECT_EQ(deliver_all(), 1);
}

TEST_F(MailerTest, ADelayOfOneRecipientIsNoTroubleOfTheServer) {  // I-44
  make_ready();
  submit_one(message("a", user_.id));
  pass(kMinute);
  transport_->outcomes = {{CURLE_SEND_ERROR, 450, "RCPT failed: 450"}};
  deliver_all();
  pass(20 * kMinute);
  EXPECT_EQ(state(), "ready");
}

TEST_F(MailerTest, AnOwnDomainMayBeTheSender) {  // I-05, I-06, I-07
  make_ready();
  Json own = message("a", user_.id);
  own.set("from_address", "jana@own.example");
  EXPECT_THAT(submit_one(own).string("message"), HasSubstr("from_address: "));
  must(mail_->settings().write(Json::object({{"own_domains", Json::array({"OWN.example"})}})));
  EXPECT_EQ(submit_one(own)["status"].as_integer(), 0);
  pass(kMinute);
  deliver_all();
  EXPECT_THAT(transport_->sent.back().bytes, HasSubstr("<jana@own.example>"));
  EXPECT_EQ(transport_->sent.back().sender, "termine@crm.example.com") << "the envelope's stays";
}

TEST_F(MailerTest, AMessageHasOneRecipient) {  // I-08
  make_ready();
  submit_one(message("a", user_.id));
  pass(kMinute);
  deliver_all();
  const std::string& bytes = transport_->sent.back().bytes;
  EXPECT_THAT(bytes, HasSubstr("\r\nTo: Erika Muster <erika.muster@example.net>\r\n"));
  EXPECT_THAT(bytes, Not(HasSubstr("\r\nCc:")));
  EXPECT_THAT(bytes, Not(HasSubstr("\r\nBcc:")));
}

TEST_F(MailerTest, FollowUpsNameTheFirstMessageAlsoWhenItIsGone) {  // I-25
  make_ready();
  submit_one(message("first", user_.id, "g"));
  pass(kMinute);
  deliver_all();
  const std::string sent = transport_->sent.back().bytes;
  const std::size_t at = sent.find("Message-ID: ") + 12;
  const std::string id = sent.substr(at, sent.find("\r\n", at) - at);
  Json update = message("second", user_.id, "g");
  update.set("first_key", "first");
  const auto follow_up = [&] {
    return must(mail_->preview(kPlugin, batch({update}))).string("raw");
  };
  EXPECT_THAT(follow_up(), HasSubstr("In-Reply-To: " + id));
  must(crm_->database().write([](Connection& c) { return c.run("DELETE FROM mail_messages"); }));
  EXPECT_THAT(follow_up(), HasSubstr("In-Reply-To: " + id));
}

TEST_F(MailerTest, APreviewIsTheMessageAndStoresNothing) {
  const Json preview = must(mail_->preview(kPlugin, batch({message("a", user_.id)})));
  EXPECT_EQ(preview.string("subject"), "Einladung: Angebot");
  EXPECT_EQ(preview.string("text"), "Guten Tag\n");
  EXPECT_THAT(preview.string("raw"), HasSubstr("text/calendar"));
  EXPECT_EQ(state_of("a"), "");
}

// --- logos ---

TEST_F(MailerTest, TheLogoOfAnAccountTravelsInItsMessages) {  // I-40, I-41
  make_ready();
  const hosting::Account account = add_account(user_);
  must(mail_->logos().put(account, must(logo_of_upload(png_of(40, 20), false)), "Nord Vertrieb",
                          mail_->now()));
  const Json logo = info()["logos"][account.id];
  EXPECT_EQ(logo.string("alt"), "Nord Vertrieb");
  EXPECT_EQ(logo["width"].as_integer(), 20) << "shown at half its size";
  EXPECT_THAT(must(mail_->info("another.plugin"))["logos"].members(), IsEmpty());
  Json one = message("a", user_.id);
  one.set("images", Json::array({"logo"}));
  one.set("html", "<img src=\"cid:logo\">");
  Json all = batch({one});
  all.set("images",
          Json::array({Json::object(
              {{"name", "logo"}, {"account", account.id}, {"sha256", logo.string("sha256")}})}));
  EXPECT_EQ(submit(all).items()[0]["status"].as_integer(), 0);
  pass(kMinute);
  deliver_all();
  EXPECT_THAT(transport_->sent.back().bytes, HasSubstr("multipart/related"));
  EXPECT_THAT(transport_->sent.back().bytes, HasSubstr("cid:logo."));

  must(mail_->logos().remove(account.id));
  all.mutable_members()[0].second.mutable_items()[0].set("key", "b");
  EXPECT_EQ(submit(all).items()[0]["status"].as_integer(), static_cast<int>(Code::conflict))
      << "the text was written for a logo that is gone";
}

TEST_F(MailerTest, ACompanyNameIsNeeded) {  // I-42
  const hosting::Account account = add_account(user_);
  const LogoImage image = must(logo_of_upload(png_of(40, 20), false));
  for (const std::string& alt : {std::string(), std::string("\r\n"), std::string(61, 'x')})
    EXPECT_EQ(mail_->logos().put(account, image, alt, 0).error().message.substr(0, 4), "alt:");
  EXPECT_EQ(mail_->logos().set_alt(account.id, "Nord", 0).error().code, Code::not_found);
}

TEST_F(MailerTest, ALogoIsKept90DaysAfterItsAccountWasDisconnected) {
  const hosting::Account account = add_account(user_);
  must(mail_->logos().put(account, must(logo_of_upload(png_of(40, 20), false)), "Nord",
                          mail_->now()));
  pass(200 * 24 * kHour);
  must(mail_->purge());
  ASSERT_TRUE(must(mail_->logos().of_account(account.id))) << "it is connected";
  must(crm_->accounts().set_state(account.id, "disconnected"));
  pass(89 * 24 * kHour);
  must(mail_->purge());
  EXPECT_TRUE(must(mail_->logos().of_account(account.id)));
  pass(24 * kHour);
  must(mail_->purge());
  EXPECT_FALSE(must(mail_->logos().of_account(account.id)));
}

// --- a lost grant ---

class LostGrantTest : public MailerTest {
 protected:
  LostGrantTest() : account_(add_account(user_)) { make_ready(); }
  void health(const char* state) {
    must(crm_->accounts().set_health(kPlugin, account_.id, Json::object({{"state", state}})));
    must(mail_->report_lost_grant(account_.id));
  }
  hosting::Account account_;
};

TEST_F(LostGrantTest, IsReportedOnceToItsUser) {
  health("needs_auth");
  health("needs_auth");
  EXPECT_EQ(deliver_all(), 1);
  EXPECT_EQ(transport_->sent[0].recipient, user_.email);
  EXPECT_THAT(transport_->sent[0].bytes, HasSubstr("https://crm.example.com/#/settings/calendars"));
  restart();
  must(mail_->report_lost_grants());
  EXPECT_EQ(deliver_all(), 0);
  health("ok");
  health("needs_auth");
  EXPECT_EQ(deliver_all(), 1) << "another loss";
}

TEST_F(LostGrantTest, IsReportedWhenTheMailerBecomesReady) {
  must(mail_->settings().remove());
  health("needs_auth");
  pass(2 * kMinute);
  make_ready();
  must(mail_->report_lost_grants());
  EXPECT_EQ(deliver_all(), 1);
}

TEST_F(LostGrantTest, IsNotReportedForAPausedAccount) {
  must(crm_->accounts().set_state(account_.id, "paused"));
  health("needs_auth");
  EXPECT_EQ(deliver_all(), 0);
}

TEST_F(MailerTest, OpenPagesOfTheUserAreHintedAtEachState) {
  make_ready();
  std::vector<std::string> hints;
  const auto subscription = crm_->bus().subscribe([&](const hosting::Change& change) {
    if (change.kind == hosting::Change::Kind::mail) hints.push_back(change.user);
  });
  const auto hinted = [&] {
    crm_->bus().drain();
    return std::exchange(hints, {});
  };
  hinted();
  const std::vector<std::string> once{user_.id};
  submit_one(message("a", user_.id));
  EXPECT_EQ(hinted(), once) << "queued";
  withdraw("a");
  EXPECT_EQ(hinted(), once) << "withdrawn";
  submit_one(message("b", user_.id));
  hinted();
  pass(kMinute);
  deliver_all();
  EXPECT_THAT(hinted(), ::testing::ElementsAre(user_.id, user_.id)) << "sending, sent";
  deliver_all();
  EXPECT_TRUE(hinted().empty()) << "nothing happened";
}

TEST_F(MailerTest, TheThreadDeliversByItself) {
  make_ready();
  must(mail_->settings().write(Json::object({{"hold_seconds", 0}})));
  const MailThread thread(*crm_, *mail_);
  submit_one(message("a", user_.id));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (state_of("a") != "sent" && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  EXPECT_EQ(state_of("a"), "sent");
}

}  // namespace
}  // namespace host::mail::test
