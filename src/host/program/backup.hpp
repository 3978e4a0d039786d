// crm_host backup, restore and check: the databases of a data folder. Used by main. The master key
// is never part of a backup: who has both can read the sealed tokens.
#pragma once

#include <filesystem>

#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/common/base/result.hpp"
#include "src/host/crm/crm.hpp"

namespace host {

// Files of SQLite only: of a PostgreSQL database the server's own tools are the right ones, and
// back_up and restore answer invalid with the command to run.

// Copies all databases, of one moment, into the folder, which must not exist yet; a host may be
// running. A list with sizes and digests (backup.json) is written last: a folder without it is no
// backup.
gcal::Result<> back_up(const CrmOptions& options, const std::filesystem::path& target);

// Replaces the databases by those of the backup; the present ones are moved into a folder beside
// them. All feeds are read again by the plugins, and all sessions end. conflict: a host is running;
// invalid: the backup is damaged, and nothing was changed.
gcal::Result<> restore(const CrmOptions& options, const std::filesystem::path& source,
                       gcal::base::Random& random);

// Ends all sessions and makes the cursors of all feeds foreign, after the database was replaced by
// other means, such as pg_restore: plugins read everything again. conflict: a host is running.
gcal::Result<> begin_after_restore(const CrmOptions& options, gcal::base::Random& random);

// Checks every page of every database, and that every secret opens. Prints one line for each file,
// and one for the secrets; on PostgreSQL only the secrets, with a line on how to check the rest. A
// host may be running. internal: names the first damage.
gcal::Result<> check(const CrmOptions& options, gcal::base::Random& random, gcal::base::Log& log);

}  // namespace host
