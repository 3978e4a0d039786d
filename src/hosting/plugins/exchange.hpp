// The exchange of a plugin's version while the host runs: all that is slow happened before, in
// LoadedPlugin::preload, beside the old version. Used by Plugins, on a thread of its own, so that
// no frame of a plugin is on the stack.
//
//   hold      requests and changes wait in the slot
//   quiesce   the old version stops and hands its state over; it does not: it goes on, the new goes
//   begin     the new version starts with that state; it does not: the old one starts again with it
//   go on     what waited goes to the version that runs
//   retire    the other version is destroyed and its library closed
#pragma once

#include <memory>
#include <vector>

#include "src/common/base/log.hpp"
#include "src/hosting/plugins/plugin_slot.hpp"

namespace hosting {

struct ExchangeOutcome {
  PluginReload reload;  // result, reason, mapping and closed_ms are set
  // Versions that hang: they must be kept until the process ends.
  std::vector<std::shared_ptr<LoadedPlugin>> hanging;
};

// fresh: preloaded. Afterwards slot.current() is the version that runs, or nullptr.
ExchangeOutcome exchange_version(PluginSlot& slot, const std::shared_ptr<LoadedPlugin>& fresh);

}  // namespace hosting
