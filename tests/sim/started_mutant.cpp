// In a build with mutants a test program runs with the fault that MUTANT names, if there is one.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/sim/mutants.hpp"

namespace gcal::simulation {
namespace {

class StartedMutant final : public testing::Environment {
  void SetUp() override {
    const char* const name = std::getenv("MUTANT");
    if (!name) return;
    ASSERT_TRUE(start_mutant(name)) << "there is no mutant " << name;
  }
};

// GoogleTest owns it.
const testing::Environment* const environment =
    testing::AddGlobalTestEnvironment(new StartedMutant);

}  // namespace
}  // namespace gcal::simulation
