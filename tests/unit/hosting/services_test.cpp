// The service tables, through the C ABI and the wrapper that plugins use.
#include <thread>

#include "host_api/cpp/host.hpp"
#include "src/common/base/json_array.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServicesTest : public CrmTest {
 protected:
  ServicesTest()
      : plugin_host_(std::make_unique<PluginHost>(
            crm_->context(), crm_->port(), kPlugin,
            std::map<std::string, std::string>{{"public_url", "http://crm.example"}})),
        host_(plugin_host_.get()) {}

  Json apply(const Json& operations, std::int64_t fence = 0) {
    return json(must(host_.events()->apply(fence, operations.dump())));
  }
  static Json put_of(const std::string& op_id, const std::string& id, const Calendar& calendar,
                     const Json& event) {
    return Json::object(
        {{"op", "put"}, {"op_id", op_id}, {"id", id}, {"calendar", calendar.id}, {"event", event}});
  }

  std::unique_ptr<PluginHost> plugin_host_;
  crm::Host host_;
};

// The port of a CRM whose writes run side by side: when an appointment is loaded, another try of
// the same operation is committed before.
class PortWithAnotherTry final : public CrmPort {
 public:
  PortWithAnotherTry(CrmPort& inner, std::string document)
      : inner_(inner), document_(std::move(document)) {}

  Result<std::vector<std::string>> load(CrmTransaction& transaction,
                                        const std::vector<std::string>& ids) const override {
    if (revision.empty()) {
      revision = must(inner_.save(transaction, document_, std::nullopt));
      must(
          transaction.execute("INSERT INTO hosting_answers(plugin, op_id, revision, answered_at) "
                              "VALUES (?1, 'op-1', ?2, 1)",
                              {std::string(kPlugin), revision}));
    }
    return inner_.load(transaction, ids);
  }
  Result<CrmUser> user(std::string_view id) const override { return inner_.user(id); }
  Result<> write(const Work& work) override { return inner_.write(work); }
  Result<> read(const Work& work) const override { return inner_.read(work); }
  Result<std::string> owner(CrmTransaction& transaction, std::string_view calendar) const override {
    return inner_.owner(transaction, calendar);
  }
  Result<std::string> save(CrmTransaction& transaction, std::string_view document,
                           const std::optional<std::string>& if_revision) override {
    return inner_.save(transaction, document, if_revision);
  }
  Result<> erase(CrmTransaction& transaction, std::string_view id,
                 std::string_view if_revision) override {
    return inner_.erase(transaction, id, if_revision);
  }
  Result<> link(CrmTransaction& transaction, std::string_view id,
                const std::vector<CrmRecord>& records) override {
    return inner_.link(transaction, id, records);
  }
  Result<std::vector<std::string>> appointments_of(CrmTransaction& transaction,
                                                   std::string_view calendar,
                                                   std::string_view after,
                                                   std::uint32_t limit) const override {
    return inner_.appointments_of(transaction, calendar, after, limit);
  }
  Result<std::map<std::string, hosting::RecordsOfAddress>> records_by_address(
      std::string_view user, const std::vector<std::string>& addresses) const override {
    return inner_.records_by_address(user, addresses);
  }
  Result<> calendar_changed(CrmTransaction& transaction, const CrmCalendar& calendar) override {
    return inner_.calendar_changed(transaction, calendar);
  }
  std::string public_url() const override { return inner_.public_url(); }

  mutable std::string revision;  // of the other try

 private:
  CrmPort& inner_;
  std::string document_;
};

