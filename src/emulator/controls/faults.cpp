#include "src/emulator/controls/faults.hpp"

#include <algorithm>

namespace emulator {
namespace {

using gcal::base::Json;

bool chance(Fault& fault) {
  return static_cast<double>(next_random(fault.random) >> 11) * 0x1.0p-53 < fault.probability;
}

}  // namespace

std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

Outcome<std::uint64_t> Faults::add(const Json& rule) {
  const Json& match = rule["match"];
  Fault fault;
  fault.rule = rule;
  fault.method = match.string("method");
  fault.path = match.string("path");
  fault.query_contains = match.string("query_contains");
  fault.body_contains = match.string("body_contains");
  fault.skip = rule["skip"].as_integer(0);
  fault.times = rule["times"].as_integer(1);
  fault.probability = rule.contains("probability") ? rule["probability"].as_double(1) : 1;
  fault.random = static_cast<std::uint64_t>(rule["seed"].as_integer(1)) * 0x9E3779B97F4A7C15u + 1;
  if (fault.skip < 0 || fault.times < 0 || !(fault.probability > 0 && fault.probability <= 1))
    return bad("invalid", "skip and times are at least 0, probability is over 0 and at most 1");
  for (const auto& [name, value] : rule.members())
    if (name != "match" && name != "effect" && name != "skip" && name != "times" &&
        name != "probability" && name != "seed")
      return bad("invalid", "unknown member: " + std::string(name));
  for (const auto& [name, value] : match.members())
    if (name != "method" && name != "path" && name != "query_contains" && name != "body_contains")
      return bad("invalid", "unknown match: " + std::string(name));
  TRY(fault.effect, read_effect(rule["effect"], allow_kill));
  fault.held = std::make_shared<std::optional<Json>>();
  fault.id = ++next_;
  rules_.push_back(std::move(fault));
  return next_;
}

bool Faults::remove(std::uint64_t id) {
  return std::erase_if(rules_, [&](const Fault& fault) { return fault.id == id; }) > 0;
}

Json Faults::describe() const {
  Json out = Json::array();
  for (const Fault& fault : rules_)
    out.push(Json::object({{"id", fault.id},
                           {"method", fault.method},
                           {"path", fault.path},
                           {"skip", fault.skip},
                           {"times_left", fault.times},
                           {"hits", fault.hits},
                           {"rule", fault.rule}}));
  return out;
}

std::optional<Fault> Faults::take(const Request& request, const std::string& path_template) {
  for (auto at = rules_.begin(); at != rules_.end(); ++at) {
    Fault& fault = *at;
    if (!fault.method.empty() && fault.method != request.method) continue;
    if (path_template == "/batch/calendar/v3" && fault.path != path_template)
      continue;  // meant for the calls inside
    if (!fault.path.empty() && fault.path != path_template && fault.path != request.path) continue;
    if (request.query.find(fault.query_contains) == std::string::npos ||
        request.body.find(fault.body_contains) == std::string::npos)
      continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.probability < 1 && !chance(fault)) continue;
    ++fault.hits;
    ++hits_;
    Fault taken = fault;
    if (fault.times > 0 && --fault.times == 0) rules_.erase(at);
    return taken;
  }
  return std::nullopt;
}

}  // namespace emulator
