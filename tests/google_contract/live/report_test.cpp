#include "tests/google_contract/live/report.hpp"

#include <gtest/gtest-spi.h>

namespace live {
namespace {

// GoogleTest's own words, so that another version of it cannot escape notice.
template <typename Function>
Statement said(Function check) {
  testing::TestPartResultArray failures;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
    check();
  }
  return statement(failures.size() == 1 ? failures.GetTestPartResult(0).message() : "");
}

TEST(LiveReport, GivenAFailedEquality_WhenTakenApart_ThenExpectedAndGotAreTold) {
  const int status = 200;
  const Statement number = said([&] { EXPECT_EQ(status, 409) << "the body"; });
  EXPECT_EQ(number.of, "status");
  EXPECT_EQ(number.got, "200");
  EXPECT_EQ(number.expected, "409");
  const std::string reason = "invalid";
  const Statement text = said([&] { EXPECT_EQ(reason, "required"); });
  EXPECT_EQ(text.got, "\"invalid\"");
  EXPECT_EQ(text.expected, "\"required\"");
}

TEST(LiveReport, GivenAFailedTruth_WhenTakenApart_ThenExpectedAndGotAreTold) {
  const Statement truth = said([] { EXPECT_TRUE(std::string("a").empty()); });
  EXPECT_EQ(truth.got, "false");
  EXPECT_EQ(truth.expected, "true");
}

TEST(LiveReport, GivenOtherWords_WhenTakenApart_ThenTheyAreKept) {
  EXPECT_NE(said([] { EXPECT_GT(1, 2); }).words, "");
}

TEST(LiveReport, GivenAddressesNamesAndSecrets_WhenMasked_ThenNoneIsLeft) {
  Mask mask;
  mask.hide("anna@example.com", "you@masked");
  mask.hide("ya29.secret", "(secret)");
  mask.hide("", "nothing");
  const std::string text = mask(
      R"x({"email":"anna@example.com","displayName":"Anna \"A\" Ng","link":"https://x/event?eid=YW5uYQ","id":"user%3Aanna%40example.com","t":"ya29.secret"})x");
  EXPECT_EQ(
      text,
      R"x({"email":"you@masked","displayName":...,"link":"https://x/event?eid=...","id":"user%3Ayou@masked","t":"(secret)"})x");
}

TEST(LiveReport, GivenADifference_WhenPrinted_ThenFactRequestExpectedAndGotStandThere) {
  const contract::Check check{"events.shown", "a fact", contract::Known::observed,
                              [](contract::Probe&) {}};
  Session run;
  run.google = "https://www.googleapis.com";
  run.findings.push_back(
      {&check,
       Verdict::differs,
       "",
       {{"answer.status", "409", "200", ""}},
       {{"POST", "/calendar/v3/calendars/r/events", "{}", 200, "{\"id\":\"a\"}"}}});
  run.findings.push_back({&check, Verdict::not_run, "the reason", {}, {}});
  const std::string text = printed(run, Mask());
  for (const char* part :
       {"Differences: 1", "1. events.shown: a fact", "known: observed", "expected:  409",
        "got:       200", "POST /calendar/v3/calendars/r/events {}", "200 {\"id\":\"a\"}",
        "1  the reason"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  EXPECT_EQ(document(run, Mask())["findings"].items()[0]["statements"].items()[0].string("got"),
            "200");
}

}  // namespace
}  // namespace live
