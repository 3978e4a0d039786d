// crm.mailer/0 through the C ABI, over a port that the test plays.
#include "host_api/cpp/host.hpp"
#include "src/hosting/services/mail_port.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::HasSubstr;

// Answers with what it was asked.
class EchoingMail final : public MailPort {
 public:
  Result<Json> info(std::string_view plugin) const override {
    return Json::object({{"plugin", plugin}});
  }
  Result<Json> submit(std::string_view plugin, std::int64_t fence, const Json& batch,
                      const FenceCheck& fence_is_current) override {
    if (!fence_is_current(plugin, fence)) return Error{Code::conflict, "stale", {}};
    return Json::array({Json::object({{"plugin", plugin}, {"batch", batch}})});
  }
  Result<Json> withdraw(std::string_view plugin, std::int64_t fence,
                        const std::vector<std::string>& keys,
                        const FenceCheck& fence_is_current) override {
    if (!fence_is_current(plugin, fence)) return Error{Code::conflict, "stale", {}};
    return Json::array({Json(keys.front())});
  }
  Result<Json> changes(std::string_view, std::string_view cursor,
                       std::uint32_t limit) const override {
    return Json::object({{"cursor", cursor}, {"limit", limit}});
  }
  Result<Json> preview(std::string_view, const Json& batch) const override { return batch; }
  Result<> test(std::string_view user) override {
    return Error{Code::denied, "no administrator: " + std::string(user), {}};
  }
};

class MailerTableTest : public CrmTest {
 protected:
  MailerTableTest() { crm_->context().set_mail(&mail_); }

  EchoingMail mail_;
  PluginHost plugin_host_{crm_->context(), crm_->port(), kPlugin};
  crm::Host host_{&plugin_host_};
};

TEST_F(MailerTableTest, AHostWithoutMailOffersNoMailer) {
  EXPECT_TRUE(host_.mailer());
  crm_->context().set_mail(nullptr);
  EXPECT_FALSE(host_.mailer());
  EXPECT_EQ(plugin_host_.service(&plugin_host_, nullptr), nullptr);
}

TEST_F(MailerTableTest, EachFunctionReachesThePortForItsPlugin) {
  const crm::Mailer mailer = *host_.mailer();
  EXPECT_EQ(must(mailer.info()), R"({"plugin":"com.example.test"})");
  EXPECT_EQ(must(mailer.submit(0, R"({"messages":[]})")),
            R"([{"plugin":"com.example.test","batch":{"messages":[]}}])");
  EXPECT_EQ(must(mailer.withdraw(0, R"(["a"])")), R"(["a"])");
  EXPECT_EQ(must(mailer.changes("c", 7)), R"({"cursor":"c","limit":7})");
  EXPECT_EQ(must(mailer.preview("{}")), "{}");
  const auto tested = mailer.test("anna");
  EXPECT_EQ(tested.error().code, Code::denied);
  EXPECT_THAT(tested.error().message, HasSubstr("anna"));
}

TEST_F(MailerTableTest, WhatCannotBeReadIsRefusedBeforeThePort) {
  const crm::Mailer mailer = *host_.mailer();
  EXPECT_EQ(code_of(mailer.submit(0, "[]")), Code::invalid);
  EXPECT_EQ(code_of(mailer.preview("no JSON")), Code::invalid);
  EXPECT_EQ(code_of(mailer.withdraw(0, R"([1])")), Code::invalid);
}

TEST_F(MailerTableTest, AFenceThatIsNotCurrentIsRefused) {
  EXPECT_EQ(code_of(host_.mailer()->submit(99, R"({"messages":[]})")), Code::conflict);
  EXPECT_EQ(code_of(host_.mailer()->withdraw(99, "[]")), Code::conflict);
}

}  // namespace
}  // namespace host::test
