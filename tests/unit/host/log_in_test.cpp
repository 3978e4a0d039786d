// Log-in against guessing, sessions, and what administrators change of users.
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LogIn : public CrmTest {
 protected:
  const User anna_ = add_user("anna@crm.example");

  Code try_it(const std::string& email, const std::string& password, const std::string& client,
              const std::string& device = {}) {
    return code_of(crm_->users().log_in(email, password, {.origin = {client, device}}));
  }
  Login from(const std::string& client, const std::string& old_token = {}) {
    return must(crm_->users().log_in("anna@crm.example", "correct horse",
                                     {{client, {}}, "Browser 1.0", old_token}));
  }
};

TEST_F(LogIn, StrangerElsewhereDoesNotDelayTheUser) {
  for (int i = 0; i < 20; ++i) try_it("anna@crm.example", "wrong horse", "192.0.2.1");
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.1"), Code::unavailable);
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.2"), Code::ok);
}

TEST_F(LogIn, DeviceThatHasLoggedInBeforeIsNotDelayedByItsNeighbours) {
  const std::string device = from("192.0.2.1").device;
  EXPECT_TRUE(crm_->users().is_device(device));
  for (int i = 0; i < 60; ++i)
    try_it(i % 2 ? "anna@crm.example" : "a" + std::to_string(i) + "@crm.example", "wrong horse",
           "192.0.2.1");
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.1"), Code::unavailable);
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.1", device), Code::ok);
  reopen();
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.1", device), Code::ok);
}

TEST_F(LogIn, DeviceCountsItsOwnFailuresAndHelpsWithNoOtherAccount) {
  add_user("bert@crm.example");
  const std::string device = from("192.0.2.1").device;
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(try_it("anna@crm.example", "wrong horse", "192.0.2.1", device), Code::needs_auth);
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.1", device), Code::unavailable);
  for (int i = 0; i < 5; ++i) try_it("bert@crm.example", "wrong horse", "192.0.2.1", device);
  EXPECT_EQ(try_it("bert@crm.example", "correct horse", "192.0.2.1", device), Code::unavailable);
  std::string forged = device;
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  for (const std::string& token : {forged, std::string("."), std::string("a.b.c"), device + "x"})
    EXPECT_FALSE(crm_->users().is_device(token)) << token;
}

TEST_F(LogIn, OneNetworkTriesFewAccounts) {
  int checked = 0;
  for (int i = 0; i < 200; ++i)
    checked += try_it("u" + std::to_string(i) + "@crm.example", "Sommer2026!", "192.0.2.1") ==
               Code::needs_auth;
  EXPECT_EQ(checked, 31);
  for (int minute = 0; minute < 60; ++minute) {
    clock_.advance(1min + 1ms);
    for (int i = 0; i < 3; ++i)
      checked += try_it("v" + std::to_string(i) + "@crm.example", "Sommer2026!", "192.0.2.1") ==
                 Code::needs_auth;
  }
  EXPECT_LE(checked, 31 + 60);
}

TEST_F(LogIn, FailuresAreForgottenAfterAnHour) {
  for (int i = 0; i < 4; ++i) try_it("anna@crm.example", "wrong horse", "192.0.2.1");
  clock_.advance(61min);
  EXPECT_EQ(try_it("anna@crm.example", "wrong horse", "192.0.2.1"), Code::needs_auth);
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.1"), Code::ok);
}

TEST_F(LogIn, SessionEndsThirtyDaysAfterTheLogInHoweverOftenItIsUsed) {
  const std::string token = from("192.0.2.1").token;
  for (int day = 0; day < 30; ++day) {
    ASSERT_EQ(code_of(crm_->users().session(token)), Code::ok) << day;
    clock_.advance(std::chrono::hours(24));
  }
  clock_.advance(1ms);
  EXPECT_EQ(code_of(crm_->users().session(token)), Code::needs_auth);
  EXPECT_THAT(must(crm_->users().sessions(anna_.id, token)), IsEmpty());
}

TEST_F(LogIn, NewLogInEndsTheSessionItReplaces) {
  const std::string first = from("192.0.2.1").token;
  const std::string second = from("192.0.2.1", first).token;
  EXPECT_EQ(code_of(crm_->users().session(first)), Code::needs_auth);
  EXPECT_EQ(code_of(crm_->users().session(second)), Code::ok);
}

TEST_F(LogIn, UserSeesAndEndsTheirSessions) {
  const User bert = add_user("bert@crm.example");
  const std::string first = from("192.0.2.1").token, second = from("192.0.2.2").token,
                    third = from("192.0.2.3").token;
  auto sessions = must(crm_->users().sessions(anna_.id, second));
  ASSERT_THAT(sessions, SizeIs(3));
  EXPECT_EQ(std::ranges::count(sessions, true, &SessionInfo::current), 1);
  EXPECT_EQ(sessions[0].agent, "Browser 1.0");
  const auto other = std::ranges::find(sessions, false, &SessionInfo::current)->id;
  EXPECT_EQ(code_of(crm_->users().end_session(bert.id, other)), Code::not_found);
  must(crm_->users().end_session(anna_.id, other));
  EXPECT_THAT(must(crm_->users().sessions(anna_.id, second)), SizeIs(2));
  must(crm_->users().end_other_sessions(anna_.id, second));
  EXPECT_EQ(code_of(crm_->users().session(second)), Code::ok);
  EXPECT_EQ(code_of(crm_->users().session(first)), Code::needs_auth);
  EXPECT_EQ(code_of(crm_->users().session(third)), Code::needs_auth);
}

