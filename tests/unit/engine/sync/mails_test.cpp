// Which writes let the remote service mail guests: only acts of a user in the CRM, each once.
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

Series with_guests(std::string summary, std::size_t count = 1, int hour = 0) {
  Series series = appointment(std::move(summary), hour);
  for (std::size_t i = 0; i < count; ++i)
    series.master.attendees.push_back(guest("g" + std::to_string(i) + "@example.com"));
  return series;
}

calendar::OriginalStart date(const Series& series, int week) {
  calendar::OriginalStart start = calendar::OriginalStart::of(series.master.start);
  start.instant += std::chrono::weeks{week};
  return start;
}

struct MailsTest : CycleTest {
  // An appointment on both sides, whose guests were mailed; its id in the CRM is "one".
  void agree(Series series) {
    ASSERT_TRUE(run());
    crm.user_saves("one", std::move(series));
    ASSERT_TRUE(run());
    ASSERT_TRUE(run());
    ASSERT_EQ(remote.live().size(), 1u);
    mails_before = remote.mails();
  }
  void rename(std::string summary) {
    Series renamed = crm.objects().at(only_crm()).series;
    renamed.master.summary = std::move(summary);
    crm.user_saves(only_crm(), renamed);
  }
  std::size_t mails() const { return remote.mails() - mails_before; }

  std::size_t mails_before = 0;
};

TEST_F(MailsTest, ADeletionByAbsenceIsNotMailed) {  // P-13, P-21
  agree(with_guests("gone with a backup"));
  crm.user_deletes("one");
  crm.expire_cursors();  // it is missing from a listing
  crm.forgets_tombstones = true;
  ASSERT_TRUE(run());
  EXPECT_TRUE(remote.live().empty());
  EXPECT_EQ(mails(), 0u);
}

TEST_F(MailsTest, ADeletionByTheUserIsMailed) {  // P-13
  agree(with_guests("cancelled"));
  crm.user_deletes("one");
  ASSERT_TRUE(run());
  EXPECT_TRUE(remote.live().empty());
  EXPECT_EQ(mails(), 1u);
}

TEST_F(MailsTest, TheGuestOfASingleOccurrenceIsMailed) {  // P-13
  Series series = appointment("weekly");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=4"};
  agree(series);
  calendar::Occurrence once;
  once.event = appointment("weekly", 24 * 7).master;
  once.event.attendees = {guest("g@example.com")};
  series.occurrences[date(series, 1)] = once;
  crm.user_saves("one", series);
  ASSERT_TRUE(run());
  EXPECT_EQ(mails(), 1u);
}

TEST_F(MailsTest, FieldsThatGuestsDoNotSeeAreNotMailed) {  // P-13
  agree(with_guests("one"));
  Series changed = in_crm();
  changed.master.color = "4";
  crm.user_saves("one", changed);
  ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.color, "4");
  EXPECT_EQ(mails(), 0u);
}

TEST_F(MailsTest, AMoveIntoThePastIsMailedAndAnEditOfThePastIsNot) {  // P-13
  agree(with_guests("one"));
  Series moved = in_crm();
  moved.master.start = calendar::ZonedTime{std::chrono::sys_seconds{1'000'000'000s}, "UTC"};
  moved.master.end = calendar::ZonedTime{std::chrono::sys_seconds{1'000'003'600s}, "UTC"};
  crm.user_saves("one", moved);
  ASSERT_TRUE(run());
  EXPECT_EQ(mails(), 1u);
  rename("minutes");
  ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.summary, "minutes");
  EXPECT_EQ(mails(), 1u);
}

TEST_F(MailsTest, ARepetitionOfALostWriteIsNotMailedAgain) {  // P-13
  agree(with_guests("one"));
  rename("two");
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::after : Fault::none;
  };
  (void)run();
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.summary, "two");
  EXPECT_EQ(mails(), 1u);
}

}  // namespace
}  // namespace gcal::sync
