// The side of a pair that a cycle must not use: the CRM's while a set-up is being prepared, and the
// remote one when only the CRM is read. Every call is an error (internal), so a mistake is noticed.
#pragma once

#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

class NoSide final : public sync::Side {
 public:
  Task<sync::ChangesPage> changes(std::string) override { co_return unused(); }
  Task<sync::FeedItem> get(std::string) override { co_return unused(); }
  Task<std::vector<Result<sync::Written>>> apply(std::vector<sync::Operation>) override {
    co_return unused();
  }
  Task<> settle(std::vector<std::string>) override { co_return unused(); }
  Task<bool> exists() override { co_return unused(); }
  Task<bool> writable() override { co_return unused(); }
  std::size_t batch_limit() const override { return 1; }

 private:
  static Error unused() { return Error{Code::internal, "this side of the pair is not in use", {}}; }
};

}  // namespace gcal::plugin
