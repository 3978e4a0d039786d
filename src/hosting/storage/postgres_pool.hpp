// A bounded number of connections to one PostgreSQL server, lent for a transaction each. Used by
// postgres_database.cpp only.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "src/hosting/storage/postgres_connection.hpp"

namespace hosting {

// Which threads have a transaction of a database now: a second one would wait for the first, and so
// for itself, as soon as the pool is empty. [any thread]
class TransactionThreads {
 public:
  // invalid: this thread has one already.
  Result<> enter();
  void leave(std::thread::id thread);

 private:
  std::mutex mutex_;
  std::set<std::thread::id> inside_;
};

class PostgresPool {
 public:
  using Connect = std::function<Result<std::unique_ptr<PostgresConnection>>()>;

  // size: connections at most; wait: how long a transaction waits for one of them.
  PostgresPool(std::size_t size, std::chrono::milliseconds wait, Connect connect)
      : size_(size), wait_(wait), connect_(std::move(connect)) {}

  // unavailable: all are lent, or the server does not answer. [any thread, blocks]
  Result<std::unique_ptr<PostgresConnection>> take();
  // One that is of no use any more, or too old, is closed. [any thread]
  void give_back(std::unique_ptr<PostgresConnection> connection);
  std::size_t waiting() const;

 private:
  void give_slot();

  const std::size_t size_;
  const std::chrono::milliseconds wait_;
  const Connect connect_;
  mutable std::mutex mutex_;
  std::condition_variable given_back_;
  std::size_t lent_ = 0, waiting_ = 0;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
};

}  // namespace hosting
