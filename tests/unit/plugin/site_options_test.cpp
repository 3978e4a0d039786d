// What the plugin needs of its host: the services, the administrator's options, and a loop that
// survives a defect.
#include "plugin/site_options.hpp"

#include "plugin/runtime.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::must;
using testing::ElementsAre;

class SiteOptionsTest : public host::test::CrmTest {
 protected:
  Result<SiteOptions> read(std::map<std::string, std::string> options) {
    const hosting::PluginHost host(crm_->context(), crm_->port(), "com.example.google_calendar",
                                   std::move(options));
    TRY(const HostServices services, HostServices::of(crm::Host(&host)));
    return SiteOptions::read(services);
  }
};

TEST_F(SiteOptionsTest, WithoutOptionsThePluginSpeaksToGoogleAlone) {
  const SiteOptions site = must(read({}));
  EXPECT_EQ(site.api_base(), "https://www.googleapis.com");
  EXPECT_THAT(site.origins(),
              ElementsAre("https://www.googleapis.com", "https://oauth2.googleapis.com",
                          "https://openidconnect.googleapis.com"));
  EXPECT_EQ(site.webhook_address(), "");
  EXPECT_TRUE(site.is_tasks_calendar("Base Tasks"));
  EXPECT_FALSE(site.is_tasks_calendar("Tasks"));
}

TEST_F(SiteOptionsTest, EmulatorIsTheOnlyOriginAndSlashesAreCutOff) {
  const SiteOptions site = must(read({{"google_base", "http://127.0.0.1:8081//"},
                                      {"public_url", "http://127.0.0.1:8080/"},
                                      {"tasks_calendars", " Tasks of Base , ,Other"}}));
  EXPECT_EQ(site.api_base(), "http://127.0.0.1:8081");
  EXPECT_THAT(site.origins(), ElementsAre("http://127.0.0.1:8081"));
  EXPECT_EQ(site.webhook_address(),
            "http://127.0.0.1:8080/plugins/com.example.google_calendar/webhook")
      << "an emulator on this machine reaches it";
  EXPECT_THAT(site.tasks_calendars, ElementsAre("Tasks of Base", "Other"));
}

TEST_F(SiteOptionsTest, GoogleReachesOnlyAnHttpsAddress) {
  EXPECT_EQ(must(read({{"public_url", "http://crm.example"}})).webhook_address(), "");
  EXPECT_EQ(must(read({{"public_url", "https://crm.example"}})).webhook_address(),
            "https://crm.example/plugins/com.example.google_calendar/webhook");
  EXPECT_EQ(
      must(read({{"public_url", "http://crm.example"}, {"google_base", "https://google.example"}}))
          .webhook_address(),
      "")
      << "this emulator is on another machine";
}

TEST_F(SiteOptionsTest, AddressThatIsNoneIsRefused) {
  for (const char* address : {"google.example", "ftp://google.example", "http://"}) {
    const auto site = read({{"google_base", address}});
    ASSERT_FALSE(site) << address;
    EXPECT_EQ(site.error(),
              (Error{Code::invalid, "the option google_base is no http or https address", {}}));
  }
}

TEST(HostServicesTest, MissingServiceIsNamed) {
  const auto nothing = [](const crm_host*, const char*) noexcept -> const void* { return nullptr; };
  const crm_host host{CRM_ABI_MAJOR, CRM_ABI_MINOR, nothing};
  const auto services = HostServices::of(crm::Host(&host));
  ASSERT_FALSE(services);
  EXPECT_EQ(services.error(),
            (Error{Code::unavailable, "this host does not offer the service crm.log/0", {}}));
}

TEST(RuntimeTest, DefectInACallbackIsLoggedAndTheLoopGoesOn) {
  host::test::RememberingLog log;
  host::test::StandingClock clock;
  Runtime runtime(log, clock);
  runtime.post([] { throw std::runtime_error("defect"); });
  runtime.post([] { throw 7; });
  EXPECT_THROW(runtime.run_on_loop([] { throw std::runtime_error("of the caller"); }),
               std::runtime_error);
  bool ran = false;
  runtime.run_on_loop([&] { ran = true; });
  EXPECT_TRUE(ran);
  EXPECT_THAT(log.lines(), ElementsAre(R"(loop.threw {"reason":"defect"})", "loop.threw {}"));
}

}  // namespace
}  // namespace gcal::plugin::test
