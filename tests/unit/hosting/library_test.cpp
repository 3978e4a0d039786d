// The hosting library over a folder of packages, as a vendor's program calls it.
#include "src/hosting/crm_hosting/hosting.hpp"
#include "src/hosting/library/parts.hpp"
#include "tests/unit/hosting/packages_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Library : public PackagesTest {
 protected:
  void open() {
    crm_hosting::Options options;
    options.data = data();
    options.plugins = packages();
    options.dev_unsigned = true;
    library_ = must(crm_hosting::Hosting::open(std::move(options), crm_->port()));
  }

  std::unique_ptr<crm_hosting::Hosting> library_;
};

TEST_F(Library, TheLastExchangeSaysWhyAVersionStays) {
  lay("good");
  open();
  must(library_->start());
  library_->parts().plugins.wait_until_started();
  EXPECT_EQ(library_->plugins().at(0).last_exchange.result, "");
  lay("next_fails_self_check", manifest("com.example.good", "1.3.0"));
  const crm_hosting::Plugin kept = must(library_->reload("com.example.good"));
  EXPECT_EQ(kept.version, "1.2.3");
  EXPECT_EQ(kept.last_exchange.result, "kept");
  EXPECT_EQ(kept.last_exchange.from, "1.2.3");
  EXPECT_EQ(kept.last_exchange.to, "1.3.0");
  EXPECT_THAT(kept.last_exchange.reason, HasSubstr("the clock runs backwards"));
  lay("next", manifest("com.example.good", "1.3.0"));
  EXPECT_EQ(must(library_->reload("com.example.good")).last_exchange.result, "exchanged");
  EXPECT_EQ(library_->plugins().at(0).last_exchange.to, "1.3.0");
}

TEST_F(Library, AddressThatNoBrowserCanReachIsRefusedByName) {
  for (const char* url :
       {"https://crm.example", "http://localhost:8080", "https://crm.example/sub"})
    EXPECT_TRUE(crm_hosting::check_public_url(url)) << url;
  for (const char* url : {"", "crm.example", "https://", "https:///", "https://crm.example/",
                          "ftp://crm.example", "https://crm.example?a", "https://crm .example"}) {
    const auto checked = crm_hosting::check_public_url(url);
    ASSERT_FALSE(checked) << url;
    EXPECT_EQ(checked.error().code, Code::invalid);
    EXPECT_THAT(checked.error().message, HasSubstr("CrmPort::public_url")) << url;
  }
}

// S-17, S-21: on a page of the CRM, without the plugin's options.
TEST_F(Library, UserChoosesTheDefaultInTheCrm) {
  open();
  crm_hosting::Hosting::Parts& parts = library_->parts();
  const User anna = add_user("anna@example.com");
  const Account account = must(parts.context.accounts().finish_setup(
      {"", kPlugin, anna.id, "sub-1", "anna@example.com", "anna@example.com"}));
  RemoteCalendar remote;
  remote.account = account.id;
  remote.remote_id = remote.name = "work";
  remote.color = "#0b8043";
  remote.mode = "view_only";
  remote.role = "owner";
  const std::string work = must(parts.calendars.put(kPlugin, remote));
  parts.context.bus().drain();
  std::vector<std::string> notified;  // accounts
  std::mutex mutex;
  const auto subscription = parts.context.bus().subscribe([&](const Change& change) {
    const std::lock_guard lock(mutex);
    if (change.kind == Change::Kind::account) notified.push_back(change.id + change.origin);
  });
  const auto is_default = [&] {
    return must(parts.calendars.list(kPlugin, account.id)).at(0).is_default;
  };
  EXPECT_FALSE(is_default());
  must(library_->set_default_calendar(anna.id, work));
  EXPECT_TRUE(is_default());
  EXPECT_EQ(must(parts.calendars.list(kPlugin, account.id)).at(0).remote.mode, "two_way")
      << "what is created next belongs there";
  must(library_->set_default_calendar(anna.id, must(parts.port.user(anna.id)).calendar));
  EXPECT_FALSE(is_default());
  parts.context.bus().drain();
  EXPECT_THAT(notified, ElementsAre(account.id, account.id));
  const auto code_of_setting = [&](const std::string& user, const std::string& calendar) {
    return library_->set_default_calendar(user, calendar).error().code;
  };
  const User bert = add_user("bert@example.com");
  EXPECT_EQ(code_of_setting(bert.id, work), Code::not_found) << "anna's";
  EXPECT_EQ(code_of_setting("nobody", work), Code::not_found);
  must(parts.calendars.set_state(kPlugin, work, "gone"));
  EXPECT_EQ(code_of_setting(anna.id, work), Code::invalid);
}

}  // namespace
}  // namespace host::test
