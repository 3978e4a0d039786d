// Sets a fault rule, as the checks of the sections faults.* write it.
#pragma once

#include <string>

#include "tests/google_contract/facts/contract.hpp"

namespace contract {

// `effect` and `more`, further members of the rule behind a comma, as js() reads them.
inline void fault(Emulated& p, const std::string& effect, const std::string& more = "",
                  const std::string& path = "/calendar/v3/calendars/{calendarId}/events") {
  EXPECT_EQ(p.control("POST", "/faults",
                      js("{'match':{'path':'" + path + "'}" + more + ",'effect':" + effect + "}"))
                .status,
            200);
}

}  // namespace contract
