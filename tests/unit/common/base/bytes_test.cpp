#include "src/common/base/bytes.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <string>

#include "src/common/base/id.hpp"
#include "src/common/base/utf8.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::base {
namespace {

using support::SeededRandom;

TEST(Utf8, CutNeverHalvesACharacter) {
  const std::string text = "aä€😀z";  // of 1, 2, 3, 4 and 1 bytes
  const std::size_t kept[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (std::size_t bytes = 0; bytes < std::size(kept); ++bytes)
    EXPECT_EQ(beginning(text, bytes), text.substr(0, kept[bytes])) << bytes;
}

TEST(Bytes, EncodersMatchTheVectorsOfRfc4648) {
  EXPECT_EQ(to_base64(as_bytes("foob")), "Zm9vYg==");
  EXPECT_EQ(to_base64url(as_bytes("\xfb\xff")), "-_8");
  EXPECT_EQ(to_base32hex(as_bytes("foobar")), "cpnmuoj1e8");
  EXPECT_EQ(to_hex(as_bytes("\x01\xab")), "01ab");
}

TEST(Bytes, EncodingsRoundTripAllBytes) {
  SeededRandom random(1);
  for (std::size_t size = 0; size < 40; ++size) {
    Bytes bytes(size);
    random.fill(bytes);
    EXPECT_EQ(*from_hex(to_hex(bytes)), bytes);
    EXPECT_EQ(*from_base64(to_base64(bytes)), bytes);
    EXPECT_EQ(*from_base64url(to_base64url(bytes)), bytes);
  }
}

TEST(Bytes, TextOutsideTheAlphabetIsRefused) {
  EXPECT_FALSE(from_hex("0g"));
  EXPECT_FALSE(from_hex("abc"));
  EXPECT_FALSE(from_base64("Zm9vY==="));
  EXPECT_FALSE(from_base64url("Zm9+"));
  EXPECT_FALSE(from_base64url("Zh"));  // left-over bits are not zero
}

TEST(Bytes, HmacMatchesTheVectorsOfRfc4231) {
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Id, IdsFollowFromTheSeedAndFitGooglesAlphabet) {
  SeededRandom a(7);
  SeededRandom b(7);
  const std::string id = new_id(a);
  EXPECT_EQ(id, new_id(b));
  EXPECT_EQ(id.size(), 26u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuv"), std::string::npos);
  EXPECT_EQ(new_secret(a).size(), 43u);
}

}  // namespace
}  // namespace gcal::base
