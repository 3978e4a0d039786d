// The project's name for the contract's Result and Error: included by every folder, adds nothing to
// them.
#pragma once

#include "host_api/cpp/result.hpp"

namespace gcal {
using crm::Code;
using crm::Error;
using crm::Result;
using crm::Scope;
}  // namespace gcal
