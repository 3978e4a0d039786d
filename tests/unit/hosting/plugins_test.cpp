// The loader with good packages and every kind of bad one.
#include <sys/stat.h>
#include <unistd.h>

#include <future>

#include "tests/unit/hosting/packages_fixture.hpp"

namespace host::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PluginsTest : public PackagesTest {};

TEST_F(PluginsTest, GoodPackageRunsFromAPrivateCopyWithItsTextsAndRoutes) {
  lay("good");
  EXPECT_EQ(refusal(), "");
  const PluginInfo info = plugins_->list().at(0);
  EXPECT_EQ(info.id, "com.example.good");
  EXPECT_EQ(info.version, "1.2.3");
  EXPECT_TRUE(info.has_settings && info.has_calendar);
  EXPECT_EQ(plugins_->strings("en"), json(R"({"com.example.good": {"test.name": "Test"}})"));
  EXPECT_EQ(plugins_->strings("de"), Json::object());
  EXPECT_EQ(plugins_->route("com.example.good", "webhook", "POST").value().max_body, 100u);
  EXPECT_FALSE(plugins_->route("com.example.good", "webhook", "GET"));
  EXPECT_FALSE(plugins_->route("com.example.good", "other", "POST"));
  EXPECT_FALSE(plugins_->route("com.example.other", "webhook", "POST"));
  const auto run = folder_.path() / "data" / "run";
  EXPECT_EQ(std::filesystem::status(run).permissions(), std::filesystem::perms::owner_all);
  std::size_t copies = 0;
  for (const auto& entry : std::filesystem::directory_iterator(run / "com.example.good")) {
    ++copies;
    EXPECT_THAT(entry.path().filename().string(), ::testing::StartsWith("1.2.3-"));
    EXPECT_EQ(std::filesystem::status(entry.path()).permissions(),
              std::filesystem::perms::owner_all);
  }
  EXPECT_EQ(copies, 1u);
  plugins_->stop();
  EXPECT_EQ(plugins_->list().at(0).state, "stopped");
  EXPECT_THAT(plugins_->still_loaded(), IsEmpty());
  EXPECT_THAT(log_.text(), HasSubstr(R"("mapping":"unmapped")"));
}

TEST_F(PluginsTest, EachRequestIsAnsweredOnce) {
  lay("good");
  start();
  EXPECT_EQ(must(ask(&Plugins::settings_step, json(R"({"step":"x"})"))), R"({"step":"x"})");
  EXPECT_EQ(ask(&Plugins::sync_now).error(), (Error{Code::needs_auth, "connect again", {}}));
  EXPECT_EQ(must(ask(&Plugins::calendars)), "[]");  // it sends twice
  EXPECT_TRUE(wait_for_log("plugin.replied_twice"));
}

TEST_F(PluginsTest, StopAnswersOpenRequestsAndRefusesLaterOnes) {
  lay("good");
  start();
  std::promise<Result<std::string>> answered;
  plugins_->status("com.example.good", Json::object(),
                   [&](Result<std::string> result) { answered.set_value(std::move(result)); });
  plugins_->stop();
  EXPECT_FALSE(answered.get_future().get());
  EXPECT_EQ(code_of(ask(&Plugins::settings_step)), Code::unavailable);
  plugins_->stop();
}

TEST_F(PluginsTest, RequestOfTheWebReachesThePluginWithItsBody) {
  lay("good");
  start();
  std::promise<Result<std::string>> answered;
  plugins_->http("com.example.good", Json::object({{"method", "POST"}}), "hello",
                 [&](Result<std::string> result) { answered.set_value(std::move(result)); });
  EXPECT_EQ(must(answered.get_future().get()), "hello");
}

TEST_F(PluginsTest, AnswerThatTheHostCannotUseIsLoggedAndThePluginGoesOn) {
  lay("good");
  start();
  plugins_->settings_step("com.example.good", Json::object(),
                          [](const Result<std::string>&) { throw std::runtime_error("no room"); });
  EXPECT_TRUE(
      wait_for_log(R"(plugin.answer_failed {"plugin":"com.example.good","error":"no room"})"));
  EXPECT_EQ(must(ask(&Plugins::settings_step)), "{}");
}

