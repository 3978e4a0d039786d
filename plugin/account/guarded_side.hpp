// A sync::Side decorator that asks before each batch of writes whether the account is still active,
// so that a run under way stops writing when the user pauses or disconnects it (PD-14). Wraps
// either side of a pair for one cycle. Changes nothing that passes through. Runs on the loop
// thread.
#pragma once

#include <functional>
#include <vector>

#include "src/engine/sync/passing_side.hpp"

namespace gcal::plugin {

class GuardedSide final : public sync::PassingSide {
 public:
  // Called before each batch. An error is the answer of the batch, which is then not begun.
  using MayWrite = std::function<Task<>()>;

  GuardedSide(sync::Side& side, MayWrite may_write)
      : sync::PassingSide(side), may_write_(std::move(may_write)) {}

  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override {
    CO_TRY_VOID(co_await may_write_());
    co_return co_await side_.apply(std::move(operations));
  }

 private:
  MayWrite may_write_;
};

}  // namespace gcal::plugin
