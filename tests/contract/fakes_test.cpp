// Plugins tested with the fakes alone, and the fakes themselves: they behave as services/*.h
// documents.
#include "host_api/testing/fakes.hpp"

#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

#include "host_api/cpp/plugin.hpp"
#include "host_api/examples/tentative/tentative.hpp"

namespace {

using namespace std::chrono_literals;
using crm::Code;
using crm::Error;
using crm::fakes::Host;
using crm::fakes::Json;
using crm::fakes::PluginDriver;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kLunch =
    R"({"summary":"Lunch","start":{"date":"2027-01-15"},"end":{"date":"2027-01-16"}})";
constexpr const char* kDinner =
    R"({"summary":"Dinner","start":{"date":"2027-01-15"},"end":{"date":"2027-01-16"}})";

Json parsed(const crm::Result<std::string>& text) {
  EXPECT_TRUE(text) << (text ? "" : text.error().message);
  if (!text) return {};
  auto json = Json::parse(*text);
  EXPECT_TRUE(json) << *text;
  return json ? *json : Json();
}

Code code_of(const crm::Result<std::string>& result) {
  return result ? Code::ok : result.error().code;
}

TEST(Fakes, ThePluginOfTheReadmeLogsItsStart) {
  Host host;
  PluginDriver plugin(host, crm_entry);
  ASSERT_TRUE(plugin.error());
  ASSERT_TRUE(plugin.prepare());
  ASSERT_TRUE(plugin.start());
  EXPECT_EQ(host.log.count("hello.started"), 1u);
  EXPECT_EQ(*plugin.self_check(), "{}");
  EXPECT_EQ(code_of(plugin.settings_step("{}").wait()), Code::not_found) << "it offers no settings";
  ASSERT_TRUE(plugin.quiesce(1s));
  EXPECT_THAT(host.violations(), IsEmpty());
}

// A host with one connected user and the example plugin.
class ExamplePlugin : public testing::Test {
 protected:
  ExamplePlugin() {
    host.add_user({.id = "anna", .email = "anna@example.com", .name = "Anna"});
    EXPECT_TRUE(
        host.accounts.connect({.id = "a1", .user = "anna", .unique_id = "sub-1", .title = "Work"}));
    EXPECT_TRUE(host.events.save("lunch", "own-anna", kLunch));
    host.take_notifications();
  }
  std::string status_of(std::string_view id) {
    return host.events.find(id)->event.string("status");
  }
  // The plugin schedules its task on a thread of its own. Only a failing test waits ten seconds.
  bool scan_is_scheduled() {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!host.tasks.at("scan") && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(1ms);
    return host.tasks.at("scan").has_value();
  }
  Host host;
};

TEST_F(ExamplePlugin, ItsTaskMarksEachAppointmentOnce) {
  PluginDriver plugin = PluginDriver::of<example::Tentative>(host);
  ASSERT_TRUE(plugin.prepare());
  ASSERT_TRUE(plugin.start());
  EXPECT_EQ(*plugin.run_due(), 1);
  EXPECT_EQ(status_of("lunch"), "tentative");
  EXPECT_EQ(host.events.remembered_answers(), 0u) << "everything was settled";

  const std::string revision = host.events.find("lunch")->revision;
  ASSERT_TRUE(host.events.save("dinner", "own-anna", kDinner));
  EXPECT_EQ(plugin.deliver_notifications(), 1u);
  ASSERT_TRUE(scan_is_scheduled());
  EXPECT_EQ(*plugin.run_due(), 1);
  EXPECT_EQ(status_of("dinner"), "tentative");
  EXPECT_EQ(host.events.find("lunch")->revision, revision) << "nothing was written twice";
}

TEST_F(ExamplePlugin, ARunAfterALostAnswerDoesNotWriteTwice) {
  PluginDriver plugin = PluginDriver::of<example::Tentative>(host);
  ASSERT_TRUE(plugin.start());
  host.faults.lose_answer(CRM_EVENTS, "apply", Error{Code::timeout, "no answer in time", {}}, 1);
  EXPECT_EQ(plugin.run_due().error().code, Code::timeout);
  const std::string revision = host.events.find("lunch")->revision;
  EXPECT_EQ(*plugin.run_due(), 0) << "the repetition waits";
  host.clock.advance(1s);
  EXPECT_EQ(*plugin.run_due(), 1);
  EXPECT_EQ(host.events.find("lunch")->revision, revision);
}

TEST_F(ExamplePlugin, ACursorFromBeforeARestoreLeadsToAFullListing) {
  PluginDriver plugin = PluginDriver::of<example::Tentative>(host);
  ASSERT_TRUE(plugin.start());
  ASSERT_TRUE(plugin.run_due());
  host.restore_backup();
  ASSERT_TRUE(host.events.save("dinner", "own-anna", kDinner));
  plugin.deliver_notifications();
  ASSERT_TRUE(scan_is_scheduled());
  EXPECT_TRUE(plugin.run_due());
  EXPECT_EQ(status_of("dinner"), "tentative");
}

TEST_F(ExamplePlugin, ARestartContinuesFromTheStateOfQuiesce) {
  {
    PluginDriver plugin = PluginDriver::of<example::Tentative>(host);
    ASSERT_TRUE(plugin.start());
    ASSERT_TRUE(plugin.run_due());
    const auto state = plugin.quiesce(1s);
    ASSERT_TRUE(state);
    EXPECT_FALSE(state->empty());
    ASSERT_TRUE(plugin.start()) << "with the state that quiesce wrote";
    EXPECT_TRUE(plugin.run_due());
  }
  EXPECT_THAT(host.violations(), IsEmpty());
}

TEST_F(ExamplePlugin, PrepareNamesTheMissingService) {
  host.withhold(CRM_TASKS);
  PluginDriver plugin = PluginDriver::of<example::Tentative>(host);
  EXPECT_THAT(plugin.prepare().error().message, HasSubstr("crm.tasks/0"));
}

// --- the fakes: each statement of a service header ---

// A plugin's views of the services, without a plugin.
class Services : public ExamplePlugin {
 protected:
  Json changes(std::string_view calendar, std::string_view cursor, std::uint32_t limit = 100) {
    return parsed(crm::Host(&host).events()->changes(calendar, cursor, limit));
  }
  Json apply(const Json& operation, std::int64_t fence = 0) {
    return parsed(crm::Host(&host).events()->apply(fence, Json::array({operation}).dump()))[0];
  }
  static Json put(std::string op_id, std::string id, const char* event) {
    return Json::object({{"op", "put"},
                         {"op_id", std::move(op_id)},
                         {"id", std::move(id)},
                         {"calendar", "own-anna"},
                         {"event", *Json::parse(event)}});
  }
};

TEST_F(Services, AFeedReturnsEachObjectOnceInTheOrderOfCommits) {
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(host.events.save("e" + std::to_string(i), "own-anna", kLunch));
  ASSERT_TRUE(host.events.save("e0", "own-anna", kDinner));
  std::vector<std::string> seen;
  Json page;
  do {
    page = changes("own-anna", page.string("cursor"), 2);
    for (const Json& change : page["changes"].items()) seen.push_back(change.string("id"));
  } while (page["more"].as_bool());
  EXPECT_THAT(seen, ElementsAre("lunch", "e1", "e2", "e3", "e4", "e0"));
  EXPECT_THAT(changes("own-anna", page.string("cursor"))["changes"].items(), IsEmpty());
}

TEST_F(Services, DeletionsAndMovesAreReportedToOlderCursorsOnly) {
  host.add_user({.id = "ben", .email = "ben@example.com"});
  const std::string cursor = changes("own-anna", "").string("cursor");
  auto calendar = crm::Host(&host).calendars()->put(
      R"({"account":"a1","remote_id":"x","name":"Work","color":"#112233","role":"owner",)"
      R"("mode":"two_way"})");
  ASSERT_TRUE(calendar);
  ASSERT_TRUE(host.events.save("dinner", "own-anna", kDinner));
  ASSERT_TRUE(host.events.move("dinner", *calendar));
  ASSERT_TRUE(host.events.erase("lunch"));
  const Json page = changes("own-anna", cursor);
  ASSERT_THAT(page["changes"].items(), SizeIs(2));
  EXPECT_EQ(page["changes"][0], Json::object({{"id", "dinner"}, {"moved", *calendar}}));
  EXPECT_EQ(page["changes"][1], Json::object({{"id", "lunch"}, {"deleted", true}}));
  EXPECT_THAT(changes("own-anna", "")["changes"].items(), IsEmpty())
      << "a full listing reports no deletions";
  EXPECT_EQ(changes(*calendar, "")["changes"][0].string("id"), "dinner");
  EXPECT_EQ(code_of(crm::Host(&host).events()->changes("own-ben", "", 10)), Code::not_found)
      << "ben connected nothing";
  host.clock.advance(std::chrono::hours(24 * 91));
  host.events.forget_old_deletions();
  EXPECT_EQ(code_of(crm::Host(&host).events()->changes("own-anna", cursor, 10)), Code::gone);
}

TEST_F(Services, ARepeatedWriteReturnsTheStoredSuccessButNotAFailure) {
  const Json create = put("op1", "x", kLunch);
  const Json first = apply(create);
  EXPECT_EQ(first["status"].as_integer(), CRM_OK);
  EXPECT_EQ(apply(create), first) << "the answer is repeated";
  EXPECT_EQ(apply(put("op2", "x", kLunch))["status"].as_integer(), CRM_CONFLICT) << "the id exists";

  Json change = put("op3", "x", kDinner);
  change.set("if_revision", "stale");
  EXPECT_EQ(apply(change)["status"].as_integer(), CRM_CONFLICT);
  change.set("if_revision", first["revision"]);
  const Json second = apply(change);
  EXPECT_EQ(second["status"].as_integer(), CRM_OK) << "the failure was not remembered";
  EXPECT_NE(second.string("revision"), first.string("revision"));
  Json same = put("op4", "x", kDinner);
  same.set("if_revision", second["revision"]);
  EXPECT_EQ(apply(same).string("revision"), second.string("revision"))
      << "nothing changed: the revision stays";
  ASSERT_TRUE(crm::Host(&host).events()->settle(R"(["op1","op3","op4"])"));
  EXPECT_EQ(host.events.remembered_answers(), 0u);
  EXPECT_EQ(apply(create)["status"].as_integer(), CRM_CONFLICT) << "settled answers are forgotten";
}

TEST_F(Services, LinkingKeepsTheRevisionAndOmitsUnknownRecords) {
  host.contacts.put("lead", "l1", {" Kim@Example.com "});
  const std::string cursor = changes("own-anna", "").string("cursor"),
                    revision = host.events.find("lunch")->revision;
  const Json link = Json::object(
      {{"op", "link"},
       {"op_id", "op"},
       {"id", "lunch"},
       {"records",
        Json::object({{"leads", Json::array({"l1", "nobody"})}, {"contacts", Json::array()}})}});
  EXPECT_EQ(apply(link).string("revision"), revision);
  EXPECT_THAT(host.events.find("lunch")->leads, ElementsAre("l1"));
  EXPECT_THAT(changes("own-anna", cursor)["changes"].items(), IsEmpty());

  const auto contacts = *crm::Host(&host).contacts();
  EXPECT_EQ(parsed(contacts.find_by_email("anna", R"(["kim@example.com","x@y.z"])")),
            Json::object({{"kim@example.com", Json::object({{"leads", Json::array({"l1"})},
                                                            {"contacts", Json::array()}})}}));
  const std::string seen = parsed(contacts.changes("", 10)).string("cursor");
  host.contacts.put("lead", "l1", {"kim@new.example"});
  host.contacts.erase("lead", "l1");
  const Json page = parsed(contacts.changes(seen, 10));
  ASSERT_THAT(page["changes"].items(), SizeIs(1));
  EXPECT_THAT(page["changes"][0]["addresses"].strings(),
              ElementsAre("kim@example.com", "kim@new.example"))
      << "before and after";
}

TEST_F(Services, AnOlderFenceCannotWriteAfterANewerRunBegan) {
  const auto tasks = *crm::Host(&host).tasks();
  const std::int64_t now = host.clock.wall();
  ASSERT_TRUE(tasks.schedule("k", now + 5000, "later"));
  ASSERT_TRUE(tasks.schedule("k", now + 9000, "ignored time, newest payload"));
  EXPECT_EQ(host.tasks.at("k"), now + 5000);
  EXPECT_FALSE(host.tasks.take_due());
  host.clock.advance(5s);
  const auto first = host.tasks.take_due();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->payload, "ignored time, newest payload");
  ASSERT_TRUE(tasks.schedule("k", 0, "again"));
  EXPECT_FALSE(host.tasks.take_due()) << "the key runs";
  const auto second = host.tasks.take_over("k");
  ASSERT_TRUE(second);
  EXPECT_EQ(code_of(crm::Host(&host).events()->apply(first->fence, "[]")), Code::conflict);
  EXPECT_EQ(code_of(crm::Host(&host).events()->apply(second->fence, "[]")), Code::ok);
  const auto stale = crm::Host(&host).sql()->begin(CRM_SQL_WRITE, first->fence);
  EXPECT_EQ(stale.error().code, Code::conflict);
  EXPECT_EQ(stale.error().detail, "");
  const crm::Sql sql = *crm::Host(&host).sql();
  EXPECT_EQ(sql.begin_run(CRM_SQL_WRITE, "k", first->fence).error().detail, crm::kFenced);
  EXPECT_EQ(sql.begin_run(CRM_SQL_WRITE, "other", second->fence).error().detail, crm::kFenced);
  auto current = sql.begin_run(CRM_SQL_WRITE, "k", second->fence);
  ASSERT_TRUE(current);
  ASSERT_TRUE(host.tasks.take_over("k"));
  EXPECT_EQ(current->commit().error().detail, crm::kFenced);
}

