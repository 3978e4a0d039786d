// Everything that one emulator consists of, passed by reference to the handlers of the Calendar
// API and of the controls. Owned by Emulator, which holds a lock during each request: a handler
// must not keep a reference after it returns.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/emulator/controls/fault_rules.hpp"
#include "src/emulator/controls/quotas.hpp"
#include "src/emulator/controls/request_log.hpp"
#include "src/emulator/load/world.hpp"
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
  gcal::base::Milliseconds shift() const { return shift_; }
  void set_shift(gcal::base::Milliseconds shift) { shift_ = shift; }

 private:
  gcal::base::Clock& real_;
  gcal::base::Milliseconds shift_{0};
};

// The clock of the model: that of the emulator, but one fixed instant while a world is filled, so
// that the same world gets the same times and etags.
class ModelClock final : public gcal::base::Clock {
 public:
  explicit ModelClock(gcal::base::Clock& running) : running_(running) {}
  gcal::base::Instant now() const override { return fixed_ ? *fixed_ : running_.now(); }
  gcal::base::Milliseconds monotonic() const override { return running_.monotonic(); }
  void fix(std::optional<gcal::base::Instant> instant) { fixed_ = instant; }

 private:
  gcal::base::Clock& running_;
  std::optional<gcal::base::Instant> fixed_;
};

// Randomness from its source at first; a sequence that begins again with every world that is
// filled, so that the same requests after it get the same ids and tokens.
class RepeatableRandom final : public gcal::base::Random {
 public:
  explicit RepeatableRandom(gcal::base::Random& source) : source_(source) {}
  void fill(std::span<std::uint8_t> out) override;
  const std::optional<FaultRandom>& sequence() const { return sequence_; }
  void set_sequence(const std::optional<FaultRandom>& sequence) { sequence_ = sequence; }

 private:
  gcal::base::Random& source_;
  std::optional<FaultRandom> sequence_;
};

struct EmulatorContext {
  EmulatorContext(gcal::base::Clock& real_clock, gcal::base::Random& random_source);
  EmulatorContext(const EmulatorContext&) = delete;
  EmulatorContext& operator=(const EmulatorContext&) = delete;

  // Forgets everything but the time, the signing key, and the numbers that only grow.
  void reset();
  // Forgets what reset() does, the shift of the clock and the counted hits of faults too, and has
  // the world of the source then. The same source gives the same world: ids, times and etags, and
  // the ids and tokens that follow. After an error or an exception, everything is as it was.
  Outcome<LoadReport> reset_to(const WorldSource& source);

  Behaviour initial_behaviour;  // after reset()
  ShiftedClock clock;
  ModelClock model_clock;
  RepeatableRandom random;
  WorldSource start;                  // what the emulator was started with; empty: nothing
  std::optional<std::uint64_t> seed;  // of every filled world; drawn for the first one
  std::unique_ptr<GoogleModel> google;
  std::unique_ptr<Tokens> tokens;
  SigningKey key;
  Channels channels;
  FaultRules faults;
  Quotas quotas;
  RequestLog log;
  std::map<std::string, std::uint64_t> requests;  // by method and path template
  std::uint64_t version = 0;                      // grows with every change of what the page shows

 private:
  std::unique_ptr<GoogleModel> new_model();
  void install(std::unique_ptr<GoogleModel> new_google, std::unique_ptr<Tokens> new_tokens);

  std::optional<gcal::base::Instant> world_time_;  // of every filled world: that of the first one
};

}  // namespace emulator
