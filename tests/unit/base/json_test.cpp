#include "src/base/json.hpp"

#include <gtest/gtest.h>

namespace gcal::base {
namespace {

TEST(Json, GivenADocument_WhenParsedAndDumped_ThenNothingIsLost) {
  const std::string text = R"({"a":[1,-2.5,true,null,"\u00fc\n"],"b":{"c":9223372036854775807}})";
  const auto parsed = Json::parse(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ((*parsed)["b"]["c"].as_integer(), INT64_MAX);
  EXPECT_EQ(*Json::parse(parsed->dump()), *parsed);
}

TEST(Json, GivenTheNumberOfCve202438517_WhenParsed_ThenItIsReadAsZero) {
  const auto parsed = Json::parse("0.00000000001e-2147483639");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->as_double(), 0.0);
}

TEST(Json, GivenHostileText_WhenParsed_ThenTheErrorNamesTheByte) {
  for (const std::string& text :
       {std::string("{\"a\":1,\"a\":2}"), std::string(100'000, '['), std::string("\"\xff\""), std::string("1e400"), std::string("[1] x"),
        std::string("[1]\0x", 5), std::string(""), std::string("\"\\ud800\""), std::string(80, '9') + "9"}) {
    const auto parsed = Json::parse(text);
    ASSERT_FALSE(parsed) << text.substr(0, 40);
    EXPECT_EQ(parsed.error().code, Code::invalid);
    EXPECT_NE(parsed.error().message.find("byte"), std::string::npos) << parsed.error().message;
  }
}

TEST(Json, GivenDepth64_WhenParsed_ThenItIsAcceptedAnd65IsNot) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(Json::parse(nested(64)));
  EXPECT_FALSE(Json::parse(nested(65)));
}

TEST(Json, GivenAWrongKind_WhenRead_ThenTheAnswerIsNeutral) {
  const Json value = Json::object({{"attendees", Json::object()}});
  EXPECT_TRUE(value["attendees"].items().empty());
  EXPECT_EQ(value["absent"]["deeper"].as_string(), "");
}

}  // namespace
}  // namespace gcal::base
