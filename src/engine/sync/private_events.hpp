// What the CRM gets of private events of the remote side: everything, only the time, or nothing
// (P-19). A decorator of the remote side for one cycle, so that what is held back enters neither
// the journal nor the CRM. A series of which something is held back is reported as locked: what the
// CRM does not know, it cannot edit, split or move without losing it. Events that the CRM created
// are its user's own and pass unchanged. Used by the plugin's runs. Thread: loop thread.
#pragma once

#include <string>
#include <vector>

#include "src/engine/sync/passing_side.hpp"

namespace gcal::sync {

enum class PrivateEvents { keep, busy, hide };

// Whether the remote side's event was created by the CRM and is not a copy of such an event.
bool created_by_crm(const std::string& id, const Series& series);
// What passes of a series under `policy`; the master is not private under `hide`. A private date of
// a series that is not private itself has its times only, or is missing.
Series without_private(Series series, PrivateEvents policy);

class PrivateEventsSide final : public PassingSide {
 public:
  PrivateEventsSide(Side& side, PrivateEvents policy) : PassingSide(side), policy_(policy) {}

  // busy: private events have their times only. hide: they are reported as deleted.
  Task<ChangesPage> changes(std::string cursor) override;
  Task<FeedItem> get(std::string id) override;
  Task<std::vector<FeedItem>> get_many(std::vector<std::string> ids) override;
  // hide: a private event that the CRM had and lost is not created again (denied), because it still
  // exists.
  Task<std::vector<Result<Written>>> apply(std::vector<Operation> operations) override;

 private:
  FeedItem filtered(FeedItem item) const;

  PrivateEvents policy_;
};

}  // namespace gcal::sync
