#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

Task<std::vector<FeedItem>> Side::get_many(std::vector<std::string> ids) {
  std::vector<FeedItem> items;
  for (const std::string& id : ids) {
    Result<FeedItem> item = co_await get(id);
    if (item) {
      items.push_back(*std::move(item));
    } else if (is_absent(item.error())) {
      FeedItem gone;
      gone.id = id;
      gone.kind = FeedItem::Kind::deleted;
      items.push_back(std::move(gone));
    } else if (!is_unreadable(item.error())) {
      co_return std::move(item).error();
    }
  }
  co_return items;
}

bool WriteBatch::empty() const {
  return pairs.empty() && clear_dirty.empty() && links.empty() && record_renames.empty() &&
         delete_links.empty() && remote_item_moves.empty() && remote_items.empty() &&
         changes.empty() && delete_changes.empty() && intents.empty() && delete_intents.empty() &&
         splits.empty() && delete_splits.empty() && held.empty() && release_held.empty() &&
         history.empty();
}

}  // namespace gcal::sync
