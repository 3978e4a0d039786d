#include "src/emulator/controls/fault_rules.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

bool matches(const FaultRule& rule, const Request& request, const std::string& path_template) {
  if (!rule.method.empty() && rule.method != request.method) return false;
  // Inside a batch, rules apply to the single calls unless they name the batch.
  if (path_template == "/batch/calendar/v3" && rule.path != path_template) return false;
  if (!rule.path.empty() && rule.path != path_template && rule.path != request.path) return false;
  return request.query.find(rule.query_contains) != std::string::npos &&
         request.body.find(rule.body_contains) != std::string::npos;
}

}  // namespace

Outcome<std::uint64_t> FaultRules::add(const Json& json) {
  const Json& match = json["match"];
  FaultRule rule;
  rule.json = json;
  rule.method = match.string("method");
  rule.path = match.string("path");
  rule.query_contains = match.string("query_contains");
  rule.body_contains = match.string("body_contains");
  rule.skip = json["skip"].as_integer(0);
  rule.times = json["times"].as_integer(1);
  rule.probability = json.contains("probability") ? json["probability"].as_double(1) : 1;
  rule.random =
      FaultRandom(static_cast<std::uint64_t>(json["seed"].as_integer(1)) * 0x9E3779B97F4A7C15u + 1);
  if (rule.skip < 0 || rule.times < 0 || !(rule.probability > 0 && rule.probability <= 1))
    return bad_request("invalid",
                       "skip and times are at least 0, probability is over 0 and at most 1");
  for (const auto& [name, value] : json.members())
    if (name != "match" && name != "effect" && name != "skip" && name != "times" &&
        name != "probability" && name != "seed")
      return bad_request("invalid", "unknown member: " + std::string(name));
  for (const auto& [name, value] : match.members())
    if (name != "method" && name != "path" && name != "query_contains" && name != "body_contains")
      return bad_request("invalid", "unknown match: " + std::string(name));
  TRY(rule.effect, read_effect(json["effect"], allow_kill));
  rule.held = std::make_shared<std::optional<Json>>();
  rule.id = ++last_id_;
  rules_.push_back(std::move(rule));
  return last_id_;
}

bool FaultRules::remove(std::uint64_t id) {
  return std::erase_if(rules_, [&](const FaultRule& rule) { return rule.id == id; }) > 0;
}

Json FaultRules::describe() const {
  Json out = Json::array();
  for (const FaultRule& rule : rules_)
    out.push(Json::object({{"id", rule.id},
                           {"method", rule.method},
                           {"path", rule.path},
                           {"skip", rule.skip},
                           {"times_left", rule.times},
                           {"hits", rule.hits},
                           {"rule", rule.json}}));
  return out;
}

std::optional<FaultRule> FaultRules::take(const Request& request,
                                          const std::string& path_template) {
  for (auto at = rules_.begin(); at != rules_.end(); ++at) {
    FaultRule& rule = *at;
    if (!matches(rule, request, path_template)) continue;
    if (rule.skip > 0) {
      --rule.skip;
      continue;
    }
    if (rule.probability < 1 && rule.random.next_fraction() >= rule.probability) continue;
    ++rule.hits;
    ++hits_;
    FaultRule taken = rule;
    if (rule.times > 0 && --rule.times == 0) rules_.erase(at);
    return taken;
  }
  return std::nullopt;
}

}  // namespace emulator
