// Which plugin may not run because it ended the host, deadlines of answers, and the services of a
// manifest. What a crash does to the process is in tests/hosting.
#include "src/hosting/plugins/crash_log.hpp"

#include <future>
#include <thread>

#include "src/hosting/plugins/replies.hpp"
#include "src/hosting/services/plugin_data.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class CrashLogTest : public ::testing::Test {
 protected:
  std::filesystem::path data() const { return folder_.path(); }
  std::string step_left_by(const std::string& version, const char* step) {
    // What a process leaves that ends without a word: the file, before the mark goes.
    const auto file = data() / "com.example.a.starting";
    std::string kept, fatal;
    {
      StartMark mark(data(), "com.example.a", version);
      fatal = mark.fatal_step();
      mark.step("library");
      mark.step(step);
      kept = read_text(file);
    }
    EXPECT_FALSE(std::filesystem::exists(file));
    write_text(file, kept);
    return fatal;
  }

  TemporaryFolder folder_;
};

TEST_F(CrashLogTest, VersionThatEndedTheHostStaysOutUntilItIsAllowed) {
  CrashLog crashes(data());
  EXPECT_FALSE(must(crashes.of("com.example.a", "1.0.0")));
  must(crashes.add("com.example.a", {"1.0.0", "start", "SIGSEGV"}));
  const auto crash = must(CrashLog(data()).of("com.example.a", "1.0.0"));
  ASSERT_TRUE(crash);
  EXPECT_EQ(crash->call, "start");
  EXPECT_EQ(crash->how, "SIGSEGV");
  EXPECT_FALSE(must(crashes.of("com.example.a", "1.0.1"))) << "another version may run";
  EXPECT_FALSE(must(crashes.of("com.example.b", "1.0.0")));
  must(crashes.allow("com.example.a"));
  EXPECT_FALSE(must(crashes.of("com.example.a", "1.0.0")));
  must(crashes.add("com.example.a", {"1.0.0", "run", "SIGABRT"}));
  EXPECT_EQ(must(crashes.of("com.example.a", "1.0.0")).value().call, "run");
}

TEST_F(CrashLogTest, LineThatCannotBeReadCountsForNothing) {
  write_text(data() / "plugin_crashes", "crashed\tcom.example.a\t1.0.0\n\n\t\t\ncrashed\n");
  EXPECT_FALSE(must(CrashLog(data()).of("com.example.a", "1.0.0")));
}

TEST_F(CrashLogTest, StartThatIsNotSeenToEndCountsWhenItRepeatsInOneStep) {
  EXPECT_EQ(step_left_by("1.0.0", "start"), "");
  EXPECT_EQ(step_left_by("1.0.0", "start"), "") << "a host may be killed for other reasons";
  EXPECT_EQ(step_left_by("1.0.0", "start"), "start");
}

TEST_F(CrashLogTest, StartOfAnotherVersionOrInAnotherStepIsCountedFromOne) {
  step_left_by("1.0.0", "start");
  step_left_by("1.0.0", "start");
  EXPECT_EQ(step_left_by("1.0.1", "start"), "");
  EXPECT_EQ(step_left_by("1.0.1", "prepare"), "");
  EXPECT_EQ(step_left_by("1.0.1", "start"), "");
  EXPECT_EQ(step_left_by("1.0.1", "start"), "");
}

TEST_F(CrashLogTest, HostThatEndsOnRequestBlamesNoStart) {
  step_left_by("1.0.0", "start");
  step_left_by("1.0.0", "start");
  StartMark::forget_all(data());
  EXPECT_EQ(step_left_by("1.0.0", "start"), "");
}

class RepliesTest : public ::testing::Test {
 protected:
  // An answer that the test can wait for.
  Replies::Answer answer() {
    return [this](Result<std::string> result) { answered_.set_value(std::move(result)); };
  }
  Result<std::string> answered() { return answered_.get_future().get(); }

