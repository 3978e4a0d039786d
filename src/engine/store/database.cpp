#include "src/engine/store/database.hpp"

namespace gcal::store {

std::int64_t Value::integer() const {
  const auto* value = std::get_if<std::int64_t>(&value_);
  return value ? *value : 0;
}

std::string_view Value::text() const {
  const auto* value = std::get_if<std::string>(&value_);
  return value ? std::string_view(*value) : std::string_view();
}

Result<> Database::transact(Mode mode, std::int64_t fence, const Work& work) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    Result<> result = once(mode, fence, work);
    if (result || result.error().code != Code::conflict || attempt == kAttempts) return result;
  }
}

}  // namespace gcal::store
