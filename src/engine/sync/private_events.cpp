#include "src/engine/sync/private_events.hpp"

#include <algorithm>
#include <utility>

#include "src/engine/sync/refusal.hpp"

namespace gcal::sync {
namespace {

using calendar::Event;
using calendar::Visibility;

bool is_private(const Event& event) {
  return event.visibility == Visibility::private_ || event.visibility == Visibility::confidential;
}

void keep_times(Event& event) {
  event.summary.clear();
  event.description.clear();
  event.location.clear();
  event.attendees.clear();
  event.attendees_omitted = false;
}

bool any_private(const Series& series) {
  return is_private(series.master) ||
         std::ranges::any_of(series.occurrences, [](const auto& entry) {
           return !entry.second.cancelled && is_private(entry.second.event);
         });
}

bool holds_back(PrivateEvents policy, const std::string& id, const Series& series) {
  return policy != PrivateEvents::keep && any_private(series) && !created_by_crm(id, series);
}

// Nothing is stored of what the remote side holds beyond the model.
RemoteItem no_remote_item() {
  return RemoteItem{std::string(), {}, true};
}

}  // namespace

// The id of a re-created event is the mark with the number of the creation, see derived_ids.hpp.
bool created_by_crm(const std::string& id, const Series& series) {
  const std::string& mark = series.facts.link_mark;
  return !mark.empty() && (id == mark || id.starts_with(mark + "i"));
}

Series without_private(Series series, PrivateEvents policy) {
  const bool whole = is_private(series.master);
  if (whole) {
    keep_times(series.master);
    series.facts.organizer_email.clear();
    series.facts.organizer_name.clear();
    series.facts.conference_uri.clear();
  }
  for (auto& [start, occurrence] : series.occurrences) {
    if (occurrence.cancelled || !(whole || is_private(occurrence.event))) continue;
    if (policy == PrivateEvents::busy || whole)
      keep_times(occurrence.event);
    else
      occurrence.cancelled = true;
  }
  series.facts.locked = true;
  return series;
}

FeedItem PrivateEventsSide::filtered(FeedItem item) const {
  if (item.kind == FeedItem::Kind::deleted || !holds_back(policy_, item.id, item.series))
    return item;
  item.remote_item = no_remote_item();
  if (policy_ == PrivateEvents::hide && is_private(item.series.master)) {
    item.kind = FeedItem::Kind::deleted;
    item.series = {};
  } else {
    item.series = without_private(std::move(item.series), policy_);
  }
  return item;
}

// An item that does not show the whole series does not show what of it is private.
Task<ChangesPage> PrivateEventsSide::changes(std::string cursor) {
  Result<ChangesPage> page = co_await side_.changes(std::move(cursor));
  if (!page || policy_ == PrivateEvents::keep) co_return page;
  std::vector<FeedItem> items;
  for (FeedItem& item : page->items) {
    const bool whole = item.kind != FeedItem::Kind::partial || (item.has_master && page->listing);
    if (!whole) {
      Result<FeedItem> found = co_await side_.get(item.id);
      if (!found && reaction_to(found.error()) == Reaction::stop_run)
        co_return std::move(found).error();
      if (!found && !is_absent(found.error())) {
        page->unreadable.push_back({item.id, found.error().message, !is_unreadable(found.error())});
        continue;
      }
      if (found)
        item = *std::move(found);
      else
        item.kind = FeedItem::Kind::deleted;
    }
    items.push_back(filtered(std::move(item)));
  }
  page->items = std::move(items);
  co_return page;
}

Task<FeedItem> PrivateEventsSide::get(std::string id) {
  CO_TRY(FeedItem item, co_await side_.get(std::move(id)));
  co_return filtered(std::move(item));
}

Task<std::vector<FeedItem>> PrivateEventsSide::get_many(std::vector<std::string> ids) {
  CO_TRY(std::vector<FeedItem> items, co_await side_.get_many(std::move(ids)));
  for (FeedItem& item : items) item = filtered(std::move(item));
  co_return items;
}

Task<std::vector<Result<Written>>> PrivateEventsSide::apply(std::vector<Operation> operations) {
  const auto refused = [this](const Operation& operation) {
    return policy_ == PrivateEvents::hide && operation.kind == Operation::Kind::put &&
           operation.id.empty() && operation.incarnation > 0 && is_private(operation.series.master);
  };
  std::vector<bool> is_refused;
  std::vector<Operation> passed;
  for (Operation& operation : operations) {
    is_refused.push_back(refused(operation));
    if (!is_refused.back()) passed.push_back(std::move(operation));
  }
  std::vector<Result<Written>> written;
  if (!passed.empty()) {
    CO_TRY(written, co_await side_.apply(std::move(passed)));
  }
  std::vector<Result<Written>> results;
  std::size_t next = 0;
  for (const bool one_refused : is_refused) {
    if (one_refused) {
      results.emplace_back(Error{Code::denied, "a private event is not created again", {}});
      continue;
    }
    if (next == written.size()) break;  // the side stopped here
    Result<Written> one = std::move(written[next++]);
    if (one && holds_back(policy_, one->id, one->series)) {
      one->series = without_private(std::move(one->series), policy_);
      one->remote_item = no_remote_item();
      if (one->rest) one->rest->before = without_private(std::move(one->rest->before), policy_);
    }
    results.push_back(std::move(one));
  }
  co_return results;
}

}  // namespace gcal::sync
