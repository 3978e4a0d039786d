#include "tests/emulator/controls/faults.hpp"

#include <algorithm>
#include <array>

namespace emulator {
namespace {

using gcal::base::Json;

const char* usual_message(int status) {
  switch (status) {
    case 401: return "Invalid Credentials";
    case 403: return "Rate Limit Exceeded";
    case 404: return "Not Found";
    case 409: return "Conflict";
    case 410: return "Sync token is no longer valid, a full sync is required.";
    case 412: return "Precondition Failed";
    case 429: return "Rate Limit Exceeded";
    default: return "Backend Error";
  }
}

const char* usual_reason(int status) {
  switch (status) {
    case 401: return "authError";
    case 403: return "rateLimitExceeded";
    case 404: return "notFound";
    case 409: return "conflict";
    case 410: return "fullSyncRequired";
    case 412: return "conditionNotMet";
    case 429: return "rateLimitExceeded";
    default: return "backendError";
  }
}

const char* usual_domain(int status) {
  if (status == 403 || status == 429) return "usageLimits";
  return status == 410 ? "calendar" : "global";
}

bool chance(Fault& fault) { return static_cast<double>(next_random(fault.random) >> 11) * 0x1.0p-53 < fault.probability; }

}  // namespace

std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

Outcome<std::uint64_t> Faults::add(const Json& rule) {
  const Json& match = rule["match"];
  const Json& effect = rule["effect"];
  if (!effect.is_object()) return bad("invalid", "a fault needs an effect");
  Fault fault;
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
  for (const auto& [name, value] : match.members())
    if (name != "method" && name != "path" && name != "query_contains" && name != "body_contains") return bad("invalid", "unknown match: " + name);
  static constexpr std::array kEffects{"status", "when",   "drop",   "garbage", "truncate", "empty_page", "delay_ms",     "headers",
                                       "body",   "domain", "reason", "message", "kill_pid", "omit",       "repeat_items", "stale"};
  for (const auto& [name, value] : effect.members())
    if (std::find(kEffects.begin(), kEffects.end(), name) == kEffects.end()) return bad("invalid", "unknown effect: " + name);
  if (effect.contains("when") && effect.string("when") != "before" && effect.string("when") != "after")
    return bad("invalid", "when is before or after");
  fault.after = effect.string("when") == "after";
  fault.drop = effect["drop"].as_bool();
  fault.garbage = effect["garbage"].as_bool();
  fault.truncate = effect["truncate"].as_bool();
  fault.empty_page = effect["empty_page"].as_bool();
  fault.stale = effect["stale"].as_bool();
  fault.repeat_items = effect["repeat_items"].as_bool();
  for (const Json& name : effect["omit"].items()) fault.omit.push_back(name.as_string());
  fault.delay_ms = effect["delay_ms"].as_integer(0);
  fault.kill_pid = effect["kill_pid"].as_integer(0);
  if (effect.contains("kill_pid") && !allow_kill) return bad("invalid", "kill_pid needs the emulator to run with --allow-kill");
  if (effect.contains("kill_pid") && fault.kill_pid <= 1) return bad("invalid", "kill_pid is the id of the process under test");
  fault.status = static_cast<int>(effect["status"].as_integer(0));
  for (const auto& [name, value] : effect["headers"].members()) fault.headers.emplace_back(name, value.as_string());
  if (const Json* body = effect.find("body")) {
    fault.has_body = true;
    fault.body = body->is_string() ? body->as_string() : body->dump();
  }
  fault.problem = {fault.status,
                   effect.contains("domain") ? effect.string("domain") : usual_domain(fault.status),
                   effect.contains("reason") ? effect.string("reason") : usual_reason(fault.status),
                   effect.contains("message") ? effect.string("message") : usual_message(fault.status),
                   {},
                   {}};
  const bool changes_answer =
      fault.drop || fault.garbage || fault.empty_page || fault.truncate || fault.repeat_items || fault.stale || !fault.omit.empty();
  if (!changes_answer && fault.delay_ms <= 0 && fault.kill_pid == 0 && (fault.status < 200 || fault.status > 599))
    return bad("invalid",
               "an effect names status (200 to 599), drop, garbage, truncate, empty_page, omit, repeat_items, stale, delay_ms or kill_pid");
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
    out.push(Json::object(
        {{"id", fault.id}, {"method", fault.method}, {"path", fault.path}, {"skip", fault.skip}, {"times_left", fault.times}, {"hits", fault.hits}}));
  return out;
}

const Fault* Faults::take(const Request& request, const std::string& path_template) {
  for (auto at = rules_.begin(); at != rules_.end(); ++at) {
    Fault& fault = *at;
    if (!fault.method.empty() && fault.method != request.method) continue;
    if (path_template == "/batch/calendar/v3" && fault.path != path_template) continue;  // meant for the calls inside
    if (!fault.path.empty() && fault.path != path_template && fault.path != request.path) continue;
    if (request.query.find(fault.query_contains) == std::string::npos || request.body.find(fault.body_contains) == std::string::npos) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.probability < 1 && !chance(fault)) continue;
    ++fault.hits;
    ++hits_;
    taken_ = fault;
    if (fault.times > 0 && --fault.times == 0) rules_.erase(at);
    return &taken_;
  }
  return nullptr;
}

Response Faults::answer(const Fault& fault) {
  Response response;
  if (fault.garbage) {
    response.headers = {{"Content-Type", "application/json; charset=UTF-8"}};
    response.body = "{\"kind\":\"calendar#ev\x01\xff";
  } else if (fault.has_body) {
    response.headers = {{"Content-Type", fault.body.starts_with("<") ? "text/html; charset=UTF-8" : "application/json; charset=UTF-8"}};
    response.body = fault.body;
  } else if (fault.status >= 400) {
    response = problem_response(fault.problem);
  }
  response.status = fault.status > 0 ? fault.status : 200;
  for (const auto& field : fault.headers) response.headers.push_back(field);
  response.drop = fault.drop || (fault.kill_pid > 0 && fault.status == 0);
  response.delay_ms = fault.delay_ms;
  return response;
}

void Faults::spoil(const Fault& fault, Response& response) {
  if (!fault.omit.empty() || fault.repeat_items) {
    if (auto body = Json::parse(response.body); body && body->is_object()) {
      for (const std::string& name : fault.omit) body->erase(name);
      if (Json* items = body->find("items"); fault.repeat_items && items && !items->items().empty()) items->push(Json(items->items().front()));
      response.body = body->dump();
    }
  }
  if (fault.truncate) response.body.resize(response.body.size() / 2);
}

}  // namespace emulator