  RememberingLog log_;
  Timers timers_;
  Replies replies_{"com.example.a", log_, timers_};
  std::promise<Result<std::string>> answered_;
};

TEST_F(RepliesTest, RequestWithoutAnAnswerEndsAtItsDeadlineAndNamesThePlugin) {
  crm_reply* reply = replies_.open("step", 20ms, answer());
  EXPECT_EQ(
      answered().error(),
      (Error{Code::timeout, "the plugin com.example.a did not answer step within 20 ms", {}}));
  EXPECT_FALSE(replies_.is_awaited(reply));
  reply->send(reply, CRM_OK, {"late", 4});  // the object is still there, and no answer is called
  EXPECT_THAT(log_.text(), HasSubstr("plugin.answered_late"));
  EXPECT_EQ(replies_.abandon(), 0u);
}

TEST_F(RepliesTest, AnswerInTimeIsTheOnlyOne) {
  crm_reply* reply = replies_.open("step", 1h, answer());
  EXPECT_TRUE(replies_.is_awaited(reply));
  reply->send(reply, CRM_OK, {"now", 3});
  EXPECT_EQ(must(answered()), "now");
  reply->send(reply, CRM_OK, {"again", 5});
  EXPECT_THAT(log_.text(), HasSubstr("plugin.replied_twice"));
}

TEST_F(RepliesTest, PluginThatOwesTooManyAnswersGetsNoMoreRequests) {
  for (int i = 0; i < 4096; ++i) ASSERT_TRUE(replies_.open("handle", 1h, [](auto) {}));
  EXPECT_EQ(replies_.open("handle", 1h, answer()), nullptr);
  EXPECT_THAT(answered().error().message, HasSubstr("leaves too many requests unanswered"));
}

using PluginHostTest = CrmTest;

TEST_F(PluginHostTest, PluginGetsTheServicesOfItsManifestAndNoOther) {
  const PluginHost host(crm_->context(), crm_->port(), "com.example.a", {},
                        std::vector<std::string>{"crm.log/0", "crm.sql/0"});
  EXPECT_TRUE(host.service(&host, "crm.log/0"));
  EXPECT_TRUE(host.service(&host, "crm.sql/0"));
  for (const char* other : {"crm.secrets/0", "crm.contacts/0", "crm.options/0", "crm.events/0"})
    EXPECT_FALSE(host.service(&host, other)) << other;
}

TEST_F(PluginHostTest, RemovingAPluginForgetsItsRowsAndNoOtherPlugins) {
  const User user = add_user("a@crm.example");
  const Account account = add_account(user);
  must(crm_->secrets().put(kPlugin, "grant/" + account.id, "secret"));
  must(crm_->secrets().put(kPlugin, "client", "secret"));
  must(crm_->secrets().put("com.example.other", "grant/" + account.id, "secret"));
  must(crm_->tasks().schedule(kPlugin, "key", 0, ""));
  EXPECT_EQ(must(count_secrets(crm_->database(), kPlugin, account.id)), 1);
  must(crm_->secrets().erase_of_account(kPlugin, account.id));
  EXPECT_EQ(must(count_secrets(crm_->database(), kPlugin, "")), 1);
  EXPECT_EQ(code_of(crm_->secrets().get(kPlugin, "grant/" + account.id)), Code::not_found);
  must(erase_plugin(crm_->database(), crm_->secrets(), kPlugin));
  EXPECT_EQ(must(count_secrets(crm_->database(), kPlugin, "")), 0);
  EXPECT_EQ(code_of(crm_->secrets().get(kPlugin, "client")), Code::not_found)
      << "a plugin that is installed again finds none, and no alarm";
  EXPECT_TRUE(must(crm_->accounts().of_plugin(kPlugin)).empty());
  EXPECT_FALSE(must(crm_->tasks().take_due()));
  EXPECT_EQ(must(count_secrets(crm_->database(), "com.example.other", "")), 1);
}

}  // namespace
}  // namespace host::test