TEST_F(Services, StatementsWithoutARuleOfTheScriptAreUnavailable) {
  host.sql.when("FROM counters", {{std::int64_t{7}, std::string("seven"), std::monostate(), 0.5}});
  host.sql.when("INSERT",
                [](const crm::fakes::Sql::Statement& statement)
                    -> crm::Result<std::vector<crm::fakes::SqlRow>> {
                  if (std::get<std::string>(statement.args.at(0)) == "twice")
                    return Error{Code::conflict, "run the transaction again", {}};
                  return std::vector<crm::fakes::SqlRow>();
                });
  const auto sql = *crm::Host(&host).sql();
  auto transaction = sql.begin(CRM_SQL_WRITE, 0);
  ASSERT_TRUE(transaction);
  int rows = 0;
  ASSERT_TRUE(transaction->exec("SELECT n, name, nothing, half FROM counters", {},
                                [&](std::span<const crm_value> row) {
                                  ++rows;
                                  ASSERT_EQ(row.size(), 4u);
                                  EXPECT_EQ(row[0].integer, 7);
                                  EXPECT_EQ(crm::from_abi(row[1].text), "seven");
                                  EXPECT_EQ(row[2].type, CRM_SQL_NULL);
                                  EXPECT_EQ(row[3].real, 0.5);
                                }));
  EXPECT_EQ(rows, 1);
  const crm_value once{CRM_SQL_TEXT, 0, 0, crm::to_abi("once")},
      twice{CRM_SQL_TEXT, 0, 0, crm::to_abi("twice")};
  EXPECT_TRUE(transaction->exec("INSERT INTO t VALUES ($1)", {&once, 1}));
  EXPECT_EQ(transaction->exec("INSERT INTO t VALUES ($1)", {&twice, 1}).error().code,
            Code::conflict);
  const auto unknown = transaction->exec("VACUUM", {});
  EXPECT_EQ(unknown.error().code, Code::unavailable);
  EXPECT_THAT(unknown.error().message, HasSubstr("VACUUM"));
  ASSERT_TRUE(transaction->commit());
  EXPECT_THAT(host.sql.committed(), SizeIs(2));
  EXPECT_EQ(host.sql.open_transactions(), 0u);
}

