// Plays the plugins of the host: the class Plugins with answers that a test writes. Linked instead
// of src/hosting/plugins, by these tests only. It must never answer by itself what a test did not
// say: an unexpected question is answered "unavailable".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/hosting/plugins/plugins.hpp"

namespace hosting {

// What the plugins of the next `Plugins` object do. Outlives it. Called on worker threads.
struct Script {
  std::vector<PluginInfo> list{{"com.example.diary", "1.0.0", "running", "", "diary.name",
                                "diary.add", "calendar", true, true}};
  std::vector<PluginRoute> routes{{"com.example.diary", "webhook", 16, false, "X-Channel"},
                                  {"com.example.diary", "own", 1024, true, ""}};
  std::function<void(const gcal::base::Json& request, PluginAnswer)> step;
  std::function<void(const gcal::base::Json& request, PluginAnswer)> sync;
  std::function<void(const gcal::base::Json& request, PluginAnswer)> status;
  std::function<void(const gcal::base::Json& request, PluginAnswer)> invitation;
  std::function<void(const gcal::base::Json& request, std::string body, PluginAnswer)> http;
};

void set_script(Script& script);

}  // namespace hosting
