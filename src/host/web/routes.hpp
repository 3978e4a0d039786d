// The parts of the JSON API, one per file, which add their routes to the table. Used by WebServer
// when it starts. A part must never keep state: the CRM has it.
#pragma once

#include "src/host/web/api.hpp"

namespace hosting {
class Plugins;
}  // namespace hosting

namespace host {

using hosting::Plugins;

namespace mail {
class Mail;
}

class Crm;
class LiveUpdates;

// All references outlive the table.
void add_session_routes(Api& api, Crm& crm, LiveUpdates& live, Authenticator& authenticator);
void add_user_routes(Api& api, Crm& crm);
void add_calendar_routes(Api& api, Crm& crm, Plugins& plugins);
void add_event_routes(Api& api, Crm& crm, Plugins& plugins);
void add_record_routes(Api& api, Crm& crm);
void add_mail_routes(Api& api, Crm& crm, mail::Mail& mail);
void add_logo_routes(Api& api, Crm& crm, mail::Mail& mail, Plugins& plugins);

}  // namespace host
