// Settings flows through the API, with a small plugin that behaves as a calendar connector does:
// consent, form, progress, last form, end. Base of the tests in flow_test.cpp.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "src/common/base/id.hpp"
#include "src/hosting/flows/flows.hpp"
#include "tests/unit/host/web/world.hpp"

namespace host {

inline constexpr const char* kPlugin = "com.example.diary";

class SettingsFlow : public WebTest {
 protected:
  SettingsFlow() {
    script.step = [this](const Json& request, PluginAnswer answer) {
      answer_step(request, std::move(answer));
    };
  }

  // The plugin. Keeps nothing but what the memo holds, as a stateless flow must; `looks` is the
  // outside world's progress.
  void answer_step(const Json& request, PluginAnswer answer) {
    {
      const std::lock_guard lock(mutex);
      requests.push_back(request);
    }
    if (before_answer) before_answer(request);
    answer(failure ? Result<std::string>(*failure) : Result<std::string>(step_for(request).dump()));
  }

  Json step_for(const Json& request) {
    const std::string& kind = request.string("kind");
    const std::string& step = request.string("step");
    Json memo = request["memo"];
    if (kind == "discard") return Json::object();
    if (kind == "options") {
      if (step.empty())
        return Json::parse(R"({"type":"menu","step":"menu","title":"options",
                "options":[{"step":"rename","label":"l"},{"step":"other","label":"l"}]})")
            .
            operator*();
      if (!request["input"].contains("name")) return name_form("rename");
      return Json::object({{"type", "finish"},
                           {"title", request["input"]["name"]},
                           {"unique_id", "sub-1"},
                           {"config", Json::object({{"v", 2}})}});
    }
    if (step.empty()) {
      const std::string key = gcal::base::new_secret(random);
      return Json::object({{"type", "external"},
                           {"step", "consent"},
                           {"title", "t"},
                           {"label", "l"},
                           {"url", "https://provider.example/consent?state=" + key},
                           {"resume_key", key}});
    }
    if (step == "consent") {
      if (request["input"].contains("error"))
        return Json::object({{"type", "abort"}, {"reason", "abort.refused"}});
      memo.set("code", request["input"]["code"]);
      Json form = name_form("account");
      form.set("memo", memo);
      return form;
    }
    if (step == "account") {
      looks = 0;
      memo.set("name", request["input"]["name"]);
      return Json::object({{"type", "progress"},
                           {"step", "observe"},
                           {"title", "t"},
                           {"action", "a"},
                           {"done", 0},
                           {"total", 2},
                           {"poll_ms", 5},
                           {"memo", memo}});
    }
    if (step == "observe") {
      if (++looks < 2)
        return Json::object({{"type", "progress"},
                             {"step", "observe"},
                             {"title", "t"},
                             {"action", "a"},
                             {"done", looks.load()},
                             {"total", 2},
                             {"poll_ms", 5}});
      return Json::parse(R"({"type":"form","step":"preview","title":"t","last":true,
              "schema":{"type":"object","properties":{}},"values":{}})")
          .
          operator*();
    }
    Json finish = Json::object({{"type", "finish"},
                                {"title", memo.string("name")},
                                {"unique_id", unique_id},
                                {"identity", "me@provider.example"},
                                {"config", Json::object({{"v", 1}})}});
    if (default_calendar) finish.set("default_calendar", *default_calendar);
    return finish;
  }

  static Json name_form(const char* step) {
    Json form = Json::parse(
                    R"({"type":"form","title":"t",
                "schema":{"type":"object","required":["name"],"properties":{
                "name":{"type":"string","minLength":1,"maxLength":10},
                "secret":{"type":"string","format":"password"},
                "visible":{"type":"array","items":{"enum":["a","b"]}},
                "default":{"type":"string","enum":["crm","a"]}}},"values":{"default":"crm"}})")
                    .
                    operator*();
    form.set("step", step);
    return form;
  }

  static Json calendar_of(std::string_view role, std::string_view mode) {
    return Json::object({{"remote_id", "a"},
                         {"name", "Sales"},
                         {"color", "#123456"},
                         {"role", role},
                         {"mode", mode}});
  }

  static Json input(std::string_view name) { return Json::object({{"name", name}}); }
  static Reply begin(Browser& page, const char* kind = "setup", std::string_view account = {}) {
    Json body = Json::object({{"plugin", kPlugin}, {"kind", kind}});
    if (!account.empty()) body.set("account", account);
    return page.post("/api/flows", body);
  }
  static Reply submit(Browser& page, const std::string& flow, const char* step,
                      Json with = Json::object()) {
    return page.post("/api/flows/" + flow,
                     Json::object({{"step", step}, {"input", std::move(with)}}));
  }
  static std::string state_of(const Json& shown) {
    const std::string& url = shown["step"].string("url");
    return url.substr(url.find("state=") + 6);
  }
  static Reply call_back(Browser& page, const std::string& state, const char* rest = "code=c-1") {
    return page.get(std::string("/plugins/") + kPlugin + "/callback?" + rest + "&state=" + state);
  }
  // A flow whose consent was given.
  std::string consented(Browser& page) {
    const Json shown = begin(page).json();
    EXPECT_EQ(call_back(page, state_of(shown)).status, 303);
    return shown.string("flow");
  }
  // A flow whose current step is the last one.
  std::string previewed(Browser& page) {
    std::string flow = consented(page);
    EXPECT_EQ(submit(page, flow, "account", input("Sales")).json()["step"].string("type"),
              "progress");
    EXPECT_EQ(submit(page, flow, "observe").json()["step"].string("type"), "progress");
    EXPECT_EQ(submit(page, flow, "observe").json()["step"].string("step"), "preview");
    return flow;
  }
  std::size_t accounts(Browser& page) { return page.get("/api/accounts").json().items().size(); }
  std::vector<Json> asked(std::string_view kind) {
    const std::lock_guard lock(mutex);
    std::vector<Json> out;
    for (const Json& request : requests)
      if (request.string("kind") == kind) out.push_back(request);
    return out;
  }
  bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 2'000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }

  std::mutex mutex;
  std::vector<Json> requests;
  std::atomic<int> looks = 0;
  std::string unique_id = "sub-1";
  std::optional<Json> default_calendar;
  std::optional<Error> failure;
  std::function<void(const Json&)> before_answer;
};

}  // namespace host
