// Secrets that the administrator hands to the program: by a file, or by the service manager as a
// credential, never as an argument, which every user of the machine may see. Used by command_line.
// It must never print a value.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "src/common/base/result.hpp"

namespace host {

// The content of a file, without the end of its last line. denied: other users may read it;
// unavailable: it cannot be read; invalid: it is empty or larger than 64 KiB. The message names the
// file.
gcal::Result<std::string> read_secret_file(const std::filesystem::path& file);

// The options of plugins among the credentials of the service manager: NAME is the content of
// $CREDENTIALS_DIRECTORY/crm_host.plugin-option.NAME.
gcal::Result<std::map<std::string, std::string>> options_of_credentials();

// The password of the database: the content of the file; without one, that of
// $CREDENTIALS_DIRECTORY/crm_host.database-password; "" when there is none.
gcal::Result<std::string> database_password(const std::filesystem::path& file);

// Does an option of this name hold a secret?
bool is_secret_name(const std::string& name);

}  // namespace host
