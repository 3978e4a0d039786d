// Which plugins work at the moment, for the pages that show what depends on them. Used by the
// routes of this folder and of crm_host; an object of it belongs to one request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/hosting/plugins/plugins.hpp"

namespace hosting {

class PluginStates {
 public:
  explicit PluginStates(const Plugins& plugins) : plugins_(plugins.list()) {}

  // As in PluginInfo, or "missing": no package has this id.
  std::string of(std::string_view plugin) const {
    const PluginInfo* best = nullptr;
    for (const auto& info : plugins_)
      if (info.id == plugin && (!best || !is_at_work(best->state))) best = &info;
    return best ? best->state : "missing";
  }
  // Does it run, or is it about to? Also for "": what belongs to the CRM itself.
  bool works(std::string_view plugin) const { return plugin.empty() || is_at_work(of(plugin)); }

 private:
  static bool is_at_work(std::string_view state) {
    return state == "running" || state == "starting";
  }

  std::vector<PluginInfo> plugins_;
};

}  // namespace hosting
