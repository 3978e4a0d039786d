// Steps of settings flows as plugins answer them, and the check of a user's input. Pure.
#include <gtest/gtest.h>

#include "src/hosting/flows/flow_step.hpp"

namespace hosting {
namespace {

TEST(FlowStep, ExternalLinkMustBeHttpsOrLoopback) {
  const auto external = [](const char* url) {
    return read_step(
        Json::object({{"type", "external"}, {"step", "s"}, {"url", url}, {"resume_key", "k"}})
            .dump());
  };
  EXPECT_TRUE(external("https://accounts.google.com/o/oauth2/v2/auth?x=1"));
  EXPECT_TRUE(external("http://127.0.0.1:9000/auth"));
  for (const char* url :
       {"javascript:alert(1)", "http://example.com/", "data:text/html,x", "//example.com", ""})
    EXPECT_FALSE(external(url)) << url;
}

TEST(FlowStep, MalformedStepsAreRefused) {
  for (const char* text :
       {"", "[]", "{}", R"({"type":"dance","step":"s"})", R"({"type":"form","schema":{}})",
        R"({"type":"menu","step":"s","options":[]})", R"({"type":"finish"})",
        R"({"type":"abort"})"})
    EXPECT_FALSE(read_step(text)) << text;
}

TEST(FlowStep, EachFieldErrorNamesWhatTheSchemaWants) {
  const Json schema = Json::parse(
                          R"({"required":["n"],"properties":{
          "n":{"type":"integer","minimum":1,"maximum":5},"b":{"type":"boolean"},
          "e":{"type":"string","format":"email"},"u":{"type":"string","format":"uri"},
          "t":{"type":"string","minLength":3,"maxLength":4},
          "l":{"type":"array","items":{"enum":["a"]},"minItems":1}}})")
                          .
                          operator*();
  const auto key = [&](const char* field, Json value) {
    Json input = Json::object({{"n", 3}});
    input.set(field, std::move(value));
    const auto errors = check_input(schema, input);
    return errors.empty() ? std::string() : errors.front().second;
  };
  EXPECT_EQ(check_input(schema, Json::object()).front(),
            (std::pair<std::string, std::string>{"n", "error.required"}));
  EXPECT_EQ(key("n", 6), "error.range");
  EXPECT_EQ(key("n", "3"), "error.type");
  EXPECT_EQ(key("b", "yes"), "error.type");
  EXPECT_EQ(key("b", true), "");
  EXPECT_EQ(key("e", "nobody"), "error.email");
  EXPECT_EQ(key("u", "ftp:x"), "error.uri");
  EXPECT_EQ(key("t", "ab"), "error.too_short");
  EXPECT_EQ(key("t", "äöüß"), "") << "characters count, not bytes";
  EXPECT_EQ(key("t", "äöüßa"), "error.too_long");
  EXPECT_EQ(key("l", Json::array()), "error.too_few");
  EXPECT_EQ(key("l", Json::array({"a", "a"})), "error.not_offered");
}

}  // namespace
}  // namespace hosting
