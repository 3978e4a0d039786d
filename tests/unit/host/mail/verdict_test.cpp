#include "src/host/mail/delivery_verdict.hpp"

#include <curl/curl.h>
#include <gmock/gmock.h>

#include <deque>

#include "src/host/mail/mail_thread.hpp"

namespace host::mail {
namespace {

struct Case {
  const char* what;
  SmtpOutcome outcome;
  Verdict verdict;
};

TEST(Verdict, EachEventOfADialogueHasItsMeaning) {  // I-44
  const Case cases[] = {
      {"accepted", {CURLE_OK, 250, ""}, Verdict::sent},
      {"recipient later", {CURLE_SEND_ERROR, 450, "RCPT failed: 450"}, Verdict::later},
      {"recipient never", {CURLE_SEND_ERROR, 550, "RCPT failed: 550"}, Verdict::failed},
      {"sender refused", {CURLE_SEND_ERROR, 530, "MAIL failed: 530"}, Verdict::configuration},
      {"sender later", {CURLE_SEND_ERROR, 451, "MAIL failed: 451"}, Verdict::later},
      {"data later", {CURLE_WEIRD_SERVER_REPLY, 452, ""}, Verdict::later},
      {"data never", {CURLE_WEIRD_SERVER_REPLY, 554, ""}, Verdict::failed},
      {"greeting 421", {CURLE_WEIRD_SERVER_REPLY, 421, ""}, Verdict::later},
      {"dropped after the dot", {CURLE_RECV_ERROR, 354, ""}, Verdict::later},
      {"wrong certificate", {CURLE_PEER_FAILED_VERIFICATION, 220, ""}, Verdict::configuration},
      {"no STARTTLS", {CURLE_USE_SSL_FAILED, 250, ""}, Verdict::configuration},
      {"no STARTTLS now", {CURLE_USE_SSL_FAILED, 454, ""}, Verdict::later},
      {"password refused", {CURLE_LOGIN_DENIED, 535, ""}, Verdict::configuration},
      {"no log-in now", {CURLE_LOGIN_DENIED, 454, ""}, Verdict::later},
      {"password has to be set anew", {CURLE_LOGIN_DENIED, 432, ""}, Verdict::configuration},
      {"port closed", {CURLE_COULDNT_CONNECT, 0, ""}, Verdict::later},
      {"name unknown", {CURLE_COULDNT_RESOLVE_HOST, 0, ""}, Verdict::later},
      {"too slow", {CURLE_OPERATION_TIMEDOUT, 354, ""}, Verdict::later},
  };
  for (const Case& one : cases) EXPECT_EQ(verdict_of(one.outcome, 0), one.verdict) << one.what;
}

TEST(Verdict, ABrokenHandshakeIsTheConfigurationsTheThirdTime) {  // I-44
  const SmtpOutcome broken{CURLE_SSL_CONNECT_ERROR, 220, ""};
  EXPECT_EQ(verdict_of(broken, 0), Verdict::later);
  EXPECT_EQ(verdict_of(broken, 1), Verdict::later);
  EXPECT_EQ(verdict_of(broken, 2), Verdict::configuration);
}

TEST(Verdict, DelaysGrowToAnHour) {  // I-44
  const std::int64_t minutes[] = {1, 5, 15, 30, 60, 60, 60};
  std::int64_t attempt = 0;
  for (const std::int64_t expected : minutes)
    EXPECT_EQ(retry_delay_ms(++attempt), expected * 60'000) << attempt;
}

TEST(Pacing, SixtyMessagesLeaveInAnyMinute) {  // I-46
  using std::chrono::milliseconds;
  std::deque<milliseconds> sent;
  milliseconds now{1'000'000};
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(pause_before_next(sent, now, 60), milliseconds(0));
    sent.push_back(now);
    now += milliseconds(100);
  }
  EXPECT_EQ(pause_before_next(sent, now, 60), milliseconds(54'000));
  EXPECT_EQ(pause_before_next(sent, now + milliseconds(54'000), 60), milliseconds(0));
}

}  // namespace
}  // namespace host::mail