TEST_F(LogIn, PasswordChangeNeedsThePresentOneAndEndsOtherSessions) {
  const std::string mine = from("192.0.2.1").token, other = from("192.0.2.2").token;
  Users& users = crm_->users();
  EXPECT_EQ(code_of(users.change_password(mine, "wrong horse", "a new one of mine", {})),
            Code::needs_auth);
  EXPECT_EQ(code_of(users.change_password(mine, "correct horse", "password1", {})), Code::invalid);
  must(users.change_password(mine, "correct horse", "a new one of mine", {}));
  EXPECT_EQ(code_of(users.session(mine)), Code::ok);
  EXPECT_EQ(code_of(users.session(other)), Code::needs_auth);
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.9"), Code::needs_auth);
  EXPECT_EQ(try_it("anna@crm.example", "a new one of mine", "192.0.2.9"), Code::ok);
}

TEST_F(LogIn, ConfirmationLastsAQuarterOfAnHour) {
  const std::string token = from("192.0.2.1").token;
  EXPECT_TRUE(must(crm_->users().session(token)).confirmed);
  clock_.advance(16min);
  EXPECT_FALSE(must(crm_->users().session(token)).confirmed);
  EXPECT_EQ(code_of(crm_->users().confirm(token, "wrong horse", {})), Code::needs_auth);
  EXPECT_FALSE(must(crm_->users().session(token)).confirmed);
  must(crm_->users().confirm(token, "correct horse", {}));
  EXPECT_TRUE(must(crm_->users().session(token)).confirmed);
}

TEST_F(LogIn, LockedUserHasNoSessionAndLearnsNothing) {
  const std::string token = from("192.0.2.1").token;
  must(crm_->users().set_locked(anna_.id, true));
  EXPECT_EQ(code_of(crm_->users().session(token)), Code::needs_auth);
  const auto locked = crm_->users().log_in("anna@crm.example", "correct horse"),
             unknown = crm_->users().log_in("other@crm.example", "correct horse");
  ASSERT_FALSE(locked);
  EXPECT_EQ(locked.error(), unknown.error());
  must(crm_->users().set_locked(anna_.id, false));
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.1"), Code::ok);
}

TEST_F(LogIn, OneAdministratorWhoMayLogInRemains) {
  Users& users = crm_->users();
  must(users.set_role(anna_.id, "admin"));
  EXPECT_EQ(code_of(users.set_role(anna_.id, "sales")), Code::conflict);
  EXPECT_EQ(code_of(users.set_locked(anna_.id, true)), Code::conflict);
  EXPECT_EQ(code_of(users.remove(anna_.id)), Code::conflict);
  const User bert = add_user("bert@crm.example");
  must(users.set_role(bert.id, "admin"));
  must(users.set_locked(bert.id, true));
  EXPECT_EQ(code_of(users.set_role(anna_.id, "sales")), Code::conflict) << "the other is locked";
  must(users.set_locked(bert.id, false));
  const std::string token = from("192.0.2.1").token;
  must(users.set_role(anna_.id, "admin"));
  EXPECT_EQ(code_of(users.session(token)), Code::ok);
  must(users.set_role(anna_.id, "sales"));
  EXPECT_EQ(code_of(users.session(token)), Code::needs_auth) << "begun as an administrator";
}

TEST_F(LogIn, RemovedUserIsGoneAndTheirAddressIsFreeAgain) {
  Users& users = crm_->users();
  const std::string token = from("192.0.2.1").token;
  const Account account = add_account(anna_);
  EXPECT_EQ(code_of(users.remove(anna_.id)), Code::conflict) << "its access is not revoked yet";
  must(crm_->accounts().set_state(account.id, "disconnected"));
  must(users.remove(anna_.id));
  EXPECT_EQ(code_of(users.session(token)), Code::needs_auth);
  EXPECT_TRUE(must(users.get(anna_.id)).is_removed());
  EXPECT_EQ(code_of(users.by_email("anna@crm.example")), Code::not_found);
  EXPECT_EQ(code_of(users.set_locked(anna_.id, false)), Code::conflict);
  add_user("anna@crm.example");
  EXPECT_EQ(try_it("anna@crm.example", "correct horse", "192.0.2.1"), Code::ok);
}

TEST_F(LogIn, PasswordsThatAreGuessedFirstAreRefused) {
  for (const char* password :
       {"short", "password", "Password1", "QWERTYUIOP", "12345678", "aaaaaaaaaa", "carl.meyer",
        "Carl Meyer", "carl.meyer@crm.example"}) {
    const auto made =
        crm_->users().create({"carl.meyer@crm.example", "Carl Meyer", password, "sales"});
    ASSERT_EQ(code_of(made), Code::invalid) << password;
    EXPECT_THAT(made.error().message, HasSubstr("password: "));
  }
}

}  // namespace
}  // namespace host::test
