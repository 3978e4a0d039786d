// What ends a step of the settings page: errors of Google and of the consent, steps that do not
// exist, and the answers to held deletions.
#include <gtest/gtest.h>

#include <algorithm>

#include "src/engine/settings/flow.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/settings/fake_ports.hpp"

namespace gcal::settings {
namespace {

class FlowErrors : public testing::Test {
 protected:
  Result<Json> send(const char* kind, const char* step, Json input = {}) {
    return support::run_task(flow_.step(Json::object({{"kind", kind},
                                                      {"user", "u1"},
                                                      {"account", "a1"},
                                                      {"step", step},
                                                      {"memo", Json::object()},
                                                      {"input", std::move(input)},
                                                      {"callback_url", "http://127.0.0.1/cb"}})));
  }
  // "REASON MESSAGE" of an abort.
  std::string abort_of(const char* kind, const char* step, Json input = {}) {
    const Result<Json> answer = send(kind, step, std::move(input));
    if (!answer || answer->string("type") != "abort") return "no abort";
    const std::string& message = (*answer)["args"].string("message");
    return answer->string("reason") + (message.empty() ? "" : " " + message);
  }
  static Json code() { return Json::object({{"code", "4/abc"}}); }
  bool called(std::string_view what) const {
    return std::ranges::find(ports_.calls, what) != ports_.calls.end();
  }

  FakePorts ports_;
  support::SeededRandom random_{1};
  Flow flow_{ports_, random_};
};

TEST_F(FlowErrors, StepsAndKindsThatDoNotExistAreInvalid) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"other", "", "a flow is of the kind setup, options, reauth or discard"},
      {"setup", "other", "the set-up has no step of this name"},
      {"reauth", "other", "the reconnection has no step of this name"},
      {"options", "other", "the options have no step of this name"},
      {"options", "default", "this step follows the form of the calendars"}};
  for (const auto& [kind, step, message] : cases) {
    const Result<Json> answer = send(kind, step);
    ASSERT_FALSE(answer) << kind << " " << step;
    EXPECT_EQ(answer.error(), (Error{Code::invalid, message, {}}));
  }
  EXPECT_TRUE(ports_.calls.empty());
}

TEST_F(FlowErrors, ErrorOfTheExchangeDecidesWhatTheUserReads) {
  const std::pair<Code, const char*> cases[] = {{Code::denied, "abort.google_refused why"},
                                                {Code::needs_auth, "abort.consent_failed"},
                                                {Code::unavailable, "abort.google_unreachable"},
                                                {Code::timeout, "abort.google_unreachable"},
                                                {Code::invalid, "abort.failed why"},
                                                {Code::internal, "abort.failed why"}};
  for (const auto& [error, reason] : cases) {
    ports_.grant = Error{error, "why", {}};
    EXPECT_EQ(abort_of("setup", "consent", code()), reason);
    EXPECT_EQ(abort_of("reauth", "consent", code()), reason);
  }
  EXPECT_FALSE(called("keep"));
}

TEST_F(FlowErrors, AnswerWithoutACodeIsNoConsent) {  // S-11
  EXPECT_EQ(abort_of("setup", "consent", Json::object()), "abort.consent_failed");
  EXPECT_EQ(abort_of("setup", "consent", Json::object({{"code", std::string(2049, 'x')}})),
            "abort.consent_failed");
  for (const char* kind : {"setup", "reauth"}) {
    EXPECT_EQ(abort_of(kind, "consent", Json::object({{"error", "access_denied"}})),
              "abort.consent_refused");
    EXPECT_EQ(abort_of(kind, "consent", Json::object({{"error", "server_error"}})),
              "abort.consent_failed");
  }
  EXPECT_FALSE(called("exchange"));
}

TEST_F(FlowErrors, GrantIsRevokedWhenTheCalendarsCannotBeRead) {  // S-11
  ports_.calendars_error = Error{Code::unavailable, "why", {}};
  EXPECT_EQ(abort_of("setup", "consent", code()), "abort.google_unreachable");
  EXPECT_TRUE(called("revoke"));
  EXPECT_EQ(abort_of("options", "calendars"), "abort.google_unreachable");
}

TEST_F(FlowErrors, ReconnectionWithoutTheScopesKeepsTheOldGrant) {  // P-16
  ports_.grant = Grant{"sub-1", "me@gmail.example", false};
  EXPECT_EQ(abort_of("reauth", "consent", code()), "abort.scope_missing");
  EXPECT_TRUE(called("revoke"));
  EXPECT_FALSE(called("keep"));
}

TEST_F(FlowErrors, ReconnectionTakesTheNewAddressOfTheSameAccount) {  // P-16
  ports_.grant = Grant{"sub-1", "new@gmail.example", true};
  const Result<Json> end = send("reauth", "consent", code());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->string("type"), "finish");
  EXPECT_TRUE(called("keep"));
  EXPECT_EQ(ports_.stored.email, "new@gmail.example");
}

TEST_F(FlowErrors, HeldDeletionsAreAskedForUntilThereIsADecision) {  // PD-01
  ports_.held = 7;
  const Result<Json> menu = send("options", "");
  ASSERT_TRUE(menu);
  EXPECT_NE(menu->dump().find("options.held"), std::string::npos);
  const Result<Json> form = send("options", "held", Json::object({{"decision", "later"}}));
  ASSERT_TRUE(form);
  EXPECT_EQ(form->string("type"), "form");
  EXPECT_EQ((*form)["args"]["count"].as_integer(), 7);
  EXPECT_EQ((*form)["values"].string("decision"), "keep");
  EXPECT_FALSE(called("decide"));
  EXPECT_EQ(send("options", "held", Json::object({{"decision", "keep"}}))->string("type"),
            "finish");
  EXPECT_TRUE(called("decide"));
}

TEST_F(FlowErrors, AccountIsPausedAndResumed) {
  EXPECT_EQ(send("options", "pause")->string("type"), "finish");
  EXPECT_TRUE(called("state:paused"));
  EXPECT_EQ(send("options", "resume")->string("type"), "finish");
  EXPECT_TRUE(called("state:active"));
}

}  // namespace
}  // namespace gcal::settings