TEST_F(ServicesTest, AnOperationThatMeetsItsOwnFirstTryGetsThatResult) {
  const Calendar calendar = add_calendar(add_account(add_user("a@crm.example")), "primary");
  const Json event = timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  PortWithAnotherTry port(
      crm_->port(),
      Json::object({{"id", "e1"}, {"calendar", calendar.id}, {"event", event}}).dump());
  const PluginHost beside(crm_->context(), port, kPlugin);
  const Json result = json(must(crm::Host(&beside).events()->apply(
      0, Json::array({put_of("op-1", "e1", calendar, event)}).dump())));
  EXPECT_EQ(result.items()[0]["status"].as_integer(-1), CRM_OK) << result.dump();
  EXPECT_EQ(result.items()[0].string("revision"), port.revision);
}

TEST_F(ServicesTest, MoreThanAThousandAddressesAreRefusedBeforeTheCrmIsAsked) {
  const User user = add_user("a@crm.example");
  const std::vector<std::string> addresses(1001, "a@b.example");
  EXPECT_EQ(
      code_of(host_.contacts()->find_by_email(user.id, gcal::base::json_array(addresses).dump())),
      Code::invalid);
}

TEST_F(ServicesTest, UnknownServiceIsNull) {
  EXPECT_EQ(plugin_host_->service(plugin_host_.get(), "crm.mailer/0"), nullptr);
  EXPECT_EQ(plugin_host_->service(plugin_host_.get(), "crm.sql/1"), nullptr);
  EXPECT_EQ(plugin_host_->service(plugin_host_.get(), nullptr), nullptr);
  EXPECT_TRUE(offers_service(CRM_SQL));
}

TEST_F(ServicesTest, LogLinesNameThePluginAndTolerateBrokenFields) {
  host_.log()->write(CRM_LOG_INFO, "cycle.done", R"({"changed":3,"plugin":"forged"})");
  host_.log()->write(CRM_LOG_ERROR, "odd", "{not json");
  EXPECT_THAT(log_.lines(),
              ElementsAre(R"(cycle.done {"plugin":"com.example.test","changed":3})",
                          R"(odd {"plugin":"com.example.test","unreadable_fields_bytes":9})"));
}

TEST_F(ServicesTest, PluginReadsTheHostsClock) {
  const std::int64_t wall = host_.clock()->wall(), monotonic = host_.clock()->monotonic_ms();
  clock_.advance(std::chrono::seconds(5));
  EXPECT_EQ(host_.clock()->wall() - wall, 5000);
  EXPECT_EQ(host_.clock()->monotonic_ms() - monotonic, 5000);
}

TEST_F(ServicesTest, OnlyOptionsThatAreSetAreFound) {
  EXPECT_EQ(must(host_.options()->get("public_url")), "http://crm.example");
  EXPECT_EQ(code_of(host_.options()->get("google_base")), Code::not_found);
}

TEST_F(ServicesTest, HostSaysWhereItMountsTheRoutesOfTheManifest) {
  const PluginHost mounted(crm_->context(), crm_->port(), kPlugin,
                           {{"public_url", "https://crm.example/"}}, std::nullopt,
                           std::vector<std::string>{"webhook"}, {"acme", "7.1", "north"});
  const auto host = crm::Host(&mounted).host_info();
  EXPECT_EQ(must(host->url_of("webhook")), "https://crm.example/plugins/com.example.test/webhook");
  EXPECT_EQ(must(host->url_of("callback")),
            "https://crm.example/plugins/com.example.test/callback");
  EXPECT_EQ(code_of(host->url_of("webhook/")), Code::not_found);
  const Json info = json(must(host->info()));
  EXPECT_EQ(info.string("name") + " " + info.string("version") + " " + info.string("tenant"),
            "acme 7.1 north");
  const PluginHost hidden(crm_->context(), crm_->port(), kPlugin);
  EXPECT_EQ(code_of(crm::Host(&hidden).host_info()->url_of("webhook")), Code::unavailable);
}

