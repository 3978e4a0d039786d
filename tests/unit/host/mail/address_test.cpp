#include "src/host/mail/address.hpp"

#include <gmock/gmock.h>

namespace host::mail {
namespace {

TEST(MailAddress, ADomainOfAnyScriptBecomesAscii) {  // I-45
  EXPECT_EQ(*sendable_address("erika@m\u00fcller.example"), "erika@xn--mller-kva.example");
  EXPECT_EQ(*sendable_address("a.b+c@example.com"), "a.b+c@example.com");
}

TEST(MailAddress, WhatNoMailServerTakesIsRefused) {  // I-37, I-45
  for (const char* address :
       {"", "a", "@example.com", "a@", "\u00e4@example.com", "a b@example.com", "a@b@example.com",
        "a@exa mple.com", "a@example.com\r\nDATA", "a@example.com>", "<a@example.com", ".a@b.c",
        "a..b@c.d", "a@.b", "a@b..c", "a@b,c@d.e"})
    EXPECT_FALSE(sendable_address(address)) << address;
  EXPECT_FALSE(sendable_address(std::string(65, 'a') + "@example.com"));
  EXPECT_FALSE(sendable_address("a@" + std::string(250, 'b') + ".c"));
}

TEST(MailAddress, OnlyThisMachineIsLoopback) {  // I-46
  for (const char* host : {"localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host :
       {"", "127.0.0.1.example.com", "127.evil", "localhost.example", "10.0.0.1"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(MailAddress, WordsOfAMailServerLoseAddressesAndControls) {  // I-46
  EXPECT_EQ(without_addresses("550 5.1.1 <erika@example.net>: unknown\r\nuser"),
            "550 5.1.1 (address) unknown user");
  EXPECT_LE(without_addresses(std::string(900, 'x')).size(), 200u);
}

}  // namespace
}  // namespace host::mail
