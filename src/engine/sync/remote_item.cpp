#include "src/engine/sync/remote_item.hpp"

#include <algorithm>

namespace gcal::sync {

bool RemoteItem::blank() const {
  return master_bytes(*this).empty() &&
         std::ranges::all_of(occurrences, [](const auto& entry) { return entry.second.empty(); });
}

std::optional<RemoteItem> updated(std::optional<RemoteItem> stored, const RemoteItem& reported) {
  RemoteItem result;
  if (stored && !reported.whole) result = *std::move(stored);
  if (reported.master) result.master = reported.master;
  if (!result.master) result.master = std::string();
  for (const auto& [start, bytes] : reported.occurrences)
    result.occurrences.insert_or_assign(start, bytes);
  std::erase_if(result.occurrences, [](const auto& entry) { return entry.second.empty(); });
  result.whole = true;
  return result.blank() ? std::nullopt : std::optional(std::move(result));
}

std::string master_bytes(const RemoteItem& item) {
  return item.master.value_or(std::string());
}

std::string occurrence_bytes(const RemoteItem& item, const calendar::OriginalStart& start) {
  const auto found = item.occurrences.find(start);
  return found == item.occurrences.end() ? std::string() : found->second;
}

}  // namespace gcal::sync
