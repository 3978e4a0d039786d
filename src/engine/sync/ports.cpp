#include "src/engine/sync/ports.hpp"

#include <algorithm>

#include "src/common/base/mutant.hpp"

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

bool lets_mail(const Operation& operation, const OriginalStart* date) {
  if (operation.notify == Notify::none) return false;
  if (operation.notify == Notify::crm && !base::mutant("google_mails_too")) return false;
  const bool first = operation.steps == 0;
  if (operation.mails.empty()) return first;
  return std::ranges::any_of(operation.mails, [&](const calendar::Mail& mail) {
    return mail.scope ? date && *mail.scope == *date : first;
  });
}

std::vector<calendar::Mail> mails_left(const Operation& operation, const Series& now) {
  std::vector<calendar::Mail> left;
  for (const calendar::Mail& mail : operation.mails)
    if (mail.scope &&
        !calendar::equal_occurrence(calendar::find_occurrence(now, *mail.scope),
                                    calendar::find_occurrence(operation.series, *mail.scope)))
      left.push_back(mail);
  return left;
}

bool WriteBatch::empty() const {
  return pairs.empty() && clear_dirty.empty() && links.empty() && record_renames.empty() &&
         delete_links.empty() && remote_item_moves.empty() && remote_items.empty() &&
         changes.empty() && delete_changes.empty() && clear_acts.empty() && intents.empty() &&
         delete_intents.empty() && splits.empty() && delete_splits.empty() && held.empty() &&
         release_held.empty() && history.empty() && invitations.empty();
}

}  // namespace gcal::sync
