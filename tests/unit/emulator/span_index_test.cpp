#include "src/emulator/model/span_index.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "src/emulator/model/recurrence.hpp"
#include "tests/support/seeded_random.hpp"

namespace emulator {
namespace {

struct Item {
  Span span;
};

TEST(SpanIndex, FindsEveryEventThatTouchesARangeAndNoneTwice) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    gcal::support::SeededRandom random(seed);
    const auto number = [&](std::int64_t below) {
      return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(below)));
    };
    SpanIndex<Item> index;
    std::vector<Item> items(400);
    const auto place = [&](Item& item) {
      item.span.first = number(100'000) - 50'000;
      const std::int64_t kind = number(10);
      item.span.last = kind == 0   ? kEndless
                       : kind == 1 ? item.span.first
                                   : item.span.first + number(kind == 2 ? 60'000 : 3'000);
      index.add(item.span, &item);
    };
    for (Item& item : items) place(item);
    for (int round = 0; round < 200; ++round) {
      Item& moved = items[random.below(items.size())];
      index.remove(moved.span, &moved);
      place(moved);
      Span range{number(120'000) - 60'000, 0};
      range.last = random.below(10) == 0 ? kEndless : range.first + number(8'000);
      std::map<const Item*, int> found;
      index.for_each_near(range, [&](Item& item) { ++found[&item]; });
      for (const Item& item : items) {
        const bool touches = item.span.first <= range.last && item.span.last >= range.first;
        EXPECT_GE(found[&item], touches ? 1 : 0) << "seed " << seed << ", round " << round;
      }
      for (const auto& [item, count] : found) EXPECT_LE(count, 1) << "seed " << seed;
    }
  }
}

TEST(SpanIndex, AShortRangeReadsFewOfManyShortEvents) {
  SpanIndex<Item> index;
  std::vector<Item> items(10'000);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto first = static_cast<std::int64_t>(i) * 3'600;
    items[i].span = {first, first + 1'800};
    index.add(items[i].span, &items[i]);
  }
  int read = 0;
  index.for_each_near({36'000'000 / 2, 36'000'000 / 2 + 36'000}, [&](Item&) { ++read; });
  EXPECT_LE(read, 12);
}

}  // namespace
}  // namespace emulator