TEST_F(ServicesTest, LevelsThatTheHostDropsAreSaid) {
  const PluginHost quiet(crm_->context(), crm_->port(), kPlugin, {}, std::nullopt, std::nullopt,
                         {.log_from = gcal::base::Level::warning});
  EXPECT_FALSE(crm::Host(&quiet).log()->enabled(CRM_LOG_INFO));
  EXPECT_TRUE(crm::Host(&quiet).log()->enabled(CRM_LOG_WARNING));
  EXPECT_TRUE(host_.log()->enabled(CRM_LOG_DEBUG));
}

TEST_F(ServicesTest, UsersOfAPluginAreThoseWithAnAccountUntilTheyAreRemoved) {
  const User user = add_user("a@crm.example"), other = add_user("b@crm.example");
  const Account account = add_account(user);
  const Json list = json(must(host_.users()->list()));
  ASSERT_EQ(list.items().size(), 1u);
  EXPECT_EQ(list.items()[0].string("id"), user.id);
  EXPECT_EQ(json(must(host_.users()->get(other.id))).string("email"), "b@crm.example");
  must(crm_->users().set_locked(user.id, true));
  EXPECT_TRUE(json(must(host_.users()->get(user.id)))["locked"].as_bool());
  must(crm_->accounts().set_state(account.id, "disconnected"));
  must(crm_->users().remove(user.id));
  EXPECT_EQ(must(host_.users()->list()), "[]");
  EXPECT_EQ(code_of(host_.users()->get(user.id)), Code::not_found);
}

TEST_F(ServicesTest, SecretIsInvisibleToOtherPlugins) {
  must(host_.secrets()->put("token", "s3cret"));
  EXPECT_EQ(must(host_.secrets()->get("token")), "s3cret");
  const PluginHost other(crm_->context(), crm_->port(), "com.example.other");
  EXPECT_EQ(code_of(crm::Host(&other).secrets()->get("token")), Code::not_found);
  must(host_.secrets()->erase("token"));
  EXPECT_EQ(code_of(host_.secrets()->get("token")), Code::not_found);
  must(host_.secrets()->erase("token"));
}

TEST_F(ServicesTest, AccountIsInvisibleToOtherPlugins) {
  const User user = add_user("a@crm.example");
  const Account account = add_account(user);
  must(host_.accounts()->put_config(account.id, R"({"cursor":1})"));
  must(host_.accounts()->set_health(account.id, R"({"state":"ok"})"));
  for (const char* other : {"{}", R"({"state":"asleep"})", R"({"state":"ok","reason":1})"})
    EXPECT_EQ(code_of(host_.accounts()->set_health(account.id, other)), Code::invalid) << other;
  const Json list = json(must(host_.accounts()->list()));
  ASSERT_EQ(list.items().size(), 1u);
  EXPECT_EQ(list.items()[0]["config"], json(R"({"cursor":1})"));
  EXPECT_EQ(list.items()[0].string("user"), user.id);
  EXPECT_EQ(code_of(host_.accounts()->put_config(account.id, "[]")), Code::invalid);
  EXPECT_EQ(code_of(host_.accounts()->put_config(account.id, "{")), Code::invalid);
  EXPECT_EQ(code_of(host_.accounts()->set_state(account.id, "asleep")), Code::invalid);
  must(host_.accounts()->set_state(account.id, "paused"));
  EXPECT_EQ(json(must(host_.accounts()->get(account.id))).string("state"), "paused");
  const PluginHost other(crm_->context(), crm_->port(), "com.example.other");
  EXPECT_EQ(must(crm::Host(&other).accounts()->list()), "[]");
  EXPECT_EQ(code_of(crm::Host(&other).accounts()->set_state(account.id, "active")),
            Code::not_found);
  EXPECT_EQ(json(must(host_.accounts()->user(user.id))).string("default_calendar"),
            own_calendar(user).id);
}

