// The replies of a plugin as C sees them: what a failure says, and whether it is waited for.
#include "src/hosting/plugins/replies.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "host_api/cpp/abi.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class ReplyTextTest : public CrmTest {
 protected:
  ~ReplyTextTest() override { timers_.stop(); }

  crm_reply* open(std::chrono::milliseconds deadline) {
    return replies_.open("status", deadline, [this](Result<std::string> result) {
      const std::lock_guard lock(mutex_);
      answer_ = std::move(result);
      came_.notify_all();
    });
  }
  Error failure() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, 10s, [&] { return answer_.has_value(); }))
      throw std::runtime_error("no answer came");
    return answer_->error();
  }

  Timers timers_;
  Replies replies_{"com.example.test", log_, timers_};
  std::mutex mutex_;
  std::condition_variable came_;
  std::optional<Result<std::string>> answer_;
};

TEST_F(ReplyTextTest, FailureIsASentenceOrADocument) {
  crm_reply* plain = open(1min);
  plain->send(plain, CRM_INVALID, crm::to_abi("there is no such event"));
  EXPECT_EQ(failure(), (Error{Code::invalid, "there is no such event", {}}));
  crm_reply* document = open(1min);
  document->send(document, CRM_UNAVAILABLE,
                 crm::to_abi(R"({"message":"too many requests","retry_after_ms":2500,)"
                             R"("details":{"key":"refusal.quota"}})"));
  EXPECT_EQ(failure(), (Error{Code::unavailable, "too many requests", 2500ms}));
  EXPECT_THAT(log_.text(), HasSubstr("refusal.quota"));
  crm_reply* odd = open(1min);
  odd->send(odd, CRM_UNAVAILABLE, crm::to_abi("{no document"));
  EXPECT_EQ(failure().message, "{no document");
}

TEST_F(ReplyTextTest, PluginLearnsThatTheDeadlineHasPassed) {
  crm_reply* reply = open(1ms);
  EXPECT_EQ(failure().code, Code::timeout);
  EXPECT_EQ(reply->is_wanted(reply), 0);
  reply->send(reply, CRM_OK, crm::to_abi("late"));
  crm_reply* in_time = open(1min);
  EXPECT_EQ(in_time->is_wanted(in_time), 1);
  in_time->send(in_time, CRM_OK, crm::to_abi("in time"));
}

}  // namespace
}  // namespace host::test
