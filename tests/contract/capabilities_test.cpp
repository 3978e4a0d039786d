// A plugin made of the base classes of host_api/cpp/capabilities.hpp alone, on the fakes: each
// capability reaches its C++ function, each reply crosses once, and what the contract calls open
// may have an unknown value.
#include "host_api/cpp/capabilities.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "host_api/cpp/plugin.hpp"
#include "host_api/testing/fakes.hpp"

namespace {

using namespace std::chrono_literals;
using crm::Code;
using crm::Error;
using crm::Reply;
using crm::fakes::Host;
using crm::fakes::Json;
using crm::fakes::PluginDriver;
using crm::fakes::Request;
using testing::ElementsAre;
using testing::IsEmpty;

// Offers everything and notes what it was asked.
class Everything final : public crm::Plugin,
                         crm::SettingsPage,
                         crm::CalendarProvider,
                         crm::Hooks,
                         crm::Routes,
                         crm::Runs,
                         crm::Invitations,
                         crm::Privacy {
 public:
  explicit Everything(crm::Host host) : host_(host) {
    provide<crm::SettingsPage>(*this);
    provide<crm::CalendarProvider>(*this);
    provide<crm::Hooks>(*this);
    provide<crm::Routes>(*this);
    provide<crm::Runs>(*this);
    provide<crm::Invitations>(*this);
    provide<crm::Privacy>(*this);
  }
  crm::Result<> prepare() override { return {}; }
  crm::Result<> start(std::string_view) override { return {}; }
  crm::Result<std::string> self_check() override { return std::string("{}"); }
  crm::Result<std::string> quiesce(std::chrono::milliseconds) override {
    kept_.reset();  // a reply that is dropped answers
    return std::string();
  }

 private:
  void step(std::string_view request, Reply reply) override {
    const auto json = Json::parse(request);
    const auto own = host_.calendars()->own(json ? json->string("user") : "");
    if (!own) return reply.send(own);
    reply.send(host_.events()->changes(*own, "", 10));
  }
  void calendars(std::string_view, Reply) override { throw std::runtime_error("no list"); }
  void status(std::string_view, Reply reply) override {
    reply.send(std::string(reply.is_wanted() ? "wanted" : "not wanted"));
  }
  void sync_now(std::string_view, Reply reply) override { kept_.emplace(std::move(reply)); }
  void event_changed(std::string_view calendar, std::string_view event) override {
    note(std::string(calendar) + " " + std::string(event));
  }
  void record_changed(std::string_view kind, std::string_view record) override {
    note(std::string(kind) + " " + std::string(record));
    throw std::runtime_error("a hint has no answer");
  }
  void handle(std::string_view request, std::string_view body, Reply reply) override {
    reply.send(std::string(request) + std::string(body));
  }
  void run(std::string_view key, std::string_view payload, std::int64_t, Reply reply) override {
    if (key == "busy") return reply.send(Error{Code::unavailable, "the \"other\" side", 90s});
    reply.send(std::string(key) + std::string(payload));
  }
  void sample(std::string_view request, Reply reply) override { reply.send(std::string(request)); }
  void forget(std::string_view request, Reply reply) override {
    note(std::string(request));
    reply.send(std::string());
  }
  void note(const std::string& text) { host_.log()->write(CRM_LOG_INFO, text, ""); }

  crm::Host host_;
  std::optional<Reply> kept_;
};

class CapabilitiesTest : public testing::Test {
 protected:
  CapabilitiesTest() {
    host.add_user({.id = "anna", .email = "anna@example.com", .name = "Anna"});
    // NOLINTNEXTLINE(modernize-make-unique): a driver cannot be moved
    plugin.reset(new PluginDriver(PluginDriver::of<Everything>(host)));
    EXPECT_TRUE(plugin->prepare());
    EXPECT_TRUE(plugin->start());
  }
  ~CapabilitiesTest() override {
    EXPECT_TRUE(plugin->quiesce(1s));
    plugin.reset();
    EXPECT_THAT(host.violations(), IsEmpty());
  }
  std::vector<std::string> noted() const {
    std::vector<std::string> events;
    for (const auto& line : host.log.lines()) events.push_back(line.event);
    return events;
  }

