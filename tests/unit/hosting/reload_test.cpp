// The exchange of a plugin's version while the host runs, with good and bad new versions.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "src/hosting/plugins/package_watch.hpp"
#include "tests/unit/hosting/packages_fixture.hpp"

namespace host::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

// Asks without pause on threads of its own until its end.
class RestlessClients {
 public:
  RestlessClients(Plugins& plugins, int count) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this, &plugins] { work(plugins); });
  }
  ~RestlessClients() { end(); }
  void end() {
    ending_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }
  int asked() const { return asked_; }
  std::vector<std::string> failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }
  void wait_for_more(int count) const {
    const int until = asked_ + count;
    while (asked_ < until) std::this_thread::yield();
  }

 private:
  void work(Plugins& plugins) {
    while (!ending_) {
      std::promise<Result<std::string>> answered;
      plugins.settings_step(
          "com.example.good", Json::object({{"number", asked_.load()}}),
          [&](Result<std::string> result) { answered.set_value(std::move(result)); });
      const auto answer = answered.get_future().get();
      ++asked_;
      if (answer) continue;
      const std::lock_guard lock(mutex_);
      failures_.push_back(answer.error().message);
    }
  }

  std::atomic<bool> ending_ = false;
  std::atomic<int> asked_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> failures_;
  std::vector<std::thread> threads_;
};

class ReloadTest : public PackagesTest {
 protected:
  void lay_next(const std::string& library = "next") {
    lay(library, manifest("com.example.good", "1.3.0"));
  }
  std::size_t line_of(const std::string& part) const {
    const auto lines = log_.lines();
    for (std::size_t i = 0; i < lines.size(); ++i)
      if (lines[i].find(part) != std::string::npos) return i;
    return lines.size();
  }
  // The version that ran goes on, was never stopped, and the page says why.
  void expect_kept(const std::string& library, const std::string& reason) {
    lay_next(library);
    const PluginInfo after = reload();
    EXPECT_EQ(after.state, "running") << library;
    EXPECT_EQ(after.version, "1.2.3");
    EXPECT_EQ(after.last_reload.result, "kept");
    EXPECT_EQ(after.last_reload.from, "1.2.3");
    EXPECT_THAT(after.last_reload.reason, HasSubstr(reason));
    EXPECT_EQ(answering_version(), "1.2.3");
    EXPECT_THAT(log_.text(), Not(HasSubstr("test.quiesced"))) << library;
  }
};

TEST_F(ReloadTest, NewVersionTakesOverWithTheStateOfTheOldOne) {
  lay("good");
  start();
  EXPECT_EQ(answering_version(), "1.2.3");
  lay_next();
  const PluginInfo after = reload();
  EXPECT_EQ(after.version, "1.3.0");
  EXPECT_EQ(after.state, "running");
  EXPECT_EQ(after.last_reload.result, "exchanged") << after.last_reload.reason;
  EXPECT_EQ(after.last_reload.from, "1.2.3");
  EXPECT_EQ(after.last_reload.to, "1.3.0");
  EXPECT_EQ(answering_version(), "1.3.0");
  EXPECT_THAT(log_.text(), HasSubstr(R"("version":"1.3.0","state":{"from":"1.2.3"})"));
  EXPECT_EQ(after.last_reload.mapping, "unmapped");
}

// The point of no return comes last: all that can fail slowly has succeeded before.
TEST_F(ReloadTest, OldVersionWorksUntilTheNewOneHasPreparedAndCheckedItself) {
  lay("good");
  start();
  lay_next();
  ASSERT_EQ(reload().last_reload.result, "exchanged");
  const auto checked = line_of(R"(test.checked {"plugin":"com.example.good","version":"1.3.0"})");
  const auto quiesced = line_of("test.quiesced");
  const auto started = line_of(R"("version":"1.3.0","state")");
  EXPECT_LT(checked, quiesced) << log_.text();
  EXPECT_LT(quiesced, started) << log_.text();
  EXPECT_LT(started, log_.lines().size());
}

