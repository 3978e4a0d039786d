// The queue: what waits, what replaces what, what leaves when, and what a crash leaves behind.
#include "tests/unit/host/mail/mail_fixture.hpp"

namespace host::mail::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class QueueTest : public MailTest {
 protected:
  QueueTest() { make_ready(); }
};

TEST_F(QueueTest, AMessageLeavesAfterTheTimeOfUndo) {  // I-16
  EXPECT_EQ(submit_one(message("a", user_.id)).string("state"), "queued");
  EXPECT_EQ(deliver_all(), 0);
  pass(59'999);
  EXPECT_EQ(deliver_all(), 0);
  pass(1);
  EXPECT_EQ(deliver_all(), 1);
  EXPECT_EQ(state_of("a"), "sent");
  EXPECT_EQ(transport_->sent[0].recipient, "erika.muster@example.net");
  EXPECT_EQ(transport_->sent[0].sender, "termine@crm.example.com");
  EXPECT_EQ(deliver_all(), 0);
}

TEST_F(QueueTest, ThreeChangesMakeOneMessage) {  // I-16
  for (const char* key : {"a", "b", "c"}) submit_one(message(key, user_.id, "same"));
  pass(kMinute);
  EXPECT_EQ(deliver_all(), 1);
  EXPECT_EQ(state_of("a"), "replaced");
  EXPECT_EQ(state_of("b"), "replaced");
  EXPECT_EQ(state_of("c"), "sent");
}

TEST_F(QueueTest, WhatWasAttemptedIsNotReplacedAndLeavesFirst) {  // I-16, I-18
  submit_one(message("first", user_.id, "same"));
  pass(kMinute);
  transport_->outcomes = {{CURLE_SEND_ERROR, 450, "RCPT failed: 450"}};
  EXPECT_EQ(deliver_all(), 1);
  submit_one(message("second", user_.id, "same"));
  submit_one(message("other", user_.id));
  EXPECT_EQ(state_of("first"), "queued");
  pass(59'000);
  EXPECT_EQ(deliver_all(), 0);
  pass(1'000);
  EXPECT_EQ(deliver_all(), 3);
  EXPECT_EQ(state_of("second"), "sent");
  EXPECT_THAT(transport_->sent[1].bytes, HasSubstr("inv."));
  EXPECT_EQ(transport_->sent[0].bytes, transport_->sent[1].bytes) << "the first one once more";
}

TEST_F(QueueTest, AMessageThatWaitsForAnAnswerKeepsItsGroupBack) {  // I-18
  submit_one(message("first", user_.id, "same"));
  pass(kMinute);
  transport_->outcomes = {{CURLE_COULDNT_CONNECT, 0, "refused"}};
  deliver_all();
  submit_one(message("second", user_.id, "same"));
  transport_->outcomes = {{CURLE_COULDNT_CONNECT, 0, "refused"}};
  pass(kMinute);
  EXPECT_EQ(deliver_all(), 1) << "the second one is due, but not before the first";
  EXPECT_EQ(state_of("second"), "queued");
}

TEST_F(QueueTest, WithdrawnBeforeItsFirstAttemptAMessageNeverLeaves) {  // I-16, I-17
  submit_one(message("a", user_.id));
  EXPECT_EQ(withdraw("a")["status"].as_integer(), 0);
  pass(kMinute);
  EXPECT_EQ(deliver_all(), 0);
  EXPECT_EQ(withdraw("a").string("state"), "withdrawn") << "again: the same answer";
  EXPECT_EQ(withdraw("unknown")["status"].as_integer(), static_cast<int>(Code::not_found));
  submit_one(message("b", user_.id));
  pass(kMinute);
  deliver_all();
  EXPECT_EQ(withdraw("b")["status"].as_integer(), static_cast<int>(Code::conflict));
  EXPECT_EQ(withdraw("b").string("state"), "sent");
}

TEST_F(QueueTest, TheSameKeyIsStoredOnce) {  // I-43
  const Json first = submit_one(message("a", user_.id));
  Json other = message("a", user_.id);
  other.set("subject", "another text");
  EXPECT_EQ(submit_one(other), first);
  pass(kMinute);
  EXPECT_EQ(deliver_all(), 1);
  EXPECT_EQ(submit_one(other).string("state"), "sent");
  EXPECT_EQ(deliver_all(), 0);
  EXPECT_THAT(transport_->sent[0].bytes, HasSubstr("Subject: Einladung: Angebot\r\n"));
}

TEST_F(QueueTest, ARefusedMessageDoesNotStopTheOthers) {
  Json bad = message("bad", user_.id);
  bad.set("to", Json::object({{"address", "\u00e4@example.com"}}));
  const Json results = submit(batch({message("a", user_.id), bad, message("b", user_.id)}));
  EXPECT_EQ(results.items()[0]["status"].as_integer(), 0);
  EXPECT_EQ(results.items()[1]["status"].as_integer(), static_cast<int>(Code::invalid));
  EXPECT_THAT(results.items()[1].string("message"), HasSubstr("to: "));
  EXPECT_EQ(results.items()[2]["status"].as_integer(), 0);
}

TEST_F(QueueTest, AStaleFenceStoresNothing) {
  const auto stale = [](std::string_view, std::int64_t) { return false; };
  EXPECT_EQ(code_of(mail_->submit(kPlugin, 7, batch({message("a", user_.id)}), stale)),
            Code::conflict);
  EXPECT_EQ(state_of("a"), "");
}

TEST_F(QueueTest, AttemptsFollowTheTableUntilItIsTooLate) {  // I-44
  Json late = message("a", user_.id);
  late.set("not_before", mail_->now());
  submit_one(late);
  for (int i = 0; i < 200; ++i) transport_->outcomes.push_back({CURLE_COULDNT_CONNECT, 0, "down"});
  std::vector<std::int64_t> minutes;
  const std::int64_t begin = mail_->now();
  while (state_of("a") == "queued" || state_of("a").empty()) {
    const auto next = must(mail_->next_at());
    ASSERT_TRUE(next);
    pass(std::max<std::int64_t>(0, *next - mail_->now()));
    deliver_all();
    minutes.push_back((mail_->now() - begin) / kMinute);
    ASSERT_LT(minutes.size(), 60u);
  }
  EXPECT_EQ(state_of("a"), "expired");
  minutes.resize(8);
  EXPECT_THAT(minutes, ElementsAre(0, 1, 6, 21, 51, 111, 171, 231));
  EXPECT_LE(mail_->now() - begin, 48 * kHour);
  EXPECT_GE(mail_->now() - begin, 46 * kHour);
}

TEST_F(QueueTest, NothingIsSentAboutThePast) {  // I-13, I-44
  Json soon = message("a", user_.id);
  soon.set("expires_at", mail_->now() + 2 * kMinute);
  submit_one(soon);
  transport_->outcomes = {{CURLE_COULDNT_CONNECT, 0, "down"}};
  pass(kMinute);
  deliver_all();
  EXPECT_EQ(state_of("a"), "expired") << "the next attempt would be too late";
  EXPECT_EQ(deliver_all(), 0);
}

TEST_F(QueueTest, AFailureForEverEndsTheMessageWithoutAnAddress) {  // I-44, I-46, I-47
  submit_one(message("a", user_.id));
  pass(kMinute);
  transport_->outcomes = {{CURLE_SEND_ERROR, 550, "RCPT failed: 550 <erika@example.net> unknown"}};
  deliver_all();
  const Json change = change_of("a");
  EXPECT_EQ(change.string("state"), "failed");
  EXPECT_EQ(change["code"].as_integer(), 550);
  EXPECT_EQ(change.string("text"), "RCPT failed: 550 (address) unknown");
  EXPECT_EQ(must(mail_->state()), "ready");
}

TEST_F(QueueTest, TheFeedOfChangesHasPages) {
  for (int i = 0; i < 5; ++i) submit_one(message("k" + std::to_string(i), user_.id));
  std::vector<std::string> keys;
  Json page = must(mail_->changes(kPlugin, "", 2));
  for (;;) {
    for (const Json& change : page["changes"].items()) keys.push_back(change.string("key"));
    if (!page["more"].as_bool()) break;
    page = must(mail_->changes(kPlugin, page.string("cursor"), 2));
  }
  EXPECT_THAT(keys, ElementsAre("k0", "k1", "k2", "k3", "k4"));
  EXPECT_THAT(must(mail_->changes(kPlugin, page.string("cursor"), 9))["changes"].items(),
              IsEmpty());
  withdraw("k3");
  page = must(mail_->changes(kPlugin, page.string("cursor"), 9));
  ASSERT_THAT(page["changes"].items(), SizeIs(1));
  EXPECT_EQ(page["changes"].items()[0].string("state"), "withdrawn");
  EXPECT_THAT(must(mail_->changes("another.plugin", "", 9))["changes"].items(), IsEmpty());
  EXPECT_EQ(code_of(mail_->changes(kPlugin, "foreign-1-1", 9)), Code::gone);
}

// --- the process ends at each step ---

TEST_F(QueueTest, ACrashBeforeTheAttemptSendsItLater) {  // I-43
  submit_one(message("a", user_.id));
  restart();
  pass(kMinute);
  EXPECT_EQ(deliver_all(), 1);
  EXPECT_EQ(transport_->sent.size(), 1u);
}

TEST_F(QueueTest, ACrashDuringTheAttemptSendsTheSameBytesAgain) {  // I-26, I-43
  submit_one(message("a", user_.id));
  pass(kMinute);
  const auto leased = must(mail_->queue().take_due(mail_->now(), false));
  ASSERT_TRUE(leased);
  EXPECT_FALSE(must(mail_->queue().take_due(mail_->now(), false))) << "it is leased";
  const std::string bytes = leased->bytes;
  pass(kHour);  // the texts would be others now, the date too
  restart();
  EXPECT_EQ(deliver_all(), 1);
  EXPECT_EQ(transport_->sent[0].bytes, bytes);
  EXPECT_EQ(change_of("a")["attempts"].as_integer(), 2);
}

TEST_F(QueueTest, ALeaseThatRanOutIsTakenAgain) {  // I-43
  submit_one(message("a", user_.id));
  pass(kMinute);
  ASSERT_TRUE(must(mail_->queue().take_due(mail_->now(), false)));
  pass(MailQueue::kLeaseMs - 1);
  EXPECT_EQ(deliver_all(), 0);
  pass(1);
  EXPECT_EQ(deliver_all(), 1);
}

TEST_F(QueueTest, ACrashAfterTheAnswerWasStoredSendsNothing) {  // I-43
  submit_one(message("a", user_.id));
  pass(kMinute);
  deliver_all();
  restart();
  pass(100 * kHour);
  EXPECT_EQ(deliver_all(), 0);
}

TEST_F(QueueTest, ARestoredDatabaseHoldsWhatWaits) {
  submit_one(message("a", user_.id));
  submit_one(message("b", user_.id));
  must(crm_->database().write(
      [](Connection& c) { return c.run("UPDATE meta SET value='restored' WHERE key='epoch'"); }));
  restart();
  pass(kMinute);
  EXPECT_EQ(deliver_all(), 0);
  EXPECT_EQ(must(mail_->queue().counts()).held, 2);
  const std::string own = submit_one(message("held by its user", user_.id)).string("id");
  must(mail_->queue().hold(user_.id, own, mail_->now()));
  EXPECT_THAT(log_.text(), HasSubstr("mail.held {\"messages\":2}"));
  restart();
  EXPECT_EQ(deliver_all(), 0) << "a second start does not release them";
  EXPECT_EQ(must(mail_->queue().release_held(true, mail_->now())), 2);
  EXPECT_EQ(deliver_all(), 2);
  EXPECT_EQ(state_of("held by its user"), "held");
}

TEST_F(QueueTest, WhatAnAdministratorDropsNeverLeaves) {
  submit_one(message("a", user_.id));
  must(crm_->database().write(
      [](Connection& c) { return c.run("UPDATE meta SET value='restored' WHERE key='epoch'"); }));
  restart();
  EXPECT_EQ(must(mail_->queue().release_held(false, mail_->now())), 1);
  pass(kMinute);
  EXPECT_EQ(deliver_all(), 0);
  EXPECT_EQ(state_of("a"), "withdrawn");
}

// --- what users see and do ---

TEST_F(QueueTest, OneSeesOnesOwnMessagesAlone) {  // I-48
  const User other = add_user("bert@example.com");
  const std::string id = submit_one(message("a", user_.id)).string("id");
  EXPECT_THAT(must(mail_->queue().of_user(user_.id, {.state = "waiting"}, 9, 0)), SizeIs(1));
  EXPECT_THAT(must(mail_->queue().of_user(user_.id, {.event = "another"}, 9, 0)), IsEmpty());
  EXPECT_THAT(must(mail_->queue().of_user(other.id, {}, 9, 0)), IsEmpty());
  EXPECT_EQ(code_of(mail_->queue().of_user(other.id, id)), Code::not_found);
  EXPECT_EQ(code_of(mail_->queue().content(other.id, id)), Code::not_found);
  EXPECT_EQ(mail_->queue().drop(other.id, id, mail_->now()).error().code, Code::not_found);
}

TEST_F(QueueTest, TheMailsOfAnAccountAreThoseOfItsAppointmentsAlsoOfErasedOnes) {  // I-47
  const auto first = add_account(user_, "sub-1"), second = add_account(user_, "sub-2");
  const auto work = add_calendar(first, "work"), home = add_calendar(second, "home");
  const Json event =
      host::test::timed("A", "2026-03-24T09:00:00+01:00", "2026-03-24T10:00:00+01:00");
  put(work, "kept", event);
  const std::string revision = put(work, "erased", event);
  put(home, "other", event);
  for (const char* id : {"kept", "erased", "other", "unknown"})
    submit_one(host::test::with(message(id, user_.id), "event", id));
  submit_one(message("of none", user_.id));
  must(crm_->appointment_editor().erase(user_.id, "erased", revision, Scope::all, std::nullopt));
  const auto keys = [&](const MailFilter& filter) {
    std::vector<std::string> found;
    for (const StoredMail& one : must(mail_->queue().of_user(user_.id, filter, 9, 0)))
      found.push_back(one.key);
    return found;
  };
  EXPECT_THAT(keys({.account = first.id}), ElementsAre("erased", "kept"));
  EXPECT_THAT(keys({.state = "waiting", .account = second.id}), ElementsAre("other"));
  EXPECT_THAT(keys({.state = "sent", .account = second.id}), IsEmpty());
  EXPECT_THAT(keys({.account = "nobody's"}), IsEmpty());
  EXPECT_THAT(keys({}), SizeIs(6)) << "with the test message of the set-up";
}

TEST_F(QueueTest, AUserHoldsSendsAndDrops) {  // I-47
  const std::string a = submit_one(message("a", user_.id)).string("id");
  const std::string b = submit_one(message("b", user_.id)).string("id");
  must(mail_->queue().hold(user_.id, a, mail_->now()));
  must(mail_->queue().drop(user_.id, b, mail_->now()));
  pass(kMinute);
  EXPECT_EQ(deliver_all(), 0);
  must(mail_->queue().send_now(user_.id, a, mail_->now()));
  EXPECT_EQ(deliver_all(), 1);
  EXPECT_EQ(mail_->queue().send_now(user_.id, a, mail_->now()).error().code, Code::conflict);
  EXPECT_EQ(mail_->queue().drop(user_.id, a, mail_->now()).error().code, Code::conflict);
}

TEST_F(QueueTest, ContentsAreErasedAfter30DaysAndRowsAfter90) {  // I-48
  const std::string id = submit_one(message("a", user_.id)).string("id");
  Json waiting = message("waits", user_.id);
  waiting.set("not_before", mail_->now() + 80 * 24 * kHour);
  const std::string waits = submit_one(waiting).string("id");
  pass(kMinute);
  deliver_all();
  pass(29 * 24 * kHour);
  must(mail_->purge());
  EXPECT_FALSE(must(mail_->queue().of_user(user_.id, id)).is_blank);
  pass(24 * kHour);
  must(mail_->purge());
  EXPECT_TRUE(must(mail_->queue().of_user(user_.id, id)).is_blank);
  EXPECT_EQ(must(mail_->queue().of_user(user_.id, id)).subject, "");
  EXPECT_EQ(must(mail_->queue().content(user_.id, id)).bytes, "");
  EXPECT_FALSE(must(mail_->queue().of_user(user_.id, waits)).is_blank);
  pass(60 * 24 * kHour);
  must(mail_->purge());
  EXPECT_EQ(code_of(mail_->queue().of_user(user_.id, id)), Code::not_found);
}

TEST_F(QueueTest, TheMessagesOfAUserWhoIsRemovedAreErasedAtOnce) {  // I-48
  const User other = add_user("bert@example.com");
  submit_one(message("a", other.id));
  must(crm_->users().remove(other.id));
  EXPECT_EQ(state_of("a"), "");
}

TEST_F(QueueTest, TheLogNamesNoPersonAndNoSubject) {  // I-46
  submit_one(message("a", user_.id));
  pass(kMinute);
  transport_->outcomes = {{CURLE_LOGIN_DENIED, 535, "jana@example.com denied"}};
  deliver_all();
  pass(kMinute);
  deliver_all();
  for (const char* secret : {"erika", "jana", "Angebot", "s3cret", "example.net"})
    EXPECT_THAT(log_.text(), Not(HasSubstr(secret)));
  EXPECT_THAT(log_.text(), HasSubstr("mail.attempt"));
}

}  // namespace
}  // namespace host::mail::test
