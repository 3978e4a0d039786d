// The web hook and the settings page against the CRM's core and the emulator in process.
#include <algorithm>

#include "plugin/adapters/pair_channels.hpp"
#include "plugin/capabilities/settings_page.hpp"
#include "plugin/capabilities/webhook.hpp"
#include "src/common/base/id.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Answer : crm_reply {
  explicit Answer(std::string& b, crm_status& s)
      : crm_reply{&Answer::do_send}, body(b), status(s) {}
  static void do_send(crm_reply* reply, crm_status status, crm_str body) noexcept {
    const std::unique_ptr<Answer> self(static_cast<Answer*>(reply));
    self->status = status;
    self->body = crm::from_abi(body);
  }
  std::string& body;
  crm_status& status;
};

class Webhooks : public InstallationTest {
 protected:
  Webhooks() {
    add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
    connect({kMe}, kMe);
    run();
  }

  int receive(const Json& headers) {
    std::string body;
    crm_status status = CRM_INTERNAL;
    const auto reply = std::make_shared<PendingReply>(crm::Reply(new Answer(body, status)));
    must(support::run_task(webhook_.handle(
        Json::object({{"method", "POST"}, {"path", "webhook"}, {"headers", headers}}).dump(),
        reply)));
    EXPECT_EQ(status, CRM_OK);
    return static_cast<int>(must(Json::parse(body))["status"].as_integer());
  }
  // The notifications that the emulator has queued, with lower-case header names as the host passes
  // them.
  std::vector<Json> pushes() {
    std::vector<Json> messages;
    for (const emulator::Push& push : google_.take_pushes()) {
      Json headers = Json::object();
      for (const auto& [name, value] : push.headers) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        headers.set(lower, value);
      }
      messages.push_back(std::move(headers));
    }
    return messages;
  }
  std::vector<google::Channel> channels() {
    PairChannels store(*database_, blocking_, pair(kMe).id);
    return must(support::run_task(store.channels()));
  }
  bool is_due() {
    return must(crm_->tasks().next_at()).value_or(INT64_MAX) <=
           clock_.now().time_since_epoch().count();
  }

  RunRequests requests_{*calls_};
  Webhook webhook_{*context_, requests_};
};

TEST_F(Webhooks, FirstNotificationOnlyConfirmsTheChannel) {
  const std::vector<Json> first = pushes();
  ASSERT_EQ(first.size(), 1u);
  ASSERT_EQ(first[0].string("x-goog-resource-state"), "sync");
  EXPECT_EQ(receive(first[0]), 200);
  ASSERT_EQ(channels().size(), 1u);
  EXPECT_TRUE(channels()[0].confirmed);
  EXPECT_FALSE(pair(kMe).dirty);
  EXPECT_FALSE(is_due());
}

TEST_F(Webhooks, NotificationMarksTheCalendarAndRequestsARun) {
  for (const Json& message : pushes()) receive(message);
  add_at_google(kMe, google_day("New", "2026-05-01", "2026-05-02"));
  const std::vector<Json> messages = pushes();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(receive(messages[0]), 200);
  EXPECT_TRUE(pair(kMe).dirty);
  EXPECT_TRUE(is_due());
  http_.forget();
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("New", "Visit"));
  EXPECT_EQ(http_.count("GET", "/events"), 1u);
}

TEST_F(Webhooks, NotificationThatIsNotGenuineIs404AndStoresNothing) {
  for (const Json& message : pushes()) receive(message);
  add_at_google(kMe, google_day("New", "2026-05-01", "2026-05-02"));
  const Json genuine = pushes().at(0);
  Json wrong = genuine;
  wrong.set("x-goog-channel-token", genuine.string("x-goog-channel-token") + "x");
  Json unknown = genuine;
  unknown.set("x-goog-channel-id", "another");
  Json resource = genuine;
  resource.set("x-goog-resource-id", "another");
  Json none = genuine;
  none.erase("x-goog-channel-token");
  for (const Json& message : {wrong, unknown, resource, none}) EXPECT_EQ(receive(message), 404);
  EXPECT_FALSE(pair(kMe).dirty);
  EXPECT_FALSE(is_due());
}

