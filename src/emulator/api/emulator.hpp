// The whole of Google that this emulator serves behind one function: a request in, a response out.
// Used by the program, by tests and by simulations, which need no sockets. Never blocks: late
// responses and the delivery of notifications are left to the caller. Every function takes the lock
// unless it says otherwise.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "src/emulator/controls/context.hpp"
#include "src/emulator/push/push.hpp"

namespace emulator {

class Emulator final : public PushQueue {
 public:
  Emulator(gcal::base::Clock& clock, gcal::base::Random& random);

  Response handle(const Request& request);  // [any thread]

  std::deque<Push> take_pushes() override;                          // [any thread]
  std::optional<std::int64_t> next_push() override;                 // [any thread]
  void set_push_listener(std::function<void()> listener) override;  // [any thread]

  // Begins with the world of the source, to which reset_to_start() and POST /_emulator/reset
  // {"to": "world"} come back: the same ids, times, etags and tokens. The source is asked again at
  // each reset, under the lock. Errors are the source's; everything is as it was then. [any thread]
  Outcome<LoadReport> start_with(WorldSource source);
  Outcome<LoadReport> reset_to_start();  // [any thread]
  // From this number follow the ids and tokens of the worlds filled from now on.
  void set_seed(std::uint64_t seed) { context_.seed = seed; }

  // Without the lock: for loading and for tests, while no other thread uses the emulator.
  void allow_kill() { context_.faults.allow_kill = true; }
  // What the switches are after a reset.
  void set_initial_behaviour(const Behaviour& behaviour) { context_.initial_behaviour = behaviour; }
  GoogleModel& google() { return *context_.google; }
  Tokens& tokens() { return *context_.tokens; }
  // The push channels survive a restart, as Google's do: they are part of the saved state.
  gcal::base::Json save_channels() const { return context_.channels.save(); }

 private:
  // A counted and logged request, with the fault that hits it.
  Response serve(const Request& request);
  Response serve_with_fault(const Request& request, const FaultRule& rule);
  Response dispatch(const Request& request, ListFaults faults, const Effect* effect);
  Response answer(const Request& request, ListFaults faults, const Effect* effect);
  Response batch(const Request& request, const Effect& effect);

  std::mutex mutex_;
  EmulatorContext context_;
};

}  // namespace emulator
