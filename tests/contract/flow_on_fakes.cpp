// A plugin's settings flow on the fakes, driven line by line: a test is the user. It finds whether
// the host in memory offers what the shipped plugin's own set-up needs.
//
//   flow_on_fakes LIBRARY [KEY=VALUE]...      options of the plugin
//
// Each line of standard input is a JSON object and is answered with one on standard output:
//   {"step": NAME, "input": {...}}   the next step; after "finish" the account exists
//   {"wait": TEXT}                   runs tasks until an appointment has this summary:
//   {"summaries"}
//   {}                               the end: {"violations"}
// Ends with 1 when the plugin cannot be started or a line cannot be read.
#include <chrono>
#include <cstdio>
#include <iostream>
#include <list>
#include <string>
#include <thread>

#include "tests/contract/contract_host.hpp"
#include "tests/contract/plugin_library.hpp"

namespace {

using namespace std::chrono_literals;
using crm::fakes::Json;
using crm::fakes::PluginDriver;

constexpr const char* kUser = "ben";

class Flow {
 public:
  Flow(contract::ContractHost& host, PluginDriver& plugin) : host_(host), plugin_(plugin) {}

  Json step(const Json& line) {
    const Json request = Json::object({{"flow", "flow"},
                                       {"kind", "setup"},
                                       {"user", kUser},
                                       {"account", "account-of-ben"},
                                       {"step", line.string("step")},
                                       {"memo", memo_},
                                       {"input", line["input"]},
                                       {"locale", "en"},
                                       {"callback_url", "http://127.0.0.1:9/callback"}});
    const auto answer = plugin_.settings_step(request.dump()).wait(20s);
    if (!answer) return Json::object({{"error", answer.error().message}});
    auto step = Json::parse(*answer);
    if (!step) return Json::object({{"error", step.error().message}});
    memo_ = (*step)["memo"];
    if (step->string("type") == "finish") connect(*step);
    return *step;
  }

  // As a host does: what is due begins, and time passes.
  Json wait(const std::string& summary) {
    Json summaries;
    const auto end = std::chrono::steady_clock::now() + 20s;
    for (bool found = false; !found && std::chrono::steady_clock::now() < end;) {
      plugin_.deliver_notifications();
      run_tasks();
      host_.clock.advance(10ms);
      std::this_thread::sleep_for(1ms);
      summaries = Json::array();
      for (const auto& document : host_.events.all()) {
        found = found || document.event.string("summary") == summary;
        summaries.push(document.event.string("summary"));
      }
    }
    return Json::object({{"summaries", summaries}});
  }

 private:
  void connect(const Json& finish) {
    crm::fakes::Account account;
    account.id = "account-of-ben";
    account.user = kUser;
    account.unique_id = finish.string("unique_id");
    account.title = finish.string("title");
    account.config = finish["config"];
    if (const auto done = host_.accounts.connect(account); !done)
      host_.add_violation("the account was not connected: " + done.error().message);
  }
  void run_tasks() {
    while (const auto due = host_.tasks.take_due())
      runs_.emplace_back(*due, plugin_.run(due->key, due->payload, due->fence));
    for (auto run = runs_.begin(); run != runs_.end();) {
      if (!run->second.answered()) {
        ++run;
        continue;
      }
      const auto answer = run->second.wait(0ms);
      host_.tasks.finish(run->first, answer ? crm::Code::ok : answer.error().code);
      run = runs_.erase(run);
    }
  }

  contract::ContractHost& host_;
  PluginDriver& plugin_;
  Json memo_ = Json::object();
  std::list<std::pair<crm::fakes::Tasks::Run, crm::fakes::Request>> runs_;
};

void answer(const Json& json) {
  std::cout << json.dump() << std::endl;
}

int fail(const std::string& why) {
  std::fprintf(stderr, "flow_on_fakes: %s\n", why.c_str());
  return 1;
}

int play() {
  contract::ContractHost host;
  // The emulator's tokens are of now.
  host.clock.set_wall(std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count());
  host.add_user({.id = kUser, .email = "ben@example.com", .name = "Ben"});
  const auto saved = host.events.save(
      "own-1", "own-ben",
      R"({"summary":"In the CRM","start":{"date":"2027-02-01"},"end":{"date":"2027-02-02"}})");
  if (!saved) return fail(saved.error().message);
  const contract::PluginLibrary library(contract::Subject::get().library);
  {
    PluginDriver plugin(host, library.entry());
    for (const auto& done : {plugin.error(), plugin.prepare(), plugin.start()})
      if (!done) return fail(done.error().message);
    Flow flow(host, plugin);
    for (std::string line; std::getline(std::cin, line);) {
      const auto wish = Json::parse(line);
      if (!wish) return fail(wish.error().message);
      if (wish->find("step"))
        answer(flow.step(*wish));
      else if (wish->find("wait"))
        answer(flow.wait(wish->string("wait")));
      else
        break;
    }
  }
  Json violations = Json::array();
  for (const std::string& sentence : host.violations()) violations.push(sentence);
  answer(Json::object({{"violations", violations}}));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return fail("usage: flow_on_fakes LIBRARY [KEY=VALUE]...");
  contract::Subject& subject = contract::Subject::get();
  subject.library = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string option = argv[i];
    const auto equals = option.find('=');
    if (equals == std::string::npos) return fail("an option is KEY=VALUE: " + option);
    subject.options.emplace_back(option.substr(0, equals), option.substr(equals + 1));
  }
  return play();
}
