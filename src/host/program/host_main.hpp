// crm_host: a small CRM that loads plugins. Builds the objects, waits for the signal to end, and
// ends them in order. Used by main, and by the program of the crash tests, which adds a switch to
// it.
#pragma once

namespace host {

// Answers what the program ends with.
int host_main(int argc, const char* const* argv);

}  // namespace host
