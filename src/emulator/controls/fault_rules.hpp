// Fault rules: which requests a fault hits, how often, and its effect. Used by Emulator for each
// request and set by the controls. Requests to the controls are never matched. Not thread safe: the
// owner serialises the calls.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/controls/effect.hpp"
#include "src/emulator/model/fault_random.hpp"

namespace emulator {

struct FaultRule {
  std::uint64_t id = 0;
  gcal::base::Json json;  // as it was set, so that it can be set again
  // What a request must have; "" matches everything.
  std::string method, path, query_contains, body_contains;
  std::int64_t skip = 0;   // so many matching requests pass first
  std::int64_t times = 1;  // hits that are left; 0: no limit
  double probability = 1;  // of a matching request to be hit
  FaultRandom random;
  Effect effect;
  std::shared_ptr<std::optional<gcal::base::Json>> held;  // between two hits (Reappear)
  std::uint64_t hits = 0;
};

class FaultRules {
 public:
  bool allow_kill = false;  // without it, rules with kill_pid are refused

  // Answers the id. Errors: invalid, with the name of what is wrong.
  Outcome<std::uint64_t> add(const gcal::base::Json& json);
  bool remove(std::uint64_t id);  // false for an unknown id
  void clear() { rules_.clear(); }
  std::uint64_t hits() const { return hits_; }  // of all rules, also of those that are used up
  gcal::base::Json describe() const;

  // The first rule that applies to the request; its hit is counted. nullopt when none applies.
  std::optional<FaultRule> take(const Request& request, const std::string& path_template);

 private:
  std::vector<FaultRule> rules_;
  std::uint64_t last_id_ = 0, hits_ = 0;
};

}  // namespace emulator