class SettingsPages : public InstallationTest {
 protected:
  Json ask(const Json& request) {
    std::string body;
    crm_status status = CRM_INTERNAL;
    page_.step(request.dump(),
               std::make_shared<PendingReply>(crm::Reply(new Answer(body, status))));
    while (!spawned_.empty()) {
      Task<> task = std::move(spawned_.front());
      spawned_.erase(spawned_.begin());
      must(support::run_task(std::move(task)));
    }
    if (status != CRM_OK) throw std::runtime_error(body);
    return must(Json::parse(body));
  }
  Json step(const std::string& kind, const std::string& name, const Json& input = {},
            const Json& memo = Json::object()) {
    return ask(Json::object({{"kind", kind},
                             {"user", user_.id},
                             {"account", account_.empty() ? "draft-1" : account_},
                             {"step", name},
                             {"memo", memo},
                             {"input", input},
                             {"callback_url", "http://127.0.0.1/callback"}}));
  }
  bool has_grant(const std::string& account, SecretVault::Which which) {
    return support::run_task(vault_->grant(account, which)).has_value();
  }
  // Consents at the URL of the step and returns the authorization code.
  std::string consent(const Json& external) {
    const net::Url url = must(net::parse_url(external.string("url")));
    emulator::Request request;
    request.method = "POST";
    request.path = url.path;
    emulator::Request chooser;
    chooser.path = url.path;
    chooser.query = url.query;
    const std::string html = google_.handle(chooser).body;
    const std::size_t link = html.find("data-email=\"" + std::string(kMe) + "\"");
    const std::size_t tag = html.rfind("<a", link);
    const std::size_t href = html.find("href=\"", tag) + 6;
    std::string target = html.substr(href, html.find('"', href) - href);
    for (std::size_t at = target.find("&amp;"); at != std::string::npos;
         at = target.find("&amp;", at + 1))
      target.replace(at, 5, "&");
    emulator::Request page;
    page.path = target.substr(0, target.find('?'));
    page.query = target.substr(target.find('?') + 1);
    const std::string body = google_.handle(page).body;
    net::Parameters sent;
    for (std::size_t at = body.find("<input"); at != std::string::npos;
         at = body.find("<input", at + 1)) {
      const std::string input = body.substr(at, body.find('>', at) - at);
      const auto attribute = [&](const std::string& name) {
        const std::size_t begin = input.find(" " + name + "=\"");
        if (begin == std::string::npos) return std::string();
        const std::size_t value = begin + name.size() + 3;
        std::string text = input.substr(value, input.find('"', value) - value);
        for (std::size_t amp = text.find("&amp;"); amp != std::string::npos;
             amp = text.find("&amp;", amp + 1))
          text.replace(amp, 5, "&");
        return text;
      };
      if (!attribute("name").empty() && input.find("disabled") == std::string::npos)
        sent.emplace_back(attribute("name"), attribute("value"));
    }
    sent.emplace_back("decision", "allow");
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                       {"Origin", request.origin}};
    request.body = net::form_encode(sent);
    const emulator::Response answer = google_.handle(request);
    const std::string location = emulator::header(answer.headers, "Location");
    const net::Parameters back = must(net::form_decode(location.substr(location.find('?') + 1)));
    return std::string(net::parameter(back, "code"));
  }

  RunMemory runs_;
  RunRequests requests_{*calls_};
  std::vector<Task<>> spawned_;
  SettingsPage page_{*context_, runs_, requests_,
                     [this](std::string, Task<> task) { spawned_.push_back(std::move(task)); }};
};

