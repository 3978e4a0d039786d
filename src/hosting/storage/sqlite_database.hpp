// The engine behind database.hpp that is an SQLite file: one writer and a pool of readers. Used by
// src/hosting/storage itself, and by tests that ask for this engine by name.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "src/hosting/storage/database.hpp"

namespace hosting {

class SqliteConnection;

class SqliteDatabase final : public Database {
 public:
  // Database::open of a file.
  static Result<std::unique_ptr<Database>> open_file(const std::filesystem::path& file,
                                                     DatabaseOptions options);
  ~SqliteDatabase() override;

  Dialect dialect() const override { return Dialect::sqlite; }
  Result<std::unique_ptr<Transaction>> begin_write(Durability durability) override;
  Result<std::unique_ptr<Transaction>> begin_read() const override;
  Result<std::unique_ptr<Database>> open_plugin(const std::filesystem::path& folder,
                                                std::string_view plugin) const override;
  Result<> erase_plugin(const std::filesystem::path& folder, std::string_view plugin) override;
  Result<bool> has_plugin(const std::filesystem::path& folder,
                          std::string_view plugin) const override;
  Result<> checkpoint() override;
  std::size_t waiting_writers() const override;

 private:
  class WriteTransaction;
  class ReadTransaction;

  SqliteDatabase(std::filesystem::path file, DatabaseOptions options);
  Result<std::unique_ptr<SqliteConnection>> connect(bool writable) const;

  Result<> take_turn();  // waits for the one writer, as long as the options say
  void end_turn();
  Result<> set_waits(bool waits);  // of commits, for the disk

  std::filesystem::path file_;
  DatabaseOptions options_;
  // The writer's turn. Rationale: not a std::timed_mutex, which ThreadSanitizer of GCC 12 does not
  // see, and which only its own thread may give back.
  mutable std::mutex turn_mutex_;
  std::condition_variable turn_ended_;
  bool turn_taken_ = false;
  std::size_t turns_wanted_ = 0;
  std::unique_ptr<SqliteConnection> writer_;
  bool waits_ = true;  // what the writer is set to; the turn's
  mutable std::mutex readers_mutex_;
  mutable std::vector<std::unique_ptr<SqliteConnection>> readers_;
};

// The Error for SQLite's result code: full disk and busy are unavailable, a damaged file is
// internal; the message says what to do.
Error storage_error(int sqlite_code, std::string_view detail);

}  // namespace hosting
