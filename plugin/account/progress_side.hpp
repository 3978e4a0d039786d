// A sync::Side decorator that reports the number of writes, so that the accounts page can show the
// progress of an import. Wraps either side of a pair for one cycle. Changes nothing that passes
// through. Runs on the loop thread.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "src/engine/sync/passing_side.hpp"

namespace gcal::plugin {

class ProgressSide final : public sync::PassingSide {
 public:
  // Called after each batch with the number of its operations. An error ends the batch.
  using OnProgress = std::function<Task<>(std::size_t written)>;

  ProgressSide(sync::Side& side, OnProgress on_progress)
      : sync::PassingSide(side), on_progress_(std::move(on_progress)) {}

  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override {
    const std::size_t count = operations.size();
    Result<std::vector<Result<sync::Written>>> answers =
        co_await side_.apply(std::move(operations));
    if (answers) CO_TRY_VOID(co_await on_progress_(count));
    co_return answers;
  }

 private:
  OnProgress on_progress_;
};

}  // namespace gcal::plugin
