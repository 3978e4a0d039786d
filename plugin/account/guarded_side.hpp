// A sync::Side decorator that asks before each batch of writes whether the account is still active,
// so that a run under way stops writing when the user pauses or disconnects it (PD-14). Wraps
// either side of a pair for one cycle. Changes nothing that passes through. Runs on the loop
// thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

class GuardedSide final : public sync::Side {
 public:
  // Called before each batch. An error is the answer of the batch, which is then not begun.
  using MayWrite = std::function<Task<>()>;

  GuardedSide(sync::Side& side, MayWrite may_write)
      : side_(side), may_write_(std::move(may_write)) {}

  Task<sync::ChangesPage> changes(std::string cursor) override {
    return side_.changes(std::move(cursor));
  }
  Task<sync::FeedItem> get(std::string id) override { return side_.get(std::move(id)); }
  Task<std::vector<sync::FeedItem>> get_many(std::vector<std::string> ids) override {
    return side_.get_many(std::move(ids));
  }
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation> operations) override {
    CO_TRY_VOID(co_await may_write_());
    co_return co_await side_.apply(std::move(operations));
  }
  Task<> settle(std::vector<std::string> op_ids) override {
    return side_.settle(std::move(op_ids));
  }
  Task<bool> exists() override { return side_.exists(); }
  Task<bool> writable() override { return side_.writable(); }
  std::size_t batch_limit() const override { return side_.batch_limit(); }

 private:
  sync::Side& side_;
  MayWrite may_write_;
};

}  // namespace gcal::plugin
