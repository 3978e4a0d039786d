// Forms with a secret: a session whose password was given long ago cannot replace one.
#include <atomic>

#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

class FormWithSecret : public WebTest {
 protected:
  FormWithSecret() {
    script.step = [this](const Json& request, PluginAnswer answer) {
      if (request.string("step").empty()) return answer(std::string(kForm));
      ++submitted;
      answer(std::string(R"({"type":"abort","reason":"diary.stored"})"));
    };
  }

  static constexpr const char* kForm = R"({"type":"form","step":"key","title":"t","values":{},
      "schema":{"type":"object","properties":{"name":{"type":"string"},
      "secret":{"type":"string","format":"password"}}}})";

  static std::string begin(Browser& page) {
    const Reply reply =
        page.post("/api/flows", Json::object({{"plugin", "com.example.diary"}, {"kind", "setup"}}));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return "/api/flows/" + reply.json().string("flow");
  }
  static Reply submit(Browser& page, const std::string& flow, Json input) {
    return page.post(flow, Json::object({{"step", "key"}, {"input", std::move(input)}}));
  }

  std::atomic<int> submitted = 0;
};

TEST_F(FormWithSecret, AsksForThePasswordThatWasGivenLongAgo) {
  Browser page = anna();
  clock.advance(std::chrono::minutes(16));
  const std::string flow = begin(page);
  const Json secret = Json::object({{"secret", "a new one"}});
  const Reply refused = submit(page, flow, secret);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.error_key(), "error.confirm");
  EXPECT_EQ(submitted, 0) << "the plugin was not asked";
  const Json password = Json::object({{"password", "a good password"}});
  ASSERT_EQ(page.post("/api/session/confirm", password).status, 200);
  EXPECT_EQ(submit(page, flow, secret).status, 200) << "the form was not left";
  EXPECT_EQ(submitted, 1);
}

TEST_F(FormWithSecret, WithoutASecretIsSubmittedAtAnyTime) {
  Browser page = anna();
  clock.advance(std::chrono::minutes(16));
  EXPECT_EQ(submit(page, begin(page), Json::object({{"name", "Diary"}})).status, 200);
  EXPECT_EQ(submitted, 1);
}

}  // namespace
}  // namespace host
