#include "src/engine/sync/cleaned_side.hpp"

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/rule_dates.hpp"

namespace gcal::sync {
namespace {

void clean(Series& series) {
  if (!base::mutant("void_cancellations_count")) calendar::drop_void_cancellations(series);
}

// The dates of a partial item are those of a series that is known only together with what is
// stored: apply_partial cleans it.
void clean(FeedItem& item) {
  if (item.kind == FeedItem::Kind::full) clean(item.series);
}

}  // namespace

Task<ChangesPage> CleanedSide::changes(std::string cursor) {
  CO_TRY(ChangesPage page, co_await side_.changes(std::move(cursor)));
  for (FeedItem& item : page.items) clean(item);
  co_return page;
}

Task<FeedItem> CleanedSide::get(std::string id) {
  CO_TRY(FeedItem item, co_await side_.get(std::move(id)));
  clean(item);
  co_return item;
}

Task<std::vector<FeedItem>> CleanedSide::get_many(std::vector<std::string> ids) {
  CO_TRY(std::vector<FeedItem> items, co_await side_.get_many(std::move(ids)));
  for (FeedItem& item : items) clean(item);
  co_return items;
}

Task<std::vector<Result<Written>>> CleanedSide::apply(std::vector<Operation> operations) {
  CO_TRY(std::vector<Result<Written>> results, co_await side_.apply(std::move(operations)));
  for (Result<Written>& result : results)
    if (result) clean(result->series);
  co_return results;
}

}  // namespace gcal::sync
