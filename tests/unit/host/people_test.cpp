// Users, sessions, secrets, and the rows of settings flows.
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class PeopleTest : public CrmTest {
 protected:
  Code log_in(const std::string& email, const std::string& password) {
    return code_of(crm_->users().log_in(email, password));
  }
  std::string database_bytes() {
    crm_.reset();  // closing writes everything into the one file
    std::string bytes = read_text(folder_.path() / "data" / "crm.sqlite");
    reopen();
    return bytes;
  }
};

TEST_F(PeopleTest, LogInIgnoresCaseAndSpacesOfTheAddress) {
  add_user("anna@crm.example");
  const Login login = must(crm_->users().log_in(" Anna@CRM.example ", "correct horse"));
  EXPECT_EQ(login.session.user.email, "anna@crm.example");
  EXPECT_EQ(must(crm_->users().session(login.token)).csrf, login.session.csrf);
  must(crm_->users().log_out(login.token));
  EXPECT_EQ(code_of(crm_->users().session(login.token)), Code::needs_auth);
}

TEST_F(PeopleTest, WrongPasswordAndUnknownAddressGiveTheSameError) {
  add_user("anna@crm.example");
  const auto wrong_password = crm_->users().log_in("anna@crm.example", "wrong horse"),
             wrong_address = crm_->users().log_in("nobody@crm.example", "correct horse");
  ASSERT_FALSE(wrong_password);
  ASSERT_FALSE(wrong_address);
  EXPECT_EQ(wrong_password.error(), wrong_address.error());
}

TEST_F(PeopleTest, PauseAfterFiveFailuresGrowsAndDelaysTheRightPasswordToo) {
  add_user("anna@crm.example");
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(log_in("anna@crm.example", "wrong horse"), Code::needs_auth);
  auto blocked = crm_->users().log_in("anna@crm.example", "correct horse");
  ASSERT_EQ(code_of(blocked), Code::unavailable);
  EXPECT_EQ(blocked.error().retry_after, 1s);
  clock_.advance(1001ms);
  EXPECT_EQ(log_in("anna@crm.example", "wrong horse"), Code::needs_auth);
  EXPECT_EQ(crm_->users().log_in("anna@crm.example", "correct horse").error().retry_after, 2s);
  for (int i = 0; i < 20; ++i) {
    clock_.advance(15min + 1ms);
    EXPECT_EQ(log_in("anna@crm.example", "wrong horse"), Code::needs_auth);
  }
  EXPECT_EQ(crm_->users().log_in("anna@crm.example", "correct horse").error().retry_after, 15min);
  clock_.advance(15min + 1ms);
  EXPECT_EQ(log_in("anna@crm.example", "correct horse"), Code::ok);
  EXPECT_EQ(log_in("anna@crm.example", "wrong horse"),
            Code::needs_auth);  // the count starts at zero
  EXPECT_EQ(log_in("anna@crm.example", "correct horse"), Code::ok);
}

TEST_F(PeopleTest, SessionEndsAfterFourteenDaysWithoutUse) {
  add_user("anna@crm.example");
  const std::string token = must(crm_->users().log_in("anna@crm.example", "correct horse")).token;
  for (int day = 0; day < 30; day += 10) {
    clock_.advance(std::chrono::hours(24 * 10));
    EXPECT_EQ(code_of(crm_->users().session(token)), Code::ok) << day;
  }
  clock_.advance(std::chrono::hours(24 * 14) + 1ms);
  EXPECT_EQ(code_of(crm_->users().session(token)), Code::needs_auth);
}

TEST_F(PeopleTest, DatabaseHoldsNoPasswordAndNoSessionToken) {
  add_user("anna@crm.example");
  const std::string token = must(crm_->users().log_in("anna@crm.example", "correct horse")).token;
  const std::string bytes = database_bytes();
  EXPECT_THAT(bytes, Not(HasSubstr("correct horse")));
  EXPECT_THAT(bytes, Not(HasSubstr(token)));
  EXPECT_THAT(bytes, HasSubstr("scrypt$"));
}

TEST_F(PeopleTest, InvalidUserNamesTheWrongMember) {
  const auto refused = [&](NewUser user) { return crm_->users().create(user).error().message; };
  NewUser good{.email = "anna@crm.example", .name = "Anna", .password = "correct horse"};
  NewUser user = good;
  user.email = "anna";
  EXPECT_THAT(refused(user), HasSubstr("email"));
  user = good, user.password = "short";
  EXPECT_THAT(refused(user), HasSubstr("password"));
  user = good, user.role = "king";
  EXPECT_THAT(refused(user), HasSubstr("role"));
  user = good, user.time_zone = "Europe/Atlantis";
  EXPECT_THAT(refused(user), HasSubstr("time_zone"));
  for (const std::string& name : {std::string(), std::string(201, 'x')}) {
    user = good, user.name = name;
    EXPECT_EQ(refused(user), "name: 1 to 200 bytes");
  }
  user = good, user.locale = "fr";
  EXPECT_EQ(refused(user), "locale: de, en or empty");
  must(crm_->users().create(good));
  EXPECT_EQ(code_of(crm_->users().create(good)), Code::conflict);
}

TEST_F(PeopleTest, SecretIsSealedToItsPluginAndKey) {
  must(crm_->secrets().put(kPlugin, "refresh_token", "1//very-secret"));
  EXPECT_THAT(database_bytes(), Not(HasSubstr("very-secret")));
  EXPECT_EQ(must(crm_->secrets().get(kPlugin, "refresh_token")), "1//very-secret");
  must(crm_->database().write([](Connection& c) {
    return c.run("UPDATE secrets SET key='other' WHERE key='refresh_token'");
  }));
  EXPECT_EQ(code_of(crm_->secrets().get(kPlugin, "other")), Code::denied)
      << "a row that was moved does not open";
  EXPECT_EQ(code_of(crm_->secrets().put(kPlugin, "big", std::string(17 * 1024, 'x'))),
            Code::invalid);
}