  Host host;
  std::unique_ptr<PluginDriver> plugin;
};

TEST_F(CapabilitiesTest, EachRequestReachesItsFunction) {
  EXPECT_EQ(*plugin->http("{}", "body").wait(), "{}body");
  EXPECT_EQ(*plugin->run("key", "payload", 7).wait(), "keypayload");
  EXPECT_EQ(*plugin->status("{}").wait(), "wanted");
  EXPECT_EQ(*plugin->forget(R"({"user":"anna","accounts":[]})").wait(), "");
  EXPECT_THAT(noted(), ElementsAre(R"({"user":"anna","accounts":[]})"));
  EXPECT_EQ(plugin->capability<void>("crm.unknown/0"), nullptr);
  EXPECT_NE(plugin->capability<void>(CRM_INVITATIONS), nullptr);
}

TEST_F(CapabilitiesTest, AnExceptionAndADroppedReplyAreAnsweredOnce) {
  EXPECT_EQ(plugin->calendars("{}").wait().error().code, Code::internal);
  const Request kept = plugin->sync_now("{}");
  EXPECT_FALSE(kept.answered());
  ASSERT_TRUE(plugin->quiesce(1s));
  EXPECT_EQ(kept.wait().error().code, Code::internal);
  ASSERT_TRUE(plugin->start());
}

TEST_F(CapabilitiesTest, APluginLearnsThatNoOneWaits) {
  Request request(host, "status");
  Reply reply(request.abi());
  EXPECT_TRUE(reply.is_wanted());
  request.abandon();
  EXPECT_FALSE(reply.is_wanted());
  reply.send(std::string("all the same"));
  EXPECT_FALSE(reply.is_wanted());
  EXPECT_EQ(*request.wait(), "all the same");
}

TEST_F(CapabilitiesTest, ARunSaysWhenItIsRepeated) {
  ASSERT_TRUE(host.tasks.schedule("busy", 0, ""));
  const auto failed = plugin->fire("busy");
  EXPECT_EQ(failed.error(), (Error{Code::unavailable, "the \"other\" side", 90s}));
  EXPECT_EQ(*host.tasks.at("busy"), host.clock.wall() + 90'000);
}

// The kinds of records and the roles of users are the host's.
TEST_F(CapabilitiesTest, UnknownKindsAndRolesPassThrough) {
  host.add_user({.id = "max", .email = "max@example.com", .role = "team.lead"});
  const crm::Host view(&host);
  EXPECT_EQ(Json::parse(*view.users()->get("max"))->string("role"), "team.lead");
  host.contacts.put("deal", "d1", {"kim@example.com"});
  host.contacts.put("lead", "l1", {"kim@example.com"});
  EXPECT_EQ(*view.contacts()->find_by_email("anna", R"(["kim@example.com"])"),
            R"({"kim@example.com":{"leads":["l1"],"contacts":[],)"
            R"("others":[{"kind":"deal","id":"d1"}]}})");
  plugin->deliver_notifications();
  EXPECT_THAT(noted(), testing::UnorderedElementsAre("deal d1", "lead l1"));
}

// Without the member `others`, links with records of other kinds stay.
TEST_F(CapabilitiesTest, AWriterThatKnowsLeadsOnlyKeepsLinksWithOtherRecords) {
  host.contacts.put("deal", "d1", {"kim@example.com"});
  ASSERT_TRUE(host.accounts.connect({.id = "a", .user = "anna", .unique_id = "1", .title = "W"}));
  ASSERT_TRUE(host.events.save("e", "own-anna",
                               R"({"start":{"date":"2027-01-15"},"end":{"date":"2027-01-16"}})"));
  const crm::Host view(&host);
  const auto link = [&](const char* op, const char* records) {
    return *view.events()->apply(0, std::string(R"([{"op":"link","op_id":")") + op +
                                        R"(","id":"e","records":)" + records + "}]");
  };
  link("1", R"({"leads":[],"contacts":[],"others":[{"kind":"deal","id":"d1"}]})");
  link("2", R"({"leads":[],"contacts":[]})");
  EXPECT_EQ(host.events.find("e")->others.size(), 1u);
  link("3", R"({"leads":[],"contacts":[],"others":[]})");
  EXPECT_EQ(host.events.find("e")->others.size(), 0u);
}

// services/calendars.h: the own calendar is seen from the first step of a set-up on.
TEST_F(CapabilitiesTest, ASetUpReadsTheUsersOwnCalendarBeforeThereIsAnAccount) {
  const crm::Host view(&host);
  EXPECT_EQ(view.events()->changes("own-anna", "", 10).error().code, Code::not_found);
  EXPECT_TRUE(plugin->settings_step(R"({"kind":"setup","user":"anna"})").wait());
  EXPECT_TRUE(view.events()->changes("own-anna", "", 10));
  EXPECT_TRUE(plugin->settings_step(R"({"kind":"discard","user":"anna"})").answered());
  EXPECT_EQ(view.events()->changes("own-anna", "", 10).error().code, Code::not_found);
}

TEST_F(CapabilitiesTest, LevelsThatAreDroppedAreSaid) {
  host.log.keep_from(CRM_LOG_WARNING);
  const crm::Host view(&host);
  EXPECT_FALSE(view.log()->enabled(CRM_LOG_INFO));
  view.log()->write(CRM_LOG_INFO, "unseen", "");
  EXPECT_TRUE(host.log.lines().empty());
}

TEST_F(CapabilitiesTest, AHostWithoutAClockLeavesThoseOfTheMachine) {
  Host bare;
  bare.withhold(CRM_CLOCK);
  const crm::Clock clock = crm::Host(&bare).clock_or_machine();
  const std::int64_t before = clock.monotonic_ms();
  EXPECT_GT(clock.wall(), 1'700'000'000'000);
  EXPECT_GE(clock.monotonic_ms(), before);
  EXPECT_EQ(crm::Host(&host).clock_or_machine().wall(), host.clock.wall());
}

TEST_F(CapabilitiesTest, AddressesOfRoutesComeFromTheHost) {
  host.host_info.set_routes("com.example.p", {"webhook"});
  const crm::HostInfo info = *crm::Host(&host).host_info();
  EXPECT_EQ(*info.url_of("webhook"), "https://crm.example.com/plugins/com.example.p/webhook");
  EXPECT_EQ(info.url_of("other").error().code, Code::not_found);
  host.options.unset("public_url");
  EXPECT_EQ(info.url_of("webhook").error().code, Code::unavailable);
}

}  // namespace
