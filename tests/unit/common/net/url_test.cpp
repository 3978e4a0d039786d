#include "src/common/net/url.hpp"

#include <gtest/gtest.h>

namespace gcal::net {
namespace {

TEST(Url, AbsoluteUrlIsSplitIntoItsParts) {
  const auto url = parse_url("HTTPS://Example.COM:8443/a/b%2Fc?x=1&y");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b%2Fc");
  EXPECT_EQ(url->query, "x=1&y");
  EXPECT_EQ(url->origin(), "https://example.com:8443");
  EXPECT_EQ(parse_url("http://127.0.0.1")->target(), "/");
  EXPECT_EQ(parse_url("https://example.com")->origin(), "https://example.com");
  EXPECT_EQ(parse_url("http://[::1]:80/")->host, "::1");
}

TEST(Url, HostileUrlIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("example.com"), std::string("ftp://example.com/"),
        std::string("javascript:alert(1)"), std::string("https://"),
        std::string("https://user:pass@example.com/"), std::string("https://example.com/#fragment"),
        std::string("https://example.com:0/"), std::string("https://example.com:99999/"),
        std::string("https://example.com:80x/"), std::string("https://exa mple.com/"),
        std::string("https://example.com/a\r\nX-Evil: 1"),
        std::string("https://example.com/a\0b", 23)})
    EXPECT_FALSE(parse_url(text)) << text;
}

TEST(Url, OnlyTrueLoopbackNamesCountAsLoopback) {
  for (const char* text :
       {"http://127.0.0.1/", "http://127.8.9.1:5/", "http://[::1]/", "http://localhost:1/"})
    EXPECT_TRUE(is_loopback(*parse_url(text))) << text;
  for (const char* text : {"http://127.0.0.1.evil.example/", "http://localhost.evil.example/",
                           "http://example.com/", "http://10.0.0.1/"})
    EXPECT_FALSE(is_loopback(*parse_url(text))) << text;
}

TEST(Url, PercentEncodingRoundTripsAllBytes) {
  std::string all;
  for (int c = 1; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_EQ(*percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_encode("de#holiday@group/x"), "de%23holiday%40group%2Fx");
  for (const char* broken : {"%", "%4", "%zz", "a%00b"})
    EXPECT_FALSE(percent_decode(broken)) << broken;
}

TEST(Form, FormEncodingKeepsOrderAndRepetitions) {
  const Parameters parameters{{"a", "1 + 2 & 3"}, {"b", ""}, {"a", "\xc3\xbc="}};
  EXPECT_EQ(*form_decode(form_encode(parameters)), parameters);
  EXPECT_EQ(parameter(parameters, "a"), "1 + 2 & 3");
  EXPECT_EQ(parameter_count(parameters, "a"), 2u);
  EXPECT_EQ(parameter(*form_decode("x=a+b"), "x"), "a b");
}

}  // namespace
}  // namespace gcal::net
