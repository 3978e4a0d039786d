// The CRM's mailer in memory: stores messages by key, replaces and takes back what was never
// attempted, and delivers when the test says so. It keeps what crm.mailer/0 promises. Used by the
// tests of the engine and by the simulation; submit and withdraw are points of the fault plan.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "src/engine/sync/hand_over.hpp"
#include "tests/support/fault_plan.hpp"

namespace gcal::support {

class FakeMailer final : public sync::Mailer {
 public:
  enum class State { waiting, delivered, withdrawn, replaced };
  struct Message {
    sync::Invitation row;
    State state = State::waiting;
    std::size_t age = 0;  // deliveries that have passed it by
  };

  explicit FakeMailer(FaultPlan& faults) : faults_(faults) {}

  bool ready = true;
  std::string refuses;  // the address of a guest whose messages are invalid

  const std::vector<Message>& messages() const { return messages_; }
  const std::vector<sync::Invitation>& delivered() const { return delivered_; }
  std::size_t waiting() const {
    return static_cast<std::size_t>(std::ranges::count(messages_, State::waiting, &Message::state));
  }

  // Attempts the waiting messages that `due` names, those of a group in order.
  void deliver(const std::function<bool(const Message&)>& due = [](const Message&) {
    return true;
  }) {
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      Message& message = messages_[i];
      if (message.state != State::waiting) continue;
      ++message.age;
      const bool behind = std::any_of(
          messages_.begin(), messages_.begin() + static_cast<long>(i), [&](const Message& other) {
            return other.state == State::waiting && same_group(other.row, message.row);
          });
      if (behind || !due(message)) continue;
      message.state = State::delivered;
      delivered_.push_back(message.row);
    }
  }

  Task<std::vector<Result<>>> submit(std::vector<sync::Invitation> rows) override {
    const auto effect = [&]() -> Result<std::vector<Result<>>> {
      std::vector<Result<>> answers;
      if (!ready) return Error{Code::unavailable, "no mail server", {}};
      for (sync::Invitation& row : rows) answers.push_back(take(std::move(row)));
      return answers;
    };
    co_return with_fault(faults_, "mailer.submit", effect);
  }

  Task<std::vector<Result<>>> withdraw(std::vector<std::string> keys) override {
    const auto effect = [&]() -> Result<std::vector<Result<>>> {
      std::vector<Result<>> answers;
      for (const std::string& key : keys) answers.push_back(give_back(key));
      return answers;
    };
    co_return with_fault(faults_, "mailer.withdraw", effect);
  }

 private:
  static bool same_group(const sync::Invitation& a, const sync::Invitation& b) {
    return a.uid == b.uid && a.guest == b.guest && a.date == b.date;
  }

  Result<> take(sync::Invitation row) {
    if (row.guest == refuses) return Error{Code::invalid, "no such address", {}};
    for (const Message& known : messages_)
      if (known.row.id == row.id) return {};
    for (Message& known : messages_)
      if (known.state == State::waiting && same_group(known.row, row))
        known.state = State::replaced;
    messages_.push_back({std::move(row)});
    return {};
  }

  Result<> give_back(const std::string& key) {
    const auto known = std::ranges::find_if(
        messages_, [&](const Message& message) { return message.row.id == key; });
    if (known == messages_.end()) return Error{Code::not_found, "no such message", {}};
    if (known->state == State::delivered) return Error{Code::conflict, "it was attempted", {}};
    known->state = State::withdrawn;
    return {};
  }

  FaultPlan& faults_;
  std::vector<Message> messages_;
  std::vector<sync::Invitation> delivered_;
};

}  // namespace gcal::support
