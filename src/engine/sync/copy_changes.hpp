// What users did to the CRM's copies of a calendar while the engine did not follow them: the
// account was disconnected, or the calendar was gone. None of it is carried over. Used by the cycle
// when the calendar returns, and by the preview, which counts it. Reads only; writes nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// One copy that is not what the engine last knew.
struct CopyChange {
  Link link;
  std::optional<PendingChange> pending;  // in the CRM, from the time before
  std::optional<FeedItem> found;         // what the CRM holds now; nullopt: nothing

  // What the CRM is to hold again: the user's last content from the time before.
  const Series& known() const { return pending ? pending->item.series : link.side.crm.base; }
  // Whether the user changed it. Otherwise an identical copy has another id.
  bool edited() const;
};

// Use: begin(), then next() until it returns an empty page with `done` set. [loop thread]
class CopyChanges {
 public:
  // The references must outlive the object.
  CopyChanges(Side& crm, Journal& journal, const Pair& pair)
      : crm_(crm), journal_(journal), pair_(pair) {}

  // Reads what is new in the CRM's calendar since the pair's cursor. Errors: those of the side and
  // of the journal.
  Task<> begin();

  // The changed copies among the next links. Copies whose original the remote side no longer holds
  // and that are missing are left out unless they wait with an edit from before, and so is what the
  // remote side never held. Errors: as above.
  struct Page {
    std::vector<CopyChange> changes;
    bool done = false;  // there are no more links
  };
  Task<Page> next();

  // After the last page: new series that were split off from changed copies. The copies become
  // whole again, so these would show the same dates twice.
  std::vector<FeedItem> take_leftovers();

 private:
  Task<> add_new(std::vector<FeedItem> items);
  std::optional<FeedItem> take_twin(const Series& known);

  Side& crm_;
  Journal& journal_;
  const Pair& pair_;
  std::string after_;
  std::vector<FeedItem> new_;      // in the CRM, without a link
  std::set<std::string> changed_;  // ids of the changed copies
};

}  // namespace gcal::sync
