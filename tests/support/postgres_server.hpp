// A PostgreSQL of the test program's own, started with its first use by
// tests/support/postgres_server and ended with the program, however that ends. Throws
// std::runtime_error with what to do when there is none to start. [any thread]
#pragma once

#include <mutex>
#include <string>
#include <string_view>

namespace gcal::support {

// Whether TEST_DATABASE=postgresql: the tests that run on both engines take PostgreSQL.
bool tests_use_postgres();

class PostgresServer {
 public:
  // The one of this program.
  static PostgresServer& get();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // The folder of its socket.
  const std::string& socket() const { return folder_; }
  // An empty database in the C collation that belongs to `role`: crm, which may create roles, or
  // plain, which may not. `locale`: another collation, such as C.UTF-8.
  std::string new_database(std::string_view role = "crm", std::string_view locale = "C");
  // Where `role` finds it.
  std::string url(std::string_view database, std::string_view role = "crm") const;
  // Runs SQL as the superuser and answers what psql prints, without heads and rulers.
  std::string run(std::string_view database, std::string_view sql) const;

 private:
  PostgresServer();

  std::string folder_;
  int input_ = -1;  // its end ends the server
  int process_ = -1;
  std::mutex mutex_;
  int databases_ = 0;
};

}  // namespace gcal::support