TEST_F(ServicesTest, CalendarPutTwiceIsOneCalendarOfTheAccount) {
  const User user = add_user("a@crm.example");
  const Account account = add_account(user);
  const Json calendar = Json::object({{"account", account.id},
                                      {"remote_id", "primary"},
                                      {"name", "Work"},
                                      {"color", "#112233"},
                                      {"role", "owner"},
                                      {"mode", "two_way"}});
  const std::string id = must(host_.calendars()->put(calendar.dump()));
  EXPECT_EQ(must(host_.calendars()->put(with(calendar, "name", "Work 2").dump())), id);
  must(host_.calendars()->set_default(user.id, id));
  const Json list = json(must(host_.calendars()->list("")));
  ASSERT_EQ(list.items().size(), 1u);
  EXPECT_EQ(list.items()[0].string("name"), "Work 2");
  EXPECT_TRUE(list.items()[0]["is_default"].as_bool());
  EXPECT_EQ(must(host_.calendars()->own(user.id)), own_calendar(user).id);
  EXPECT_EQ(code_of(host_.calendars()->put(with(calendar, "account", "nobody").dump())),
            Code::not_found);
  EXPECT_EQ(code_of(host_.calendars()->put(with(calendar, "color", "red").dump())), Code::invalid);
}

TEST_F(ServicesTest, CalendarOfADisconnectedAccountIsNoDefault) {
  const User user = add_user("a@crm.example");
  const Account account = add_account(user, "sub-1"), other = add_account(user, "sub-2");
  const auto put = [&](const Account& of) {
    return must(host_.calendars()->put(Json::object({{"account", of.id},
                                                     {"remote_id", "primary"},
                                                     {"name", "Work"},
                                                     {"color", "#112233"},
                                                     {"role", "owner"},
                                                     {"mode", "two_way"}})
                                           .dump()));
  };
  const auto is_default = [&](const Account& of) {
    return json(must(host_.calendars()->list(of.id))).items()[0]["is_default"].as_bool();
  };
  const auto user_default = [&] {
    return json(must(host_.accounts()->user(user.id))).string("default_calendar");
  };
  const std::string left = put(account), kept = put(other);
  must(host_.calendars()->set_default(user.id, left));
  must(host_.accounts()->set_state(account.id, "disconnected"));
  EXPECT_FALSE(is_default(account)) << "the plugin disconnected the account";
  EXPECT_EQ(user_default(), own_calendar(user).id);
  // Connected again, it is not the default by that alone: the flow says what is.
  must(crm_->accounts().set_state(account.id, "active"));
  EXPECT_FALSE(is_default(account));
  must(host_.calendars()->set_default(user.id, kept));
  must(host_.accounts()->set_state(account.id, "disconnected"));
  EXPECT_EQ(user_default(), kept) << "of an account that stays";
  must(host_.accounts()->set_state(other.id, "paused"));
  EXPECT_EQ(user_default(), kept);
}

TEST_F(ServicesTest, DefaultOfAnUnconnectedUserCannotBeSetByAPlugin) {
  const User stranger = add_user("b@crm.example");
  EXPECT_EQ(code_of(host_.calendars()->set_default(stranger.id, "")), Code::not_found);
}

// S-22: several records may hold an address; upper case and spaces do not matter.
TEST_F(ServicesTest, AddressesFindEveryRecordAndCreateNone) {  // S-22
  const User user = add_user("a@crm.example");
  const Record lead = add_lead("Lead", "Both@Customers.example "),
               contact = add_contact("Contact", "both@customers.example");
  const Json found = json(must(host_.contacts()->find_by_email(
      user.id, R"([" BOTH@customers.example","nobody@customers.example"])")));
  EXPECT_EQ(found, Json::object({{"both@customers.example",
                                  Json::object({{"leads", Json::array({lead.id})},
                                                {"contacts", Json::array({contact.id})}})}}));
  EXPECT_EQ(must(crm_->records().search(RecordKind::lead, "", 10, 0)).total, 1);
  EXPECT_EQ(code_of(host_.contacts()->find_by_email(user.id, "{}")), Code::invalid);
  EXPECT_EQ(code_of(host_.contacts()->find_by_email("nobody", "[]")), Code::not_found);
}