// A caller may wait for the answer on a thread that stop() is waited for by.
TEST_F(ReloadTest, WhatIsAskedWhileThePluginsStopIsAnswered) {
  lay("good");
  start();
  std::atomic<int> asked = 0, answered = 0;
  std::vector<std::thread> users;
  for (int i = 0; i < 3; ++i)
    users.emplace_back([&] {
      for (bool stopping = false; !stopping;) {
        std::promise<Result<PluginInfo>> promise;
        auto future = promise.get_future();
        ++asked;
        plugins_->reload("com.example.good",
                         [&](Result<PluginInfo> info) { promise.set_value(std::move(info)); });
        const Result<PluginInfo> info = future.get();
        ++answered;
        stopping = !info && info.error().code == Code::cancelled;
      }
    });
  while (answered < 3) std::this_thread::yield();
  plugins_->stop();
  for (std::thread& user : users) user.join();
  EXPECT_EQ(asked, answered);
  bool was_called = false;
  plugins_->reload("com.example.good", [&](const Result<PluginInfo>& info) {
    was_called = true;
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, Code::cancelled);
  });
  EXPECT_TRUE(was_called);
}

TEST_F(ReloadTest, BadNewVersionLeavesTheOldOneUntouched) {
  lay("good");
  start();
  expect_kept("next_throws_in_create", "no licence for this machine");
  expect_kept("next_fails_prepare", "the disk is full");
  expect_kept("next_fails_self_check", "the clock runs backwards");
  expect_kept("next_offers_less", "promises crm.settings/0");
  expect_kept("wrong_id", "the library calls itself com.example.wrong");
  expect_kept("no_entry", "does not export crm_entry");
  expect_kept("good", "the library has version 1.2.3, its manifest says 1.3.0");
  write_text(package() / "strings" / "en.json", "{}");
  const PluginInfo altered = reload();
  EXPECT_EQ(altered.last_reload.result, "kept");
  EXPECT_EQ(altered.last_reload.mapping, "");
  EXPECT_EQ(answering_version(), "1.2.3");
}

TEST_F(ReloadTest, VersionThatDoesNotStartIsRolledBack) {
  lay("good");
  start();
  lay_next("next_fails_start");
  const PluginInfo after = reload();
  EXPECT_EQ(after.state, "running");
  EXPECT_EQ(after.version, "1.2.3");
  EXPECT_EQ(after.last_reload.result, "rolled_back");
  EXPECT_THAT(after.last_reload.reason, HasSubstr("no thread is left"));
  EXPECT_EQ(answering_version(), "1.2.3");
  EXPECT_THAT(log_.text(), HasSubstr(R"("version":"1.2.3","state":{"from":"1.2.3"})"));
  lay_next();
  EXPECT_EQ(reload().last_reload.result, "exchanged");
  EXPECT_EQ(answering_version(), "1.3.0");
}

TEST_F(ReloadTest, VersionThatDoesNotStopGoesOn) {
  lay("refuses_quiesce", manifest("com.example.refuses_quiesce"));
  start();
  const PluginInfo after = reload("com.example.refuses_quiesce");
  EXPECT_EQ(after.state, "running");
  EXPECT_EQ(after.last_reload.result, "kept");
  EXPECT_THAT(after.last_reload.reason, HasSubstr("a request is still on its way"));
}

TEST_F(ReloadTest, RequestsWithoutPauseAllSucceedDuringReloads) {
  lay("good");
  start();
  {
    RestlessClients clients(*plugins_, 3);
    for (int i = 0; i < 20; ++i) {
      if (i == 10) lay_next();
      const PluginInfo after = reload();
      EXPECT_EQ(after.last_reload.result, "exchanged") << after.last_reload.reason;
      clients.wait_for_more(10);
    }
    clients.end();
    EXPECT_THAT(clients.failures(), ::testing::IsEmpty());
    EXPECT_GT(clients.asked(), 200);
  }
  EXPECT_EQ(answering_version(), "1.3.0");
}

