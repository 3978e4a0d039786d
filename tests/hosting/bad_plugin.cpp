// A plugin that keeps the contract except in one way, which BEHAVIOUR names when it is compiled:
//   <throws|hangs|crashes|aborts|exits|leaves>_in_<call>
//                           leaves: the process, without its handlers
//   crashes_in_thread       a thread of its own, which its first request starts
//   lacks_<function>        the table has a null pointer there
//   never_answers           its route returns and sends nothing
//   asks_for_more           looks for services that its manifest does not name
// Otherwise its route answers 200, a set-up ends at once, and each start schedules a run.
// The library is used by hosting.test.mjs.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <thread>

#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/http.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "host_api/services/log.h"
#include "host_api/services/options.h"
#include "host_api/services/secrets.h"
#include "host_api/services/tasks.h"

namespace {

constexpr std::string_view kBehaviour = BEHAVIOUR;

struct Oops : std::exception {
  const char* what() const noexcept override { return "not today"; }
};

bool is(std::string_view how, std::string_view call) {
  return kBehaviour.size() == how.size() + 4 + call.size() && kBehaviour.starts_with(how) &&
         kBehaviour.substr(how.size(), 4) == "_in_" && kBehaviour.ends_with(call);
}

void crash() {
  int* volatile nowhere = nullptr;
  *nowhere = 1;
}

void misbehave(std::string_view call) {
  if (is("throws", call)) throw Oops();
  while (is("hangs", call)) std::this_thread::sleep_for(std::chrono::hours(1));
  if (is("crashes", call)) crash();
  if (is("aborts", call)) std::abort();
  if (is("exits", call)) std::exit(0);
  if (is("leaves", call)) ::_exit(0);
}

// The contract's pointers are noexcept: a plugin that throws lies about that, as a table of C does.
template <class Pointer, class Function>
Pointer claim(Function* function, std::string_view name) {
  if (kBehaviour == "lacks_" + std::string(name)) return nullptr;
  return reinterpret_cast<Pointer>(function);
}

crm_str text(std::string_view value) {
  return {value.data(), value.size()};
}

const crm_host* the_host = nullptr;

void say(const char* event, std::string_view fields) {
  const auto* log = static_cast<const crm_log_0*>(the_host->service(the_host, CRM_LOG));
  if (log) log->write(the_host, CRM_LOG_INFO, text(event), text(fields));
}

crm_status prepare(crm_plugin*, crm_error*) {
  misbehave("prepare");
  return CRM_OK;
}

void look_for_more() {
  std::string found;
  for (const char* id : {"crm.secrets/0", "crm.contacts/0", "crm.events/0", "crm.sql/0"})
    if (the_host->service(the_host, id)) found += id;
  say("bad.found", "{\"services\":\"" + found + "\"}");
  const auto* options = static_cast<const crm_options_0*>(the_host->service(the_host, CRM_OPTIONS));
  const auto keep = +[](void* ctx, crm_str bytes) noexcept {
    static_cast<std::string*>(ctx)->append(bytes.data, bytes.size);
  };
  for (const char* key : {"own", "foreign"}) {
    std::string value;
    if (!options || options->get(the_host, text(key), {&value, keep}, nullptr) != CRM_OK)
      value = "none";
    say("bad.option", "{\"key\":\"" + std::string(key) + "\",\"value\":\"" + value + "\"}");
  }
}

crm_status start(crm_plugin*, crm_str, crm_error*) {
  misbehave("start");
  if (kBehaviour == "asks_for_more") look_for_more();
  const auto* tasks = static_cast<const crm_tasks_0*>(the_host->service(the_host, CRM_TASKS));
  if (tasks) tasks->schedule(the_host, text("work"), 0, text(""), nullptr);
  return CRM_OK;
}

crm_status self_check(crm_plugin*, crm_sink report, crm_error*) {
  misbehave("self_check");
  report.write(report.ctx, text("{}"));
  return CRM_OK;
}

crm_status quiesce(crm_plugin*, std::uint32_t, crm_sink state, crm_error*) {
  misbehave("quiesce");
  state.write(state.ctx, text("{}"));
  return CRM_OK;
}

void destroy(crm_plugin*) {
  misbehave("destroy");
}

// A set-up ends at once, with a secret of the account where the manifest asks for secrets.
void step(crm_plugin*, crm_str request, crm_reply* reply) {
  misbehave("step");
  const std::string_view wanted = "\"account\":\"";
  const std::string_view document{request.data, request.size};
  const auto* secrets = static_cast<const crm_secrets_0*>(the_host->service(the_host, CRM_SECRETS));
  if (const auto at = document.find(wanted); secrets && at != std::string_view::npos) {
    const auto begin = at + wanted.size();
    const std::string key =
        "grant/" + std::string(document.substr(begin, document.find('"', begin) - begin));
    secrets->put(the_host, text(key), text("token"), nullptr);
  }
  reply->send(reply, CRM_OK,
              text(R"({"type":"finish","title":"Mine","unique_id":"me","config":{}})"));
}

void handle(crm_plugin*, crm_str, crm_str, crm_reply* reply) {
  misbehave("handle");
  if (kBehaviour == "never_answers") return;
  if (is("crashes", "thread")) {
    std::thread(&crash).join();
    return;
  }
  reply->send(reply, CRM_OK, text(R"({"status":200,"headers":{},"body":"well"})"));
}

void run(crm_plugin*, crm_str, crm_str, std::int64_t, crm_reply* reply) {
  say("bad.run", "{}");
  misbehave("run");
  reply->send(reply, CRM_OK, text(""));
}

void event_changed(crm_plugin*, crm_str, crm_str) {}
void account_changed(crm_plugin*, crm_str) {}
void record_changed(crm_plugin*, crm_str, crm_str) {
  say("bad.hook", "{}");
  misbehave("record_changed");
}

const void* capability(crm_plugin*, const char* id) {
  misbehave("capability");
  static const crm_settings_0 settings{claim<decltype(crm_settings_0::step)>(&step, "step")};
  static const crm_http_0 http{claim<decltype(crm_http_0::handle)>(&handle, "handle")};
  static const crm_run_0 runs{claim<decltype(crm_run_0::run)>(&run, "run")};
  static const crm_hooks_0 hooks{
      claim<decltype(crm_hooks_0::event_changed)>(&event_changed, "event_changed"),
      claim<decltype(crm_hooks_0::account_changed)>(&account_changed, "account_changed"),
      claim<decltype(crm_hooks_0::record_changed)>(&record_changed, "record_changed")};
  const std::string_view wanted = id;
  if (wanted == CRM_SETTINGS) return &settings;
  if (wanted == CRM_HTTP) return &http;
  if (wanted == CRM_RUN) return &runs;
  if (wanted == CRM_HOOKS) return &hooks;
  return nullptr;
}

crm_status create(const crm_host* host, crm_plugin** out, crm_error*) {
  the_host = host;
  misbehave("create");
  static crm_plugin plugin{claim<decltype(crm_plugin::prepare)>(&prepare, "prepare"),
                           claim<decltype(crm_plugin::start)>(&start, "start"),
                           claim<decltype(crm_plugin::self_check)>(&self_check, "self_check"),
                           claim<decltype(crm_plugin::quiesce)>(&quiesce, "quiesce"),
                           claim<decltype(crm_plugin::destroy)>(&destroy, "destroy"),
                           claim<decltype(crm_plugin::capability)>(&capability, "capability")};
  *out = &plugin;
  return CRM_OK;
}

}  // namespace

extern "C" __attribute__((visibility("default")))
const crm_plugin_entry crm_entry = {sizeof(crm_plugin_entry),
                                    CRM_ABI_MAJOR,
                                    CRM_ABI_MINOR,
                                    "com.example." BEHAVIOUR,
                                    "1.0.0",
                                    reinterpret_cast<decltype(crm_plugin_entry::create)>(&create)};
