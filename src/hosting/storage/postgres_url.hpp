// The URL of a PostgreSQL database, as an administrator types it. Pure. [any thread]
#pragma once

#include <string>

#include "src/common/base/result.hpp"

namespace hosting {

// invalid: it is no URL of PostgreSQL, names no database, or has a password, which every user of
// the machine could read. The message says what to write and never repeats the URL.
gcal::Result<> check_postgres_url(const std::string& url);

}  // namespace hosting
