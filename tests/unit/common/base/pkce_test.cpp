#include "src/common/base/pkce.hpp"

#include <gtest/gtest.h>

#include "tests/support/seeded_random.hpp"

namespace gcal::base {
namespace {

TEST(Pkce, ChallengeMatchesTheVectorOfRfc7636) {
  EXPECT_EQ(pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

TEST(Pkce, NewVerifiersDifferAndFitTheAlphabet) {
  support::SeededRandom random(3);
  const Pkce first = new_pkce(random);
  const Pkce second = new_pkce(random);
  EXPECT_NE(first.verifier, second.verifier);
  EXPECT_GE(first.verifier.size(), 43u);
  EXPECT_EQ(first.verifier.find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"),
            std::string::npos);
  EXPECT_EQ(first.challenge, pkce_challenge(first.verifier));
}

}  // namespace
}  // namespace gcal::base
