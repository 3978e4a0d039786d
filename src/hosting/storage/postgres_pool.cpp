#include "src/hosting/storage/postgres_pool.hpp"

#include <utility>

namespace hosting {
namespace {

// A server behind a changed name, and a memory that grew, are left behind after this.
constexpr std::chrono::minutes kLifetime{30};

}  // namespace

Result<> TransactionThreads::enter() {
  const std::lock_guard lock(mutex_);
  if (!inside_.insert(std::this_thread::get_id()).second)
    return Error{
        Code::invalid, "this thread has a transaction of this database already: end it first", {}};
  return {};
}

void TransactionThreads::leave(std::thread::id thread) {
  const std::lock_guard lock(mutex_);
  inside_.erase(thread);
}

Result<std::unique_ptr<PostgresConnection>> PostgresPool::take() {
  std::unique_ptr<PostgresConnection> connection;
  {
    std::unique_lock lock(mutex_);
    ++waiting_;
    const bool free = given_back_.wait_for(lock, wait_, [&] { return lent_ < size_; });
    --waiting_;
    if (!free)
      return Error{
          Code::unavailable, "the database is in use by long transactions: repeat later", {}};
    ++lent_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  const bool is_young =
      connection && PostgresConnection::Clock::now() - connection->since() < kLifetime;
  if (is_young && connection->is_usable()) return connection;
  connection.reset();
  auto fresh = connect_();
  if (!fresh) give_slot();
  return fresh;
}

void PostgresPool::give_back(std::unique_ptr<PostgresConnection> connection) {
  if (connection && !connection->is_usable()) connection.reset();
  if (connection) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  give_slot();
}

void PostgresPool::give_slot() {
  {
    const std::lock_guard lock(mutex_);
    --lent_;
  }
  given_back_.notify_one();
}

std::size_t PostgresPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

}  // namespace hosting
