#include "tests/sim/emulator_simulation.hpp"

#include <cstdio>

#include "tests/sim/emulator_world.hpp"
#include "tests/sim/random_faults.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::simulation {

using support::Fault;
using sync::SideName;

namespace {

constexpr std::size_t kLeastActs = 100;

}  // namespace

emulator::Behaviour behaviour_of(std::uint64_t seed) {
  support::SeededRandom random = generator(seed, Draws::switches);
  emulator::Behaviour behaviour;
  for (const emulator::Behaviour::Switch& one : emulator::Behaviour::all())
    one.put(behaviour, random.below(one.values.size()));
  return behaviour;
}

bool assume(emulator::Behaviour& behaviour, std::string_view assumption) {
  const std::size_t equals = std::min(assumption.find('='), assumption.size());
  const auto set = behaviour.set(assumption.substr(0, equals),
                                 assumption.substr(std::min(equals + 1, assumption.size())));
  if (!set) std::fprintf(stderr, "--assume: %s\n", set.error().message.c_str());
  return static_cast<bool>(set);
}

std::set<std::string> value_pairs(const emulator::Behaviour& behaviour) {
  std::set<std::string> pairs;
  for (const auto& one : emulator::Behaviour::all())
    for (const auto& other : emulator::Behaviour::all())
      if (one.name < other.name)
        pairs.insert(std::string(one.name) + "=" + std::string(behaviour.value(one)) + " " +
                     std::string(other.name) + "=" + std::string(behaviour.value(other)));
  return pairs;
}

std::size_t count_value_pairs() {
  std::size_t pairs = 0;
  for (const auto& one : emulator::Behaviour::all())
    for (const auto& other : emulator::Behaviour::all())
      if (one.name < other.name) pairs += one.values.size() * other.values.size();
  return pairs;
}

Outcome run_emulator_seed(const History& history, const emulator::Behaviour& behaviour) {
  EmulatorWorld world(history.seed, behaviour, history.storage);
  world.draw_kind(history.seed);
  for (std::size_t i = world.random().below(5); i > 0; --i)
    world.create(random_side(world.random()), world.random().below(2) == 0);
  const std::size_t acts = kLeastActs + world.random().below(50);
  world.play(history, acts, [&world] {
    const SideName side = random_side(world.random());
    switch (world.random().below(15)) {
      case 0: return world.create(side, world.random().below(2) == 0);
      case 1:
      case 2:
      case 3:
      case 4:
      case 5: return world.edit(side);
      case 6: return world.erase(side);
      case 7:
        if (world.random().below(3) == 0) world.expire_cursors();
        if (world.random().below(25) == 0) world.clear_google();
        return;
      case 9: return world.edit_on_both_sides();
      case 8:
        if (world.random().below(2) == 0) return world.interrupt();
        [[fallthrough]];
      default: world.cycle_with_faults(6);
    }
  });
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

Outcome run_emulator_seed(std::uint64_t seed) {
  return run_emulator_seed(History{seed, {}, Storage::memory}, behaviour_of(seed));
}

Outcome run_emulator_story(std::function<Fault(std::size_t, std::string_view)> decide) {
  EmulatorWorld world(11);
  world.faults.decide = no_fault;
  world.cycle();  // the initial sync
  world.faults.decide = decide;
  world.create(SideName::crm, true);
  world.create(SideName::remote, true);
  world.create(SideName::crm, false);
  for (int i = 0; i < 8; ++i) world.edit(SideName::crm);
  world.cycle();
  for (int i = 0; i < 6; ++i) world.edit(SideName::remote);
  for (int i = 0; i < 6; ++i) world.edit(SideName::crm);
  world.cycle();
  for (const std::string& id : world.crm_live()) world.split_crm(id, 3);
  for (const std::string& id : world.google_live()) world.split_google(id, 4);
  world.cycle();
  world.erase(SideName::crm);
  world.erase(SideName::remote);
  world.expire_cursors();
  world.cycle();
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

}  // namespace gcal::simulation
