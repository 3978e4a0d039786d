#include "plugin/account/refusals.hpp"

namespace gcal::plugin {

const char* const kPluginVersion = GCAL_PLUGIN_VERSION;

bool ends_run(const Error& error) {
  if (error.code == Code::conflict) return true;
  const sync::Reaction reaction = sync::reaction_to(error);
  return reaction == sync::Reaction::stop_run || reaction == sync::Reaction::suspect;
}

sync::CycleOptions options_after_refusals(const PairMemory& memory, bool remote_writable,
                                          bool try_held_again) {
  sync::CycleOptions options;
  options.version = kPluginVersion;
  options.try_held_again = try_held_again;
  options.remote_writable = remote_writable;
  options.no_creations_before = memory.no_creations_before;
  return options;
}

void remember_refusals(const sync::CycleReport& report, PairMemory& memory) {
  memory.retry_at = report.next_try.value_or(base::Instant{});
  if (report.no_creations_until != base::Instant{})
    memory.no_creations_before = report.no_creations_until;
}

}  // namespace gcal::plugin