TEST_F(ServicesTest, RecordFeedNamesOldAndNewAddress) {
  const Record lead = add_lead("Lead", "old@customers.example");
  const Json first = json(must(host_.contacts()->changes("", 10)));
  must(crm_->records().update(RecordKind::lead, lead.id,
                              json(R"({"emails":["new@customers.example"]})")));
  const Json second = json(must(host_.contacts()->changes(first.string("cursor"), 10)));
  ASSERT_EQ(second["changes"].items().size(), 1u);
  EXPECT_EQ(second["changes"].items()[0]["addresses"],
            json(R"(["new@customers.example","old@customers.example"])"));
  EXPECT_FALSE(second["more"].as_bool());
  EXPECT_EQ(code_of(host_.contacts()->changes("foreign-1-1", 10)), Code::gone);
}

TEST_F(ServicesTest, InvalidOperationDoesNotStopItsBatch) {
  const Calendar calendar = add_calendar(add_account(add_user("a@crm.example")), "primary");
  const Json event = timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  const Json results = apply(Json::array(
      {put_of("1", "e1", calendar, event), Json::object({{"op", "paint"}}), "nonsense",
       put_of("2", "e2", calendar, Json::object()), put_of("3", "e3", calendar, event)}));
  ASSERT_EQ(results.items().size(), 5u);
  EXPECT_EQ(results.items()[0]["status"].as_integer(-1), CRM_OK);
  EXPECT_EQ(results.items()[1]["status"].as_integer(-1), CRM_INVALID);
  EXPECT_EQ(results.items()[2]["status"].as_integer(-1), CRM_INVALID);
  EXPECT_EQ(results.items()[3]["status"].as_integer(-1), CRM_INVALID);
  EXPECT_THAT(results.items()[3].string("message"), HasSubstr("start"));
  EXPECT_EQ(results.items()[4]["status"].as_integer(-1), CRM_OK);
  EXPECT_EQ(json(must(host_.events()->get(R"(["e1","e2","e3"])"))).items().size(), 2u);
}

TEST_F(ServicesTest, RepeatedOperationGetsItsFirstResultUntilAcknowledged) {
  const Calendar calendar = add_calendar(add_account(add_user("a@crm.example")), "primary");
  const Json event = timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  const Json batch = Json::array({put_of("op-1", "e1", calendar, event)});
  const Json first = apply(batch);
  EXPECT_EQ(apply(batch), first);
  // A failure is not remembered: once the reason is gone, the same operation succeeds.
  const Json moved = Json::array({with(
      put_of("op-2", "e1", calendar, with(event, "summary", "Moved")), "if_revision", "stale")});
  EXPECT_EQ(apply(moved).items()[0]["status"].as_integer(), CRM_CONFLICT);
  const Json right =
      Json::array({with(put_of("op-2", "e1", calendar, with(event, "summary", "Moved")),
                        "if_revision", first.items()[0].string("revision"))});
  EXPECT_EQ(apply(right).items()[0]["status"].as_integer(-1), CRM_OK);
  must(host_.events()->settle(R"(["op-1","op-2"])"));
  EXPECT_EQ(apply(batch).items()[0]["status"].as_integer(),
            CRM_CONFLICT);  // the id exists, and the stored result was acknowledged
}