TEST_F(SettingsPages, SetupCountsAndWritesNothing) {  // S-11, S-12
  add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
  create_in_crm(host::test::timed("Own", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00"));
  must(flows().create(kId, user_.id, "setup", "draft-1"));
  const std::string code = consent(step("setup", ""));
  http_.forget();
  const Json form = step("setup", "consent", Json::object({{"code", code}}));
  ASSERT_EQ(form.string("step"), "account") << form.dump();
  EXPECT_TRUE(has_grant("draft-1", SecretVault::Which::kept));
  EXPECT_FALSE(has_grant("draft-1", SecretVault::Which::offered));
  const Json input =
      Json::object({{"name", "Nord"}, {"visible", Json::array({kMe})}, {"default_calendar", kMe}});
  const Json progress = step("setup", "account", input, form["memo"]);
  ASSERT_EQ(progress.string("type"), "progress") << progress.dump();
  const Json preview = step("setup", "observe", {}, progress["memo"]);
  ASSERT_EQ(preview.string("step"), "preview") << preview.dump();
  EXPECT_EQ(preview["args"]["appointments"].as_integer(), 1);
  EXPECT_EQ(preview["args"]["existing_all"].as_integer(), 1);
  EXPECT_EQ(http_.writes(), 0u);
  // The access token of the consent was used: one exchange, no refresh; one list of calendars, one
  // of events.
  EXPECT_EQ(http_.count("POST", "/token"), 1u);
  EXPECT_EQ(http_.sent().size(), 3u);

  // After discarding, nothing is left in the vault and the grant is revoked at Google.
  step("discard", "");
  EXPECT_FALSE(has_grant("draft-1", SecretVault::Which::kept));
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
  store::SqlJournal journal(*database_, blocking_, random_, 0);
  EXPECT_THAT(must(support::run_task(journal.pairs("draft-1"))), IsEmpty());
}

TEST_F(SettingsPages, UsedCodeAbortsTheFlow) {  // S-11
  const std::string code = consent(step("setup", ""));
  step("setup", "consent", Json::object({{"code", code}}));
  EXPECT_EQ(step("setup", "consent", Json::object({{"code", code}})).string("reason"),
            "abort.consent_failed");
}

TEST_F(SettingsPages, DiscardedFlowDoesNotAffectAConnectedAccount) {
  add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
  connect({kMe}, kMe);
  run();
  step("reauth", "");
  http_.forget();
  step("discard", "");
  EXPECT_TRUE(has_grant(account_, SecretVault::Which::kept));
  EXPECT_EQ(http_.count("POST", "/revoke"), 0u);
  EXPECT_EQ(pair(kMe).state, sync::PairState::live);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
}

TEST_F(SettingsPages, ReconnectWithAnotherAccountKeepsTheOldGrant) {  // P-16
  connect({kMe}, kMe);  // as "sub-of-me", while the id of this Google account is another
  run();
  const StoredGrant before =
      must(support::run_task(vault_->grant(account_, SecretVault::Which::kept)));
  const std::string code = consent(step("reauth", ""));
  const Json end = step("reauth", "consent", Json::object({{"code", code}}));
  EXPECT_EQ(end.string("reason"), "abort.wrong_account");
  EXPECT_FALSE(has_grant(account_, SecretVault::Which::offered));
  EXPECT_EQ(
      must(support::run_task(vault_->grant(account_, SecretVault::Which::kept))).refresh_token,
      before.refresh_token);
}

TEST_F(SettingsPages, DisconnectStopsChannelsRevokesAndKeepsBothSides) {  // PD-14
  add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
  connect({kMe}, kMe);
  run();
  http_.forget();
  EXPECT_EQ(step("options", "disconnect", Json::object({{"confirm", true}})).string("type"),
            "finish");
  EXPECT_EQ(http_.count("POST", "/channels/stop"), 1u);
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
  EXPECT_FALSE(has_grant(account_, SecretVault::Which::kept));
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Visit"));
  EXPECT_EQ(calendar(kMe).string("state"), "gone");
}

TEST_F(SettingsPages, HeldDeletionsAreAppliedOnTheUsersDecision) {  // PD-01
  for (int i = 0; i < 25; ++i)
    add_at_google(kMe, google_day("Day " + std::to_string(i), "2026-09-01", "2026-09-02"));
  connect({kMe}, kMe);
  run();
  const auto vanish = [&] {
    emulated("/faults",
             Json::object(
                 {{"match", Json::object({{"method", "GET"},
                                          {"path", "/calendar/v3/calendars/{calendarId}/events"}})},
                  {"times", 1},
                  {"effect", Json::object({{"status", 410}})}}));
    emulated(
        "/faults",
        Json::object(
            {{"match", Json::object({{"method", "GET"},
                                     {"path", "/calendar/v3/calendars/{calendarId}/events"}})},
             {"times", 1},
             {"effect",
              Json::object(
                  {{"status", 200},
                   {"body", R"({"kind":"calendar#events","items":[],"nextSyncToken":"x"})"}})}}));
    emulated(
        "/faults",
        Json::object(
            {{"match",
              Json::object({{"method", "GET"},
                            {"path", "/calendar/v3/calendars/{calendarId}/events/{eventId}"}})},
             {"times", 25},
             {"effect", Json::object({{"status", 404}})}}));
    memory_.read_all = true;
    run();
  };
  vanish();
  EXPECT_EQ(in_crm(kMe).size(), 25u);
  ASSERT_EQ(health()["attention"].items().size(), 1u) << health().dump();
  EXPECT_EQ(health()["attention"].items()[0].string("key"), "health.held");
  EXPECT_EQ(step("options", "held", Json::object({{"decision", "apply"}})).string("type"),
            "finish");
  run();
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  EXPECT_THAT(health()["attention"].items(),
              testing::SizeIs(1));  // reports the deletion
}

}  // namespace
}  // namespace gcal::plugin::test
