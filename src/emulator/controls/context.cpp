#include "src/emulator/controls/context.hpp"

#include <algorithm>
#include <cstring>

namespace emulator {

using gcal::base::Milliseconds;

namespace {

// The time and the randomness with which a world is filled. Without keep(), the clock and the
// random sequence are as before when this ends.
class Filling {
 public:
  Filling(EmulatorContext& context, std::uint64_t seed, gcal::base::Instant time)
      : context_(context), shift_(context.clock.shift()), sequence_(context.random.sequence()) {
    context_.clock.set_shift(Milliseconds{0});
    context_.random.set_sequence(FaultRandom(seed));
    context_.model_clock.fix(time);
  }
  ~Filling() {
    context_.model_clock.fix(std::nullopt);
    if (kept_) return;
    context_.clock.set_shift(shift_);
    context_.random.set_sequence(sequence_);
  }
  Filling(const Filling&) = delete;
  Filling& operator=(const Filling&) = delete;
  void keep() { kept_ = true; }

 private:
  EmulatorContext& context_;
  Milliseconds shift_;
  std::optional<FaultRandom> sequence_;
  bool kept_ = false;
};

}  // namespace

void RepeatableRandom::fill(std::span<std::uint8_t> out) {
  if (!sequence_) return source_.fill(out);
  while (!out.empty()) {
    const std::uint64_t bits = sequence_->next();
    const std::size_t size = std::min(out.size(), sizeof bits);
    std::memcpy(out.data(), &bits, size);
    out = out.subspan(size);
  }
}

EmulatorContext::EmulatorContext(gcal::base::Clock& real_clock, gcal::base::Random& random_source)
    : clock(real_clock), model_clock(clock), random(random_source), channels(clock, random) {
  reset();
}

void EmulatorContext::install(std::unique_ptr<GoogleModel> new_google,
                              std::unique_ptr<Tokens> new_tokens) {
  google = std::move(new_google);
  google->on_change = [this](const std::string& calendar_id, const std::string& email) {
    ++version;
    channels.notify_change(calendar_id, email);
  };
  tokens = std::move(new_tokens);
  channels.clear();
  faults.clear();
  quotas.clear();
  log.clear();
  requests.clear();
}

void EmulatorContext::reset() {
  install(new_model(), std::make_unique<Tokens>(clock, random));
}

std::unique_ptr<GoogleModel> EmulatorContext::new_model() {
  auto model = std::make_unique<GoogleModel>(model_clock, random);
  model->set_behaviour(initial_behaviour);
  return model;
}

Outcome<LoadReport> EmulatorContext::reset_to(const WorldSource& source) {
  if (!seed) seed = random.next();
  if (!world_time_) world_time_ = clock.now() - clock.shift();
  auto new_google = new_model();
  auto new_tokens = std::make_unique<Tokens>(clock, random);
  NewWorld world{*new_google, *new_tokens, {}};
  Filling filling(*this, *seed, *world_time_);
  Outcome<LoadReport> report = source ? source(world) : LoadReport{};
  if (!report) return report;
  new_google->clear_writes();
  install(std::move(new_google), std::move(new_tokens));
  channels.restore(world.channels);
  const bool allow_kill = faults.allow_kill;
  faults = {};
  faults.allow_kill = allow_kill;
  ++version;
  filling.keep();
  return report;
}

}  // namespace emulator
