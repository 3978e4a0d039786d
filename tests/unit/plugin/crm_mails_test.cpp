// Mails by the CRM's mailer: what the plugin hands over, when, and what its page shows of it.
#include "plugin/account/mail_status.hpp"
#include "tests/unit/plugin/settings_page_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A mailer of a host that keeps what it gets. One at a time: the table has no object.
struct ScriptedMailer {
  std::string state = "ready";
  bool down = false;
  std::vector<Json> messages;
  std::string end;  // the state of all messages in the feed; "": none changed

  static ScriptedMailer*& now() {
    static ScriptedMailer* mailer = nullptr;
    return mailer;
  }
  static crm_str text(const std::string& value) { return {value.data(), value.size()}; }
  static crm_status info(const crm_host*, crm_sink sink, crm_error*) noexcept {
    sink.write(sink.ctx, text(Json::object({{"state", now()->state},
                                            {"from", "mail@crm.example"},
                                            {"own_domains", Json::array()},
                                            {"hold_ms", 60000},
                                            {"logos", Json::object({})}})
                                  .dump()));
    return CRM_OK;
  }
  static crm_status submit(const crm_host*, std::int64_t, crm_str batch, crm_sink sink,
                           crm_error*) noexcept {
    if (now()->down) return CRM_UNAVAILABLE;
    Json results = Json::array();
    const Json all = must(Json::parse(crm::from_abi(batch)));
    for (const Json& message : all["messages"].items()) {
      now()->messages.push_back(message);
      results.push(Json::object({{"status", 0}, {"id", "1"}, {"state", "queued"}}));
    }
    sink.write(sink.ctx, text(results.dump()));
    return CRM_OK;
  }
  static crm_status withdraw(const crm_host*, std::int64_t, crm_str keys, crm_sink sink,
                             crm_error*) noexcept {
    Json results = Json::array();
    const Json all = must(Json::parse(crm::from_abi(keys)));
    for (const Json& key : all.items()) {
      std::erase_if(now()->messages,
                    [&](const Json& one) { return one.string("key") == key.as_string(); });
      results.push(Json::object({{"status", 0}}));
    }
    sink.write(sink.ctx, text(results.dump()));
    return CRM_OK;
  }
  static crm_status changes(const crm_host*, crm_str, std::uint32_t, crm_sink sink,
                            crm_error*) noexcept {
    Json list = Json::array();
    if (!now()->end.empty())
      for (const Json& message : now()->messages)
        list.push(Json::object({{"key", message.string("key")},
                                {"state", now()->end},
                                {"at", 0},
                                {"attempts", 1},
                                {"next_at", 0},
                                {"code", 550},
                                {"text", "no such user"}}));
    sink.write(
        sink.ctx,
        text(
            Json::object({{"changes", std::move(list)}, {"cursor", "1"}, {"more", false}}).dump()));
    return CRM_OK;
  }
  static constexpr crm_mailer_0 kTable{&info, &submit, &withdraw, &changes, nullptr, nullptr};
  static const void* service(const crm_host*, const char*) noexcept { return &kTable; }
  const crm_host host{CRM_ABI_MAJOR, CRM_ABI_MINOR, &service};
};

class CrmMailsTest : public SettingsPages {
 protected:
  CrmMailsTest() {
    ScriptedMailer::now() = &mailer_;
    services_->mailer = crm::Host(&mailer_.host).mailer();
    connect({kMe}, kMe);
    change([](settings::AccountConfig& config) {
      config.invitations = settings::InvitationChoice::crm;
    });
    run();
    run();
  }
  static Json meeting(const std::string& summary) {
    Json event =
        host::test::timed(summary, "2028-03-24T09:00:00+01:00", "2028-03-24T10:00:00+01:00");
    event.set("attendees",
              Json::array({Json::object({{"email", "ada@example.net"}, {"name", "Ada"}})}));
    return event;
  }
  std::size_t google_mails() {
    emulator::Request request;
    request.method = "GET";
    request.path = "/_emulator/stats";
    return must(Json::parse(google_.handle(request).body))["mails"].items().size();
  }
  Json status() {
    const Account account = must(support::run_task(calls_->account(account_)));
    return must(support::run_task(mail_status(*context_, account)));
  }

