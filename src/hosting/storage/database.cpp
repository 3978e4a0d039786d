#include "src/hosting/storage/database.hpp"

#include <charconv>
#include <thread>

#include "src/common/base/random.hpp"
#include "src/hosting/storage/commit_observer.hpp"

namespace hosting {
namespace {

CommitObserver commit_observer = nullptr;

}  // namespace

void observe_commits(CommitObserver observer) {
  commit_observer = observer;
}

void tell_commit_observer(bool done) {
  if (commit_observer) commit_observer(done);
}

std::int64_t Row::integer(int column) const {
  const Value& value = at(column);
  if (value.type == Value::Type::integer) return value.integer;
  if (value.type == Value::Type::real) return static_cast<std::int64_t>(value.real);
  std::int64_t number = 0;
  std::from_chars(value.text.data(), value.text.data() + value.text.size(), number);
  return number;
}

std::string Row::text(int column) const {
  const Value& value = at(column);
  if (value.type == Value::Type::integer) return std::to_string(value.integer);
  if (value.type == Value::Type::real) return std::to_string(value.real);
  return std::string(value.text);
}

std::optional<std::int64_t> Row::maybe_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

void Database::pause_before_repetition(int attempt) {
  constexpr std::int64_t kFirstUs = 2'500;
  gcal::base::SystemRandom random;
  const std::int64_t half = kFirstUs << (attempt - 1);
  const auto part = static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(half));
  std::this_thread::sleep_for(std::chrono::microseconds(half + part));
}

Result<> Database::Writer::begin() {
  TRY(transaction_, database_.begin_write());
  return {};
}

Result<> Database::Writer::commit() {
  if (!transaction_) return Error{Code::internal, "commit without a transaction", {}};
  const std::unique_ptr<Transaction> ending = std::move(transaction_);
  return ending->commit();
}

Result<> Database::Reader::begin() {
  TRY(transaction_, database_.begin_read());
  return {};
}

}  // namespace hosting