TEST_F(PeopleTest, LostMasterKeyIsReplacedOnlyOnRequest) {
  must(crm_->secrets().put(kPlugin, "refresh_token", "1//very-secret"));
  crm_.reset();
  std::filesystem::remove(folder_.path() / "data" / "master.key");
  CrmOptions options{.data = folder_.path() / "data", .database = {}, .scrypt_cost = 4};
  const auto refused = [&] {
    const auto opened = Crm::open(options, clock_, random_, log_);
    return opened ? std::string("opened") : opened.error().message;
  };
  EXPECT_THAT(refused(), HasSubstr("--new-master-key"));
  EXPECT_FALSE(std::filesystem::exists(options.data / "master.key"));
  write_text(folder_.path() / "data" / "master.key", std::string(32, 'k'));
  std::filesystem::permissions(
      folder_.path() / "data" / "master.key",
      std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_THAT(refused(), HasSubstr("restore that one")) << "another key is there";
  options.secrets.begin_anew = true;
  crm_ = must(Crm::open(options, clock_, random_, log_));
  EXPECT_EQ(code_of(crm_->secrets().get(kPlugin, "refresh_token")), Code::gone);
  EXPECT_THAT(log_.text(), HasSubstr("secret.lost"));
  must(crm_->secrets().put(kPlugin, "refresh_token", "another"));
  EXPECT_EQ(must(crm_->secrets().get(kPlugin, "refresh_token")), "another");
}

TEST_F(PeopleTest, DamagedMasterKeyIsAnErrorAndTheFileStays) {
  crm_.reset();
  write_text(folder_.path() / "data" / "master.key", "short");
  EXPECT_FALSE(Crm::open({.data = folder_.path() / "data", .database = {}, .scrypt_cost = 4},
                         clock_, random_, log_));
  EXPECT_EQ(read_text(folder_.path() / "data" / "master.key"), "short");
}

TEST_F(PeopleTest, ResumeKeyWorksOnceInTimeAndForItsOwnUserOnly) {
  const User anna = add_user("anna@crm.example"), bert = add_user("bert@crm.example");
  const Flow flow = must(flows().create(kPlugin, anna.id, "setup", ""));
  const std::string key(43, 'k'), old(43, 'o'), fresh(43, 'f');
  must(flows().put_resume_key(flow.id, key));
  EXPECT_EQ(code_of(flows().take_resume_key(bert.id, key)), Code::not_found);
  EXPECT_EQ(must(flows().take_resume_key(anna.id, key)).id, flow.id);
  EXPECT_EQ(code_of(flows().take_resume_key(anna.id, key)), Code::not_found);
  must(flows().put_resume_key(flow.id, key, "session"));
  EXPECT_EQ(code_of(flows().take_resume_key(anna.id, key, "another session")), Code::not_found);
  EXPECT_EQ(must(flows().take_resume_key(anna.id, key, "session")).id, flow.id);
  must(flows().put_resume_key(flow.id, old));
  must(flows().put_resume_key(flow.id, fresh));
  EXPECT_EQ(code_of(flows().take_resume_key(anna.id, old)),
            Code::not_found);  // a newer key replaced it
  clock_.advance(10min + 1ms);
  EXPECT_EQ(code_of(flows().take_resume_key(anna.id, fresh)), Code::gone);
  EXPECT_EQ(code_of(flows().take_resume_key(anna.id, fresh)), Code::not_found);
}

TEST_F(PeopleTest, SecondSaveOfOneFlowVersionIsAConflict) {
  const User anna = add_user("anna@crm.example"), bert = add_user("bert@crm.example");
  Flow one = must(flows().create(kPlugin, anna.id, "setup", "")), two = one;
  one.step = json(R"({"step":"account"})");
  must(flows().save(one));
  EXPECT_EQ(code_of(flows().save(two)), Code::conflict);
  EXPECT_EQ(must(flows().get(anna.id, one.id)).step, one.step);
  EXPECT_EQ(code_of(flows().get(bert.id, one.id)), Code::not_found);
  EXPECT_EQ(must(flows().drafts(anna.id)).size(), 1u);
  clock_.advance(std::chrono::hours(24 * 7) + 1ms);
  EXPECT_EQ(must(flows().drafts(anna.id)).size(), 0u);
  EXPECT_EQ(must(flows().expired()).size(), 1u);
}

// S-18: a second set-up of the same account is refused; after a disconnection it comes back under
// its old id.
TEST_F(PeopleTest, ReconnectedAccountKeepsItsIdAndAConnectedOneIsAConflict) {  // S-18
  const User anna = add_user("anna@crm.example"), bert = add_user("bert@crm.example");
  const Account first = add_account(anna, "sub-1");
  const NewAccount again{.id = {},
                         .plugin = kPlugin,
                         .user = anna.id,
                         .unique_id = "sub-1",
                         .title = "Again",
                         .identity = {}};
  EXPECT_EQ(code_of(crm_->accounts().finish_setup(again)), Code::conflict);
  EXPECT_NE(add_account(bert, "sub-1").id, first.id);  // another person may
  must(crm_->accounts().set_state(first.id, "disconnected"));
  EXPECT_TRUE(must(crm_->accounts().of_user(anna.id)).empty());
  EXPECT_EQ(must(crm_->accounts().finish_setup(again)).id, first.id);
}

}  // namespace
}  // namespace host::test
