#include "src/engine/google/repaired_json.hpp"

#include <gtest/gtest.h>

#include "src/common/base/json.hpp"

namespace gcal::google {
namespace {

using base::Json;

constexpr const char* kReplaced = "\xEF\xBF\xBD";

TEST(RepairedJson, ADamagedCharacterCostsOneCharacter) {  // P-06
  const std::pair<std::string, std::string> kTexts[] = {
      {R"(half \ud83d emoji)", std::string("half ") + kReplaced + " emoji"},
      {R"(half \udc00)", std::string("half ") + kReplaced},
      {R"(\ud83d\ud83d\ude00)", std::string(kReplaced) + "\xF0\x9F\x98\x80"},
      {R"(\ud83dA)", std::string(kReplaced) + "A"},
      {R"(\\ud83d)", R"(\ud83d)"},
      {R"(quote \" \ud83d)", std::string("quote \" ") + kReplaced},
      {"byte \xFF.", std::string("byte ") + kReplaced + "."},
      {"cut \xE2\x82", std::string("cut ") + kReplaced + kReplaced},
      {"surrogate \xED\xA0\x80", std::string("surrogate ") + kReplaced + kReplaced + kReplaced},
      {"line\nbreak", std::string("line") + kReplaced + "break"},
      {std::string("nul\0.", 5), std::string("nul") + kReplaced + "."}};
  for (const auto& [damaged, shown] : kTexts) {
    const std::string body = R"({"a":{"summary":")" + damaged + R"(","b":[1]}})";
    const Result<Json> read = Json::parse(repaired_json(body));
    ASSERT_TRUE(read) << damaged;
    EXPECT_EQ((*read)["a"].string("summary"), shown);
    EXPECT_EQ((*read)["a"]["b"].items().size(), 1u) << damaged;
  }
}

TEST(RepairedJson, WhatIsNotDamagedOrNotInAStringIsLeftAsItIs) {
  for (const std::string text :
       {"", "{", R"({"a":"\u00e4 \ud83d\ude00 \n \q","\":[1,2]})", "\xFF", "\"", "\"\\", "\"\\u12"})
    EXPECT_EQ(repaired_json(text), text);
}

}  // namespace
}  // namespace gcal::google