TEST_F(Services, AccountsAndCalendarsFollowTheirContract) {
  const crm::Host services(&host);
  EXPECT_EQ(host.accounts.connect({.id = "a2", .user = "anna", .unique_id = "sub-1"}).error().code,
            Code::conflict);
  ASSERT_TRUE(services.accounts()->set_state("a1", "disconnected"));
  EXPECT_EQ(*host.accounts.connect(
                {.id = "a3", .user = "anna", .unique_id = "sub-1", .title = "Work again"}),
            "a1")
      << "it keeps its id";
  EXPECT_EQ(services.accounts()->put_config("a1", "[1]").error().code, Code::invalid);
  EXPECT_EQ(services.accounts()->put_config("nobody", "{}").error().code, Code::not_found);
  ASSERT_TRUE(services.accounts()->put_config("a1", R"({"x":1})"));
  EXPECT_EQ(parsed(services.accounts()->get("a1"))["config"]["x"].as_integer(), 1);
  EXPECT_EQ(parsed(services.accounts()->user("anna")).string("email"), "anna@example.com");

  const std::string document =
      R"({"account":"a1","remote_id":"x","name":"Team","color":"#112233","role":"reader",)"
      R"("mode":"two_way"})";
  const auto id = services.calendars()->put(document);
  ASSERT_TRUE(id);
  EXPECT_EQ(*services.calendars()->put(document), *id) << "idempotent";
  EXPECT_EQ(services.calendars()->set_default("anna", *id).error().code, Code::invalid)
      << "it is read-only";
  ASSERT_TRUE(services.calendars()->set_state(*id, "gone"));
  EXPECT_EQ(parsed(services.calendars()->list("a1"))[0].string("state"), "gone");
  EXPECT_EQ(*services.calendars()->own("anna"), "own-anna");
  const auto written = services.calendars()->put(
      R"({"account":"a1","remote_id":"y","name":"Work","color":"#112233","role":"owner",)"
      R"("mode":"two_way"})");
  ASSERT_TRUE(services.calendars()->set_default("anna", *written));
  ASSERT_TRUE(services.accounts()->set_state("a1", "disconnected"));
  EXPECT_EQ(parsed(services.accounts()->user("anna")).string("default_calendar"), "own-anna");
  EXPECT_EQ(services.calendars()->set_state("own-anna", "gone").error().code, Code::not_found);
}

