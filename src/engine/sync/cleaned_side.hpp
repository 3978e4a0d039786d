// A side as the cycle reads it: what a side reports without meaning is left out of its answers, so
// that it is neither compared, nor merged, nor written to the other side. That is a cancellation at
// a date that the series does not have: a rule or a start that changed since leaves it behind, and
// one side may keep it while the other does not.
#pragma once

#include <string>
#include <vector>

#include "src/engine/sync/passing_side.hpp"

namespace gcal::sync {

class CleanedSide final : public PassingSide {
 public:
  // `side` must outlive this.
  explicit CleanedSide(Side& side) : PassingSide(side) {}

  Task<ChangesPage> changes(std::string cursor) override;
  Task<FeedItem> get(std::string id) override;
  Task<std::vector<FeedItem>> get_many(std::vector<std::string> ids) override;
  Task<std::vector<Result<Written>>> apply(std::vector<Operation> operations) override;
};

}  // namespace gcal::sync