// The plugin's own answer comes when it is destroyed, and counts for nothing.
TEST_F(PluginsTest, RequestThatAPluginLeavesOpenIsAnsweredWhenItStops) {
  lay("keeps_requests", manifest("com.example.keeps_requests"));
  start();
  std::vector<Result<std::string>> answers;
  plugins_->status("com.example.keeps_requests", Json::object(),
                   [&](Result<std::string> result) { answers.push_back(std::move(result)); });
  ASSERT_TRUE(wait_for_log(R"(test.kept {"plugin":"com.example.keeps_requests")"));
  plugins_->stop();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].error(), (Error{Code::unavailable, "the plugin was stopped", {}}));
  EXPECT_THAT(log_.text(), HasSubstr(R"(plugin.left_requests_open {"plugin":)"
                                     R"("com.example.keeps_requests","count":1})"));
  EXPECT_THAT(plugins_->still_loaded(), IsEmpty());
}

TEST_F(PluginsTest, HooksReportChangesButNotOwnWritesNorUnconnectedUsers) {
  lay("good");
  const User connected = add_user("a@crm.example"), stranger = add_user("b@crm.example");
  const Account account = must(crm_->accounts().finish_setup({.id = {},
                                                              .plugin = "com.example.good",
                                                              .user = connected.id,
                                                              .unique_id = "sub",
                                                              .title = "G",
                                                              .identity = {}}));
  crm_->bus().drain();
  start();
  const Json event = timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  const SaveResult of_stranger = must(crm_->appointment_editor().create(stranger.id, "", event));
  const SaveResult of_connected = must(crm_->appointment_editor().create(connected.id, "", event));
  must(crm_->accounts().set_state(account.id, "paused", "com.example.good"));  // its own write
  must(crm_->accounts().set_state(account.id, "active"));
  const Record lead = add_lead("Lead", "l@customers.example");
  ASSERT_TRUE(wait_for_log(R"("a":"lead","b":")" + lead.id));
  EXPECT_THAT(log_.text(), HasSubstr(of_connected.id));
  EXPECT_THAT(log_.text(), Not(HasSubstr(of_stranger.id)));
  std::size_t account_hints = 0;
  for (const auto& line : log_.lines()) account_hints += line.starts_with("test.account");
  EXPECT_EQ(account_hints, 1u);
}

TEST_F(PluginsTest, ScheduledTaskRunsThePlugin) {
  lay("good");
  must(crm_->tasks().schedule("com.example.good", "cycle", 0, "payload"));
  start();
  ASSERT_TRUE(wait_for_log(R"(test.run {"plugin":"com.example.good","a":"cycle","b":"payload"})"));
}

TEST_F(PluginsTest, TasksOfARefusedPluginRestAndRunWhenItIsInstalledAgain) {
  lay("fails_prepare", manifest("com.example.fails_prepare"));
  for (int i = 0; i < 50; ++i)
    must(
        crm_->tasks().schedule("com.example.fails_prepare", "account/" + std::to_string(i), 0, ""));
  must(crm_->tasks().schedule("com.example.never_installed", "account", 0, ""));
  start();
  for (int i = 0; i < 10'000 && must(crm_->tasks().next_at()); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_FALSE(must(crm_->tasks().next_at())) << "nothing of them is due any more";
  stop();
  lay("good", manifest("com.example.good"));
  must(crm_->tasks().schedule("com.example.good", "cycle", 0, "payload"));
  start();
  ASSERT_TRUE(wait_for_log(R"(test.run {"plugin":"com.example.good","a":"cycle","b":"payload"})"));
}

TEST_F(PluginsTest, RemovedUserIsForgottenByThePluginUntilItSucceeds) {
  Json offers = manifest();
  offers.set("provides", Json::array({"crm.settings/0", "crm.privacy/0"}));
  lay("good", offers);
  const User user = add_user("a@crm.example");
  const Account account = must(crm_->accounts().finish_setup({.id = {},
                                                              .plugin = "com.example.good",
                                                              .user = user.id,
                                                              .unique_id = "sub",
                                                              .title = "G",
                                                              .identity = {}}));
  must(crm_->secrets().put("com.example.good", "grant/" + account.id, "token"));
  start();
  EXPECT_EQ(crm_->users().remove(user.id).error().code, Code::conflict);
  must(crm_->accounts().set_state(account.id, "disconnected"));
  must(crm_->users().remove(user.id));
  crm_->tasks().look_now();
  ASSERT_TRUE(wait_for_log(R"(test.forget {"plugin":"com.example.good","user":")" + user.id +
                           R"(","accounts":[")" + account.id + R"("]})"));
  for (int i = 0; i < 10'000 && !must(crm_->tasks().next_at()); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(*must(crm_->tasks().next_at()) - clock_.now().time_since_epoch().count(), 7000)
      << "the plugin said when";
  EXPECT_TRUE(crm_->accounts().any(account.id)) << "kept until the plugin is done";
  clock_.advance(std::chrono::seconds(7));
  crm_->tasks().look_now();
  ASSERT_TRUE(wait_for_log("user_forgotten"));
  EXPECT_EQ(code_of(crm_->accounts().any(account.id)), Code::not_found);
  EXPECT_EQ(code_of(crm_->secrets().get("com.example.good", "grant/" + account.id)),
            Code::not_found);
}

TEST_F(PluginsTest, OptionsAreOfTheTypesThatTheManifestDeclares) {
  Json declares = manifest();
  declares.set("options", json(R"({"base":{"type":"url"},"pause":{"type":"integer","default":"10"},
                                   "key":{"type":"secret","required":true}})"));
  lay("good", declares);
  PluginsOptions wrong = options();
  const auto reason = [&] { return plugins_->list().at(0).reason; };
  start(wrong);
  EXPECT_THAT(reason(), HasSubstr("it needs the option key: set it with crm_host --plugin-option "
                                  "com.example.good:key=VALUE"));
  wrong.values_of["com.example.good"] = {{"key", "s3cret"}, {"base", "crm.example"}};
  stop();
  start(wrong);
  EXPECT_THAT(reason(), HasSubstr("the option base is of the type url"));
  EXPECT_THAT(reason(), Not(HasSubstr("s3cret")));
  wrong.values_of["com.example.good"]["base"] = "https://crm.example";
  stop();
  start(wrong);
  EXPECT_EQ(reason(), "");
  stop();
  declares.set("options", json(R"({"key":{"type":"secret","default":"s3cret"}})"));
  lay("good", declares);
  start();
  EXPECT_THAT(reason(), HasSubstr("options.key: default: a text of its type is expected"));
}

// A hint about a user's own calendar asks for that user's account, however many others there are.
TEST_F(PluginsTest, HintReadsNoAccountOfAnotherUser) {
  lay("good");
  const auto connect = [&](const User& user) {
    return must(crm_->accounts().finish_setup({.id = {},
                                               .plugin = "com.example.good",
                                               .user = user.id,
                                               .unique_id = "sub",
                                               .title = "G",
                                               .identity = {}}));
  };
  const User connected = add_user("a@crm.example");
  connect(connected);
  for (int i = 0; i < 30; ++i) connect(add_user("other" + std::to_string(i) + "@crm.example"));
  crm_->bus().drain();
  start();
  const std::uint64_t before = crm_->accounts().documents_read();
  SaveResult last;
  for (int i = 0; i < 20; ++i)
    last = must(crm_->appointment_editor().create(
        connected.id, "", timed("M", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00")));
  ASSERT_TRUE(wait_for_log(R"("b":")" + last.id + "\""));
  EXPECT_EQ(crm_->accounts().documents_read() - before, 0u);
}

TEST_F(PluginsTest, UnsignedPackageNeedsTheDevelopmentOption) {
  lay("good");
  start(false);
  EXPECT_EQ(plugins_->list().at(0).state, "refused");
  EXPECT_THAT(plugins_->list().at(0).reason, HasSubstr("--dev-unsigned"));
  EXPECT_THAT(log_.text(), Not(HasSubstr("test.started")));
}

TEST_F(PluginsTest, MissingFolderIsNamed) {
  plugins_ = std::make_unique<Plugins>(
      crm_->context(), crm_->port(),
      PluginsOptions{.folder = folder_.path() / "nowhere", .dev_unsigned = true, .values = {}});
  const auto started = plugins_->start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("nowhere"));
}

// --- damaged packages: nothing of them runs ---

TEST_F(PluginsTest, DamagedManifestNamesTheFault) {
  lay("good");
  write_text(package() / "test.json", "{\"manifest_version\": 1,");
  EXPECT_THAT(refusal(), HasSubstr("the manifest test.json is damaged"));
  stop();
  std::filesystem::remove(package() / "test.json");
  EXPECT_THAT(refusal(), HasSubstr("the manifest test.json is missing"));
  EXPECT_THAT(log_.text(), Not(HasSubstr("test.started")));
}

TEST_F(PluginsTest, ManifestOfAnotherShapeNamesTheMember) {
  EXPECT_THAT(refusal_of(with(manifest(), "manifest_version", 2)), HasSubstr("manifest_version"));
  EXPECT_THAT(refusal_of(with(manifest(), "id", "../../etc")), HasSubstr("id: "));
  EXPECT_THAT(refusal_of(with(manifest(), "id", "nodots")), HasSubstr("id: "));
  EXPECT_THAT(refusal_of(with(manifest(), "version", "1.2")), HasSubstr("version: "));
  EXPECT_THAT(refusal_of(with(manifest(), "requires", "crm.sql/0")), HasSubstr("requires: "));
  EXPECT_THAT(refusal_of(with(manifest(), "library", "../libtest.so")), HasSubstr("library: "));
  EXPECT_THAT(
      refusal_of(with(manifest(), "routes",
                      json(R"([{"path":"/x","methods":["POST"],"auth":"none","max_body":1}])"))),
      HasSubstr("routes.path: "));
  EXPECT_THAT(refusal_of(with(
                  manifest(), "routes",
                  json(R"([{"path":"callback","methods":["GET"],"auth":"none","max_body":1}])"))),
              HasSubstr("callback"));
  EXPECT_THAT(
      refusal_of(with(manifest(), "routes",
                      json(R"([{"path":"x","methods":["POST"],"auth":"maybe","max_body":1}])"))),
      HasSubstr("routes.auth: "));
  EXPECT_THAT(log_.text(), Not(HasSubstr("test.started")));
}

TEST_F(PluginsTest, AnotherContractVersionNamesBothVersions) {
  EXPECT_THAT(refusal_of(with(manifest(), "abi", json(R"({"major":1,"minor":0})"))),
              HasSubstr("built for contract 1.0 and this host speaks 0."));
  EXPECT_THAT(refusal_of(with(manifest(), "abi", json(R"({"major":0,"minor":99})"))),
              HasSubstr("contract 0.99"));
  EXPECT_THAT(refusal_of(with(manifest(), "abi", json(R"({"major":0,"minor":1})"))),
              HasSubstr("the library was built for contract 0.4, its manifest says 0.1: install"));
  EXPECT_THAT(refusal_of(with(manifest(), "requires",
                              json(R"(["crm.sql/0","crm.weather/0","crm.sql/7"])"))),
              HasSubstr("it needs crm.weather/0, crm.sql/7"));
}

TEST_F(PluginsTest, MissingLibraryIsRefused) {
  lay("good");
  std::filesystem::remove(package() / "libtest.so");
  EXPECT_THAT(refusal(), HasSubstr("the library libtest.so is missing"));
}

TEST_F(PluginsTest, ChangedFileIsRefusedByItsChecksum) {
  lay("good");
  write_text(package() / "strings" / "en.json", R"({"test.name": "Forged"})");
  EXPECT_THAT(refusal(), HasSubstr("strings/en.json does not match its size"));
  EXPECT_THAT(log_.text(), Not(HasSubstr("test.started")));
}

TEST_F(PluginsTest, UnlistedFileOrLinkIsRefused) {
  lay("good");
  write_text(package() / "extra.so", "x");
  EXPECT_THAT(refusal(), HasSubstr("extra.so is not listed"));
  stop();
  std::filesystem::remove(package() / "extra.so");
  std::filesystem::create_symlink("/etc/passwd", package() / "link");
  EXPECT_THAT(refusal(), HasSubstr("holds a link, link"));
  stop();
  std::filesystem::remove(package() / "link");
  ASSERT_EQ(::mkfifo((package() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("pipe, which is not a plain file"));
}

TEST_F(PluginsTest, LibraryThatIsALinkIsRefused) {
  lay("good");
  std::filesystem::rename(package() / "libtest.so", folder_.path() / "elsewhere.so");
  std::filesystem::create_symlink(folder_.path() / "elsewhere.so", package() / "libtest.so");
  EXPECT_THAT(refusal(), HasSubstr("holds a link"));
}

TEST_F(PluginsTest, GarbageAsALibraryReportsTheLinkersMessage) {
  lay("good");
  write_text(package() / "libtest.so", "not a library");
  Json document = manifest();
  document.set("files",
               Json::object({{"libtest.so", entry(package() / "libtest.so")},
                             {"strings/en.json", entry(package() / "strings" / "en.json")}}));
  write_text(package() / "test.json", document.dump());
  EXPECT_THAT(refusal(), HasSubstr("the library cannot be opened: "));
}

TEST_F(PluginsTest, LibraryOfAnotherPluginIsRefusedBeforeCreate) {
  lay("wrong_id");
  EXPECT_THAT(
      refusal(),
      HasSubstr("the library calls itself com.example.wrong, its manifest says com.example.good"));
  stop();
  lay("good", with(manifest(), "version", "9.9.9"));
  EXPECT_THAT(refusal(), HasSubstr("the library has version 1.2.3, its manifest says 9.9.9"));
}

TEST_F(PluginsTest, LibraryWithoutEntryIsNoPlugin) {
  lay("no_entry");
  EXPECT_THAT(refusal(), HasSubstr("does not export crm_entry"));
}

TEST_F(PluginsTest, SecondPackageOfOnePluginIsRefused) {
  lay("good");
  lay("good", manifest(), "zwilling");
  start();
  ASSERT_EQ(plugins_->list().size(), 2u);
  EXPECT_EQ(plugins_->list()[0].state, "running") << plugins_->list()[0].reason;
  EXPECT_THAT(plugins_->list()[1].reason, HasSubstr("same id"));
  // The first one is untouched: the copy that it was loaded from is whole.
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           folder_.path() / "data" / "run" / "com.example.good"))
    files += entry.path().filename() == "libtest.so";
  EXPECT_EQ(files, 1u);
}

// --- plugins that fail: the others go on ---

TEST_F(PluginsTest, FailingPluginsGiveTheirReasonsAndTheGoodOneRuns) {
  lay("throws_in_create", manifest("com.example.throws_in_create"), "a");
  lay("fails_prepare", manifest("com.example.fails_prepare"), "b");
  lay("fails_self_check", manifest("com.example.fails_self_check"), "c");
  lay("offers_less", manifest("com.example.offers_less"), "d");
  lay("good", manifest(), "e");
  start();
  const auto infos = plugins_->list();
  ASSERT_EQ(infos.size(), 5u);
  EXPECT_EQ(infos[0].reason, "its create failed: no licence for this machine");
  EXPECT_EQ(infos[1].reason, "its prepare failed: the disk is full");
  EXPECT_EQ(infos[2].reason, "its self_check failed: the clock runs backwards");
  EXPECT_THAT(infos[3].reason, HasSubstr("promises crm.settings/0"));
  EXPECT_EQ(infos[4].state, "running");
  EXPECT_THAT(plugins_->still_loaded(), IsEmpty());
  EXPECT_EQ(must(ask(&Plugins::settings_step)), "{}");
}

TEST_F(PluginsTest, HangingStartIsAbandonedAtTheDeadline) {
  lay("hangs_in_start", manifest("com.example.hangs_in_start"), "a");
  lay("good", manifest(), "b");
  start();
  EXPECT_THAT(plugins_->list().at(0).reason,
              HasSubstr("its start did not return within 2000 ms; it stays loaded until the host "
                        "is started again"));
  EXPECT_EQ(plugins_->list().at(1).state, "running");
  plugins_->stop();
  EXPECT_THAT(plugins_->still_loaded(), ElementsAre("com.example.hangs_in_start"));
}

TEST_F(PluginsTest, HangingRunDelaysNeitherOtherPluginsNorTheStop) {
  lay("hangs_in_run", manifest("com.example.hangs_in_run"), "a");
  lay("good", manifest(), "b");
  start();
  ASSERT_TRUE(wait_for_log(R"(plugin.running {"plugin":"com.example.hangs_in_run")"));
  ASSERT_TRUE(wait_for_log(R"(plugin.running {"plugin":"com.example.good")"));
  for (const char* key : {"first", "second"})
    must(crm_->tasks().schedule("com.example.hangs_in_run", key, 0, ""));
  clock_.advance(1ms);
  must(crm_->tasks().schedule("com.example.good", "cycle", clock_.now().time_since_epoch().count(),
                              "payload"));
  ASSERT_TRUE(wait_for_log(R"(test.run {"plugin":"com.example.good","a":"cycle")"));
  ASSERT_TRUE(wait_for_log(R"(test.hangs {"plugin":"com.example.hangs_in_run")"));
  plugins_->stop();
  EXPECT_THAT(plugins_->still_loaded(), ElementsAre("com.example.hangs_in_run"));
}

TEST_F(PluginsTest, PluginThatDoesNotQuiesceStaysLoadedAndIsNamed) {
  lay("hangs_in_quiesce", manifest("com.example.hangs_in_quiesce"), "a");
  lay("refuses_quiesce", manifest("com.example.refuses_quiesce"), "b");
  start();
  plugins_->stop();
  EXPECT_THAT(plugins_->still_loaded(),
              ElementsAre("com.example.hangs_in_quiesce", "com.example.refuses_quiesce"));
  EXPECT_THAT(plugins_->list().at(0).reason, HasSubstr("its quiesce did not return"));
  EXPECT_THAT(plugins_->list().at(1).reason, HasSubstr("a request is still on its way"));
}

}  // namespace
}  // namespace host::test