TEST_F(Services, SecretsAreNotFoundAfterTheMasterKeyIsLost) {
  const crm::Host services(&host);
  ASSERT_TRUE(services.secrets()->put("token", "t"));
  EXPECT_EQ(*services.secrets()->get("token"), "t");
  EXPECT_EQ(services.secrets()->put("token", std::string(16 * 1024 + 1, 'x')).error().code,
            Code::invalid);
  EXPECT_TRUE(services.secrets()->erase("nothing"));
  host.secrets.lose_master_key();
  EXPECT_EQ(services.secrets()->get("token").error().code, Code::gone);
  EXPECT_TRUE(services.secrets()->put_if("token", "", "another"));
  EXPECT_EQ(*services.secrets()->get("token"), "another");
  EXPECT_EQ(*services.options()->get("public_url"), "https://crm.example.com");
  EXPECT_EQ(services.options()->get("other").error().code, Code::not_found);
}

// --- what the driver detects ---

// Violates the contract on demand.
class Misbehaving : public crm::Plugin {
 public:
  explicit Misbehaving(crm::Host host) : host_(host) {}
  crm::Result<> prepare() override { return {}; }
  crm::Result<> start(std::string_view) override { return {}; }
  crm::Result<std::string> self_check() override { throw std::runtime_error("no"); }
  crm::Result<std::string> quiesce(std::chrono::milliseconds) override { return std::string(); }
  const void* capability(std::string_view id) noexcept override {
    return id == CRM_SETTINGS ? &kSettings : nullptr;
  }
  ~Misbehaving() override { host_.log()->write(CRM_LOG_INFO, "bye", "{}"); }

