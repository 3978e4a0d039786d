// Everything that one emulator consists of, passed by reference to the handlers of the Calendar
// API and of the controls. Owned by Emulator, which holds a lock during each request: a handler
// must not keep a reference after it returns.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/emulator/controls/fault_rules.hpp"
#include "src/emulator/controls/quotas.hpp"
#include "src/emulator/controls/request_log.hpp"
#include "src/emulator/model/google_model.hpp"
#include "src/emulator/oauth/signing_key.hpp"
#include "src/emulator/oauth/tokens.hpp"
#include "src/emulator/push/channels.hpp"

namespace emulator {

// A clock that POST /_emulator/clock moves.
class ShiftedClock final : public gcal::base::Clock {
 public:
  explicit ShiftedClock(gcal::base::Clock& real) : real_(real) {}
  gcal::base::Instant now() const override { return real_.now() + shift_; }
  gcal::base::Milliseconds monotonic() const override { return real_.monotonic() + shift_; }
  void advance(gcal::base::Milliseconds by) { shift_ += by; }

 private:
  gcal::base::Clock& real_;
  gcal::base::Milliseconds shift_{0};
};

struct EmulatorContext {
  EmulatorContext(gcal::base::Clock& real_clock, gcal::base::Random& random_source);
  EmulatorContext(const EmulatorContext&) = delete;
  EmulatorContext& operator=(const EmulatorContext&) = delete;

  // Forgets everything but the time, the signing key, and the numbers that only grow.
  void reset();

  Behaviour initial_behaviour;  // after reset()
  ShiftedClock clock;
  gcal::base::Random& random;
  std::unique_ptr<GoogleModel> google;
  std::unique_ptr<Tokens> tokens;
  SigningKey key;
  Channels channels;
  FaultRules faults;
  Quotas quotas;
  RequestLog log;
  std::map<std::string, std::uint64_t> requests;  // by method and path template
  std::uint64_t version = 0;                      // grows with every change of what the page shows
};

}  // namespace emulator
