// For the engines: tells the observer of observe_commits, if there is one. Called on the committing
// thread right before (false) and right after (true) each commit of a write transaction.
#pragma once

namespace hosting {

void tell_commit_observer(bool done);

}  // namespace hosting
