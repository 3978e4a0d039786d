// The emulator's own controls under /_emulator: accounts, tokens, statistics, faults, the clock.
// Used by tests and by the demonstration. They take JSON and answer JSON; they are not part of
// Google and are never counted.
#pragma once

#include "src/emulator/api/emulator.hpp"

namespace emulator {

class Controls {
 public:
  explicit Controls(Emulator& emulator) : e_(emulator) {}
  Response handle(const Request& request);

 private:
  Response stats() const;
  Response edit_series(const gcal::base::Json& body);
  Response send_push(const gcal::base::Json& body);
  Response add_token(const gcal::base::Json& body);

  Emulator& e_;
};

}  // namespace emulator
