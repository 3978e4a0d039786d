#include "src/common/net/server_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gcal::net {
namespace {

ReceivedHead head(std::string target, Headers headers, bool is_http_1_1 = true) {
  ReceivedHead received;
  received.method = "GET";
  received.target = std::move(target);
  received.headers = std::move(headers);
  received.is_http_1_1 = is_http_1_1;
  return received;
}

TEST(ServerMessage, TargetIsDividedIntoPathAndQuery) {
  ServerRequest request;
  ASSERT_TRUE(read_head(head("/a%2Fb?c=1?d", {{"Host", "crm"}}), request));
  EXPECT_EQ(request.path, "/a%2Fb");
  EXPECT_EQ(request.query, "c=1?d");
  ServerRequest all;
  ASSERT_TRUE(read_head(head("*", {{"Host", "crm"}}), all));
  EXPECT_EQ(all.path, "*");
  EXPECT_EQ(all.query, "");
}

TEST(ServerMessage, AuthorityOfAnAbsoluteTargetIsTheHost) {
  for (const auto& [target, path] :
       {std::pair("http://crm:81/a?b", "/a"), std::pair("http://crm:81", "/"),
        std::pair("http://crm:81?b", "/")}) {
    ServerRequest request;
    ASSERT_TRUE(read_head(head(target, {{"Host", "other"}}), request)) << target;
    EXPECT_EQ(request.headers.get("Host"), "crm:81") << target;
    EXPECT_EQ(request.path, path) << target;
  }
  ServerRequest request;
  EXPECT_FALSE(read_head(head("no target", {{"Host", "crm"}}), request));
}

TEST(ServerMessage, HostIsThereOnceExceptInTheOldVersion) {
  ServerRequest request;
  EXPECT_FALSE(read_head(head("/", {}), request));
  EXPECT_TRUE(read_head(head("/", {}, false), request));
  Headers two{{"Host", "a"}};
  two.add("host", "a");
  EXPECT_FALSE(read_head(head("/", two), request));
}

TEST(ServerMessage, HeaderThatWouldBreakOutOfItsLineIsLeftOut) {
  Headers headers{{"Content-Type", "text/plain"}};
  headers.add("Location", "/\r\nSet-Cookie: a=b");
  headers.add("X-Zero", std::string("a\0b", 3));
  EXPECT_EQ(head_of(200, "OK", headers, false),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n");
}

TEST(ServerMessage, GzipIsAppliedOnceWhereItIsAllowedAndWorthIt) {
  EXPECT_TRUE(accepts_gzip({{"Accept-Encoding", "br, gzip"}}));
  EXPECT_FALSE(accepts_gzip({{"Accept-Encoding", "gzip;q=0"}}));
  EXPECT_FALSE(accepts_gzip({}));
  ServerResponse small{200, {}, "short"};
  compress(small);
  EXPECT_EQ(small.body, "short");
  ServerResponse large{200, {}, std::string(5'000, 'x')};
  compress(large);
  EXPECT_LT(large.body.size(), 500u);
  EXPECT_EQ(large.headers.get("Vary"), "Accept-Encoding");
  const std::string once = large.body;
  compress(large);
  EXPECT_EQ(large.body, once);
}

TEST(ServerMessage, ChunkNamesItsSizeInHex) {
  EXPECT_EQ(chunk_of(std::string(26, 'x')), "1a\r\n" + std::string(26, 'x') + "\r\n");
}

}  // namespace
}  // namespace gcal::net
