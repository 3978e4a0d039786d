#include "tests/support/postgres_server.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace gcal::support {
namespace {

// A word of a command line of the shell.
std::string quoted(std::string_view word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string output_of(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "re");
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string text;
  std::array<char, 4096> part{};
  for (std::size_t size = 0; (size = fread(part.data(), 1, part.size(), pipe)) > 0;)
    text.append(part.data(), size);
  if (pclose(pipe) != 0) throw std::runtime_error(command + ": " + text);
  return text;
}

std::string first_line(int descriptor) {
  std::string line;
  for (char c = 0; read(descriptor, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

}  // namespace

bool tests_use_postgres() {
  const char* const name = std::getenv("TEST_DATABASE");
  if (!name || std::string_view(name).empty() || std::string_view(name) == "sqlite") return false;
  if (std::string_view(name) == "postgresql") return true;
  throw std::runtime_error("TEST_DATABASE is sqlite or postgresql");
}

PostgresServer& PostgresServer::get() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  std::array<int, 2> in{}, out{};
  if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe for the database server");
  process_ = fork();
  if (process_ == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    execl(POSTGRES_SERVER, POSTGRES_SERVER, static_cast<char*>(nullptr));
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  input_ = in[1];
  folder_ = first_line(out[0]);
  close(out[0]);
  if (process_ < 0 || folder_.empty())
    throw std::runtime_error("no database server: " POSTGRES_SERVER " printed why");
}

PostgresServer::~PostgresServer() {
  close(input_);
  waitpid(process_, nullptr, 0);
}

std::string PostgresServer::new_database(std::string_view role, std::string_view locale) {
  const std::lock_guard lock(mutex_);
  std::string name = "test" + std::to_string(++databases_);
  run("postgres", "CREATE DATABASE " + name + " OWNER " + std::string(role) +
                      " TEMPLATE template0 ENCODING 'UTF8' LOCALE '" + std::string(locale) + "'");
  return name;
}

std::string PostgresServer::url(std::string_view database, std::string_view role) const {
  return "postgresql:///" + std::string(database) + "?host=" + folder_ +
         "&user=" + std::string(role);
}

std::string PostgresServer::run(std::string_view database, std::string_view sql) const {
  std::string answer =
      output_of(quoted(folder_ + "/psql") + " -qAtX -v ON_ERROR_STOP=1 -U app -h " +
                quoted(folder_) + " -d " + quoted(database) + " -c " + quoted(sql));
  while (answer.ends_with('\n')) answer.pop_back();
  return answer;
}

}  // namespace gcal::support
