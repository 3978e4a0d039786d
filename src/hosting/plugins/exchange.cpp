#include "src/hosting/plugins/exchange.hpp"

#include <chrono>
#include <utility>

namespace hosting {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t milliseconds_since(Clock::time_point begin) {
  return std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - begin).count();
}

// Ends a version that no request reaches any more.
void end(const std::shared_ptr<LoadedPlugin>& version, ExchangeOutcome& outcome) {
  if (!version->stop()) outcome.hanging.push_back(version);
}

// The new version did not start: the old one starts again with its own state.
void roll_back(PluginSlot& slot, const std::shared_ptr<LoadedPlugin>& old, const std::string& state,
               ExchangeOutcome& outcome) {
  if (const auto again = old->begin(state); !again) {
    outcome.reload.result = "failed";
    outcome.reload.reason += "; the version before did not start again: " + again.error().message;
    slot.go_on(nullptr);
    return;
  }
  outcome.reload.result = "rolled_back";
  old->open();
  slot.go_on(old);
}

}  // namespace

ExchangeOutcome exchange_version(PluginSlot& slot, const std::shared_ptr<LoadedPlugin>& fresh) {
  ExchangeOutcome outcome;
  const std::shared_ptr<LoadedPlugin> old = slot.current();
  const auto begin = Clock::now();
  slot.hold();
  const auto state = old->quiesce();
  if (!state) {
    outcome.reload.result = "kept";
    outcome.reload.reason = "the version that runs did not stop: " + state.error().message;
    old->open();
    slot.go_on(old);
    outcome.reload.closed_ms = milliseconds_since(begin);
    end(fresh, outcome);
    return outcome;
  }
  if (const auto begun = fresh->begin(*state); !begun) {
    outcome.reload.reason = begun.error().message;
    // It must be gone before the old one works again: both use the same data.
    end(fresh, outcome);
    roll_back(slot, old, *state, outcome);
    outcome.reload.closed_ms = milliseconds_since(begin);
    if (outcome.reload.result == "failed") end(old, outcome);
    return outcome;
  }
  outcome.reload.result = "exchanged";
  fresh->open();
  slot.go_on(fresh);
  outcome.reload.closed_ms = milliseconds_since(begin);
  if (!old->retire()) outcome.hanging.push_back(old);
  outcome.reload.mapping = old->mapping();
  return outcome;
}

}  // namespace hosting
