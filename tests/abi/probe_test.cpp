#include <dlfcn.h>
#include <gmock/gmock.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "host_api/capabilities/settings.h"
#include "host_api/cpp/abi.hpp"
#include "host_api/services/log.h"

namespace {

using testing::ElementsAre;

// A minimal host: it offers a log, or nothing.
struct SmallHost : crm_host {
  explicit SmallHost(bool with_log)
      : crm_host{CRM_ABI_MAJOR, CRM_ABI_MINOR, &find}, offers_log(with_log) {}
  bool offers_log;
  mutable std::vector<std::string> lines;

  static const SmallHost& of(const crm_host* host) { return *static_cast<const SmallHost*>(host); }
  static void write(const crm_host* host, std::int32_t, crm_str event, crm_str) noexcept {
    of(host).lines.emplace_back(crm::from_abi(event));
  }
  static constexpr crm_log_0 kLog{
      &write, [](const crm_host*, std::int32_t) noexcept { return std::int32_t{1}; }};
  static const void* find(const crm_host* host, const char* id) noexcept {
    return of(host).offers_log && std::string_view(id) == CRM_LOG ? &kLog : nullptr;
  }
};

struct Answer : crm_reply {
  Answer() : crm_reply{&take, [](crm_reply*) noexcept { return std::int32_t{1}; }} {}
  crm_status status = -1;
  std::string body;
  static void take(crm_reply* reply, crm_status status, crm_str body) noexcept {
    auto* self = static_cast<Answer*>(reply);
    self->status = status;
    self->body = crm::from_abi(body);
  }
};

struct Close {
  void operator()(void* library) const { dlclose(library); }
};

class Probe : public testing::Test {
 protected:
  void SetUp() override {
    library_.reset(dlopen(ABI_PROBE, RTLD_NOW | RTLD_LOCAL));
    ASSERT_NE(library_, nullptr) << dlerror();
    entry_ = static_cast<const crm_plugin_entry*>(dlsym(library_.get(), "crm_entry"));
    ASSERT_NE(entry_, nullptr);
  }
  std::unique_ptr<void, Close> library_;
  const crm_plugin_entry* entry_ = nullptr;
};

TEST_F(Probe, TheEntryOfAPluginInCHasTheConstantsOfTheHeaders) {
  EXPECT_EQ(entry_->size, sizeof(crm_plugin_entry));
  EXPECT_EQ(entry_->abi_major, static_cast<std::uint32_t>(CRM_ABI_MAJOR));
  EXPECT_EQ(entry_->abi_minor, static_cast<std::uint32_t>(CRM_ABI_MINOR));
  EXPECT_STREQ(entry_->id, "com.example.probe");
}

TEST_F(Probe, TheWrapperReadsEveryAnswerOfAPluginInC) {
  const SmallHost host(true);
  crm_plugin* plugin = nullptr;
  ASSERT_TRUE(crm::call(entry_->create, &host, &plugin));
  ASSERT_TRUE(crm::call(plugin->prepare, plugin));
  ASSERT_TRUE(crm::call(plugin->start, plugin, crm_str{}));
  EXPECT_THAT(host.lines, ElementsAre("probe.started"));
  EXPECT_EQ(crm::call(plugin->start, plugin, crm_str{}).error().code, crm::Code::conflict);
  EXPECT_EQ(*crm::call_for_text(plugin->self_check, plugin), "{\"ok\":true}");

  const auto* settings =
      static_cast<const crm_settings_0*>(plugin->capability(plugin, CRM_SETTINGS));
  ASSERT_NE(settings, nullptr);
  EXPECT_EQ(plugin->capability(plugin, "crm.unknown/0"), nullptr);
  Answer answer;
  const std::string with_nul("a\0b", 3);
  settings->step(plugin, crm::to_abi(with_nul), &answer);
  EXPECT_EQ(answer.status, CRM_OK);
  EXPECT_EQ(answer.body, with_nul);

  const auto refused = crm::call_for_text(plugin->quiesce, plugin, std::uint32_t{0});
  EXPECT_EQ(refused.error(), (crm::Error{crm::Code::timeout, "no time was given", {}}));
  const auto state = crm::call_for_text(plugin->quiesce, plugin, std::uint32_t{1000});
  ASSERT_TRUE(state);
  EXPECT_EQ(*state, "1");
  ASSERT_TRUE(crm::call(plugin->start, plugin, crm::to_abi(*state)));
  EXPECT_EQ(*crm::call_for_text(plugin->quiesce, plugin, std::uint32_t{1000}), "1");
  plugin->destroy(plugin);
}

TEST_F(Probe, PrepareWithoutTheServiceReturnsTheReason) {
  const SmallHost host(false);
  crm_plugin* plugin = nullptr;
  ASSERT_TRUE(crm::call(entry_->create, &host, &plugin));
  EXPECT_EQ(crm::call(plugin->prepare, plugin).error(),
            (crm::Error{crm::Code::invalid, "this plugin needs crm.log/0", {}}));
  EXPECT_EQ(plugin->prepare(plugin, nullptr), CRM_INVALID) << "the error may be left out";
  plugin->destroy(plugin);
}

TEST(Guard, AnExceptionOrErrorBecomesAStatusAndAMessage) {
  crm_error error;
  EXPECT_EQ(crm::guard(&error, []() -> crm::Result<> { throw std::runtime_error("broken"); }),
            CRM_INTERNAL);
  EXPECT_STREQ(error.message, "broken");
  EXPECT_EQ(crm::guard(&error, []() -> crm::Result<> { throw 1; }), CRM_INTERNAL);
  EXPECT_STREQ(error.message, "an exception of unknown type");
  EXPECT_EQ(crm::guard(&error,
                       []() -> crm::Result<> {
                         return crm::Error{crm::Code::denied, "not yours", {}};
                       }),
            CRM_DENIED);
  EXPECT_STREQ(error.message, "not yours");
  EXPECT_EQ(crm::guard(nullptr, []() -> crm::Result<> { throw std::bad_alloc(); }), CRM_INTERNAL);
}

TEST(Guard, ALongMessageIsCutBetweenCharacters) {
  crm_error error;
  std::string text(246, 'x');
  text += "\xC3\xA4\xC3\xB6";  // the cut at 247 would fall into the first umlaut
  crm::write_message(&error, text);
  EXPECT_EQ(std::string_view(error.message), std::string(246, 'x'));
}

TEST(Errors, TheTimeToWaitCrossesWithTheMessage) {
  const auto fails = [](crm_error* error) {
    return crm::guard(error, []() -> crm::Result<> {
      return crm::Error{crm::Code::unavailable, "full", std::chrono::milliseconds(1500)};
    });
  };
  EXPECT_EQ(crm::call(+fails).error(),
            (crm::Error{crm::Code::unavailable, "full", std::chrono::milliseconds(1500)}));
}

// A plugin before minor version 4 knew a message of 256 bytes and nothing behind it.
TEST(Errors, TheMessageOfAnOlderPluginIsCutAndNoTimeIsRead) {
  const auto fails = [](crm_error* error) {
    std::memset(static_cast<void*>(error), 'x', 255);
    reinterpret_cast<char*>(error)[255] = '\0';
    return crm_status{CRM_TIMEOUT};
  };
  EXPECT_EQ(crm::call(+fails).error(), (crm::Error{crm::Code::timeout, std::string(248, 'x'), {}}));
}

TEST(Errors, TheBodyOfAFailedReplyIsASentenceOrADocument) {
  EXPECT_EQ(crm::error_body({crm::Code::invalid, "no such calendar"}), "no such calendar");
  EXPECT_EQ(
      crm::error_body({crm::Code::unavailable, "say \"later\"\n", std::chrono::milliseconds(20)}),
      R"({"message":"say \"later\"\u000a","retry_after_ms":20})");
  EXPECT_EQ(crm::error_body({crm::Code::invalid, "{odd"}), R"({"message":"{odd"})")
      << "nobody takes it for a document";
}

TEST(Status, AnUnknownStatusIsReadAsInternal) {
  EXPECT_EQ(crm::to_code(CRM_GONE), crm::Code::gone);
  EXPECT_EQ(crm::to_code(-1), crm::Code::internal);
  EXPECT_EQ(crm::to_code(11), crm::Code::internal);
}

}  // namespace
