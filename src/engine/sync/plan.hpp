// Decides what one link needs. Pure: states in, actions out; the same states give the same actions
// whatever the order, node or clock.
#pragma once

#include <optional>
#include <string>

#include "src/engine/sync/merge.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

struct Plan {
  enum class Do { nothing, put, erase };

  Do crm = Do::nothing;
  Do google = Do::nothing;
  Series crm_series;     // for put
  Series google_series;  // for put
  bool create_crm = false;
  bool create_google = false;
  bool settle =
      false;  // both sides are there and no write is needed: the observations become the bases
  bool drop = false;      // both sides are gone: the link has done its work
  bool guests = false;    // the write to Google stems from what a person did in the CRM
  bool inferred = false;  // the deletion rests on absence
  calendar::FieldSet conflicts;
  bool edit_beat_delete = false;
  std::optional<Series> lost;  // what does not survive: kept in the history
  const char* hold = nullptr;  // not null: nothing is done until a person looks; why
};

Plan plan(const LinkView& view, PairMode mode, Policy policy);

}  // namespace gcal::sync
