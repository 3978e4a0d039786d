// A sync::Side decorator that reports the number of writes, so that the accounts page can show the
// progress of an import. Wraps either side of a pair for one cycle. Changes nothing that passes
// through. Runs on the loop thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

class ProgressSide final : public sync::Side {
 public:
  // Called after each batch with the number of its operations. An error ends the batch.
  using OnProgress = std::function<Task<>(std::size_t written)>;

  ProgressSide(sync::Side& side, OnProgress on_progress)
      : side_(side), on_progress_(std::move(on_progress)) {}

  Task<sync::ChangesPage> changes(std::string cursor) override {
    return side_.changes(std::move(cursor));
  }
  Task<sync::FeedItem> get(std::string id) override { return side_.get(std::move(id)); }
  Task<std::vector<sync::FeedItem>> get_many(std::vector<std::string> ids) override {
    return side_.get_many(std::move(ids));
  }
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override {
    const std::size_t count = operations.size();
    Result<std::vector<Result<sync::Written>>> answers =
        co_await side_.apply(std::move(operations));
    if (answers) CO_TRY_VOID(co_await on_progress_(count));
    co_return answers;
  }
  Task<> settle(std::vector<std::string> op_ids) override {
    return side_.settle(std::move(op_ids));
  }
  Task<bool> exists() override { return side_.exists(); }
  Task<bool> writable() override { return side_.writable(); }
  std::size_t batch_limit() const override { return side_.batch_limit(); }

 private:
  sync::Side& side_;
  OnProgress on_progress_;
};

}  // namespace gcal::plugin
