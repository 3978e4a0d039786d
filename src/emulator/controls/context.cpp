#include "src/emulator/controls/context.hpp"

namespace emulator {

EmulatorContext::EmulatorContext(gcal::base::Clock& real_clock, gcal::base::Random& random_source)
    : clock(real_clock), random(random_source), channels(clock, random) {
  reset();
}

void EmulatorContext::reset() {
  google = std::make_unique<GoogleModel>(clock, random);
  google->set_behaviour(initial_behaviour);
  google->on_change = [this](const std::string& calendar_id, const std::string& email) {
    ++version;
    channels.notify_change(calendar_id, email);
  };
  tokens = std::make_unique<Tokens>(clock, random);
  channels.clear();
  faults.clear();
  quotas.clear();
  log.clear();
  requests.clear();
}

}  // namespace emulator
