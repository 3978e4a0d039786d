// A Side that tells how many writes went through it, so that the screen can show how far an import
// is. Wraps either end of a pair for one cycle. It must never change what passes through.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

class ProgressSide final : public sync::Side {
 public:
  using Told = std::function<Task<>(std::size_t written)>;

  ProgressSide(sync::Side& side, Told told) : side_(side), told_(std::move(told)) {}

  Task<sync::ChangesPage> changes(std::string cursor) override {
    return side_.changes(std::move(cursor));
  }
  Task<sync::FeedItem> get(std::string id) override { return side_.get(std::move(id)); }
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override {
    const std::size_t count = operations.size();
    Result<std::vector<Result<sync::Written>>> answers =
        co_await side_.apply(std::move(operations));
    if (answers) CO_TRY_VOID(co_await told_(count));
    co_return answers;
  }
  Task<> settle(std::vector<std::string> op_ids) override {
    return side_.settle(std::move(op_ids));
  }
  Task<bool> exists() override { return side_.exists(); }
  std::size_t batch_limit() const override { return side_.batch_limit(); }

 private:
  sync::Side& side_;
  Told told_;
};

}  // namespace gcal::plugin
