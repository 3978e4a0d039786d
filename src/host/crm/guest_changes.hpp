// What an edit of a guest list does to single guests, so that the same edit can be made on a date
// that has other guests or other answers. Used by series_edit. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/common/base/json.hpp"

namespace host {

using gcal::base::Json;

class GuestChanges {
 public:
  // Both are `attendees` of an event document, or null. before: what the user saw; after: what the
  // user saved.
  GuestChanges(const Json& before, const Json& after);

  // `before` becomes `after`. Any other list gets the guests that were added, loses those that were
  // removed, and takes the members of a guest that were changed; everything else stays, also an
  // answer that `after` does not name.
  Json applied_to(const Json& list) const;

 private:
  Json before_, after_;
  std::vector<std::pair<std::string, Json>> added_;  // by normalised address, here and below
  std::set<std::string> removed_;
  std::map<std::string, Json> changed_;  // of a guest who stays: the members; null removes one
};

}  // namespace host
