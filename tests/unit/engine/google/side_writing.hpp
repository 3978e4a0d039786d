// Writes an operation to a GoogleSide until nothing is left, as the engine does it. Used by the
// tests of writing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/log.hpp"
#include "src/engine/google/google_side.hpp"
#include "tests/support/run_task.hpp"

namespace gcal::google {

class KeptLog final : public base::Log {
 public:
  void write(base::Level, std::string_view event, const base::Json& fields) override {
    lines.push_back(std::string(event) + " " + fields.dump());
  }
  std::vector<std::string> lines;
};

inline Result<sync::Written> write_all(GoogleSide& side, sync::Operation operation) {
  bool created = false;
  for (std::uint32_t steps = 1;; ++steps) {
    std::vector<sync::Operation> one{operation};
    auto answers = support::run_task(side.apply(std::move(one)));
    if (!answers->front() || !answers->front()->rest) return std::move(answers->front());
    created = created || operation.id.empty();
    operation = *std::move(answers->front()->rest);
    operation.created = created;
    operation.steps = steps;
    operation.mails = sync::mails_left(operation, operation.before);
    if (operation.mails.empty()) operation.notify = sync::Notify::none;
  }
}

}  // namespace gcal::google