TEST_F(ServicesTest, FeedHasOwnWritesDeletionsAndMoves) {
  const User user = add_user("a@crm.example");
  const Account account = add_account(user);
  const Calendar work = add_calendar(account, "primary"), home = add_calendar(account, "home");
  const Json event = timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  for (const char* id : {"e1", "e2", "e3"}) put(work, id, event);
  Json page = json(must(host_.events()->changes(work.id, "", 2)));
  EXPECT_EQ(page["changes"].items().size(), 2u);
  EXPECT_TRUE(page["more"].as_bool());
  page = json(must(host_.events()->changes(work.id, page.string("cursor"), 2)));
  EXPECT_EQ(page["changes"].items().size(), 1u);
  EXPECT_FALSE(page["more"].as_bool());
  const auto revision = [&](const char* id) {
    return must(crm_->appointment_queries().get(user.id, id)).document.revision;
  };
  must(crm_->appointment_editor().erase(user.id, "e1", revision("e1"), Scope::all, std::nullopt));
  must(crm_->appointment_editor().move(user.id, "e2", revision("e2"), home.id));
  page = json(must(host_.events()->changes(work.id, page.string("cursor"), 10)));
  EXPECT_EQ(page["changes"], Json::array({Json::object({{"id", "e1"}, {"deleted", true}}),
                                          Json::object({{"id", "e2"}, {"moved", home.id}})}));
  EXPECT_EQ(json(must(host_.events()->changes(home.id, "", 10)))["changes"].items().size(), 1u);
  must(crm_->appointment_feed().new_epoch());
  EXPECT_EQ(code_of(host_.events()->changes(work.id, page.string("cursor"), 10)), Code::gone);
}

TEST_F(ServicesTest, CalendarOfAnUnconnectedUserIsNotFound) {
  const User connected = add_user("a@crm.example"), stranger = add_user("b@crm.example");
  add_account(connected);
  const Calendar own = own_calendar(connected), foreign = own_calendar(stranger);
  must(host_.events()->changes(own.id, "",
                               10));  // the CRM calendar of a person who connected an account
  EXPECT_EQ(code_of(host_.events()->changes(foreign.id, "", 10)), Code::not_found);
  const Json event = timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  EXPECT_EQ(
      apply(Json::array({put_of("1", "e1", foreign, event)})).items()[0]["status"].as_integer(),
      CRM_NOT_FOUND);
  const SaveResult saved = must(crm_->appointment_editor().create(stranger.id, "", event));
  EXPECT_EQ(must(host_.events()->get("[\"" + saved.id + "\"]")), "[]");
}

TEST_F(ServicesTest, StaleFenceIsAConflict) {
  const Calendar calendar = add_calendar(add_account(add_user("a@crm.example")), "primary");
  const Json event = timed("Meeting", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
  must(host_.tasks()->schedule("sync", 0, "payload"));
  const DueTask old_run = must(crm_->tasks().take_due()).value();
  EXPECT_EQ(old_run.payload, "payload");
  EXPECT_EQ(apply(Json::array({put_of("1", "e1", calendar, event)}), old_run.fence)
                .items()[0]["status"]
                .as_integer(-1),
            CRM_OK);
  must(crm_->tasks().finished(old_run, 0));
  must(crm_->tasks().take_due());
  EXPECT_EQ(code_of(host_.events()->apply(old_run.fence, "[]")), Code::conflict);
}

TEST_F(ServicesTest, TaskScheduledTwiceKeepsTheEarlierTimeAndNewestPayload) {
  must(host_.tasks()->schedule("sync", clock_.now().time_since_epoch().count() + 1000, "a"));
  must(host_.tasks()->schedule("sync", clock_.now().time_since_epoch().count() + 9000, "b"));
  EXPECT_FALSE(must(crm_->tasks().take_due()));
  clock_.advance(std::chrono::seconds(1));
  EXPECT_EQ(must(crm_->tasks().take_due()).value().payload, "b");
  must(host_.tasks()->schedule("other", 0, ""));
  must(host_.tasks()->cancel("other"));
  EXPECT_FALSE(must(crm_->tasks().take_due()));
  EXPECT_EQ(code_of(host_.tasks()->schedule("", 0, "")), Code::invalid);
  EXPECT_EQ(code_of(host_.tasks()->schedule("big", 0, std::string(5000, 'x'))), Code::invalid);
}

}  // namespace
}  // namespace host::test