 private:
  static void step(crm_plugin*, crm_str request, crm_reply* reply) noexcept {
    if (crm::from_abi(request) == "never") return;
    reply->send(reply, CRM_OK, crm_str{});
    if (crm::from_abi(request) == "twice") reply->send(reply, CRM_OK, crm_str{});
  }
  static constexpr crm_settings_0 kSettings{&step};
  crm::Host host_;
};

TEST(Driver, EachViolationOfAMisbehavingPluginIsNamed) {
  Host host;
  {
    PluginDriver plugin = PluginDriver::of<Misbehaving>(host);
    ASSERT_TRUE(plugin.start());
    EXPECT_EQ(plugin.self_check().error(), (Error{Code::internal, "no", {}}));
    EXPECT_TRUE(plugin.settings_step("twice").wait());
    EXPECT_EQ(code_of(plugin.settings_step("never").wait(1ms)), Code::timeout);
    EXPECT_TRUE(plugin.quiesce(1s));
  }
  EXPECT_THAT(host.violations(),
              ElementsAre(HasSubstr("sent twice"), HasSubstr("still open after quiesce"),
                          HasSubstr("by destroy")));
}

TEST(FakeJson, TextsAreParsedOrTheByteAtFaultIsNamed) {
  for (const char* text :
       {"null", "[]", "{}", R"({"a":[1,-2.5e+3,"x\"\\\n",true,{"b":null}]})", R"("ä")"}) {
    const auto json = Json::parse(text);
    ASSERT_TRUE(json) << text;
    EXPECT_EQ(*Json::parse(json->dump()), *json) << text;
  }
  EXPECT_EQ(Json::parse(R"("\ud83d\ude00\u00e4\u20ac")")->as_string(),
            "\xF0\x9F\x98\x80\xC3\xA4\xE2\x82\xAC");
  for (const char* text : {"", "[1,]", "{\"a\":1,\"a\":2}", "01", "1.", "\"\n\"", "\"\\ud83d\"",
                           "{a:1}", "[1] 2", "nul", "\"x", "\"\\x\"", "-"})
    EXPECT_FALSE(Json::parse(text)) << text;
  EXPECT_FALSE(Json::parse(std::string(200, '[')));
  EXPECT_THAT(Json::parse("[1 2]").error().message, HasSubstr("byte 3"));
}

}  // namespace
