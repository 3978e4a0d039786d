#include "plugin/account/health.hpp"

namespace gcal::plugin {
namespace {

using base::Json;

struct Line {
  const char* state;
  const char* reason;
  Json args = Json::object();
};

Line line_of(const HealthFacts& facts) {
  if (facts.account_state == "paused") return {"off", "health.off"};
  if (facts.error) {
    switch (facts.error->code) {
      case Code::needs_auth: return {"needs_auth", "health.needs_auth"};
      case Code::unavailable:
      case Code::timeout: return {"waiting", "health.waiting"};
      default:
        return {"attention", "health.failed", Json::object({{"message", facts.error->message}})};
    }
  }
  if (facts.progress) return {"working", "health.working"};
  if (facts.default_gone)
    return {"attention", "health.default_gone", Json::object({{"name", *facts.default_gone}})};
  if (facts.default_read_only)
    return {"attention", "health.default_read_only",
            Json::object({{"name", *facts.default_read_only}})};
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
  if (facts.quarantined > 0)
    add("health.quarantined", Json::object({{"count", facts.quarantined}}));
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
