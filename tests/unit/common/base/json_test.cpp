#include "src/common/base/json.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gcal::base {
namespace {

TEST(Json, ParseAndDumpLoseNothing) {
  const std::string text = R"({"a":[1,-2.5,true,null,"\u00fc\n"],"b":{"c":9223372036854775807}})";
  const auto parsed = Json::parse(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ((*parsed)["b"]["c"].as_integer(), INT64_MAX);
  EXPECT_EQ(*Json::parse(parsed->dump()), *parsed);
}

TEST(Json, NumberOfCve202438517IsReadAsZero) {
  const auto parsed = Json::parse("0.00000000001e-2147483639");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->as_double(), 0.0);
}

TEST(Json, ErrorNamesTheByteOfHostileText) {
  for (const std::string& text :
       {std::string("{\"a\":1,\"a\":2}"), std::string(100'000, '['), std::string("\"\xff\""),
        std::string("1e400"), std::string("[1] x"), std::string("[1]\0x", 5), std::string(""),
        std::string("\"\\ud800\""), std::string("\"\\udc00\""), std::string("{\"\\udfff\":1}"),
        std::string("\"\xc0\xaf\""), std::string("\"\xed\xa0\x80\""),
        std::string("\"\xf4\x90\x80\x80\""), std::string("\"12345678\xe2\x82\""),
        std::string(80, '9') + "9"}) {
    const auto parsed = Json::parse(text);
    ASSERT_FALSE(parsed) << text.substr(0, 40);
    EXPECT_EQ(parsed.error().code, Code::invalid);
    EXPECT_NE(parsed.error().message.find("byte"), std::string::npos) << parsed.error().message;
  }
}

TEST(Json, CharactersOfEveryLengthAreKept) {
  for (const std::string text : {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                 "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    for (std::size_t before = 0; before < 10; ++before) {
      const std::string whole = std::string(before, 'x') + text + "12345678";
      const auto parsed = Json::parse("[\"" + whole + "\"]");
      ASSERT_TRUE(parsed) << parsed.error().message;
      EXPECT_EQ(parsed->items().front().as_string(), whole);
    }
}

TEST(Json, EveryKindOfValueIsWrittenAsGoogleDoes) {
  const Json value =
      Json::object({{"text", std::string("\"\\/\b\f\n\r\t\x01\x1f\0ü", 13)},
                    {"numbers", Json::array({0, -1, INT64_MIN, 0.5, 1.0, 1e300, -0.0, 1.0 / 0.0})},
                    {"none", Json::array()},
                    {"empty", Json::object()},
                    {"rest", Json::array({nullptr, true, false})}});
  EXPECT_EQ(value.dump(), R"({"text":"\"\\/\b\f\n\r\t\u0001\u001F\u0000ü",)"
                          R"("numbers":[0,-1,-9223372036854775808,0.5,1.0,1e300,-0.0,null],)"
                          R"("none":[],"empty":{},"rest":[null,true,false]})");
  EXPECT_EQ(
      Json::object({{"a", Json::array({1, Json::object()})}, {"b", Json::array()}}).dump_pretty(),
      R"({
  "a": [
    1,
    {}
  ],
  "b": []
})");
}

TEST(Json, ByteOrderMarkIsSkipped) {
  EXPECT_TRUE(Json::parse("\xef\xbb\xbf{}"));
}

// Found by a fuzzer: the reader looks at 16 bytes at once and read behind the end of the text,
// which only a sanitizer sees.
TEST(Json, NothingBehindTheTextIsRead) {
  for (std::size_t length = 0; length < 100; ++length) {
    const std::string inside(length, 'x');
    const std::string document = "[\"" + inside + "\"]";
    const std::vector<char> exact(document.begin(), document.end());
    const auto parsed = Json::parse({exact.data(), exact.size()});
    ASSERT_TRUE(parsed) << length;
    EXPECT_EQ(parsed->items()[0].as_string(), inside);
    const std::vector<char> open(document.begin(), document.end() - 2);
    EXPECT_FALSE(Json::parse({open.data(), open.size()})) << length;
  }
}

TEST(Json, RepeatedKeyIsRefused) {
  std::string text = "{";
  for (int i = 0; i < 100; ++i)
    text += "\"key" + std::to_string(i) + "\":[" + std::to_string(i) + ",{}],";
  const auto once = Json::parse(text + "\"last\":0}");
  ASSERT_TRUE(once) << once.error().message;
  EXPECT_EQ((*once)["key99"].items()[0].as_integer(), 99);
  EXPECT_FALSE(Json::parse(text + "\"key50\":0}"));
}

TEST(Json, DepthOf64IsAcceptedAnd65IsRefused) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(Json::parse(nested(64)));
  EXPECT_FALSE(Json::parse(nested(65)));
}

TEST(Json, ReadingAnotherKindGivesANeutralValue) {
  const Json value = Json::object({{"attendees", Json::object()}});
  EXPECT_TRUE(value["attendees"].items().empty());
  EXPECT_EQ(value["absent"]["deeper"].as_string(), "");
}

}  // namespace
}  // namespace gcal::base
