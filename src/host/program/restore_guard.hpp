// New epochs of this CRM's feeds: after a restore, and when its database was replaced by an older
// one without crm_host restore (DATA/high_water remembers how far it was).
#pragma once

#include <memory>
#include <string_view>

#include "src/host/crm/crm.hpp"
#include "src/hosting/library/restore_guard.hpp"

namespace host {

// From here on the cursors of all feeds are foreign: after a restore some are ahead of the
// database, and what is counted a second time must not be taken for what was read. The feeds of
// the hosting library follow when the CRM is opened.
Result<> begin_epoch(Connection& c, std::string_view epoch);

// Created by main after the CRM was opened and before the plugins start. crm outlives it.
Result<std::unique_ptr<hosting::RestoreGuard>> guard_restores(Crm& crm);

}  // namespace host
