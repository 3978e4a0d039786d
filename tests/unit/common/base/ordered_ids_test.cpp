#include "src/common/base/ordered_ids.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "src/common/base/id.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::base {
namespace {

using support::SeededRandom;

constexpr Instant kStart{std::chrono::milliseconds{1'767'225'600'123}};  // 2026-01-01
constexpr Milliseconds kMs{1};

// Every bit is set: the next id within the millisecond needs a carry through all 80 of them.
class AllOnes final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, std::uint8_t{0xFF}); }
};

TEST(OrderedIds, AnIdIs26CharactersOfGooglesAlphabetAndFollowsFromTheSeed) {
  SeededRandom a(7);
  SeededRandom b(7);
  OrderedIds one;
  OrderedIds other;
  for (int i = 0; i < 100; ++i) {
    const std::string id = one.next(kStart + i * kMs, a);
    EXPECT_EQ(id, other.next(kStart + i * kMs, b));
    EXPECT_EQ(id.size(), 26u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdefghijklmnopqrstuv"), std::string::npos);
  }
}

TEST(OrderedIds, TheFirst48BitsAreTheMilliseconds) {
  SeededRandom random(1);
  // Ten characters of five bits each: two bits of the last one are random.
  const std::uint64_t at = static_cast<std::uint64_t>(kStart.time_since_epoch().count());
  const std::string id = OrderedIds().next(kStart, random);
  std::uint64_t read = 0;
  for (const char c : id.substr(0, 10))
    read = read * 32 + static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  EXPECT_EQ(read >> 2, at);
}

TEST(OrderedIds, LaterIdsAreGreaterWhateverMadeThem) {
  SeededRandom random(2);
  std::string last;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = OrderedIds().next(kStart + i * kMs, random);
    EXPECT_GT(id, last);
    last = id;
  }
}

TEST(OrderedIds, WithinAMillisecondIdsRise) {
  SeededRandom random(3);
  OrderedIds ids;
  std::vector<std::string> made;
  for (int i = 0; i < 100'000; ++i) made.push_back(ids.next(kStart + (i / 5'000) * kMs, random));
  EXPECT_TRUE(std::ranges::is_sorted(made));
  EXPECT_EQ(std::set<std::string>(made.begin(), made.end()).size(), made.size());
}

TEST(OrderedIds, AClockThatIsSetBackMakesNoSmallerId) {
  SeededRandom random(4);
  OrderedIds ids;
  const std::string before = ids.next(kStart, random);
  const std::string back = ids.next(kStart - std::chrono::hours{1}, random);
  EXPECT_GT(back, before);
  EXPECT_GT(ids.next(kStart + kMs, random), back);
  // Another program does not know what was made before: its ids follow its clock.
  EXPECT_LT(OrderedIds().next(kStart - std::chrono::hours{1}, random), before);
}

TEST(OrderedIds, UsedUpBitsGoOnInTheNextMillisecond) {
  AllOnes ones;
  OrderedIds ids;
  std::string last;
  for (int i = 0; i < 5; ++i) {
    const std::string id = ids.next(kStart, ones);
    EXPECT_GT(id, last);
    last = id;
  }
}

TEST(OrderedIds, TimesOutsideTheRangeMakeIdsThatStillRise) {
  SeededRandom random(5);
  OrderedIds ids;
  const std::string first = ids.next(Instant{std::chrono::milliseconds{-5}}, random);
  const std::string second = ids.next(Instant{}, random);
  EXPECT_GT(second, first);
  EXPECT_GT(ids.next(Instant::max(), random), second);
}

// Two programs that work at the same millisecond.
TEST(OrderedIds, ObjectsOfTheirOwnShareNoId) {
  SeededRandom random(6);
  std::set<std::string> ids;
  for (int i = 0; i < 20'000; ++i) ids.insert(OrderedIds().next(kStart, random));
  EXPECT_EQ(ids.size(), 20'000u);
}

// Links of older versions keep their random ids, among which the new ones lie by their text.
TEST(OrderedIds, OldIdsHaveTheSameForm) {
  SeededRandom random(8);
  EXPECT_EQ(new_id(random).size(), OrderedIds().next(kStart, random).size());
}

}  // namespace
}  // namespace gcal::base
