#include "src/host/program/user_commands.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace host {
namespace {

Result<std::string> read_password(const std::string& option, const std::string& email) {
  if (::isatty(STDIN_FILENO)) std::fprintf(stderr, "password of %s: ", email.c_str());
  std::string password;
  if (!std::getline(std::cin, password))
    return Error{
        Code::invalid, option + ": the password is read from standard input, which is empty", {}};
  return password;
}

Result<User> add(Users& users, const std::string& option, const std::string& email,
                 const std::string& role) {
  TRY(const std::string password, read_password(option, email));
  const NewUser user{.email = email,
                     .name = email.substr(0, email.find('@')),
                     .password = password,
                     .role = role.empty() ? "sales" : role};
  return users.create(user);
}

// By whom is not known: who may run the command.
void audit(gcal::base::Log& log, const std::string& action, const std::string& user) {
  log.warning("audit", gcal::base::Json::object(
                           {{"action", "user_" + action}, {"user", "command"}, {"object", user}}));
}

Result<> list(const Users& users) {
  TRY(const auto all, users.list());
  for (const User& user : all)
    if (!user.is_removed())
      std::printf("%s  %s  %s%s\n", user.email.c_str(), user.role.c_str(), user.name.c_str(),
                  user.locked ? "  locked" : "");
  return {};
}

Result<> change(Users& users, const UserCommand& command, const User& user) {
  const std::string& action = command.action;
  if (action == "lock" || action == "unlock") return users.set_locked(user.id, action == "lock");
  if (action == "role") return users.set_role(user.id, command.role);
  if (action == "sessions-end") return users.end_other_sessions(user.id, {});
  if (action == "remove") return users.remove(user.id);
  TRY(const std::string password, read_password("user password", user.email));
  return users.set_password(user.id, password);
}

}  // namespace

Result<> create_admin(Users& users, const std::string& email, gcal::base::Log& log) {
  TRY(const User created, add(users, "--create-admin", email, "admin"));
  audit(log, "add", created.id);
  std::printf("crm_host: %s may log in as an administrator\n", created.email.c_str());
  return {};
}

Result<> run_user_command(Users& users, const UserCommand& command, gcal::base::Log& log) {
  if (command.action == "list") return list(users);
  if (command.action == "add") {
    TRY(const User created, add(users, "user add", command.email, command.role));
    audit(log, "add", created.id);
    std::printf("crm_host: %s may log in\n", created.email.c_str());
    return {};
  }
  TRY(const User user, users.by_email(command.email));
  TRY_VOID(change(users, command, user));
  audit(log, command.action, user.id);
  std::printf("crm_host: %s: %s done\n", user.email.c_str(), command.action.c_str());
  return {};
}

}  // namespace host
