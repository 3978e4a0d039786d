// What plugins and pages may hand to the host: sizes, forms and states, with the code and the
// sentence of a refusal.
#include "host_api/cpp/host.hpp"
#include "src/hosting/flows/flow_step.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::HasSubstr;

class Limits : public CrmTest {
 protected:
  template <class T>
  static std::string refusal(const Result<T>& result, Code code = Code::invalid) {
    if (result) return "";
    EXPECT_EQ(result.error().code, code) << result.error().message;
    return result.error().message;
  }

  User user_ = add_user("a@crm.example");
  PluginHost plugin_host_{crm_->context(), crm_->port(), kPlugin};
  crm::Host host_{&plugin_host_};
};

TEST_F(Limits, AccountNeedsAnIdentityATitleAndASmallConfig) {
  NewAccount account{.id = {},
                     .plugin = kPlugin,
                     .user = user_.id,
                     .unique_id = "sub",
                     .title = "Nord",
                     .identity = {}};
  const auto finish = [&](auto edit) {
    NewAccount changed = account;
    edit(changed);
    return refusal(crm_->accounts().finish_setup(changed));
  };
  EXPECT_EQ(finish([](NewAccount& a) { a.unique_id = ""; }), "unique_id: 1 to 1024 bytes");
  EXPECT_EQ(finish([](NewAccount& a) { a.unique_id = std::string(1025, 'x'); }),
            "unique_id: 1 to 1024 bytes");
  EXPECT_EQ(finish([](NewAccount& a) { a.title = std::string(1001, 'x'); }),
            "title: 1 to 1000 bytes");
  EXPECT_EQ(finish([](NewAccount& a) { a.config = Json::array(); }),
            "config: a JSON object is expected");
  EXPECT_EQ(finish([](NewAccount& a) {
              a.config = Json::object({{"x", std::string(256 * 1024, 'x')}});
            }),
            "config: at most 256 KiB");
  EXPECT_EQ(finish([](NewAccount&) {}), "");
}

// The page may repeat the last step of a set-up: it succeeds once more, and what belongs to it is
// done in the same transaction.
TEST_F(Limits, RepeatedEndOfASetupIsTheSameAccount) {
  NewAccount account{.id = "draft-1",
                     .plugin = kPlugin,
                     .user = user_.id,
                     .unique_id = "sub",
                     .title = "Nord",
                     .identity = {}};
  int also = 0;
  const auto finish = [&] {
    return crm_->accounts().finish_setup(account, [&](hosting::Connection&, const Account&) {
      ++also;
      return Result<>();
    });
  };
  EXPECT_EQ(must(finish()).id, "draft-1");
  EXPECT_EQ(must(finish()).id, "draft-1");
  EXPECT_EQ(also, 2);
  account.id = "draft-2";
  EXPECT_EQ(refusal(finish(), Code::conflict), "this account is connected already");
}

TEST_F(Limits, ArgumentsOfServicesAreNamed) {
  EXPECT_THAT(refusal(host_.events()->get("[")), HasSubstr("ids: "));
  EXPECT_THAT(refusal(host_.events()->get("{}")), HasSubstr(": a JSON array of texts is expected"));
  EXPECT_THAT(refusal(host_.events()->get("[1]")), HasSubstr(": every item must be a text"));
  EXPECT_THAT(refusal(host_.calendars()->put("[")), HasSubstr("calendar: "));
  EXPECT_THAT(refusal(host_.calendars()->put("[]")), HasSubstr(": a JSON object is expected"));
  const auto message = [&](const char* records) {
    const Json operation = json(R"({"op":"put","op_id":"1","id":"e","calendar":"c","event":{},)"
                                R"("records":)" +
                                std::string(records) + "}");
    return json(must(host_.events()->apply(0, Json::array({operation}).dump())))
        .items()
        .at(0)
        .string("message");
  };
  EXPECT_EQ(message(R"({"leads":{}})"), "records.leads: a list of ids is expected");
  EXPECT_EQ(message(R"({"leads":["1"]})"), "records.contacts: a list of ids is expected");
  EXPECT_EQ(message(R"({"leads":[],"contacts":[1]})"), "records.contacts: an id is a text");
  EXPECT_EQ(message("5"), "records: leads and contacts are expected");
  EXPECT_EQ(message(R"({"leads":[],"contacts":[],"others":[{"kind":"deal"}]})"),
            "records.others: a list of {kind, id} is expected");
}