  ScriptedMailer mailer_;
};

TEST_F(CrmMailsTest, TheCrmMailsTheGuestWithTheUidOfGoogleAndGoogleDoesNot) {  // PD-06
  const std::string id = create_in_crm(meeting("offer"));
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("offer"));
  EXPECT_EQ(google_mails(), 0u);
  ASSERT_EQ(mailer_.messages.size(), 1u);
  const Json& message = mailer_.messages.front();
  EXPECT_EQ(message["to"].string("address"), "ada@example.net");
  EXPECT_EQ(message.string("kind"), "invite");
  EXPECT_EQ(message.string("event"), id);
  EXPECT_EQ(message.string("user"), user_.id);
  EXPECT_EQ(message["calendar"].string("method"), "REQUEST");
  EXPECT_NE(message["calendar"].string("text").find("UID:"), std::string::npos);
  run();
  EXPECT_EQ(mailer_.messages.size(), 1u);
  EXPECT_EQ(status()["waiting"].as_integer(), 1);
  EXPECT_EQ(status().string("sender"), "crm");
}

TEST_F(CrmMailsTest, AMailerThatIsDownLosesNothingAndIsTriedAgain) {  // PD-06
  mailer_.down = true;
  create_in_crm(meeting("offer"));
  const RunOutcome outcome = run();
  EXPECT_THAT(mailer_.messages, IsEmpty());
  ASSERT_TRUE(outcome.next);
  EXPECT_LE(*outcome.next, clock_.now() + std::chrono::minutes{1});
  const Json shown = status();
  ASSERT_EQ(shown["items"].items().size(), 1u) << shown.dump();
  EXPECT_EQ(shown["items"].items()[0].string("title"), "offer");
  EXPECT_EQ(shown["items"].items()[0].string("state"), "waiting");
  mailer_.down = false;
  run();
  EXPECT_EQ(mailer_.messages.size(), 1u);
}

TEST_F(CrmMailsTest, NewActsAreGooglesWhileTheMailerIsNotReady) {  // PD-06
  mailer_.state = "untested";
  create_in_crm(meeting("offer"));
  run();
  EXPECT_EQ(google_mails(), 1u);
  EXPECT_THAT(mailer_.messages, IsEmpty());
  EXPECT_EQ(status().string("sender"), "google");
  EXPECT_EQ(status().string("reason"), "mailer");
}

TEST_F(CrmMailsTest, WhatIsUndoneIsTakenBack) {  // PD-06
  const std::string id = create_in_crm(meeting("a mistake"));
  run();
  ASSERT_EQ(mailer_.messages.size(), 1u);
  const std::string revision =
      must(crm_->appointment_queries().get(user_.id, id)).document.revision;
  must(crm_->appointment_editor().erase(user_.id, id, revision, host::Scope::all, std::nullopt));
  run();
  run();
  EXPECT_THAT(at_google(kMe), IsEmpty());
  EXPECT_THAT(mailer_.messages, IsEmpty());
  EXPECT_EQ(status()["waiting"].as_integer(), 0);
}

TEST_F(CrmMailsTest, WhatTheMailerCouldNotDeliverIsShownByName) {  // PD-06
  create_in_crm(meeting("offer"));
  run();
  mailer_.end = "failed";
  run();
  const Json shown = status();
  EXPECT_EQ(shown["failed"].as_integer(), 1);
  ASSERT_EQ(shown["items"].items().size(), 1u);
  EXPECT_EQ(shown["items"].items()[0].string("state"), "failed");
  EXPECT_EQ(shown["items"].items()[0].string("text"), "no such user");
}

}  // namespace
}  // namespace gcal::plugin::test
