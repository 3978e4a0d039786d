// What the facts about faults share: setting a rule, and worlds that restore the emulator when the
// fact ends, however it ends. Used by the files fault*.cpp. Never live.
#pragma once

#include <string>

#include "tests/google_contract/harness/fact.hpp"

namespace contract {

// `effect` and `more` (further members of the rule, after a comma) as json() takes them.
inline void set_fault(EmulatorOnly& client, const std::string& effect, const std::string& more = "",
                      const std::string& path = "/calendar/v3/calendars/{calendarId}/events") {
  const Json rule = json("{'match':{'path':'" + path + "'}" + more + ",'effect':" + effect + "}");
  EXPECT_EQ(client.control("POST", "/faults", rule).status, 200);
}

class FaultRules : public EmulatorOnly {
 public:
  using EmulatorOnly::EmulatorOnly;
  ~FaultRules() { (void)control("DELETE", "/faults"); }
};

class FaultyListeners : public EmulatorOnly {
 public:
  using EmulatorOnly::EmulatorOnly;
  ~FaultyListeners() { EXPECT_EQ(control("DELETE", "/doors").status, 200); }
};

class PushFaults : public FaultRules {
 public:
  using FaultRules::FaultRules;
  ~PushFaults() { (void)control("POST", "/push", json("{}")); }
};

class OAuthFaults : public FaultRules {
 public:
  using FaultRules::FaultRules;
  ~OAuthFaults() {
    (void)control("POST", "/oauth",
                  json("{'access_seconds':3599,'grant_seconds':0,'rotate_refresh_tokens':false}"));
  }
};

}  // namespace contract
