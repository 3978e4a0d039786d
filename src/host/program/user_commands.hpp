// crm_host --create-admin and crm_host user: the users of a data folder, changed beside a host that
// may be running on it. Used by main. Passwords are read from standard input, never from an
// argument, which every user of the machine may see.
#pragma once

#include <string>

#include "src/common/base/log.hpp"
#include "src/host/crm/users.hpp"
#include "src/host/program/command_line.hpp"

namespace host {

Result<> create_admin(Users& users, const std::string& email, gcal::base::Log& log);
// Prints what was done, or for "list" one line for each user.
// What was changed is logged for administrators.
Result<> run_user_command(Users& users, const UserCommand& command, gcal::base::Log& log);

}  // namespace host
