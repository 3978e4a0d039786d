// The matcher alone: which of two appointments without a link are the same.
#include "src/engine/sync/match.hpp"

#include <gtest/gtest.h>

namespace gcal::sync {
namespace {

using namespace std::chrono_literals;

Series appointment(std::string title, std::chrono::hours hour, std::string uid = {}) {
  Series series;
  series.master.summary = std::move(title);
  const auto start = std::chrono::sys_seconds{1'800'000'000s} + hour;
  series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
  series.master.end = calendar::ZonedTime{start + 1h, "Europe/Berlin"};
  series.facts.ical_uid = std::move(uid);
  return series;
}

TEST(Matcher, AUidThatOccursOnceOnEachSideMatchesAlone) {  // P-04
  Matcher matcher;
  matcher.add_crm("crm", appointment("title", 0h, "uid"));
  EXPECT_TRUE(matcher.has_uids());
  const Series moved = appointment("other title", 5h, "uid");
  matcher.count_remote(moved);
  EXPECT_EQ(matcher.take_match(moved), "crm");
  EXPECT_TRUE(matcher.unmatched().empty());
}

TEST(Matcher, AUidThatOccursTwiceNeedsAnEqualStart) {  // P-01
  Matcher matcher;
  matcher.add_crm("first", appointment("meeting", 0h, "uid"));
  matcher.add_crm("second", appointment("meeting", 24h, "uid"));
  const Series renamed = appointment("renamed", 24h, "uid");
  const Series elsewhere = appointment("meeting", 48h, "uid");
  matcher.count_remote(renamed);
  matcher.count_remote(elsewhere);
  EXPECT_EQ(matcher.take_match(elsewhere), "");
  EXPECT_EQ(matcher.take_match(renamed), "second");
  EXPECT_EQ(matcher.unmatched(), std::vector<std::string>{"first"});
}

TEST(Matcher, EqualContentIsPreferredAmongEqualStarts) {
  Matcher matcher;
  matcher.add_crm("a", appointment("other", 0h, "uid"));
  matcher.add_crm("b", appointment("meeting", 0h, "uid"));
  EXPECT_EQ(matcher.take_match(appointment("meeting", 0h, "uid")), "b");
}

TEST(Matcher, WithoutAUidTimeAndTitleMustBeEqual) {  // P-04
  Matcher matcher;
  matcher.add_crm("crm", appointment("lunch", 0h));
  EXPECT_FALSE(matcher.has_uids());
  EXPECT_EQ(matcher.take_match(appointment("dinner", 0h)), "");
  EXPECT_EQ(matcher.take_match(appointment("lunch", 1h)), "");
  Series weekly = appointment("lunch", 0h);
  weekly.recurrence = {"RRULE:FREQ=WEEKLY"};
  EXPECT_EQ(matcher.take_match(weekly), "");
  EXPECT_EQ(matcher.take_match(appointment("lunch", 0h, "unknown")), "crm");
}

TEST(Matcher, AnEmptyTitleNeverMatchesByContent) {
  Matcher matcher;
  matcher.add_crm("crm", appointment("", 0h));
  EXPECT_EQ(matcher.take_match(appointment("", 0h)), "");
}

TEST(Matcher, EachCrmAppointmentIsMatchedOnce) {  // S-26
  Matcher matcher;
  matcher.add_crm("a", appointment("twin", 0h));
  matcher.add_crm("b", appointment("twin", 0h));
  EXPECT_EQ(matcher.take_match(appointment("twin", 0h)), "a");
  EXPECT_EQ(matcher.take_match(appointment("twin", 0h)), "b");
  EXPECT_EQ(matcher.take_match(appointment("twin", 0h)), "");
}

}  // namespace
}  // namespace gcal::sync
