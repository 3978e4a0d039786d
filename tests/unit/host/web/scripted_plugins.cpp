#include "tests/unit/host/web/scripted_plugins.hpp"

#include <algorithm>

namespace hosting {
namespace {

Script* next_script = nullptr;

Error unwritten() {
  return {Code::unavailable, "the test wrote no answer", {}};
}

}  // namespace

struct Plugins::State {
  Script& script;
};

void set_script(Script& script) {
  next_script = &script;
}

Plugins::Plugins(HostContext&, CrmPort&, PluginsOptions) : state_(new State{*next_script}) {}
Plugins::~Plugins() = default;
Result<> Plugins::start() {
  return {};
}
void Plugins::wait_until_started() {}
void Plugins::reload_changed() {}
void Plugins::stop() {}
std::vector<std::string> Plugins::still_loaded() const {
  return {};
}

void Plugins::reload(const std::string& plugin, std::function<void(Result<PluginInfo>)> done) {
  for (const PluginInfo& info : state_->script.list)
    if (info.id == plugin) return done(info);
  done(Error{Code::not_found, "there is no such plugin", {}});
}

std::vector<PluginInfo> Plugins::list() const {
  return state_->script.list;
}

gcal::base::Json Plugins::strings(std::string_view language) const {
  return gcal::base::Json::object(
      {{"com.example.diary",
        gcal::base::Json::object({{"diary.name", language == "de" ? "Tagebuch" : "Diary"}})}});
}

std::optional<PluginRoute> Plugins::route(std::string_view plugin, std::string_view path,
                                          std::string_view method) const {
  for (const PluginRoute& route : state_->script.routes)
    if (route.plugin == plugin && route.path == path && method == "POST") return route;
  return std::nullopt;
}

void Plugins::settings_step(const std::string&, const gcal::base::Json& request,
                            PluginAnswer answer) {
  if (!state_->script.step) return answer(unwritten());
  state_->script.step(request, std::move(answer));
}

void Plugins::calendars(const std::string&, const gcal::base::Json&, PluginAnswer answer) {
  answer(unwritten());
}
void Plugins::status(const std::string&, const gcal::base::Json& request, PluginAnswer answer) {
  if (!state_->script.status) return answer(unwritten());
  state_->script.status(request, std::move(answer));
}

void Plugins::sync_now(const std::string&, const gcal::base::Json& request, PluginAnswer answer) {
  if (!state_->script.sync) return answer(unwritten());
  state_->script.sync(request, std::move(answer));
}

void Plugins::invitation(const std::string&, const gcal::base::Json& request, PluginAnswer answer) {
  if (!state_->script.invitation) return answer(unwritten());
  state_->script.invitation(request, std::move(answer));
}

void Plugins::http(const std::string&, const gcal::base::Json& request, std::string body,
                   PluginAnswer answer) {
  if (!state_->script.http) return answer(unwritten());
  state_->script.http(request, std::move(body), std::move(answer));
}

}  // namespace hosting
