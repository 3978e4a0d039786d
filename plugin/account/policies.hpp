// The engine's policies for the choices of an account's options. Used by account_run. Pure.
#pragma once

#include "src/engine/settings/account_config.hpp"
#include "src/engine/sync/merge_event.hpp"
#include "src/engine/sync/private_events.hpp"

namespace gcal::plugin {

inline sync::ConflictPolicy policy_of(settings::Conflicts conflicts) {
  switch (conflicts) {
    case settings::Conflicts::crm: return sync::ConflictPolicy::crm_wins;
    case settings::Conflicts::ask: return sync::ConflictPolicy::ask;
    case settings::Conflicts::google: break;
  }
  return sync::ConflictPolicy::remote_wins;
}

inline sync::PrivateEvents policy_of(settings::PrivateEvents private_events) {
  switch (private_events) {
    case settings::PrivateEvents::busy: return sync::PrivateEvents::busy;
    case settings::PrivateEvents::hide: return sync::PrivateEvents::hide;
    case settings::PrivateEvents::keep: break;
  }
  return sync::PrivateEvents::keep;
}

}  // namespace gcal::plugin
