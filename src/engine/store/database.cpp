#include "src/engine/store/database.hpp"

#include <chrono>
#include <functional>
#include <thread>

namespace gcal::store {

std::int64_t Value::integer() const {
  const auto* value = std::get_if<std::int64_t>(&value_);
  return value ? *value : 0;
}

std::string_view Value::text() const {
  const auto* value = std::get_if<std::string>(&value_);
  return value ? std::string_view(*value) : std::string_view();
}

namespace {

// Two transactions that were in each other's way and waited equally long would meet again: the
// pause is half to one and a half times 5 ms, 10 ms, ..., by the thread and the moment.
std::chrono::microseconds pause_before(int attempt) {
  constexpr std::uint64_t kFirst = 5'000;
  const std::uint64_t middle = kFirst << (attempt - 1);
  const std::uint64_t place = std::hash<std::thread::id>()(std::this_thread::get_id()) / 64;
  return std::chrono::microseconds(middle / 2 + place % (middle + 1));
}

}  // namespace

Result<> Database::transact(Mode mode, std::int64_t fence, const Work& work) {
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    Result<> result = once(mode, fence, work);
    if (result || result.error().code != Code::conflict || attempt == kAttempts) return result;
    std::this_thread::sleep_for(pause_before(attempt));
  }
}

}  // namespace gcal::store