TEST_F(Limits, SecretHasAShortKey) {
  for (const std::string& key : {std::string(), std::string(513, 'k')})
    EXPECT_EQ(refusal(host_.secrets()->put(key, "v")), "the key of a secret has 1 to 512 bytes");
  must(host_.secrets()->put(std::string(512, 'k'), "v"));
}

TEST_F(Limits, ForeignCursorIsGone) {
  const Calendar calendar = add_calendar(add_account(user_), "primary");
  const std::string cursor =
      json(must(host_.events()->changes(calendar.id, "", 1))).string("cursor");
  const std::string epoch = cursor.substr(0, cursor.find('-'));
  for (const std::string& foreign :
       {std::string("x"), epoch, epoch + "-1", epoch + "-a-1", epoch + "-1-b", epoch + "-1-1x",
        epoch + "--1-1", epoch + "-999999-999999", "other" + cursor.substr(cursor.find('-'))})
    EXPECT_EQ(refusal(host_.events()->changes(calendar.id, foreign, 1), Code::gone),
              "the cursor is foreign or too old: list everything again")
        << foreign;
}

TEST_F(Limits, SetupHasAKindASizeAndAKeyOfItsOwn) {
  Flows rows = flows();
  EXPECT_EQ(refusal(rows.create(kPlugin, user_.id, "other", "")), "kind: setup, options or reauth");
  EXPECT_EQ(refusal(rows.create(kPlugin, user_.id, "options", "")), "account: must be named");
  Flow first = must(rows.create(kPlugin, user_.id, "setup", ""));
  const Flow second = must(rows.create(kPlugin, user_.id, "setup", ""));
  first.memo = std::string(5 * 1024 * 1024, 'x');
  EXPECT_EQ(refusal(rows.save(first)), "a step or memo is larger than 4 MiB");
  EXPECT_EQ(refusal(rows.put_resume_key(first.id, "short")), "resume_key: 22 to 256 characters");
  const std::string key(32, 'k');
  must(rows.put_resume_key(first.id, key));
  EXPECT_EQ(refusal(rows.put_resume_key(second.id, key)),
            "resume_key: another set-up uses it; it must be random");
}

TEST(FlowStepLimits, UserInputIsCheckedAgainstEachKindOfField) {
  using hosting::check_input;
  const Json schema = json(R"({"properties":{"t":{"type":"string"},"o":{"type":"object"},
    "l":{"type":"array","items":{"enum":["a","b","c"]},"maxItems":2}}})");
  const auto key = [&](const char* field, Json value) {
    const auto errors = check_input(schema, Json::object({{field, std::move(value)}}));
    return errors.empty() ? std::string() : errors.front().second;
  };
  EXPECT_EQ(key("t", 1), "error.type");
  EXPECT_EQ(key("o", Json::object()), "error.type") << "no field of a form is an object";
  EXPECT_EQ(key("l", "a"), "error.type");
  EXPECT_EQ(key("l", Json::array({1})), "error.type");
  EXPECT_EQ(key("l", Json::array({"a", "b"})), "");
  EXPECT_EQ(key("l", Json::array({"a", "b", "c"})), "error.too_long");
  const auto step =
      hosting::read_step(R"({"type":"external","step":"s","url":"https://accounts.google.com/"})");
  ASSERT_FALSE(step);
  EXPECT_THAT(step.error().message, HasSubstr("an external step without resume_key"));
}

}  // namespace
}  // namespace host::test
