// GMime keeps tables of the process, which are made once, before its first use. [any thread]
#pragma once

namespace host::mail {

void start_gmime();

}  // namespace host::mail
