// The engine behind database.hpp that is a schema of a PostgreSQL server (15 or newer). Used by
// src/hosting/storage only.
//
// The host's own tables have one writer at a time, as on SQLite: the statements of the host check,
// then write, and rely on no other transaction writing in between. The turn is a row lock, so it
// holds for every process, and the order of the commits is the order in which it was taken. The
// tables of a plugin have several writers, each on a snapshot: who comes second repeats.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "src/hosting/storage/database.hpp"
#include "src/hosting/storage/postgres_connection.hpp"
#include "src/hosting/storage/postgres_pool.hpp"

namespace hosting {

class PostgresDatabase final : public Database {
 public:
  // Database::open of a PostgresPlace.
  static Result<std::unique_ptr<Database>> open_place(const PostgresPlace& place,
                                                      DatabaseOptions options);

  Dialect dialect() const override { return Dialect::postgresql; }
  Result<std::unique_ptr<Transaction>> begin_write(Durability durability) override;
  Result<std::unique_ptr<Transaction>> begin_read() const override;
  Result<std::unique_ptr<Database>> open_plugin(const std::filesystem::path& folder,
                                                std::string_view plugin) const override;
  Result<> erase_plugin(const std::filesystem::path& folder, std::string_view plugin) override;
  Result<bool> has_plugin(const std::filesystem::path& folder,
                          std::string_view plugin) const override;
  Result<> checkpoint() override { return {}; }
  std::size_t waiting_writers() const override { return writers_.waiting(); }

 private:
  // Whose tables these are.
  struct Owner {
    std::string schema;       // of the tables
    std::string host_schema;  // of the tables of this engine: the turn and the commits
    std::string role;         // of a plugin's transactions; "": the host, that of the connection
    bool one_writer = true;
  };
  class WriteTransaction;
  class ReadTransaction;

  PostgresDatabase(PostgresParameters parameters, Owner owner, DatabaseOptions options);
  Result<std::unique_ptr<PostgresConnection>> connect() const;
  // With a row of its own in the table of commits.
  Result<std::unique_ptr<PostgresConnection>> connect_writer() const;
  // Begins with `sql` on a connection of the pool; once more on a fresh one when the server had
  // closed that one.
  Result<std::unique_ptr<PostgresConnection>> begin(
      PostgresPool& pool, const std::function<std::string(const PostgresConnection&)>& sql) const;
  // Asks on fresh connections whether the commit `id` of the connection `name` was stored.
  CommitOutcome look_up(const std::string& name, const std::string& id) const;
  std::string host_table(std::string_view name) const;

  PostgresParameters parameters_;
  Owner owner_;
  mutable PostgresPool readers_;
  PostgresPool writers_;
  mutable TransactionThreads threads_;
};

}  // namespace hosting
