#include "src/hosting/crm_hosting/transaction.hpp"

namespace hosting {

std::int64_t integer_of(const SqlValue& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number ? *number : 0;
}

std::string text_of(const SqlValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : std::string();
}

void CrmTransaction::after_commit(std::function<void()> action) {
  actions_.push_back(std::move(action));
}

void CrmTransaction::committed() {
  for (const auto& action : std::exchange(actions_, {})) action();
}

}  // namespace hosting
