#include "plugin/account/health.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

struct Line {
  const char* state;
  std::string reason;
  Json args = Json::object();
};

Line line_of(const HealthFacts& facts) {
  if (facts.account_state == "paused") return {"off", "health.off"};
  if (facts.error) {
    // The detail says who must act.
    const std::string detail(facts.error->detail);
    Json args = Json::object({{"message", facts.error->message}});
    switch (facts.error->code) {
      case Code::needs_auth: return {"needs_auth", "health.needs_auth"};
      case Code::unavailable:
      case Code::timeout: return {"waiting", detail.empty() ? "health.waiting" : detail};
      default: return {"attention", detail.empty() ? "health.failed" : detail, std::move(args)};
    }
  }
  if (facts.progress) return {"working", "health.working"};
  if (facts.default_gone)
    return {"attention", "health.default_gone", Json::object({{"name", *facts.default_gone}})};
  if (facts.default_read_only)
    return {"attention", "health.default_read_only",
            Json::object({{"name", *facts.default_read_only}})};
  // What does not succeed is the state, never "ok" with a note beside it.
  const auto counted = [](const char* state, const char* reason, std::size_t count) {
    return Line{state, reason, Json::object({{"count", count}})};
  };
  if (facts.refused > 0) return counted("attention", "health.quarantined", facts.refused);
  if (facts.unreadable > 0) return counted("attention", "health.unreadable", facts.unreadable);
  if (facts.no_creations) return {"waiting", "refusal.quota"};
  if (facts.failing > 0) return counted("waiting", "health.failing", facts.failing);
  if (facts.config && facts.config->default_calendar.empty())
    return {"ok", "health.not_synchronised"};
  return {"ok", "health.ok"};
}

}  // namespace

Json health_of(const HealthFacts& facts) {
  Json attention = Json::array();
  const auto add = [&](const char* key, Json args, const char* action = nullptr) {
    Json item = Json::object({{"key", key}, {"args", std::move(args)}});
    if (action) item.set("action", action);
    attention.push(std::move(item));
  };
  if (facts.held > 0) add("health.held", Json::object({{"count", facts.held}}), "options");
  const auto add_count = [&](const char* key, std::size_t count, const char* action = nullptr) {
    if (count > 0) add(key, Json::object({{"count", count}}), action);
  };
  add_count("health.conflicts", facts.conflicts, "options");
  add_count("health.quarantined", facts.refused, "options");
  add_count("health.unreadable", facts.unreadable, "options");
  add_count("health.failing", facts.failing);
  add_count("health.foreign", facts.foreign);
  if (facts.bulk_deleted > 0) add("health.cleared", Json::object({{"count", facts.bulk_deleted}}));
  for (const std::string& name : facts.gone)
    add("health.calendar_gone", Json::object({{"name", name}}));

  Line line = line_of(facts);
  Json health = Json::object(
      {{"state", line.state}, {"reason", line.reason}, {"args", std::move(line.args)}});
  if (facts.progress)
    health.set("progress",
               Json::object({{"done", facts.progress->done}, {"total", facts.progress->total}}));
  health.set("synced_at", facts.synced_at.time_since_epoch().count());
  health.set("attention", std::move(attention));
  return health;
}

}  // namespace gcal::plugin
