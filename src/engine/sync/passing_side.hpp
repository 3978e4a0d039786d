// A Side that passes everything on to another one: the base of decorators, which override
// what they are about. Runs on the loop thread.
#pragma once

#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

class PassingSide : public Side {
 public:
  Task<ChangesPage> changes(std::string cursor) override {
    return side_.changes(std::move(cursor));
  }
  Task<FeedItem> get(std::string id) override { return side_.get(std::move(id)); }
  Task<std::vector<FeedItem>> get_many(std::vector<std::string> ids) override {
    return side_.get_many(std::move(ids));
  }
  Task<std::vector<Result<Written>>> apply(std::vector<Operation> operations) override {
    return side_.apply(std::move(operations));
  }
  Task<> settle(std::vector<std::string> op_ids) override {
    return side_.settle(std::move(op_ids));
  }
  Task<bool> exists() override { return side_.exists(); }
  Task<bool> writable() override { return side_.writable(); }
  std::size_t batch_limit() const override { return side_.batch_limit(); }

 protected:
  // `side` must outlive the decorator.
  explicit PassingSide(Side& side) : side_(side) {}

  Side& side_;
};

}  // namespace gcal::sync
