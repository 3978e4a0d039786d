// Loads demo data into an empty database: crm_host --seed FILE. Used by main and by tests.
// It must never touch a database that already has users.
#pragma once

#include <filesystem>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"
#include "src/host/crm/crm.hpp"

namespace host {

// {"users": [{email, name, password, locale?, time_zone?, role?}],
//  "leads": [{name, company?, emails, phone?, title?}], "contacts": [...],
//  "appointments": [{user: email, ...members of event.json}]}  The appointments go to the user's
//  own calendar.
// conflict: the database has users already.  invalid: the message names the entry, such as
// "appointments[3]: ...".
gcal::Result<> load_seed(Crm& crm, const gcal::base::Json& seed);

// The same for a database that may not exist yet: it is built beside its place and moved there when
// it is complete, so that neither a mistake in the seed nor a crash leaves incomplete data. Answers
// whether it loaded; false: there are users already, nothing was touched.
gcal::Result<bool> seed_database(const CrmOptions& options, const gcal::base::Json& seed,
                                 const gcal::base::Clock& clock, gcal::base::Random& random,
                                 gcal::base::Log& log);

// The seed as a file. invalid: no JSON; unavailable: it cannot be read.
gcal::Result<gcal::base::Json> read_seed(const std::filesystem::path& file);

}  // namespace host
