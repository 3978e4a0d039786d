#include <gmock/gmock.h>

#include "plugin/account/health.hpp"
#include "plugin/account/run_memory.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

settings::AccountConfig config_with_default(std::string id) {
  settings::AccountConfig config;
  config.default_calendar = std::move(id);
  return config;
}

TEST(Health, MostUrgentConditionIsShown) {
  const settings::AccountConfig config = config_with_default("me");
  HealthFacts facts;
  facts.config = &config;
  EXPECT_EQ(health_of(facts).string("reason"), "health.ok");
  facts.default_read_only = "Team";
  EXPECT_EQ(health_of(facts).string("reason"), "health.default_read_only");
  facts.default_gone = "Team";
  EXPECT_EQ(health_of(facts).string("reason"), "health.default_gone");
  facts.progress = Progress{3, 10};
  EXPECT_EQ(health_of(facts).string("state"), "working");
  EXPECT_EQ(health_of(facts)["progress"]["total"].as_integer(), 10);
  facts.error = Error{Code::timeout, "late", {}};
  EXPECT_EQ(health_of(facts).string("state"), "waiting");
  facts.error = Error{Code::invalid, "refused", {}};
  EXPECT_EQ(health_of(facts)["args"].string("message"), "refused");
  facts.error = Error{Code::needs_auth, "", {}};
  EXPECT_EQ(health_of(facts).string("state"), "needs_auth");
  facts.account_state = "paused";
  EXPECT_EQ(health_of(facts).string("state"), "off");
}

TEST(Health, EachThingThatNeedsTheUserIsAnItem) {
  HealthFacts facts;
  facts.held = 21;
  facts.refused = 2;
  facts.bulk_deleted = 16;
  facts.gone = {"Holidays"};
  const Json attention = health_of(facts)["attention"];
  ASSERT_EQ(attention.items().size(), 4u);
  EXPECT_EQ(attention.items()[0].string("key"), "health.held");
  EXPECT_EQ(attention.items()[0]["args"]["count"].as_integer(), 21);
  EXPECT_EQ(attention.items()[0].string("action"), "options");
  EXPECT_EQ(attention.items()[3]["args"].string("name"), "Holidays");
}

TEST(Health, IsNotOkWhileSomethingIsHeldOrCannotBeRead) {  // P-06
  const settings::AccountConfig config = config_with_default("me");
  const auto shown = [&](auto&& set) {
    HealthFacts facts;
    facts.config = &config;
    set(facts);
    const Json health = health_of(facts);
    return health.string("state") + " " + health.string("reason");
  };
  EXPECT_EQ(shown([](HealthFacts&) {}), "ok health.ok");
  EXPECT_EQ(shown([](HealthFacts& facts) { facts.refused = 1; }), "attention health.quarantined");
  EXPECT_EQ(shown([](HealthFacts& facts) { facts.unreadable = 1; }), "attention health.unreadable");
  EXPECT_EQ(shown([](HealthFacts& facts) { facts.failing = 1; }), "waiting health.failing");
  EXPECT_EQ(shown([](HealthFacts& facts) { facts.no_creations = true; }), "waiting refusal.quota");
}

TEST(Health, ARefusalOfTheAccountSaysWhoMustAct) {  // P-14, P-16
  HealthFacts facts;
  facts.error = Error{Code::denied, "switched off", {}, Scope::account, "refusal.api_disabled"};
  EXPECT_EQ(health_of(facts).string("state"), "attention");
  EXPECT_EQ(health_of(facts).string("reason"), "refusal.api_disabled");
  facts.error = Error{Code::unavailable, "slower", {}, Scope::account, "refusal.pace"};
  EXPECT_EQ(health_of(facts).string("state"), "waiting");
  EXPECT_EQ(health_of(facts).string("reason"), "refusal.pace");
}

TEST(Health, CrmCalendarAsDefaultIsShownAsNotSynchronised) {  // S-17
  const settings::AccountConfig config = config_with_default("");
  HealthFacts facts;
  facts.config = &config;
  EXPECT_EQ(health_of(facts).string("reason"), "health.not_synchronised");
}

TEST(RunMemory, SurvivesJsonAndIgnoresUnreadableParts) {
  RunMemory memory;
  const base::Instant due{base::Milliseconds{1'000'000}};
  memory["a"].pairs["p"] = {due, {}, {}, due, sync::Push::active};
  memory["a"].pairs["p"].retry_at = due;
  memory["a"].failures = 3;
  const RunMemory back = run_memory_from_json(to_json(memory));
  EXPECT_EQ(back.at("a").pairs.at("p").due_at, due);
  EXPECT_EQ(back.at("a").pairs.at("p").push, sync::Push::active);
  EXPECT_EQ(back.at("a").pairs.at("p").retry_at, due);
  EXPECT_EQ(back.at("a").failures, 3u);
  EXPECT_TRUE(run_memory_from_json(Json("nonsense")).empty());
  EXPECT_TRUE(
      run_memory_from_json(
          Json::object({{"version", 2}, {"accounts", Json::object({{"a", Json::object()}})}}))
          .empty());
}

}  // namespace
}  // namespace gcal::plugin