TEST_F(ReloadTest, RequestThatTheOldVersionLeftOpenIsAnsweredByTheNewOne) {
  lay("good");
  start();
  std::promise<Result<std::string>> answered;
  plugins_->status("com.example.good", Json::object(),
                   [&](Result<std::string> result) { answered.set_value(std::move(result)); });
  lay_next();
  ASSERT_EQ(reload().last_reload.result, "exchanged");
  EXPECT_EQ(must(answered.get_future().get()), "1.3.0");
}

TEST_F(ReloadTest, PackageThatIsRenamedIntoPlaceIsTakenOver) {
  lay("good");
  auto watching = options();
  watching.watch_every = 10ms;
  start(watching);
  lay_next();
  ASSERT_TRUE(wait_for_log("plugin.exchanged"));
  EXPECT_EQ(answering_version(), "1.3.0");
}

// As a package manager may install it again: another file in between, and then one with the number,
// time and content of the first.
TEST(PackageWatch, AFileThatIsRenamedIntoPlaceIsAnotherOneWhateverItsNumber) {
  const TemporaryFolder folder;
  const auto package = folder.path() / "diary";
  std::filesystem::create_directory(package);
  std::ofstream(package / "diary.sig") << "signature";
  PackageWatch watch;
  EXPECT_TRUE(watch.has_changed(package)) << "the first look";
  EXPECT_FALSE(watch.has_changed(package));
  bool is_noticed = false;
  // The clock of the file system moves in steps of some milliseconds.
  for (const auto end = std::chrono::steady_clock::now() + 10s;
       !is_noticed && std::chrono::steady_clock::now() < end; std::this_thread::yield()) {
    std::filesystem::rename(package / "diary.sig", package / "away");
    std::filesystem::rename(package / "away", package / "diary.sig");
    is_noticed = watch.has_changed(package);
  }
  EXPECT_TRUE(is_noticed);
}

TEST_F(ReloadTest, SignedPackageIsTakenOverWhenItsSignatureIsThere) {
  const SigningKey key;
  trust(key.line());
  lay("good");
  sign(key);
  auto watching = options(false);
  watching.watch_every = 10ms;
  start(watching);
  EXPECT_EQ(answering_version(), "1.2.3");
  // Half an installation is no reason to look.
  lay_next();
  EXPECT_THAT(log_.text(), Not(HasSubstr("plugin.not_exchanged")));
  sign(key);
  ASSERT_TRUE(wait_for_log("plugin.exchanged"));
  EXPECT_THAT(log_.text(), Not(HasSubstr("plugin.not_exchanged")));
  EXPECT_EQ(answering_version(), "1.3.0");
  EXPECT_EQ(info().origin, "valid");
}

TEST_F(ReloadTest, PackageThatIsInstalledLaterStarts) {
  std::filesystem::create_directories(packages());
  start();
  EXPECT_TRUE(plugins_->list().empty());
  lay("good");
  plugins_->reload_changed();
  ASSERT_TRUE(wait_for_log("plugin.running"));
  EXPECT_EQ(answering_version(), "1.2.3");
}

TEST_F(ReloadTest, RefusedPackageStartsWhenItIsMended) {
  lay("fails_self_check");
  start();
  EXPECT_EQ(info().state, "refused");
  EXPECT_EQ(code_of(ask(&Plugins::settings_step)), Code::unavailable);
  lay("good");
  EXPECT_EQ(reload().state, "running");
  EXPECT_EQ(answering_version(), "1.2.3");
}

TEST_F(ReloadTest, ChangeDuringTheExchangeReachesTheNewVersion) {
  lay("good");
  start();
  std::atomic<bool> ending = false;
  int made = 0;
  std::thread user([&] {
    for (; !ending; ++made) add_lead("Lead", "lead" + std::to_string(made) + "@customers.example");
  });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(reload().last_reload.result, "exchanged");
  ending = true;
  user.join();
  // Each version starts by reading its feeds; what changes after that comes as a hint.
  const Record last = add_lead("Last", "last@customers.example");
  EXPECT_TRUE(wait_for_log(last.id));
}

}  // namespace
}  // namespace host::test
