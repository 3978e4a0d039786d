#include "plugin/account/run_memory.hpp"

#include "src/common/base/milliseconds.hpp"

#include <algorithm>

namespace gcal::plugin {
namespace {

using base::Json;

base::Instant instant(const Json& json) {
  return base::instant_of(json.as_integer());
}

}  // namespace

Json to_json(const RunMemory& memory) {
  Json accounts = Json::object();
  for (const auto& [account, known] : memory) {
    Json pairs = Json::object();
    for (const auto& [pair, one] : known.pairs)
      pairs.set(pair,
                Json::object({{"due_at", base::milliseconds(one.due_at)},
                              {"changed_at", base::milliseconds(one.changed_at)},
                              {"watch_not_before", base::milliseconds(one.channel_not_before)},
                              {"watch_again", base::milliseconds(one.channel_check_at)},
                              {"retry_at", base::milliseconds(one.retry_at)},
                              {"no_creations_before", base::milliseconds(one.no_creations_before)},
                              {"push", static_cast<int>(one.push)}}));
    accounts.set(account,
                 Json::object({{"pairs", std::move(pairs)}, {"failures", known.failures}}));
  }
  return Json::object({{"version", 1}, {"accounts", std::move(accounts)}});
}

RunMemory run_memory_from_json(const Json& json) {
  RunMemory memory;
  if (json["version"].as_integer() != 1) return memory;
  for (const auto& [account, stored] : json["accounts"].members()) {
    AccountMemory& known = memory[account];
    known.failures =
        static_cast<unsigned>(std::clamp<std::int64_t>(stored["failures"].as_integer(), 0, 1'000));
    for (const auto& [pair, one] : stored["pairs"].members()) {
      const std::int64_t push = one["push"].as_integer();
      known.pairs[pair] = {instant(one["due_at"]),
                           instant(one["changed_at"]),
                           instant(one["watch_not_before"]),
                           instant(one["watch_again"]),
                           push == 0   ? sync::Push::none
                           : push == 2 ? sync::Push::active
                                       : sync::Push::unconfirmed,
                           instant(one["retry_at"]),
                           instant(one["no_creations_before"])};
    }
  }
  return memory;
}

}  // namespace gcal::plugin
