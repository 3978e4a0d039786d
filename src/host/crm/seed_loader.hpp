// Loads a demo world into an empty database: crm_host --seed FILE. Used by main and by tests.
// It must never touch a database that already has users.
#pragma once

#include "src/base/json.hpp"
#include "src/base/result.hpp"

namespace refhost {

class Crm;

// {"users": [{email, name, password, locale?, time_zone?, role?}],
//  "leads": [{name, company?, emails, phone?, title?}], "contacts": [...],
//  "appointments": [{user: email, ...members of event.json}]}  The appointments go to the user's own calendar.
// conflict: the database has users already.  invalid: the message names the entry, such as "appointments[3]: ...".
gcal::Result<> load_seed(Crm& crm, const gcal::base::Json& seed);

}  // namespace refhost
