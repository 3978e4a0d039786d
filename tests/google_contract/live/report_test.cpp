#include "tests/google_contract/live/report.hpp"

#include <gtest/gtest-spi.h>

namespace live {
namespace {

// With GoogleTest's real messages, so that a version which words them otherwise fails here.
template <typename Function>
Mismatch mismatch_of(Function expectation) {
  testing::TestPartResultArray failures;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &failures);
    expectation();
  }
  return mismatch_in(failures.size() == 1 ? failures.GetTestPartResult(0).message() : "");
}

TEST(LiveReport, AFailedEqualityIsTakenApart) {
  const int status = 200;
  const Mismatch number = mismatch_of([&] { EXPECT_EQ(status, 409) << "the body"; });
  EXPECT_EQ(number.expression, "status");
  EXPECT_EQ(number.actual, "200");
  EXPECT_EQ(number.expected, "409");
  const std::string reason = "invalid";
  const Mismatch text = mismatch_of([&] { EXPECT_EQ(reason, "required"); });
  EXPECT_EQ(text.actual, "\"invalid\"");
  EXPECT_EQ(text.expected, "\"required\"");
}

TEST(LiveReport, AFailedTruthIsTakenApart) {
  const Mismatch truth = mismatch_of([] { EXPECT_TRUE(std::string("a").empty()); });
  EXPECT_EQ(truth.actual, "false");
  EXPECT_EQ(truth.expected, "true");
}

TEST(LiveReport, AnyOtherMessageIsKept) {
  EXPECT_NE(mismatch_of([] { EXPECT_GT(1, 2); }).message, "");
}

TEST(LiveReport, AddressesNamesAndSecretsAreRedacted) {
  Redactor redact;
  redact.hide("anna@example.com", "you@masked");
  redact.hide("ya29.secret", "(secret)");
  redact.hide("", "nothing");
  const std::string text =
      redact(R"x({"email":"anna@example.com","displayName":"Anna \"A\" Ng",)x"
             R"x("link":"https://x/event?eid=YW5uYQ","id":"user%3Aanna%40example.com",)x"
             R"x("t":"ya29.secret"})x");
  EXPECT_EQ(text, R"x({"email":"you@masked","displayName":...,)x"
                  R"x("link":"https://x/event?eid=...","id":"user%3Ayou@masked","t":"(secret)"})x");
}

TEST(LiveReport, ADifferenceShowsFactRequestExpectedAndActual) {
  contract::Fact fact;
  fact.section = "events.shown";
  fact.title = "a fact";
  fact.evidence = contract::Evidence::observed;
  RunResult run;
  run.google = "https://www.googleapis.com";
  run.findings.push_back(
      {&fact,
       Verdict::differs,
       "",
       "",
       {{"response.status", "409", "200", ""}},
       {{"POST", "/calendar/v3/calendars/r/events", "{}", 200, "{\"id\":\"a\"}"}}});
  run.findings.push_back({&fact, Verdict::not_run, "the reason", "", {}, {}});
  const std::string text = to_text(run, Redactor());
  for (const char* part :
       {"Differences: 1", "1. events.shown: a fact", "evidence: observed", "expected:  409",
        "got:       200", "POST /calendar/v3/calendars/r/events {}", "200 {\"id\":\"a\"}",
        "1  the reason"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  EXPECT_EQ(to_json(run, Redactor())["findings"].items()[0]["statements"].items()[0].string("got"),
            "200");
}

TEST(LiveReport, WhatAProbeFoundReadsAsTheEmulatorTakesIt) {
  contract::Fact probe;
  probe.section = "guesses";
  probe.switch_name = "occurrence_in_gap";
  probe.probe = [](contract::Backend&) { return std::string("skipped"); };
  RunResult run;
  run.findings.push_back({&probe, Verdict::found, "", "skipped", {}, {}});
  const std::string text = to_text(run, Redactor());
  EXPECT_NE(text.find("google: occurrence_in_gap = skipped\n"), std::string::npos) << text;
  EXPECT_NE(text.find("google_emulator --assume occurrence_in_gap=skipped\n"), std::string::npos);
  EXPECT_EQ(to_json(run, Redactor())["behaviour"].string("occurrence_in_gap"), "skipped");
  EXPECT_EQ(count_differences(run), 0u);
}

TEST(LiveReport, ADifferenceFromAGuessCountsWithStrictOnly) {
  contract::Fact guess, known;
  guess.evidence = contract::Evidence::guessed;
  known.evidence = contract::Evidence::observed;
  RunResult run;
  run.findings.push_back({&guess, Verdict::differs, "", "", {}, {}});
  EXPECT_EQ(count_differences(run, true), 1u);
  EXPECT_EQ(count_differences(run, false), 0u);
  EXPECT_NE(to_text(run, Redactor()).find("Differences: 1, 1 of them from a guess\n"),
            std::string::npos);
  run.findings.push_back({&known, Verdict::differs, "", "", {}, {}});
  EXPECT_EQ(count_differences(run, false), 1u);
  EXPECT_EQ(to_json(run, Redactor())["guessed_differences"].as_integer(), 1);
}

}  // namespace
}  // namespace live
